"""The rows of a file that a declaration keeps, by what a column holds: no totals, drafts, other regions."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import duckdb
from duckdb import CaseExpression, ColumnExpression, ConstantExpression, Expression, FunctionExpression

from pmlib.data.declaration import FILLED, Table
from pmlib.data.part import Part
from pmlib.data.words import SOURCES, DataError, and_more, meant, shown

MOST = 10_000  # labels of a column that are searched for a declared one
LEFT_OUT = "left out"


def kept(parts: Sequence[Part], table: Table) -> list[Part]:
    """Leave out the rows that `keep` and `drop` say, and count them; the others stay where they stood.

    Raises
    ------
    DataError : no such column, a label that no row holds, or no row that is left.
    """
    if not (table.keep or table.drop):
        return list(parts)
    try:
        return _kept(parts, table)
    except duckdb.Error as error:
        for part in parts:
            part.explain()
        said = str(error).splitlines()[0]
        raise DataError(f"{parts[0].path} cannot be read: {said}; export it again") from None


def _kept(parts: Sequence[Part], table: Table) -> list[Part]:
    sizes = [_count(part.relation) for part in parts]
    if any(sizes):
        _check_labels(parts, table)
    chosen = [_chosen(part, table) for part in parts]
    lefts = [_count(part.relation) for part in chosen]
    if any(sizes) and not any(lefts):
        raise DataError(f"{parts[0].path}: keep and drop leave no row; correct them in {SOURCES}")
    said = f"{sum(sizes) - sum(lefts):,} of {sum(sizes):,} rows {LEFT_OUT}: {_why(table)}"
    return [replace(chosen[0], said=(*chosen[0].said, said)), *chosen[1:]]


def _count(relation: duckdb.DuckDBPyRelation) -> int:
    (found,) = relation.aggregate("count(*)").fetchall()
    return int(found[0])


def _text(part: Part, name: str) -> Expression:
    """A cell as text, "" for a blank one."""
    if name not in part.names:
        problem = f"keep or drop names column {shown(name)}; {meant(name, part.names, 'the header has')}"
        raise DataError(f"{part.path}: {problem}; correct it in {SOURCES}")
    cell = ColumnExpression(f"c{part.names.index(name)}").cast("VARCHAR")
    trimmed = FunctionExpression("nfc_normalize", FunctionExpression("trim", cell))
    return CaseExpression(trimmed.isnull(), ConstantExpression("")).otherwise(trimmed)


def _condition(part: Part, table: Table) -> Expression:
    whole = ConstantExpression(True)
    for name, wanted in table.keep.items():
        text = _text(part, name)
        blank = text.isin(*map(ConstantExpression, ["", *table.na]))
        whole &= ~blank if wanted == FILLED else text.isin(*map(ConstantExpression, wanted))
    for name, labels in table.drop.items():
        whole &= ~_text(part, name).isin(*map(ConstantExpression, labels))
    return whole


def _chosen(part: Part, table: Table) -> Part:
    condition = _condition(part, table)
    return replace(part, relation=part.relation.filter(condition), locate=_locate(part, condition))


def _locate(part: Part, condition: Expression) -> Callable[[int], str]:
    """Say where a row of those that are kept stands among all."""

    def locate(index: int) -> str:
        placed = part.relation.project("*, row_number() over () - 1 as place").filter(condition)
        found = placed.select(ColumnExpression("place")).limit(1, index).fetchall()
        return part.locate(found[0][0])

    return locate


def _check_labels(parts: Sequence[Part], table: Table) -> None:
    """Refuse a label that no row holds: mistyped, it would keep or leave out the wrong rows."""
    for name, wanted in (*table.keep.items(), *table.drop.items()):
        if wanted == FILLED:
            continue
        held = Counter[str]()
        for part in parts:
            labels = part.relation.select(_text(part, name).alias("label"))
            held.update(dict(labels.aggregate("label, count(*) as n").limit(MOST).fetchall()))
        for label in wanted:
            if label not in held and len(held) < MOST:
                there = meant(label, [one for one, _ in held.most_common() if one], "it has")
                problem = f"no row has {shown(label)} in column {shown(name)}; {there}"
                raise DataError(f"{parts[0].path}: {problem}; correct keep or drop in {SOURCES}")


def _why(table: Table) -> str:
    reasons = [
        f"{name} is blank" if wanted == FILLED else f"{name} is not {_either(wanted)}"
        for name, wanted in table.keep.items()
    ]
    return "; ".join(reasons + [f"{name} is {_either(labels)}" for name, labels in table.drop.items()])


def _either(labels: Sequence[str]) -> str:
    return " or ".join(labels[:4]) + and_more(len(labels) - 4)
