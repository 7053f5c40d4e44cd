"""Echoes ids as texts."""
import good

good.serve_spoilt_at("job.state", lambda message: good.write({"id": str(message["id"]), "r": {"hr": 0, "state": 3}}))
