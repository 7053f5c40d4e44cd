"""Answers a command that nobody sent."""
import good

good.serve_spoilt_at("job.state", lambda message: good.write({"id": 4711, "r": {"hr": 0, "state": 3}}))
