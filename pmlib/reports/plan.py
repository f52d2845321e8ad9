"""What is to be run: the catalog's reports as jobs, every parameter checked before the first one starts."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pmlib.reports.parameters import Parameter, check_parameters, declared, parse, source
from pmlib.reports.typed import did_you_mean, shown

CATALOG, SOURCES = Path("reports", "catalog.toml"), Path("data", "sources.toml")
PUBLISHED = Path("reports", "published")
NAME = re.compile(r"[a-z0-9_]{1,80}")  # names become folders: lower case only, so that none collide


class PlanError(ValueError):
    """The run cannot start; one line for each reason."""


class Entry(BaseModel):
    """One report as the catalog declares it.

    notebook : its name in notebooks/, without .ipynb.
    time_limit : seconds that one cell may take.
    editions : how many are kept.
    product, zip : parameter → its values: every combination is a report; rows side by side are.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    notebook: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    title: str = ""
    audience: str = ""
    time_limit: Annotated[int, Field(gt=0)] = 300
    editions: Annotated[int, Field(ge=2)] = 20
    parameters: dict[str, Any] = {}
    product: dict[str, list[Any]] = {}
    zip: dict[str, list[Any]] = {}


@dataclass(frozen=True)
class Job:
    """One notebook to run with one set of checked parameters.

    document : the notebook as read, as JSON.
    given : parameters that differ from the notebook's defaults by catalog or command line.
    overrides : those of `given` that came from the command line; a job that has any is a draft.
    home : folder under which its editions and the readers' copy stand.
    """

    report: str
    entry: Entry
    document: dict[str, Any]
    declared: dict[str, Parameter]
    given: dict[str, Any]
    overrides: dict[str, str]
    home: Path

    @property
    def draft(self) -> bool:
        """Tell whether parameters were given for this run only."""
        return bool(self.overrides)

    @property
    def parameters(self) -> dict[str, Any]:
        """All parameters, as the notebook will see them."""
        return {name: p.default for name, p in self.declared.items()} | self.given

    @property
    def title(self) -> str:
        """Title of the page: the catalog's, a parameter's, the notebook's first heading, or the name."""
        headings = (re.search(r"^# +(.+)$", source(c), re.M) for c in self._markdown())
        heading = next((m[1].strip() for m in headings if m), self.report)
        return self.entry.title or str(self.parameters.get("title") or heading)

    def _markdown(self) -> list[dict[str, Any]]:
        return [c for c in self.document["cells"] if c["cell_type"] == "markdown"]


def catalog(root: Path) -> dict[str, Entry]:
    """Read reports/catalog.toml.

    Raises
    ------
    PlanError : it cannot be read, or a table in it is not as Entry describes; one line each.
    """
    entries, wrong = dict[str, Entry](), list[str]()
    for name, table in _toml(root / CATALOG, CATALOG).items():
        where = f"{CATALOG.as_posix()}, [{name}]"
        if not NAME.fullmatch(name):
            wrong.append(f"{where}: a report is named by at most 80 of a-z, 0-9 and _")
            continue
        try:
            entries[name] = Entry.model_validate(table)
        except ValidationError as error:
            # A misspelt key is missing under its right name too: say it once.
            unknown = [e for e in error.errors() if e["type"] == "extra_forbidden"]
            wrong += [f"{where}: {_said(e)}" for e in unknown or error.errors()]
    if wrong:
        raise PlanError("\n".join(wrong))
    return entries


def select(entries: Mapping[str, Entry], names: Sequence[str]) -> list[str]:
    """Choose reports by name or glob, in the catalog's order; all of them when none is named."""
    chosen = set[str]()
    for name in names:
        found = [n for n in entries if fnmatchcase(n, name)]
        if not found:
            raise PlanError(f"no report is called {shown(name)}{did_you_mean(name, entries)}")
        chosen.update(found)
    return [name for name in entries if name in chosen or not names]


def jobs(root: Path, names: Sequence[str] = (), overrides: Mapping[str, str] | None = None) -> list[Job]:
    """Make a checked job of each chosen report, or of none.

    Raises
    ------
    PlanError : one line for each thing wrong in any of them, naming report and parameter.
    """
    made, wrong = attempt(root, names, overrides)
    if wrong:
        raise PlanError("\n".join(f"{name}: {line}" for name, lines in wrong.items() for line in lines))
    return made


def attempt(
    root: Path, names: Sequence[str] = (), overrides: Mapping[str, str] | None = None
) -> tuple[list[Job], dict[str, list[str]]]:
    """Make a checked job of each chosen report that can be run.

    Parameters
    ----------
    overrides : parameters from the command line, as typed there; they make drafts.

    Returns
    -------
    The jobs, and what is wrong with each of the other reports.
    """
    entries = catalog(root)
    tables = sorted(_toml(root / SOURCES, SOURCES)) if (root / SOURCES).is_file() else []
    made, wrong = list[Job](), dict[str, list[str]]()
    for name in select(entries, names):
        try:
            made.append(_job(root, name, entries[name], overrides or {}, tables))
        except ValueError as error:
            wrong[name] = str(error).splitlines()
    return made, wrong


def unplanned(root: Path, name: str, title: str) -> Job:
    """Stand in for the job of a report that cannot be planned, so that its failure can be told."""
    entry = catalog(root)[name].model_copy(update={"title": title})
    return Job(name, entry, {"cells": []}, {}, {}, {}, root / PUBLISHED / name)


def _job(root: Path, name: str, entry: Entry, overrides: Mapping[str, str], tables: Iterable[str]) -> Job:
    document = read_notebook(root, entry.notebook)
    known = declared(document["cells"], f"notebooks/{entry.notebook}.ipynb")
    given, unread = dict(entry.parameters), dict[str, str]()
    for key, text in overrides.items():
        try:
            given[key] = parse(known[key], text) if key in known else text
        except ValueError as error:
            unread[key] = f"parameter {key} {error}"
    readable = {key: parameter for key, parameter in known.items() if key not in unread}
    given = {key: value for key, value in given.items() if key not in unread}
    values, wrong = check_parameters(readable, given, list(tables))
    if unread or wrong:
        raise PlanError("\n".join([*unread.values(), *wrong]))
    home = root / PUBLISHED / name
    if overrides:
        home = home / "drafts" / slug({key: values[key] for key in overrides})
    return Job(name, entry, document, known, values, dict(overrides), home)


def read_notebook(root: Path, name: str) -> dict[str, Any]:
    """Read a notebook as JSON.

    Raises
    ------
    ValueError : there is none, or it is no notebook of format 4.
    """
    path = root / "notebooks" / f"{name}.ipynb"
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        there = sorted(p.stem for p in path.parent.glob("*.ipynb"))
        raise ValueError(f"there is no notebooks/{path.name}{did_you_mean(name, there)}") from None
    except ValueError as error:
        raise ValueError(f"notebooks/{path.name} is no notebook: {error}") from None
    except OSError as error:
        raise ValueError(f"notebooks/{path.name} cannot be read: {error.strerror}") from None
    if not isinstance(document, dict) or document.get("nbformat") != 4 or "cells" not in document:
        raise ValueError(f"notebooks/{path.name} is no notebook of format 4; save it again from JupyterLab")
    if not isinstance(document["cells"], list) or not isinstance(document.get("metadata", {}), dict):
        raise ValueError(f"notebooks/{path.name} is no notebook: its cells or its metadata are damaged")
    for number, cell in enumerate(document["cells"], start=1):
        if not _is_cell(cell):
            raise ValueError(f"notebooks/{path.name} is no notebook: its cell {number} is damaged")
    return document


def _is_cell(cell: Any) -> bool:
    """Tell whether a cell has its type, a source of text or lines, and metadata."""
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return False
    text, metadata = cell.get("source"), cell.get("metadata")
    is_text = isinstance(text, str) or (isinstance(text, list) and all(isinstance(t, str) for t in text))
    return is_text and isinstance(metadata, dict) and isinstance(metadata.get("tags", []), list)


def slug(values: Mapping[str, Any]) -> str:
    """Name a draft's folder after its parameters: readable, legal everywhere, one for each set of values."""
    said = "-".join(f"{name}-{value}" for name, value in values.items()).lower()
    words = re.sub(r"[^a-z0-9]+", "-", said).strip("-")[:50].strip("-")
    return f"{words}-{hashlib.sha256(canonical(values).encode()).hexdigest()[:8]}"


def canonical(value: Any) -> str:
    """Write JSON in the one way that equal values share."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _toml(path: Path, shown_as: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise PlanError(
            f"there is no {shown_as.as_posix()} here; make a project with `pmlib init DIR`"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanError(f"{shown_as.as_posix()} cannot be read: {error}") from None


def _said(error: Any) -> str:
    place = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        return f"unknown key {place}{did_you_mean(place, Entry.model_fields)}"
    if error["type"] == "missing":
        return f"{place} is missing"
    if not place:
        return 'a report is a table, as in [us_car_market] with notebook = "competitive_analysis" in it'
    return f"{place} is {shown(error['input'])}: {error['msg'][0].lower()}{error['msg'][1:]}"
