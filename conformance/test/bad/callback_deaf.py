"""Hears no commands while a callback waits for its answer."""
import good


def lend(name, job):
    good.callback(1, job=name, error="e1", borrowed=["e1"])
    while "cb" not in good.read():
        pass


good.lend = lend
good.serve()
