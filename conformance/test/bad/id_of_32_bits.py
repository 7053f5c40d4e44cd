"""Keeps 32 bits of an id."""
import good

good.serve_spoilt_at("job.state", lambda message: good.answer({**message, "id": message["id"] & 0xffffffff}))
