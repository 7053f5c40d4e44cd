"""Calls back after the end of the scenario."""
import good


def end(message):
    good.answer(message)
    good.lend("j1", {"files": []})


good.serve_spoilt_at("scenario.end", end)
