"""queue.py BUILD [--rounds N] -- races sim/queue against the peers in sim/bench/events/ on one workload (events/bench.h).

All programs run in turn, round after round; medians count. Prints the table and `ratio NAME VALUE target T`; exit 1 when a
target is missed or a program takes the events in another order. Nanoseconds of one run compare with each other alone."""
import argparse
import os
import re
import statistics
import subprocess
import sys

EVENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "events")
WORKLOADS = [(workload, size) for workload in ("hold", "churn") for size in (1000, 100000, 1000000)]
STEPS, STEPS_SIMPY = 1000000, 200000   # the order of so many steps is compared
BYTES_MOST = 24
WITHOUT_TARGETS = 1000000   # events of which the slow peers run one round: they are there to be seen


def compile_peers(build):
    """The peers as fast as the compiler makes them; the queue itself was built by make, as it is in the product."""
    ns3 = re.search(r"^(lib)?ns3\S*core\S*", subprocess.check_output(["pkg-config", "--list-all"], text=True), re.M)
    flags = subprocess.check_output(["pkg-config", "--cflags", "--libs", ns3[0]], text=True).split()
    for name, compiler, libraries in (("c_wheel.c", ["gcc", "-std=gnu11"], []), ("c_heap.c", ["gcc", "-std=gnu11"], []),
                                      ("uv_timers.c", ["gcc", "-std=gnu11"], ["-luv"]), ("ns3_events.cc", ["g++"], flags)):
        subprocess.check_call(compiler + ["-O3", "-march=native", "-Wall", os.path.join(EVENTS, name),
                                          "-o", os.path.join(build, name.split(".")[0])] + libraries)


def programs(build, workload, size):
    """Name, command and environment of those that can run the workload: ns-3's priority queue removes in linear time,
    SimPy cannot cancel."""
    def peer(name):
        return [os.path.join(build, name)]
    yield "c_wheel", peer("c_wheel"), {}
    yield "bgcheck", peer("bench_queue"), {}
    yield "c_heap", peer("c_heap"), {}
    yield "libuv", peer("uv_timers"), {}
    yield "ns3", peer("ns3_events"), {}
    if workload == "hold":
        yield "ns3-priority", peer("ns3_events"), {"NS3_SCHEDULER": "ns3::PriorityQueueScheduler"}
        if size <= 100000:
            yield "simpy", [sys.executable, os.path.join(EVENTS, "simpy_hold.py")], {}


def run(command, environment, workload, size, steps):
    """Nanoseconds a step, bytes an event, order."""
    output = subprocess.check_output(command + [workload, str(size), str(steps), "42"], text=True,
                                     env=dict(os.environ, **environment))
    found = re.search(r"ns_per_step=(\S+) bytes_per_event=(\d+) order=(\w+)", output)
    return float(found[1]), int(found[2]), found[3]


def race(build, workload, size, rounds):
    """Medians and bytes by program; the programs that differ from the first in their order."""
    runs, bytes_an_event, wrong = {}, {}, set()
    orders = {steps: run([os.path.join(build, "c_wheel")], {}, workload, size, steps)[2] for steps in (STEPS, STEPS_SIMPY)}
    for turn in range(rounds):
        for name, command, environment in programs(build, workload, size):
            if turn and size == WITHOUT_TARGETS and name not in ("c_wheel", "bgcheck"):
                continue
            steps = STEPS_SIMPY if name == "simpy" else STEPS
            ns, bytes_an_event[name], order = run(command, environment, workload, size, steps)
            runs.setdefault(name, []).append(ns)
            if order != orders[steps]:
                wrong.add(name)
    return {name: statistics.median(values) for name, values in runs.items()}, bytes_an_event, wrong


def print_table(table):
    names = list(table[WORKLOADS[0]])
    columns = ["%s %.0e" % key for key in WORKLOADS]
    print("%-14s" % "ns a step" + "".join("%14s" % column.replace("e+0", "e") for column in columns))
    for name in names:
        cells = ["%.1f" % table[key][name] if name in table[key] else "" for key in WORKLOADS]
        print("%-14s" % name + "".join("%14s" % cell for cell in cells))


def targets(table, sizes):
    """Name, value, target, whether the value is at most the target (else at least)."""
    for workload, size in WORKLOADS:
        row = table[workload, size]
        yield "queue-%s-%d-of-c-wheel" % (workload, size), row["bgcheck"] / row["c_wheel"], 1.25, True
    for workload, least in (("hold", 15), ("churn", 20)):
        row = table[workload, 100000]
        for peer in ("ns3", "libuv"):
            yield "queue-%s-100000-%s" % (workload, peer), row[peer] / row["bgcheck"], least, False
    row = table["hold", 100000]
    yield "queue-hold-100000-simpy", row["simpy"] / row["bgcheck"], 100, False
    for size in sorted(sizes):
        yield "queue-%d-bytes-an-event" % size, sizes[size], BYTES_MOST, True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    table, sizes, missed = {}, {}, False
    compile_peers(arguments.build)
    for workload, size in WORKLOADS:
        table[workload, size], bytes_an_event, wrong = race(arguments.build, workload, size, arguments.rounds)
        sizes[size] = bytes_an_event["bgcheck"]
        for name in sorted(wrong):
            print("%s %d: the order of %s differs" % (workload, size, name))
            missed = True
    print_table(table)
    for name, value, target, most in targets(table, sizes):
        met = value <= target if most else value >= target
        missed = missed or not met
        print("ratio %s %.2f target %g%s%s" % (name, value, target, " (at most)" if most else "", "" if met else " MISSED"))
    return 1 if missed else 0


sys.exit(main())
