"""Says that every handle is alive."""
import good

good.serve_spoilt_at("handle.probe", lambda message: good.reply(message, alive=1))
