"""Which of several features to build: how likely each is the best, and what a wrong choice would cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from pmlib.data.words import shown
from pmlib.given import ungiven
from pmlib.impact.feature.forecast import Feature, aimed, averaged, check_draws, planned
from pmlib.impact.feature.label import labelled
from pmlib.impact.feature.plan import Baseline, Plan
from pmlib.impact.feature.ranking import ranking
from pmlib.impact.feature.scenarios import settings
from pmlib.impact.feature.summary import Summary, summary
from pmlib.impact.feature.target import Target
from pmlib.impact.feature.words import amount, chance, kpi_words, said, unit_of
from pmlib.parameters import check_count, check_level, check_seed
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, number, percentage
from pmlib.wording import capital, listed

TITLE = "Which feature to build"
SURE = 0.8  # chance of being the best from which a choice is called clear
FIRM = 0.5  # share of draws in which the first rank should hold
CANDIDATES = 200


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Portfolio(Result):
    """Candidates, the highest expected outcome first; frame has a row a feature.

    Frame: feature, estimate, low, high (worth net of cost where all have a value, else gain; median, at
    `level`), low_95, high_95, mean, gain, lift (as a fraction of the KPI), target (chance of reaching it),
    loss (chance of one), best (chance of being the best), regret (expected, against the best in every draw),
    rank, stable (share of draws in which it keeps its rank), cost, cost_a_point (cost for each percent of the
    KPI gained; missing where nothing is gained).

    by : "money" or "gain". none : chance that none is worth building; nan by gain.
    """

    by: str
    level: float
    none: float

    def plot(self, ax: Any = None) -> Any:
        """Draw each candidate's outcome and its range."""
        from pmlib import chart

        first = list(self.frame["feature"].head(1))
        return chart.dots(self.frame, "feature", spec=self.columns["estimate"], highlight=first, ax=ax)


def portfolio(
    candidates: Sequence["Feature | Absent | str"],
    *,
    baseline: "Baseline | Absent | None" = None,
    target: str | float | None = None,
    value: str | float | None = None,
    currency: str = "$",
    horizon: int | None = None,
    add: Literal["sum", "mean"] | None = None,
    level: float = 0.8,
    draws: int = 4000,
    seed: int = 1,
) -> Portfolio | Absent:
    """Compare features by simulation, all on the same futures of the KPI.

    Parameters
    ----------
    candidates : features, or texts such as "Saved cards: effect 1% .. 4%; reach 30% .. 50%; cost 200 k" (also
        adoption, launch, cannibalises, value). Their effects are independent of each other.
    baseline : of the candidates that are texts; that of the first feature if not said.
    target, value, currency, horizon, add : of the texts, as in `impact.feature`; target and add hold for all.
    level : of the range. draws, seed : of the simulation.

    Raises
    ------
    ValueError : a text that cannot be read, candidates of different KPIs or periods, two of one name.
    """
    check_level(level)
    check_seed(seed)
    if not isinstance(candidates, (list, tuple)):
        raise TypeError(f"candidates are {shown(candidates)}; give a list of features, or of texts")
    given = list(candidates)
    for one in given:
        if isinstance(one, Absent):
            return Absent(title=TITLE, reason=one.reason)
    first = next((one.plan.baseline for one in given if isinstance(one, Feature)), None)
    under = first if baseline is None else baseline
    if absent := ungiven(TITLE, under, "baseline forecast"):
        return absent
    if len(given) < 2:
        return Absent(title=TITLE, reason=f"{len(given)} candidates were given; a choice needs two.")
    check_count("candidates", len(given), 2, CANDIDATES)
    shared = {"value": value, "currency": currency, "horizon": horizon}
    plans = [one.plan if isinstance(one, Feature) else candidate(one, under, shared) for one in given]
    _check_alike(plans)
    check_draws(draws, plans[0].steps)
    mean = averaged(plans[0], add)
    aim = None if target is None else aimed(plans[0], target, mean)
    by = "money" if all(plan.value is not None for plan in plans) else "gain"
    sums = _simulated(plans, mean=mean, target=aim, level=level, draws=draws, seed=seed)
    rows, outcomes, last = [], [], None
    for last in sums:
        outcomes.append(_outcome(last, by))
        rows.append(_row(last, outcomes[-1]))
    assert last is not None
    return labelled(_told(rows, np.column_stack(outcomes), last, by), plans)


def _simulated(
    plans: Sequence[Plan], *, mean: bool, target: Target | None, level: float, draws: int, seed: int
) -> Iterator[Summary]:
    """Simulate one after another, on the same futures, keeping none: there may be many."""
    futures = None
    for stream, plan in enumerate(plans):
        one = summary(
            plan,
            mean=mean,
            target=target,
            level=level,
            draws=draws,
            seed=seed,
            stream=stream,
            futures=futures,
        )
        futures = one.draws.base
        yield one


def candidate(text: Any, baseline: Any, shared: dict[str, Any]) -> Plan:
    """Read a feature of one line.

    Raises
    ------
    ValueError : it is none, or lacks an effect or a reach.
    """
    name, colon, rest = text.partition(":") if isinstance(text, str) else ("", "", "")
    form = "write it as Saved cards: effect 1% .. 4%; reach 30% .. 50%; cost 200 k"
    if not colon or not name.strip() or not rest.strip():
        raise ValueError(f"candidate {shown(text)}: {form}")
    plan = planned(
        baseline, name=name.strip(), effect=0.0, reach=1.0, adoption="at once", analogues=None,
        horizon=shared["horizon"], launch=None, currency=shared["currency"], effect_of="user",
        texts={"value": shared["value"]}, seed=1,
    )  # fmt: skip
    assert not isinstance(plan, Absent)
    try:
        read, _ = settings(rest, replace(plan, words={}))
    except ValueError as refused:
        raise ValueError(f"candidate {shown(name.strip())}: {refused}") from None
    if lacks := [driver for driver in ("effect", "reach") if driver not in read.words]:
        raise ValueError(f"candidate {shown(name.strip())} lacks {listed(lacks)}; {form}")
    return read


def _check_alike(plans: Sequence[Plan]) -> None:
    first = plans[0]
    names = [plan.name.casefold() for plan in plans]
    for plan, name in zip(plans, names, strict=True):
        if names.count(name) > 1:
            raise ValueError(f"candidate {shown(plan.name)} is given twice; rename one")
        if plan.baseline is not first.baseline:
            raise ValueError(f"{plan.name} has another baseline than {first.name}; give all the same one")
        if plan.steps != first.steps:
            raise ValueError(
                f"{plan.name} looks {plan.steps} periods ahead and {first.name} {first.steps}; "
                "give all the same horizon"
            )
        if plan.currency != first.currency:
            raise ValueError(
                f"{plan.name} is in {plan.currency}, {first.name} in {first.currency}; write one"
            )


def _outcome(one: Summary, by: str) -> np.ndarray:
    """What a candidate is judged by: more is better."""
    if by == "money":
        return one.draws.money
    return one.draws.better * one.draws.total / (one.plan.steps if one.mean else 1)


def _row(one: Summary, outcome: np.ndarray) -> dict[str, Any]:
    tail = (1 - one.level) / 2
    marks = np.quantile(outcome, [0.5, tail, 1 - tail, 0.025, 0.975])
    cost, points = float(one.draws.parts["cost"].mean()), 100 * one.draws.better * one.lift
    return {
        "feature": one.plan.name,
        **dict(zip(("estimate", "low", "high", "low_95", "high_95"), marks, strict=True)),
        "mean": outcome.mean(),
        "gain": one.gain,
        "lift": one.lift,
        "target": one.chance,
        "loss": one.loss,
        "cost": cost,
        "cost_a_point": cost / points if cost > 0 and points > 0 else np.nan,
    }


def _ranked(rows: list[dict[str, Any]], outcomes: np.ndarray) -> pd.DataFrame:
    ranks = ranking(outcomes)
    frame = pd.DataFrame(rows).assign(
        best=ranks.best, regret=ranks.regret, rank=ranks.rank, stable=ranks.stable
    )
    return frame.sort_values("rank", ignore_index=True)


def _told(rows: list[dict[str, Any]], outcomes: np.ndarray, last: Summary, by: str) -> Portfolio:
    frame = _ranked(rows, outcomes)
    plan, target, level = last.plan, last.target, last.level
    unit = plan.currency if by == "money" else unit_of(plan, mean=last.mean)
    none = float((outcomes.max(axis=1) <= 0).mean()) if by == "money" else float("nan")
    first, words = frame.iloc[0], kpi_words(plan)
    over = plan.baseline.kpi.step.several(plan.steps)
    what = f"worth net of cost over {over}" if by == "money" else f"gain in {words} over {over}"
    clear = bool(first["best"] >= SURE)
    expected = said(first["mean"], first["low"], first["high"], unit, level)
    lead = capital(f"{first['feature']} has the highest expected {what}, {expected}")
    chances = f"it is the best of {len(frame)} in {chance(first['best'])} of cases"
    wrong = f"choosing it falls short of the best by {_about(first['regret'], unit)} on average"
    nothing = "" if np.isnan(none) else f" In {chance(none)} of cases none is worth building."
    name = capital(first["feature"])
    return Portfolio(
        title=f"{name} is {'clearly' if clear else 'most likely'} the best of {len(frame)}",
        finding=f"{lead}; {chances}, and {wrong}.{nothing}",
        headline=f"{lead}; {chances}.",
        advice=_advice(frame, by, clear),
        unknown=_unknown(frame),
        subtitle=f"{capital(what)}: median and {percentage(level)} range, all on the same future {words}.",
        source=plan.baseline.kpi.source,
        frame=frame,
        columns=_columns(frame, by, unit, plan.currency, "" if target is None else target.words),
        numbers=_numbers(first, unit, level, what),
        checks=(
            Check(
                f"The first rank holds in {percentage(FIRM)} of draws or more",
                float(first["stable"]) >= FIRM,
                f"{number(first['stable'], '%', 1)} of them",
            ),
        ),
        by=by,
        level=level,
        none=none,
    )


def _columns(frame: pd.DataFrame, by: str, unit: str, currency: str, target: str) -> dict[str, Column]:
    columns = {
        "feature": Column("Feature"),
        "estimate": Column("Worth net of cost" if by == "money" else "Gain", unit),
        "best": Column("Chance of being best", "%", 0),
        "regret": Column("Short of the best, on average", unit),
        "stable": Column("Keeps its rank", "%", 0),
    }
    if target:
        columns["target"] = Column(f"Chance of {target}", "%", 0)
    elif frame["cost_a_point"].notna().any():
        columns["cost_a_point"] = Column("Cost of 1% more", currency)
    return columns


def _about(value: float, unit: str) -> str:
    return amount(value, 0.0, 2 * value or 1.0, unit)


def _advice(frame: pd.DataFrame, by: str, clear: bool) -> str:
    first = frame.iloc[0]
    if by == "money" and first["mean"] <= 0:
        return "Build none of them as planned: none is expected to be worth its cost."
    if clear:
        return f"Build {first['feature']} first."
    second = frame.iloc[1:].nlargest(1, "best").iloc[0]
    rival = f"{second['feature']} is the best in {chance(second['best'])} of cases"
    return f"Begin with {first['feature']}, but find out more: {rival}."


def _unknown(frame: pd.DataFrame) -> str:
    """Name who would gain most by being known better: the widest range among the likely."""
    likely = frame[frame["best"] >= 0.1]
    if len(likely) < 2:
        return ""
    widest = likely.loc[(likely["high"] - likely["low"]).idxmax(), "feature"]
    return f"A better idea of {widest}, whose range is the widest of those that may be best."


def _numbers(first: pd.Series, unit: str, level: float, what: str) -> tuple[Number, ...]:
    return (
        Number(
            name="best_outcome",
            label=f"{what} of {first['feature']}, on average",
            value=float(first["mean"]), low=float(first["low"]), high=float(first["high"]),
            level=level, unit=unit,
        ),
        Number(
            name="best_chance",
            label=f"chance that {first['feature']} is the best",
            value=round(float(first["best"]), 2), unit="%",
        ),
    )  # fmt: skip
