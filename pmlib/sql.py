"""SQL from literal templates, quoted names and bound parameters: no text from data becomes code."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sql:
    """A piece of SQL with a `?` for each of its parameters."""

    text: str
    parameters: tuple[Any, ...] = ()


class Name(str):
    """The name of a column or table, quoted when it becomes SQL."""


def sql(template: str, *parts: Any) -> Sql:
    """Fill the {} of a template: Sql is put in, a Name is quoted, anything else becomes a bound parameter.

    The template is a literal wherever this is called; a test reads the calls and holds that.
    """
    first, *rest = template.split("{}")
    text, parameters = first, list[Any]()
    for part, after in zip(parts, rest, strict=True):
        if isinstance(part, Sql):
            text += part.text
            parameters += part.parameters
        elif isinstance(part, Name):
            text += '"' + part.replace('"', '""') + '"'
        else:
            text += "?"
            parameters.append(part)
        text += after
    return Sql(text, tuple(parameters))


def joined(separator: str, parts: Iterable[Any], otherwise: str = "") -> Sql:
    """Join parts by a literal separator; nothing to join is the literal `otherwise`."""
    pieces = [sql("{}", part) for part in parts]
    if not pieces:
        return Sql(otherwise)
    text = separator.join(piece.text for piece in pieces)
    return Sql(text, tuple(value for piece in pieces for value in piece.parameters))
