"""Takes a handle of a job for one of an error."""
import good

good.serve(lambda message: message["cmd"] == "error.get_error" and message["a"]["error"] == "j1" and
           (good.reply(message, context=5, code=1), True)[1])
