"""Source: a checked table that an analysis asks for roles, with its labels, origin and fingerprint."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd

from pmlib.data.roles import LISTED_ROLES, MEASURES, REPEATING, RESERVED, ROLES, TYPES_OF_ROLE
from pmlib.data.words import DataError, meant, shown
from pmlib.result import Result
from pmlib.stats.moments import GroupMoments
from pmlib.table import Column, is_number, texts

AMOUNTS = {role for role, types in TYPES_OF_ROLE.items() if types == MEASURES}
FLAGS = ("chosen", "available", "won")
MEASURED = ("units", "revenue", "share", "price", "penetration")  # roles of what is a KPI, too
LARGEST, TINY = 1e60, 1e-9  # of an amount, and of the largest of a column, in its unit
SINCE = ("launched", "until")  # dates that may be missing: never, or to this day
NEVER = ("", "0", "nan", "nat", "none", "<na>", "inf", "never")  # how tables write a date that never came
PROFILE = {
    "label": Column("Column"),
    "unit": Column("Unit"),
    "role": Column("Used as"),
    "span": Column("Holds"),
    "blank": Column("Blank", "%", 0),
}


@dataclass(frozen=True)
class Fingerprint:
    """What was opened: hash of its bytes, rows, and its newest period as ISO text ("" without periods)."""

    sha256: str
    rows: int
    newest: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """A table, named by roles.

    frame : columns with a role of their own are called by it (product, firm, period, units, share, revenue,
        price, chooser, occasion, chosen, ...); `name` is a product in words; `period` is a date; the others
        keep their names.
    columns : label and unit of each column of the frame.
    attributes, instruments, kpis, covariates : names of the columns of these roles, as declared.
    line : where the data come from, as printed under a chart.
    licence : the terms that the data are under.
    note : what a reader must know of how the numbers were made.
    said : what was safely mended in reading.
    partial : whether shares are of a market that is listed in part: others sold the rest of 1. Else they are
        of all potential buyers, and the rest bought nothing.
    guesses : what of the declaration was guessed and is not confirmed, as in "price.unit".
    renamed : role by the name that a column had.
    moments : where rows were added up to moments: what the groups of the frame hold.
    """

    name: str
    title: str
    frame: pd.DataFrame = field(repr=False)
    columns: Mapping[str, Column] = field(repr=False)
    attributes: tuple[str, ...]
    line: str
    fingerprint: Fingerprint
    instruments: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    licence: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    said: tuple[str, ...] = field(default=(), repr=False)
    partial: bool = field(default=False, repr=False)
    guesses: tuple[str, ...] = field(default=(), repr=False)
    renamed: Mapping[str, str] = field(default_factory=dict, repr=False)
    moments: GroupMoments | None = field(default=None, repr=False)

    @property
    def given(self) -> bool:
        """Whether there is a table at all; a parameter that names none gives an empty one."""
        return bool(self.columns)

    def has(self, *roles: str) -> bool:
        """Tell whether every one of these roles has a column."""
        return not self.lacks(*roles)

    def lacks(self, *roles: str) -> list[str]:
        """List the roles that no column has."""
        held = {role for role in ROLES if role in self.frame}
        held |= {role for role, columns in self.listed.items() if columns}
        return [role for role in roles if role not in held]

    @property
    def listed(self) -> dict[str, tuple[str, ...]]:
        """The columns of each role that several may have."""
        return {role: getattr(self, f"{role}s") for role in LISTED_ROLES if role}

    @property
    def measured(self) -> tuple[str, ...]:
        """The columns that may be a KPI: those of the role, and amounts that have a role of their own."""
        return (*self.kpis, *(role for role in MEASURED if role in self.frame))

    def called(self, name: str) -> str:
        """Say what a column goes by in the frame: its role, where it has one."""
        return name if name in self.frame else self.renamed.get(name, name)

    def window(self, first: int | None = None, last: int | None = None) -> Self:
        """Keep the rows from one year to another, both included; None leaves that end open.

        Raises
        ------
        DataError : the source has no periods, or none of them lies there.
        """
        if (first is None and last is None) or not self.given:
            return self
        if "period" not in self.frame:
            raise DataError(f"{self.name} has no period column, so no years to choose; leave the window open")
        years = self.frame["period"].dt.year
        kept = years.between(years.min() if first is None else first, years.max() if last is None else last)
        if not kept.any():
            asked = f"{'the start' if first is None else first} to {'the end' if last is None else last}"
            raise DataError(f"{self.name} has no rows from {asked}; it has {years.min()} to {years.max()}")
        return replace(self, frame=self.frame[kept].reset_index(drop=True))

    def about(self) -> "Profile":
        """Show what the data are: where from, under which terms, what each column holds."""
        rows = [self._profile(name) for name in self.columns if name in self.frame]
        size, newest = f"{len(self.frame):,} rows", newest_period(self.frame)
        return Profile(
            title=self.title,
            subtitle=f"{size}{f', newest {newest}' if newest else ''}. {self.licence}".strip(),
            finding=self.note or f"{self.title} holds {size}.",
            frame=pd.DataFrame(rows, columns=list(PROFILE)),
            columns=PROFILE,
            source=self.line,
        )

    def _profile(self, name: str) -> dict[str, object]:
        values, column = self.frame[name], self.columns[name]
        role = next((role for role, columns in self.listed.items() if name in columns), "")
        role = name if name in ROLES else role
        known = values.dropna()
        if is_number(values) or pd.api.types.is_datetime64_any_dtype(values.dtype):
            ends = texts(pd.DataFrame({name: [known.min(), known.max()]}), {name: column})[name]
            span = " to ".join(ends) if len(known) else ""
        else:
            span = f"{known.nunique():,} different"
        return {
            "label": column.label,
            "unit": column.unit,
            "role": role,
            "span": span,
            "blank": values.isna().mean(),
        }


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Profile(Result):
    """A source's columns: one row each."""


def source(
    frame: pd.DataFrame,
    name: str = "frame",
    *,
    columns: Mapping[str, Column] | None = None,
    attributes: Sequence[str] = (),
    instruments: Sequence[str] = (),
    kpis: Sequence[str] = (),
    covariates: Sequence[str] = (),
    line: str = "",
    **roles: str,
) -> Source:
    """Wrap an analyst's own frame, which stays as it is.

    Parameters
    ----------
    columns : labels and units, by the frame's column names or by role; the others are called as they are.
    attributes, instruments : columns that describe a product, and columns that move its price but not the
        wish for it.
    kpis, covariates : columns that are measured, and columns known before, or moved by what moves these too.
    roles : column by role, as in price="list_price"; a column already called by a role needs no mention.

    Raises
    ------
    DataError : an unknown role, or a column that is not there.
    """
    for role in roles:
        if role not in ROLES:
            raise DataError(f"{name}: {role!r} is not a role; {meant(role, ROLES, 'it may be', 20)}")
    listed = {"attributes": attributes, "instruments": instruments, "kpis": kpis, "covariates": covariates}
    for what, given in listed.items():
        if isinstance(given, str):
            raise DataError(f'{name}: {what} is the text "{given}"; write a list of columns: ["{given}"]')
    several = [column for columns in listed.values() for column in columns]
    for column in (*roles.values(), *several):
        if column not in frame:
            raise DataError(f"{name} has no column {column!r}; {meant(str(column), frame)}")
    renamed = {column: role for role, column in roles.items()}
    if len(renamed) < len(roles):
        raise DataError(f"{name}: two roles are given to one column; copy it for the second")
    if frame.columns.has_duplicates:
        raise DataError(
            f"{name} has two columns {frame.columns[frame.columns.duplicated()][0]!r}; rename one"
        )
    for what, given in listed.items():
        for column in given if what != "instruments" else ():
            if (role := renamed.get(column, column)) != column:
                a_column = {"attributes": "an attribute", "kpis": "a kpi"}.get(what, "a covariate")
                raise DataError(f"{name}: {column!r} is the {role}; {a_column} is another column")
    for column, role in renamed.items():
        if role in frame and role != column:
            raise DataError(f"{name}: both {column!r} and {role!r} would be the {role}; drop one")
    declared = {renamed.get(key, key): column for key, column in (columns or {}).items()}
    hashed = pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()
    _check_since(name, frame, {roles[role]: role for role in SINCE if role in roles})
    named = by_role(frame, renamed)
    if "period" in named and (lost := named["period"].isna()).any():
        row = int(lost.to_numpy().argmax())
        written = frame[roles.get("period", "period")].tolist()
        found = shown(written[row])
        remedy = "give dates (pandas.to_datetime makes them), or years as whole numbers"
        if any(getattr(moment, "tzinfo", None) for moment in written):
            remedy = "its column mixes time zones: bring all to one (pandas.to_datetime with utc=True)"
        raise DataError(f"{name}, row {row}: period is {found}; {remedy}")
    _check_values(name, named, several, roles)
    named = named.astype(
        {flag: "Int64" if named[flag].hasnans else "int64" for flag in FLAGS if flag in named}
    )
    return Source(
        name=name,
        title=name,
        frame=named,
        columns={key: declared.get(key, Column(str(key).replace("_", " "))) for key in named},
        attributes=tuple(attributes),
        instruments=tuple(instruments),
        kpis=tuple(kpis),
        covariates=tuple(covariates),
        line=line,
        fingerprint=fingerprint(repr(list(frame)).encode() + hashed, named),
        renamed=renamed,
    )


def check_source(found: object) -> None:
    """Refuse what is no Source, such as a bare frame.

    Raises
    ------
    TypeError : one line that says how a frame becomes one.
    """
    if not isinstance(found, Source):
        kind = type(found).__name__
        raise TypeError(f"a Source is needed, found a {kind}; make one: pmlib.data.source(frame, price=...)")


def check_amounts(source: Source, *columns: str) -> None:
    """Refuse columns that hold no numbers, of roles so common that the gate lets them be.

    Raises
    ------
    DataError : one line that names the column.
    """
    for column in columns:
        values = source.frame[column]
        odd = pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_complex_dtype(values.dtype)
        if odd or not pd.api.types.is_numeric_dtype(values.dtype):
            raise DataError(f"{source.name}: {column} holds {values.dtype}, not numbers; convert it first")


def check_sizes(name: str, column: str, values: np.ndarray) -> None:
    """Refuse amounts so large or small that their powers are no numbers, or all so small that they read as 0.

    Raises
    ------
    DataError : one line that names the row.
    """
    sizes = np.abs(values)
    beyond = (sizes > LARGEST) | ((sizes < 1 / LARGEST) & (sizes > 0))
    if not beyond.any() and np.fmax.reduce(sizes, initial=0.0) < TINY:
        beyond = sizes > 0
    if beyond.any():
        row = int(beyond.argmax())
        unit = "larger" if sizes[row] > 1 else "smaller"
        raise DataError(f"{name}, row {row}: {column} is {values[row]:g}; correct it, or give a {unit} unit")


def no_source() -> Source:
    """Stand for a table that was not given: it has no column, so that no section can be filled from it."""
    return Source(
        name="none",
        title="no table",
        frame=pd.DataFrame(),
        columns={},
        attributes=(),
        line="",
        fingerprint=Fingerprint("", 0),
    )


def _check_since(name: str, frame: pd.DataFrame, roles: Mapping[str, str]) -> None:
    for column, role in roles.items():
        if frame[column].dtype.kind == "M":
            continue
        written = frame[column].astype("str").str.removesuffix(".0")
        read = pd.to_datetime(written, format="%Y", errors="coerce")
        odd = np.flatnonzero(read.isna() & ~written.fillna("").str.lower().isin(NEVER))
        if len(odd):
            found = shown(frame[column].tolist()[odd[0]])
            remedy = "give dates or years as whole numbers, and leave it empty for never"
            raise DataError(f"{name}, row {odd[0]}: {role} is {found}; {remedy}")


def _check_values(name: str, frame: pd.DataFrame, attributes: Sequence[str], roles: Collection[str]) -> None:
    # What data.read refuses by file and row, an analyst's own frame must not bring in either.
    for column in sorted(AMOUNTS & (RESERVED | set(roles))):
        if column in frame and not pd.api.types.is_numeric_dtype(frame[column].dtype):
            raise DataError(f"{name}: {column} holds {frame[column].dtype}, not numbers; convert it first")
    for column in attributes:
        if pd.api.types.is_float_dtype(frame[column].dtype):
            infinite = np.isinf(frame[column].to_numpy(float, na_value=np.nan))
            if infinite.any():
                row = int(infinite.argmax())
                raise DataError(f"{name}, row {row}: {column} is infinite; correct it, or leave it missing")
    for column in (flag for flag in FLAGS if flag in frame):
        undecided = frame[column].isna() & (column == "won")
        odd = np.flatnonzero(~(frame[column].isin([0, 1]) | undecided))
        if len(odd):
            found = shown(frame[column].tolist()[odd[0]])
            raise DataError(f"{name}, row {odd[0]}: {column} is {found}; write 1 for yes and 0 for no")
    sets = [role for role in ("chooser", "occasion") if role in frame]
    key = sets + [role for role in ("period", "market", "segment", "firm", "product") if role in frame]
    once = "product" in key and not any(role in frame for role in REPEATING)
    twins = np.flatnonzero(frame.duplicated(key)) if once else np.array([], int)
    if len(twins):
        found = ", ".join(str(value).removesuffix(" 00:00:00") for value in frame.loc[twins[0], key])
        remedy = "keep one" if sets else "add them up, or keep one"
        raise DataError(f"{name}, row {twins[0]}: a second row of {found}; {remedy}")


def by_role(
    frame: pd.DataFrame, renamed: Mapping[str, str], names: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Call columns by their roles, turn years into dates and put a product's name in words.

    Parameters
    ----------
    renamed : role by column.
    names : columns that together name a product, each with the column that makes it needless where filled, or
        ""; blanks are skipped. Without any, it is the product itself.
    """
    frame = frame.rename(columns=dict(renamed)).reset_index(drop=True)
    if "period" in frame and frame["period"].dtype.kind != "M":
        frame["period"] = _dated(frame["period"])
    for column in (column for column in SINCE if column in renamed.values()):
        if frame[column].dtype.kind != "M":
            frame[column] = _dated(frame[column])
    if names:
        words = pd.Series("", index=frame.index, dtype="str")
        for part, unless in names.items():
            text = (" " + frame[part].astype("str")).fillna("")
            words += text.where(frame[unless].isna(), "") if unless else text
        frame["name"] = words.str.removeprefix(" ")
    elif "product" in frame and "name" not in frame:
        frame["name"] = frame["product"].astype("str")
    return frame


def _dated(periods: pd.Series) -> pd.Series:
    # Years as numbers or words, and pandas' periods; what is neither is missing, and refused by its row.
    if isinstance(periods.dtype, pd.PeriodDtype):
        return periods.dt.to_timestamp()
    years = periods.astype("str").str.removesuffix(".0")  # whole years that a gap made floats
    return pd.to_datetime(years, format="%Y", errors="coerce")


def fingerprint(content: bytes, frame: pd.DataFrame) -> Fingerprint:
    """Take the hash of what was opened, and say how much and how new it is."""
    return Fingerprint(hashlib.sha256(content).hexdigest(), len(frame), newest_period(frame))


def newest_period(frame: pd.DataFrame) -> str:
    """Write the newest period as ISO text, no finer than periods are: 1990, 1990-03, 1990-03-07."""
    known = frame["period"].dropna() if "period" in frame else pd.Series(dtype="datetime64[us]")
    if known.empty:
        return ""
    length = 10 if (known.dt.day > 1).any() else 7 if (known.dt.month > 1).any() else 4
    return known.max().date().isoformat()[:length]
