"""The sentences of a ledger."""

from dataclasses import dataclass

import pandas as pd

from pmlib.impact.past.launches import Launches
from pmlib.impact.past.prior import ENOUGH, WITHIN, Prior
from pmlib.table import dates, interval, interval_digits, number, percentage
from pmlib.wording import listed

LIKELY = 0.9  # chance of helping, from which on a launch is planned without another word


@dataclass(frozen=True, eq=False)
class Said:
    """What sentences speak of.

    found : launches as read. frame : of the ledger. next_ends : of the next launch, at 80%. spread : between
        launches, on the scale of pooling.
    """

    found: Launches
    frame: pd.DataFrame
    next_ends: tuple[float, float]
    spread: float
    prior: Prior
    unit: str
    level: float

    @property
    def best(self) -> pd.Series:
        """The launch that looked most helpful."""
        return self.frame.iloc[0]

    @property
    def mean(self) -> pd.Series:
        return self.frame.iloc[-2]

    @property
    def coming(self) -> pd.Series:
        return self.frame.iloc[-1]

    @property
    def count(self) -> int:
        return len(self.found.names)

    @property
    def few(self) -> bool:
        return self.count < ENOUGH

    @property
    def range(self) -> str:
        return interval(*self.next_ends, self.unit)

    def written(self, value: float) -> str:
        """Write an effect no finer than the next launch is known."""
        return number(value, self.unit, interval_digits(*self.next_ends, self.unit))

    @property
    def of(self) -> str:
        return f" in {self.found.domain}" if self.found.domain else ""

    @property
    def launches(self) -> str:
        kind = "synthetic launch" if self.found.synthetic else "past launch"
        return f"{self.count} {kind}{'es' if self.count > 1 else ''}{self.of}"


def title(said: Said) -> str:
    low, high = said.next_ends
    verb = "would bring" if low > 0 or high < 0 else "may bring"
    first = "Synthetic: a" if said.found.synthetic else "A"
    return f"{first} next launch {verb} {said.range}"


def subtitle(said: Said, effect: str) -> str:
    parts = [f"{effect}: {said.launches}{_when(said.found)}; lines are {percentage(said.level)} ranges"]
    if said.found.others:
        others = listed([f"{name} ({count})" for name, count in said.found.others.items()])
        parts.append(f"not pooled with these: {others}")
    doubted = sorted(_doubted(said.found).items())
    if doubted:
        raised = ", ".join(f"{grade} {times:g} times" for grade, times in doubted)
        parts.append(f"errors are raised for low grades: {raised}")
    if said.few and said.prior.words:
        parts.append(f"below five launches a range is assumed: {said.prior.words}")
    return ". ".join(part[:1].upper() + part[1:] for part in parts)


def _when(found: Launches) -> str:
    if found.dates is None or found.dates.dropna().empty:
        return ""
    first, last = (str(when) for when in dates(found.dates.dropna().sort_values()).iloc[[0, -1]])
    return f", {first} to {last}" if first != last else f", {first}"


def _doubted(found: Launches) -> dict[str, float]:
    if found.grades is None:
        return {}
    times = dict(zip(found.grades, found.taken / found.errors, strict=True))
    return {grade: round(float(by), 6) for grade, by in times.items() if by > 1 + 1e-9}


def finding(said: Said) -> str:
    likely, truly = said.written(said.coming["estimate"]), said.written(said.mean["estimate"])
    ends = interval(said.mean["low"], said.mean["high"], said.unit)
    average = f"{said.launches} truly did {truly} on average ({percentage(said.level)} range {ends}). "
    coming = (
        f"A next one would do about {likely} ({said.range}, {percentage(WITHIN)} range), and helps with a "
        f"chance of {_chance(said)}."
    )
    if said.count == 1:
        return coming
    raw, best = said.written(said.best["raw"]), said.written(said.best["estimate"])
    return f"{average}{coming} The best looked like {raw}; allowing for luck it did about {best}."


def headline(said: Said) -> str:
    first = "In a synthetic ledger, a" if said.found.synthetic else "A"
    likely = f"{said.written(said.coming['estimate'])} ({said.range}, {percentage(WITHIN)} range)"
    return (
        f"{first} next launch{said.of} would do about {likely}, and helps with a chance of {_chance(said)}."
    )


def _chance(said: Said) -> str:
    return number(said.coming["helps"], "%", 0)


def advice(said: Said) -> str:
    if said.found.synthetic:
        return "Put the ledger of your own launches in place of the synthetic one before you decide by it."
    plan = f"Plan a next launch{said.of} with {said.written(said.coming['estimate'])}"
    if said.count > 1:
        plan += f", not with the {said.written(said.best['raw'])} that the best one seemed to bring"
    if said.coming["helps"] >= LIKELY:
        return f"{plan}."
    harm = number(1 - said.coming["helps"], "%", 0)
    return f"{plan}; test it first, as with a chance of {harm} it does no good."


def unknown(said: Said) -> str:
    if said.few:
        few = "Only 1 launch is" if said.count == 1 else f"Only {said.count} launches are"
        rests = f": the range rests on an assumed {said.prior.words}" if said.prior.words else ""
        return f"{few} comparable{rests}. More measured launches would change it."
    by = said.written(said.spread)
    return f"What tells good launches{said.of} from others: true effects differ by about {by} either way."
