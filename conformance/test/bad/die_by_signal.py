"""Dies with a signal instead of an answer."""
import os
import signal

import good

good.serve_spoilt_at("job.state", lambda message: os.kill(os.getpid(), signal.SIGSEGV))
