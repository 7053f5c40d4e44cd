"""kept.py -- says that its reset makes it as good as new, and is wrong about it in one way each, from its second scenario on.

    kept.py [WORD]   job.state answers how many scenarios this process has begun
"""
import os
import sys

from good import HANDLES, callback, hang, reply, serve, write

WORD = sys.argv[1] if len(sys.argv) > 1 else ""
begun = 0


def refuse(message):
    write({"id": message["id"], "unsupported": {"feature": message["cmd"], "why": "never had it"}})
    return True


def fail(message, hr=0x80004005):
    write({"id": message["id"], "r": {"hr": hr, "left": None}})
    return True


def first(message):
    """Whatever the word: how the adapter says that it can be kept, and counts."""
    global begun
    if message["cmd"] == "describe" and WORD != "never":
        reply(message, reset="yes" if WORD == "text" else True)
        return True
    if message["cmd"] == "scenario.begin":
        begun += 1
        print("scenario", begun, file=sys.stderr, flush=True)
    if message["cmd"] == "job.state" and not (begun == 2 and WORD in ("dies", "hangs")):
        reply(message, state=begun)
        return True
    return message["cmd"] == "job.get_error" and fail(message, 0x8020000F)


def listed(message):
    """The list of jobs, which good.py does not have, as long as it lives: none is left."""
    mine = message["cmd"] in ("job.enum", "enum.count") or (message["cmd"] == "handle.release" and message["a"]["handle"] not in HANDLES)
    if not mine:
        return False
    write({"id": message["id"], "r": {"hr": 0, "count": 0}})
    return True


def again(message):
    """What is wrong with it once it has played."""
    command = message["cmd"]
    match WORD, command:
        case "dies", "job.state":
            os._exit(3)
        case "hangs", "job.state":
            hang()
        case "leaks-job", "enum.count":
            reply(message, count=1)
        case "no-count", "enum.count":
            write({"id": message["id"], "r": {"hr": 0}})
        case "lies", "reset":
            return refuse(message)
        case "fails", "reset":
            return fail(message)
        case "dies-at-reset", "reset":
            os._exit(4)
        case "no-list", "job.enum":
            return refuse(message)
        case "calls-late", "reset":
            callback(5)
            reply(message)
        case "leaks-handle", "scenario.end":
            reply(message, leaks=1)
        case "status", "bye":
            os._exit(9)
        case _:
            return False
    return True


if __name__ == "__main__":
    serve(lambda message: first(message) or (begun > 0 and again(message)) or listed(message))
