"""Where the project is: every path starts at its root, whatever folder a kernel or a shell is in."""

import os
from pathlib import Path

MARK = Path("reports", "catalog.toml")  # a folder that holds it is a root


def root() -> Path:
    """Find the project root: what PMLIB_ROOT names, else the nearest folder upwards that holds the catalog.

    Raises
    ------
    ValueError : there is none; says how to make or name one.
    """
    named = os.environ.get("PMLIB_ROOT")
    if named:
        folder = Path(named).expanduser().resolve()
        if not folder.is_dir():
            raise ValueError(f"PMLIB_ROOT names {named}, which is not a folder; correct it or unset it")
        return folder
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / MARK).is_file():
            return folder
    raise ValueError(
        f"no project here: neither {here} nor a folder above it holds {MARK.as_posix()}; "
        "make one with `pmlib init DIR`, or name one with --root DIR"
    )
