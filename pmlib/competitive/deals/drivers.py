"""The columns that winning is compared on: attributes, the rivals met and time, one term each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pmlib.competitive.comparable import is_flag, levels
from pmlib.competitive.deals.identified import repeated
from pmlib.competitive.deals.table import Deals
from pmlib.competitive.words import count, listed, lower
from pmlib.data import Source
from pmlib.result import Check
from pmlib.table import Column, number

KNOWN = 0.5  # share of deals whose attribute must be known, or it is left out instead of them
LEVELS = 12  # beyond these a column of words is a name, not a group
FEW = 10  # deals with a level, or that met a rival; with fewer, it joins the others
RIVAL, TIME = "(rival)", "(years)"
OTHERS, OTHER = "other rivals", "other"


@dataclass(frozen=True)
class Driver:
    """One column of the comparison.

    term : its name: an attribute, or "attribute: level". label : in words; phrase : as a sentence goes on
        after "the chance to win is higher". form : "number", "yes/no" or "level". base : what it is compared
        with.
    step : how many units a typical step is.
    """

    term: str
    attribute: str
    label: str
    phrase: str
    form: str
    base: str
    step: float = 1.0


@dataclass(frozen=True)
class Design:
    """Deals with all drivers known.

    drivers : one a column of `columns`. told : levels that tell every outcome, set aside with their deals: by
        driver, how many deals and whether they were won. left : what is not compared on, and why.
    """

    drivers: tuple[Driver, ...]
    columns: np.ndarray
    won: np.ndarray
    customers: np.ndarray | None
    told: tuple[tuple[Driver, int, bool], ...]
    left: dict[str, str]
    checks: tuple[Check, ...]


def design(source: Source, table: Deals, rivals: Sequence[str], *, set_aside: bool) -> Design:
    """Lay out the drivers of deals; what repeats others is left out, and named.

    set_aside : levels that tell every outcome, with their deals.
    """
    frame, left = table.frame, dict[str, str]()
    found: list[tuple[Driver, pd.Series]] = []
    known = pd.Series(True, frame.index)
    for name in source.attributes:
        values = frame[name]
        if values.notna().mean() < KNOWN:
            left[name] = "mostly unknown"
            continue
        columns = _attribute(name, values, source.columns.get(name, Column(name)))
        if isinstance(columns, str):
            left[name] = columns
        else:
            found += columns
            known &= values.notna()
    found += _rivals(table, rivals)
    if "period" in frame and frame["period"].nunique() > 1:
        years = (frame["period"] - frame["period"].min()).dt.days / 365.25
        found.append((Driver(TIME, TIME, "One year later", "a year later", "number", "a year before"), years))
    rows = known.to_numpy()
    columns = np.column_stack([v.to_numpy(float) for _, v in found] or [np.empty((len(frame), 0))])[rows]
    parts = Design(
        drivers=tuple(driver for driver, _ in found),
        columns=columns,
        won=table.won[rows],
        customers=None if table.customers is None else table.customers[rows],
        told=(),
        left=left,
        checks=(_all_known(int((~known).sum()), len(frame)),),
    )
    return _without_repeats(_without_told(parts) if set_aside else parts)


def _attribute(name: str, values: pd.Series, spec: Column) -> list[tuple[Driver, pd.Series]] | str:
    if values.nunique() < 2:
        return "the same for all"
    if is_flag(values):
        driver = Driver(name, name, spec.label, f"with {lower(spec.label)}", "yes/no", "without")
        return [(driver, values.astype(float))]
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.astype(float)
        step = float(numbers.std(ddof=0))
        size = number(step, spec.unit)
        phrase = f"where {lower(spec.label)} is {size} more"
        return [(Driver(name, name, spec.label, phrase, "number", f"{size} less", step), numbers)]
    words = values.astype(str).where(values.notna())
    sizes = words.value_counts()
    rare = sizes.index[sizes < FEW]
    if len(rare) > 1:
        words = words.where(~words.isin(rare), OTHER)
    if words.nunique() > LEVELS:
        return f"{words.nunique()} different values"
    base, *others = _by_size(words, [str(level) for level in levels(values)])
    return [
        (
            Driver(
                f"{name}: {level}",
                name,
                f"{spec.label}: {level}",
                f"where {lower(spec.label)} is {level}, against {base}",
                "level",
                str(base),
            ),
            words.eq(level).astype(float),
        )
        for level in others
    ]


def _by_size(words: pd.Series, order: Sequence[str]) -> list[str]:
    # The most frequent level is what the others are compared with; they keep their order, the rare ones last.
    there = [level for level in dict.fromkeys([*order, OTHER]) if words.eq(level).any()]
    base = max(there, key=lambda level: int(words.eq(level).sum()))
    return [base, *(level for level in there if level != base)]


def _rivals(table: Deals, rivals: Sequence[str]) -> list[tuple[Driver, pd.Series]]:
    met = table.meetings
    sizes = met["group"].value_counts()
    kept = [firm for firm in sorted(sizes.index) if sizes[firm] >= FEW and (not rivals or firm in rivals)]
    groups = met.assign(group=met["group"].where(met["group"].isin(kept), OTHERS)).drop_duplicates()
    names = [*kept, *([OTHERS] if (groups["group"] == OTHERS).any() else [])]
    inside = {
        name: pd.Series(table.frame.index.isin(groups.loc[groups["group"] == name, "deal"]).astype(float))
        for name in names
    }
    total = sum(inside.values(), pd.Series(0.0, table.frame.index))
    base = "deals without it"
    if len(names) and (total == 1).all():  # each deal met one rival: the most frequent is the yardstick
        base = max(names, key=lambda name: inside[name].sum())
    form, than = ("level", f" than against {base}") if base in inside else ("yes/no", "")
    return [
        (Driver(f"{RIVAL}: {name}", RIVAL, f"Against {name}", f"against {name}{than}", form, base), column)
        for name, column in inside.items()
        if name != base
    ]


def _without_told(parts: Design) -> Design:
    # A level all of whose deals were won, or all lost, has no finite effect: it is shown as what it is.
    for j, driver in enumerate(parts.drivers):
        inside = parts.columns[:, j] == 1
        if driver.form == "number" or not inside.any() or inside.all():
            continue
        rate = parts.won[inside].mean()
        if rate not in (0.0, 1.0):
            continue
        rest = replace(
            parts,
            drivers=parts.drivers[:j] + parts.drivers[j + 1 :],
            columns=np.delete(parts.columns[~inside], j, axis=1),
            won=parts.won[~inside],
            customers=None if parts.customers is None else parts.customers[~inside],
            told=(*parts.told, (driver, int(inside.sum()), bool(rate))),
        )
        return _without_told(rest)
    return parts


def _without_repeats(parts: Design) -> Design:
    again = repeated(parts.columns)
    kept = [j for j in range(len(parts.drivers)) if j not in again]
    said = []
    for j, others in again.items():
        repeats = listed([parts.drivers[k].label for k in others])
        said.append(f"{parts.drivers[j].label} ({'repeats ' + repeats if others else 'the same for all'})")
    customers = parts.customers
    if customers is not None:
        _, customers = np.unique(customers, return_inverse=True)  # numbered again, for some are gone
    return replace(
        parts,
        drivers=tuple(parts.drivers[j] for j in kept),
        columns=parts.columns[:, kept],
        customers=customers,
        checks=(*parts.checks, _all_told(said), _all_compared(parts.left)),
    )


def _all_known(unknown: int, deals: int) -> Check:
    saw = f"{count(unknown)} of {count(deals)} left out" if unknown else count(deals)
    return Check("Deals compared have all attributes", not unknown, saw)


def _all_told(said: list[str]) -> Check:
    return Check("No driver repeats others", not said, f"left out: {listed(said)}" if said else "none does")


def _all_compared(left: dict[str, str]) -> Check:
    said = listed([f"{lower(name)} ({why})" for name, why in left.items()])
    return Check("Every attribute is compared on", not left, f"left out: {said}" if left else "all are")
