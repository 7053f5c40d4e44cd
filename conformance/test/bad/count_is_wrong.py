"""Counts references wrong."""
import good

good.serve(lambda message: message["cmd"] == "handle.release" and message["a"]["handle"] in good.HANDLES and
           (good.act(message["cmd"], message["a"]), good.reply(message, count=0), True)[2])
