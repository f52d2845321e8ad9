"""What a run imported: modules of pmlib, other people's packages, and the project's own source files."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from pmlib.reports.templates import PACKAGE
from pmlib.reports.warm import (
    ANALYSTS,
)  # there or not as other reports need them: only who names them has them

# Evaluated in whichever process runs the cells, before and after them: JSON of each module and its file.
LOADED = (
    "__import__('json').dumps({name: str(getattr(module, '__file__', None) or '')"
    " for name, module in [*__import__('sys').modules.items()]})"
)


def loaded() -> dict[str, str]:
    """List the modules of this process, each with its file."""
    found: dict[str, str] = json.loads(eval(LOADED))  # as a kernel is asked, so that both tell the same
    return found


def imported(root: Path, before: Iterable[str], after: Mapping[str, str]) -> list[str]:
    """List what a run imported.

    Parameters
    ----------
    before : modules that were there before the run.
    after : modules that were there after it, each with its file or "".

    Returns
    -------
    Dotted names of all modules of pmlib; of other packages the name as it is imported; and of source files
    of the project itself the path from the root, which ends in .py.
    """
    known, home = set(before), os.path.realpath(root)
    found = set[str]()
    for name, file in after.items():
        top = name.partition(".")[0]
        if top == "pmlib":
            found.add(name)
        elif name not in known:
            own = _own(file, home) if file else ""
            found |= {own} if own else {top} - sys.stdlib_module_names - {"__main__", *ANALYSTS}
    return sorted(found)


def _own(file: str, home: str) -> str:
    """Give the path from the root of a project's own source file, or nothing."""
    path = os.path.realpath(file)
    elsewhere = (f"{PACKAGE}{os.sep}", f"{sys.prefix}{os.sep}")  # both may stand inside the root
    if not path.startswith(f"{home}{os.sep}") or path.startswith(elsewhere) or not path.endswith(".py"):
        return ""
    return Path(path).relative_to(home).as_posix()
