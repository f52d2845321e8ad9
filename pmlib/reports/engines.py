"""Two ways for Papermill to run cells: in this process, warm and cheap, or in a kernel, the reference.

`papermill --engine pmlib in.ipynb out.ipynb` uses the first one too.
"""

import ast
import contextlib
import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any, Protocol

from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NBClientEngine, papermill_engines

from pmlib.reports.glyphs import WATCH
from pmlib.reports.modules import LOADED, loaded
from pmlib.reports.shell import Session

UNLIMITED = 10**6  # seconds
silent = logging.getLogger("pmlib.kernel")  # what goes wrong is said once, by us
silent.addHandler(logging.NullHandler())
silent.propagate = False
logging.getLogger("papermill").setLevel(logging.ERROR)  # it guesses at parameters that are checked already


class Watch(Protocol):
    """Is told how a run goes: its cells, when one starts, and which modules were there before and after."""

    def begin(self, cells: list[NotebookNode]) -> None: ...
    def cell(self, cell: NotebookNode) -> None: ...
    def loaded(self, before: set[str], after: dict[str, str]) -> None: ...


class ShellEngine(Engine):
    """Run the cells in a plain IPython shell of this process, which is for one notebook only."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, watch: Watch | None = None, log: Path | None = None, **_: Any
    ) -> None:
        """Run the cells until one fails."""
        if watch:
            watch.begin(nb_man.nb.cells)
        exec(WATCH, {})
        before, session = set(sys.modules), Session(log)
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            if cell.cell_type == "code" and cell.source.strip():
                if watch:
                    watch.cell(cell)
                cell.execution_count, cell.outputs = session.run(cell.source)
            nb_man.cell_complete(cell, cell_index=index)
            if any(output.output_type == "error" for output in cell.get("outputs", [])):
                nb_man.cell_exception(cell, cell_index=index)
                break
        if watch:
            watch.loaded(before, loaded())


class KernelEngine(NBClientEngine):
    """Papermill's own engine: a cold kernel, in this process's environment and folder."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, watch: Watch, log: Path, **_: Any
    ) -> None:
        """Run the cells; the kernel is gone afterwards, whatever happens. Time limits are the caller's."""
        client = Client(
            nb_man,
            kernel_name=kernel_name,
            timeout=None,
            iopub_timeout=UNLIMITED,
            startup_timeout=60,
            shutdown_kernel="immediate",
            coalesce_streams=False,  # its way takes quadratic time; see normalise.merged
            record_timing=False,
            on_cell_start=lambda cell, **_: watch.cell(cell),
            log=silent,
        )
        client.watch = watch
        watch.begin(nb_man.nb.cells)
        with log.open("ab") as said:
            try:
                client.execute(stdout=said, stderr=said, env=dict(os.environ), cwd=os.getcwd())
            finally:
                client.end()


WATCHING = f"exec({WATCH!r}, {{}})"  # apart from the names of the notebook


class Client(PapermillNotebookClient):
    """Papermill's client, which also asks the kernel what it has loaded, and leaves none behind."""

    watch: Watch

    def papermill_execute_cells(self) -> None:
        """Run the cells between two questions."""
        self.wait_for_reply(self.kc.execute(WATCHING, silent=True, store_history=False))
        before = {*self._modules(), *sys.modules}  # so that both engines tell the same
        super().papermill_execute_cells()
        self.watch.loaded(before, self._modules())

    def _modules(self) -> dict[str, str]:
        asked = self.kc.execute("", silent=True, store_history=False, user_expressions={"loaded": LOADED})
        answer = self.wait_for_reply(asked)["content"]["user_expressions"]["loaded"]
        found: dict[str, str] = json.loads(ast.literal_eval(answer["data"]["text/plain"]))
        return found

    def end(self) -> None:
        """Kill the kernel, which leads a process group of its own, and wait for it."""
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


papermill_engines.register("kernel", KernelEngine)
papermill_engines.register("pmlib", ShellEngine)
