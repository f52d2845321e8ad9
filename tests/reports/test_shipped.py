"""The shipped reports: the same inputs give the same bytes, wherever and whenever they are run."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from html import unescape

import pandas as pd
import pytest

from pmlib.reports.deliver.item import Item
from pmlib.reports.deliver.letter import digest
from pmlib.reports.editions import newest

REPORTS = ("us_car_market", "nl_cars", "bikeshare")
MAIL = {
    "to": ["a@example.org"],
    "sender": "r@example.org",
    "message_id": "<1@example.org>",
    "date": datetime(2026, 11, 30, tzinfo=UTC),
}
ELSEWHERE = {"TZ": "Pacific/Auckland", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "7", "COLUMNS": "40"}


def editions(root):
    """Every file of every edition but run.json, which alone may know the clock and the machine."""
    published = root / "reports" / "published"
    found = sorted(
        p for p in published.glob("*/editions/*/**/*") if p.is_file() and not p.name.startswith("run.json")
    )
    return {p.relative_to(published).as_posix(): p.read_bytes() for p in found}


def test_two_runs_in_two_places_are_byte_identical_whichever_engine_runs_them(shipped, project, tmp_path):
    root = project(tmp_path / "another place")
    command = [sys.executable, "-m", "pmlib", "--root", str(root), "run", "--engine", "kernel"]
    subprocess.run(command, env=os.environ | ELSEWHERE, check=True, capture_output=True, timeout=300)
    first, second = editions(shipped), editions(root)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    assert len(first) > 30


def test_the_key_numbers_are_those_of_the_literature(shipped):
    path = shipped / "reports" / "published" / "us_car_market" / "numbers.json"
    numbers = {n["name"]: n["value"] for n in json.loads(path.read_text("utf-8"))["numbers"]}
    # competitive reference V10: shares and HHI of 1990, from the data of Berry, Levinsohn and Pakes (1995)
    assert round(numbers["focal_share"], 5) == 0.22229
    assert round(numbers["general_motors_share"], 5) == 0.37506
    assert round(numbers["hhi"], 1) == 2160.8


def test_the_dutch_cars_are_reconciled_near_what_was_counted(shipped):
    path = shipped / "reports" / "published" / "nl_cars" / "numbers.json"
    numbers = {n["name"]: n for n in json.loads(path.read_text("utf-8"))["numbers"]}
    found, counted = numbers["reconciled"], 4_056_000  # sizing reference V14: the count of 1978
    assert found["value"] == pytest.approx(counted, rel=0.05)
    assert found["low"] < counted < found["high"] and found["level"] == 0.8
    page = path.with_name("index.html").read_text("utf-8")
    assert "Caught: as documented is counted in thousands" in page


def test_what_the_data_cannot_answer_is_said_and_the_rest_works(shipped):
    page = (shipped / "reports" / "published" / "cars_1993" / "index.html").read_text("utf-8")
    (titles,) = re.findall(
        r"<b>([^<]+):</b> not shown\. The data \(Cars on sale in the US, 1993\) have no sales\.", page
    )
    assert {"Market shares", "Concentration", "Share won and lost"} <= set(titles.split("; "))
    assert "<h2>Price</h2>" in page and "<h2>Who holds the market</h2>" not in page
    assert "comparable products" in page
    assert "A note by" not in page, "a note stands in the report whose Numbers it rests on, and in no other"


def test_the_example_of_the_help_makes_a_draft_and_leaves_the_page(shipped, pmlib):
    example = "run us_car_market -p focal=Honda -p first=1980"
    assert example in " ".join(pmlib(shipped, "run", "--help").stdout.split())
    page = shipped / "reports" / "published" / "us_car_market" / "index.html"
    before = page.read_bytes()
    done = pmlib(shipped, *example.split())
    assert done.returncode == 0, done.stdout + done.stderr
    assert page.read_bytes() == before
    (draft,) = page.parent.glob("drafts/*/index.html")
    text = draft.read_text("utf-8")
    assert "Honda" in text
    assert "A note by" not in text, "a note speaks of what is published"


def test_a_second_edition_says_what_moved_and_what_did_not(project, pmlib, tmp_path):
    root = project(tmp_path / "root")
    table = root / "data" / "us_cars_1971_1990.csv.gz"
    assert pmlib(root, "run", "us_car_market").returncode == 0
    frame = pd.read_csv(table, dtype=str, keep_default_na=False)
    ford = (frame["year"] == "1990") & (frame["firm"] == "Ford")
    frame.loc[ford, "share"] = (frame.loc[ford, "share"].astype(float) * 1.2).astype(str)
    frame.to_csv(table, index=False)
    assert pmlib(root, "run", "us_car_market").returncode == 0
    published = root / "reports" / "published" / "us_car_market"
    news = pd.read_csv(published / "tables" / "changes.csv").set_index("name")["News"]
    assert news["focal_share"] == news["general_motors_share"] == "yes"
    assert news["premium_ford"] == "no"
    assert not set(news) & {"gone", "new"}
    page = (published / "index.html").read_text("utf-8")
    assert "Changed since last edition:</b> Ford's share of units sold: 22.2% then, 25.5% now" in page
    assert "Its numbers have moved since" in page


def test_the_mail_of_a_report_reads_as_its_page(shipped):
    for name in REPORTS:
        home = shipped / "reports" / "published" / name
        letter = digest([Item(name, newest(home))], "managers", **MAIL, root=shipped)
        said = [re.sub(r"\s+", " ", letter.get_body((kind,)).get_content()) for kind in ("html", "plain")]
        page = (home / "index.html").read_text("utf-8")
        tiles = re.findall(r"<li><b>(.*?)</b> <span>(.*?)(?: <i>(.*?)</i>)?</span>", page)
        assert 1 <= len(tiles) <= 4
        for words in (re.sub("<[^>]+>", "", text) for tile in tiles for text in tile):
            assert words in said[0] and unescape(words) in said[1], (name, words)
        assert len(letter.get_body(("html",)).get_content()) < 30_000
        drawn = [part for part in letter.walk() if part.get_content_type() == "image/png"]
        assert len(drawn) == 2
