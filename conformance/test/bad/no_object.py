"""Answers JSON that is no object."""
import good

good.serve_spoilt_at("job.state", lambda message: good.write(b"[1, 2]\n"))
