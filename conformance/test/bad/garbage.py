"""Answers a line that is no JSON."""
import good

good.serve_spoilt_at("job.state", lambda message: good.write(b"this is \x1b[31mnot\x00 JSON\n"))
