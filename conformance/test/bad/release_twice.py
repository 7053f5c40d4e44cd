"""Releases what is gone."""
import good

good.serve(lambda message: message["cmd"] == "handle.release" and message["a"]["handle"] not in good.HANDLES and (good.reply(message, count=0), True)[1])
