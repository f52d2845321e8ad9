"""What data/sources.toml may say of one column."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pmlib.data.roles import LABELS, MEASURES, SHARED_ROLES, TYPES_OF_ROLE, Better, Role, Type
from pmlib.data.week import is_weekly
from pmlib.table import Column

# What only some types may say, and the types that may.
TYPES_OF_SETTING = {
    "range": (*MEASURES, "year", "date"),
    "values": LABELS,
    "scale": MEASURES,
    "strip": MEASURES,
    "parentheses": MEASURES,
    "jumps": MEASURES,
    "accept": ("text", "category"),
    "future": ("year", "date"),
    "format": ("date",),
    "zone": ("date",),
}
INSTEAD = {"values": "give a range instead"}


class Strict(BaseModel):
    """A part of a declaration: no setting it does not know, no value of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Rule(Strict):
    """What one column must hold.

    range : lowest and highest value allowed, both included (`inf` for no limit).
    values : the labels allowed, in their order; for a flag the two labels that mean 0 and 1,
        in any case.
    scale : what a number is multiplied by on reading, to be in `unit`; range speaks of the cell as written.
    of : of a column of role share: what it is a share of. Of a "market", others sold what is missing to 1; of
        "potential buyers", as where it is not said, nobody.
    unless : of a column of role name: a column that names the product well enough where it is filled.
    format : how a date is written, in strptime's codes, %q for a quarter, and %V for a week without a day.
    zone : the time zone in which a moment, written with its offset, is a date.
    strip : what may stand around a number, such as "$" or "%"; it is taken off.
    parentheses : whether (5) means −5.
    accept : labels that look wrong (a total, a near twin of another) and are right.
    jumps : whether a value may be hundreds of times what the rest of its series is.
    future : whether dates after today are right.
    guess : the settings that were guessed from the data and that nobody has confirmed yet.
    label, unit, digits, better : as in table.Column.
    """

    type: Type
    role: Role = ""
    label: str = ""
    unit: str = ""
    digits: int | None = None
    better: Better = ""
    range: Annotated[list[float | date], Field(min_length=2, max_length=2)] | None = None
    values: Annotated[list[str], Field(min_length=1)] | None = None
    nullable: bool = False
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    of: Literal["", "market", "potential buyers"] = ""
    unless: str = ""
    format: str = "%Y-%m-%d"
    zone: str = ""
    strip: list[Annotated[str, Field(min_length=1)]] = []
    parentheses: bool = False
    accept: list[str] = []
    jumps: bool = False
    future: bool = False
    guess: list[str] = []

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        for setting, types in TYPES_OF_SETTING.items():
            if setting in self.model_fields_set and getattr(self, setting) and self.type not in types:
                remedy = INSTEAD.get(setting, "remove it")
                raise ValueError(f"type {self.type!r} has no {setting}; {remedy}")
        allowed = TYPES_OF_ROLE.get(self.role)
        if allowed and self.type not in allowed:
            raise ValueError(
                f"role {self.role!r} needs type {' or '.join(map(repr, allowed))}, not {self.type!r}"
            )
        if self.role == "period" and self.nullable:
            raise ValueError("a period cannot be nullable; remove that")
        if self.of and self.role != "share":
            raise ValueError("only a column of role 'share' has of; remove it")
        if self.unless and self.role != "name":
            raise ValueError("only a column of role 'name' has unless; remove it")
        return self

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.range:
            self._check_range(*self.range)
        for mark in self.strip:
            if not mark.strip("+-−–— "):
                raise ValueError(
                    f"strip = [{mark!r}] would take the sign off a number; where 5- means −5, "
                    "set format = { trailing_minus = true } of the table instead"
                )
        if self.values and len(set(self.values)) < len(self.values):
            raise ValueError("values repeats a label; keep it once")
        if self.values and self.type == "flag" and len(self.values) != 2:
            raise ValueError('a flag has two values, the one for 0 first: values = ["no", "yes"]')
        try:
            form = self.format.replace("%q", "%m", 1)  # a quarter is ours; it is read by its first month
            if is_weekly(form):  # of which strptime wants to know the day
                form = form.replace("%V", "%m", 1).replace("%G", "%Y", 1)
            datetime.strptime(datetime(1990, 12, 31, tzinfo=UTC).strftime(form), form)
        except ValueError:
            raise ValueError(f"format {self.format!r} is no date's; write one such as '%d.%m.%Y'") from None
        if is_weekly(self.format) and not re.search("%[YGy]", self.format):
            raise ValueError(
                f"format {self.format!r} has a week without its year; write one such as '%Y-W%V'"
            )
        if self.zone and "%z" not in self.format:
            raise ValueError("a zone needs a format with an offset, such as '%Y-%m-%dT%H:%M:%S%z'")
        if "%z" in self.format and not self.zone:
            raise ValueError('a moment with an offset is a date in one zone only; add zone = "UTC"')
        try:
            ZoneInfo(self.zone or "UTC")
        except (ValueError, OSError):  # its own error is an OSError where the name is a folder's
            raise ValueError(f"zone {self.zone!r} is not known; write one such as 'Europe/Berlin'") from None
        except KeyError:
            raise ValueError(f"zone {self.zone!r} is not known; write one such as 'Europe/Berlin'") from None
        return self

    def _check_range(self, low: float | date, high: float | date) -> None:
        is_date = [isinstance(end, date) for end in (low, high)]
        if is_date != [self.type == "date"] * 2:
            raise ValueError(
                f"range {[low, high]} does not fit type {self.type!r}; give two dates or two numbers"
            )
        if low > high:  # type: ignore[operator]
            raise ValueError(f"range starts above its end: {[low, high]}; swap them")

    @property
    def allowed(self) -> list[str]:
        """The labels a cell may hold; none named means any."""
        return self.values or (["0", "1"] if self.type == "flag" else [])


def final_names(columns: dict[str, Rule]) -> dict[str, str]:
    """Name each declared column as an analysis sees it: by its role where the role has one column."""
    return {name: name if rule.role in SHARED_ROLES else rule.role for name, rule in columns.items()}


def described(name: str, rule: Rule) -> Column:
    """Say how a column is labelled and written."""
    return Column(rule.label or name.replace("_", " "), rule.unit, rule.digits, rule.better)
