# methods_test.sh -- every method of model/method.def was called, on the reference, in every state that its job can have.
. conformance/test/tap.sh

cat >"$scratch/cells.py" <<'P'
import collections, glob, re, shlex, sys

STATES = "QUEUED CONNECTING TRANSFERRING SUSPENDED ERROR TRANSIENT_ERROR TRANSFERRED ACKNOWLEDGED CANCELLED".split()
# Cells that cannot be: (dialect or *, command or *, state or *), why.
NEVER = {
    ("do", "*", "CONNECTING"): "the dialect has no such state (state-machine.md)",
}
NO_JOB = {"job.create", "job.enum", "manager.error_description"}  # they ask no job: one call is enough
ROW = re.compile(r'METHOD\("([^"]*)",\s*"([^"]*)",\s*"[^"]*",\s*"[^"]*",\s*\d+, (\d), (\d)')

def methods(dialect):
    for command, prop, in_do, in_bits in ROW.findall(open("model/method.def").read()):
        if (in_do if dialect == "do" else in_bits) == "1": yield command, prop

def fields(words): return dict(w.split("=", 1) for w in words if "=" in w)

class Reader:
    def __init__(self): self.cells, self.job, self.state, self.by_id = set(), {}, {}, {}
    def see(self, line):
        words = shlex.split(line)
        actor, target, event, rest = words[1], words[2], words[3], fields(words[4:])
        if actor == "impl" and len(words) > 6 and words[5] == ">": self.state[target] = words[6]
        if actor == "client" and event == "probe": self.state[target] = rest.get("state", self.state.get(target))
        if actor == "client" and "." in event: self.call(event, target, rest)
    def call(self, command, handle, rest):
        job = self.job.get(handle) or self.by_id.get(rest.get("id"))
        props = [rest.get("property", "")] if command == "job.get" else rest if command == "job.set" else [""]
        for prop in props: self.cells.add((command, prop, self.state.get(job, "none")))
        if command == "job.create" and rest["hr"] == "S_OK":
            job = rest["as"]
            self.by_id[rest["id"]], self.state[job] = job, "SUSPENDED"
        if job and "as" in rest: self.job[rest["as"]] = job

def called(folder, dialect):
    cells = set()
    for name in glob.glob(f"{folder}/*.{dialect}.trace"):
        reader = Reader()
        for line in open(name):
            if not line.startswith("#"): reader.see(line)
        cells |= reader.cells
    return cells

def never(dialect, command, state):
    return any(d in (dialect, "*") and c in (command, "*") and s in (state, "*") for d, c, s in NEVER)

folder, dialect = sys.argv[1:]
cells, missing = called(folder, dialect), collections.defaultdict(list)
for command, prop in methods(dialect):
    if command in NO_JOB:
        if not any(c[:2] == (command, prop) for c in cells): missing[command, prop] = ["ever"]
        continue
    for state in STATES:
        if not never(dialect, command, state) and (command, prop, state) not in cells: missing[command, prop].append(state)
for (command, prop), states in missing.items(): print(f"{command} {prop}".rstrip(), "was never called in", " ".join(states))
sys.exit(bool(missing))
P

every_cell() { $PYTHON "$scratch/cells.py" "$1" "$2"; }

tap "the suite is played" exits 0 $bgcheck run --quiet --out "$scratch/all"
for dialect in do bits; do
	tap "every method is called in every state ($dialect)" every_cell "$scratch/all/trace" $dialect
done
mkdir "$scratch/few"
cp "$scratch"/all/trace/0001-*.trace "$scratch/few"
tap "a cell that nobody plays is named" says '^job\.take_ownership was never called in QUEUED' every_cell "$scratch/few" bits
tap_end
