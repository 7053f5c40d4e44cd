"""Calls back a client that never asked for it."""
import good


def create(message):
    good.answer(message)
    good.lend("j1", {"files": []})


good.serve_spoilt_at("job.create", create)
