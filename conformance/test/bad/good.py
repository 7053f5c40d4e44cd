"""good.py -- a well-behaved adapter that answers every command; the bad ones beside it spoil one thing each.

    good.py [WORD]   WORD: a small variation that tests of the adapter ask for; see do() below
"""
import json
import os
import signal
import sys

OWN = {
    "hello": {"version": 1},
    "describe": {"implementation": "good", "version": "1.0", "dialects": ["bits"], "tier": "real",
                 "lacks": ["job.owner", "job.set.priority"]},
    "scenario.end": {"leaks": 0},
    "job.state": {"state": 3},
    "job.create": {"id": "{1}"},
    "job.progress": {"bytes_total": -1, "bytes_transferred": 0, "files_total": 0, "files_transferred": 0},
}


def write(message):
    line = message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n"
    while line:
        line = line[os.write(1, line):]


def read():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)


def reply(message, **fields):
    write({"id": message["id"], "r": {"hr": 0, **OWN.get(message["cmd"], {}), **fields}})


def serve(spoil=None):
    """spoil(message) may answer a command itself; it returns whether it did."""
    while True:
        message = read()
        if "cb" in message:
            continue
        if not (spoil and spoil(message)):
            reply(message)
        if message["cmd"] == "bye":
            return


def serve_spoilt_at(command, act):
    """act(message) happens instead of the answer to the command."""
    serve(lambda message: message["cmd"] == command and (act(message), True)[1])


def hang():
    while True:
        signal.pause()


def callback(number, **more):
    write({"ev": "cb", "cb": number, "kind": "job_error", "job": "j1", "error": "e7", "borrowed": ["e7"], **more})


def do(word, message):
    command = message["cmd"]
    if word == "callback" and command == "job.resume":   # before its reply, and from then on waits for the answer
        callback(5)
        reply(message)
        while (inner := read()).get("cb") != 5:
            reply(inner, state=5)
        write({"ev": "cb", "cb": 6, "kind": "job_modification", "job": f"ret={inner['ret']}"})
        return True
    if word == "both" and command == "job.resume":
        callback(5)
        callback(6)
        reply(message)
        return True
    if word == "spell" and command == "scenario.begin":
        reply(message, dir="Z:" + message["a"]["dir"].replace("/", "\\"), separator="\\")
        return True
    if word == "files" and command == "job.resume":
        for name in ("/f1", "/stray", "/sub/f2", "/sub/stray"):
            os.makedirs(os.path.dirname(WORK[0] + name), exist_ok=True)
            open(WORK[0] + name, "w").close()
    if word == "deaf" and command == "scenario.begin":   # hears nothing any more, not even the end of its stdin
        reply(message)
        hang()
    if command == "scenario.begin":
        WORK[:] = [message["a"]["dir"]]
    if word == "echo" and command == "job.add_file":
        reply(message, echo=json.dumps(message["a"], sort_keys=True))
        return True
    if word == "signed" and command == "job.state":
        write({"id": message["id"], "r": {"hr": -2145386481, "state": True, "nothing": None}})
        return True
    if word == "unsupported" and command == "job.state":
        write({"id": message["id"], "unsupported": {"feature": "job.state", "why": "never had it"}})
        return True
    if word == "broken" and command == "job.state":
        write({"id": message["id"], "broken": {"why": "COM is gone"}})
        return True
    if word == "missing" and command == "job.state":
        write({"id": message["id"], "r": {"hr": 0}})
        return True
    if word == "no-hr" and command == "job.state":
        write({"id": message["id"], "r": {"state": 3}})
        return True
    if word == "list" and command == "job.state":
        reply(message, state=[3])
        return True
    if word == "crlf":
        write(json.dumps({"id": message["id"], "r": {"hr": 0, **OWN.get(command, {})}}).encode() + b"\r\n")
        return True
    if word == "cooperative" and command == "describe":
        reply(message, tier="cooperative")
        return True
    if word == "status" and command == "bye":
        os._exit(9)
    return False


WORK = [""]

if __name__ == "__main__":
    serve(lambda message: do(sys.argv[1] if len(sys.argv) > 1 else "", message))
