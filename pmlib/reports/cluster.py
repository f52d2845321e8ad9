"""Reports on a Dask cluster that is there already: its workers make the files, this process publishes them.

Workers see the same root as this process, under the same path, and have the same pmlib and packages.
"""

import shutil
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pmlib.reports import packages
from pmlib.reports.failure import ExecutionFailed, Failure
from pmlib.reports.render import Work
from pmlib.reports.supervise import LOOK, Rendered, Server, Stopped, render
from pmlib.reports.templates import PACKAGE

PATIENCE = 30  # seconds that a scheduler, and then its first worker, may take to answer
_server = Server()  # of a worker: starts with its first report, and ends with it


class Cluster:
    """A cluster whose scheduler answers at an address such as tcp://host:8786."""

    def __init__(self, address: str, root: Path) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ValueError(
                "--dask needs a package that is not installed: pip install 'pmlib[dask]'"
            ) from None
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, TimeoutError, ValueError) as error:
            raise ValueError(f"no Dask cluster with a worker answers at {address}: {error}") from None
        self._executor, self._here = self._client.get_executor(pure=False), fingerprint(root)

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: Any) -> None:
        self._client.close()

    @property
    def workers(self) -> int:
        """How many reports the cluster makes at a time."""
        return max(1, sum(self._client.nthreads().values()))

    def render(self, work: Work, _: Any = None, stop: threading.Event | None = None) -> Rendered:
        """Have a worker make a report's files; if it is killed, another one does."""
        future: Future[Rendered] = self._executor.submit(on_worker, work, self._here)
        while True:
            try:
                return future.result(timeout=LOOK)
            except NotYet:
                if stop and stop.is_set():
                    future.cancel()
                    raise Stopped from None


def on_worker(work: Work, expected: Mapping[str, str]) -> Rendered:
    """Make a report's files, in a folder of this attempt only."""
    own = fingerprint(work.root)
    if other := [name for name, digest in expected.items() if own[name] != digest]:
        said = f"a worker has another {' and '.join(other)} than this machine; make them the same"
        raise ExecutionFailed(Failure(0, 0, "", "the cluster differs", said))
    folder = Path(tempfile.mkdtemp(prefix=f"{work.run_dir.name}.", dir=work.run_dir.parent))
    try:
        return render(_server, replace(work, run_dir=folder))
    except ExecutionFailed:
        if (opened := folder / "inputs.jsonl").is_file():  # its failure page lists them
            shutil.copy(opened, work.run_dir)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fingerprint(root: Path) -> dict[str, str]:
    """Say what two machines must have in common to make the same pages, each as a hash."""
    code = ((path.relative_to(PACKAGE).as_posix(), path) for path in sorted(PACKAGE.rglob("*.py")))
    declared = [root / "data" / "sources.toml", root / "reports" / "catalog.toml"]
    return {
        "Python": packages.python(),
        "pmlib": _hash(*(f"{name} {_hash(path.read_bytes())}" for name, path in code)),
        "set of packages": _hash(*(f"{name} {version}" for name, version in packages.installed().items())),
        "project": _hash(str(root), *(_hash(path.read_bytes()) for path in declared if path.is_file())),
    }


def _hash(*parts: str | bytes) -> str:
    return sha256(b"\n".join(part.encode() if isinstance(part, str) else part for part in parts)).hexdigest()
