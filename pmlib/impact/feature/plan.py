"""The plan of a feature: what it is thought to do, to whom, how fast, and what that is worth; each a law."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

from pmlib.data.words import meant, shown
from pmlib.impact.calendar import moment
from pmlib.impact.effect import Effect
from pmlib.impact.feature.adoption import DAYS, Adoption, adoption_of
from pmlib.impact.kpi import Kpi
from pmlib.impact.ranges import law
from pmlib.stats.laws import Constant, Law, Sampled, Scaled

PAST = 4000  # draws of past launches that stand for their law
NONE = Constant(0.0)
EFFECT_OF = ("user", "adopter")
LABELS = {
    "effect": "Effect",
    "reach": "Reach",
    "adoption": "Adoption",
    "cannibalises": "Taken from elsewhere",
    "baseline": "The KPI without it",
    "value": "Value",
    "cost": "Cost",
}


class Baseline(Protocol):
    """A forecast of the KPI without the feature."""

    @property
    def kpi(self) -> Kpi:
        """The series."""
        ...

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The periods ahead."""
        ...

    def paths(self, count: int, seed: int) -> np.ndarray:
        """Draw futures: a row each, a column a period."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """What a feature's forecast is made of.

    name : of the feature. launch : place of the first period that has it; steps : periods looked at.
    effect : relative, of a user (reached) or an adopter, as `effect_of` says. reach : share of the KPI that
        those reached make up. cannibalises : share of the gain that is lost elsewhere.
    value : money a unit of the KPI gained, a period; None where none is known. cost : money, once.
    currency : sign or label of money. words : how each driver was said. synthetic : whether the effect is
        from past launches that are made up.
    """

    name: str
    baseline: Baseline
    launch: int
    steps: int
    effect: Law
    reach: Law
    adoption: Adoption
    cannibalises: Law = NONE
    value: Law | None = None
    cost: Law = NONE
    effect_of: Literal["user", "adopter"] = "user"
    currency: str = "$"
    words: Mapping[str, str] = field(default_factory=dict)
    synthetic: bool = False

    @property
    def dates(self) -> pd.DatetimeIndex:
        return self.baseline.dates[: self.steps]

    @property
    def better(self) -> int:
        """1 where more of the KPI is better, −1 where less is."""
        return -1 if self.baseline.kpi.column.better == "lower" else 1

    def changed(self, name: str, text: Any) -> "Plan":
        """Take one driver, or the launch, as a text says.

        Raises
        ------
        ValueError : there is no such driver, or the text is none of its kind.
        """
        if name not in READERS:
            raise ValueError(f"{shown(name)} is no driver; {meant(name, READERS, 'there are')}")
        found = READERS[name](text, self)
        said = text if isinstance(text, str) else f"{text:g}" if isinstance(text, (int, float)) else ""
        words = {**self.words, name: said.replace(" .. ", " to ")}
        new = replace(self, **{name: found}, words=words, synthetic=self.synthetic and name != "effect")
        new.check()
        return new

    def check(self) -> None:
        """Refuse a ceiling where it would count adoption twice."""
        ceiling = self.adoption.ceiling
        if self.effect_of == "user" and not (isinstance(ceiling, Constant) and ceiling.value == 1):
            raise ValueError(
                f"adoption {shown(self.adoption.words)}: an effect of all users reached holds how few adopt, "
                'so a ceiling would count it twice; take "at most" away, or give effect_of="adopter"'
            )


def effect_of_past(given: Any, seed: int) -> tuple[Law, str]:
    """Make a law of an estimate, of past launches, or of a text; and say where it is from.

    Raises
    ------
    ValueError : it is none of these.
    """
    if isinstance(given, Effect):
        if not (np.isfinite(given.relative) and np.isfinite(given.relative_se) and given.relative_se >= 0):
            raise ValueError(
                f"effect: {given.name} has no relative effect with an error; write a range instead"
            )
        spread = float(given.relative_se)
        measured = Scaled("normal", 0.95, float(given.relative), spread, spread)
        return measured, f"as measured ({given.design}, grade {given.grade})"
    if callable(getattr(given, "draws", None)):
        drawn = np.asarray(given.draws(PAST, seed), float)
        if drawn.ndim != 1 or not drawn.size or not np.isfinite(drawn).all():
            raise ValueError("effect: the draws of past launches are not numbers; look at their table")
        made_up = "synthetic " if getattr(given, "synthetic", False) else ""
        return Sampled(drawn), f"from {made_up}past launches"
    found = law(given, "change", "effect")
    said = given.replace(" .. ", " to ") if isinstance(given, str) else f"{given * 100:g}%"
    return found, said


def launch_place(when: str | date | pd.Timestamp, dates: pd.DatetimeIndex) -> int:
    """Find the first period that begins on a date or later.

    Raises
    ------
    ValueError : it is no date, or none of the periods ahead.
    """
    if not isinstance(when, (str, date)):
        raise ValueError(f"launch is {shown(when)}; write a date such as 2024-03-07")
    found = moment(when, "launch")
    if not dates[0] <= found <= dates[-1]:
        ends, written = f"{dates[0].date()} to {dates[-1].date()}", str(found).removesuffix(" 00:00:00")
        raise ValueError(f"launch {written} is not within the forecast, {ends}; choose a date in it")
    return int(dates.searchsorted(found))


def _launch(text: Any, plan: Plan) -> int:
    words = str(text).strip()
    if not words.startswith(("+", "-", "−")):
        return launch_place(text, plan.dates)
    number, _, unit = words[1:].strip().partition(" ")
    step = plan.baseline.kpi.step
    called = unit.strip().casefold().rstrip("s")
    if not number.isdecimal() or called not in DAYS:
        raise ValueError(f"launch {shown(words)} is no delay; write one such as +4 weeks, or a date")
    periods = int(number) * DAYS[called] / DAYS[step.name]
    place = plan.launch + round(periods) * (1 if words[0] == "+" else -1)
    if abs(periods - round(periods)) > 0.05 * max(periods, 1):
        raise ValueError(f"launch {words} is no whole number of {step.name}s; write it in {step.name}s")
    if not 0 <= place < plan.steps:
        ends = f"{plan.dates[0].date()} to {plan.dates[-1].date()}"
        raise ValueError(f"launch {words} is not within the forecast, {ends}; delay it less")
    return place


def _money(name: str) -> Callable[[Any, Plan], Law]:
    return lambda text, plan: law(text, "size", name, money=plan.currency[:1])


READERS: dict[str, Callable[[Any, Plan], Any]] = {
    "launch": _launch,
    "effect": lambda text, plan: law(text, "change", "effect"),
    "reach": lambda text, plan: law(text, "share", "reach"),
    "adoption": lambda text, plan: adoption_of(text, plan.baseline.kpi.step),
    "cannibalises": lambda text, plan: law(text, "share", "cannibalises"),
    "value": _money("value"),
    "cost": _money("cost"),
}
