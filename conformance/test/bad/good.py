"""good.py -- a well-behaved adapter, with just enough of an implementation: every download fails, at once, with 404.

The bad ones beside it spoil one thing each.

    good.py [WORD]   WORD: a small variation that tests of the adapter ask for; see do() below
"""
import json
import os
import signal
import sys
import time

LACKS = """job.owner job.set.priority job.enum job.add_file_set job.add_file_with_ranges job.take_ownership job.times job.set_command
job.command job.reply_progress job.set_credentials job.remove_credentials job.replace_prefix job.set_property job.get_property
file.ranges file.set_remote_name manager.error_description error.description error.context_description error.protocol
enum.clone""".split()
PROPERTIES = """display_name description priority notify_flags notify_interface minimum_retry_delay no_progress_timeout proxy_usage
reply_file_name acl_flags peer_caching_flags maximum_download_time security_flags""".split()
OWN = {
    "hello": {"version": 1},
    "describe": {"implementation": "good", "version": "1.0", "dialects": ["bits"], "tier": "real", "lacks": LACKS},
    "scenario.end": {"leaks": 0},
    "job.state": {"state": 3},
    "job.create": {"id": "{1}"},
    "job.progress": {"bytes_total": -1, "bytes_transferred": 0, "files_total": 0, "files_transferred": 0},
}
SUSPENDED, ERROR = 3, 4
E_INVALIDARG, E_POINTER, E_HANDLE = 0x80070057, 0x80004003, 0x80070006
NOT_FOUND, NO_ERROR = 0x80200001, 0x8020000F
HANDLES = {}       # name -> [kind, thing, references]
JOBS = {}          # id -> job: {"id", "state", "files", and properties}
BORROWED = {}      # number of a callback -> name of the handle that it lends
END = [b"\n"]
MADE = [0]         # jobs, ever


class Refusal(Exception):
    """A failure of the API, or `unsupported`."""


def write(message):
    line = message if isinstance(message, bytes) else json.dumps(message).encode() + END[0]
    while line:
        line = line[os.write(1, line):]


def read():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)


def reply(message, **fields):
    write({"id": message["id"], "r": {"hr": 0, **OWN.get(message["cmd"], {}), **fields}})


def get(args, kind):
    """What a handle of the kind stands for. Tests of the runner ask for j1 without making it: a job is there until one is made."""
    if kind == "job" and not MADE[0] and args.get("job") == "j1":
        return {"state": SUSPENDED, "files": [], "id": "{1}"}
    found = HANDLES.get(args.get(kind)) if isinstance(args.get(kind), str) else None
    if not found or kind not in (found[0], "handle"):
        raise Refusal(E_HANDLE)
    return found[1]


def keep(args, kind, thing):
    HANDLES[args["as"]] = [kind, thing, 1]


def do_job(name, args):
    job = get(args, "job")
    if name == "resume" and job.get("notify_interface") and job["files"]:
        job["state"] = ERROR
    elif name == "cancel":
        JOBS.pop(job["id"], None)
    elif name == "get_error":
        if job["state"] != ERROR:
            raise Refusal(NO_ERROR)
        keep(args, "error", job)
    elif name == "enum_files":
        keep(args, "enum", [job["files"], 0])
    elif name == "add_file":
        job["files"].append([args["url"], args["local"]])
    elif name == "set":
        job.update(args)
        if not set(args) <= {"job", *PROPERTIES}:
            raise Refusal("unsupported")
    elif name == "get":
        if args["property"] not in PROPERTIES:
            raise Refusal("unsupported")
        return {"value": job.get(args["property"], 0)}
    return {"state": {"state": job["state"]}, "id": {"id": job["id"]}, "type": {"type": 0}, "error_count": {"count": 0}}.get(name, {})


def do_enum(name, args):
    files, at = enum = get(args, "enum")
    if name == "count":
        return {"count": len(files)}
    if name == "next" and at < len(files):
        keep(args, "file", files[at])
    enum[1] = 0 if name == "reset" else at + 1
    return {"hr": int(at >= len(files)), "fetched": int(at < len(files))} if name == "next" else {}


def do_file(name, args):
    url, local = get(args, "file")
    return {"bytes_total": -1, "bytes_transferred": 0, "completed": 0} if name == "progress" else {"name": url if name == "remote_name" else local}


def do_error(name, args):
    job = get(args, "error")
    if name == "get_file":
        keep(args, "file", job["files"][0])
    return {"context": 5, "code": 0x80190194}


def do_handle(name, args):
    if name == "probe":
        return {"alive": int(args["handle"] in HANDLES)}
    thing = get(args, "handle")
    handle = HANDLES[args["handle"]]
    if name == "query_interface":
        keep(args, handle[0], thing)
        return {"same": 1}
    handle[2] += 1 if name == "add_ref" else -1
    if not handle[2]:
        del HANDLES[args["handle"]]
    return {"count": handle[2]}


def do_create(args):
    MADE[0] += 1
    job = {"id": "{%d-%d}" % (os.getpid(), MADE[0]), "state": SUSPENDED, "files": [], "display_name": args.get("name")}
    JOBS[job["id"]] = job
    keep(args, "job", job)
    return {"id": job["id"]}


def do_open(args):
    if args["id"] not in JOBS:
        raise Refusal(NOT_FOUND)
    keep(args, "job", JOBS[args["id"]])
    return {}


JOB_WORDS = "state id type progress error_count get_error resume suspend cancel complete add_file enum_files set get".split()
WORDS = {"job": (do_job, JOB_WORDS), "enum": (do_enum, "next skip reset count".split()), "error": (do_error, "get_error get_file".split()),
         "file": (do_file, "remote_name local_name progress".split()), "handle": (do_handle, "probe query_interface add_ref release".split())}


def act(command, args):
    """The fields of the answer. Raises Refusal."""
    if args.get("out", 0) is None:
        raise Refusal(E_POINTER)
    if command in LACKS or any(f"{command}.{arg}" in LACKS for arg in args):
        raise Refusal("unsupported")
    if command == "job.create":
        return do_create(args)
    if command == "job.open":
        return do_open(args)
    if command == "clock.now":
        return {"ns": time.monotonic_ns()}
    if command == "scenario.end":
        return {"leaks": len(HANDLES)}
    if command in ("hello", "describe", "reset", "scenario.begin", "bye"):
        return {}
    area, _, name = command.partition(".")
    if area not in WORDS or name not in WORDS[area][1]:
        raise Refusal("unsupported")
    return WORDS[area][0](name, args)


def answer(message):
    """Answers as an implementation would; a job that fails calls back."""
    command, args = message["cmd"], message["a"]
    try:
        fields = act(command, args)
    except Refusal as refusal:
        if refusal.args[0] == "unsupported":
            write({"id": message["id"], "unsupported": {"feature": command, "why": "never had it"}})
        else:
            write({"id": message["id"], "r": {"hr": refusal.args[0]}})
        return
    reply(message, **fields)
    job = HANDLES.get(args.get("job"), [0, {}])[1] if command == "job.resume" else {}
    if job.get("state") == ERROR:
        lend(args["job"], job)


def lend(name, job, number=None, **more):
    number = number or len(BORROWED) + 1
    BORROWED[number] = f"e{number}"
    HANDLES[BORROWED[number]] = ["error", job, 1]
    callback(number, job=name, error=BORROWED[number], borrowed=[BORROWED[number]], **more)


def returned(message):
    """The client has answered a callback: what was lent is dead."""
    HANDLES.pop(BORROWED.get(message["cb"]), None)


def serve(spoil=None, back=returned):
    """spoil(message) may answer a command itself; it returns whether it did."""
    while True:
        message = read()
        if "cb" in message:
            back(message)
            continue
        if not (spoil and spoil(message)):
            answer(message)
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
        END[0] = b"\r\n"
    if word == "cooperative" and command == "describe":
        reply(message, tier="cooperative")
        return True
    if word == "status" and command == "bye":
        os._exit(9)
    return False


WORK = [""]

if __name__ == "__main__":
    serve(lambda message: do(sys.argv[1] if len(sys.argv) > 1 else "", message))
