"""Look into a file of any format that the gate reads, far enough to tell what it holds."""

import json
import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pmlib.data.declaration import Format
from pmlib.data.formats import format_of
from pmlib.data.formats.plain import KINDS, MARKUP, plain, unpacked
from pmlib.data.propose.dialect import Look, read_text, table
from pmlib.data.words import DataError

FAR = 32_000_000  # bytes of a text file that are looked at
UTF_16 = re.compile(rb"\xff\xfe|\xfe\xff|[^\0]\0[^\0]\0|\0[^\0]\0[^\0]")  # how such a text begins
ROWS = 100_000  # rows of any other


def look(file: Path, path: str) -> Look:
    """Look into a file.

    Raises
    ------
    DataError : it cannot be opened, or holds no table.
    """
    format_of(path)
    kind = path.casefold().removesuffix(".gz").rpartition(".")[2]
    try:
        match kind:
            case "xlsx" | "xlsm" | "xls" | "xlsb" | "ods":
                return _workbook(file, path)
            case "parquet":
                return _parquet(file)
            case "json" | "ndjson" | "jsonl":
                return _records(_head(file, path), path, lines=kind != "json")
            case "sav":
                return _spss(file)
            case _:
                content = _head(file, path)
                _refuse_other_kinds(content, file, path)
                return read_text(content, path)
    except RecursionError:
        raise DataError(f"{path}: objects are nested too deep; export a plain list of rows") from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read ({error}); fetch or export it again") from None


def _head(file: Path, path: str) -> bytes:
    with unpacked(file, path) as content:
        head: bytes = content.read(FAR)
        return head if len(head) < FAR else head[: head.rfind(b"\n") + 1]


def _refuse_other_kinds(content: bytes, file: Path, path: str) -> None:
    """Refuse what is no text table as the gate would: a web page, an archive, nothing at all."""
    start = content[:100].lstrip().lower()
    is_binary = b"\0" in content and not UTF_16.match(content)
    if is_binary or not start.strip(b"\0") or start.startswith(MARKUP) or content.startswith(tuple(KINDS)):
        with TemporaryDirectory() as folder:
            plain(file, path, Format(), Path(folder))


def _workbook(file: Path, path: str) -> Look:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(file))
        names = workbook.sheet_names
        sheets = {name: list(workbook.get_sheet_by_name(name).iter_rows())[:ROWS] for name in names}
    except CalamineError as error:
        raise DataError(f"{path} cannot be opened ({error}); save it again as .xlsx") from None
    sizes = {name: sum(cell != "" for row in rows for cell in row) for name, rows in sheets.items()}
    filled = [name for name in names if sizes[name]]
    if not filled:
        raise DataError(f"{path}: every sheet is empty; export the table again")
    chosen = max(filled, key=lambda name: sizes[name])
    rows = [(i, i + 1, [_text(cell) for cell in row]) for i, row in enumerate(sheets[chosen])]
    rows = [row for row in rows if any(row[-1])]
    found = table(rows, path, rows[-1][1])
    sheet = {"sheet": chosen} if len(filled) > 1 else {}
    return Look(found.names, found.columns, sheet | found.format, is_text=False)


def _parquet(file: Path) -> Look:
    import duckdb

    try:
        with duckdb.connect() as gate:
            rows = gate.read_parquet(str(file)).limit(ROWS)
            return _look(rows.columns, rows.fetchall())
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise DataError(f"{file.name} is not Parquet ({said}); fetch it again") from None


def _records(content: bytes, path: str, *, lines: bool) -> Look:
    text = content.decode("utf-8-sig", "replace")
    try:
        if lines:
            found, where = [json.loads(line) for line in text.splitlines()[:ROWS] if line.strip()], ""
        else:
            found, where = _rows_of(json.loads(text))
    except ValueError as error:
        raise DataError(f"{path} is not JSON ({error}); export it again") from None
    rows = [row for row in found[:ROWS] if isinstance(row, dict)]
    if not rows:
        raise DataError(f"{path} holds no list of rows; export the table again")
    names = list(dict.fromkeys(name for row in rows for name in row))
    flat = [n for n in names if not any(isinstance(row.get(n), dict | list) for row in rows)]
    seen = _look(flat, [[row.get(name) for name in flat] for row in rows])
    return Look(seen.names, seen.columns, {"records": where} if where else {}, is_text=False)


def _rows_of(content: Any, where: str = "") -> tuple[list[Any], str]:
    """Find the longest list of objects, and say where it stands: data.items."""
    if isinstance(content, list):
        return content, where
    found = [_rows_of(value, f"{where}.{name}".lstrip(".")) for name, value in _nested(content)]
    return max(found, key=lambda one: len(one[0]), default=([], ""))


def _nested(content: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(content, dict):
        yield from ((name, value) for name, value in content.items() if isinstance(value, dict | list))


def _spss(file: Path) -> Look:
    try:
        import pyreadstat
    except ImportError:
        raise DataError('reading SPSS files needs an extra: pip install "pmlib[spss]"') from None
    frame, about = pyreadstat.read_sav(str(file), apply_value_formats=True, row_limit=ROWS)
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    labels = tuple((name, label) for name, label in about.column_names_to_labels.items() if label)
    seen = _look(list(frame), rows)
    return Look(seen.names, seen.columns, {}, is_text=False, labels=labels)


def _look(names: list[str], rows: list[Any]) -> Look:
    if not rows:
        raise DataError("there are columns but no row; export the table again")
    return Look(list(names), [[_text(row[i]) for row in rows] for i in range(len(names))], {}, is_text=False)


def _text(value: Any) -> str:
    """Write a typed cell as text."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())
