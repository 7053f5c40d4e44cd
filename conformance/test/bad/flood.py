"""Floods the runner with callbacks."""
import itertools

import good


def flood(message):
    for number in itertools.count(1):
        good.callback(number)


good.serve_spoilt_at("job.state", flood)
