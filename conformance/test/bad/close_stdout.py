"""Closes its stdout but lives on."""
import os

import good


def close(message):
    os.close(1)
    good.hang()


good.serve_spoilt_at("job.state", close)
