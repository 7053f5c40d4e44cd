"""Calls back again although the client was content."""
import good


def back(message):
    good.returned(message)
    if message["cb"] == 1:
        good.lend("j1", {"files": []})


good.serve(back=back)
