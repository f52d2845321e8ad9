"""With a real kernel: each start costs a second or two, so there are few, and they prove much."""

import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from small import EMIT, alive

from pmlib.reports import execute, plan
from pmlib.reports.failure import ExecutionFailed

PID = "import os, pathlib\npathlib.Path('kernel_pid').write_text(str(os.getpid()))\n"
ENVIRONMENT = """\
import json, os, sys
print([os.environ[n] for n in ("PMLIB_ROOT", "PMLIB_RUN_DIR", "PYTHONHASHSEED", "MPLBACKEND")], os.getcwd())
print("noise", file=sys.stderr)
print(focal, count, level)
"""


@pytest.fixture
def run(small, tmp_path):
    """A function that runs a notebook of the given cells; its `root` is where."""

    def execute_cells(*code, entry="", progress=None):
        execute_cells.root = root = small(*code, entry=entry)
        (job,) = plan.jobs(root)
        return execute.execute(job, root, tmp_path, progress)

    return execute_cells


def test_a_run_sees_its_root_its_parameters_and_a_fixed_environment(run, tmp_path):
    seen = []
    entry = '[tiny.parameters]\nfocal = "G\\"M\\n"\nlevel = 0.5\n'
    done = run(EMIT, ENVIRONMENT, entry=entry, progress=lambda *place: seen.append(place))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    root = run.root
    printed, noise = done.cells[-1].outputs
    assert printed.text.startswith(f"{[str(root), str(tmp_path), '0', 'agg']} {root}\n")
    assert printed.text.endswith('G"M\n 3 0.5\n')
    assert noise.name == "stderr"
    # Nothing of the clock or of chance is left.
    assert [cell.id for cell in done.cells] == [f"cell-{n}" for n in range(1, 6)]
    text = nbformat.writes(done)
    for word in ("papermill", "start_time", "duration", "T20", "iopub"):
        assert word not in text
    nbformat.validate(done)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1/0", "cell 2 of 3: ZeroDivisionError: division by zero"),
        ("import sys; sys.exit(0)", "cell 2 of 3: SystemExit: the cell ended the run"),
        ("import os; os._exit(0)", "cell 2 of 3: DeadKernel: the kernel died (exit code 0)"),
        (
            "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
            "cell 2 of 3: Timeout: the cell ran longer than its time limit of 2 s",
        ),
    ],
)
def test_a_cell_that_does_not_end_well_fails_in_one_line_and_leaves_no_kernel(run, code, said):
    with pytest.raises(ExecutionFailed) as error:
        run(PID + code, "print('after')", entry="time_limit = 2\n")
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)
    assert error.value.failure.source.endswith(code)
    assert not alive(int((run.root / "kernel_pid").read_text()))


def test_streams_are_joined_in_linear_time_and_cut_where_they_are_long():
    long = "x" * 10_000_000
    pieces = [("stdout", "a"), ("stderr", "e"), ("stdout", "b\n10%\r20%\rdone\r\n"), ("stdout", long)]
    outputs = [new_output("stream", name=name, text=text) for name, text in pieces]
    outputs.insert(3, new_output("display_data", data={"text/plain": "shown"}))
    cell = new_code_cell("x", outputs=outputs)
    began = time.monotonic()
    first, noise, shown, last = execute.normalised(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs
    assert time.monotonic() - began < 2
    assert (first.text, noise.text, shown.data["text/plain"]) == ("ab\ndone\n", "e", "shown")
    *kept, said = last.text.splitlines()
    assert said.startswith("[cut: 9,000,0")
    assert sum(map(len, kept)) < execute.LONGEST


def test_a_long_line_does_not_outlast_its_time_limit(run):
    done = run("print('x' * 10_000_000)", entry="time_limit = 20\n")
    assert "[cut: 9,000,0" in done.cells[-1].outputs[0].text


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_says_so_and_leaves_nothing(small, number):
    root = small(PID + "import time\ntime.sleep(60)")
    command = [sys.executable, "-m", "pmlib", "--root", str(root), "run"]
    runner = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not (root / "kernel_pid").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.2)
    runner.send_signal(number)
    _, said = runner.communicate(timeout=30)
    assert runner.returncode == 130
    assert said.splitlines()[-1] == "pmlib: stopped; what was published before stands"
    assert "Traceback" not in said
    assert not alive(int((root / "kernel_pid").read_text()))
    assert not list((root / ".pmlib/runs").iterdir())
    assert not (root / "reports/published/tiny/failed.html").exists()
