"""Schedulers as they are really called: several at once, one that stays, and one with nothing to do."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from small import EMIT, PARAMETERS, alive, notebook

from pmlib.reports import plan
from pmlib.reports.schedule import loop, state

DAILY = 'schedule = "daily 07:00"\n'
AT = "2026-03-02T07:00:05+00:00"
MANY = 1000


def start(root, *words):
    command = [sys.executable, "-m", "pmlib", "--root", str(root), *words]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
    )


def kept(root, name):
    return state.recall(root, root / plan.PUBLISHED / name)


def results(root, name):
    return [one.result for one in kept(root, name).records]


def reports(root, *names, entry=DAILY):
    (root / plan.CATALOG).write_text("".join(f'[{name}]\nnotebook = "tiny"\n{entry}\n' for name in names))


def slow(root, seconds=60):
    """Add a notebook that takes its time."""
    import nbformat

    cell = f"import pathlib, time\npathlib.Path('began').touch()\ntime.sleep({seconds})"
    nbformat.write(notebook(cell, EMIT, parameters=PARAMETERS), root / "notebooks/slow.ipynb")
    with (root / plan.CATALOG).open("a") as catalog:
        catalog.write(f'[slow]\nnotebook = "slow"\n{DAILY}\n')


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_two_schedulers_at_the_same_moment_run_each_report_once(small):
    root, names = small(), ["one", "two", "three"]
    reports(root, *names)
    calls = [start(root, "run", "--due", "--at", AT) for _ in range(2)]
    said = [call.communicate(timeout=120)[0] for call in calls]
    assert [call.returncode for call in calls] == [0, 0], said
    assert sorted(line.split()[0] for text in said for line in text.splitlines()) == sorted(
        f"{name}:" for name in names
    )
    for name in names:
        assert results(root, name) == ["published"]
        assert len(list((root / plan.PUBLISHED / name / "editions").iterdir())) == 1
    ledger = (root / ".pmlib/ledger.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["report"] for line in ledger) == sorted(names)


@pytest.mark.slow
def test_a_long_run_holds_up_neither_the_others_nor_the_next_call_and_a_kill_makes_it_run_again(small):
    root = small()
    (root / plan.CATALOG).write_text("")
    slow(root)
    first = start(root, "run", "--due", "--at", AT, "--jobs", "2")
    until((root / "began").exists)
    with (root / plan.CATALOG).open("a") as catalog:
        catalog.write(f'[tiny]\nnotebook = "tiny"\n{DAILY}')
    second = start(root, "run", "--due", "--at", AT, "--jobs", "2")
    said = second.communicate(timeout=60)[0]
    assert second.returncode == 0
    assert [line.split(" ")[0] for line in said.splitlines()] == ["tiny:"]
    assert "running" in start(root, "schedule", "--at", AT).communicate(timeout=60)[0].splitlines()[1]
    none = start(root, "run", "--due", "--at", AT, "--jobs", "1")  # the only place is taken
    assert none.communicate(timeout=60)[0] == ""
    assert none.returncode == 0
    first.kill()
    first.wait()
    (root / "began").unlink()
    again = start(root, "run", "--due", "--at", AT)
    until((root / "began").exists)
    again.send_signal(signal.SIGTERM)
    assert again.wait(timeout=10) == 130
    assert kept(root, "slow").begun.tries == 1  # the kill; one that is stopped in good order does not count
    assert results(root, "slow") == []


@pytest.mark.slow
def test_a_scheduler_in_the_foreground_runs_what_is_due_follows_the_catalog_and_ends_when_told(small):
    root = small(entry=DAILY)
    call = start(root, "schedule", "run")
    until(lambda: results(root, "tiny"))
    reports(root, "tiny", "other")
    until(lambda: results(root, "other"))
    slow(root)
    until((root / "began").exists)
    children = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and parent(pid) == call.pid]
    call.terminate()
    began = time.monotonic()
    said = call.communicate(timeout=20)[0]
    assert time.monotonic() - began < 8
    assert call.returncode == 0
    assert not any(map(alive, children))
    lines = said.splitlines()
    assert lines[0] == "schedule: calling for what is due"
    assert lines.count("schedule: reports/catalog.toml has changed") == 2
    assert [line.split(":")[0] for line in lines if ": published " in line] == ["tiny", "other"]
    assert lines[-1] == "schedule: ended"


def parent(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return int(stat.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0


class Clock:
    """A clock that is set back or forward while somebody waits by it."""

    def __init__(self, step):
        self.now, self.run, self.step = 1_800_000_040.0, 0.0, step

    def time(self):
        return self.now

    def monotonic(self):
        return self.run

    def sleep(self, seconds):
        self.run += seconds
        self.now += seconds
        if self.step and self.run > 5:
            self.now, self.step = self.now + self.step, 0


@pytest.mark.parametrize("step", [0, -86_400, -10 * 365 * 86_400, 86_400, -30])
def test_it_wakes_as_each_minute_begins_and_no_step_of_the_clock_makes_it_sleep_longer(
    small, monkeypatch, step
):
    root, clock = small(entry=DAILY), Clock(step)
    monkeypatch.setattr(loop, "time", clock)
    assert loop._wait(root) is False
    assert clock.run == pytest.approx({0: 20, -30: 50}.get(step, 5.5), abs=0.6)


def seconds(*command):
    """CPU seconds of a command, its children included; it says nothing."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.slow
def test_a_call_that_finds_nothing_due_costs_next_to_nothing(small):
    root = small()
    text = "".join(
        f'[r{number:04d}]\nnotebook = "tiny"\nschedule = "{number % 60} {number % 24} * * *"\n'
        f'zone = "{("Europe/Berlin", "UTC", "Asia/Kathmandu")[number % 3]}"\n\n'
        for number in range(MANY)
    )
    (root / plan.CATALOG).write_text(text)
    os.utime(root / plan.CATALOG, (0, 0))
    far = datetime(2100, 1, 1, tzinfo=UTC)
    for number in range(MANY):  # all is done for long
        done = state.State((state.Span(datetime(2020, 1, 1, tzinfo=UTC), far),))
        state.keep(done, root, root / plan.PUBLISHED / f"r{number:04d}")
    call = (sys.executable, "-m", "pmlib", "--root", str(root), "run", "--due")
    looked = seconds(*call)
    known = min(seconds(*call) for _ in range(5))
    python = min(seconds(sys.executable, "-c", "pass") for _ in range(5))
    said = f"{known:.2f} CPU s; after a change {looked:.2f}; Python itself {python:.2f}"
    print(f"{MANY:,} scheduled reports, nothing due: {said}")
    assert known < 0.5
    assert looked < 4
