"""Answers each command twice."""
import json

import good


def twice(message):
    line = json.dumps({"id": message["id"], "r": {"hr": 0, "state": 3}}) + "\n"
    good.write((line + line).encode())   # in one piece, so that they arrive together


good.serve_spoilt_at("job.state", twice)
