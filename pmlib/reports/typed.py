"""Types of parameters: read from a literal or an annotation, and what each accepts."""

import ast
import builtins
import datetime
import math
import operator
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

SCALARS = ("str", "int", "float", "bool", "date", "Source", "Number", "Secret")
PLAIN = {"str": str, "Source": str, "Label": str, "Number": str, "int": int, "float": float, "bool": bool}
COMPARE = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}
LARGEST = 2**63  # TOML's whole numbers, and those of tables, are smaller
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
NUMBER = re.compile(r"[a-z0-9_]+(/[a-z0-9_-]+)?/[^/]+")
NAMES = ("Source", "Label", "Number", "date")  # kinds of text of which an empty one names nothing
MIRRORED = {ast.Lt: operator.gt, ast.LtE: operator.ge, ast.Gt: operator.lt, ast.GtE: operator.le}


@dataclass(frozen=True)
class Type:
    """What a parameter may hold.

    kind : one of SCALARS, "Literal", "Label" (text: a label that a column of the table has) or "any".
        A Source is the name of a table, a Number that of a Number which another report publishes, a Secret
        that of an environment variable.
    text : as the notebook declares it.
    choices : of a Literal; of a Label the role of its column.
    bounds : of a number: (comparison, limit) pairs that all must hold.
    """

    kind: str
    text: str
    choices: tuple[Any, ...] = ()
    bounds: tuple[tuple[Any, float], ...] = ()
    many: bool = False
    optional: bool = False

    def check(self, value: Any, sources: Collection[str] | None) -> Any:
        """Give the value back in its plain form, or raise ValueError with what is wrong about it.

        sources : the declared tables; None accepts any name.
        """
        if value == "" and self.optional and self.kind in NAMES:  # TOML has no word for None
            return None
        if value is None:
            if self.optional or self.kind == "any":
                return None
            raise ValueError(f"is missing; it takes {self.text}")
        if self.kind == "Secret":
            return _variable(value)
        if not self.many:
            return self._one(value, sources)
        if not isinstance(value, list | tuple):
            raise ValueError(f"takes {self.text}, not {shown(value)}; write it as a list in brackets")
        return [self._one(item, sources) for item in value]

    def _one(self, value: Any, sources: Collection[str] | None) -> Any:
        value = self._plain(value)
        if self.kind == "Source" and sources is not None and value not in sources:
            near = did_you_mean(value, sources)
            raise ValueError(f"names no table of data/sources.toml: {shown(value)}{near}")
        if self.kind == "Number" and not NUMBER.fullmatch(value):
            raise ValueError(f"is {shown(value)}, which names no Number; write it as report/number")
        for compare, limit in self.bounds:
            if not compare(value, limit):
                raise ValueError(f"is {shown(value)}, which is out of its range {self.text}")
        return value

    def _plain(self, value: Any) -> Any:
        exact = type(value)  # bool is an int and datetime is a date to isinstance, and neither is meant
        if self.kind == "Literal":
            for choice in self.choices:
                if exact is type(choice) and value == choice:
                    return value
            raise ValueError(f"is {shown(value)}; it takes one of {', '.join(map(shown, self.choices))}")
        if exact is int and abs(value) >= LARGEST:
            raise ValueError(f"is {shown(value)}; whole numbers have at most 18 digits")
        if self.kind == "date":
            return plain_date(value)
        if self.kind == "float" and exact is int:
            return float(value)
        wanted = PLAIN.get(self.kind)
        if wanted and exact is not wanted:
            is_bare = wanted is str and exact in (int, float, bool)
            quotes = f'; write "{value}" with its quotes' if is_bare else ""
            raise ValueError(f"takes {self.text}, not {_kind(value)} {shown(value)}{quotes}")
        if exact is float and not math.isfinite(value):
            raise ValueError(f"is {value}, which is no finite number")
        if exact is list:
            return [self._plain(item) for item in value]
        if exact not in (str, int, float, bool):
            raise ValueError(f"is {_kind(value)} {shown(value)}; it takes text, a number or a flag")
        return value


def inferred(name: str, value: Any) -> Type:
    """Take the type of a parameter from its default."""
    if value is None:
        return Type("any", "a value")
    if isinstance(value, list) and value and len({type(item) for item in value}) == 1:
        item = inferred(name, value[0])
        if item.many:
            raise ValueError(f"{name} is a list of lists; a parameter is a list of text, numbers or flags")
        return replace(item, many=True, text=f"list[{item.text}]")
    if isinstance(value, list):
        raise ValueError(f'{name} is a list of no one type; annotate it, as in {name}: "list[str]"')
    kind = type(value).__name__
    if kind not in ("str", "int", "float", "bool"):
        raise ValueError(f"{name} is a {kind}; parameters are text, numbers, flags and lists")
    return Type(kind, kind)


def annotated(node: ast.expr) -> Type:
    """Take the type of a parameter from its annotation."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return _type(ast.parse(node.value.strip(), mode="eval").body)
        except SyntaxError:
            raise ValueError(f"the annotation {node.value!r} cannot be read") from None
    if any(isinstance(part, ast.Name) and not hasattr(builtins, part.id) for part in ast.walk(node)):
        raise ValueError(f'put the annotation in quotes: "{ast.unparse(node)}"')
    return _type(node)


def _type(node: ast.expr) -> Type:
    text = ast.unparse(node)
    if isinstance(node, ast.Name) and node.id in SCALARS:
        return Type(node.id, text)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        if isinstance(node.right, ast.Constant) and node.right.value is None:
            return replace(_type(node.left), optional=True, text=text)
    elif isinstance(node, ast.Compare):
        return _range(node, text)
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        if node.value.id == "Literal":
            items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            choices = tuple(item.value for item in items if isinstance(item, ast.Constant))
            if len(choices) == len(items):
                return Type("Literal", text, choices=choices)
        elif node.value.id == "Label":
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                return Type("Label", text, choices=(node.slice.value,))
        elif node.value.id == "list":
            item = _type(node.slice)
            if not item.many and item.kind != "Secret":
                return replace(item, many=True, text=text)
    known = f'{", ".join(SCALARS)}, Label[...], Literal[...], list[...], "... | None", "0 < float < 1"'
    raise ValueError(f"the annotation {text} is not one of: {known}")


def _range(node: ast.Compare, text: str) -> Type:
    terms = [node.left, *node.comparators]
    names = [i for i, term in enumerate(terms) if isinstance(term, ast.Name)]
    if len(names) != 1 or not all(type(op) in COMPARE for op in node.ops):
        raise ValueError(f'the range {text} cannot be read; write it as in "0 < float < 1"')
    at = names[0]
    name = ast.unparse(terms[at])
    if name not in ("int", "float"):
        raise ValueError(f"the range {text} is not one of int or float")
    bounds = []
    for i, op in enumerate(node.ops):
        if i + 1 == at:  # 0 < float is float > 0
            bounds.append((MIRRORED[type(op)], _limit(terms[i])))
        elif i == at:
            bounds.append((COMPARE[type(op)], _limit(terms[i + 1])))
        else:
            raise ValueError(f'the range {text} cannot be read; write it as in "0 < float < 1"')
    return Type(name, text, bounds=tuple(bounds))


def _limit(node: ast.expr) -> float:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        value = None
    if type(value) not in (int, float):
        raise ValueError(f"the limit {ast.unparse(node)} of a range is no number")
    return value


def did_you_mean(name: Any, known: Collection[str]) -> str:
    """Offer the nearest known name, or all of them where they are few."""
    near = get_close_matches(str(name), list(known), n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there are {', '.join(known)}" if 0 < len(known) <= 12 else ""


def shown(value: Any) -> str:
    """Show a value in a message: quoted, on one line, cut where it is long."""
    try:
        text = value.isoformat() if isinstance(value, datetime.date | datetime.time) else repr(value)
    except ValueError:  # Python writes no number of over 4,300 digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."


def plain_date(value: Any) -> str:
    """Write a date, or a text that is one, as 2026-03-31."""
    if type(value) is datetime.date:
        return value.isoformat()
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise ValueError(f"is {shown(value)}; it takes a date such as 2026-03-31") from None


def _variable(value: Any) -> str:
    if isinstance(value, str) and VARIABLE.fullmatch(value):
        return value
    raise ValueError(
        "takes the name of the environment variable that holds the secret, such as CRM_TOKEN; what was given "
        "is no name, and is not shown here, for it may be the secret itself"
    )


def _kind(value: Any) -> str:
    return {"str": "the text", "int": "the number", "float": "the number", "bool": "the flag"}.get(
        type(value).__name__, f"the {type(value).__name__}"
    )
