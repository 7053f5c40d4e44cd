"""Hangs at the nth command."""
import sys

import good

count = 0


def spoil(message):
    global count
    count += 1
    if count == int(sys.argv[1]):
        good.hang()
    return False


good.serve(spoil)
