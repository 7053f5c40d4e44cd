"""Gives every callback the same number."""
import good


def back(message):
    good.returned(message)
    if not again:
        again.append(True)
        good.callback(1, error="e9", borrowed=["e9"])


again = []
good.serve(back=back)
