"""Uses a job whose handle is gone."""
import good

good.serve(lambda message: message["cmd"] == "job.state" and message["a"].get("job") == "j9" and (good.reply(message), True)[1])
