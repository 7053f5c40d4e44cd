"""Answers commands that it does not know with success."""
import good

good.serve(lambda message: message["cmd"].partition(".")[2] in ("frobnicate", "q7x3", "rewind") and (good.reply(message), True)[1])
