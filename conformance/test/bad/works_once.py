"""Works in its first process only."""
import os
import sys
import tempfile

import good

path = f"{tempfile.gettempdir()}/bad-once-{os.getppid()}"
if os.path.exists(path):
    sys.exit("already running")
open(path, "w", encoding="utf-8").close()
good.serve()
