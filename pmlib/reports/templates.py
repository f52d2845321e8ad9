"""Where templates and shipped notebooks are: a root's own first, then this repository's or the wheel's."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def template_folders(root: Path | None = None) -> list[Path]:
    """List the folders that hold templates, the first to look in first."""
    return _present([root / "templates"] if root else [], "templates")


def template(name: str, root: Path | None = None) -> Path:
    """Find a template, such as notebook/report.ipynb or root.

    Raises
    ------
    ValueError : there is none of this name; says where it was looked for.
    """
    return _find(name, template_folders(root))


def shipped_notebook(name: str) -> Path:
    """Find a notebook that comes with pmlib."""
    return _find(f"{name}.ipynb", _present([], "notebooks"))


def _present(own: list[Path], kind: str) -> list[Path]:
    # A wheel carries its own copy; a folder of this name beside an installed package is somebody else's.
    carried = PACKAGE / f"_{kind}"
    return [
        folder for folder in (*own, carried if carried.is_dir() else PACKAGE.parent / kind) if folder.is_dir()
    ]


def _find(name: str, folders: list[Path]) -> Path:
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    looked = ", ".join(map(str, folders)) or "no folder at all"
    raise ValueError(f"no {name} among the templates; looked in {looked}; is pmlib installed whole?")
