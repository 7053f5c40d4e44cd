"""Says that nothing was leaked."""
import good

good.serve_spoilt_at("scenario.end", lambda message: good.reply(message, leaks=0))
