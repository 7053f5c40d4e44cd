"""Tells a time that runs back."""
import itertools

import good

numbers = itertools.count(1_000_000_000, -1)
good.serve_spoilt_at("clock.now", lambda message: good.reply(message, ns=next(numbers)))
