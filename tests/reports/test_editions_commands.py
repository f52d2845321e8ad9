import errno
import json
from dataclasses import replace
from unittest.mock import Mock

import pytest
from click.testing import CliRunner
from tiny import files, job

from pmlib.cli import main
from pmlib.reports import disk
from pmlib.reports.compare import compare_files
from pmlib.reports.editions import newest
from pmlib.reports.index import write_index
from pmlib.reports.plan import CATALOG, PUBLISHED
from pmlib.reports.publish import publish


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / PUBLISHED).mkdir(parents=True)
    (tmp_path / CATALOG).write_text('[tiny]\nnotebook = "tiny"\n')
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    return tmp_path


def run(*words):
    return CliRunner().invoke(main, words)


def number(name, value, low=None, high=None, **other):
    said = {"name": name, "label": f"of {name}", "value": value, "low": low, "high": high, "unit": "%"}
    return said | {"level": 0.95 if low else None, "period": "1990", "source": "s"} | other


def edition(root, count, numbers, parts, **record):
    made = files(count)
    said = json.loads(made["run.json"]) | {"parts": parts} | record
    made |= {"run.json": json.dumps(said).encode(), "numbers.json": json.dumps({"numbers": numbers}).encode()}
    return publish(job(root), made, root)[0]


def two_editions(root):
    before = [
        number("price", 0.02, 0.01, 0.03),
        number("share", 0.25),
        number("fit", 0.5, 0.4, 0.6),
        number("old", 0.1),
    ]
    now = [
        number("price", 0.05, 0.04, 0.06),
        number("share", 0.26),
        number("fit", 0.55, 0.4, 0.7),
        number("new", 0.2),
    ]
    edition(root, 1, before, {"parameter focal": '"Ford"', "code pmlib/a.py": "a" * 64, "previous": "1" * 64})
    edition(root, 2, now, {"parameter focal": '"GM"', "code pmlib/a.py": "b" * 64, "previous": "2" * 64})


def test_a_comparison_begins_with_numbers_beyond_their_interval(root):
    two_editions(root)
    done = run("diff", "tiny")
    assert done.exit_code == 0, done.output
    assert (
        done.output
        == """\
tiny: 0001-00000000 and 0002-00000000

Numbers beyond their interval
  of price: 2.0% (1.0% to 3.0%) then, 5.0% (4.0% to 6.0%) now

Other Numbers that moved
  of share: 25.0% then, 26.0% now
  of fit: 50% (40% to 60%) then, 55% (40% to 70%) now
  of new: new, 20.0%
  of old: gone, was 10.0%

Parameters, data, code
  parameter focal is "GM", was "Ford"
  pmlib/a.py changed

Files
  index.html differs
  numbers.json differs
  tables.xlsx differs
  tables/both.csv differs
  tables/only_1.csv is gone
  tables/only_2.csv is new
"""
    )


def test_editions_are_named_by_number_or_by_how_they_begin(root):
    two_editions(root)
    for words in (("1",), ("1", "2"), ("0001-", "0002-0000"), ("0001-00000000",)):
        assert run("diff", "tiny", *words).output.startswith("tiny: 0001-00000000 and 0002-00000000\n")
    assert run("diff", "tiny", "2", "1").output.startswith("tiny: 0002-00000000 and 0001-00000000\n")
    assert run("diff", "tiny", "2", "2").output.endswith("they are the same, byte by byte\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tiny", "7"), "tiny has no edition '7'; there are: 0001-00000000, 0002-00000000"),
        (("tinny",), "nothing is published as 'tinny'; did you mean tiny?"),
        (("t*",), "t* names several; compare one of: tiny"),
    ],
)
def test_what_cannot_be_compared_is_said(root, words, said):
    two_editions(root)
    done = run("diff", *words)
    assert done.exit_code == 2
    assert said in done.output


def test_one_edition_has_nothing_to_compare_with(root):
    edition(root, 1, [], {})
    assert "tiny has one edition so far; it takes two to compare" in run("diff", "tiny").output


def test_hostile_words_do_not_reach_the_terminal(root):
    edition(root, 1, [number("a", 0.1)], {}, headline="\x1b[2J")
    edition(root, 2, [number("a", 0.2, label="\x1b]0;x\x07")], {"parameter \x1b": "1"}, headline="\x1b[2J")
    for words in (("diff", "tiny"), ("editions", "tiny")):
        assert "\x1b" not in run(*words).output


def test_editions_are_listed_with_what_they_found(root):
    edition(root, 1, [], {}, started="2026-07-01T08:00:00+00:00", headline="Ford leads.")
    edition(root, 2, [], {}, started="2026-10-01T08:00:00+00:00", headline="GM leads.")
    lines = run("editions", "tiny").output.splitlines()
    assert [line.split() for line in lines] == [
        ["report", "edition", "run", "data", "up", "to", "compared", "with", "headline"],
        ["tiny", "0001-00000000", "2026-07-01", "08:00", "-", "-", "Ford", "leads."],
        ["tiny", "0002-00000000", "2026-10-01", "08:00", "-", "0001-00000000", "GM", "leads."],
    ]


def test_verify_names_each_finding_on_a_line_and_fails(root):
    two_editions(root)
    write_index(root)
    done = run("verify")
    assert (done.exit_code, done.output) == (0, "2 editions of 1 reports hold what was published\n")
    (job(root).home / "numbers.json").write_text("{}")
    (root / PUBLISHED / "index.html").write_text("")
    done = run("verify")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "tiny: numbers.json changed since it was published",
        "index.html is not what the reports give; pmlib run writes it again",
        "2 editions of 1 reports: 2 findings",
    ]
    assert run("verify", "ti*").exit_code == 1
    assert run("verify", "moon").exit_code == 2


def test_a_rebuilt_edition_is_compared_file_by_file(root):
    publish(job(root), files(1), root)
    one = newest(job(root).home)
    assert compare_files(one, files(1)) == []
    other = {path: data for path, data in files(1).items() if path != "tables.xlsx"}
    assert compare_files(one, other | {"index.html": b"", "more.csv": b""}) == [
        "index.html differs",
        "more.csv is new",
        "tables.xlsx is gone",
    ]


def test_a_matrix_is_one_entry_of_the_list_and_has_a_list_of_its_own(root):
    axis = '[tiny.product]\nregion = ["north", "south"]\n'
    (root / CATALOG).write_text(f'[tiny]\nnotebook = "tiny"\ntitle = "The {{region}} market"\n{axis}')
    for name in ("north", "south"):
        made = files(1)
        record = json.loads(made["run.json"]) | {"title": f"The <{name}> market", "headline": f"{name} leads"}
        one = job(root)
        object.__setattr__(one, "home", one.home / name)
        publish(one, made | {"run.json": json.dumps(record).encode()}, root)
    write_index(root)
    whole = (root / PUBLISHED / "index.html").read_text()
    listed = (root / PUBLISHED / "tiny/index.html").read_text()
    assert whole.count("<h3>") == 1 and listed.count("<h3>") == 2
    for said in (
        'href="tiny/index.html"',
        'href="tiny/north/index.html"',
        "The &lt;south&gt; market",
        "2 published",
    ):
        assert said in whole
    for said in (
        'href="../index.html"',
        'href="north/index.html"',
        "The &lt;south&gt; market",
        "south leads",
    ):
        assert said in listed
    assert run("verify").exit_code == 0
    assert "tiny/north" in run("editions", "tiny").output
    assert "compare one of: tiny/north, tiny/south" in run("diff", "tiny").output


def test_what_is_published_is_verified_where_nothing_can_be_written(root, monkeypatch):
    two_editions(root)
    monkeypatch.setattr(disk, "make_folder", Mock(side_effect=OSError(errno.EROFS, "Read-only file system")))
    said = run("verify", "tiny")
    assert said.output == "2 editions of 1 reports hold what was published\n"


def test_each_report_of_a_matrix_is_listed(root):
    (root / CATALOG).write_text('[tiny]\nnotebook = "tiny"\n[tiny.product]\nfirm = ["ford", "gm"]\n')
    publish(replace(job(root), home=root / PUBLISHED / "tiny/ford", slug="ford"), files(1), root)
    rows = run("list").output.splitlines()[1:]
    assert [row.split()[0] for row in rows] == ["tiny/ford", "tiny/gm"]
    assert "0001-" in rows[0] and "published" in rows[0] and "not yet run" in rows[1]
