"""Typed parameters: declared by plain literals in the notebook's tagged cell, checked before a run."""

import ast
import keyword
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pmlib.reports.typed import Type, annotated, did_you_mean, inferred, shown

TAG, INJECTED = "parameters", "injected-parameters"
# A bare word on the command line is text for these.
TEXTS = ("str", "date", "Source", "Label", "Literal", "Number", "Secret")
REQUIRED = object()  # the default of a parameter that has none


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its name, type and default (REQUIRED where there is none), and its comment."""

    name: str
    type: Type
    default: Any
    meaning: str = ""


def declared(cells: list[Mapping[str, Any]], where: str) -> dict[str, Parameter]:
    """Read the parameters that a notebook declares.

    Parameters
    ----------
    cells : of the notebook, as JSON.
    where : the notebook's name, for errors.

    Raises
    ------
    ValueError : two cells are tagged `parameters`, one was injected by an earlier run, or a line in the cell
        is no plain `name = literal`.
    """
    tagged = [cell for cell in cells if TAG in _tags(cell)]
    if any(INJECTED in _tags(cell) for cell in cells):
        raise ValueError(f"{where} holds a cell tagged {INJECTED}, left by an earlier run; delete that cell")
    if len(tagged) > 1:
        raise ValueError(f"{where} has {len(tagged)} cells tagged {TAG}; keep one")
    return read(source(tagged[0]), where) if tagged else {}


def source(cell: Mapping[str, Any]) -> str:
    """Give the text of a cell, which a file may hold as one string or as lines."""
    return "".join(cell["source"])


def read(code: str, where: str) -> dict[str, Parameter]:
    """Read `name: "type" = literal  # meaning` lines."""
    lines, found = code.splitlines(), dict[str, Parameter]()
    try:
        statements = ast.parse(code).body
    except SyntaxError as error:
        raise ValueError(f"{where}, parameters cell, line {error.lineno}: {error.msg}") from None
    for node in statements:
        place = f"{where}, parameters cell, line {node.lineno}"
        try:
            parameter = _parameter(node)
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from None
        if parameter.name in found:
            raise ValueError(f"{place}: {parameter.name} is declared twice")
        rest = lines[(node.end_lineno or node.lineno) - 1].encode()[node.end_col_offset :].decode()
        found[parameter.name] = replace(parameter, meaning=rest.strip().lstrip("#").strip())
    return found


def _parameter(node: ast.stmt) -> Parameter:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, note = node.targets[0], None
    elif isinstance(node, ast.AnnAssign):
        target, note = node.target, node.annotation
    else:
        raise ValueError("only lines of the form `name = literal` may stand here")
    if not isinstance(target, ast.Name) or node.value is None:
        raise ValueError("only lines of the form `name = literal` may stand here")
    check_name(target.id)
    try:
        value = ast.literal_eval(node.value)
    except ValueError:
        raise ValueError(f"{target.id} is no plain literal; compute it in a later cell") from None
    type_ = inferred(target.id, value) if note is None else annotated(note)
    if value is None and not type_.optional:
        return Parameter(target.id, type_, REQUIRED)
    try:
        type_.check(value, None)
    except ValueError as error:
        raise ValueError(f"{target.id} {error}") from None
    return Parameter(target.id, type_, value)


def check_name(name: str) -> None:
    """Refuse a name that Python cannot assign to, or that reaches into its own workings."""
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("__") or not name.isascii():
        raise ValueError(
            f"{shown(name)} is no name for a parameter; use letters, digits and _, and no word of Python's"
        )


def check_parameters(
    known: Mapping[str, Parameter], given: Mapping[str, Any], sources: Collection[str]
) -> tuple[dict[str, Any], list[str]]:
    """Check given values against the declaration.

    Returns
    -------
    The given values in plain form, in the order they are declared in, and one line for each thing wrong: an
    unknown name, a missing value, one of the wrong type or out of range.
    """
    values, wrong = dict[str, Any](), list[str]()
    for name, value in given.items():
        try:
            if name not in known:
                check_name(name)
                wrong.append(f"the notebook declares no parameter {name}{did_you_mean(name, known)}")
                continue
        except ValueError as error:  # it names the name
            wrong.append(str(error))
            continue
        try:
            values[name] = known[name].type.check(value, sources)
        except ValueError as error:
            wrong.append(f"parameter {name} {error}")
    for name, parameter in known.items():
        if name in given:
            continue
        if parameter.default is REQUIRED:
            wrong.append(f"parameter {name} is missing; it takes {parameter.type.text}")
        else:
            try:  # a default was checked when it was read, save that its table is declared
                parameter.type.check(parameter.default, sources)
            except ValueError as error:
                wrong.append(f"parameter {name} {error}")
    return {name: values[name] for name in known if name in values}, wrong


def parse(parameter: Parameter, text: str) -> Any:
    """Read a value from the command line: TOML, or bare text where the parameter is text.

    No type is guessed from what text looks like: for a `str`, 1.10, 0123, NO and 12:30 stay as typed.
    """
    try:
        table = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        table = {}
    is_toml = table.keys() == {"value"}  # a line break in the text could declare more
    value = table.get("value")
    if parameter.type.kind in TEXTS and not parameter.type.many:
        choices = parameter.type.choices if parameter.type.kind == "Literal" else ()
        takes_no_text = choices and not any(isinstance(choice, str) for choice in choices)
        if is_toml and (isinstance(value, str) or takes_no_text or value in choices):
            return value
        return text
    if not is_toml:
        like = 'a list, as in \'["a", "b"]\'' if parameter.type.many else "a TOML value"
        raise ValueError(f"takes {parameter.type.text}, and {shown(text)} is not {like}")
    return value


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])
