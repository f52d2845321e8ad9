"""Run a notebook with Papermill in this process, which is for it alone, and say what stopped it."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import raise_for_execution_errors
from papermill.parameterize import parameterize_notebook

from pmlib.reports import engines  # noqa: F401 (its import makes them known to papermill)
from pmlib.reports.failure import ExecutionFailed, failed, plain
from pmlib.reports.modules import imported
from pmlib.reports.normalise import KERNEL, normalised
from pmlib.reports.parameters import INJECTED
from pmlib.reports.plan import Job

LOG = "printed.log"  # in a run's folder: what programs below Python print
CELL_FILE = re.compile(r"\((\d+\.py|<ipython-input-[^>]*>), line")  # made up for a cell

Progress = Callable[[int, int], None]  # number of the cell that starts, and how many there are


@dataclass(frozen=True)
class Executed:
    """A notebook that ran to its end.

    notebook : with nothing in it that depends on the clock, the machine or chance.
    modules : what the run imported, as modules.imported says it.
    """

    notebook: NotebookNode
    modules: list[str]


def execute(job: Job, run_dir: Path, engine: str, progress: Progress | None = None) -> Executed:
    """Run a job's notebook to its end, in this process's environment and folder.

    Parameters
    ----------
    run_dir : a folder for this run only.
    engine : "pmlib" runs the cells here, "kernel" in a kernel.
    progress : called before each code cell.

    Raises
    ------
    ExecutionFailed : a cell raised or exited, or the kernel died.
    """
    # A kernel called python3 in somebody's home folder must not go before the one of this environment.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    os.environ["IPYTHONDIR"] = str(run_dir / "ipython")  # nobody's own start-up files take part
    watch = Watch(progress, Path.cwd())
    try:
        # As papermill.execute_notebook does, which would also write the notebook three times, to nowhere.
        notebook = parameterize_notebook(
            _loaded(job.document), job.given, kernel_name=KERNEL, language="python", engine_name=engine
        )
        done = papermill_engines.execute_notebook_with_engine(
            engine,
            notebook,
            KERNEL,
            progress_bar=False,
            watch=watch,
            log=run_dir / LOG,
        )
        raise_for_execution_errors(done, None)
        watch.check_finished(done)
    except PapermillExecutionError as error:
        raise watch.failed(error.ename, error.evalue, error.traceback) from None
    except DeadKernelError as error:
        raise watch.failed("DeadKernel", f"the kernel died: {plain(str(error))}") from None
    return Executed(normalised(done), watch.modules)


def _loaded(document: dict[str, Any]) -> NotebookNode:
    """Read a notebook as papermill does."""
    notebook = nbformat.v4.upgrade(nbformat.reads(json.dumps(document), as_version=4))
    notebook.metadata.papermill = NotebookNode()
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
        cell.metadata.setdefault("papermill", NotebookNode())
    return notebook


@dataclass
class Watch:
    """Follows a run: which cell is on, and what was imported."""

    progress: Progress | None
    root: Path = Path()
    cells: list[NotebookNode] = field(default_factory=list)
    current: NotebookNode | None = None
    modules: list[str] = field(default_factory=list)

    def begin(self, cells: list[NotebookNode]) -> None:
        """Note the cells that will run."""
        self.cells = [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]

    def cell(self, cell: NotebookNode) -> None:
        """Note that a cell starts."""
        if any(cell is known for known in self.cells):
            self.current = cell
            if self.progress and not _is_injected(cell):
                self.progress(*self.place())

    def loaded(self, before: set[str], after: dict[str, str]) -> None:
        """Note what the run imported; whatever there is of pmlib, the run or its page needs."""
        self.modules = imported(self.root, before, after)

    def place(self) -> tuple[int, int]:
        """Count the cell that is on, as a notebook does: code cells only, without the injected one."""
        own = [not _is_injected(cell) for cell in self.cells]
        at = next((i for i, cell in enumerate(self.cells, start=1) if cell is self.current), 0)
        return sum(own[:at]), sum(own)

    def check_finished(self, done: NotebookNode) -> None:
        """Refuse a run that stopped early without an error, as papermill lets sys.exit(0) do."""
        skipped = [c for c in self.cells if c.execution_count is None]
        if skipped or done.metadata.papermill.get("exception"):
            raise self.failed(
                "SystemExit", "the cell ended the run; a report runs to the end of its notebook"
            )

    def failed(self, name: str, message: str, traceback: list[str] | None = None) -> ExecutionFailed:
        """Describe the failure of the cell that is on."""
        text = plain("\n".join(traceback or []), keep_lines=True)
        number, count = self.place()
        source = self.current.source if self.current else ""
        return failed(number, count, source, name, CELL_FILE.sub("(line", plain(message)), text)


def _is_injected(cell: Any) -> bool:
    """Tell whether papermill put a cell in."""
    return INJECTED in cell["metadata"].get("tags", [])
