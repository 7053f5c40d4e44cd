"""Cannot reset."""
import good

good.serve_spoilt_at("reset", lambda message: good.write({"id": message["id"], "r": {"hr": 0x80004005}}))
