"""Writes ten megabytes without an end of line."""
import good

good.serve_spoilt_at("job.state", lambda message: good.write(b"x" * 10_000_000))
