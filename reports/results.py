"""results.py -- reads results.json and the table, and refuses what is not whole.

A report that leaves something out in silence is worse than none: every field that the report stands on must be there
and have its kind. Fields that bgcheck does not know about a scenario that could not be judged (it hung, it is
unsupported, the harness failed) have a value of their own, named with Or().
"""
import json
import re

SCHEMA = 1
VERDICTS = ("pass", "info", "expected-fail", "non-strict", "vacuous", "unsupported", "inconclusive", "fail",
            "adapter-error", "harness-error")  # worst last, as conformance/verdict.h has them
LEVELS = ("MUST", "SHOULD", "MAY", "UNSPECIFIED")
COLUMNS = ("dialect", "id", "from", "event", "guard", "to", "result", "effects", "mark", "cite")


class Bad(Exception):
    """Input that cannot be reported; the text is one line for people."""


class Or:
    """A field that may be absent; then it has this value."""
    def __init__(self, shape, value):
        self.shape, self.value = shape, value


class Nullable:
    def __init__(self, shape):
        self.shape = shape


DIVERGENCE = {"rule": str, "line": int, "done": str, "allowed": str, "seen": str, "level": Or(LEVELS, "MUST"),
              "sentence": Or(str, ""), "source": Or(str, ""), "at_ns": Or(int, -1), "job": Or(str, "-"),
              "signature": Or(str, ""), "file_line": Or(int, 0)}
FINDING = dict(DIVERGENCE, level=LEVELS, at_ns=int, job=str, signature=str, source=str, expected=Or(bool, False),
               reason=Or(str, ""))
CHECK = {"line": int, "step": str, "passed": bool, "expected": str, "found": str}
SCENARIO = {"id": str, "title": str, "dialect": str, "file": str, "world": str, "verdict": VERDICTS,
            "why": Or(str, ""), "feature": Or(str, ""), "allowed": Or(bool, False), "end": Or(str, ""),
            "line": Or(int, 0), "tolerance_used_ns": Or(int, 0), "checks": Or([CHECK], []),
            "first_divergence": Or(Nullable(DIVERGENCE), None), "findings": Or([FINDING], []), "trace": Or(str, ""),
            "again": str}
RULE = {"id": str, "level": LEVELS, "dialect": str, "area": str, "sentence": str, "trigger": Or(str, ""),
        "source": str, "kind": ("judged", "derived", "not-observable", "reading"), "why": str,
        "verdict": VERDICTS + ("-",), "triggered": int, "scenarios": [str], "failed": [str], "expected": int}
COVER = {"dialect": str, "hit": int, "total": int, "missed": Or([str], [])}
READING = {"id": str, "dialect": str, "question": str, "seen": str, "choices": Or(str, ""), "takes": Or(str, "")}
RESULTS = {
    "schema": int, "suite": str,
    "impl": {"kind": ("reference", "mutant", "exec", "recorded"), "name": str, "version": str, "mutant": str, "defect": str,
             "breaks": Or(str, ""), "command": [str]},
    "dialects": [str], "world": str, "tier": str, "seed": int, "verdict": VERDICTS, "exit": int, "sentence": str,
    "counts": {verdict: int for verdict in VERDICTS}, "rules": [RULE], "scenarios": [SCENARIO],
    "coverage": {"rows": [COVER], "cells": [COVER], "faults": [COVER], "contexts": [COVER], "readings": [READING]},
    "transitions": [{"dialect": str, "from": str, "to": str, "count": int, "documented": bool}],
    "xfail": {"file": str, "stale": [{"line": int, "text": str}]},
}
KIND_NAMES = {str: "a string", int: "an integer", bool: "true or false"}

# Control characters are no text, and direction marks would let a name read as another one.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def clean(text):
    return UNPRINTABLE.sub("\ufffd", text)


def told(value):
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:37] + "..."


def expect(is_so, where, wanted, value):
    if not is_so:
        raise Bad(f"{where}: expected {wanted}, found {told(value)}")


def fit_object(value, shape, where):
    expect(isinstance(value, dict), where, "an object", value)
    whole = {}
    for key, part in shape.items():
        path = f"{where}.{key}" if where else key
        if key in value:
            whole[key] = fit(value[key], part.shape if isinstance(part, Or) else part, path)
        elif isinstance(part, Or):
            whole[key] = part.value
        else:
            raise Bad(f"{path}: expected a value, found nothing")
    return whole


def fit(value, shape, where):
    """The value with the fields of its shape and no others; raises Bad where it has another shape."""
    if isinstance(shape, Nullable):
        return None if value is None else fit(value, shape.shape, where)
    if isinstance(shape, dict):
        return fit_object(value, shape, where)
    if isinstance(shape, list):
        expect(isinstance(value, list), where, "a list", value)
        return [fit(part, shape[0], f"{where}[{i}]") for i, part in enumerate(value)]
    if isinstance(shape, tuple):
        expect(isinstance(value, str) and value in shape, where, "one of " + " ".join(shape), value)
        return value
    expect(type(value) is shape, where, KIND_NAMES[shape], value)
    return clean(value) if shape is str else value


def refuse_twins(parts, what):
    """Anchors and merged rows need one result for each id and dialect."""
    seen = set()
    for i, part in enumerate(parts):
        key = (part["id"], part["dialect"])
        expect(key not in seen, f"{what}[{i}]", "every id once in a dialect", part["id"])
        seen.add(key)


def read_text(path):
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            return file.read()
    except OSError as error:
        raise Bad(f"{path}: {error.strerror}")
    except UnicodeDecodeError as error:
        raise Bad(f"{path}: expected UTF-8, found something else at byte {error.start}")


def place_in_records(results):
    """A finding in a record stands at a line of that, and no scenario has one."""
    for scenario in results["scenarios"]:
        for finding in [scenario["first_divergence"], *scenario["findings"]]:
            if finding and finding["file_line"]:
                finding["line"] = finding["file_line"]


def read_results(path):
    """The results, whole. Raises Bad."""
    try:
        value = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise Bad(f"{path}:{error.lineno}:{error.colno}: expected JSON, found: {error.msg}")
    except (RecursionError, ValueError):
        raise Bad(f"{path}: expected JSON of sane size and depth, found more")
    try:
        expect(isinstance(value, dict), "the whole", "an object", value)
        expect(value.get("schema") == SCHEMA, "schema", SCHEMA, value.get("schema"))
        results = fit(value, RESULTS, "")
        refuse_twins(results["rules"], "rules")
        refuse_twins(results["scenarios"], "scenarios")
        place_in_records(results)
        return results
    except Bad as bad:
        raise Bad(f"{path}: {bad}")


def read_table(path):
    """The rows of `bgcheck show table --tsv` as dicts, in the order of the table. Raises Bad."""
    lines = read_text(path).split("\n")
    header = lines[0].split("\t")
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise Bad(f"{path}:1: expected the column {missing[0]}, found {told(lines[0])}")
    rows = []
    for number, line in enumerate(lines[1:], 2):
        if not line:
            continue
        words = [clean(word) for word in line.split("\t")]
        if len(words) != len(header):
            raise Bad(f"{path}:{number}: expected {len(header)} fields, found {len(words)}")
        rows.append(dict(zip(header, words)))
    return rows
