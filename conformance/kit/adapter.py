#!/usr/bin/python3
"""adapter.py -- an example of an adapter for bgcheck, with a toy implementation of the job API behind it.

    bgcheck run --dialect bits -- python3 adapter.py

Copy it and put calls of your own implementation where the toy stands. What to keep: Adapter.run() reads commands and
answers each at once, in order; events of the implementation come from other threads and are written as whole lines;
a callback waits for its answer in its own thread, never in the one that reads. `bgcheck show protocol` lists the commands.
"""
import http.client
import itertools
import json
import os
import sys
import threading
import urllib.parse

S_OK, S_FALSE = 0, 1
E_NOINTERFACE, E_INVALIDARG, E_POINTER = 0x80004002, 0x80070057, 0x80004003
NOT_FOUND, INVALID_STATE, EMPTY = 0x80200001, 0x80200002, 0x80200003
FILE_NOT_AVAILABLE, ERROR_INFORMATION_UNAVAILABLE = 0x80200004, 0x8020000F
NAME_NOT_RESOLVED, CANNOT_CONNECT, CONNECTION_RESET, TIMEOUT = 0x80072EE7, 0x80072EFD, 0x80072EFF, 0x80072EE2
LOCAL_FILE, REMOTE_FILE, GENERAL_TRANSPORT = 4, 5, 6
(QUEUED, CONNECTING, TRANSFERRING, SUSPENDED, ERROR, TRANSIENT_ERROR, TRANSFERRED, ACKNOWLEDGED, CANCELLED) = range(9)
FINAL = (ACKNOWLEDGED, CANCELLED)
NOTIFY_TRANSFERRED, NOTIFY_ERROR, NOTIFY_DISABLE = 1, 2, 4
UNKNOWN = -1                         # BG_SIZE_UNKNOWN: 64 bits of all ones
LACKS = """job.enum job.add_file_set job.add_file_with_ranges job.owner job.take_ownership job.times job.set.proxy_usage
job.get.proxy_usage job.set.reply_file_name job.get.reply_file_name job.set.acl_flags job.get.acl_flags job.set.peer_caching_flags
job.get.peer_caching_flags job.set.maximum_download_time job.get.maximum_download_time job.set.security_flags
job.get.security_flags job.set_command job.command job.reply_progress job.set_credentials job.remove_credentials
job.replace_prefix job.set_property job.get_property file.ranges file.set_remote_name manager.error_description
error.description error.context_description error.protocol enum.clone clock.now""".split()


class Failure(Exception):
    """A method of the API that fails with an HRESULT."""

    def __init__(self, hr):
        super().__init__(hex(hr))
        self.hr = hr


class File:
    def __init__(self, url, local):
        self.url, self.local, self.total, self.got, self.done = url, local, UNKNOWN, 0, False

    @property
    def temporary(self):
        return self.local + ".part"


class Error:
    def __init__(self, context, code, file):
        self.context, self.code, self.file = context, code, file


class Job:
    """One job; `changed` guards it and wakes its thread."""

    def __init__(self, name, notify):
        self.name, self.notify = name, notify           # notify(kind, job, error) calls the client back
        self.id = "{%08x-0000-0000-0000-000000000000}" % (id(self) & 0xffffffff)
        self.state, self.error, self.files, self.errors, self.turn = SUSPENDED, None, [], 0, 0
        self.properties = {"display_name": name, "description": "", "priority": 2, "notify_flags": 3,
                           "notify_interface": None, "minimum_retry_delay": 600, "no_progress_timeout": 1209600}
        self.changed = threading.Condition()

    def resume(self):
        if not self.files:
            raise Failure(EMPTY)
        if self.state in FINAL or self.state == TRANSFERRED:
            raise Failure(INVALID_STATE)
        if self.state in (SUSPENDED, ERROR, TRANSIENT_ERROR):
            self.stop(QUEUED)
            threading.Thread(target=self.work, args=(self.turn,), daemon=True).start()

    def stop(self, state):
        """Takes the job away from its thread: a thread of an older turn changes nothing any more."""
        self.turn += 1
        self.state = state
        self.changed.notify_all()

    def enter(self, turn, state, clear=False):
        """The thread moves the job; False: the job is no longer its own."""
        with self.changed:
            if turn != self.turn:
                return False
            self.state = state
            if clear:
                self.error = None
            return True

    def work(self, turn):
        while True:
            try:
                for file in self.files:
                    if not file.done and not self.fetch(turn, file):
                        return
                if self.enter(turn, TRANSFERRED, clear=True):
                    self.call_back("job_transferred", NOTIFY_TRANSFERRED)
                return
            except Failure as failure:
                if not self.fail(turn, file, failure.hr):
                    return

    def fetch(self, turn, file):
        """Downloads one file anew. Raises Failure; False: the job was taken away."""
        url = urllib.parse.urlsplit(file.url)
        if not self.enter(turn, CONNECTING):
            return False
        try:
            connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
            connection.request("GET", url.path)
            response = connection.getresponse()
            if response.status != 200:
                raise Failure(0x80190000 + response.status)
            return self.store(turn, file, response)
        except OSError as error:
            raise Failure(CODES.get(type(error).__name__, CONNECTION_RESET)) from error
        except http.client.HTTPException as error:
            raise Failure(CONNECTION_RESET) from error

    def store(self, turn, file, response):
        file.got, file.total = 0, UNKNOWN if response.length is None else response.length
        with open(file.temporary, "wb") as out:
            while data := response.read1(16384):
                if not self.enter(turn, TRANSFERRING, clear=True):
                    return False
                out.write(data)
                file.got += len(data)
        if response.length:
            raise Failure(CONNECTION_RESET)             # fewer bytes than promised
        file.total, file.done = file.got, True
        return True

    def fail(self, turn, file, hr):
        """The error object; then waits for the retry. False: there is none."""
        status = hr - 0x80190000
        fatal = 300 <= status < 500
        context = REMOTE_FILE if 300 <= status < 600 else GENERAL_TRANSPORT
        with self.changed:
            if turn != self.turn:
                return False
            self.error = Error(context, hr, file)
            self.errors += 1
            self.state = ERROR if fatal else TRANSIENT_ERROR
            if not fatal:
                self.changed.wait_for(lambda: turn != self.turn, self.properties["minimum_retry_delay"])
                return turn == self.turn
        self.call_back("job_error", NOTIFY_ERROR)
        return False

    def call_back(self, kind, flag):
        flags = self.properties["notify_flags"]
        if self.properties["notify_interface"] and flags & flag and not flags & NOTIFY_DISABLE:
            self.notify(kind, self, self.error)

    def complete(self):
        if self.state in FINAL or not any(file.done for file in self.files):
            raise Failure(INVALID_STATE)
        for file in self.files:
            if file.done:
                os.replace(file.temporary, file.local)
        partial = not all(file.done for file in self.files)
        self.finish(ACKNOWLEDGED)
        return 0x00200017 if partial else S_OK

    def finish(self, state):
        if self.state in FINAL:
            raise Failure(INVALID_STATE)
        self.stop(state)
        self.error = None
        for file in self.files:
            if os.path.exists(file.temporary):
                os.remove(file.temporary)


CODES = {"gaierror": NAME_NOT_RESOLVED, "ConnectionRefusedError": CANNOT_CONNECT, "ConnectionResetError": CONNECTION_RESET,
         "TimeoutError": TIMEOUT}


class Enumeration:
    def __init__(self, files):
        self.files, self.at = list(files), 0


class Adapter:
    def __init__(self):
        self.handles = {}                # name -> [object, references]; two names of an object count alike
        self.jobs = {}                   # id -> job
        self.callbacks = {}              # number -> [answered, result, borrowed handle]
        self.numbers = itertools.count(1)
        self.writing = threading.RLock()
        self.playing = False             # outside of a scenario nobody is called back

    # The protocol ------------------------------------------------------------------------------------------------

    def write(self, message):
        with self.writing:
            sys.stdout.write(json.dumps(message) + "\n")
            sys.stdout.flush()

    def run(self):
        for line in sys.stdin:
            message = json.loads(line)
            if "cb" in message:
                waiting = self.callbacks.pop(message["cb"])
                waiting[1] = message["ret"]
                self.handles.pop(waiting[2], None)   # here, so that the next command does not find it any more
                waiting[0].set()
                continue
            self.write({"id": message["id"], **self.answer(message["cmd"], message["a"])})
            if message["cmd"] == "bye":
                return

    def answer(self, command, args):
        method = getattr(self, command.replace(".", "_"), None)
        lacks = command in LACKS or any(f"{command}.{arg}" in LACKS for arg in [*args, args.get("property")])
        if method is None or lacks:
            return {"unsupported": {"feature": command, "why": "the toy does not have it"}}
        try:
            if args.get("out", 0) is None:
                raise Failure(E_POINTER)
            return {"r": {"hr": S_OK, **(method(args) or {})}}
        except Failure as failure:
            return {"r": {"hr": failure.hr}}
        except Exception as error:       # our own mistake is none of the implementation
            return {"broken": {"why": f"{type(error).__name__}: {error}"}}

    def notify(self, kind, job, error):
        """Calls the client back, in the job's thread. The client may send commands before it answers."""
        number, waiting = next(self.numbers), [threading.Event(), None, None]
        message = {"ev": "cb", "cb": number, "kind": kind, "job": job.name}
        with self.writing:
            if not self.playing:
                return S_OK
            if error:
                waiting[2] = f"borrowed{number}"
                self.handles[waiting[2]] = [error, 1]
                message |= {"error": waiting[2], "borrowed": [waiting[2]]}
            self.callbacks[number] = waiting
            self.write(message)
        waiting[0].wait()
        return waiting[1]

    def hello(self, args):
        return {"version": 1}

    def describe(self, args):
        return {"implementation": "toy", "version": "1", "dialects": ["bits"], "tier": "real", "lacks": LACKS}

    def reset(self, args):
        self.handles, self.jobs = {}, {}

    def scenario_begin(self, args):
        self.reset(args)
        self.playing = True

    def scenario_end(self, args):
        with self.writing:
            self.playing = False
            lent = [waiting[2] for waiting in self.callbacks.values()]
        for job in self.jobs.values():
            with job.changed:
                job.stop(CANCELLED)
        return {"leaks": len([name for name in self.handles if name not in lent])}

    def bye(self, args):
        return {}

    # Handles -----------------------------------------------------------------------------------------------------

    def keep(self, args, thing):
        self.handles[args["as"]] = [thing, 1]

    def get(self, args, key):
        return self.handles[args[key]][0]

    def handle_probe(self, args):
        return {"alive": int(args["handle"] in self.handles)}

    def handle_query_interface(self, args):
        thing = self.get(args, "handle")
        names = {Job: "IBackgroundCopyJob", Error: "IBackgroundCopyError", File: "IBackgroundCopyFile",
                 Enumeration: "IEnumBackgroundCopyFiles"}
        if args["iid"] not in ("IUnknown", names[type(thing)]):
            raise Failure(E_NOINTERFACE)
        self.handles[args["as"]] = [thing, 1]
        return {"same": 1}

    def handle_add_ref(self, args):
        self.handles[args["handle"]][1] += 1
        return {"count": self.handles[args["handle"]][1]}

    def handle_release(self, args):
        handle = self.handles[args["handle"]]
        handle[1] -= 1
        if handle[1] == 0:
            del self.handles[args["handle"]]
        return {"count": handle[1]}

    # Jobs --------------------------------------------------------------------------------------------------------

    def job_create(self, args):
        if args.get("type", 0) != 0:
            raise Failure(E_INVALIDARG)
        job = Job(args["as"], self.notify)
        if args.get("name"):
            job.properties["display_name"] = args["name"]
        self.jobs[job.id] = job
        self.keep(args, job)
        return {"id": job.id}

    def job_open(self, args):
        if args["id"] not in self.jobs:
            raise Failure(NOT_FOUND)
        self.keep(args, self.jobs[args["id"]])

    def job_add_file(self, args):
        job = self.get(args, "job")
        if not args.get("url") or not args.get("local"):
            raise Failure(E_INVALIDARG)
        with job.changed:
            if job.state in FINAL:
                raise Failure(INVALID_STATE)
            job.files.append(File(args["url"], args["local"]))
            if job.state == TRANSFERRED:
                job.stop(SUSPENDED)
                job.resume()

    def job_enum_files(self, args):
        self.keep(args, Enumeration(self.get(args, "job").files))

    def job_resume(self, args):
        job = self.get(args, "job")
        with job.changed:
            job.resume()

    def job_suspend(self, args):
        job = self.get(args, "job")
        with job.changed:
            if job.state in FINAL or job.state == TRANSFERRED:
                raise Failure(INVALID_STATE)
            job.stop(SUSPENDED)

    def job_cancel(self, args):
        job = self.get(args, "job")
        with job.changed:
            job.finish(CANCELLED)
            self.jobs.pop(job.id, None)

    def job_complete(self, args):
        job = self.get(args, "job")
        with job.changed:
            hr = job.complete()
            self.jobs.pop(job.id, None)
            return {"hr": hr}

    def job_id(self, args):
        return {"id": self.get(args, "job").id}

    def job_type(self, args):
        return {"type": 0}

    def job_state(self, args):
        return {"state": self.get(args, "job").state}

    def job_progress(self, args):
        files = self.get(args, "job").files
        known = all(file.total != UNKNOWN for file in files)
        return {"bytes_total": sum(file.total for file in files) if known else UNKNOWN,
                "bytes_transferred": sum(file.got for file in files),
                "files_total": len(files), "files_transferred": sum(file.done for file in files)}

    def job_error_count(self, args):
        return {"count": self.get(args, "job").errors}

    def job_get_error(self, args):
        job = self.get(args, "job")
        with job.changed:
            if not job.error or job.state not in (ERROR, TRANSIENT_ERROR):
                raise Failure(ERROR_INFORMATION_UNAVAILABLE)
            self.keep(args, job.error)

    def job_set(self, args):
        job = self.get(args, "job")
        wanted = {key: value for key, value in args.items() if key != "job"}
        with job.changed:
            if not wanted.keys() <= job.properties.keys():
                raise Failure(E_INVALIDARG)
            if job.state in FINAL:
                raise Failure(INVALID_STATE)
            job.properties.update(wanted)

    def job_get(self, args):
        return {"value": self.get(args, "job").properties[args["property"]]}

    # Errors, files, enumerations -----------------------------------------------------------------------------------

    def error_get_error(self, args):
        error = self.get(args, "error")
        return {"context": error.context, "code": error.code}

    def error_get_file(self, args):
        error = self.get(args, "error")
        if error.file is None:
            raise Failure(FILE_NOT_AVAILABLE)
        self.keep(args, error.file)

    def file_remote_name(self, args):
        return {"name": self.get(args, "file").url}

    def file_local_name(self, args):
        return {"name": self.get(args, "file").local}

    def file_progress(self, args):
        file = self.get(args, "file")
        return {"bytes_total": file.total, "bytes_transferred": file.got, "completed": int(file.done)}

    def enum_next(self, args):
        enum, count = self.get(args, "enum"), args.get("count", 1)
        files = enum.files[enum.at:enum.at + count]
        enum.at += len(files)
        if files and len(files) == count:
            self.keep(args, files[0])
        return {"hr": S_OK if len(files) == count else S_FALSE, "fetched": len(files)}

    def enum_skip(self, args):
        enum = self.get(args, "enum")
        left = len(enum.files) - enum.at
        enum.at += min(left, args["count"])
        return {"hr": S_OK if args["count"] <= left else S_FALSE}

    def enum_reset(self, args):
        self.get(args, "enum").at = 0

    def enum_count(self, args):
        return {"count": len(self.get(args, "enum").files)}


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    Adapter().run()
