#!/usr/bin/env python3
"""report.py -- results.json (of one run or of several) and the table to one report.html that needs nothing else.

    reports/report.py --results build/out/results.json --table build/out/table.tsv --out build/out/report.html

The report says what was found, worst first, and is the same bytes for the same input: it holds no date, and everything
in it is sorted. All of it was once somebody's text (an adapter's, a scenario's), so all of it is escaped; the page
forbids itself by a policy to load anything. Exits: 0 written; 2 usage; 7 input that is not whole, or no report
could be written (then there is none: it is written beside and renamed).
"""
import argparse
import base64
import hashlib
import os
import re
import shlex
import sys

sys.dont_write_bytecode = True  # what is made lies in build/ only
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import picture  # noqa: E402
from results import LEVELS, VERDICTS, Bad, read_results, read_table  # noqa: E402

EXIT_HARNESS = 7
EXITS = {  # conformance/verdict.h
    0: "conforming, the evidence is complete",
    1: "an unexpected failure",
    2: "usage, bad scenario or rules file",
    3: "the expectations are stale",
    4: "inconclusive, or a required rule was vacuous",
    5: "an unsupported feature that was not allowed",
    6: "adapter or implementation could not start, broke the protocol, crashed or hung",
    7: "harness error",
    8: "selection empty or unknown",
    9: "regression against the baseline",
}
TONES = {"pass": "good", "info": "calm", "expected-fail": "calm", "non-strict": "warn", "vacuous": "warn",
         "unsupported": "warn", "inconclusive": "warn", "fail": "bad", "adapter-error": "bad", "harness-error": "bad",
         "-": "calm"}
MARKS = {"pass": "\u2713", "info": "i", "expected-fail": "\u2248", "non-strict": "!", "vacuous": "\u25cb",
         "unsupported": "\u2205", "inconclusive": "?", "fail": "\u2715", "adapter-error": "\u2715",
         "harness-error": "\u2715", "-": "\u00b7"}
CHECK = "CHECK"


def run_tone(results):
    """The colour of the whole: exit 0 is the only good one, and a pass behind another exit is none."""
    tone, code = TONES[results["verdict"]], results["exit"]
    if code == 0:
        return "good" if tone in ("good", "calm") else tone
    return "bad" if code in (1, 6, 7, 9) or tone == "bad" else "warn"


def duration(ns):
    """Nanoseconds for people, exact: 61.0004 s, 1 h 1 min 1 s."""
    for size, unit in ((1_000, "ns"), (1_000_000, "\u00b5s"), (1_000_000_000, "ms")):
        if ns < size:
            return decimal(ns, size // 1000, unit)
    if ns < 120_000_000_000:
        return decimal(ns, 1_000_000_000, "s")
    words = []
    for seconds, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        whole, ns = divmod(ns, seconds * 1_000_000_000)
        words += [f"{whole} {unit}"] if whole else []
    return " ".join(words + ([decimal(ns, 1_000_000_000, "s")] if ns else []))


def decimal(value, size, unit):
    whole, rest = divmod(value, size)
    digits = str(rest).rjust(len(str(size)) - 1, "0").rstrip("0")
    return f"{whole}{'.' if digits else ''}{digits} {unit}"


def anchor(kind, *words):
    """An id that no other words give."""
    return "-".join([kind] + [re.sub(r"[^A-Za-z0-9-]", lambda m: f"_{ord(m.group()):x}_", word) for word in words])


def safe_link(folder, path):
    """A path below the report's own folder, or nothing: text from elsewhere never becomes a URL of another kind."""
    whole = os.path.normpath(os.path.join(folder, path)) if path else ""
    return whole if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*", whole) else ""


def failing(scenario):
    return [check for check in scenario["checks"] if not check["passed"]]


def bare_finding(rule, sentence, line, done, allowed, seen):
    return {"rule": rule, "level": "MUST", "sentence": sentence, "line": line, "at_ns": -1, "job": "-", "done": done,
            "allowed": allowed, "seen": seen, "signature": f"{done} => {seen}", "source": "", "expected": False,
            "reason": ""}


def findings_of(scenario):
    """The findings, and what failed in the scenario without one: nothing red may be missing from the report."""
    found = list(scenario["findings"])
    first, lines = scenario["first_divergence"], {f["line"] for f in found if f["rule"] == CHECK}
    if first and not any((f["rule"], f["line"]) == (first["rule"], first["line"]) for f in found):
        found.append(dict(first, expected=False, reason="", signature=first["signature"] or first["seen"]))
    for check in failing(scenario):
        if check["line"] not in lines:
            told = bare_finding(CHECK, "", check["line"], check["step"], check["expected"], check["found"])
            found.append(dict(told, expected=scenario["verdict"] == "expected-fail"))
    if scenario["verdict"] == "fail" and not any(f["level"] in ("MUST", "SHOULD") and not f["expected"] for f in found):
        found.append(bare_finding("-", scenario["why"], 0, scenario["title"], "", scenario["why"] or "no finding was given"))
    return found


def section_of(finding, verdict_of_rule):
    if finding["expected"]:
        return "expected"
    if finding["level"] == "MUST" or verdict_of_rule == "fail":
        return "failures"
    return "should" if finding["level"] == "SHOULD" else "notes"


def occurrences(results):
    """Every finding with its scenario and the section that tells it."""
    verdicts = {(rule["id"], rule["dialect"]): rule["verdict"] for rule in results["rules"]}
    all_of_them = []
    for scenario in results["scenarios"]:
        own = [{"scenario": scenario, "finding": finding,
                "section": section_of(finding, verdicts.get((finding["rule"], scenario["dialect"])))}
               for finding in findings_of(scenario)]
        # A failing check stands in the story of the rule that it fails with; alone it is a story.
        ruled = any(o["section"] == "failures" and o["finding"]["rule"] not in (CHECK, "-") for o in own)
        all_of_them += [o for o in own if not (ruled and o["section"] == "failures" and o["finding"]["rule"] == CHECK)]
    return all_of_them


def occurrence_order(o):
    finding = o["finding"]
    return (o["scenario"]["id"], o["scenario"]["dialect"], finding["line"], finding["at_ns"], finding["job"], finding["done"],
            finding["seen"])


def story_order(story):
    return (story["rule"] in (CHECK, "-"), LEVELS.index(story["level"]), story["rule"], story["signature"])


def stories(results):
    """Section -> stories: the findings of one rule and signature are one story, told by its first occurrence."""
    rules = {rule["id"]: rule for rule in results["rules"]}
    groups = {}
    for o in sorted(occurrences(results), key=occurrence_order):
        finding = o["finding"]
        groups.setdefault((o["section"], finding["rule"], finding["signature"]), []).append(o)
    told = {"failures": [], "should": [], "notes": [], "expected": []}
    for (section, rule, signature), group in groups.items():
        first = group[0]["finding"]
        told[section].append({"rule": rule, "signature": signature, "level": first["level"], "occurrences": group,
                              "sentence": rules[rule]["sentence"] if rule in rules else first["sentence"],
                              "trigger": rules[rule]["trigger"] if rule in rules else "",
                              "dialects": sorted({o["scenario"]["dialect"] for o in group}),
                              "scenarios": len({(o["scenario"]["id"], o["scenario"]["dialect"]) for o in group})})
    for section, group in told.items():
        group.sort(key=story_order)
        for i, story in enumerate(group, 1):
            story["anchor"] = anchor(section, story["rule"], str(i))
    return told


def told_at(told):
    """(rule, dialect) -> anchor of the first story that tells of it."""
    places = {}
    for section in ("failures", "should", "notes", "expected"):
        for story in told[section]:
            for dialect in story["dialects"]:
                places.setdefault((story["rule"], dialect), story["anchor"])
    return places


def scenario_order(scenario):
    return (scenario["id"], scenario["dialect"])


def of_verdict(results, *verdicts):
    return sorted((s for s in results["scenarios"] if s["verdict"] in verdicts), key=scenario_order)


def unsupported(results):
    """Features that are lacking: not allowed ones first, then by name."""
    groups = {}
    for scenario in of_verdict(results, "unsupported"):
        groups.setdefault(scenario["feature"] or "(not named)", []).append(scenario)
    rows = [{"feature": feature, "scenarios": group, "whys": sorted({s["why"] for s in group if s["why"]}),
             "denied": sum(not s["allowed"] for s in group)} for feature, group in groups.items()]
    return sorted(rows, key=lambda row: (not row["denied"], row["feature"]))


def merge(parts, order):
    """One row for each id, with what each dialect says of it."""
    rows = {}
    for part in parts:
        rows.setdefault(part["id"], {})[part["dialect"]] = part
    merged = [dict(by[min(by)], by=by) for by in rows.values()]
    return sorted(merged, key=order)


def areas(results):
    rules = merge(results["rules"], lambda row: (row["area"], row["id"]))
    for rule in rules:
        rule["sources"] = sorted({word for part in rule["by"].values() for word in part["source"].split()})
        rule["whys"] = sorted({part["why"] for part in rule["by"].values() if part["why"]})
        rule["kinds"] = sorted({part["kind"] for part in rule["by"].values()})
    names = sorted({rule["area"] for rule in rules})
    return [(name, [rule for rule in rules if rule["area"] == name]) for name in names]


def vacuous(results):
    rows = merge([rule for rule in results["rules"] if rule["verdict"] == "vacuous"], lambda row: row["id"])
    return [dict(row, dialects=sorted(row["by"])) for row in rows]


def coverage(results):
    names = (("rows", "Rows of the table"), ("cells", "Cells (state, event)"), ("faults", "Faults"), ("contexts", "Error contexts"))
    return [(what, sorted(results["coverage"][key], key=lambda part: part["dialect"])) for key, what in names]


def pictures(results, table, prefix):
    drawn = []
    for dialect in sorted(results["dialects"]):
        observed = [t for t in results["transitions"] if t["dialect"] == dialect]
        rows = picture.rows_of(table, dialect)
        moves = picture.arrows(rows, observed, results["world"])
        drawn.append({"dialect": dialect, "moves": moves,
                      "svg": picture.draw(table, observed, dialect, results["world"], prefix + "picture-"),
                      "seen": sum(m["kind"] == "seen" for m in moves), "documented": sum(bool(m["events"]) for m in moves),
                      "undocumented": [m for m in moves if m["kind"] == "undocumented"]})
    return drawn


def view(results, table, folder, prefix, level):
    """What run.html.j2 shows. `folder`: of the results, seen from the report; `prefix`: of every id; `level`: of the heading."""
    told, impl = stories(results), results["impl"]
    for story in [story for group in told.values() for story in group]:
        story["anchor"] = prefix + story["anchor"]
    rule_counts = {verdict: sum(rule["verdict"] == verdict for rule in results["rules"]) for verdict in VERDICTS + ("-",)}
    return {
        "p": prefix, "h": level, "anchor": lambda *words: prefix + anchor(*words), "link": lambda path: safe_link(folder, path),
        "title": " ".join(filter(None, (impl["name"] or "(the implementation gave no name)", impl["mutant"], impl["version"]))),
        "r": results, "tone": run_tone(results), "exit_sentence": EXITS.get(results["exit"], "unknown exit"),
        "verdicts": [v for v in reversed(VERDICTS) if results["counts"][v] or rule_counts[v]],
        "rule_counts": rule_counts, "stories": told, "told_at": told_at(told),
        "broken": of_verdict(results, "harness-error", "adapter-error"),
        "unsupported": unsupported(results), "inconclusive": of_verdict(results, "inconclusive", "vacuous"),
        "stale": sorted(results["xfail"]["stale"], key=lambda part: (part["line"], part["text"])),
        "pictures": pictures(results, table, prefix), "kinds": {kind: words for kind, (words, _) in picture.KINDS.items()},
        "areas": areas(results), "vacuous": vacuous(results), "coverage": coverage(results),
        "readings": merge(results["coverage"]["readings"], lambda row: row["id"]),
        "scenarios": merge(results["scenarios"], lambda row: row["id"]),
        "scenario_ids": {scenario["id"] for scenario in results["scenarios"]},
        "dialects": sorted(set(results["dialects"]) | {part["dialect"] for part in results["rules"] + results["scenarios"]}),
        "command": shlex.join(results["impl"]["command"]),
        "tolerance_ns": max((s["tolerance_used_ns"] for s in results["scenarios"]), default=0),
        "clock": {"real": "of real time"}.get(results["tier"], "of virtual time"),
    }


def part(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


def render(runs, table):
    """The page of runs: pairs of results and their folder, seen from the report's."""
    import jinja2
    import markupsafe
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined,
                                     trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    environment.filters.update(duration=duration, own=markupsafe.Markup)
    environment.globals.update(failing=failing, TONES=TONES, MARKS=MARKS)
    script = part("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    alone = len(runs) == 1
    views = [view(results, table, folder, "" if alone else f"run{i}-", 1 if alone else 2)
             for i, (results, folder) in enumerate(runs, 1)]
    bodies = [markupsafe.Markup(environment.get_template("run.html.j2").render(one).strip()) for one in views]
    page = environment.get_template("report.html.j2")
    return page.render(runs=views, bodies=bodies, style=part("report.css"), script=script, script_hash=digest).lstrip()


def write_whole(path, text):
    """Beside, then renamed: there is a whole report or the old one, never half of one."""
    beside = f"{path}.{os.getpid()}.new"
    try:
        with open(beside, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(beside, path)
    except OSError as error:
        raise Bad(f"{path}: {error.strerror}")
    finally:
        if os.path.lexists(beside):
            os.unlink(beside)


def parse_arguments(words):
    parser = argparse.ArgumentParser(description="Makes one self-contained report.html of a run of bgcheck.")
    parser.add_argument("--results", required=True, action="append", metavar="FILE",
                        help="results.json of a run; several make one report of several runs, in this order")
    parser.add_argument("--table", required=True, metavar="FILE", help="output of `bgcheck show table --tsv`")
    parser.add_argument("--out", required=True, metavar="FILE", help="the report; its folder must exist")
    return parser.parse_args(words)


def main(words):
    options = parse_arguments(words)
    try:
        here = os.path.dirname(os.path.abspath(options.out))
        runs = [(read_results(path), os.path.relpath(os.path.dirname(os.path.abspath(path)), here)) for path in options.results]
        write_whole(options.out, render(runs, read_table(options.table)))
    except Bad as bad:
        print(f"report: {bad}", file=sys.stderr)
        return EXIT_HARNESS
    except Exception as error:  # a defect of ours; the caller still gets its one line and its exit
        print(f"report: internal error: {type(error).__name__}: {' '.join(str(error).split())}", file=sys.stderr)
        return EXIT_HARNESS
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
