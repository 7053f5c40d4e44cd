"""Describes itself otherwise each time."""
import itertools

import good

numbers = itertools.count(1)
good.serve_spoilt_at("describe", lambda message: good.reply(message, version=f"1.{next(numbers)}"))
