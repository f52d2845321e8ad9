"""Read a declared table: open it, type and check it, compare it with the last good read, name it by roles."""

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from pmlib.data import database, last, place, query
from pmlib.data.amounts import check_amounts
from pmlib.data.checked import Checked, Typed, compared
from pmlib.data.database import Database
from pmlib.data.declaration import Table, declarations
from pmlib.data.doubts import check_table
from pmlib.data.facts import Facts, facts
from pmlib.data.formats import open_file
from pmlib.data.keep import LEFT_OUT, kept
from pmlib.data.moments import MOMENTS, arms, measured, moments
from pmlib.data.part import Part, engine
from pmlib.data.roles import LISTED_ROLES
from pmlib.data.rule import Rule, described, final_names
from pmlib.data.source import Fingerprint, Source, by_role
from pmlib.data.totals import totals
from pmlib.data.words import DataError, meant, shown
from pmlib.sql import Name, sql
from pmlib.stats.moments import GroupMoments
from pmlib.table import Column

LARGE = 2_000_000  # rows, above which series are not searched for jumps
ROWS = {"rows": Column("Rows", digits=0)}  # what a count of rows is called


@dataclass(frozen=True, eq=False)
class Rows:
    """What a read gives, in the names of the declaration, and the moments that were asked for."""

    frame: pd.DataFrame
    moments: GroupMoments | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked of a table, in the names of its declaration; it may be asked by role too."""

    name: str
    table: Table
    where: Mapping[str, Any]
    by: Sequence[str]
    take: Mapping[str, str] | str

    def declared(self, column: str) -> str:
        """Find the declared column that is asked for."""
        final = final_names(self.table.columns)
        names = {role: name for name, role in final.items()} | {name: name for name in final}
        if column not in names:
            raise DataError(f"{self.name} has no column {shown(column)}; {meant(column, final.values())}")
        return names[column]

    def columns(self) -> list[str]:
        """List the declared columns that are needed."""
        grouped = [name.partition(":")[0] for name in self.groups()]
        return [*grouped, *self.conditions(), *(name for name in self.amounts() if name not in ROWS)]

    def added(self, typed: Typed) -> tuple[Rows, Facts | None]:
        """Group the rows and add them up, and check them where they have not been."""
        if self.take != MOMENTS:
            found, now = totals(typed, self.groups(), self.amounts(), self.conditions())
            return Rows(found.to_pandas()), now
        now = None
        if isinstance(typed, Checked) and typed.checks:
            _, now = totals(typed, [], {"rows": "count"}, {})
            typed = replace(typed, checks=False, written=frozenset((now or Facts(0)).written))
        return Rows(*moments(typed, self.groups(), list(self.amounts()), self.conditions())), now

    def conditions(self) -> dict[str, Any]:
        """Give `where` by declared columns."""
        return {self.declared(column): wanted for column, wanted in self.where.items()}

    def groups(self) -> list[str]:
        """Give `by` as declared columns, each with its grain."""
        if self.take == MOMENTS and not self.by:
            return arms(self.name, self.table)
        parts = [text.partition(":") for text in self.by]
        return [self.declared(column) + colon + grain for column, colon, grain in parts]

    def amounts(self) -> dict[str, str]:
        """Give `take` by declared columns."""
        if isinstance(self.take, str):
            return dict.fromkeys(measured(self.name, self.table), MOMENTS)
        return {c if c in ROWS else self.declared(c): how for c, how in self.take.items()}


def read(home: Path, asked: Asked) -> Source:
    """Read what is asked of a table, and check all of it that has not passed before."""
    name, table = asked.name, asked.table
    rules, before, place_ = last.rules(declarations(home)[name]), last.last(home, name), last.place(table)
    with engine() as gate, _opened(home, asked) as opened:
        parts = _fetched(gate, opened)
        of_rows = opened.sha256(gate) if isinstance(opened, Database) else ""
        # What has to be checked in any case does not wait for the hash of its files.
        may_pass = before is not None and before.rules == rules
        passed = may_pass and before.sha256 == (of_rows or _of_files(opened))  # type: ignore[union-attr]
        if passed and asked.take and isinstance(opened, Database) and opened.pushes(asked.columns()):
            found, now = asked.added(opened)
        else:
            parts = parts or _parts(gate, home, asked, opened)
            written = frozenset(before.facts.written) if before and passed else frozenset[str]()
            found, now = _rows(Checked(gate, table, parts, today(), not passed, written), asked)
        sha256 = of_rows or _of_files(opened)
        if now is not None:
            if before is not None and before.settled and not table.guesses and before.sha256 != sha256:
                if before.place == place_:
                    last.compare(name, table, parts[0].path, before.facts, now)
                else:
                    moved = f"not compared with the last good read, which was of {before.place}"
                    now = replace(now, said=[*now.said, moved])
            last.remember(home, name, last.Read(place_, sha256, rules, now, not table.guesses))
        known = now or before.facts  # type: ignore[union-attr]  # what was not checked has passed before
    said = dict.fromkeys([one for part in parts for one in part.said] + known.said)
    return _source(asked, found, Fingerprint(sha256, known.rows, known.newest), tuple(said))


def _of_files(opened: Database | place.Opened) -> str:
    assert isinstance(opened, place.Opened)
    return opened.sha256


def _opened(home: Path, asked: Asked) -> AbstractContextManager[Database | place.Opened]:
    return (database if asked.table.database else place).opened(home, asked.name, asked.table)


def _fetched(gate: duckdb.DuckDBPyConnection, opened: Database | place.Opened) -> list[Part]:
    """Bring rows whose hash is only known once they are here."""
    is_here = isinstance(opened, Database) and not (opened.types or opened.version)
    return [opened.part(gate)] if is_here else []  # type: ignore[union-attr]


def _parts(
    gate: duckdb.DuckDBPyConnection, home: Path, asked: Asked, opened: Database | place.Opened
) -> list[Part]:
    if isinstance(opened, Database):
        return [opened.part(gate)]
    if asked.table.files:
        return [query.open_(gate, home, asked.name, asked.table)]
    parts = [part for file, path in opened.files for part in open_file(gate, file, path, asked.table)]
    return kept(parts, asked.table)


def today() -> date:
    """The day by which a date is in the future, and data are late: PMLIB_AS_OF, or else today."""
    given = os.environ.get("PMLIB_AS_OF")
    try:
        return date.fromisoformat(given) if given else date.today()
    except ValueError:
        raise DataError(f"PMLIB_AS_OF is {shown(given)}; write a day such as 2026-03-31") from None


def _rows(checked: Checked, asked: Asked) -> tuple[Rows, Facts | None]:
    conditions = asked.conditions()
    if asked.take:
        added, now = asked.added(checked)
        _check_facts(checked, now)
        return added, now
    if conditions:
        _, now = totals(checked, [], {"rows": "count"}, {}) if checked.checks else (None, None)
        _check_facts(checked, now)
        return Rows(_typed(checked.rows(compared(checked, conditions)), checked.table)), now
    found = checked.rows()
    frame = _typed(found, checked.table)
    if not checked.checks:
        return Rows(frame), None
    loaded = Name("loaded")
    checked.gate.register(loaded, found)
    now = replace(facts(checked, sql("{}", loaded)), said=checked.mended())
    check_table(checked, sql("{}", loaded), now)
    if len(frame) <= LARGE:
        check_amounts(checked, frame)
    return Rows(frame), now


def _check_facts(checked: Checked, now: Facts | None) -> None:
    """Doubt what was not read whole as what is: later reads will not, of bytes that have passed."""
    if now:
        check_table(checked, checked.relation, now)
        if now.rows <= LARGE:
            check_amounts(checked, _typed(checked.rows(sql("true")), checked.table))


def _typed(found: pa.Table, table: Table) -> pd.DataFrame:
    frame = found.rename_columns(list(table.columns)).to_pandas()
    return frame.assign(**{name: _column(frame[name], rule) for name, rule in table.columns.items()})


def _column(values: pd.Series, rule: Rule) -> pd.Series:
    if rule.type == "category":
        labels = rule.allowed or values.dropna().unique()
        return values.astype(pd.CategoricalDtype(labels, ordered=bool(rule.allowed)))
    if rule.nullable and values.dtype.kind == "i":
        return values.astype(float)  # whether or not this file has a blank
    return values


def _source(asked: Asked, found: Rows, opened: Fingerprint, said: tuple[str, ...]) -> Source:
    table, frame = asked.table, found.frame
    final = {**final_names(table.columns), **{name: name for name in ROWS}}
    names = {column: rule.unless for column, rule in table.columns.items() if rule.role == "name"}
    named = {column for pair in names.items() for column in pair if column} <= set(frame)
    renamed = {column: final[column] for column in frame if final[column] != column}
    shared = {
        role: tuple(c for c, rule in table.columns.items() if rule.role == role and c in frame)
        for role in LISTED_ROLES
        if role
    }
    frame = by_role(frame, renamed, names if named else None)
    columns = {final[column]: described(column, rule) for column, rule in table.columns.items()}
    columns = {column: label for column, label in {**columns, **ROWS}.items() if column in frame}
    if "name" in frame:
        columns["name"] = columns["product"] if "product" in columns else columns[next(iter(names))]
    return Source(
        name=asked.name,
        title=table.title,
        frame=frame,
        columns=columns,
        **{f"{role}s": columns for role, columns in shared.items()},
        line=table.line,
        licence=table.licence,
        fingerprint=opened,
        note=" ".join(filter(None, [table.note, *(f"{one}." for one in said if LEFT_OUT in one)])),
        said=said,
        partial=any(rule.of == "market" for rule in table.columns.values()),
        guesses=tuple(table.guesses),
        renamed=renamed,
        moments=found.moments,
    )
