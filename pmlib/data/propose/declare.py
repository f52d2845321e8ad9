"""From a file to the lines that declare it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

from pmlib.data.propose.column import Guess, guess
from pmlib.data.propose.left_out import left_out
from pmlib.data.propose.look import look
from pmlib.data.propose.numbers import is_missing, number_cells, style
from pmlib.data.propose.roles import assign
from pmlib.data.propose.shares import settle
from pmlib.data.propose.toml import pairs
from pmlib.data.roles import RESERVED
from pmlib.data.rule import Rule

UNKNOWN = "not stated yet"


@dataclass(frozen=True)
class Proposal:
    """A table as it seems to be.

    text : the declaration, as TOML. columns : each one and what was guessed of it.
    format : how the file seems to be written. key : columns that name a row once; none found when empty.
    rows : how many were looked at. left : columns that cannot be declared, and why.
    said : rows that are left out and columns that are mixed, and why.
    """

    name: str
    title: str
    text: str
    columns: list[Guess]
    format: dict[str, Any]
    key: list[str]
    rows: int
    left: dict[str, str]
    said: list[str]


def propose(file: Path, path: str, name: str) -> Proposal:
    """Propose the declaration of a file.

    Parameters
    ----------
    file : where it stands. path : how the declaration calls it, from the project root.
    name : of the table.

    Raises
    ------
    DataError : the file holds no table that can be read.
    """
    found = look(file, path)
    left = {one: why for one in found.names if (why := _left_out(one, found.names))}
    every = {one: cells for one, cells in zip(found.names, found.columns, strict=True) if one not in left}
    rows = left_out(every, found.blank)
    kept = rows.columns
    numbers = [number_cells(cells) for cells in kept.values()] if found.is_text else []
    written = style([column for column in numbers if column], found.format.get("separator", ","))
    labels = dict(found.labels)
    columns = [guess(one, cells, written, labels.get(one, "")) for one, cells in kept.items()]
    na = _missing(columns, kept)
    key = assign(columns)
    said = rows.said + _words(columns)
    note = settle(columns, written)
    columns, left = _declarable(columns, left)
    _category_values(columns)
    form = found.format | (written.settings if found.is_text else {})
    if any(part.trailing for column in numbers for part in column):
        form["trailing_minus"] = True
    title = re.sub(r"[\s_]+", " ", Path(path).name.partition(".")[0]).strip() or name
    table: dict[str, Any] = {"title": title[0].upper() + title[1:], "path": escape(path)}
    table |= {"origin": UNKNOWN, "licence": UNKNOWN}
    table |= {"format": form} if form else {}
    table |= rows.settings
    table |= {"key": key} if key else {}
    table |= {"na": na} if na else {}
    table |= {"note": note} if note else {}
    table["guess"] = [one for one in table if one != "path"]
    return Proposal(
        name,
        table["title"],
        toml(name, table, columns),
        columns,
        form,
        key,
        len(found.columns[0]),
        left,
        said,
    )


def _left_out(name: str, names: list[str]) -> str:
    if not name:
        return "it has no name"
    return "its name stands there twice" if names.count(name) > 1 else ""


def _missing(columns: list[Guess], cells: Mapping[str, list[str]]) -> list[str]:
    """List the texts that stand for missing numbers; the same text is missing in a column of labels too."""
    typed = [column.name for column in columns if not column.is_label]
    na = list(dict.fromkeys(cell for name in typed for cell in cells[name] if cell and is_missing(cell)))
    for column in columns:
        if column.is_label and set(na) & set(column.values):
            column.values = ["" if value in na else value for value in column.values]
        if column.is_label and column.has_blanks:
            column.settings["nullable"] = True
    return na


def _declarable(columns: list[Guess], left: dict[str, str]) -> tuple[list[Guess], dict[str, str]]:
    """Leave out a column that is called as a role which another column has."""
    wrong = [column for column in columns if column.name in RESERVED and column.role != column.name]
    wrong = [column for column in wrong if column.role in ("", "attribute", "name")]
    why = {column.name: "its name is that of a role which it does not have" for column in wrong}
    return [column for column in columns if column not in wrong], left | why


def _words(columns: list[Guess]) -> list[str]:
    """Take a column of numbers with words in it for text, where it is no amount: 7, 9 and CVT gears."""
    said = []
    for column in columns:
        if column.words and column.role in ("", "attribute"):
            kept = {"label", "nullable"} & set(column.settings)
            column.settings = {"type": "text"} | {one: column.settings[one] for one in kept}
            column.guess = ["type"]
            said.append(f"{column.name!r} is taken for text, as {column.words[0]!r} in it is no number")
    return said


def _category_values(columns: list[Guess]) -> None:
    for column in columns:
        if column.type == "category" and column.role in ("firm", "product", "name", "reason"):
            column.settings["type"] = "text"  # a new firm is news, not an error
        elif column.type == "category":
            column.set("values", sorted({value for value in column.values if value}))


def toml(name: str, table: Mapping[str, Any], columns: list[Guess]) -> str:
    """Write a declaration."""
    rules = {}
    for column in columns:
        settings = {one: column.settings[one] for one in Rule.model_fields if one in column.settings}
        guesses = [one for one in settings if one in column.guess]
        rules[column.name] = settings | ({"guess": guesses} if guesses else {})
    return "\n".join([f"[{name}]", *pairs(table), "", f"[{name}.columns]", *pairs(rules)]) + "\n"
