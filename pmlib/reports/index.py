"""The lists of reports on disk: written anew from what stands there, or compared with what should be."""

from pathlib import Path

from pmlib.reports.disk import lock, make_folder, refuse_link, sweep, write
from pmlib.reports.plan import PUBLISHED
from pmlib.reports.portal.pages import pages


def write_index(root: Path) -> None:
    """Write reports/published/index.html and the list of each matrix anew from what stands on disk."""
    make_folder(root / PUBLISHED, root)
    with lock(root / ".pmlib" / "locks" / "index.html", root):
        for path, page in pages(root).items():
            make_folder(path.parent, root)
            refuse_link(path, root)
            sweep(path.parent)
            if not path.is_file() or path.read_bytes() != page:
                write(path, page)


def differing(root: Path) -> list[str]:
    """Name the lists that are not as they would be written now."""
    found = pages(root) if (root / PUBLISHED).is_dir() else {}
    return [
        path.relative_to(root / PUBLISHED).as_posix()
        for path, page in found.items()
        if not path.is_file() or path.is_symlink() or path.read_bytes() != page
    ]
