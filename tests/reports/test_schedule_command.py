"""`pmlib schedule`: when reports run next, how they last did, and an outage of three days played through."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from click.testing import CliRunner
from small import write

from pmlib.cli import main
from pmlib.reports import plan
from pmlib.reports.schedule.table import span

pytestmark = pytest.mark.usefixtures("without_kernel")
BERLIN = 'zone = "Europe/Berlin"\n'
CATALOG = {
    "daily": f'schedule = "daily 07:00"\n{BERLIN}',
    "each": f'schedule = "daily 07:00"\n{BERLIN}missed = "each"\n',
    "prompt": f'schedule = "daily 07:00"\n{BERLIN}missed = "none"\n',
    "monday": f'schedule = "mondays 07:00"\n{BERLIN}',
    "hours": 'schedule = "0 */6 * * *"\n',
    "by_hand": "",
}


@pytest.fixture
def made(small, monkeypatch):
    """A project of reports with several schedules."""
    root = small()
    monkeypatch.setenv("PMLIB_ROOT", str(root))
    entries = (f'[{name}]\nnotebook = "tiny"\n{entry}\n' for name, entry in CATALOG.items())
    (root / plan.CATALOG).write_text("".join(entries))
    return root


def pmlib(*words, code=0):
    done = CliRunner().invoke(main, words)
    assert done.exit_code == code, done.output
    return done.output.splitlines()


def table(at):
    """What `pmlib schedule` shows at a moment, by report."""
    lines = pmlib("schedule", "--at", at)
    starts = [lines[0].index(word) for word in HEAD] + [None]
    cells = [[line[a:b].strip() for a, b in pairwise(starts)] for line in lines[1:6]]
    return {name: dict(zip(HEAD[1:], rest, strict=True)) for name, *rest in cells}, lines


HEAD = ("report", "schedule", "zone", "next", "last due", "late by", "result", "passed over", "failed")


def test_before_anything_ran_all_is_due_now(made):
    found, _ = table("2026-03-02T10:00:00+01:00")
    assert {name: row["next"] for name, row in found.items()} == dict.fromkeys(found, "now") | {
        "prompt": "2026-03-03 07:00"
    }
    assert {row["result"] for row in found.values()} == {"not yet"}


def test_an_outage_of_three_days_is_played_through(made):
    """The machine is off from Monday noon to Thursday 13:20."""
    for at in ("01T01", "01T07", "01T12", "01T18", "02T00", "02T06", "02T07", "02T12"):
        pmlib("run", "--due", "--at", f"2026-03-{at}:00:30+01:00")
    assert len(pmlib("run", "--due", "--at", "2026-03-05T13:20:00+01:00")) == 5
    assert pmlib("run", "--due", "--at", "2026-03-05T13:21:00+01:00") == []
    found, lines = table("2026-03-05T13:22:00+01:00")
    print("\n".join(lines))
    told = {name: [row["last due"], row["late by"], row["passed over"]] for name, row in found.items()}
    assert told == {
        "daily": ["2026-03-05 07:00", "6 h 20 min", "2"],
        "each": ["2026-03-05 07:00", "6 h 20 min", "-"],
        "prompt": ["2026-03-05 07:00", "-", "4"],  # with the one before it was known
        "monday": ["2026-03-02 07:00", "30 s", "-"],
        "hours": ["2026-03-05 12:00", "20 min", "12"],
    }
    assert found["prompt"]["result"] == "passed over"
    assert found["hours"]["next"] == "2026-03-05 18:00"
    assert found["daily"]["next"] == "2026-03-06 07:00"
    runs = [json.loads(line) for line in (made / ".pmlib/ledger.jsonl").read_text().splitlines()]
    each = [one["due"][:10] for one in runs if one["report"] == "each"]
    assert each == ["2026-02-28", *(f"2026-03-0{day}" for day in (1, 2, 3, 4, 5))]


def test_a_failure_is_counted_and_said(made):
    write(made, "1/0")
    pmlib("run", "--due", "daily", "--at", "2026-03-02T07:00:00+01:00", code=1)
    found, lines = table("2026-03-02T07:01:00+01:00")
    assert (found["daily"]["result"], found["daily"]["failed"]) == ("failed", "1 of 1")
    assert "daily: cell 1 of 1: ZeroDivisionError: division by zero" in lines


def test_what_surprises_about_a_schedule_is_said(made):
    (made / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\nschedule = "0 7 31 * *"\n')
    assert "tiny: 7 of 12 months have a 31st" in pmlib("schedule")


def test_a_catalog_without_schedules_says_how_to_write_one(made):
    (made / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\n')
    (line,) = pmlib("schedule")
    assert 'schedule = "weekdays 07:00"' in line


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ({"seconds": 0}, "0 s"),
        ({"seconds": -5}, "0 s"),
        ({"seconds": 59}, "59 s"),
        ({"minutes": 61}, "1 h 1 min"),
        ({"hours": 2}, "2 h"),
        ({"days": 3, "minutes": 5}, "3 d"),
        ({"days": 3, "hours": 5}, "3 d 5 h"),
    ],
)
def test_a_span_is_written_in_its_two_largest_units(time, said):
    assert span(timedelta(**time)) == said


def test_by_hand_nothing_is_delivered_unless_asked_for(made):
    (made / "reports/delivery.toml").write_text(
        '[readers.all]\nreports = ["*"]\nwhen = "always"\ncommand = ["sh", "-c", "echo {page} >> sent"]\n'
    )
    pmlib("run", "daily")
    assert not (made / "sent").exists()
    pmlib("run", "daily", "--deliver")
    assert len((made / "sent").read_text().splitlines()) == 1
    pmlib("run", "daily", "--deliver")
    assert len((made / "sent").read_text().splitlines()) == 1
    pmlib("run", "--due", "each", "--at", "2026-03-02T07:00:00+01:00")
    assert len((made / "sent").read_text().splitlines()) == 2


def test_delivery_by_hand_without_readers_is_refused(made):
    assert "--deliver needs reports/delivery.toml" in pmlib("run", "--deliver", code=2)[0]


def test_a_draft_is_not_delivered_and_nobody_waits_for_it(made):
    (made / "reports/delivery.toml").write_text('[readers.all]\nreports = ["*"]\ncommand = ["true"]\n')
    (line,) = pmlib("run", "daily", "-p", "focal=X", "--deliver", code=2)
    assert "--deliver sends no drafts" in line
