"""`pmlib run --due`: what is due is run once, for its time, whatever happens meanwhile."""

import json

import pytest
from click.testing import CliRunner
from small import payload

from pmlib.cli import main
from pmlib.reports import plan
from pmlib.reports.editions import editions
from pmlib.reports.schedule import state

pytestmark = pytest.mark.usefixtures("without_kernel")
DAILY = 'schedule = "0 7 * * *"\nzone = "Europe/Berlin"\n'


@pytest.fixture
def made(small, monkeypatch):
    """A project whose one report is due each day at seven in Berlin."""
    root = small(entry=DAILY)
    monkeypatch.setenv("PMLIB_ROOT", str(root))
    return root


def due(at, *words, code=0):
    """Call the scheduler at a moment; give the lines that it says."""
    done = CliRunner().invoke(main, ["run", "--due", "--at", at, *words])
    assert done.exit_code == code, done.output
    return done.output.splitlines()


def days(root, name="tiny"):
    """The as-of days of a report's editions, in their order."""
    return [one.record["parts"]["as of"] for one in editions(root / plan.PUBLISHED / name)]


def kept(root, name="tiny"):
    return state.recall(root, root / plan.PUBLISHED / name)


def results(root, name="tiny"):
    return [f"{one.due:%d %H:%M} {one.result}" for one in kept(root, name).records]


def change(root, value):
    (root / "data/payload.json").write_text(json.dumps(payload(value=value)))
    (root / "data/sales.csv").write_text(f"firm,sales\nFord,{value}\n")


def catalog(root, text):
    (root / plan.CATALOG).write_text(text)


def test_a_report_is_run_once_for_each_time_as_of_its_local_day(made):
    (said,) = due("2026-03-02T07:00:20+01:00")
    assert said.startswith("tiny: published reports/published/tiny/index.html")
    assert due("2026-03-02T07:01:20+01:00") == []
    assert due("2026-03-03T06:59:59+01:00") == []
    assert len(due("2026-03-03T07:00:00+01:00")) == 1
    assert days(made) == ["2026-03-02", "2026-03-03"]
    assert results(made) == ["02 06:00 published", "03 06:00 published"]
