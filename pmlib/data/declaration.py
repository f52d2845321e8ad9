"""What data/sources.toml may say of a table, and how it is refused when it says something else."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from pmlib.age import days
from pmlib.data.roles import OPTIONS, REPEATING, RESERVED
from pmlib.data.rule import Rule, Strict, final_names
from pmlib.data.words import SOURCES, DataError, and_more, meant, shown

PLACES = ("path", "url", "database", "files")  # a table has one of them
FILLED = "filled"


class Format(Strict):
    """How a file is written, where it is not as usual.

    separator, decimal, thousands, encoding : of a text file; a comma, a point, none and UTF-8 when not given.
    trailing_minus : whether 5- means −5.
    skip, footer : lines before the header and after the last row.
    header : the names of the columns, of a file without a header.
    sheet : of a workbook, by name.
    records : of a JSON file, where in it the list of rows stands, as in "data.items".
    """

    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal: Annotated[str, Field(pattern="^[.,]$")] = "."
    thousands: Annotated[str, Field(max_length=1)] = ""
    encoding: str = ""
    trailing_minus: bool = False
    skip: Annotated[int, Field(ge=0)] = 0
    footer: Annotated[int, Field(ge=0)] = 0
    header: list[str] = []
    sheet: str = ""
    records: str = ""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}; they differ in any number")
        try:
            "".encode(self.encoding or "utf-8")
        except LookupError:
            raise ValueError(f"encoding {self.encoding!r} is not known; try 'cp1252' or 'utf-16'") from None
        return self


class Table(Strict):
    """What one table is, where it stands and what its columns must hold.

    path : of the file, from the project root; a glob such as "data/sales_*.csv" takes several together.
    url : of a file elsewhere; ${NAME} stands for an environment variable here and in database and storage.
    schemes, storage : what url may resolve to, and options of its file system.
    database, query, parameters, version : SQLAlchemy URL, what is read, values bound to :names of the query,
        and a cheap query whose result changes when the data do.
    files : with a DuckDB query, the files that it may read, by the names it calls them.
    origin : who collected it and where it was published.
    key : columns that together name a row once; period, firm and product when none is given.
    keep : rows to keep, by column: those with one of some labels, or "filled" for any that is not blank.
    drop : rows to leave out, by column: those with one of these labels.
    na : texts that mean a missing value, beside an empty cell.
    max_age : how old the newest period may be, as in "40 days".
    shrink : share of the rows, periods or labels of the last good read that may be gone.
    note : what a reader of the numbers must know of their making.
    guess : the settings that were guessed from the data and that nobody has confirmed yet.
    """

    title: Annotated[str, Field(min_length=1)]
    path: str = ""
    url: str = ""
    schemes: list[str] = []
    storage: dict[str, Any] = {}
    database: str = ""
    query: str = ""
    parameters: dict[str, str | int | float | bool | date] = {}
    version: str = ""
    files: dict[str, str] = {}
    format: Format = Format()
    origin: Annotated[str, Field(min_length=1)]
    licence: Annotated[str, Field(min_length=1)]
    columns: Annotated[dict[str, Rule], Field(min_length=1)]
    key: list[str] = []
    keep: dict[str, Literal["filled"] | Annotated[list[str], Field(min_length=1)]] = {}
    drop: dict[str, Annotated[list[str], Field(min_length=1)]] = {}
    na: list[str] = []
    max_age: str = ""
    shrink: Annotated[float, Field(ge=0, le=1)] = 0.0
    note: str = ""
    guess: list[str] = []

    @field_validator("columns", mode="after")
    @classmethod
    def _roles_differ(cls, columns: dict[str, Rule]) -> dict[str, Rule]:
        names = final_names(columns)
        for column, name in names.items():
            role = columns[column].role
            if name in RESERVED and role != name:
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

    @model_validator(mode="after")
    def _stands_somewhere(self) -> Self:
        given = [place for place in PLACES if getattr(self, place)]
        if not given:
            raise ValueError('it says not where it is; add path = "data/…", or url, database or files')
        if len(given) > 1:
            raise ValueError(f"it has {' and '.join(given)}; keep one of them")
        if bool(self.query) != (given[0] in ("database", "files")):
            wrong = "needs a query; add it" if not self.query else "takes no query; remove it"
            raise ValueError(f"a table with {given[0]} {wrong}")
        if self.query and (self.keep or self.drop):
            raise ValueError("a table with a query takes no keep or drop; choose rows by its where")
        if self.max_age:
            days(self.max_age)
        return self

    @property
    def place(self) -> str:
        """Where the table stands, as declared: its file, its address, or its query."""
        return self.path or self.url or "a query"

    @property
    def most_days(self) -> int | None:
        """The greatest age allowed, in days."""
        return days(self.max_age) if self.max_age else None

    @property
    def unique(self) -> list[str]:
        """The columns that name a row once."""
        naming = ("chooser", "occasion", "period", "market", "segment", "firm", "product")
        named = [name for name, rule in self.columns.items() if rule.role in naming]
        roles = {rule.role for rule in self.columns.values()}
        by_product = "product" in roles and roles.isdisjoint(REPEATING)
        return self.key or (named if by_product else [])

    @property
    def guesses(self) -> list[str]:
        """What is declared by guess, as in "key" or "price.unit"."""
        return self.guess + [
            f"{column}.{setting}" for column, rule in self.columns.items() for setting in rule.guess
        ]

    @property
    def line(self) -> str:
        """Source line, as printed under a chart."""
        return f"{self.title}: {self.origin}"


def declarations(folder: Path) -> dict[str, Any]:
    """Read data/sources.toml without checking what it says of each table.

    Raises
    ------
    DataError : no such file, or it is not TOML.
    """
    try:
        return tomllib.loads((folder / SOURCES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"{SOURCES} is missing; write it, with a table for each file in data/") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{SOURCES} is not valid TOML: {error}; correct that line") from None


def declaration(folder: Path, name: str) -> Table:
    """Find the declaration of a table.

    Raises
    ------
    DataError : no such file or table, or the declaration says what it may not.
    """
    tables = declarations(folder)
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
    if where[:1] in (["keep"], ["drop"]) and len(where) > 1:
        filled = f', or "{FILLED}"' if where[0] == "keep" else ""
        says = f"{where[0]} says {shown(first['input'])} of {where[1]!r}"
        return f'{place}: {says}; write a list of its labels, as in ["A", "B"]{filled}'
    if where[:1] == ["columns"] and len(where) > 1:
        place, model, where = f"{place}, column {where[1]!r}", Rule, where[2:]
    elif where[:1] == ["format"]:
        place, model, where = f"{place}, format", Format, where[1:]
    setting = where[0] if where else ""
    match first["type"]:
        case "extra_forbidden":
            says = f"{setting!r} is not a setting; {meant(setting, model.model_fields, 'it may be', 30)}"
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
