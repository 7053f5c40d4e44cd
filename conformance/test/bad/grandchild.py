"""Leaves behind a grandchild in a session of its own that holds stdout open; then plays well."""
import os

import good

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        good.hang()
    os._exit(0)
os.wait()
good.serve()
