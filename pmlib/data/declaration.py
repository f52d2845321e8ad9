"""What data/sources.toml may say of a table, and how it is refused when it says something else."""

import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pmlib.table import Column

SOURCES = "data/sources.toml"

Type = Literal["text", "number", "integer", "flag", "year", "date", "category"]
Role = Literal["", "product", "name", "firm", "period", "units", "share", "revenue", "price", "attribute"]

Better = Literal["", "higher", "lower"]
OPTIONS = {"type": get_args(Type), "role": get_args(Role), "better": get_args(Better)}

MEASURES = ("number", "integer")
TYPES_OF_ROLE: dict[str, tuple[str, ...]] = {  # a role that is not listed takes any type
    "period": ("year", "date"),
    "units": MEASURES,
    "share": MEASURES,
    "revenue": MEASURES,
    "price": MEASURES,
    "attribute": (*MEASURES, "flag", "category"),
}
SHARED_ROLES = ("", "name", "attribute")  # several columns may have these; any other renames its one column
ROLES = tuple(role for role in get_args(Role) if role not in ("", "attribute"))  # columns a Source may have


class DataError(ValueError):
    """Data, or their declaration, that cannot be trusted; one line that says where, what and what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Rule(_Strict):
    """What one column must hold.

    range : lowest and highest value allowed, both included (`inf` for no limit).
    values : the labels allowed, in their order; for a flag the two labels that mean 0 and 1.
    scale : what a number is multiplied by on reading, to be in `unit`; range speaks of the cell as written.
    unless : of a column of role name: a column that names the product well enough where it is filled.
    format : how a date is written, in strptime's codes.
    label, unit, digits, better : as in table.Column.
    """

    type: Type
    role: Role = ""
    label: str = ""
    unit: str = ""
    digits: int | None = None
    better: Better = ""
    range: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    values: Annotated[list[str], Field(min_length=1)] | None = None
    nullable: bool = False
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    unless: str = ""
    format: str = "%Y-%m-%d"

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        allowed = TYPES_OF_ROLE.get(self.role)
        if allowed and self.type not in allowed:
            raise ValueError(
                f"role {self.role!r} needs type {' or '.join(map(repr, allowed))}, not {self.type!r}"
            )
        if self.role == "period" and self.nullable:
            raise ValueError("a period cannot be nullable; remove that")
        if self.range and self.type not in (*MEASURES, "year"):
            raise ValueError(f"type {self.type!r} has no range; remove it")
        if self.range and self.range[0] > self.range[1]:
            raise ValueError(f"range starts above its end: {self.range}; swap them")
        if self.values and self.type not in ("text", "category", "flag"):
            raise ValueError(f"type {self.type!r} has no values; give a range instead")
        if self.values and len(set(self.values)) < len(self.values):
            raise ValueError("values repeats a label; keep it once")
        if self.values and self.type == "flag" and len(self.values) != 2:
            raise ValueError('a flag has two values, the one for 0 first: values = ["no", "yes"]')
        if self.scale != 1 and self.type not in MEASURES:
            raise ValueError(f"type {self.type!r} has no scale; remove it")
        if self.unless and self.role != "name":
            raise ValueError("only a column of role 'name' has unless; remove it")
        if "format" in self.model_fields_set and self.type != "date":
            raise ValueError(f"type {self.type!r} has no format; remove it")
        try:
            datetime.strptime(date(1990, 12, 31).strftime(self.format), self.format)
        except ValueError:
            raise ValueError(f"format {self.format!r} is no date's; write one such as '%d.%m.%Y'") from None
        return self

    @property
    def allowed(self) -> list[str]:
        """The labels a cell may hold; none named means any."""
        return self.values or (["0", "1"] if self.type == "flag" else [])


class Table(_Strict):
    """What one table is, where it stands and what its columns must hold.

    path : of the file, from the project root.
    origin : who collected it and where it was published.
    key : columns that together name a row once; period, firm and product when none is given.
    na : texts that mean a missing value, beside an empty cell.
    note : what a reader of the numbers must know of their making.
    """

    title: Annotated[str, Field(min_length=1)]
    path: Annotated[str, Field(min_length=1)]
    origin: Annotated[str, Field(min_length=1)]
    licence: Annotated[str, Field(min_length=1)]
    columns: Annotated[dict[str, Rule], Field(min_length=1)]
    key: list[str] = []
    na: list[str] = []
    note: str = ""

    @field_validator("columns", mode="after")
    @classmethod
    def _roles_differ(cls, columns: dict[str, Rule]) -> dict[str, Rule]:
        names = final_names(columns)
        for column, name in names.items():
            role = columns[column].role
            if name in ROLES and role != name:
                raise ValueError(f"{column!r} is a role; give that column role = {name!r} or leave it out")
            twin = next((other for other in names if other != column and names[other] == name), None)
            if twin:
                raise ValueError(f"columns {column!r} and {twin!r} both have role {name!r}; keep one")
        return columns

    @field_validator("columns", mode="after")
    @classmethod
    def _named(cls, columns: dict[str, Rule]) -> dict[str, Rule]:
        for column, rule in columns.items():
            if rule.unless and rule.unless not in columns:
                raise ValueError(f"{column!r} has unless = {rule.unless!r}; {meant(rule.unless, columns)}")
        return columns

    @model_validator(mode="after")
    def _key_is_declared(self) -> Self:
        for name in self.key:
            if name not in self.columns:
                raise ValueError(
                    f"key names {name!r}, not a declared column; {meant(name, self.columns, 'they are')}"
                )
            if self.columns[name].nullable:
                raise ValueError(f"key names {name!r}, which is nullable; remove one of the two")
        return self

    @property
    def unique(self) -> list[str]:
        """The columns that name a row once."""
        named = [name for name, rule in self.columns.items() if rule.role in ("period", "firm", "product")]
        by_product = any(rule.role == "product" for rule in self.columns.values())
        return self.key or (named if by_product else [])

    @property
    def line(self) -> str:
        """Source line, as printed under a chart."""
        return f"{self.title}: {self.origin}"


def final_names(columns: dict[str, Rule]) -> dict[str, str]:
    """Name each declared column as an analysis sees it: by its role where the role has one column."""
    return {name: name if rule.role in SHARED_ROLES else rule.role for name, rule in columns.items()}


def described(name: str, rule: Rule) -> Column:
    """Say how a column is labelled and written."""
    return Column(rule.label or name.replace("_", " "), rule.unit, rule.digits, rule.better)


def declaration(folder: Path, name: str) -> Table:
    """Find the declaration of a table.

    Raises
    ------
    DataError : no such file or table, or the declaration says what it may not.
    """
    try:
        tables = tomllib.loads((folder / SOURCES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"{SOURCES} is missing; write it, with a table [{name}]") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{SOURCES} is not valid TOML: {error}; correct that line") from None
    if name not in tables:
        raise DataError(f"{SOURCES} has no table [{name}]; {meant(name, tables)}")
    try:
        return Table.model_validate(tables[name])
    except ValidationError as error:
        raise DataError(_one_line(name, error)) from None


def _one_line(name: str, error: ValidationError) -> str:
    first, *others = error.errors()
    where = [str(part) for part in first["loc"]]
    model: type[BaseModel] = Table
    place = f"{SOURCES}, [{name}]"
    if where[:1] == ["columns"] and len(where) > 1:
        place, model, where = f"{place}, column {where[1]!r}", Rule, where[2:]
    setting = where[0] if where else ""
    match first["type"]:
        case "extra_forbidden":
            says = f"{setting!r} is not a setting; {meant(setting, model.model_fields, 'it may be', 20)}"
        case "missing":
            says = f"{setting!r} is missing; add it"
        case "value_error":
            says = str(first["ctx"]["error"])
        case "literal_error":
            options = [option for option in OPTIONS[setting] if option]
            wrong = shown(first["input"])
            says = f"{setting} is {wrong}; {meant(str(first['input']), options, 'it may be', 20)}"
        case "model_type" | "dict_type":
            says = f'{shown(first["input"])} is not a table of settings, such as {{ type = "text" }}'
        case _:
            says = f"{setting} = {shown(first['input'])}: {first['msg'][0].lower()}{first['msg'][1:]}"
    return f"{place}: {says}{and_more(len(others))}"


def meant(name: str, options: Iterable[str], says: str = "it has", most: int = 6) -> str:
    """Say what there is instead, the likely one first: did you mean 'us_cars'? It has …."""
    names = [str(option) for option in options]
    lower = {option.casefold(): option for option in names}
    close = get_close_matches(name.casefold().strip(), lower, n=1)
    there = f"{says} {listed(names, most)}"
    return f"did you mean {shown(lower[close[0]])}? {there[0].upper()}{there[1:]}" if close else there


def listed(names: list[str], most: int = 6) -> str:
    """Quote names for an error, the first few of them."""
    return (", ".join(map(shown, names[:most])) or "none") + and_more(len(names) - most)


def shown(value: object, width: int = 40) -> str:
    """Quote a found value, shortened, on one line."""
    text = repr(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def and_more(count: int) -> str:
    """Count what one line leaves out."""
    return f" (and {count} more)" if count > 0 else ""
