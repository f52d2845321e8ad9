"""A process that has imported what reports need, and forks a fresh child for each of them.

It imports other people's packages and the press; what analyses are made of is read anew by every child.
Nothing is left running: a child leads a session of its own, and what it leaves behind becomes a child of this
process, and is killed.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

ENVIRONMENT = {  # the same sums, the same order of sets and no windows on every machine
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # pyarrow's: nothing may run beside a fork
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # the debugger's warning about frozen modules
}
STACK = (
    "papermill", "nbformat.v4", "nbclient", "IPython.core.interactiveshell", "jupyter_client",
    "jinja2", "mistune", "nh3", "xlsxwriter", "babel.numbers", "pydantic",
    "numpy", "pandas", "duckdb", "pyarrow.compute", "pyarrow.parquet",
    "scipy.special", "scipy.linalg", "scipy.sparse", "scipy.spatial",
    "matplotlib.figure", "matplotlib.pyplot", "matplotlib.dates", "matplotlib.backends.backend_agg",
)  # fmt: skip
# Slow to import too, and imported where a notebook of the batch, or what it asks of pmlib, imports them.
ANALYSTS = ("scipy", "statsmodels", "seaborn")
PRESS = ("pmlib.reports.render", "pmlib.reports.execute", "pmlib.reports.build")
RARELY = (20_000, 20, 20)  # garbage is looked for: what a report makes is short-lived, or kept
SUBREAPER, PARENT_DEATH = 36, 1  # of prctl(2)


def main(descriptor: int, root: str, named: Sequence[str]) -> None:
    """Serve: each descriptor that arrives is the line to one report's child.

    When the child has ended, however it ended, its status is the last thing said there.

    root : of the project, "" where there may be several.
    named : those of ANALYSTS that a notebook needs, and what of them.
    """
    try:
        preload(root, named)
        sources = states()
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    control = socket.socket(fileno=descriptor)
    ended, woken = os.pipe()
    for end in (ended, woken):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for who started this
    _prctl(SUBREAPER, 1)
    control.sendall(b"ready\n")
    lines, waiting = dict[int, socket.socket](), selectors.DefaultSelector()
    waiting.register(control, selectors.EVENT_READ)
    waiting.register(ended, selectors.EVENT_READ)
    while True:
        for found, _ in waiting.select():
            if found.fileobj is control:
                _, passed, _, _ = socket.recv_fds(control, 1, 1)
                if not passed:  # who started this is gone
                    _leave(lines)
                line = socket.socket(fileno=passed[0])
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    for other in (control, *lines.values()):
                        other.close()
                    waiting.close()
                    os.close(ended)
                    os.close(woken)
                    _child(line, sources)
                lines[pid] = line
                _say(line, pid=pid)
            else:
                with contextlib.suppress(BlockingIOError):
                    while os.read(ended, 4096):
                        pass
                _reap(lines)


def _reap(lines: dict[int, socket.socket]) -> None:
    """Collect children that have ended, and end what they left."""
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None:
            return
        if found.si_pid in lines:  # its number is its own until it is waited for
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(found.si_pid, signal.SIGKILL)
        _, status = os.waitpid(found.si_pid, 0)
        if line := lines.pop(found.si_pid, None):
            _end_orphans(set(lines))
            _say(line, status=os.waitstatus_to_exitcode(status))
            line.close()


def _end_orphans(live: set[int]) -> None:
    """Kill the children of this process that are no job's."""
    with contextlib.suppress(OSError):  # only Linux lists them
        while orphans := set(children(os.getpid())) - live:
            for pid in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def children(pid: int) -> list[int]:
    """List the children of a process."""
    found = list[int]()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, (task / "children").read_text().split())
    return found


def family(pid: int) -> list[int]:
    """List a process and all that descend from it."""
    found = [pid]
    with contextlib.suppress(OSError):
        for one in found:
            found += children(one)
    return found


def _leave(lines: dict[int, socket.socket]) -> NoReturn:
    for pid in lines:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    _end_orphans(set())
    os._exit(0)


def _child(line: socket.socket, sources: dict[str, int]) -> NoReturn:
    """Become the process of one report."""
    status = 1
    try:
        if states() != sources:  # somebody edits the press while it runs
            for name in [name for name in sys.modules if name.startswith("pmlib.")]:
                del sys.modules[name]
        gc.set_threshold(*RARELY)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        _prctl(PARENT_DEATH, signal.SIGKILL)
        _prctl(SUBREAPER, 1)  # what it starts and forgets stays told apart from what other reports start
        importlib.import_module("pmlib.reports.render").main(line)
        status = 0
    except BaseException as error:
        _say(line, error=f"{type(error).__name__}: {error}")
    finally:
        os._exit(status)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _say(line: socket.socket, **what: int | str) -> None:
    with contextlib.suppress(OSError):  # who listened is gone
        line.sendall(b"\n" + json.dumps(what).encode() + b"\n")


def preload(root: str = "", named: Sequence[str] = ()) -> None:
    """Import the stack, touch what loads lazily, and leave everything as a fresh process would find it.

    Raises
    ------
    ImportError : a package of the stack is missing or broken.
    RuntimeError : something started a thread, of which a fork would keep a half.
    """
    # It builds parsers for a second and a half that nothing here needs; jsonschema does without.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    try:
        for name in STACK:
            importlib.import_module(name)
    finally:
        del sys.modules["rfc3987_syntax"]
    for name in PRESS:
        importlib.import_module(name)
    with warnings.catch_warnings():
        for name in named:
            with contextlib.suppress(ImportError):  # which the notebook will meet itself
                importlib.import_module(name)
        touch(root)
    gc.collect()
    gc.freeze()
    if sys.platform == "linux" and len(os.listdir("/proc/self/task")) > 1:
        raise RuntimeError("a package started a thread while it was imported; reports cannot be forked")


def states() -> dict[str, int]:
    """Say when each module of pmlib that is loaded was last written."""
    files = (getattr(module, "__file__", "") for name, module in sys.modules.items() if name[:5] == "pmlib")
    return {file: os.stat(file).st_mtime_ns if os.path.exists(file) else 0 for file in files if file}


def touch(root: str) -> None:
    """Draw, write and run a cell once: much is imported, read or built the first time only."""
    import io

    import matplotlib as mpl
    import pandas as pd
    from babel.numbers import format_decimal
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    from pmlib.reports.page import environment
    from pmlib.reports.shell import Session, Shell

    with mpl.rc_context():
        figure = Figure(layout="constrained")
        axes = figure.add_subplot()
        axes.plot([0, 1], [1, 2])
        axes.set_title("Title 1,234 −%")
        figure.savefig(io.BytesIO(), format="png")
        font = FontProperties(family=["DejaVu Sans"], size=10)
        text_to_path.get_text_width_height_descent("Title 1,234 −%", font, False)
    frame = pd.DataFrame({"a": ["x", "y", "x"], "b": [1.0, 2.0, 3.0]})
    frame.groupby("a")["b"].sum().sort_values().to_string()
    frame.pivot_table(index="a", values="b").to_html()
    format_decimal(1234.5, locale="en")
    Session().run("1 + 1")
    Shell.clear_instance()
    if root:
        environment(Path(root))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
