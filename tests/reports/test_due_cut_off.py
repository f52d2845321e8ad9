"""A scheduler that is cut off at whatever it does to the disk loses no time that is due and repeats none."""

import json
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import cut
import pytest
import tiny
from small import make

from pmlib.cli import due as command
from pmlib.cli.due import moment
from pmlib.cli.how import How
from pmlib.reports import batch, deliver, outgoing, plan, press
from pmlib.reports.disk import note
from pmlib.reports.editions import editions, failure
from pmlib.reports.entry import PlanError
from pmlib.reports.failure import ExecutionFailed, Failure
from pmlib.reports.schedule import idle, listing, state, turn
from pmlib.reports.schedule.look import look
from pmlib.reports.schedule.table import standings
from pmlib.reports.seal import sha256
from pmlib.reports.supervise import Rendered, Stopped
from pmlib.reports.verify import findings

FIRST, SECOND, FOURTH = "2026-03-02T07:00:05+01:00", "2026-03-03T07:00:05+01:00", "2026-03-05T07:00:05+01:00"
DAILY = 'schedule = "daily 07:00"\nzone = "Europe/Berlin"\n'
SENT, RUNS = ".pmlib/sent.jsonl", ".pmlib/runs.jsonl"


@pytest.fixture
def quick(monkeypatch):
    """Runs that make a small edition out of the data, and deliveries that are noted."""
    queue = lambda root, job, end, due: note(root / SENT, root, sent(end, due))  # noqa: E731
    monkeypatch.setattr(deliver, "queue", queue)
    monkeypatch.setattr(deliver, "send", lambda root, say: 0)
    monkeypatch.setattr(batch, "render", lambda server, work, progress, stop: rendered(work))
    monkeypatch.setattr(batch, "Server", Nothing)
    monkeypatch.setattr("pmlib.reports.press.revision", lambda root: "")


@pytest.fixture
def folder(tmp_path):
    """A folder in memory, where flushing costs nothing."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as name:
        yield Path(name).resolve()


class Nothing:
    """A warm process that there is none of."""

    def __init__(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def sent(end, due):
    return {"due": due.isoformat(), "edition": end.outcome.edition.folder.name if end.outcome else ""}


def rendered(work):
    """Make an edition whose key is that of its data and its day, or fail where the data say so."""
    data = (work.root / "data/sales.csv").read_text()
    note(work.root / RUNS, work.root, {"due": work.job.due, "data": data})
    if data == "fail":
        raise ExecutionFailed(Failure(1, 1, "1/0", "ZeroDivisionError", "no"))
    files = tiny.files(1)
    record = json.loads(files.pop("run.json"))
    record["key"] = sha256(f"{data} {work.job.as_of}".encode())
    record |= {"parts": {"as of": work.job.as_of, "data": data}, "headline": ""}
    record["previous"] = work.previous.folder.name if work.previous else None
    files["index.html"] = f"<html><body>{data} {work.job.as_of}</body></html>".encode()
    return Rendered(files, record, 0)


def call(root, at):
    """Call the scheduler at a moment, in this process; give the exit code that it would have."""
    how = How(jobs=1, keep_going=True, engine="pmlib", dask=None, debug=False)
    return 0 if command.run_due(root, (), at, how) else 1


def project(folder, missed="latest"):
    folder.mkdir()
    make(folder, entry=f'{DAILY}missed = "{missed}"\n')
    (folder / outgoing.DELIVERY).write_text("")
    return folder


def change(root, text):
    (root / "data/sales.csv").write_text(text)


def outcome(root):
    """What a root has to show: the editions of each time, what is recorded of it, and what was sent."""
    home = root / plan.PUBLISHED / "tiny"
    kept = state.recall(root, home)
    return {
        "editions": Counter(one.record["due"] for one in editions(home)),
        "records": [(one.due.isoformat(), one.result, one.passed) for one in kept.records],
        "begun": kept.begun,
        "sent": set(lines(root / SENT)),
        "failed": failure(home) is not None,
        "wrong": list(findings(home)) if editions(home) else [],
        "listed": (root / plan.PUBLISHED / "index.html").is_file(),
    }


def lines(path):
    return path.read_text().splitlines() if path.is_file() else []


def times(found):
    """What of an outcome is the same whatever the data were that a run found."""
    sent = sorted(json.loads(line)["due"] for line in found["sent"])  # each once: it is of one edition
    records = [(due, passed) for due, _, passed in found["records"]]
    kept = {name: found[name] for name in ("begun", "wrong", "listed")}
    return kept | {"records": records, "sent": sent}


def first(root):
    return call(root, FIRST)


def failing(root):
    change(root, "fail")
    return call(root, FIRST)


SCENES = {
    "the first time": ("latest", (), FIRST, "a"),
    "another edition": ("latest", (first,), SECOND, "b"),
    "after an outage, the newest": ("latest", (first,), FOURTH, "b"),
    "after an outage, each": ("each", (first,), FOURTH, "b"),
    "a run that fails": ("latest", (first,), SECOND, "fail"),
    "a run after one that failed": ("latest", (first, failing), SECOND, "b"),
}


class Sweep:
    """A scene played again and again: cut off at each thing that is done to the disk, then called again."""

    def __init__(self, folder, scene):
        missed, past, self.at, self.data = SCENES[scene]
        self.model, self.root = project(folder / "model", missed), folder / "root"
        for act in past:
            act(self.model)
        change(self.model, self.data)
        self.again()
        self.code, self.steps = cut.child(self.root, lambda: call(self.root, self.at))
        self.whole, self.runs, self.tried = outcome(self.root), len(lines(self.root / RUNS)), 0

    def again(self):
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.model, self.root)

    def wrong(self, both=True):
        """Give what is not as after a run that was not cut off; both : with other data at each step, too."""
        later = self.at.replace("07:00:05", "07:01:05")
        for step in range(1, self.steps + 1):
            for meanwhile in (self.data, "c") if both else ((self.data, "c")[step % 2],):
                self.again()
                assert cut.child(self.root, lambda: call(self.root, self.at), step)[0] == cut.CUT
                change(self.root, meanwhile)
                cut.child(self.root, lambda: call(self.root, later))
                found, self.tried = outcome(self.root), self.tried + 1
                whose = times if meanwhile != self.data else dict
                if whose(found) != whose(self.whole) or max(found["editions"].values(), default=1) > 1:
                    yield step, meanwhile, found
                if len(lines(self.root / RUNS)) > self.runs + 1:
                    yield step, meanwhile, "more was repeated than the run that was cut off"
                call(self.root, later)
                if outcome(self.root) != found:
                    yield step, meanwhile, "a third call did something"


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
def test_whatever_went_before_a_cut_each_time_is_run_once(quick, folder, scene):
    made = Sweep(folder, scene)
    assert list(made.wrong(both=scene == "another edition"))[:3] == []
    print(f"{scene}: cut off at each of {made.steps} steps, {made.tried} times")
    assert made.code == (1 if made.data == "fail" else 0)
    assert made.whole["wrong"] == []
    assert made.tried > 40


@pytest.mark.slow
def test_a_disk_that_is_full_at_anything_fails_a_time_once_and_the_next_is_well(quick, folder):
    made = Sweep(folder, "another edition")
    wrong = []
    for step in range(1, made.steps + 1):
        made.again()
        code, _ = cut.child(made.root, lambda: call(made.root, SECOND), step, full=True)
        cut.child(made.root, lambda: call(made.root, SECOND.replace("07:00", "07:01")))
        found = outcome(made.root)
        if code not in (0, 1, cut.RAISED) or times(found)["records"] != times(made.whole)["records"]:
            wrong.append((step, code, found))
        if call(made.root, FOURTH) or outcome(made.root)["failed"] or outcome(made.root)["wrong"]:
            wrong.append((step, code, outcome(made.root)))
    print(f"the disk full at each of {made.steps} steps")
    assert wrong == []


CARELESS = {
    "no edition says for which time it is": (press, "done", lambda job, root: None),
    "what is done is not recorded": (turn, "_ended", lambda state, *_: state),
}


@pytest.mark.parametrize("how", CARELESS)
def test_the_sweep_notices_a_scheduler_that_is_careless(quick, folder, monkeypatch, how):
    monkeypatch.setattr(*CARELESS[how])
    assert next(Sweep(folder, "another edition").wrong())


def test_a_run_that_is_cut_off_three_times_for_one_time_counts_as_failed(quick, folder):
    root = project(folder / "root")
    call(root, FIRST)
    change(root, "b")
    home, runs = root / plan.PUBLISHED / "tiny", len(lines(root / RUNS))

    def killed():
        batch.render = lambda *_: os._exit(cut.CUT)
        return call(root, SECOND)

    for tries in (1, 2, 3):
        assert cut.child(root, killed)[0] == cut.CUT
        assert state.recall(root, home).begun.tries == tries
        (line,) = standings(root, look(root, moment(SECOND)), moment(SECOND))
        assert f"cut off, {tries} of 3" in line.cells
    assert call(root, SECOND) == 1
    last = state.recall(root, home).records[-1]
    assert (last.result, last.due.day) == ("failed", 3)
    assert "3 runs for 2026-03-03T06:00:00+00:00 were cut off" in last.line
    assert "were cut off" in failure(home)["message"]
    assert 'class="banner"' in (home / "index.html").read_text()
    assert call(root, SECOND) == 0
    assert call(root, FOURTH) == 0
    assert len(lines(root / RUNS)) == runs + 1
    assert failure(home) is None


def test_a_run_that_is_stopped_in_good_order_is_run_again_and_not_counted(quick, folder, monkeypatch):
    root = project(folder / "root")

    def stopped(*_):
        raise Stopped

    for _ in range(5):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(batch, "render", stopped)
            call(root, FIRST)
    assert outcome(root)["records"] == []
    assert call(root, FIRST) == 0
    assert [result for _, result, _ in outcome(root)["records"]] == ["published"]


@pytest.mark.parametrize("name", ["queue", "keep"])
def test_what_cannot_be_noted_is_noted_by_the_next_call_and_not_run_again(quick, folder, monkeypatch, name):
    root = project(folder / "root")

    def full(*about):
        if name == "queue" or about[0].records:
            raise OSError(28, "No space left on device", "outbox")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turn, name, full if name == "queue" else lambda *a: full(*a) or state.keep(*a))
        for _ in range(5):
            assert call(root, FIRST) == 1
    assert call(root, FIRST) == 0
    assert [result for _, result, _ in outcome(root)["records"]] == ["published"]
    assert len(lines(root / RUNS)) == 1


def test_a_list_of_reports_that_was_not_written_is_by_the_next_call(quick, folder):
    root = project(folder / "root")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "write_index", lambda root: (_ for _ in ()).throw(PlanError("")))
        call(root, FIRST)
    assert not outcome(root)["listed"]
    call(root, FIRST)
    assert outcome(root)["listed"]
    assert not (root / idle.UNLISTED).exists()
