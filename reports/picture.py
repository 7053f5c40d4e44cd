"""picture.py -- the state picture: the rows of the table, and what was seen of them, through dot to SVG.

Nothing is drawn by hand. Rows are merged into one arrow for each pair of states. Three things keep the picture legible:
events that stay in a state make no arrow, they are told in the state's tooltip; an event that leads to a state along
every one of its arrows is written once, in that state; and an arrow names at most three events, the tooltip all.
"""
import re
import subprocess
import xml.etree.ElementTree as ElementTree

from results import Bad, clean

SVG = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", SVG)

EVENTS_ON_ARROW = 3
DOT_SECONDS = 60
# Calls of the client (vocabulary.def). A client looks at its jobs after every call, so from one look to the next at
# most the first move is a call.
CALLS = frozenset("ADD_FILE SUSPEND RESUME COMPLETE CANCEL GET_ERROR SET GET".split())
# Of arrows; the colours are those of a picture that stands alone, the report's style sheet has its own.
KINDS = {
    "seen": ("documented and observed", 'color="#0b5cad", fontcolor="#0b5cad", penwidth=2.2'),
    "unseen": ("documented, not observed", 'color="#9aa3ad", fontcolor="#6b7480", penwidth=1'),
    "undocumented": ("observed, not documented", 'color="#c62828", fontcolor="#c62828", style=dashed, penwidth=2.2'),
    "through": ("observed between two looks; documented by way of states in between",
                'color="#0b5cad", fontcolor="#0b5cad", style=dotted, penwidth=1.6, constraint=false'),
}


def is_possible(row):
    """Whether the reference can take the row: some rows say that an event cannot happen, some show a mutant's defect only."""
    return not {"impossible", "mutant_only"} & set(re.split(r"[^a-z_]+", row["effects"].lower()))


def rows_of(table, dialect):
    return [row for row in table if row["dialect"] == dialect and is_possible(row)]


def is_passed_through(rows, start, end):
    """Whether the table leads there by one move of any kind and then by moves of the world alone."""
    reached = {row["to"] for row in rows if row["from"] == start and row["to"] != start}
    while True:
        more = {row["to"] for row in rows if row["from"] in reached and row["event"] not in CALLS} - reached
        if not more:
            return end in reached
        reached |= more


def arrow(rows, start, end):
    events = list(dict.fromkeys(row["event"] for row in rows if row["from"] == start and row["to"] == end))
    return {"from": start, "to": end, "events": events, "count": 0, "kind": "unseen" if events else "undocumented"}


def arrows(rows, observed, world):
    """One arrow for each pair of states, in the order of states. `observed`: transitions of results.json, one dialect."""
    pairs = {(row["from"], row["to"]): None for row in rows if row["from"] != row["to"]}
    for pair in pairs:
        pairs[pair] = arrow(rows, *pair)
    for seen in observed:
        pair = (seen["from"], seen["to"])
        if pair[0] == pair[1] and seen["documented"]:
            continue
        found = pairs.setdefault(pair, arrow(rows, *pair))
        found["count"] += seen["count"]
        if seen["documented"]:
            found["kind"] = "seen" if found["events"] else "through"
        elif world in ("exec", "recorded") and is_passed_through(rows, *pair):
            found["kind"] = "through"
        else:
            found["kind"] = "undocumented"
    order = {state: i for i, state in enumerate(states(rows, observed))}
    return sorted(pairs.values(), key=lambda a: (order[a["from"]], order[a["to"]]))


def states(rows, observed=()):
    """States in the order of the table's rows, then those that only the implementation showed."""
    words = [row["from"] for row in rows] + [row["to"] for row in rows]
    words += sorted(word for seen in observed for word in (seen["from"], seen["to"]))
    return list(dict.fromkeys(words))


def shared_events(all_arrows, state):
    """Events that lead to the state along every documented arrow, when there are several."""
    into = [a for a in all_arrows if a["to"] == state and a["events"]]
    if len(into) < 2:
        return []
    return [event for event in into[0]["events"] if all(event in a["events"] for a in into)]


def quote(text):
    """A string of the dot language: its escapes and entities mean themselves."""
    text = clean(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{text}"'


def label(lines):
    return '"' + "\\n".join(quote(line)[1:-1] for line in lines) + '"'


def arrow_label(events):
    if len(events) <= EVENTS_ON_ARROW:
        return events
    return events[:EVENTS_ON_ARROW - 1] + [f"+{len(events) - EVENTS_ON_ARROW + 1} more"]


def arrow_title(a):
    text = f"{a['from']} to {a['to']}"
    if a["events"]:
        text += " by " + ", ".join(a["events"])
    times = f": {a['count']} times" if a["count"] != 1 else ": once"
    return f"{text}. {KINDS[a['kind']][0].capitalize()}{times if a['count'] else ''}."


def state_title(rows, state):
    stays = list(dict.fromkeys(row["event"] for row in rows if row["from"] == row["to"] == state))
    return f"{state}. Stays on {', '.join(stays)}." if stays else f"{state}."


def dot_node(name, state, rows, all_arrows):
    documented = any(state in (row["from"], row["to"]) for row in rows)
    touched = any(a["count"] and state in (a["from"], a["to"]) for a in all_arrows)
    kind = "undocumented" if not documented else "seen" if touched else "unseen"
    is_final = documented and not any(row["from"] == state != row["to"] for row in rows)
    shared = shared_events(all_arrows, state)
    words = [event + "," for event in shared[:-1]] + shared[-1:]
    pairs = [" ".join(words[i:i + 2]) for i in range(0, len(words), 2)]
    text = label([state] + [("" if i else "by ") + pair for i, pair in enumerate(pairs)])
    border = ", peripheries=2" if is_final else ""
    return f'{name} [id="{name}", class="{kind}", label={text}, {KINDS[kind][1]}{border}];'


def dot_edge(name, names, a, all_arrows):
    shared = shared_events(all_arrows, a["to"])
    events = arrow_label([event for event in a["events"] if event not in shared])
    text = label([f" {event} " for event in events])
    start, end, kind = names[a["from"]], names[a["to"]], a["kind"]
    return f'{start} -> {end} [id="{name}", class="{kind}", label={text}, {KINDS[kind][1]}];'


def dot(rows, observed, world, prefix):
    """The picture in the dot language, and the tooltip of each id in it."""
    all_arrows, titles = arrows(rows, observed, world), {}
    names = {state: f"{prefix}_s{i}" for i, state in enumerate(states(rows, observed))}
    lines = [f'digraph "{prefix}" {{', f'graph [id="{prefix}_graph", rankdir=TB, nodesep=0.3, ranksep=0.55, bgcolor=transparent];',
             'node [shape=box, style=rounded, fontname="Helvetica", fontsize=17, margin="0.18,0.08"];',
             'edge [fontname="Helvetica", fontsize=14, arrowsize=0.9];']
    for state, name in names.items():
        lines.append(dot_node(name, state, rows, all_arrows))
        titles[name] = state_title(rows, state)
    for i, a in enumerate(all_arrows):
        name = f"{prefix}_a{i}"
        lines.append(dot_edge(name, names, a, all_arrows))
        titles[name] = arrow_title(a)
    return "\n".join(lines + ["}", ""]), titles


def run_dot(text):
    try:
        done = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, timeout=DOT_SECONDS)
    except OSError as error:
        raise Bad(f"dot (of graphviz): {error.strerror}")
    except subprocess.TimeoutExpired:
        raise Bad(f"dot (of graphviz): no picture within {DOT_SECONDS} s")
    if done.returncode:
        raise Bad(f"dot (of graphviz): {clean(done.stderr.decode(errors='replace')).strip().splitlines()[:1]}")
    return done.stdout


def tidy(raw, titles, name, description):
    """dot's SVG as it stands inside a page: no fixed size, no background, titles for people."""
    try:
        root = ElementTree.fromstring(raw)
    except ElementTree.ParseError as error:
        raise Bad(f"dot (of graphviz): expected SVG, found: {error}")
    width = root.attrib.pop("width", "").replace("pt", "px")  # one size of text in every picture
    root.attrib.pop("height", None)
    root.set("role", "img")
    root.set("aria-label", description)
    root.set("class", "states")
    root.set("style", f"max-width:{width}")
    for group in root.iter(f"{{{SVG}}}g"):
        title = group.find(f"{{{SVG}}}title")
        if title is None:
            continue
        title.text = clean(titles.get(group.get("id"), name))
        title.tail = None
        if group.get("class") == "graph":
            group.remove(title)
    return ElementTree.tostring(root, encoding="unicode")


def draw(table, observed, dialect, world, prefix="picture-"):
    """SVG text of a dialect. `observed`: its transitions of results.json; `prefix`: of every id in it. Raises Bad."""
    rows = rows_of(table, dialect)
    if not rows:
        raise Bad(f"the table has no row of the dialect {dialect}")
    prefix = re.sub(r"[^A-Za-z0-9]", lambda m: f"_{ord(m.group()):x}_", prefix + dialect)
    text, titles = dot(rows, observed, world, prefix)
    description = f"States of a {dialect} job and the moves between them; the table of moves below says the same in words."
    return tidy(run_dot(text), titles, dialect, description)
