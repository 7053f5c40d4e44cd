"""Exits with a status instead of an answer."""
import os

import good

good.serve_spoilt_at("job.state", lambda message: os._exit(3))
