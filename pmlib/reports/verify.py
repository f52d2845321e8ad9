"""Whether what is published is, byte by byte, what was published."""

from collections.abc import Container, Iterator
from pathlib import Path

from pmlib.reports.disk import MARK, read
from pmlib.reports.editions import Edition, failure, folders
from pmlib.reports.publish import BESIDE, FAILED, PAGE, banner, for_readers, worn
from pmlib.reports.seal import RUN, SEAL, holds, sha256, unsealed


def findings(home: Path) -> Iterator[str]:
    """Say of a report's editions and of the readers' copy what changed, is missing or was added.

    The caller holds the report's lock, so that nothing is half-way.
    """
    known = folders(home)
    for path in (home / "editions").iterdir():
        if path not in known:
            yield _added(path, home)
    for folder in known:
        yield from _of_edition(folder, home)
    yield from _of_readers(home)


def _of_edition(folder: Path, home: Path) -> Iterator[str]:
    one = _sealed(folder)
    if one is None:
        yield f"{_shown(folder / RUN, home)} changed, or {SEAL} did; nothing is known of what is beside it"
        return
    for path, digest in one.files.items():
        yield from _of_file(folder / path, {digest}, home)
    yield from _strangers(folder.rglob("*"), {folder / path for path in (*one.files, RUN, SEAL)}, home)


def _sealed(folder: Path) -> Edition | None:
    # Not editions.edition(), for which one that lacks a file is none: here that file is what is to be named.
    record = unsealed(folder)
    return Edition(folder, record) if record else None


def _of_readers(home: Path) -> Iterator[str]:
    last = next((one for folder in reversed(folders(home)) if (one := _sealed(folder))), None)
    wanted = for_readers(last) if last else {}
    failed = failure(home)
    for path, source in wanted.items():
        right = {source.files[path]}
        if path == PAGE and last and holds(page := last.folder / path, last.files[path]):
            right = {sha256(worn(read(page), last))}
            if failed:
                mark = banner(failed["when"], failed.get("since", failed["when"]), last)
                right.add(sha256(worn(read(page), last, mark)))
        yield from _of_file(home / path, right, home)
    inside = [*home.glob("*"), *(path for folder in BESIDE for path in (home / folder).rglob("*"))]
    yield from _strangers(inside, {home / path for path in (*wanted, *FAILED)}, home)


def _of_file(path: Path, right: set[str], home: Path) -> Iterator[str]:
    if path.is_symlink():
        return  # is named among the strangers
    if not path.is_file():
        yield f"{_shown(path, home)} is missing"
    elif sha256(read(path)) not in right:
        yield f"{_shown(path, home)} changed since it was published"


def _strangers(inside: list[Path] | Iterator[Path], known: Container[Path], home: Path) -> Iterator[str]:
    for path in sorted(inside):
        if path.is_symlink():
            yield f"{_shown(path, home)} is a symbolic link"
        elif path.name.startswith(MARK) or (path.is_file() and path not in known):
            yield _added(path, home)


def _added(path: Path, home: Path) -> str:
    if path.name.startswith(MARK):
        return f"{_shown(path, home)} is what a run that was cut off left; the next one removes it"
    return f"{_shown(path, home)} was added"


def _shown(path: Path, home: Path) -> str:
    text = path.relative_to(home).as_posix()
    return text if text.isprintable() else repr(text)
