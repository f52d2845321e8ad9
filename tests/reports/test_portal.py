"""The list of all reports: what it tells of each, from what, and that it costs little to write again."""

import base64
import hashlib
import json
import re
import shutil
import time
from datetime import datetime

import many
import pytest

from pmlib.reports.entry import CATALOG, PlanError
from pmlib.reports.index import differing, write_index
from pmlib.reports.plan import PUBLISHED, SOURCES
from pmlib.reports.portal import memory
from pmlib.reports.portal.history import Point, drawn
from pmlib.reports.schedule import state
from pmlib.reports.schedule.state import Record, State
from pmlib.reports.seal import seal


@pytest.fixture
def root(tmp_path):
    return many.make(tmp_path / "root", reports=4, editions=5)


@pytest.fixture(autouse=True)
def remembers_at_once(monkeypatch):
    monkeypatch.setattr(memory, "SETTLED", -1)


def written(root, page="index.html"):
    write_index(root)
    return (root / PUBLISHED / page).read_text("utf-8")


def told(page, name="report_0001"):
    """What the list says of one report."""
    return re.search(rf'<li id="{name}".*?(?=<li id="|</main>)', page, re.S)[0]


def again(root, number, name="report_0001", **record):
    many.edition(root / PUBLISHED / name, number, 1, **record)


def say(root, line):
    """Have the catalog say more of the second report."""
    path = root / CATALOG
    path.write_text(path.read_text("utf-8").replace('"market_sizing"', f'"market_sizing"\n{line}'), "utf-8")


def rewrite(edition, **numbers):
    """Change what the only Number of an edition says, as if it had been published so."""
    said = json.loads((edition / "numbers.json").read_text())
    said["numbers"][0] |= numbers
    files = {"numbers.json": json.dumps(said).encode(), "run.json": (edition / "run.json").read_bytes()}
    for path, data in seal(files).items():
        (edition / path).write_bytes(data)


# What is told of a report


def test_a_report_is_told_in_short(root):
    page = told(written(root))
    for said in (
        '<h3><a href="report_0001/index.html">Honda in São Paulo: prices 1</a></h3>',
        "Honda has 34.5% of cars sold in São Paulo; Volvo comes next.",
        "<b>34.5%</b> of cars sold in São Paulo are Honda&#39;s, 2024-07",
        "<i>30.5% to 37.5%, 95% interval</i>",
        "<dt>Owner<dd>Team 1",
        "<dt>For<dd>Category managers",
        "<dt>Data up to<dd><time>2024-07-04</time>, good until <time class=until>2024-08-13</time>",
        "<dt>Next edition<dd>2024-08-04",
        "<dt>Last change<dd><time>2024-07-07</time>, edition 5: share of Honda: 31.5% then, 34.5% now.",
        '<a href="report_0001/tables.xlsx">Workbook</a>',
        "<summary>5 editions</summary>",
        '<a href="report_0001/editions/0004-00000001/index.html">4, data to 2024-06-03</a>',
        '<a href="editions.html#report_0001">2 more</a>',
    ):
        assert said in page, said


def test_the_page_of_editions_has_all_of_them(root):
    page = written(root, "editions.html")
    assert page.count("report_0001/editions/") == 5
    assert differing(root) == []
    (root / PUBLISHED / "editions.html").write_text("x")
    assert differing(root) == ["editions.html"]


def test_what_does_not_stand_beside_the_page_is_not_linked(root):
    (root / PUBLISHED / "report_0001" / "tables.xlsx").unlink()
    assert "Workbook" not in told(written(root))


def test_reports_are_grouped_by_topic_or_else_by_notebook(root):
    catalog = (root / CATALOG).read_text()
    (root / CATALOG).write_text(
        catalog.replace('"market_sizing"\n', '"market_sizing"\ntopic = "Cars & vans"\n')
    )
    page = written(root)
    assert re.findall(r"<h2.*?>(.*?)</h2>", page) == [
        "Competitive analysis",
        "Cars &amp; vans",
        "Feature impact",
        "Voice of customers",
    ]
    assert (
        page.index("Cars &amp; vans</h2>")
        < page.index('<li id="report_0001"')
        < page.index("Feature impact</h2>")
    )


def test_how_a_report_stands_is_said_in_words(root):
    home = root / PUBLISHED / "report_0002"
    (home / "failed.json").write_text(
        json.dumps({"when": "2026-11-20 07:00 UTC", "since": "2026-11-13 07:00 UTC"})
    )
    shutil.rmtree(root / PUBLISHED / "report_0003")
    guessed = [{"name": "sales", "newest": "2024-07-01", "guesses": ["key"]}]
    again(root, 6, alerts=["share < 20%"], inputs=guessed)
    page = written(root)
    assert '<b class=failed><a href="report_0002/failed.html">failed since 2026-11-13</a></b>' in page
    assert 'id="report_0002" class="failed' in page
    assert 'id="report_0003" class="never"' in page and "<b class=never>not yet run</b>" in page
    assert 'id="report_0001" class="published unchecked alert"' in page
    assert "<b class=unchecked>unchecked draft</b> <b class=alert>alert: share &lt; 20%</b>" in page
    assert "<p>2 published, 1 failed, 1 not yet run</p>" in page


def test_what_was_not_yet_run_has_the_title_that_it_will_have(root):
    shutil.rmtree(root / PUBLISHED)
    titles = {
        "report_0000": 'title = "<A>"',
        "report_0001": 'title = "{firm}"',
        "report_0002": "",
        "report_0003": "",
    }
    more = {"report_0002": '[report_0002.parameters]\ntitle = "C"\nowner = "Ann"\n'}
    entries = [f'[{name}]\nnotebook = "a"\n{title}\n{more.get(name, "")}' for name, title in titles.items()]
    (root / CATALOG).write_text("".join(entries))
    assert re.findall("<h3>(.*?)</h3>", written(root)) == ["&lt;A&gt;", "report_0001", "C", "report_0003"]
    assert "<dt>Owner<dd>Ann" in told(written(root), "report_0002")


def test_only_a_report_with_a_day_of_its_own_is_called_late_here(root):
    assert "late:" not in written(root).partition("<script>")[0], "the reader's clock tells"
    say(root, "as_of = 2024-09-01")
    page = told(written(root))
    assert "<b class=late>late: its data were good until 2024-08-13</b>" in page and "class=until" not in page


def test_an_age_that_cannot_be_read_leaves_the_list_without_it(root):
    (root / SOURCES).write_text('[sales]\ntitle = "Sales"\nmax_age = "often"\n')
    assert "<time>2024-07-04</time></div>" in told(written(root))


def test_the_last_change_is_when_the_numbers_or_the_headline_last_were_others(root):
    folder = root / PUBLISHED / "report_0001" / "editions"
    last = {
        name: (folder / "0005-00000001" / name).read_bytes()
        for name in ("run.json", "numbers.json", "index.html")
    }
    for number in (6, 7):
        record = json.loads(last["run.json"]) | {"previous": f"000{number - 1}-00000001", "started": "2025"}
        same = folder / f"000{number}-00000001"
        same.mkdir()
        for path, data in seal(last | {"run.json": json.dumps(record).encode()}).items():
            (same / path).write_bytes(data)
    page = told(written(root))
    assert "<time>2024-07-07</time>, edition 5: share of Honda" in page and "7 editions" in page


def test_when_it_is_due_again_is_said_once_something_was_done_of_its_schedule(root):
    say(root, 'schedule = "weekdays 07:00"\nzone = "Europe/Berlin"')
    home, moment = root / PUBLISHED / "report_0001", datetime.fromisoformat("2026-11-27T06:00+00:00")
    assert "<dt>Schedule<dd>weekdays 07:00 Europe/Berlin" in told(written(root))
    state.keep(State().ended(Record(moment, "fresh", moment, moment)), root, home)
    page = told(written(root))
    due = '<time class=due datetime="2026-11-30T06:00:00+00:00">2026-11-30 07:00 Europe/Berlin</time>'
    assert f"<dt>Next due<dd>{due}" in page
    assert "Next edition" not in page
    monday = datetime.fromisoformat("2026-11-30T06:00+00:00")
    done = state.recall(root, home).ended(Record(monday, "fresh", monday, monday))
    state.keep(done, root, home)
    assert "2026-12-01 07:00 Europe/Berlin" in told(written(root)), "whatever is remembered"


# Histories


def test_a_history_takes_three_editions(tmp_path):
    page = written(many.make(tmp_path / "two", reports=2, editions=2))
    assert "<svg" not in page
    page = told(written(many.make(tmp_path / "three", reports=2, editions=3)))
    assert (
        'aria-label="Over 3 editions from 37.0% to 39.3%; lowest 37.0%, highest 34.5%"' in page
        or "Over 3" in page
    )


def test_a_history_is_a_line_with_a_band_where_there_is_an_interval(root):
    page = written(root)
    assert "class=band" not in told(page, "report_0000") and "class=band" in told(page)


def test_a_number_of_something_else_is_a_gap(root):
    folder = root / PUBLISHED / "report_0001" / "editions"
    rewrite(folder / "0003-00000001", unit="USD")
    assert "Over 4 editions" in told(written(root))
    rewrite(folder / "0002-00000001", label="another")
    assert "Over 3 editions" in told(written(root))
    (folder / "0001-00000001" / "numbers.json").write_text('{"numbers": []}')  # nobody published that
    assert "<svg" not in told(written(root))


def test_a_number_that_was_no_tile_then_is_written_as_a_page_writes_it(root):
    folder = root / PUBLISHED / "report_0001" / "editions"
    for edition in folder.iterdir():
        record = json.loads((edition / "run.json").read_text())
        if not edition.name.startswith("0005"):
            record["answer"]["tiles"] = []
        files = {name: (edition / name).read_bytes() for name in ("numbers.json", "index.html")}
        for path, data in seal(files | {"run.json": json.dumps(record).encode()}).items():
            (edition / path).write_bytes(data)
    assert re.search(r"Over 5 editions from \d\d(\.\d)?% to 34.5%", told(written(root)))


def points(*values, spread=None):
    return [
        None if v is None else Point(v, spread and v - spread, spread and v + spread, f"{v}") for v in values
    ]


def test_a_line_spans_the_picture():
    assert drawn(points(0, 5, 10)) == {
        "line": "M3 25l45-11 45-11",
        "band": "",
        "end": "M93 3h0",
        "words": "Over 3 editions from 0 to 10",
    }


def test_a_gap_splits_the_line_and_the_band():
    found = drawn(points(1, 2, None, 2, 1, None, 4, spread=1.0))
    assert found["line"].count("M") == 3 and found["line"].endswith("l0 0")
    assert found["band"].count("M") == found["band"].count("z") == 2
    assert found["words"] == "Over 5 editions from 1 to 4"


def test_what_never_moved_is_a_flat_line_in_the_middle():
    found = drawn(points(7, 7, 7))
    assert found["line"] == "M3 14l45 0 45 0" and found["words"] == "Over 3 editions 7, as at first"


def test_the_ends_of_a_history_are_said_where_they_are_not_its_first_or_last():
    assert drawn(points(3, 9, 1, 5))["words"] == "Over 4 editions from 3 to 5; lowest 1, highest 9"


# Matrices


def test_a_matrix_shows_some_jobs_and_folds_the_others(tmp_path):
    root = many.make(tmp_path / "root", reports=1, editions=3, matrices=[30])
    page = told(written(root), "matrix_0")
    shown, _, folded = page.partition("<details>")
    assert shown.count('href="matrix_0/region-') == 12 and folded.count('href="matrix_0/region-') == 18
    assert (
        "<summary>18 more</summary>" in page and '<h3><a href="matrix_0/index.html">Matrix 0</a></h3>' in page
    )
    assert "31 reports</p>" in written(root)
    own = written(root, "matrix_0/index.html")
    assert own.count("<h3>") == 30 and own.count("<svg") == 30
    assert '<a href="../index.html">All reports</a>' in own and 'href="region-7/editions/0003-' in own


# The same bytes, soon


def test_the_list_is_the_same_with_without_and_with_a_damaged_memory(root):
    first, cache = written(root), root / memory.CACHE
    kept = cache.read_bytes()
    assert written(root) == first and cache.read_bytes() == kept
    value = json.loads(kept)
    for damage in (
        b"",
        b"{}",
        b"[1]",
        kept[:-50],
        kept.replace(b"Honda", b"Nobody"),
        json.dumps(value | {"reports": "{}"}).encode(),
        json.dumps(value | {"about": ""}).encode(),
    ):
        cache.write_bytes(damage)
        assert written(root) == first
        assert cache.read_bytes() == kept


def test_only_a_report_with_a_new_edition_is_read_again(root, monkeypatch):
    written(root)
    read, real = [], memory.facts

    def reading(editions, settled):
        read.append(editions[0].home.name)
        return real(editions, settled)

    monkeypatch.setattr(memory, "facts", reading)
    again(root, 6)
    assert "6 editions" in told(written(root))
    assert written(root) and read == ["report_0001"]


def test_files_that_changed_a_moment_ago_are_read_again_each_time(root, monkeypatch):
    monkeypatch.setattr(memory, "SETTLED", 3600.0)
    written(root)
    assert (
        json.loads((root / memory.CACHE).read_text())["reports"] == "{}"
        if (root / memory.CACHE).exists()
        else True
    )


@pytest.mark.parametrize("name", ["run.json", "run.json.sha256", "index.html", "numbers.json"])
def test_a_damaged_edition_is_left_out_whatever_is_remembered(root, name, capsys):
    whole = written(root)
    path = root / PUBLISHED / "report_0001" / "editions" / "0005-00000001" / name
    good = path.read_bytes()
    path.unlink() if name == "index.html" else path.write_bytes(good.replace(b"0", b"1") + b" ")
    page = written(root)
    assert page != whole and "report_0002" in page
    if name != "numbers.json":  # without it the page stands, and the history lacks its end
        assert "4 editions" in told(page) and "0005-00000001" in capsys.readouterr().err
    path.write_bytes(good)
    assert written(root) == whole


def test_a_list_that_cannot_be_written_from_the_catalog_says_why(root):
    (root / CATALOG).write_text("[x")
    with pytest.raises(PlanError, match=r"catalog\.toml cannot be read"):
        write_index(root)


# Nothing runs but what was shipped


def test_script_and_style_are_allowed_by_their_hashes_only(root):
    page = written(root)
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', page)[1]
    for kind, text in re.findall(r"<(script|style)>(.*?)</\1>", page, re.S):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy and policy.startswith("default-src 'none'; ")
    assert page.count("<script") == page.count("<style") == 1
    assert "style=" not in page and not re.search(r"\son\w+=", page.partition("<script>")[0])
    assert "script-src 'none'" in written(root, "editions.html")


def test_a_roots_own_template_goes_before_ours(root):
    own = root / "templates" / "portal"
    own.mkdir(parents=True)
    (own / "portal.css").write_text("h1 { color: teal }")
    page = written(root)
    assert "teal" in page and "#Find" not in page.partition("</style>")[0]


# A thousand reports


@pytest.mark.slow
def test_a_thousand_reports_of_twenty_editions_are_one_light_page_written_in_a_second(tmp_path):
    root = many.make(tmp_path / "root")
    first = seconds(write_index, root)
    many.edition(root / PUBLISHED / "report_0500", 21, 500)
    again, compared = seconds(write_index, root), seconds(differing, root)
    print(
        f"written first in {first:.1f} s, with a new edition in {again:.2f} s, compared in {compared:.2f} s"
    )
    assert max(again, compared) < max(1, first / 2), (
        "a machine on which the first takes longer may take longer"
    )
    page = root / PUBLISHED / "index.html"
    assert page.stat().st_size < 1_500_000 and "21 editions" in told(page.read_text("utf-8"), "report_0500")
    warm = page.read_bytes()
    (root / memory.CACHE).unlink()
    write_index(root)
    assert page.read_bytes() == warm


def seconds(act, root):
    """Processor time that an act takes."""
    began = time.process_time()
    act(root)
    return time.process_time() - began
