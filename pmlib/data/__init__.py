"""The one gate through which numbers enter a report: named tables, declared, read strictly, fingerprinted."""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from pmlib.data.cells import parse, typed
from pmlib.data.declaration import (
    SOURCES,
    DataError,
    declaration,
    described,
    final_names,
    meant,
    shown,
)
from pmlib.data.source import Fingerprint, Source, by_role, fingerprint, source
from pmlib.result import Number
from pmlib.root import root

__all__ = ["DataError", "Fingerprint", "Source", "number", "read", "source"]

PUBLISHED = "reports/published"


def read(name: str) -> Source:
    """Read a table that data/sources.toml declares, and check every declared cell of it.

    Returns
    -------
    Source : rows as in the file, columns named by role.

    Raises
    ------
    DataError : no such table, or the file is not what its declaration says; one line that names file, row,
        column, what was found and what to do.
    """
    home = root()
    table = declaration(home, name)
    remedy = f"put the file in data/, or correct path of [{name}] in {SOURCES}"
    content = _content(home, "", table.path, remedy)
    frame = typed(parse(content, table.path), table)
    final = final_names(table.columns)
    renamed = {column: role for column, role in final.items() if role != column}
    names = {column: rule.unless for column, rule in table.columns.items() if rule.role == "name"}
    frame = by_role(frame, renamed, names)
    columns = {final[column]: described(column, rule) for column, rule in table.columns.items()}
    if "name" in frame:
        columns["name"] = columns["product"] if "product" in columns else columns[next(iter(names))]
    opened = fingerprint(content, frame)
    _record(name, table.path, opened)
    return Source(
        name=name,
        title=table.title,
        frame=frame,
        columns=columns,
        attributes=tuple(column for column, rule in table.columns.items() if rule.role == "attribute"),
        line=table.line,
        licence=table.licence,
        fingerprint=opened,
        note=table.note,
    )


def number(name: str) -> Number:
    """Read a number that another report has published, as in number("market_sizing/som").

    Raises
    ------
    DataError : that report is not published, or has no such number.
    """
    home = root()
    report, _, which = name.rpartition("/")
    if not report:
        raise DataError(f'{shown(name)} names no report; write it as "report/number"')
    path = f"{PUBLISHED}/{report}/numbers.json"
    content = _content(home, PUBLISHED, path, f"publish that report first: pmlib run {report.split('/')[0]}")
    found = {item["name"]: item for item in json.loads(content)["numbers"]}
    if which not in found:
        raise DataError(f"{path} has no number {shown(which)}; {meant(which, found)}")
    _record(name, path, Fingerprint(hashlib.sha256(content).hexdigest(), len(found)))
    return Number(**found[which])


def _content(home: Path, folder: str, path: str, remedy: str) -> bytes:
    file = (home / path).resolve()
    if not file.is_relative_to((home / folder).resolve()):
        raise DataError(f"{path} leads out of {folder or 'the project'}; {remedy}")
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} is not there; {remedy}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); {remedy}") from None


def _record(name: str, path: str, opened: Fingerprint) -> None:
    """Tell the press what this run opened: a later change of it makes the page stale."""
    run = os.environ.get("PMLIB_RUN_DIR")
    if run:
        line = {"name": name, "path": path, **asdict(opened)}
        with Path(run, "inputs.jsonl").open("a", encoding="utf-8") as inputs:
            inputs.write(json.dumps(line, ensure_ascii=False) + "\n")
