"""Any edition in any form: the files that it holds, and those that are made of it on demand."""

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from pmlib.reports.disk import read
from pmlib.reports.editions import Edition
from pmlib.reports.exports.tools import FIGURES, PLACES, lacking
from pmlib.reports.seal import sha256

FORMS = ("pptx", "png", "pdf", "xlsx", "csv")
PAGE, WORKBOOK, NOTEBOOK = "index.html", "tables.xlsx", "notebook.ipynb"


def taken(edition: Edition, report: str, forms: Sequence[str]) -> Iterator[tuple[str, bytes | ValueError]]:
    """Give an edition's files in these forms: the name of each, and its bytes or why there are none.

    Parameters
    ----------
    report : what the report is called, as in "sizing/europe".
    """
    begin = f"{report.replace('/', '-')}-{edition.number:04d}"
    for form in forms:
        try:
            for end, data in _FORMS[form](edition):
                yield f"{begin}{end}", data
        except ValueError as error:
            yield f"{begin}.{form}", error


def _slides(edition: Edition) -> Iterator[tuple[str, bytes]]:
    path, _ = PLACES["pptx"]
    if path not in edition.files:
        from pmlib.reports.exports.slides import slides

        if lack := lacking("pptx"):
            raise ValueError(lack)
        _held(edition, NOTEBOOK)
        yield ".pptx", slides(edition)
    else:
        yield ".pptx", _held(edition, path)


def _print(edition: Edition) -> Iterator[tuple[str, bytes]]:
    path, _ = PLACES["pdf"]
    if path not in edition.files:
        from pmlib.reports.exports.pdf import printed

        yield ".pdf", printed(_held(edition, PAGE))
    else:
        yield ".pdf", _held(edition, path)


def _pictures(edition: Edition) -> Iterator[tuple[str, bytes | ValueError]]:
    from pmlib.reports.exports.pictures import pictures

    held = [path for path in edition.files if path.startswith(f"{FIGURES}/")]
    yield from ((f"-{PurePosixPath(path).name}", _held(edition, path)) for path in held)
    known = {PurePosixPath(path).stem for path in held}
    drawn, failed = pictures(json.loads(_held(edition, NOTEBOOK)), known)
    yield from ((f"-{name}.png", data) for name, data in drawn.items())
    yield from ((f"-{name}.png", error) for name, error in failed.items())


def _workbook(edition: Edition) -> Iterator[tuple[str, bytes]]:
    yield ".xlsx", _held(edition, WORKBOOK)


def _tables(edition: Edition) -> Iterator[tuple[str, bytes]]:
    for path in edition.files:
        if path.startswith("tables/"):
            yield f"-{PurePosixPath(path).name}", _held(edition, path)


def _held(edition: Edition, path: str) -> bytes:
    """Read a file of an edition, which must be what was published."""
    place = edition.folder / path
    data = read(place) if place.is_file() else b""
    if sha256(data) != edition.files.get(path):
        raise ValueError(f"{path} of {edition.folder.name} is not what was published; see `pmlib verify`")
    return data


_FORMS = {"pptx": _slides, "png": _pictures, "pdf": _print, "xlsx": _workbook, "csv": _tables}
