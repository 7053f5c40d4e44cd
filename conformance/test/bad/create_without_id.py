"""Makes jobs that have no id."""
import good

good.serve_spoilt_at("job.create", lambda message: (good.act("job.create", message["a"]), good.reply(message, id=None)))
