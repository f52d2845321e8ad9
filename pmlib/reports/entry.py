"""What reports/catalog.toml may say of a report, and how it is refused when it says something else."""

import datetime
import re
import tomllib
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from pmlib.age import days
from pmlib.reports.condition import condition
from pmlib.reports.slug import DEVICES, canonical
from pmlib.reports.typed import did_you_mean, plain_date, shown

CATALOG = Path("reports", "catalog.toml")
# Names become folders: lower case only, so that none collide.
NAME = re.compile(rf"(?!({DEVICES.pattern})\Z)[a-z0-9_]{{1,80}}")
NAMING = "at most 80 of a-z, 0-9 and _, and none that Windows keeps for itself, such as con"
SIZE = re.compile(r"([0-9]{1,9}(?:[.][0-9]{1,3})?) (MB|GB|MiB|GiB)")
BYTES = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}
WEEK = 7 * 24 * 3600


class PlanError(ValueError):
    """The run cannot start; one line for each reason."""


def _age(text: Any) -> datetime.timedelta:
    return datetime.timedelta(days=days(text if isinstance(text, str) else repr(text)))


def _bytes(text: Any) -> int:
    found = SIZE.fullmatch(text) if isinstance(text, str) else None
    size = int(float(found[1]) * BYTES[found[2]]) if found else 0
    if not size:
        raise ValueError(f'memory_limit is {shown(text)}; write it as in "2 GB" or "500 MB"')
    return size


def _as_of(value: Any) -> datetime.date:
    try:
        return datetime.date.fromisoformat(plain_date(value))
    except ValueError as error:
        raise ValueError(f"as_of {error}") from None


class Entry(BaseModel):
    """One report as the catalog declares it, or a matrix of reports that differ in some parameters.

    notebook : its name in notebooks/, without .ipynb.
    title : of the page; {name} in it stands for a parameter's value.
    time_limit : seconds that one cell may take.
    memory_limit : bytes that a run may hold, written as in "2 GB".
    max_age : how old the newest period of its inputs may be, written as in "40 days".
    retries : how often a run is tried again that failed by an error which `transient` names.
    editions : how many are kept.
    as_of : the day that the report takes for today.
    product, zip : parameter → its values: every combination is a report; rows side by side are.
    schedule : when it is due: a cron expression, or words such as "weekdays 07:00"; zone : of which clock.
    missed : which of the times that went by while nothing ran are made up for.
    topic : under which the list of reports groups it.
    alerts : what a Number must not do, as in "ford_share < 20%".
    formats : what is made beside the page.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    notebook: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")]
    title: str = ""
    audience: str = ""
    time_limit: Annotated[int, Field(gt=0, le=WEEK)] = 300
    memory_limit: Annotated[int | None, BeforeValidator(_bytes)] = None
    max_age: Annotated[datetime.timedelta | None, BeforeValidator(_age)] = None
    retries: Annotated[int, Field(ge=0, le=10)] = 0
    transient: list[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]] = []
    editions: Annotated[int, Field(ge=2, le=10_000)] = 20
    as_of: Annotated[datetime.date | None, BeforeValidator(_as_of)] = None
    schedule: Annotated[str, Field(max_length=200)] = ""
    zone: Annotated[str, Field(max_length=100)] = "UTC"
    missed: Literal["latest", "each", "none"] = "latest"
    topic: Annotated[str, Field(max_length=100)] = ""
    alerts: list[str] = []
    formats: list[Literal["pptx", "png", "pdf"]] = []
    parameters: dict[str, Any] = {}
    product: dict[str, list[Any]] = {}
    zip: dict[str, list[Any]] = {}

    @model_validator(mode="after")
    def _retries_what(self) -> Self:
        if bool(self.retries) != bool(self.transient):
            has, lacks = ("retries", "transient") if self.retries else ("transient", "retries")
            like = 'retries = 2 and transient = ["ConnectionError"]'
            raise ValueError(f"{has} does nothing without {lacks}; write both, as in {like}")
        return self

    @model_validator(mode="after")
    def _due_when(self) -> Self:
        alone = sorted({"zone", "missed"} & self.model_fields_set)
        if alone and not self.schedule:
            raise ValueError(f'{alone[0]} does nothing without schedule; write it, as in "weekdays 07:00"')
        if self.schedule:
            from pmlib.reports.schedule.when import when  # a catalog without schedules needs no calendar

            when(self.schedule, self.zone)
        return self

    @model_validator(mode="after")
    def _alerts_can_be_read(self) -> Self:
        for text in self.alerts:
            condition(text)
        if (at := _repeated(self.alerts)) is not None:
            raise ValueError(f"alerts holds {shown(self.alerts[at])} twice; keep it once")
        return self

    @model_validator(mode="after")
    def _axes_make_sense(self) -> Self:
        axes = [(table, name) for table in ("product", "zip") for name in getattr(self, table)]
        for table, name in axes:
            if not getattr(self, table)[name]:
                raise ValueError(f"{table}.{name} is empty; give it values, or delete it")
            if name in self.parameters:
                raise ValueError(f"{name} stands in both parameters and {table}; keep one")
            if table == "zip" and name in self.product:
                raise ValueError(f"{name} stands in both product and zip; keep one")
        for name, values in self.product.items():
            if (value := _repeated(map(_same, values))) is not None:
                raise ValueError(f"product.{name} holds {shown(values[value])} twice; keep it once")
        lengths = {name: len(values) for name, values in self.zip.items()}
        if len(set(lengths.values())) > 1:
            counts = ", ".join(f"{name} has {count}" for name, count in lengths.items())
            raise ValueError(f"zip puts values side by side, and {counts}; give each as many")
        rows = list(zip(*self.zip.values(), strict=True))
        if (at := _repeated(tuple(map(_same, row)) for row in rows)) is not None:
            raise ValueError(f"zip holds the row {', '.join(map(shown, rows[at]))} twice; keep it once")
        return self


def catalog(root: Path) -> dict[str, Entry]:
    """Read reports/catalog.toml.

    Raises
    ------
    PlanError : it cannot be read, or a table in it is not as Entry describes; one line each.
    """
    entries, wrong = readable(root)
    if wrong:
        raise PlanError("\n".join(line for lines in wrong.values() for line in lines))
    return entries


def readable(root: Path) -> tuple[dict[str, Entry], dict[str, list[str]]]:
    """Read those reports of the catalog that are as they should be, and say what is wrong with the others.

    Raises
    ------
    PlanError : the catalog cannot be read at all.
    """
    entries, wrong = dict[str, Entry](), dict[str, list[str]]()
    for name, table in read_toml(root, CATALOG).items():
        where = f"{CATALOG.as_posix()}, [{name}]"
        if not NAME.fullmatch(name):
            wrong[name] = [f"{where}: a report is named by {NAMING}"]
            continue
        try:
            entries[name] = Entry.model_validate(table)
        except ValidationError as error:
            # A misspelt key is missing under its right name too: say it once.
            unknown = [e for e in error.errors() if e["type"] == "extra_forbidden"]
            wrong[name] = [f"{where}: {_said(e)}" for e in unknown or error.errors()]
    return entries, wrong


def read_toml(root: Path, path: Path) -> dict[str, Any]:
    """Read a TOML file of the project.

    Raises
    ------
    PlanError : it is not there, or no TOML.
    """
    try:
        return tomllib.loads((root / path).read_text("utf-8"))
    except FileNotFoundError:
        raise PlanError(f"there is no {path.as_posix()} here; make a project with `pmlib init DIR`") from None
    except (ValueError, RecursionError) as error:  # not UTF-8, no TOML, or too deep or long for Python
        raise PlanError(f"{path.as_posix()} cannot be read: {error}") from None


def _repeated(items: Iterable[Hashable]) -> int | None:
    """Find the place of the first item that was there before."""
    seen = set[Hashable]()
    for place, item in enumerate(items):
        if item in seen:
            return place
        seen.add(item)
    return None


def _same(value: Any) -> Hashable:
    """Give what equal values share: 1 and 1.0 are one to a parameter that is a number."""
    return canonical(value) if isinstance(value, list | dict) else value


def _said(error: Mapping[str, Any]) -> str:
    place = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        return f"unknown key {place}{did_you_mean(place, Entry.model_fields)}"
    if error["type"] == "missing":
        return f"{place} is missing"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])  # ours, which names the key
    if error["type"] == "string_pattern_mismatch":
        return f"{place} is {shown(error['input'])}; it takes a name of letters, digits and _"
    if not place:
        return 'a report is a table, as in [us_car_market] with notebook = "competitive_analysis" in it'
    return f"{place} is {shown(error['input'])}: {error['msg'][0].lower()}{error['msg'][1:]}"
