"""enumerate.py -- every state of one job, by hand from the documents' facts (spec/state-machine.md) and not from the table.

A second, deliberately simple enumerator: plain ifs by state. What it finds must be what `bgcheck explore --jobs 1` finds
from the rows of model/do.def and model/bits.def. Which words a job has, and what the world may bring to it, are those of
sim/explore.h and explore_may(). C-NN names a reading of spec/contradictions.md; `inferred` a silence of the documents.
"""
import argparse

QUEUED, CONNECTING, TRANSFERRING, SUSPENDED, ERROR, TRANSIENT_ERROR, TRANSFERRED, ACKNOWLEDGED, CANCELLED = range(9)
ACTION, FINAL = (QUEUED, CONNECTING, TRANSFERRING), (ACKNOWLEDGED, CANCELLED)
DOWNLOAD, UPLOAD = 0, 1
DEFAULT, ZERO, SHORT = range(3)       # no-progress time-outs; the short one is shorter than the retry delay
OFF, RUNS, HELD = range(3)            # the no-progress period
JOB_TRANSFERRED, JOB_ERROR = 1, 2     # callbacks that are owed
TRANSIENT, FATAL = "TRANSIENT", "FATAL"

# Classes of causes in spec/faults.md: kind, whether GetFile has a file, whether it is retried by time; its example.
BITS_CAUSES = (
    (TRANSIENT, 1, 1, "connection refused"), (FATAL, 1, 0, "TLS certificate invalid"), (FATAL, 1, 0, "proxy 407"),
    (FATAL, 0, 0, "proxy list invalid"), (TRANSIENT, 1, 1, "HTTP 503"), (FATAL, 1, 0, "disk full"),
    (TRANSIENT, 1, 1, "temporary file locked"), (TRANSIENT, 1, 0, "destination volume locked"),
    (FATAL, 1, 0, "server application fails"))
DO_CAUSES = ((TRANSIENT, 1, 1, "connection refused"), (FATAL, 1, 0, "TLS certificate invalid"), (FATAL, 1, 0, "HTTP 403"))
NETWORK = (TRANSIENT, 0, 0, "network disconnected")
POLICY = (TRANSIENT, 0, 0, "cost policy")
NO_PROGRESS = (FATAL, 1, 0, "no progress within the period")


class Job:
    """The words of struct explore_job, in its order. `report` is 1 + the place of the cause, and is kept after its error."""
    __slots__ = WORDS = ("state", "type", "period", "files", "done", "error", "report", "no_progress", "file", "retry",
                         "progress", "tries", "owes")

    def __init__(self, words):
        (self.state, self.type, self.period, self.files, self.done, self.error, self.report, self.no_progress, self.file,
         self.retry, self.progress, self.tries, self.owes) = words

    def words(self):
        return (self.state, self.type, self.period, self.files, self.done, self.error, self.report, self.no_progress,
                self.file, self.retry, self.progress, self.tries, self.owes)


class Bounds:
    def __init__(self, dialect, files, retries, core):
        self.bits, self.files, self.retries, self.core = dialect == "bits", files, retries, core
        causes = BITS_CAUSES if self.bits else DO_CAUSES
        if core:
            causes = causes[:2]
        self.causes = causes + ((NETWORK,) if core else (NETWORK, POLICY)) + (NO_PROGRESS,)


# --- what the events have in common

def set_error(bounds, job, cause):
    """e+ or e: the error object of a cause, with the file that is worked on, if there is one."""
    job.error, job.no_progress = 1, 0
    job.report = 1 + bounds.causes.index(cause)
    job.file = 1 + job.done if cause[1] and job.done < job.files else 0


def drop_error(job):
    """e-. JobError hands over the error object, so it is not owed without one (ERR-CTX-014)."""
    job.error = 0
    job.owes &= ~JOB_ERROR


def stop_period(job):
    """`tries` are the timed retries since the last progress, so they end with the period."""
    job.progress, job.tries = OFF, 0


def queue(job):
    """Waits for its turn; the no-progress period does not go on meanwhile (C-30, NO_PROGRESS cannot happen there)."""
    job.state, job.retry = QUEUED, 0
    if job.progress == RUNS:
        job.progress = HELD


def work(bounds, job):
    """Its turn. In do the period is measured from the last progress, so it runs from the beginning (C-30)."""
    job.state = CONNECTING if bounds.bits else TRANSFERRING
    if job.progress == HELD or not bounds.bits:
        job.progress = RUNS
    if not bounds.bits:
        drop_error(job)


def end(job, state):
    job.state, job.retry, job.owes = state, 0, 0
    drop_error(job)
    stop_period(job)


def fail_fatally(bounds, job, cause):
    set_error(bounds, job, cause)
    job.state, job.retry = ERROR, 0
    job.owes |= JOB_ERROR
    stop_period(job)


def fail_for_now(bounds, job, cause):
    """A transient error. In bits a fatal one when the time-out is zero (TIME-006, whatever the cause), or below the retry
    delay (TIME-004, of a cause that is retried by time: inferred)."""
    if bounds.bits and (job.period == ZERO or (job.period == SHORT and cause[2])):
        fail_fatally(bounds, job, cause)
        return
    set_error(bounds, job, cause)
    job.state, job.retry, job.progress = TRANSIENT_ERROR, cause[2], RUNS


# --- what each event makes of a job to which it may happen; a refused call, and `=`, leave it alone

def add_file(bounds, job, condition, _):
    if job.state not in FINAL:
        job.files += 1


def suspend(bounds, job, condition, _):
    if job.state in ACTION or job.state == TRANSIENT_ERROR:
        job.state, job.retry = SUSPENDED, 0
        stop_period(job)  # inferred: the service does not try any more
    elif job.state == ERROR or job.state == TRANSFERRED:  # C-19, C-03
        job.state = SUSPENDED


def resume(bounds, job, condition, _):
    """JobTransferred is no longer owed (CB-007). JobError is, while there is an error to tell (CB-003; inferred)."""
    if job.state == SUSPENDED and job.files:
        job.owes &= ~JOB_TRANSFERRED
        # C-16, but via QUEUED when the owner is away (inferred), or when an error object is there until data flows (C-02).
        if bounds.bits or not condition["owner"] or job.error:
            queue(job)
        else:
            work(bounds, job)
    elif job.state == ERROR or job.state == TRANSIENT_ERROR:
        queue(job)
    elif job.state == TRANSFERRED and job.done < job.files:  # C-21
        job.owes &= ~JOB_TRANSFERRED
        queue(job)


def complete(bounds, job, condition, rename_fails):
    if job.state in FINAL:
        return
    if job.type == UPLOAD:
        if job.state == TRANSFERRED:
            end(job, ACKNOWLEDGED)
    elif job.state != TRANSFERRED or not rename_fails:
        end(job, ACKNOWLEDGED)


def cancel(bounds, job, condition, _):
    if job.state not in FINAL:
        end(job, CANCELLED)


def set_property(bounds, job, condition, period):
    if job.state not in FINAL and period is not None:
        job.period = period


def turn(bounds, job, condition, _):
    work(bounds, job)


def connected(bounds, job, condition, _):
    if bounds.bits:
        job.state = TRANSFERRING
        drop_error(job)


def data(bounds, job, condition, _):
    """The period starts anew: in bits at the next transient error, in do at once (C-30)."""
    job.progress, job.tries = OFF if bounds.bits else RUNS, 0


def slice_end(bounds, job, condition, _):
    queue(job)


def file_done(bounds, job, condition, _):
    data(bounds, job, condition, _)  # inferred: a file that is done is progress
    job.done += 1


def all_done(bounds, job, condition, _):
    job.state, job.done = TRANSFERRED, job.files
    drop_error(job)
    stop_period(job)
    job.owes |= JOB_TRANSFERRED


def retry_due(bounds, job, condition, _):
    job.tries += 1
    queue(job)


def no_progress(bounds, job, condition, _):
    """C-04: in bits the code, context and file of the last error stay."""
    report, file = job.report, job.file
    fail_fatally(bounds, job, NO_PROGRESS)
    job.no_progress = 1
    if bounds.bits and report:
        job.report, job.file = report, file


def expired(bounds, job, condition, _):
    """In TRANSFERRING too: by age in do (C-32), while no data flows in bits."""
    if job.state not in FINAL:
        end(job, CANCELLED)


def nothing(bounds, job, condition, _):
    """Getters; and CHANGED, which takes bytes of the current file only: bytes are no word of a job here."""


def answered(bounds, job, condition, callback):
    job.owes &= ~callback


EVENTS = {
    "ADD_FILE": add_file, "SUSPEND": suspend, "RESUME": resume, "COMPLETE": complete, "CANCEL": cancel, "GET_ERROR": nothing,
    "SET": set_property, "GET": nothing, "TURN": turn, "CONNECTED": connected, "DATA": data, "SLICE_END": slice_end,
    "FILE_DONE": file_done, "ALL_DONE": all_done, "RETRY_DUE": retry_due, "NO_PROGRESS": no_progress, "EXPIRED": expired,
    "CHANGED": nothing, "S_OK": answered,
    TRANSIENT: lambda bounds, job, condition, cause: fail_for_now(bounds, job, cause),
    FATAL: lambda bounds, job, condition, cause: fail_fatally(bounds, job, cause),
}


# --- what happens to the machine

def toggle_network(bounds, job, condition):
    if condition["network"]:
        if job.state in ACTION:  # C-15, C-23
            fail_for_now(bounds, job, NETWORK)
    elif job.state == TRANSIENT_ERROR:
        queue(job)


def toggle_owner(bounds, job, condition):
    if condition["owner"] and job.state in (CONNECTING, TRANSFERRING):
        queue(job)


def toggle_policy(bounds, job, condition):
    if condition["policy"]:
        if job.state in ACTION:  # C-15, C-64
            fail_for_now(bounds, job, POLICY)
    elif job.state == TRANSIENT_ERROR and job.report == 1 + bounds.causes.index(POLICY):
        queue(job)


def restart(bounds, job, condition):
    """TRANSIENT_ERROR stays (inferred). What is owed stays, in do for the next notify interface (inferred)."""
    if job.state in (CONNECTING, TRANSFERRING):
        queue(job)


GLOBALS = {"network": toggle_network, "owner": toggle_owner, "policy": toggle_policy, "restart": restart}


# --- what the world and the client may bring (explore_may)

def letters(bounds):
    for event in EVENTS:
        if event not in (TRANSIENT, FATAL, "COMPLETE", "SET", "S_OK"):
            yield event, None
    yield "COMPLETE", False
    yield "SET", None
    if not bounds.core:
        yield "COMPLETE", True
        for period in (DEFAULT, ZERO, SHORT):
            yield "SET", period
    for cause in bounds.causes[:-1]:
        yield cause[0], cause
    yield "S_OK", JOB_ERROR
    yield "S_OK", JOB_TRANSFERRED


def may(bounds, job, condition, event, argument):
    fetches = job.done < job.files
    if event == "ADD_FILE":
        return job.files < bounds.files and not (job.type == UPLOAD and job.files)
    if event == "TURN":
        return job.state == QUEUED and condition["owner"]
    if event == "CONNECTED":
        return condition["network"] and condition["policy"] and fetches and \
            job.state == (CONNECTING if bounds.bits else TRANSFERRING)
    if event in ("DATA", "FILE_DONE"):
        return job.state == TRANSFERRING and fetches
    if event == "SLICE_END":
        return bounds.bits and job.state in (CONNECTING, TRANSFERRING)
    if event == "ALL_DONE":
        return not fetches if job.state == CONNECTING else job.state == TRANSFERRING and job.done + 1 >= job.files
    if event in (TRANSIENT, FATAL):
        if (argument is NETWORK and condition["network"]) or (argument is POLICY and condition["policy"]):
            return False
        return fetches and job.state in (CONNECTING, TRANSFERRING, TRANSIENT_ERROR)
    if event == "RETRY_DUE":
        return job.retry and job.tries < bounds.retries
    if event == "NO_PROGRESS":
        return job.progress == RUNS
    if event == "S_OK":
        return job.owes & argument
    return True


# --- breadth first

CONDITIONS = [{"network": n, "owner": o, "policy": p} for n in (0, 1) for o in (0, 1) for p in (0, 1)]


def moves(bounds, alphabet, words, number):
    """The state after every transition out of a state."""
    condition, before = CONDITIONS[number], Job(words)
    for event, argument in alphabet:
        if may(bounds, before, condition, event, argument):
            job = Job(words)
            EVENTS[event](bounds, job, condition, argument)
            yield job.words(), number
    for name, toggle in GLOBALS.items():
        if bounds.core and name in ("owner", "policy"):
            continue
        job, after = Job(words), dict(condition)
        toggle(bounds, job, condition)
        if name in after:
            after[name] = 1 - after[name]
        yield job.words(), CONDITIONS.index(after)


def enumerate_states(bounds):
    """States in the order found, the number of transitions, and the length of the longest shortest path."""
    types = (DOWNLOAD, UPLOAD) if bounds.bits and not bounds.core else (DOWNLOAD,)
    level = [((SUSPENDED, type_) + (0,) * 11, CONDITIONS.index({"network": 1, "owner": 1, "policy": 1})) for type_ in types]
    alphabet, found, transitions, depth = list(letters(bounds)), dict.fromkeys(level), 0, -1
    while level:
        depth, below = depth + 1, []
        for words, number in level:
            for after in moves(bounds, alphabet, words, number):
                transitions += 1
                if after not in found:
                    found[after] = None
                    below.append(after)
        level = below
    return list(found), transitions, depth


def main():
    parser = argparse.ArgumentParser(description="Counts every state of one job, from the documents' facts.")
    parser.add_argument("--dialect", choices=("do", "bits"), required=True)
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--retries", type=int, default=1)
    parser.add_argument("--core", action="store_true")
    parser.add_argument("--states", action="store_true", help="the words of each state, a line each, instead of the counts")
    options = parser.parse_args()
    states, transitions, depth = enumerate_states(Bounds(options.dialect, options.files, options.retries, options.core))
    if options.states:
        for words, number in states:
            print(*words, number)
    else:
        print(len(states), transitions, depth)


if __name__ == "__main__":
    main()
