"""Forgets a field of an answer."""
import good

good.serve_spoilt_at("job.progress", lambda message: good.write({"id": message["id"], "r": {"hr": 0, "bytes_total": 0}}))
