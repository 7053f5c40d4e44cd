"""Hangs, and ignores SIGTERM."""
import signal

import good

signal.signal(signal.SIGTERM, signal.SIG_IGN)
good.serve_spoilt_at("job.state", lambda message: good.hang())
