"""The two engines: what a run sees and leaves, and that both leave the same."""

import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from small import EMIT

from pmlib.reports import normalise, plan
from pmlib.reports.failure import ExecutionFailed
from pmlib.reports.render import Work
from pmlib.reports.shell import Outputs
from pmlib.reports.supervise import Server, render

ENVIRONMENT = """\
import json, os, sys
print([os.environ[n] for n in ("PMLIB_ROOT", "PMLIB_RUN_DIR", "PYTHONHASHSEED")], os.getcwd())
print("noise", file=sys.stderr)
print(focal, count, level)
"""
SHOWING = [
    "import matplotlib.pyplot as plt\nfig = plt.figure(figsize=(2, 1)); lines = plt.plot([1, 2], [2, 1])",
    "lines = plt.plot([3, 1]); plt.show(); print('after')",
    "import pandas as pd\npd.DataFrame({'a': [1.5, None], 'b': ['x', '<b>']})",
    "from IPython.display import display, Markdown, HTML, clear_output\n"
    "shown = display('first', display_id=True); print('between'); display(HTML('<b>x</b>'))",
    "shown.update('second')\nfor i in range(3):\n    print(i)\n    clear_output(wait=True)\nprint('kept')",
    "!echo from a shell",
    "async def later():\n    return 7\nawait later()",
    "%%capture caught\nprint('hidden')",
    "caught.stdout, _, __, get_ipython().__class__.__mro__[1].__name__ and In[1][:6]",
    "import warnings; warnings.warn('careful')",
    "import sys; print('a', end=''); print('e', file=sys.stderr); print('b'); {'z', 'y', 'x'}, hash('s')",
    "import seaborn as sns\nax = sns.barplot(x=['a', 'b'], y=[1, 2]); ax.figure.set_size_inches(2, 1)",
    "import random, numpy; type(random.random()), type(numpy.random.rand())",
    "Result = type('R', (), {'_repr_png_': lambda s: b'png', '_repr_latex_': lambda s: '$x$',"
    " '__repr__': lambda s: 'R'})\nResult()",
]


@pytest.fixture
def run(small, server):
    """A function that runs a notebook of the given cells in a child, and gives what it leaves."""

    def in_a_child(*code, engine="pmlib", entry="", progress=None):
        in_a_child.root = root = small(*code, entry=entry)
        (job,) = plan.jobs(root)
        in_a_child.folder = root / ".pmlib/runs/one"
        in_a_child.folder.mkdir(parents=True)
        made = render(server, Work(job, root, in_a_child.folder, engine, None), progress)
        return nbformat.reads(made.files["notebook.ipynb"].decode(), as_version=4)

    return in_a_child


@pytest.mark.parametrize("engine", ["pmlib", "kernel"])
def test_a_run_sees_its_root_its_parameters_and_a_fixed_environment(run, engine):
    seen = []
    entry = '[tiny.parameters]\nfocal = "G\\"M\\n"\nlevel = 0.5\n'
    done = run(EMIT, ENVIRONMENT, engine=engine, entry=entry, progress=lambda *place: seen.append(place))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    printed, noise = done.cells[-1].outputs
    assert printed.text.startswith(f"{[str(run.root), str(run.folder), '0']} {run.root}\n")
    assert printed.text.endswith('G"M\n 3 0.5\n')
    assert noise.name == "stderr"
    # Nothing of the clock or of chance is left.
    assert [cell.id for cell in done.cells] == [f"cell-{n}" for n in range(1, 6)]
    text = nbformat.writes(done)
    for word in ("papermill", "start_time", "duration", "T20", "iopub"):
        assert word not in text
    nbformat.validate(done)


def test_both_engines_leave_the_same_whatever_a_cell_shows(run):
    warm, cold = (run(EMIT, *SHOWING, engine=engine) for engine in ("pmlib", "kernel"))
    for one, other in zip(warm.cells, cold.cells, strict=True):
        assert one == other
    assert warm == cold
    assert (
        sum(
            "image/png" in output.get("data", {}) for cell in warm.cells for output in cell.get("outputs", [])
        )
        == 4
    )


def test_what_programs_print_is_shown_too(run):
    # A kernel shows it or not, as it happens to come before the cell's end or after.
    done = run("import os\nprint('above')\nstatus = os.system('echo below')", "print('next')")
    assert [cell.outputs[0].text for cell in done.cells[-2:]] == ["above\nbelow\n", "next\n"]


def test_chance_is_not_repeated_from_report_to_report(run):
    draw = "import random, numpy; print(random.random(), numpy.random.rand())"
    one, other = (run(draw).cells[-1].outputs[0].text.split() for _ in range(2))
    assert not set(one) & set(other)


def test_nothing_of_one_report_is_seen_by_the_next(run):
    code = "import pandas, matplotlib, builtins, os\n"
    run(
        f"{code}pandas.set_option('display.max_rows', 3); matplotlib.rcParams['font.size'] = 3",
        "builtins.left = 1; os.environ['LEFT'] = '1'; os.chdir('/')",
    )
    seen = run(
        f"{code}(pandas.get_option('display.max_rows'), hasattr(builtins, 'left'),"
        " matplotlib.rcParams['font.size'], 'LEFT' in os.environ, os.getcwd())"
    )
    assert seen.cells[-1].outputs[0].data["text/plain"] == f"(60, False, 10.0, False, '{run.root}')"


def test_streams_are_joined_in_linear_time_and_cut_where_they_are_long():
    long = "x" * 10_000_000
    pieces = [("stdout", "a"), ("stderr", "e"), ("stdout", "b\n10%\r20%\rdone\r\n"), ("stdout", long)]
    shown = [new_output("stream", name=name, text=text) for name, text in pieces]
    shown.insert(3, new_output("display_data", data={"text/plain": "shown"}))
    cell = new_code_cell("x", outputs=shown)
    began = time.monotonic()
    first, noise, middle, last = normalise.normalised(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs
    assert time.monotonic() - began < 2
    assert (first.text, noise.text, middle.data["text/plain"]) == ("ab\ndone\n", "e", "shown")
    *kept, said = last.text.splitlines()
    assert said.startswith("[cut: 9,000,0")
    assert sum(map(len, kept)) < normalise.LONGEST


@pytest.mark.parametrize("engine", ["pmlib", "kernel"])
def test_a_long_line_does_not_outlast_its_time_limit(run, engine):
    done = run("print('x' * 10_000_000)", engine=engine, entry="time_limit = 20\n")
    assert "[cut: 9,000,0" in done.cells[-1].outputs[0].text


def test_plain_papermill_can_use_the_engine(small, tmp_path):
    root = small("print(focal)")
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--engine",
        "pmlib",
        "notebooks/tiny.ipynb",
        str(tmp_path / "out.ipynb"),
    ]
    subprocess.run(
        [*command, "-k", "python3", "--language", "python", "-p", "focal", "Honda"],
        cwd=root,
        check=True,
        capture_output=True,
    )
    done = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert done.cells[-1].outputs[0].text == "Honda\n"


@pytest.mark.parametrize(
    ("code", "said"),
    {
        "raise ValueError('half a character: \\ud83d')": r"ValueError: half a character: \\ud83d",
        "get_ipython().set_custom_exc((KeyError,), lambda *_, **__: None)\n{}['a']": "KeyError: 'a'",
        "raise BaseExceptionGroup('both', [ValueError(), SystemExit()])": "BaseExceptionGroup: both",
        "print('half a character: \\ud83d')": "UnicodeEncodeError: ",
        "x = (": r"SyntaxError: incomplete input \(line 1\)",
    }.items(),
)
def test_a_cell_that_failed_is_never_taken_for_one_that_did_not(run, code, said):
    with pytest.raises(ExecutionFailed, match=f"cell 2 of 3: {said}"):
        run(code, "print('after')")


def test_what_is_printed_around_a_display_keeps_its_order():
    outputs = Outputs()
    outputs.write("stdout", "a")
    outputs.show("display_data", {"data": {"text/plain": "b"}, "metadata": {}})
    outputs.write("stdout", "c")
    outputs.write("stderr", "d")
    outputs.write("stdout", "e")
    assert [o.get("text", "b") for o in outputs.end()] == ["a", "b", "c", "d", "e"]
    outputs.begin()
    outputs.write("stdout", "f")
    outputs.clear(wait=True)
    outputs.write("stdout", "g")
    assert [o.text for o in outputs.end()] == ["g"]


def test_what_is_slow_to_import_is_there_before_a_notebook_that_names_it(small):
    root = small("import sys; print('there:', 'seaborn' in sys.modules)", "import seaborn")
    jobs = plan.jobs(root)
    folder = root / ".pmlib/runs/one"
    folder.mkdir(parents=True)
    with Server(root, jobs) as server:
        made = render(server, Work(jobs[0], root, folder, "pmlib", None))
    assert "there: True" in made.files["notebook.ipynb"].decode()
    assert "package seaborn" in made.record["parts"]


def test_what_pmlib_needs_for_a_notebook_is_there_before_it(small):
    root = small("import sys; print('there:', 'scipy.stats' in sys.modules)", "from pmlib import sizing")
    jobs = plan.jobs(root)
    folder = root / ".pmlib/runs/one"
    folder.mkdir(parents=True)
    with Server(root, jobs) as server:
        made = render(server, Work(jobs[0], root, folder, "pmlib", None))
    assert "there: True" in made.files["notebook.ipynb"].decode()
