"""Does not pass on that an out parameter is NULL."""
import good

good.serve(lambda message: "out" in message["a"] and (good.reply(message), True)[1])
