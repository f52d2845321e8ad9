"""What `pmlib sources` prints: every table with its rows, age and state, and one of them in full."""

import calendar
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pmlib.reports.plan import SOURCES

if TYPE_CHECKING:
    from pmlib.data import Source
    from pmlib.data.declaration import Table

HEAD, WIDE = 5, 28  # rows that are shown of a table, and characters of a cell
LINE = 110


def listing(root: Path) -> tuple[list[str], list[str]]:
    """List the tables, and say what is wrong with those that are refused, one line each."""
    from pmlib import data
    from pmlib.data.declaration import declaration, declarations

    rows = [("name", "rows", "newest", "freshness", "status", "where")]
    refused = []
    for name in declarations(root):
        where = ""
        try:
            table = declaration(root, name)
            where = table.place
            source = data.read(name)
        except (ValueError, OSError) as error:
            rows.append((name, "–", "–", "–", "refused", where))
            refused += [f"{name}: {printable(line)}" for line in (str(error), *getattr(error, "others", ()))]
            continue
        opened = source.fingerprint
        status = f"{count(table.guesses, 'guess')} open" if table.guesses else "ok"
        rows.append(
            (name, f"{opened.rows:,}", opened.newest or "–", freshness(opened.newest, table), status, where)
        )
    if len(rows) == 1:
        return [f"{SOURCES.as_posix()} declares no table yet; add one: pmlib sources add FILE"], []
    return aligned(rows, right=(1,), width=60), refused


def facts(root: Path, name: str) -> list[str]:
    """Describe one table: what it declares, what each column holds, its first rows."""
    from pmlib import data
    from pmlib.data.declaration import declaration

    table = declaration(root, name)
    source = data.read(name)
    opened = source.fingerprint
    newest = f", newest {opened.newest}" if opened.newest else ""
    age = f", {freshness(opened.newest, table)}" if table.max_age else ""
    about = [
        ("origin", table.origin),
        ("licence", table.licence),
        ("where", table.place),
        ("rows", f"{opened.rows:,}{newest}{age}"),
        ("key", ", ".join(table.unique) or "none: rows may repeat"),
        ("added up", added_up(table)),
        ("note", table.note),
        ("in reading", "; ".join(source.said)),
    ]
    if table.guesses:
        remedy = f"confirm each, then delete it in {SOURCES.as_posix()}"
        about.append(("guesses", f"{len(table.guesses)} open; {remedy}"))
    lines = [f"[{name}] {printable(table.title)}", ""]
    lines += aligned([row for row in about if row[1]], width=10_000)
    return [*lines, "", *_columns(source, table), "", *_first_rows(source)]


def added_up(table: "Table") -> str:
    """Say over which columns of the key a product's amounts are added up, as they have no role."""
    roles = {rule.role for rule in table.columns.values()}
    columns = [name for name in table.unique if not table.columns[name].role]
    return ", ".join(columns) if roles & {"units", "revenue", "share"} else ""


def accepted(root: Path, name: str) -> list[str]:
    """Keep what a table holds now as the state that later reads are compared with."""
    from pmlib import data
    from pmlib.data import last

    before = last.last(root, name)
    last.forget(root, name)
    try:
        data.read(name)
    except ValueError:
        if before:
            last.remember(root, name, before)
        raise
    return [f"{name}: what it holds now is what later reads are compared with"]


def freshness(newest: str, table: "Table") -> str:
    """Say whether the newest period is as new as declared; "–" where nothing is declared."""
    from pmlib.data.reading import today

    if table.most_days is None or not newest:
        return "–"
    late = (today() - last_day(newest)).days - table.most_days
    return "fresh" if late <= 0 else "1 day late" if late == 1 else f"{late:,} days late"


def last_day(period: str) -> date:
    """Give the last day of a period: of 1990, 1990-03 or 1990-03-07."""
    year, month, day = [*map(int, period.split("-")), 0, 0][:3]
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def _columns(source: "Source", table: "Table") -> list[str]:
    from pmlib.data.rule import final_names

    names = {final: column for column, final in final_names(table.columns).items()}
    about = source.about().frame
    profiled = [column for column in source.columns if column in source.frame]
    rows = [("column", "type", "role", "unit", "holds", "blank", "guesses")]
    for final, profile in zip(profiled, about.itertuples(index=False), strict=True):
        column = names.get(final, final)
        rule = table.columns.get(column)
        if rule is None:  # the name in words, made of others
            continue
        blank = f"{profile.blank:.0%}" if profile.blank else ""
        rows.append(
            (column, rule.type, rule.role, rule.unit, str(profile.span), blank, ", ".join(rule.guess))
        )
    return aligned(rows)


def _first_rows(source: "Source") -> list[str]:
    from pmlib.table import texts

    head = source.frame.head(HEAD)
    days = {name: head[name].dt.strftime("%Y-%m-%d") for name in head.select_dtypes("datetime")}
    head = texts(head.assign(**days), source.columns)
    is_twin = "product" in head and head["name"].equals(head["product"])
    names = [name for name in source.columns if name in head and not (is_twin and name == "name")]
    rows = [tuple(names), *(tuple(str(cell) for cell in row) for row in head[names].itertuples(index=False))]
    kept, used = 0, 0
    for column in zip(*rows, strict=True):
        used += min(WIDE, max(len(printable(cell)) for cell in column)) + 2
        if used > LINE and kept:
            break
        kept += 1
    more = len(names) - kept
    said = [f"and {more} more columns"] if more > 1 else ["and 1 more column"] if more else []
    return [*aligned([row[:kept] for row in rows]), *said]


def aligned(rows: Sequence[Sequence[str]], *, right: Iterable[int] = (), width: int = WIDE) -> list[str]:
    """Write rows as lines with their columns one below another; nothing in a cell can act on a terminal."""
    plain = [[_cut(printable(cell), width) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*plain, strict=True)]
    lines = []
    for row in plain:
        cells = [
            cell.rjust(size) if i in right else cell.ljust(size)
            for i, (cell, size) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def printable(text: str) -> str:
    """Write characters that a terminal would act on as their codes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def count(items: Sequence[object], noun: str) -> str:
    """Count guesses: 1 guess, 2 guesses."""
    return f"{len(items):,} {noun}{'' if len(items) == 1 else 'es'}"
