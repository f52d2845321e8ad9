"""Run a notebook with Papermill in an ordinary kernel, and say in one line what stopped it."""

import contextlib
import json
import logging
import os
import re
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill import execute_notebook
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from pmlib.reports.failure import ExecutionFailed, Failure, plain
from pmlib.reports.parameters import INJECTED
from pmlib.reports.plan import Job
from pmlib.reports.templates import PACKAGE

KERNEL = "python3"
ENVIRONMENT = {  # the same sums, the same order of sets and no windows on every machine
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # the debugger's warning about frozen modules
}
LONGEST = 1_000_000  # characters of plain text that one cell may add to a page
FRAME = re.compile(r"File (\S+?):(\d+), in (\w+)")
CELL_FILE = re.compile(r"\(\d+\.py, line")  # the name IPython makes up for a cell with a syntax error
silent = logging.getLogger("pmlib.kernel")  # what goes wrong is said once, by us
silent.addHandler(logging.NullHandler())
silent.propagate = False
logging.getLogger("papermill").setLevel(logging.ERROR)  # it guesses at parameters that are checked already

Progress = Callable[[int, int], None]  # number of the cell that starts, and how many there are


def execute(job: Job, root: Path, run_dir: Path, progress: Progress | None = None) -> NotebookNode:
    """Run a job's notebook to its end.

    Parameters
    ----------
    run_dir : a folder for this run only, which the notebook sees as PMLIB_RUN_DIR.
    progress : called before each code cell.

    Returns
    -------
    The executed notebook, with nothing in it that depends on the clock, the machine or chance.

    Raises
    ------
    ExecutionFailed : a cell raised, exited, exceeded the time limit, or the kernel died.
    """
    # A kernel called python3 in somebody's home folder must not go before the one of this environment.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    notebook = nbformat.reads(json.dumps(job.document), as_version=4)
    watch = Watch(progress)
    ipython = {"IPYTHONDIR": str(run_dir / "ipython")}  # nobody's own start-up files take part
    roots = {"PMLIB_ROOT": str(root), "PMLIB_RUN_DIR": str(run_dir)}
    try:
        done = execute_notebook(
            notebook,
            None,
            parameters=job.given,
            engine_name="kernel",
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            watch=watch,
            time_limit=job.entry.time_limit,
            start={"env": os.environ | ENVIRONMENT | ipython | roots, "cwd": str(root)},
            log_file=run_dir / "kernel.log",
        )
        watch.check_finished(done)
    except PapermillExecutionError as error:
        raise watch.failed(error.ename, error.evalue, error.traceback) from None
    except CellTimeoutError:
        limit = job.entry.time_limit
        raise watch.failed("Timeout", f"the cell ran longer than its time limit of {limit} s") from None
    except RuntimeError as error:
        if watch.process is not None and not isinstance(error, DeadKernelError):
            raise  # no death of a kernel, but a bug
        raise watch.failed("DeadKernel", watch.obituary(error, run_dir / "kernel.log")) from None
    return normalised(done)


def normalised(notebook: NotebookNode) -> NotebookNode:
    """Take out what differs between two runs of the same notebook: ids, times, and papermill's notes."""
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number}"
        if cell.cell_type == "code":
            cell.outputs = shortened(merged(cell.outputs))
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
    for name in ("papermill", "widgets"):
        notebook.metadata.pop(name, None)
    notebook.metadata.kernelspec = {"name": KERNEL, "display_name": "Python 3", "language": "python"}
    return notebook


def merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join the streams of one name that no other output parts, in linear time.

    How a kernel cuts and interleaves them is chance. A line that was written over shows its last state.
    """
    kept, streams = list[NotebookNode](), dict[str, list[str]]()
    for output in outputs:
        if output.output_type != "stream":
            streams = {}
        elif output.name in streams:
            streams[output.name].append(output.text)
            continue
        else:
            streams[output.name] = output.pieces = [output.text]
        kept.append(output)
    for output in kept:
        if output.output_type == "stream":
            lines = "".join(output.pop("pieces")).split("\n")
            output.text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
    return kept


def shortened(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Cut the plain text of a cell at LONGEST characters, and say so in its last line."""
    left = LONGEST
    for output in outputs:
        holder, name = (
            (output, "text") if output.output_type == "stream" else (output.get("data", {}), "text/plain")
        )
        length = len(holder.get(name, ""))
        if length > left:
            said = f"[cut: {length - left:,} more characters; a cell may show {LONGEST:,}]"
            holder[name] = f"{holder[name][:left]}\n{said}\n"
        left = max(0, left - length)
    return outputs


@dataclass
class Watch:
    """Follows a run: which cell is on, and the process that runs it."""

    progress: Progress | None
    cells: list[NotebookNode] = field(default_factory=list)
    current: NotebookNode | None = None
    process: Any = None

    def begin(self, client: PapermillNotebookClient) -> None:
        """Note the kernel's process and the cells that it will run."""
        self.process = client.km.provisioner.process
        self.cells = [c for c in client.nb.cells if c.cell_type == "code" and c.source.strip()]

    def cell(self, cell: NotebookNode, **_: Any) -> None:
        """Note that a cell starts."""
        if cell in self.cells:
            self.current = cell
            if self.progress and not self._is_injected(cell):
                self.progress(*self.place())

    def place(self) -> tuple[int, int]:
        """Count the cell that is on, as a notebook does: code cells only, without the injected one."""
        own = [c for c in self.cells if not self._is_injected(c)]
        if self.current is None:
            return 0, len(own)
        before = self.cells[: self.cells.index(self.current) + 1]
        return sum(not self._is_injected(c) for c in before), len(own)

    def check_finished(self, done: NotebookNode) -> None:
        """Refuse a run that stopped early without an error, as papermill lets sys.exit(0) do."""
        skipped = [c for c in self.cells if c.execution_count is None]
        if skipped or done.metadata.papermill.get("exception"):
            raise self.failed(
                "SystemExit", "the cell ended the run; a report runs to the end of its notebook"
            )

    def end(self) -> None:
        """Leave nothing running: the kernel leads a process group of its own."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def obituary(self, error: Exception, log: Path) -> str:
        """Say how the kernel ended: by a signal, with a code, or without having started."""
        if self.process is None:
            return f"the kernel did not start: {plain(str(error))}"
        code = self.process.returncode
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        said = [line for line in log.read_text("utf-8", "replace").splitlines() if "rror" in line]
        hint = (
            "; it may have run out of memory"
            if how == "SIGKILL"
            else f"; it said: {plain(said[0])}"
            if said
            else ""
        )
        return f"the kernel died ({how}){hint}"

    def failed(self, name: str, message: str, traceback: list[str] | None = None) -> ExecutionFailed:
        """Describe the failure of the cell that is on."""
        text = plain("\n".join(traceback or []), keep_lines=True)
        frames = [(Path(file).expanduser(), line, at) for file, line, at in FRAME.findall(text)]
        ours = [
            f"pmlib/{file.relative_to(PACKAGE).as_posix()}:{line}, in {at}"
            for file, line, at in frames
            if file.is_relative_to(PACKAGE)
        ]
        number, count = self.place()
        return ExecutionFailed(
            Failure(
                cell=number,
                cells=count,
                source=self.current.source if self.current else "",
                error=name,
                message=CELL_FILE.sub("(line", plain(message)),
                frame=ours[-1] if ours else "",
                traceback=text,
            )
        )

    @staticmethod
    def _is_injected(cell: Mapping[str, Any]) -> bool:
        return INJECTED in cell["metadata"].get("tags", [])


class KernelEngine(NBClientEngine):
    """Papermill's own engine, with the environment, the folder and the clean end that a report needs."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        watch: Watch,
        time_limit: int,
        start: dict[str, Any],
        log_file: Path,
        **_: Any,
    ) -> None:
        """Run the cells; the kernel is gone afterwards, whatever happens."""
        client: PapermillNotebookClient = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            timeout=time_limit,
            iopub_timeout=time_limit,
            startup_timeout=60,
            shutdown_kernel="immediate",
            coalesce_streams=False,  # its way takes quadratic time; see normalised()
            record_timing=False,
            on_notebook_start=lambda **_: watch.begin(client),
            on_cell_start=watch.cell,
            log=silent,
        )
        with log_file.open("wb") as log:
            try:
                client.execute(stdout=log, stderr=log, **start)
            finally:
                watch.end()


papermill_engines.register("kernel", KernelEngine)
