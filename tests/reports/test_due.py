"""`pmlib run --due`: what is due is run once, for its time, whatever clock and catalog do meanwhile."""

import json
import shutil
from datetime import timedelta

import nbformat
import pytest
from click.testing import CliRunner
from small import EMIT, notebook, payload, rendered, write

from pmlib.cli import due as command
from pmlib.cli import main
from pmlib.reports import plan, press
from pmlib.reports.editions import editions, failure
from pmlib.reports.fresh import all_fresh
from pmlib.reports.reproduce import reproduce
from pmlib.reports.schedule import idle, state

pytestmark = pytest.mark.usefixtures("without_kernel")
DAILY = 'schedule = "daily 07:00"\nzone = "Europe/Berlin"\n'
YEARLY = 'schedule = "1 january 09:00"\n'  # which does not come while a test runs


@pytest.fixture
def make(small, monkeypatch):
    """A function that makes a project of one report, `tiny`."""

    def made(entry=DAILY):
        root = small(entry=entry)
        monkeypatch.setenv("PMLIB_ROOT", str(root))
        return root

    return made


def pmlib(*words, code=0):
    """Call the command; give the lines that it says."""
    done = CliRunner().invoke(main, words)
    assert done.exit_code == code, done.output
    return done.output.splitlines()


def due(at, *words, code=0):
    """Call the scheduler at a moment."""
    return pmlib("run", "--due", "--at", at, *words, code=code)


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


def test_a_report_is_run_once_for_each_time_as_of_its_local_day(make):
    root = make()
    (said,) = due("2026-03-02T07:00:20+01:00")
    assert said.startswith("tiny: published reports/published/tiny/index.html")
    assert due("2026-03-02T07:01:20+01:00") == []
    assert due("2026-03-03T06:59:59+01:00") == []
    assert len(due("2026-03-03T07:00:00+01:00")) == 1
    assert days(root) == ["2026-03-02", "2026-03-03"]
    assert results(root) == ["02 06:00 published", "03 06:00 published"]
    first, _ = editions(root / plan.PUBLISHED / "tiny")
    assert first.record["due"] == "2026-03-02T06:00:00+00:00"
    lines = (root / press.LEDGER).read_text().splitlines()
    assert [json.loads(line)["due"] for line in lines] == [
        "2026-03-02T06:00:00+00:00",
        "2026-03-03T06:00:00+00:00",
    ]


def test_the_day_is_that_of_the_report_s_own_clock(make):
    root = make('schedule = "daily 07:00"\nzone = "Pacific/Auckland"\n')
    due("2026-03-01T18:00:00+00:00")  # the second, there
    assert days(root) == ["2026-03-02"]


def test_a_new_report_is_run_at_once_for_its_newest_time(make):
    root = make()
    due("2026-03-02T06:00:00+01:00")
    assert results(root) == ["01 06:00 published"]


def test_a_report_without_a_schedule_is_never_due(make):
    make("")
    assert due("2026-03-02T07:00:00+01:00") == []
    (line,) = due("2026-03-02T07:00:00+01:00", "tiny", code=2)  # somebody waits for it
    assert "tiny has no schedule" in line


def test_after_an_outage_the_newest_is_run_and_the_others_are_passed_over(make):
    root = make()
    due("2026-03-02T07:00:00+01:00")
    due("2026-03-05T09:30:00+01:00")
    assert results(root) == ["02 06:00 published", "05 06:00 published"]
    assert [one.passed for one in kept(root).records] == [0, 2]
    assert due("2026-03-05T09:31:00+01:00") == []


def test_after_an_outage_each_is_run_where_the_catalog_says_so_the_oldest_first(make):
    root = make(DAILY + 'missed = "each"\n')
    due("2026-03-02T07:00:00+01:00")
    due("2026-03-05T09:30:00+01:00")
    assert days(root) == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]
    assert len(kept(root).spans) == 1
    assert due("2026-03-05T09:31:00+01:00") == []


def test_what_is_late_is_passed_over_where_the_catalog_says_so(make):
    root = make(DAILY + 'missed = "none"\n')
    assert due("2026-03-02T07:16:00+01:00") == []
    assert due("2026-03-03T07:15:00+01:00") != []
    assert due("2026-03-05T09:30:00+01:00") == []
    assert results(root) == ["02 06:00 passed over", "03 06:00 published", "05 06:00 passed over"]
    assert [one.passed for one in kept(root).records] == [1, 0, 2]
    assert due("2026-03-05T09:31:00+01:00") == []
    assert len(kept(root).records) == 3


def test_a_report_that_waited_for_its_turn_is_not_late(make):
    root = make(DAILY + 'missed = "none"\n')
    moments = iter(["2026-03-02T07:00:01+01:00", *["2026-03-02T07:50:00+01:00"] * 9])

    class Clock(command.datetime):
        @classmethod
        def now(cls, tz=None):
            return command.datetime.fromisoformat(next(moments))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "datetime", Clock)
        pmlib("run", "--due")
    assert results(root) == ["02 06:00 published"]


def test_a_plain_run_after_a_due_run_finds_it_fresh(make):
    root = make(YEARLY)
    assert "published" in pmlib("run", "--due")[0]
    assert "fresh" in pmlib("run")[0]
    assert pmlib("status")[1].split()[:2] == ["tiny", "fresh"]
    assert pmlib("why", "tiny")[0].startswith("tiny: fresh")
    assert len(days(root)) == 1


def test_a_plain_run_is_as_of_the_newest_time_and_a_due_run_after_it_finds_it_fresh(make):
    root = make(YEARLY)
    pmlib("run")
    (said,) = pmlib("run", "--due")
    assert "fresh" in said
    assert [one.result for one in kept(root).records] == ["fresh"]


def test_the_catalog_s_day_and_that_of_the_environment_go_first(make, monkeypatch):
    root = make(DAILY)
    monkeypatch.setenv("PMLIB_AS_OF", "2025-12-31")
    due("2026-03-02T07:00:00+01:00")
    catalog(root, f'[tiny]\nnotebook = "tiny"\nas_of = 2025-06-30\n{DAILY}')
    due("2026-03-03T07:00:00+01:00")
    assert days(root) == ["2025-12-31", "2025-06-30"]


def test_what_is_known_to_be_fresh_is_so_until_it_is_due_again(make, monkeypatch):
    root = make(YEARLY)
    monkeypatch.setattr("pmlib.reports.fresh.SETTLED", -60)
    pmlib("run", "--due")
    pmlib("run")
    assert all_fresh(root)
    now = command.datetime.now(command.UTC).timestamp()
    for years in (1, -1):
        monkeypatch.setattr("pmlib.reports.fresh.time.time", lambda: now + 366 * 86_400 * years)  # noqa: B023
        assert all_fresh(root) is None


def test_a_run_that_fails_is_not_repeated_until_it_is_due_again(make):
    root = make()
    write(root, "1/0")
    (said,) = due("2026-03-02T07:00:00+01:00", code=1)
    assert "ZeroDivisionError" in said
    assert due("2026-03-02T07:01:00+01:00") == []
    due("2026-03-03T07:00:00+01:00", code=1)
    write(root, EMIT)
    due("2026-03-04T07:00:00+01:00")
    assert results(root) == ["02 06:00 failed", "03 06:00 failed", "04 06:00 published"]
    assert "ZeroDivisionError: division by zero" in kept(root).records[0].line
    assert failure(root / plan.PUBLISHED / "tiny") is None


def test_a_report_that_cannot_be_planned_fails_once_and_the_others_go_on(make):
    root = make()
    due("2026-03-02T07:00:00+01:00")
    entries = (f'[{name}]\nnotebook = "{notebook}"\n{DAILY}' for name, notebook in NAMED.items())
    catalog(root, "".join(entries))
    said = due("2026-03-03T07:00:00+01:00", code=1)
    assert [line.split(":")[0] for line in said] == ["gone", "tiny", "well"]
    assert "there is no notebooks/gone.ipynb" in said[0]
    assert due("2026-03-03T07:01:00+01:00") == []
    assert results(root, "gone") == ["03 06:00 failed"]
    assert results(root)[-1] == "03 06:00 failed"
    assert results(root, "well") == ["03 06:00 published"]
    assert 'class="banner"' in (root / "reports/published/tiny/index.html").read_text()
    assert not (root / "reports/published/gone").exists()


def test_what_reads_numbers_of_a_report_that_another_process_runs_is_left_to_that(make):
    root = make()
    entry = f'notebook = "reads"\n{DAILY}'
    catalog(root, f'[c]\n{entry}parameters.som = "b/x"\n[b]\n{entry}parameters.som = "a/x"\n[a]\n{entry}')
    nbformat.write(notebook(EMIT, parameters=READS), root / "notebooks/reads.ipynb")
    with press.held(root / plan.PUBLISHED / "a", root):
        assert due("2026-03-02T07:00:00+01:00") == []
    said = due("2026-03-02T07:01:00+01:00")
    assert [line.split(":")[0] for line in said] == ["a", "b", "c"]


def test_a_clock_that_stands_where_it_started_runs_nothing(make, monkeypatch):
    root = make()

    class Clock(command.datetime):
        @classmethod
        def now(cls, tz=None):
            return command.datetime.fromisoformat("1970-01-01T00:03:00+00:00")

    monkeypatch.setattr(command, "datetime", Clock)
    (said,) = pmlib("run", "--due", code=2)
    assert "the clock says 1970-01-01 00:03 UTC" in said
    assert days(root) == []


READS = 'som: "Number | None" = None\nfocal = "Ford"\n'
NAMED = {"gone": "gone", "tiny": "gone", "well": "tiny"}
BROKEN = {
    "a key that there is not": "titel = 3\n",
    "no schedule": 'schedule = "whenever"\n',
    "a zone of which there are no data": 'schedule = "daily 07:00"\nzone = "Mars/Olympus"\n',
}


@pytest.mark.parametrize("what", BROKEN)
def test_an_entry_that_is_broken_leaves_the_others_their_turn(make, what):
    root = make()
    catalog(root, f'[odd]\nnotebook = "tiny"\n{BROKEN[what]}[tiny]\nnotebook = "tiny"\n{DAILY}')
    said = due("2026-03-02T07:00:00+01:00", code=1)
    assert len(said) == 2
    assert said[0].startswith("reports/catalog.toml, [odd]: ")
    assert said[1].startswith("tiny: published")
    assert len(due("2026-03-02T07:01:00+01:00", code=1)) == 1
    assert pmlib("schedule", "--at", "2026-03-02T07:01:00+01:00", code=2)[1].startswith("tiny ")


def test_jobs_of_a_matrix_are_due_each(make):
    root = make()
    catalog(root, f'[m]\nnotebook = "tiny"\n{DAILY}product.focal = ["Ford", "GM"]\n')
    assert len(due("2026-03-02T07:00:00+01:00")) == 2
    names = [row.name for row in plan.select(plan.catalog(root))]
    assert [results(root, name) for name in names] == [["02 06:00 published"]] * 2
    assert len(due("2026-03-03T07:00:00+01:00", names[0])) == 1
    assert len(due("2026-03-03T07:00:00+01:00")) == 1


def test_a_state_that_is_damaged_is_said_and_begun_anew(make):
    root = make()
    due("2026-03-02T07:00:05+01:00")
    (path,) = (root / state.FOLDER).glob("*/state.json")
    for text in ("", "[]", "{}", '{"spans": [{}], "records": [], "begun": null}'):
        path.write_text(text)
        said = due("2026-03-02T07:01:05+01:00")
        assert sum("begun anew" in line for line in said) == 1
        assert any(line.startswith("tiny: published") for line in said)
        assert len(days(root)) == 1
    assert results(root) == ["02 06:00 published"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "2026-03-02T07:00"], "write a moment with its offset"),
        (["--at", "soon"], "write a moment with its offset"),
        (["--at", "2026-03-02T07:00+01:00", "tony"], "no report is called 'tony'; did you mean tiny?"),
        (["--force"], "leave out --force"),
        (["-p", "focal=x"], "leave out -p"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(make, words, said):
    make()
    (line,) = pmlib("run", "--due", *words, code=2)
    assert said in line


def test_a_moment_without_due_is_refused(make):
    make()
    assert "--at goes with --due" in pmlib("run", "--at", "2026-03-02T07:00+01:00", code=2)[0]


def test_an_edition_is_made_again_as_of_its_own_day(make):
    root = make()
    due("2026-03-02T07:00:00+01:00")
    due("2026-03-03T07:00:00+01:00")
    first, second = editions(root / plan.PUBLISHED / "tiny")
    (job,) = plan.jobs(root)
    assert job.as_of not in days(root)
    for one in (first, second):
        assert reproduce(job, root, one, rendered) == []


def test_the_list_of_reports_is_written_once_the_catalog_is_mended(make):
    root = make()
    listed = root / plan.PUBLISHED / "index.html"
    entry = f'[tiny]\nnotebook = "tiny"\n{DAILY}'
    catalog(root, f'{entry}[odd]\nnotebok = "tiny"\n')
    due("2026-03-02T07:00:00+01:00", code=1)
    assert not listed.exists()
    catalog(root, entry)
    assert due("2026-03-02T07:01:00+01:00") == []
    assert listed.exists()


def test_when_nothing_is_due_nothing_is_planned_nor_read(make, monkeypatch):
    root = make(YEARLY)
    monkeypatch.setattr(idle, "SETTLED", -60)
    pmlib("run", "--due")
    monkeypatch.setattr(plan, "scheduled", None)
    assert pmlib("run", "--due") == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pmlib.reports.schedule.look.look", None)
        assert pmlib("run", "--due") == []
    (root / plan.CATALOG).write_text("[tiny")
    assert "cannot be read" in pmlib("run", "--due", code=2)[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda root: shutil.rmtree(root / state.FOLDER / "tiny"),
        lambda root: (root / plan.CATALOG).open("a").write("\n"),
        lambda root: (root / idle.UNLISTED).touch(),
        lambda root: (root / idle.CACHE).write_text("{"),
    ],
)
def test_what_may_make_something_due_leads_to_a_look(make, monkeypatch, change):
    root, now = make(YEARLY), command.datetime.now(command.UTC)
    monkeypatch.setattr(idle, "SETTLED", -60)
    pmlib("run", "--due")
    pmlib("run", "--due")
    assert idle.is_known(root, now + timedelta(seconds=9))
    assert not idle.is_known(root, now + timedelta(hours=2))
    assert not idle.is_known(root, now - timedelta(hours=2))
    change(root)
    assert not idle.is_known(root, now + timedelta(seconds=9))
