"""Answers a hundred thousand brackets."""
import good

good.serve_spoilt_at("job.state", lambda message: good.write(b'{"id":' + b"[" * 100_000 + b"\n"))
