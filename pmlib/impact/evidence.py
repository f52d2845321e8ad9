"""How good is the evidence? The best design that the data allow, named, graded, and beside the others."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.impact.effect import Effect
from pmlib.impact.kpi import Kpi
from pmlib.impact.panel.panel import Panel
from pmlib.impact.rungs import NEEDS, agree, best, lowered, rung, usable
from pmlib.result import Absent, Check
from pmlib.table import Column, interval, interval_digits, number, percentage
from pmlib.wording import capital, listed, lower

TITLE = "How good the evidence is"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Evidence(Effect):
    """The estimate that rests on the best design, and all others beside it.

    frame : a row a design, the best first: label, design, grade, estimate, low, high (shares of what would
        have been, or in the KPI's unit where one of them knows no share), effect, effect_low, effect_high,
        relative, false_alarms, detectable, agrees (with the best; missing where it cannot be said), why.
    chosen : the estimate that is told. of : all that were given, the best first.
    """

    chosen: Effect
    of: tuple[Effect, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw each design's effect with its interval, the one that is told marked."""
        from pmlib import chart

        shown = self.frame[self.frame["estimate"].notna()]
        highlight = [shown["label"].iloc[0]]
        return chart.dots(shown, "label", spec=self.columns["estimate"], highlight=highlight, ax=ax)


def evidence(
    *given: Effect | Absent | None,
    test: Source | None = None,
    panel: Panel | Absent | None = None,
    kpi: Kpi | Absent | None = None,
    launch: str | date | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> Evidence | Absent:
    """Pick the best of several estimates of one launch, say why, and where they disagree.

    The best grade is taken; of equal grades the higher rung: a randomised test, staggered launches, units
    compared with others, a mix of others (above units compared with others where few got it), a series with
    controls, a series alone. An estimate without a number, such as of a test whose split is off, is not
    taken. Where another of at least the same grade disagrees beyond both errors, a grade is taken off.

    Parameters
    ----------
    given : effects, in any order; what is absent is told with its reason.
    test, panel, kpi : to estimate from, where no effects are at hand: a table of a test, what `panel` and
        `kpi` give. launch : of the kpi. level, seed : of these estimates.

    Raises
    ------
    ValueError : what was given is no effect; a kpi without its launch.
    """
    present, absent = _sorted(given)
    more, lacking = _sorted(_estimated(test, panel, kpi, launch, level, seed))
    effects, missing = best([*present, *more]), [*absent, *lacking]
    if not effects or not usable(effects[0]):
        reasons = [f"{one.title}: {one.reason}" for one in missing]
        reasons += [f"{capital(one.design)}: {one.finding}" for one in effects]
        return Absent(title=TITLE, reason=" ".join(reasons) or "No estimate of an effect was given.")
    return _told(effects, missing)


def _sorted(given: Sequence[Any]) -> tuple[list[Effect], list[Absent]]:
    effects: list[Effect] = []
    absent: list[Absent] = []
    for one in given:
        if isinstance(one, Absent):
            absent.append(one)
        elif isinstance(one, Evidence):
            effects.extend(one.of)
        elif isinstance(one, Effect):
            rung(one)
            effects += [] if any(one is other for other in effects) else [one]
        elif one is not None:
            what = type(one).__name__
            raise ValueError(f"evidence takes effects, as experiment or synthetic gives; this is a {what}")
    return effects, absent


def _estimated(
    test: Source | None,
    panel: Panel | Absent | None,
    kpi: Kpi | Absent | None,
    launch: str | date | None,
    level: float,
    seed: int,
) -> list[Effect | Absent]:
    """Estimate by each design that the data allow."""
    found: list[Effect | Absent] = []
    if test is not None:
        from pmlib.impact.randomised.experiment import experiment

        found.append(experiment(test, level=level, seed=seed))
    if isinstance(panel, Absent):
        found.append(panel)
    elif panel is not None:
        found += _of_panel(panel, level, seed)
    if isinstance(kpi, Absent):
        found.append(kpi)
    elif kpi is not None:
        from pmlib.impact.interrupted.before_after import before_after

        if launch is None:
            raise ValueError("evidence of a kpi needs its launch; give launch, such as 2024-03-07")
        found.append(before_after(kpi, launch, level=level))
    return found


def _of_panel(panel: Panel, level: float, seed: int) -> list[Effect | Absent]:
    from pmlib.impact.panel.did import did
    from pmlib.impact.panel.staggered import staggered
    from pmlib.impact.panel.synthetic import synthetic

    compare = staggered if panel.staggered else did
    compared = compare(panel, level=level, seed=seed)
    mixes = [synthetic(panel, method, level=level, seed=seed) for method in ("sdid", "sc")]
    return [compared, *mixes]


def _told(effects: list[Effect], missing: list[Absent]) -> Evidence:
    chosen = effects[0]
    agrees = [None if other is chosen or not usable(other) else agree(chosen, other) for other in effects]
    apart = [other for other, same in zip(effects, agrees, strict=True) if same is False]
    grade = lowered(chosen.grade) if any(other.grade <= chosen.grade for other in apart) else chosen.grade
    alike = [other for other, same in zip(effects, agrees, strict=True) if same]
    words = _Words(chosen, grade, apart, alike)
    own = {f.name: getattr(chosen, f.name) for f in fields(Effect)}
    return Evidence(
        **own
        | {
            "title": f"Evidence grade {grade}: {rung(chosen).plain}",
            "finding": words.finding(),
            "headline": words.headline(),
            "unknown": words.unknown(),
            "subtitle": f"Effect of the launch by each design, {percentage(chosen.level)} interval",
            "frame": _frame(effects, agrees, missing),
            "columns": _columns(_shares(effects)),
            "checks": (*chosen.checks, *words.checks()),
            "grade": grade,
        },
        chosen=chosen,
        of=tuple(effects),
    )


@dataclass(frozen=True)
class _Words:
    """What is said of the estimate that was taken, and of those that agree and do not."""

    chosen: Effect
    grade: str
    apart: list[Effect]
    alike: list[Effect]

    def headline(self) -> str:
        said = self.chosen.headline or self.chosen.finding
        return f"{said} Evidence grade {self.grade}: {rung(self.chosen).plain}.{self._apart()}"

    def finding(self) -> str:
        failed = [check.label for check in self.chosen.checks if not check.passed]
        kept = f" (does not hold: {listed(failed)})" if failed and self.grade > "A" else ""
        best = f"The best evidence is the {self.chosen.design}, grade {self.grade} of A to D{kept}"
        if not np.isfinite(self.chosen.relative):
            return f"{best}. {self.chosen.finding}{self._apart()}"
        others = listed([f"the {one.design} says {_share(one)}" for one in self.alike])
        return f"{best}: {_share(self.chosen)}.{f' {capital(others)}.' if others else ''}{self._apart()}"

    def unknown(self) -> str:
        if self.grade == "A":
            return self.chosen.unknown
        return "A test that gives it to users or units at random would show its effect without assumptions."

    def checks(self) -> list[Check]:
        if not (self.apart or self.alike):
            return []
        saw = listed([f"{one.design} {_share(one)}" for one in (self.chosen, *(self.apart or self.alike))])
        return [Check("Designs agree within their errors", not self.apart, saw)]

    def _apart(self) -> str:
        if not self.apart:
            return ""
        others = listed([f"the {one.design} says {_share(one)}" for one in self.apart])
        return f" {capital(others)}: more apart than chance explains."


def _share(effect: Effect) -> str:
    digits = interval_digits(effect.relative_low, effect.relative_high, "%")
    ends = interval(effect.relative_low, effect.relative_high, "%")
    return f"{number(effect.relative, '%', digits, sign=True)} ({ends})"


def _frame(effects: list[Effect], agrees: list[bool | None], missing: list[Absent]) -> pd.DataFrame:
    designs, known = [one.design for one in effects], _shares(effects)
    rows = []
    for one, same in zip(effects, agrees, strict=True):
        twice = designs.count(one.design) > 1
        drawn = (
            (one.relative, one.relative_low, one.relative_high) if known else (one.effect, one.low, one.high)
        )
        rows.append(
            {
                "label": capital(one.design) + (f" ({one.name.replace('_', ' ')})" if twice else ""),
                "design": one.design,
                "grade": one.grade,
                **dict(zip(("estimate", "low", "high"), drawn, strict=True)),
                "effect": one.effect,
                "effect_low": one.low,
                "effect_high": one.high,
                "relative": one.relative,
                "false_alarms": one.false_alarms,
                "detectable": one.detectable,
                "agrees": same,
                "why": _why(one, effects[0]),
            }
        )
    rows += [{"label": one.title, "why": one.reason} for one in missing]
    return pd.DataFrame(rows + _untried(effects, missing))


def _shares(effects: list[Effect]) -> bool:
    """Whether every estimate knows its share of what would have been."""
    return all(np.isfinite(one.relative) for one in effects if usable(one))


def _untried(effects: list[Effect], missing: list[Absent]) -> list[dict[str, str]]:
    """Name the better kinds of design that nobody tried."""
    tried = {rung(one).family for one in effects}
    tried |= {"test" if "test" in one.title.lower() else "panel" for one in missing}
    above = list(NEEDS)[: [*NEEDS, "series"].index(rung(effects[0]).family)]
    return [
        dict(zip(("label", "why"), NEEDS[family], strict=True)) for family in above if family not in tried
    ]


def _why(one: Effect, chosen: Effect) -> str:
    failed = [lower(check.label) for check in one.checks if not check.passed]
    if one is chosen:
        return "taken"
    if not usable(one):
        return f"states no effect; does not hold: {failed[0]}" if failed else "states no effect"
    if one.grade > chosen.grade:
        return f"grade {one.grade}, not {chosen.grade}" + (f"; does not hold: {failed[0]}" if failed else "")
    return "of the same grade, on a lower rung"


def _columns(share: bool) -> dict[str, Column]:
    unit = "%" if share else ""
    return {
        "label": Column("Design"),
        "grade": Column("Grade"),
        "estimate": Column("Effect", unit),
        "low": Column("Low", unit),
        "high": Column("High", unit),
        "why": Column("Why, or why not"),
    }
