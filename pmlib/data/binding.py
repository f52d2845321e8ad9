"""Values of a query: bound beside it, never written into it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pmlib.data.words import SOURCES, DataError, listed, shown
from pmlib.sql import Sql

# What a colon or a question mark in SQL means nothing in, then a cast, then the two themselves.
PIECES = re.compile(
    r"""(?P<other> '(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | --[^\n]* | /\*.*?\*/
    | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ | :: )
    | (?<![\w:\[]):(?P<name>[A-Za-z_]\w*) | (?P<mark>\?)""",
    re.DOTALL | re.VERBOSE,
)


def bound(query: str, parameters: Mapping[str, Any], where: str) -> Sql:
    """Turn the :names of a declared query into bound parameters.

    Parameters
    ----------
    where : as errors name it, such as "[sales]: query".

    Raises
    ------
    DataError : a name without a value, a value without a name, or a ? that is no text.
    """
    values = []

    def place(found: re.Match[str]) -> str:
        name = found["name"]
        if found["mark"]:
            raise DataError(
                f"{SOURCES}, {where} has a ?; bind values as :name, and write an operator by its function"
            )
        if name is None:
            return found[0]
        if name not in parameters:
            has = f"parameters have {listed(list(parameters))}"
            raise DataError(f"{SOURCES}, {where} has :{name}, and {has}; give it a value there")
        values.append(parameters[name])
        return "?"

    text = PIECES.sub(place, query.rstrip().rstrip(";"))
    named = {found["name"] for found in PIECES.finditer(query)}
    for name in parameters:
        if name not in named:
            raise DataError(f"{SOURCES}, {where} has no :{name}; use it, or remove it from parameters")
    return Sql(text + "\n", tuple(values))  # the line ends a comment, so that nothing after it is lost


def marked(query: Sql, mark: Callable[[int], str]) -> str:
    """Write each ? of a query as a driver wants it: mark(1), mark(2), …."""
    count = 0

    def place(found: re.Match[str]) -> str:
        nonlocal count
        count += bool(found["mark"])
        return mark(count) if found["mark"] else found[0]

    return PIECES.sub(place, query.text)


def one_statement(query: str, where: str) -> None:
    """Refuse a query that holds a second statement."""
    bare = PIECES.sub(lambda found: " " if found["other"] else found[0], query).rstrip().rstrip(";")
    if ";" in bare:
        after = bare.partition(";")[2].split()
        raise DataError(
            f"{SOURCES}, {where} holds a second statement, {shown(' '.join(after))}; keep one select"
        )
