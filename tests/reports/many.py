"""A project with as many published reports as one likes, made of files only: without a run."""

import json
import math
import random
from datetime import date, timedelta

from pmlib.reports.plan import CATALOG, PUBLISHED, SOURCES
from pmlib.reports.seal import seal
from pmlib.reports.slug import slug

NOTEBOOKS = (
    "competitive_analysis",
    "market_sizing",
    "feature_impact",
    "voice_of_customers",
    "health",
)
AUDIENCES = ("Product managers of passenger cars", "Category managers", "Whoever prices", "Board")
FIRMS = ("Ford", "Honda", "Toyota", "General Motors", "Volvo", "Kia", "Fiat", "Škoda")
PLACES = ("Norway", "São Paulo", "Germany", "Kenya", "Japan", "Chile", "Texas", "Auckland", "Cairo")
FIRST = date(2024, 1, 31)


def make(root, reports=1_000, editions=20, matrices=()):
    """Publish made-up reports.

    Parameters
    ----------
    matrices : how many jobs each matrix has; they come after the reports, and have three editions at most.
    """
    (root / "reports").mkdir(parents=True)
    (root / "data").mkdir()
    (root / SOURCES).write_text('[sales]\ntitle = "Sales"\nmax_age = "40 days"\n')
    catalog = []
    for at in range(reports):
        name = f"report_{at:04d}"
        catalog.append(_entry(at, name))
        report(root, name, at, editions)
    for at, jobs in enumerate(matrices):
        names = [f"region-{job}" for job in range(jobs)]
        axis = f"[matrix_{at}.product]\nregion = {json.dumps(names)}\n"
        catalog.append(_entry(at, f"matrix_{at}").replace("title", "# title") + axis)
        for job, name in enumerate(names):
            report(root, f"matrix_{at}/{slug([name])}", 10_000 * (at + 1) + job, min(editions, 3))
    (root / CATALOG).write_text("".join(catalog), "utf-8")
    return root


def report(root, name, seed, editions):
    """Publish the editions of one report, and a readers' copy of which only the workbook is there."""
    home = root / PUBLISHED / name
    home.mkdir(parents=True)
    (home / "tables.xlsx").touch()
    for number in range(1, editions + 1):
        edition(home, number, seed, failed=seed % 31 == 30 and number == editions)


def edition(home, number, seed=0, failed=False, **record):
    """Publish one edition of a report."""
    firm, place, title = FIRMS[seed % 8], PLACES[seed % 9], _title(seed)
    day = FIRST + timedelta(days=31 * number)
    value = (
        0.3 + 0.1 * math.sin(seed + number / 3) + random.Random(1_000 * seed + number).uniform(-0.02, 0.02)
    )
    has_interval = seed % 3 != 0
    said = {
        "name": "share",
        "label": f"of cars sold in {place} are {firm}'s",
        "value": value,
        "low": value - 0.04 if has_interval else None,
        "high": value + 0.03 if has_interval else None,
        "level": 0.95 if has_interval else None,
        "unit": "%",
        "period": day.isoformat()[:7],
        "source": "sales",
        "note": "",
        "result": "shares",
    }
    written = f"{value:.1%}"
    span = f"{value - 0.04:.1%} to {value + 0.03:.1%}, 95% interval" if has_interval else ""
    words = f"{said['label']}, {said['period']}"
    headline = f"{firm} has {written} of cars sold in {place}; {FIRMS[(seed + 3) % 8]} comes next."
    moved = f"share of {firm}: {value - 0.03:.1%} then, {written} now." if number % 3 else "nothing moved."
    made = {
        "report": home.name,
        "title": title,
        "headline": headline,
        "answer": {
            "lines": [["For you:", "wait."], ["Changed since last edition:", moved]],
            "tiles": [{"name": "share", "written": written, "words": words, "range": span}],
        },
        "parameters": {"owner": f"Team {seed % 17}", "next_edition": (day + timedelta(31)).isoformat()},
        "inputs": [{"name": "sales", "newest": day.isoformat(), "path": "data/sales.csv", "rows": 1}],
        "key": f"{seed:08x}" * 8,
        "parts": {},
        "previous": f"{number - 1:04d}-{seed:08x}" if number > 1 else None,
        "started": f"{day + timedelta(3)}T07:00:00+00:00",
        "alerts": [f"{firm}'s share is below 25%"] if value < 0.25 else [],
    }
    if seed % 13 == 12:
        made["inputs"][0]["guesses"] = ["key"]
    files = {
        "index.html": b"<!doctype html><title>a page</title><body></body>",
        "numbers.json": json.dumps({"report": home.name, "numbers": [said]}).encode(),
        "tables.xlsx": b"",
        "run.json": json.dumps(made | record).encode(),
    }
    folder = home / "editions" / f"{number:04d}-{seed:08x}"
    folder.mkdir(parents=True)
    for path, data in seal(files).items():
        if data:
            (folder / path).write_bytes(data)
    if failed:
        since = {"when": "2026-11-20 07:00 UTC", "since": "2026-11-13 07:00 UTC", "title": title}
        (home / "failed.json").write_text(json.dumps(since))


def _title(seed):
    return f"{FIRMS[seed % 8]} in {PLACES[seed % 9]}: {('shares', 'prices', 'features')[seed % 3]} {seed}"


def _entry(at, name):
    return (
        f'[{name}]\nnotebook = "{NOTEBOOKS[at % 5]}"\ntitle = "{_title(at)}"\n'
        f'audience = "{AUDIENCES[at % 4]}"\n' + ('topic = "Cars & trucks"\n' if at % 7 == 6 else "")
    )
