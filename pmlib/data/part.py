"""The rows of one opened file or query, and the engine that holds them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb


@dataclass(frozen=True)
class Part:
    """The rows of one opened file or query, before any check.

    path : as errors name it.
    names : the header, in NFC and without space around.
    relation : columns c0, c1, … in the order of names, as written (VARCHAR) or of the source's own types.
    locate : where the row of an index (from 0) stands, as in "row 17".
    explain : say (raise) what is wrong with a file that the engine could not read to its end.
    said : what was safely mended.
    header : where the names stand, as in "row 1".
    columnar : whether a column is read alone, so that several passes cost no more than one over all.
    ended : whether the last line has an end; one that has none may have been cut.
    """

    path: str
    names: list[str]
    relation: duckdb.DuckDBPyRelation = field(repr=False)
    locate: Callable[[int], str] = field(repr=False)
    explain: Callable[[], None] = field(default=lambda: None, repr=False)
    said: tuple[str, ...] = ()
    header: str = ""
    ended: bool = True
    columnar: bool = False


@contextmanager
def engine(memory: str = "2GB") -> Iterator[duckdb.DuckDBPyConnection]:
    """Start DuckDB in bounded memory, with a folder to spill into that goes when it does.

    It fetches no extension, sees no variable of Python's by name, and draws no bar of its progress.
    """
    with TemporaryDirectory(prefix="pmlib-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": folder,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
        }
        with duckdb.connect(config=settings) as gate:
            gate.execute("set TimeZone = 'UTC'").fetchall()
            if gate.execute("select current_setting('enable_progress_bar')").fetchall()[0][0]:
                # Not where it is off already: a kernel without ipywidgets refuses to be told so.
                gate.execute("set enable_progress_bar = false").fetchall()
            yield gate


def scratch(gate: duckdb.DuckDBPyConnection) -> Path:
    """Give the folder that lasts as long as the engine does."""
    ((folder,),) = gate.execute("select current_setting('temp_directory')").fetchall()
    return Path(folder)
