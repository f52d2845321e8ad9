"""Whatever a report does to its process, it fails alone, with its reason, and leaves nothing running."""

import os
import signal
import subprocess
import sys
import threading
import time

import nbformat
import pytest
from small import EMIT, alive, notebook

from pmlib.reports import disk, plan
from pmlib.reports.batch import Batch, End, Listener
from pmlib.reports.failure import ExecutionFailed
from pmlib.reports.render import Work
from pmlib.reports.retain import clear_runs, lock_of
from pmlib.reports.supervise import Server, render
from pmlib.reports.warm import family

NOTE = "import os, pathlib, sys\npathlib.Path('pid').write_text(str(os.getpid()))\n"
DAEMON = """\
import os, pathlib, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        pathlib.Path('daemon').write_text(str(os.getpid()))
        time.sleep(600)
    os._exit(0)
os.wait()
while not pathlib.Path('daemon').exists() or not pathlib.Path('daemon').read_text(): time.sleep(0.01)
"""
ENDS = {  # what a cell does: how that is said
    "1/0": "cell 3 of 4: ZeroDivisionError: division by zero",
    "sys.exit(0)": "cell 3 of 4: SystemExit: the cell ended the run",
    "sys.exit('no')": "cell 3 of 4: SystemExit: no",
    "os._exit(0)": "cell 3 of 4: Died: its process ended (exit code 0) holding up to ",
    "os._exit(9)": "cell 3 of 4: Died: its process ended (exit code 9) holding up to ",
    "import ctypes; ctypes.string_at(0)": "cell 3 of 4: Died: its process ended (SIGSEGV) holding up to ",
    "os.kill(os.getpid(), 9)": "cell 3 of 4: Died: its process ended (SIGKILL) holding up to ",
    "while True: pass": "cell 3 of 4: Timeout: the cell ran longer than its time limit of 1 s",
    "import signal\nfor n in (2, 15): signal.signal(n, signal.SIG_IGN)\nwhile True:\n    try:\n"
    "        while True: pass\n    except BaseException: pass": "cell 3 of 4: Timeout: ",
    "held = []\nwhile True: held.append(bytearray(10**7))": "cell 3 of 4: Memory: the run held more",
    "def f(): f()\nf()": "cell 3 of 4: RecursionError: ",
    "x = (": "cell 3 of 4: ",
}


@pytest.fixture
def run(small, server):
    """A function that runs a notebook of the given cells in a child; its `root` is where."""

    def in_a_child(*code, entry="", engine="pmlib"):
        in_a_child.root = root = small(*code, entry=entry)
        (job,) = plan.jobs(root)
        folder = root / ".pmlib/runs/one"
        folder.mkdir(parents=True)
        return render(server, Work(job, root, folder, engine, None))

    return in_a_child


@pytest.mark.parametrize("code", ENDS, ids=lambda code: code[:24])
def test_a_cell_that_does_not_end_well_fails_in_one_line_and_leaves_nothing(run, server, code):
    limit = 1 if "Timeout" in ENDS[code] else 60
    with pytest.raises(ExecutionFailed) as error:
        run(NOTE, code, "print('after')", entry=f"time_limit = {limit}\nmemory_limit = '900 MB'\n")
    assert str(error.value).startswith(ENDS[code])
    assert "\n" not in str(error.value)
    assert error.value.failure.source == code
    assert not alive(int((run.root / "pid").read_text()))
    assert run(EMIT).record["report"] == "tiny"  # the next one is none the worse


def test_an_endless_loop_says_where_it_was(run):
    with pytest.raises(ExecutionFailed) as error:
        run("import time\ndef stuck():\n    time.sleep(60)\nstuck()", entry="time_limit = 1\n")
    assert "in stuck" in error.value.failure.traceback


@pytest.mark.parametrize(
    "code",
    [
        "import threading, time; threading.Thread(target=time.sleep, args=(600,)).start()",
        "import subprocess; child = subprocess.Popen(['sleep', '600'])",
        DAEMON,
        "import sys; sys.stdout.close(); sys.stderr.close()",
        "import os; os.close(1); os.close(2)",
        "import os; os.chdir('/')",
        "import os; os.environ.clear()",
        "import signal; signal.alarm(0); signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    ],
    ids=lambda code: code[-24:],
)
def test_what_a_cell_leaves_behind_keeps_no_page_from_being_made(run, server, code):
    assert run(EMIT, NOTE + code).files["index.html"]
    if (run.root / "daemon").exists():
        assert not alive(int((run.root / "daemon").read_text()))
    assert len(family(server._process.pid)) == 1


def test_a_kernel_that_dies_or_loops_leaves_nothing_either(run, server):
    for code, said in (("os._exit(3)", "DeadKernel"), ("while True: pass", "Timeout")):
        with pytest.raises(ExecutionFailed, match=f"cell 2 of 2: {said}"):
            run(NOTE + code, entry="time_limit = 2\n", engine="kernel")
        assert not alive(int((run.root / "pid").read_text()))
        assert len(family(server._process.pid)) == 1


def test_a_dead_engine_is_started_anew(run):
    with Server() as server:
        server.line().close()
        server._process.kill()
        server._process.wait()
        line = server.line()
        assert line.recv(100)
        line.close()


class Heard(Listener):
    def __init__(self):
        self.ends_of, self.cells = {}, []

    def cell(self, job, number, count):
        self.cells.append((job.name, number, count))

    def ends(self, job, end):
        self.ends_of[job.name] = end


def batch(root, **options):
    heard = Heard()
    options = {"workers": 2} | options
    ran = Batch(root, listener=heard, **options).run(plan.jobs(root))
    return {job.name: end for job, end in ran}, heard


def test_of_a_batch_only_those_that_fail_fail(small):
    root = small(EMIT)
    other = "".join(f'[more{i}]\nnotebook = "tiny"\n[more{i}.parameters]\ncount = {i}\n' for i in range(4))
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\n[bad]\nnotebook = "bad"\n' + other)
    nbformat.write(notebook("import os; os._exit(1)"), root / "notebooks/bad.ipynb")
    ends, heard = batch(root)
    assert [name for name, end in ends.items() if end.error] == ["bad"]
    assert all(end.outcome.state == "published" for name, end in ends.items() if name != "bad")
    assert heard.ends_of == ends
    assert (root / "reports/published/bad/failed.html").is_file()
    ends, heard = batch(root, keep_going=False, workers=1)
    assert ends["tiny"].outcome.state == "fresh"
    assert ends["bad"].error
    assert "more3" not in ends


def test_a_transient_error_is_tried_again(small, monkeypatch):
    monkeypatch.setattr("pmlib.reports.batch.PAUSE", 0.01)
    code = (
        "import pathlib\ntried = pathlib.Path('tried')\n"
        "tried.write_text((tried.read_text() if tried.exists() else '') + 'x')\n"
        "if len(tried.read_text()) < 3: raise ConnectionError('try later')"
    )
    root = small(code, EMIT, entry='retries = 2\ntransient = ["ConnectionError"]\n')
    ends, _ = batch(root)
    assert ends["tiny"].outcome.state == "published"
    assert not (root / "reports/published/tiny/failed.json").exists()
    (root / "tried").unlink()
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\nretries = 2\ntransient = ["OSError"]\n')
    ends, _ = batch(root, force=True)
    assert "ConnectionError: try later" in str(ends["tiny"].error)
    assert (root / "tried").read_text() == "x"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_run_leaves_nothing(small, number):
    root = small(NOTE + DAEMON, "import time\ntime.sleep(60)")
    command = [sys.executable, "-m", "pmlib", "--root", str(root), "run"]
    runner = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (root / "daemon").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.5)
    runner.send_signal(number)
    _, said = runner.communicate(timeout=30)
    if number != signal.SIGKILL:
        assert runner.returncode == 130
        assert said.splitlines()[-1] == "pmlib: stopped; what was published before stands"
        assert "Traceback" not in said
        assert not list((root / ".pmlib/runs").iterdir())
    deadline = time.monotonic() + 5
    pids = [int((root / name).read_text()) for name in ("pid", "daemon")]
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, pids))
    assert not (root / "reports/published/tiny/failed.html").exists()
    assert not os.path.exists(f"/proc/{runner.pid}")


def test_a_report_that_ends_the_engine_fails_alone(small):
    kill = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)"
    root = small(EMIT, "import time\ntime.sleep(0.5)")
    notes = root / "notebooks"
    (notes / "bad.ipynb").write_text(nbformat.writes(notebook(kill)))
    with (root / "reports/catalog.toml").open("a") as catalog:
        catalog.write('\n[bad]\nnotebook = "bad"\n')
    ends, _ = batch(root)
    assert "cell 2 of 2: Died: it ended the engine that it ran in" in str(ends["bad"].error)
    assert ends["tiny"].outcome.state == "published"


def test_a_failure_that_finds_no_room_on_the_disk_says_so(run):
    full = "import pathlib\ndef full(path, *_, **__):\n    path.touch()\n    raise OSError(28, 'no room')\n"
    with pytest.raises(ExecutionFailed, match=r"Died: its process could not go on: OSError: .*no room"):
        run(full + "pathlib.Path.write_text = full\n1 / 0")


def test_a_memory_limit_is_said_as_it_was_written(run):
    with pytest.raises(ExecutionFailed, match="its memory limit of 300 MB"):
        run("held = []\nwhile True: held.append(bytearray(10**7))", entry="memory_limit = '300 MB'\n")


def test_a_runner_that_waits_for_another_can_be_stopped(small):
    root = small(EMIT)
    (job,) = plan.jobs(root)

    class Impatient(Listener):
        def waits(self, job, holder):
            holders.append(holder)
            threading.Timer(0.3, self.batch._stop.set).start()

    holders, heard = [], Impatient()
    heard.batch = Batch(root, 1, heard)
    with disk.lock(lock_of(job.home, root), root):
        ends = {one.name: end for one, end in heard.batch.run([job])}
    assert ends["tiny"] == End()
    assert holders == [os.getpid()]


@pytest.mark.parametrize("first", [0, 3])
def test_a_cell_that_closes_what_it_did_not_open_is_told_so(run, first):
    with pytest.raises(ExecutionFailed, match="Cut off: a cell closed the descriptor on which its process"):
        run(f"import os\nos.closerange({first}, 256)", "print('after')")


def test_what_a_report_that_is_no_more_left_is_cleared_too(tmp_path):
    left = tmp_path / ".pmlib/runs"
    for name in ("gone.abc", "gone-north.abc.def", "on.abc"):
        (left / name / "made").mkdir(parents=True)
    with disk.lock(tmp_path / ".pmlib/locks/on", tmp_path):
        clear_runs(tmp_path)
    assert [path.name for path in left.iterdir()] == ["on.abc"]


def test_an_error_without_end_is_told_in_short(run):
    with pytest.raises(ExecutionFailed) as error:
        run("raise ValueError('why ' + 'x' * 10**6)")
    failure = error.value.failure
    assert failure.line.startswith("cell 2 of 2: ValueError: why xxx")
    assert "[... 999,004 characters ...]" in failure.line
    assert len(failure.line) < 1_200 and len(failure.traceback) < 101_000
