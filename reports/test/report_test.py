#!/usr/bin/env python3
"""report_test.py -- the claims of reports/, as TAP. Run from anywhere; a word selects tests by name.

Every test is a function whose name is its claim. Results are made from sample.json by edits, so that each test says
only what matters to it.
"""
import base64
import copy
import hashlib
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
REPORTS = os.path.dirname(HERE)
sys.path.insert(0, REPORTS)

import picture  # noqa: E402
import report  # noqa: E402
import results as results_module  # noqa: E402

TABLE = os.path.join(HERE, "sample.tsv")
with open(os.path.join(HERE, "sample.json"), encoding="utf-8") as sample_file:
    SAMPLE = json.load(sample_file)
HOSTILE = '<script>alert("x")</script>&amp;\'"\\'
SECTIONS = ["tested", "failures", "should", "expected", "errors", "unsupported", "inconclusive", "states", "rules",
            "vacuous", "coverage", "readings", "scenarios"]
VOID = {"meta", "br", "input", "link", "img", "hr"}


# --- helpers ---

class Skip(Exception):
    """The machine lacks what the test needs."""


class Run:
    """One call of report.py in a folder of its own; the folder is gone afterwards."""
    def __init__(self, results, table=None, out="report.html", old=None, env=None, results_name="results.json"):
        with tempfile.TemporaryDirectory() as folder:
            at = lambda name: os.path.join(folder, name)  # noqa: E731
            raw = results if isinstance(results, bytes) else json.dumps(results).encode()
            for name, content in (("results.json", raw), ("table.tsv", table), (out, old)):
                if content is not None:
                    with open(at(name), "wb") as file:
                        file.write(content)
            done = subprocess.run(["/usr/bin/python3", os.path.join(REPORTS, "report.py"), "--results", at(results_name),
                                   "--table", at("table.tsv") if table is not None else TABLE, "--out", at(out)],
                                  capture_output=True, text=True, env=env)
            self.exit, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr
            self.left = sorted(os.listdir(folder))
            self.page = None
            if os.path.isfile(at(out)):
                with open(at(out), encoding="utf-8") as file:
                    self.page = file.read()

    def refused(self, words):
        """Exit 7, one line that names the place, no report and nothing beside it."""
        assert self.exit == 7, (self.exit, self.stderr)
        assert self.stderr.count("\n") == 1 and "Traceback" not in self.stderr, self.stderr
        assert words in self.stderr, (words, self.stderr)
        assert not any(name.endswith(".new") for name in self.left), self.left
        return True


def page_of(results):
    run = Run(results)
    assert run.exit == 0 and run.stderr == "" and run.stdout == "", (run.exit, run.stderr)
    assert run.left == ["report.html", "results.json"], run.left
    return run.page


def sample():
    return copy.deepcopy(SAMPLE)


def fitted(results):
    return results_module.fit(results, results_module.RESULTS, "")


def nothing():
    """What a run without scenarios leaves."""
    empty = sample()
    for key in ("rules", "scenarios", "transitions", "dialects"):
        empty[key] = []
    empty["coverage"] = {key: [] for key in empty["coverage"]}
    empty["counts"] = {key: 0 for key in empty["counts"]}
    empty["xfail"] = {"file": "", "stale": []}
    return dict(empty, verdict="pass", exit=8, sentence="The reference was not judged: nothing was selected")


def passing():
    """A whole run without a failure."""
    good = sample()
    good["scenarios"] = [s for s in good["scenarios"] if s["verdict"] == "pass"]
    good["rules"] = [r for r in good["rules"] if r["verdict"] in ("pass", "-")]
    good["xfail"] = {"file": "", "stale": []}
    return dict(good, verdict="pass", exit=0, sentence="The reference conforms")


def only(scenario_id, dialect="bits"):
    one = sample()
    one["scenarios"] = [s for s in one["scenarios"] if (s["id"], s["dialect"]) == (scenario_id, dialect)]
    assert len(one["scenarios"]) == 1
    return one


class Page(html.parser.HTMLParser):
    """The page as a list of (tag, attributes) and, by section, as text; asserts that tags are balanced."""
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.sections, self.section = [], [], {"": ""}, ""
        self.feed(text)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag, attributes):
        self.sections[self.section] += " " if tag in ("dt", "dd", "td", "th", "tr", "p", "br", "caption") else ""
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "h2":
            self.section = dict(attributes)["id"]
            self.sections[self.section] = ""

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def handle_data(self, data):
        self.sections[self.section] += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def section(results, name):
    return " ".join(Page(page_of(results)).sections[name].split())


def verdict_class(results):
    return [a["class"] for a in Page(page_of(results)).all("p") if a.get("class", "").startswith("verdict")][0]


def draw(observed=(), dialect="bits", world="sim", table=None):
    rows = results_module.read_table(TABLE) if table is None else table
    return picture.draw(rows, list(observed), dialect, world)


def seen(start, end, documented=True, count=1, dialect="bits"):
    return {"dialect": dialect, "from": start, "to": end, "count": count, "documented": documented}


def groups(svg):
    """class -> titles of the picture's nodes and edges."""
    found = {}
    for group in ElementTree.fromstring(svg).iter(f"{{{picture.SVG}}}g"):
        title = group.find(f"{{{picture.SVG}}}title")
        found.setdefault(group.get("class"), []).append(title.text if title is not None else "")
    return found


def row(start, event, end, effects="-", dialect="bits"):
    return dict(zip(results_module.COLUMNS, (dialect, f"{event}_{start}", start, event, "always", end, "-", effects, "d", "page.md")))


def read_with(edit):
    """Reads the sample with an edit in place; returns the refusal or ''."""
    edited = sample()
    edit(edited)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(edited, file)
        file.flush()
        try:
            results_module.read_results(file.name)
        except results_module.Bad as bad:
            return str(bad)
    return ""


# --- the page ---

def sections_stand_in_order():
    page = Page(page_of(sample()))
    assert [a["id"] for a in page.all("h2")] == SECTIONS


def verdict_sentence_stands_first_with_word_and_colour():
    page = page_of(sample())
    head = page[page.index("<header>"):page.index("</header>")]
    text = " ".join(re.sub(r"<[^>]*>", "", head).split())
    assert "adapter-error" in text and SAMPLE["sentence"] in text and "Exit 6" in text, text
    assert verdict_class(sample()).endswith("tone-bad")


def only_exit_0_is_green():
    cases = [(0, "pass", "good"), (0, "info", "good"), (0, "expected-fail", "good"), (0, "non-strict", "warn"),
             (3, "pass", "warn"), (4, "pass", "warn"), (5, "unsupported", "warn"), (8, "pass", "warn"),
             (1, "fail", "bad"), (1, "non-strict", "bad"), (6, "adapter-error", "bad"), (7, "pass", "bad"), (9, "pass", "bad")]
    for code, verdict, tone in cases:
        assert report.run_tone({"verdict": verdict, "exit": code}) == tone, (code, verdict)
    assert verdict_class(passing()).endswith("tone-good")
    assert verdict_class(dict(passing(), exit=4)).endswith("tone-warn")


def what_was_tested_is_told():
    text = section(sample(), "tested")
    for word in ("bgcheck-kit-c", "0.1.0", "bits, do", "exec", "cooperative", "Seed 1", "build/kit/adapter_c --mutant error-survives-data"):
        assert word in text, word


def mutant_is_named_with_its_defect():
    page = page_of(sample())
    assert "known-bad variant" in page and SAMPLE["impl"]["defect"] in page
    plain = sample()
    plain["impl"].update(mutant="", defect="", breaks="")
    assert "known-bad variant" not in page_of(plain)


def counts_are_those_of_results():
    text = section(sample(), "tested")
    for verdict, count in SAMPLE["counts"].items():
        if count:
            assert re.search(rf"{verdict} {count} \d+", text), (verdict, text)
    assert f"all {len(SAMPLE['scenarios'])} {len(SAMPLE['rules'])}" in text


def failure_is_a_whole_story():
    one = only("0412-error-gone-once-data-flows")
    text = section(one, "failures")
    finding = one["scenarios"][0]["findings"][0]
    for word in (finding["rule"], "MUST", finding["sentence"], one["scenarios"][0]["id"], "line 18", "61.0004 s of virtual time",
                 finding["done"], finding["allowed"], finding["seen"], one["scenarios"][0]["again"],
                 "line 20: do job.get_error j1 as=_ -> ERROR_INFORMATION_UNAVAILABLE", "found S_OK", *finding["source"].split()):
        assert " ".join(word.split()) in text, word


def identical_findings_are_one_story():
    page = page_of(sample())
    stories = re.findall(r'<article class="story bad" id="([^"]*)"', page)
    assert len(stories) == 4 and len(set(stories)) == 4, stories
    text = section(sample(), "failures")
    assert "4 times in 4 scenario runs (bits, do)" in text and "Seen 3 more times" in text
    assert "0413-error-gone-after-stall (do), line 17, at 1 h 1 min 1 s" in text


def two_signatures_of_a_rule_are_two_stories():
    two = only("0412-error-gone-once-data-flows")
    second = dict(two["scenarios"][0]["findings"][0], signature="another", line=30)
    two["scenarios"][0]["findings"].append(second)
    assert len(re.findall(r'<article class="story bad"', page_of(two))) == 3


def failing_check_alone_is_a_story():
    one = only("0412-error-gone-once-data-flows")
    one["scenarios"][0]["findings"] = one["scenarios"][0]["findings"][2:]
    one["scenarios"][0]["first_divergence"] = one["scenarios"][0]["findings"][0]
    text = section(one, "failures")
    assert text.startswith("Failures 1 Expectation of the scenario"), text
    one["scenarios"][0]["findings"] = []  # as somebody else's writer might do
    one["scenarios"][0]["first_divergence"] = None
    assert section(one, "failures").startswith("Failures 1 Expectation of the scenario")


def failed_scenario_without_findings_is_a_story():
    one = only("0101-job-one-file")
    one["scenarios"][0].update(verdict="fail", why="the trace differs from the golden one below ====")
    text = section(one, "failures")
    assert text.startswith("Failures 1 ") and "the trace differs from the golden one" in text, text


def first_divergence_without_a_finding_is_told():
    one = only("0101-job-one-file")
    one["scenarios"][0].update(verdict="fail", first_divergence={
        "rule": "STATE-001", "line": 9, "done": "job.create", "allowed": "SUSPENDED", "seen": "QUEUED, diverged"})
    assert "QUEUED, diverged" in section(one, "failures")


def missed_should_is_no_failure():
    one = only("0441-description-same-text")
    assert section(one, "failures") == "Failures none"
    assert "ERR-DESC-008" in section(one, "should")


def may_is_worth_knowing_only():
    one = only("0441-description-same-text")
    one["scenarios"][0]["findings"][0].update(level="MAY")
    assert "ERR-DESC-008" in section(one, "notes") and section(one, "should") == "SHOULD missed none"


def expected_failure_has_its_reason_and_is_no_failure():
    one = only("0431-error-context-file")
    text = section(one, "expected")
    assert "Accepted because" in text and one["scenarios"][0]["findings"][0]["reason"] in text
    assert section(one, "failures") == "Failures none"


def stale_expectations_are_told_at_the_top():
    page = page_of(sample())
    assert "expectations are stale" in page[:page.index("</header>")]
    assert SAMPLE["xfail"]["stale"][0]["text"] in section(sample(), "expected")


def adapter_error_is_told_with_its_why():
    assert "no answer to job.cancel (id 17) within 10 s" in section(sample(), "errors")


def harness_error_without_checks_is_told():
    one = only("0101-job-one-file")
    one["scenarios"] = [{"id": "0101-x", "title": "t", "dialect": "bits", "file": "f", "world": "sim", "verdict": "harness-error",
                         "why": "the worker of bgcheck died by signal 11", "again": "bgcheck run f"}]
    assert "died by signal 11" in section(one, "errors")


def unsupported_is_grouped_by_feature_not_allowed_first():
    text = section(sample(), "unsupported")
    assert text.index("net.tls") < text.index("service.restart") and "not in 2 of 4" in text, text


def vacuous_rules_are_listed():
    text = section(sample(), "vacuous")
    ids = {r["id"] for r in SAMPLE["rules"] if r["verdict"] == "vacuous"}
    assert ids and all(rule_id in text for rule_id in ids)
    assert f"Vacuous rules {len(ids)} " in text


def rules_stand_by_area_and_id():
    page = page_of(sample())
    ids = re.findall(r'<tr role="row" class="rule" id="r-([^"]*)"', page)
    area = {r["id"]: r["area"] for r in SAMPLE["rules"]}
    assert set(ids) == set(area) and ids == sorted(ids, key=lambda i: (area[i], i))


def every_scenario_and_reading_is_listed():
    text, readings = section(sample(), "scenarios"), section(sample(), "readings")
    assert all(s["id"] in text and s["title"] in text for s in SAMPLE["scenarios"])
    assert all(r["id"] in readings for r in SAMPLE["coverage"]["readings"])
    assert "gone-at-resume" in readings and "not seen" in readings


def missed_rows_faults_and_contexts_are_listed():
    text = section(sample(), "coverage")
    for kind in ("rows", "faults", "contexts"):
        for part in SAMPLE["coverage"][kind]:
            assert all(word in text for word in part["missed"]) and f"{part['hit']} of {part['total']}" in text


def empty_results_give_a_report():
    page = Page(page_of(nothing()))
    assert [a["id"] for a in page.all("h2")] == SECTIONS
    assert page.sections["failures"].split() == ["Failures", "none"]
    assert "No dialect was run" in page.sections["states"]


def every_text_is_escaped():
    def poison(value):
        if isinstance(value, dict):
            return {key: poison(part) for key, part in value.items()}
        if isinstance(value, list):
            return [poison(part) for part in value]
        return HOSTILE + value if isinstance(value, str) else value
    free = {"verdict", "kind", "level", "dialect", "dialects", "id"}

    def walk(value):
        return {key: part if key in free else walk(part) for key, part in value.items()} if isinstance(value, dict) else \
            [walk(part) if isinstance(part, dict) else poison(part) for part in value] if isinstance(value, list) else poison(value)
    bad = walk(sample())
    for i, scenario in enumerate(bad["scenarios"]):
        scenario["id"] = HOSTILE + scenario["id"]
        scenario["trace"] = "javascript:alert(1)" if i % 2 else HOSTILE
    for rule in bad["rules"]:
        rule["id"] = HOSTILE + rule["id"]
    text = page_of(bad)
    page = Page(text)
    assert len(page.all("script")) == 1 and "<script>alert" not in text
    assert all(a["href"].startswith("#") for a in page.all("a"))
    assert HOSTILE + SAMPLE["sentence"] in "".join(page.sections.values())
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def control_and_direction_characters_are_replaced():
    bad = sample()
    bad["sentence"] = "a\x00b\x1bc\u202ed\ud800e"
    assert "a\ufffdb\ufffdc\ufffdd\ufffde" in page_of(bad)


def nothing_is_loaded_from_elsewhere():
    page = page_of(sample())
    parsed = Page(page)
    assert not parsed.all("link") and not parsed.all("img") and not parsed.all("iframe")
    assert not any("src" in a for _, a in parsed.tags)
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/)", page[page.index("<style>"):page.index("</style>")])
    assert all(not re.match(r"[a-z]+:|//", a["href"]) for a in parsed.all("a"))


def policy_allows_our_script_and_no_other():
    page = page_of(sample())
    script = page[page.index("<script>") + 8:page.index("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page and "default-src 'none'" in page


def page_is_well_formed_and_accessible():
    page = Page(page_of(sample()))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert all(a["href"][1:] in ids for a in page.all("a") if a["href"].startswith("#"))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:]))
    assert all("scope" in a for a in page.all("th"))
    assert all(a.get("role") == "img" and a.get("aria-label") for a in page.all("svg")) and len(page.all("svg")) == 2
    assert any(a.get("for") == "filter" for a in page.all("label"))


def filter_is_hidden_without_scripts():
    boxes = [a for a in Page(page_of(sample())).all("div") if a.get("class") == "filter"]
    assert len(boxes) == 1 and "hidden" in boxes[0]


def filter_keeps_the_rows_that_hold_every_word():
    browser = shutil.which("chromium")
    if not browser:
        raise Skip("chromium is not installed")
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page_of(sample()))
    typed = "const typed = document.querySelector('.filter input'); typed.value = 'err-life-00 should'; typed.dispatchEvent(new Event('input'));"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.html")
        with open(path, "w", encoding="utf-8") as file:
            file.write(page.replace("</body>", f"<script>{typed}</script></body>"))
        done = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                               "--disable-background-networking", "--disable-component-update", "--disable-sync",
                               f"--user-data-dir={folder}/profile", "--dump-dom", f"file://{path}"], capture_output=True, text=True, timeout=120)
    rows = [a for a in Page(done.stdout).all("tr") if a.get("class") == "rule"]
    wanted = {"ERR-LIFE-007", "ERR-LIFE-008", "ERR-ACC-007"}  # the last one by its reason: follows from ERR-LIFE-005
    shown = {a["id"][2:] for a in rows if "hidden" not in a}
    assert shown == wanted, (sorted(shown), sorted(wanted))
    assert f"{len(wanted)} of {len(rows)} rules" in done.stdout
    assert not any("hidden" in a for a in Page(done.stdout).all("div") if a.get("class") == "filter")


def stories_stand_by_level_and_rule_bare_checks_last():
    results = sample()
    stories = report.stories(fitted(results))["failures"]
    assert [story["rule"] for story in stories] == ["CB-003", "ERR-LIFE-003", "ERR-LIFE-016", "TIME-003"]
    for scenario in results["scenarios"]:
        if scenario["id"] == "0611-callback-repeated":
            scenario.update(findings=scenario["findings"][1:], first_divergence=None)
    stories = report.stories(fitted(results))["failures"]
    assert [story["rule"] for story in stories][-1] == "CHECK"


def several_runs_make_one_report():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "b"))
        for name, results in (("a.json", passing()), ("b/results.json", sample())):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                json.dump(results, file)
        out = os.path.join(folder, "report.html")
        code = report.main(["--results", os.path.join(folder, "a.json"), "--results", os.path.join(folder, "b/results.json"),
                            "--table", TABLE, "--out", out])
        with open(out, encoding="utf-8") as file:
            page = Page(file.read())
    assert code == 0
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids)) and {"run1-failures", "run2-failures", "run2-readings"} <= set(ids)
    links = [a["href"] for a in page.all("a")]
    assert all(link[1:] in ids for link in links if link.startswith("#"))
    assert {link.split("/")[0] for link in links if not link.startswith("#")} == {"trace", "b"}
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1 and levels.count(2) == 2 and all(b - a <= 1 for a, b in zip(levels, levels[1:]))


def second_run_that_is_broken_spoils_the_report():
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "report.html")
        done = subprocess.run(["/usr/bin/python3", os.path.join(REPORTS, "report.py"), "--results", os.path.join(HERE, "sample.json"),
                               "--results", TABLE, "--table", TABLE, "--out", out], capture_output=True, text=True)
        assert done.returncode == 7 and "sample.tsv:1:1: expected JSON" in done.stderr and os.listdir(folder) == [], done


def traces_are_linked_only_below_the_report():
    cases = [(".", "trace/a.trace", "trace/a.trace"), ("b", "trace/a.trace", "b/trace/a.trace"), ("..", "trace/a.trace", ""),
             (".", "../../etc/passwd", ""), (".", "/etc/passwd", ""), (".", "javascript:alert(1)", ""), (".", "", ""), (".", "a b", "")]
    for folder, path, link in cases:
        assert report.safe_link(folder, path) == link, (folder, path)


def same_input_gives_same_bytes():
    assert page_of(sample()) == page_of(sample())


def order_of_the_input_does_not_matter():
    def turned(value, key=""):
        if isinstance(value, dict):
            return {name: turned(value[name], name) for name in reversed(list(value))}
        if isinstance(value, list) and key != "command":
            return [turned(part) for part in reversed(value)]
        return value
    assert page_of(turned(sample())) == page_of(sample())


def durations_are_exact():
    cases = [(0, "0 ns"), (999, "999 ns"), (1_200, "1.2 \u00b5s"), (1_250_000, "1.25 ms"), (1_000_000_000, "1 s"),
             (61_000_400_000, "61.0004 s"), (119_999_999_999, "119.999999999 s"), (120_000_000_000, "2 min"),
             (3_661_000_000_001, "1 h 1 min 1.000000001 s"), (1_209_600_000_000_000, "14 d")]
    for ns, text in cases:
        assert report.duration(ns) == text, (ns, report.duration(ns))


# --- refusals ---

def missing_field_is_refused_wherever_it_is():
    count = 0

    def sweep(shape, path):
        nonlocal count
        if isinstance(shape, (results_module.Or, results_module.Nullable)):
            return sweep(shape.shape, path)
        if isinstance(shape, list):
            return sweep(shape[0], path + [with_findings if path == ["scenarios"] else 0])
        if not isinstance(shape, dict):
            return None
        for key, part in shape.items():
            if path and path[-1] == "first_divergence":
                continue
            if not isinstance(part, results_module.Or):
                def drop(value, key=key):
                    at = value
                    for step in path:
                        at = at[step]
                    del at[key]
                refusal = read_with(drop)
                assert key in refusal and "expected" in refusal, (path, key, refusal)
                count += 1
            sweep(part, path + [key])
        return None
    with_findings = [i for i, s in enumerate(SAMPLE["scenarios"]) if s["findings"]][0]
    sweep(results_module.RESULTS, [])
    assert count > 70, count


def wrong_kinds_are_refused():
    cases = {
        "seed": lambda r: r.update(seed="1"), "exit": lambda r: r.update(exit=True), "verdict": lambda r: r.update(verdict="fine"),
        "dialects": lambda r: r.update(dialects="bits"), "dialects[0]": lambda r: r.update(dialects=[1]),
        "impl": lambda r: r.update(impl=None), "rules[0].level": lambda r: r["rules"][0].update(level="WOULD"),
        "scenarios[0].checks[0].passed": lambda r: r["scenarios"][0]["checks"][0].update(passed=1),
        "schema": lambda r: r.update(schema=2), "counts.fail": lambda r: r["counts"].update({"fail": 1.5}),
        "scenarios[1]": lambda r: r["scenarios"].insert(1, r["scenarios"][0]), "rules[3]": lambda r: r["rules"].insert(3, r["rules"][0]),
    }
    for where, edit in cases.items():
        assert f": {where}: expected" in read_with(edit), (where, read_with(edit))


def missing_field_gives_exit_7_and_no_report():
    bad = sample()
    del bad["scenarios"][3]["verdict"]
    run = Run(bad)
    assert run.refused("scenarios[3].verdict: expected") and run.page is None


def broken_json_gives_exit_7_and_no_report():
    whole = json.dumps(sample()).encode()
    for raw, words in ((whole[:-20], "expected JSON"), (b"", "expected JSON"), (b"[]", "expected an object"), (b"\xff\xfe", "UTF-8"),
                       (b"[" * 100000, "depth"), (b"null", "expected an object"), (b'{"schema": 1e999}', "schema")):
        run = Run(raw)
        assert run.refused(words) and run.page is None, raw[:20]


def missing_files_give_exit_7():
    assert Run(sample(), results_name="absent.json").refused("absent.json: No such file")
    done = subprocess.run(["/usr/bin/python3", os.path.join(REPORTS, "report.py"), "--results", os.path.join(HERE, "sample.json"),
                           "--table", "/nonexistent/table.tsv", "--out", os.devnull + "/x"], capture_output=True, text=True)
    assert done.returncode == 7 and done.stderr == "report: /nonexistent/table.tsv: No such file or directory\n", done


def bad_table_gives_exit_7():
    with open(TABLE, "rb") as file:
        good = file.read()
    for table, words in ((b"", "table.tsv:1: expected the column dialect"), (good + b"bits\tx\n", "expected 10 fields, found 2"),
                         (good.split(b"\n")[0] + b"\n", "no row of the dialect bits"), (good.replace(b"effects", b"effect"), "column effects"),
                         (b"\xff" + good, "UTF-8")):
        run = Run(sample(), table=table)
        assert run.refused(words) and run.page is None


def unwritable_output_gives_exit_7_and_no_file():
    run = Run(sample(), out="absent/report.html")
    assert run.refused("report.html") and run.left == ["results.json"], run.left


def failed_run_leaves_the_old_report():
    run = Run(b"{", old=b"old")
    assert run.refused("expected JSON") and run.page == "old"


def output_that_is_a_folder_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "out"))
        done = subprocess.run(["/usr/bin/python3", os.path.join(REPORTS, "report.py"), "--results", os.path.join(HERE, "sample.json"),
                               "--table", TABLE, "--out", os.path.join(folder, "out")], capture_output=True, text=True)
        assert done.returncode == 7 and done.stderr.count("\n") == 1 and os.listdir(folder) == ["out"], done


def missing_dot_gives_exit_7():
    run = Run(sample(), env={"PATH": "/nonexistent"})
    assert run.refused("dot (of graphviz): No such file") and run.page is None


# --- the picture ---

def picture_is_xml_and_has_every_state():
    for dialect in ("bits", "do"):
        svg = draw(dialect=dialect)
        text = "".join(ElementTree.fromstring(svg).itertext())
        rows = picture.rows_of(results_module.read_table(TABLE), dialect)
        names = picture.states(rows)
        assert len(names) == (9 if dialect == "bits" else 8) and all(name in text for name in names)


def picture_has_its_colours():
    svg = draw([seen("SUSPENDED", "QUEUED", count=3), seen("TRANSFERRED", "ERROR", False)])
    found = groups(svg)
    assert found["edge seen"] == ["SUSPENDED to QUEUED by RESUME. Documented and observed: 3 times."]
    assert found["edge undocumented"] == ["TRANSFERRED to ERROR. Observed, not documented: once."]
    assert len(found["edge unseen"]) == 34
    edges = {g.get("class"): g.find(f"{{{picture.SVG}}}path") for g in ElementTree.fromstring(svg).iter(f"{{{picture.SVG}}}g")}
    assert edges["edge seen"].get("stroke") == "#0b5cad" and edges["edge unseen"].get("stroke") == "#9aa3ad"
    assert edges["edge undocumented"].get("stroke") == "#c62828" and edges["edge undocumented"].get("stroke-dasharray")


def rows_that_the_reference_cannot_take_are_not_drawn():
    table = [row("A", "GO", "B"), row("A", "BAD", "D", "REFUSE MUTANT_ONLY"), row("A", "NO", "C", "IMPOSSIBLE"), row("B", "NO", "A", "retry_arm,impossible")]
    svg = draw(table=table)
    assert groups(svg).get("edge unseen") == ["A to B by GO. Documented, not observed."] and ">C<" not in svg and ">D<" not in svg


def parallel_rows_are_one_arrow_with_at_most_three_events():
    table = [row("A", f"E{i}", "B") for i in range(5)] + [row("A", "E0", "B")]
    svg = draw(table=table)
    assert groups(svg)["edge unseen"] == ["A to B by E0, E1, E2, E3, E4. Documented, not observed."]
    texts = [t.text.strip() for t in ElementTree.fromstring(svg).iter(f"{{{picture.SVG}}}text")]
    assert texts == ["A", "B", "E0", "E1", "+3 more"], texts


def event_of_every_arrow_stands_in_the_state():
    table = [row("A", "END", "C"), row("B", "END", "C"), row("B", "OTHER", "C"), row("A", "STEP", "B")]
    texts = [t.text.strip() for t in ElementTree.fromstring(draw(table=table)).iter(f"{{{picture.SVG}}}text")]
    assert sorted(texts) == ["A", "B", "C", "OTHER", "STEP", "by END"], texts


def staying_is_no_arrow_but_undocumented_staying_is():
    table = [row("A", "GET", "A"), row("A", "GO", "B")]
    assert "A. Stays on GET." in groups(draw(table=table))["node unseen"]
    assert len(groups(draw([seen("A", "A")], table=table))["edge unseen"]) == 1
    assert "edge undocumented" in groups(draw([seen("A", "A", False)], table=table))


def state_that_is_not_documented_is_drawn_red():
    found = groups(draw([seen("QUEUED", "LIMBO", False)]))
    assert found["node undocumented"] == ["LIMBO."] and len(found["edge undocumented"]) == 1


def skipped_states_of_a_foreign_world_are_no_accusation():
    skipped = seen("SUSPENDED", "TRANSFERRING", False)
    assert "edge through" in groups(draw([skipped], world="exec"))
    assert "edge undocumented" in groups(draw([skipped], world="sim"))
    assert "edge undocumented" in groups(draw([seen("TRANSFERRED", "ERROR", False)], world="exec"))


def second_call_is_not_passed_through_unseen():
    rows = [row("A", "SUSPEND", "B"), row("B", "RESUME", "C"), row("B", "TURN", "D")]
    assert picture.is_passed_through(rows, "A", "D") and not picture.is_passed_through(rows, "A", "C")


def hostile_names_stay_text_in_the_picture():
    table = [row(HOSTILE, 'e"];x', "\\N\\G\x01"), row("\\N\\G\x01", "<&>", HOSTILE)]
    svg = draw(table=table)
    texts = [t.text.strip() for t in ElementTree.fromstring(svg).iter(f"{{{picture.SVG}}}text")]
    assert sorted(texts) == sorted([HOSTILE, "\\N\\G\ufffd", 'e"];x', "<&>"]), texts
    assert "<script" not in svg


def ids_of_two_pictures_differ():
    ids = [set(re.findall(r' id="([^"]*)"', draw(dialect=dialect))) for dialect in ("bits", "do")]
    assert ids[0] and ids[1] and not ids[0] & ids[1]


# --- TAP ---

def main(words):
    tests = [function for name, function in globals().items()
             if callable(function) and getattr(function, "__module__", "") == "__main__" and not isinstance(function, type)
             and function.__code__.co_argcount == 0 and name not in ("sample", "nothing", "passing")]
    tests = [test for test in tests if not words or any(word in test.__name__ for word in words)]
    failed = 0
    print("TAP version 13")
    for number, test in enumerate(tests, 1):
        claim = test.__name__.replace("_", " ")
        try:
            test()
            print(f"ok {number} - {claim}", flush=True)
        except Skip as skip:
            print(f"ok {number} - {claim} # SKIP {skip}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} - {claim}")
            print("\n".join("# " + line for line in traceback.format_exc().splitlines()), flush=True)
    print(f"1..{len(tests)}")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
