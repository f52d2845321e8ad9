"""On a Dask cluster: scheduler and workers are processes of their own, as a team's would be."""

import os
import re
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager

import pytest
from small import EMIT, alive, tree

from pmlib.reports import plan
from pmlib.reports.batch import Batch, Listener
from pmlib.reports.cluster import Cluster, fingerprint

SLOW = "import os, pathlib, time\nwith open('tries', 'a') as tries: tries.write(f'{os.getppid()}\\n')\n"
WAITS = f"{SLOW}while not pathlib.Path('go').exists(): time.sleep(0.05)"


@contextmanager
def process(*arguments, **environment):
    started = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def heard(started, pattern):
    for line in started.stderr:
        if found := re.search(pattern, line):
            return found[1]
    raise AssertionError(f"{pattern} was not said")


@pytest.fixture
def cluster():
    """The address of a scheduler, and two workers, each one process without a nanny."""
    with ExitStack() as stack:
        scheduler = stack.enter_context(
            process("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
        )
        address = heard(scheduler, r"Scheduler at:\s+(tcp://\S+)")
        limits = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        workers = [stack.enter_context(process("worker", address, *limits)) for _ in range(2)]
        for worker in workers:
            heard(worker, r"(Registered to)")
        yield address, workers


def run(root, address, **options):
    with Cluster(address, root) as elsewhere:
        assert elsewhere.workers == 2
        batch = Batch(root, workers=2, listener=Listener(), **options)
        return {job.name: end for job, end in batch.run(plan.jobs(root), elsewhere.render)}


def several(small, *code):
    root = small(*code)
    more = "".join(f'[more{i}]\nnotebook = "tiny"\n[more{i}.parameters]\ncount = {i}\n' for i in range(3))
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\n' + more)
    return root


def pages(root):
    found = tree(root / "reports/published")
    return {name: data for name, data in found.items() if "run.json" not in name}


@pytest.mark.slow
def test_a_cluster_makes_the_same_bytes_and_a_killed_worker_loses_nothing(small, cluster):
    address, workers = cluster
    root = several(small, EMIT)
    ends = run(root, address)
    assert {end.outcome.state for end in ends.values()} == {"published"}
    there = pages(root)
    assert len([name for name in there if name.endswith("index.html")]) == 8
    local = Batch(root, workers=2, listener=Listener(), force=True).run(plan.jobs(root))
    assert all(end.outcome.repeatable for _, end in local)
    assert pages(root) == there
    assert not list((root / ".pmlib/runs").iterdir())

    waiting = several(small, WAITS, EMIT)
    found = {}
    runner = threading.Thread(target=lambda: found.update(run(waiting, address)))
    runner.start()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(_tries(waiting)) < 2:
        time.sleep(0.05)
    servers = _tries(waiting)
    workers[0].kill()
    (waiting / "go").touch()
    runner.join(timeout=120)
    assert {end.outcome.state for end in found.values()} == {"published"}
    assert len(_tries(waiting)) == 5  # the one that was killed was tried again
    while sum(map(alive, servers)) > 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sum(map(alive, servers)) == 1  # what the killed worker had started is gone


def _tries(root):
    path = root / "tries"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_another_pmlib_or_project_on_a_worker_is_told(small):
    one, other = fingerprint(small()), fingerprint(small())
    assert {name for name in one if one[name] != other[name]} == {"project"}


def test_no_cluster_is_said_in_a_line(small, monkeypatch):
    monkeypatch.setattr("pmlib.reports.cluster.PATIENCE", 0.5)
    with pytest.raises(ValueError, match=r"no Dask cluster with a worker answers at tcp://127.0.0.1:9"):
        Cluster("tcp://127.0.0.1:9", small())
