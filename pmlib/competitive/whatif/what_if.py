"""What happens if: prices, attributes, products or firms change, and rivals hold still or respond."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.regression import check_level, few_draws
from pmlib.competitive.whatif import telling
from pmlib.competitive.whatif.costs import Costs, sensible_costs
from pmlib.competitive.whatif.reading import read
from pmlib.competitive.whatif.scenario import (
    HOLD,
    RESPOND,
    Change,
    Merge,
    Scenario,
    Setting,
    one_name_each,
)
from pmlib.competitive.whatif.seen import extrapolated, within_what_was_seen
from pmlib.competitive.whatif.simulate import MEASURES, Play, Question
from pmlib.competitive.whatif.sliders import sliders
from pmlib.competitive.whatif.stage import (
    NOBODY,
    Stage,
    changed,
    demand_of,
    known,
    stage,
)
from pmlib.competitive.whatif.trials import Answers, answers
from pmlib.data.words import meant
from pmlib.formula.model import Model
from pmlib.given import unfitted
from pmlib.result import Absent, Check, Result
from pmlib.table import Column

TITLE = "What if"
LOWER = -0.05  # how much lower prices are where no scenario says
ENDS = ("before", "after", "estimate", "relative")
COLUMNS = {
    "scenario": Column("If"),
    "who": Column("Share of"),
    "before": Column("Before", "%", 1),
    "after": Column("After", "%", 1),
    "estimate": Column("Difference", "points"),
    "range": Column("Range"),
}
SOLD = Column("Change of what is sold", "%")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WhatIf(Result):
    """What scenarios come to.

    frame : a row per scenario and product, firm and buying none; kind, who, before, after, and estimate (the
        difference of shares) with their intervals; relative (after / before − 1).
    measures : the same of every measure: share, volume, revenue, profit, price, and surplus (of buyers, its
        change).
    scenarios : as they were read. implied_costs : a row per product: cost, low, high, given, impossible.
    own : the frame's rows of the focal product or firm, one a scenario. relative : whether the chart shows
        what it sells against today, not its share. moved : shares as a page computes them again.
    """

    measures: pd.DataFrame = field(repr=False)
    scenarios: tuple[Scenario, ...]
    implied_costs: pd.DataFrame = field(repr=False)
    own: pd.DataFrame = field(repr=False)
    focal: str
    relative: bool
    moved: Model | None = field(default=None, repr=False)

    def formula(self) -> Model | None:
        """Let a reader move prices, the focal ones and the largest rival's."""
        return self.moved

    def plot(self, ax: Any = None) -> Any:
        """Draw what each scenario does to the focal share."""
        from pmlib import chart

        own = self.own.head(12)
        if not self.relative:
            return chart.dots(own, "scenario", spec=self.columns["estimate"], ax=ax)
        own = own.assign(estimate=own["relative"], low=own["relative_low"], high=own["relative_high"])
        return chart.dots(own, "scenario", spec=SOLD, ax=ax)

    def ordered(self) -> pd.DataFrame:
        """Give the focal rows first, then the largest moves of each scenario."""
        own = self.frame["who"].isin(self.own["who"])
        size = self.frame["estimate"].abs()
        return self.frame.assign(own=~own, size=-size).sort_values(["own", "size"], kind="stable")


def what_if(
    model: Any,
    scenarios: str | Scenario | Sequence[str | Scenario] = (),
    *,
    focal: str,
    costs: str | Mapping[str, float] | None = None,
    rivals: str = HOLD,
    sold: str = "",
    period: str | int | None = None,
    level: float = 0.95,
    draws: int = 500,
    seed: int = 1,
) -> WhatIf | Absent:
    """Play scenarios out.

    Parameters
    ----------
    model : a fitted demand: any result with a `demand`.
    scenarios : texts, such as "Accord: price -10%", "Honda: price +5%, air 1; rivals respond",
        "Accord: price 12.5", "delist Accord", "add New like Accord: price 11, firm Ford",
        "merge Ford + Chrysler", "Price war = Accord: price -10%; Taurus: price -10%"; or
        `scenario.Scenario` objects. Without any, prices 5% lower: the focal ones, then the largest rival's.
    focal : the product or firm whose share is told.
    costs : what a unit costs: a column of the offers, or product to cost; what is not given is implied by
        prices, if every firm prices for its own profit.
    rivals : "hold" their prices or "respond": every firm whose prices the scenario does not write sets them
        anew until nobody gains by moving (Bertrand-Nash). A scenario may say otherwise; a merger responds
        unless it says hold. In choice sets a product's price moves by the same amount in all of them.
    sold : what a unit sold is called ("cars"). period : of markets, which one; the newest when None.
    level : of intervals, over `draws` of the parameters.

    Returns
    -------
    WhatIf : frame of shares, measures of everything.

    Raises
    ------
    ValueError : a scenario that cannot be read or played, in one line; an unknown focal, cost column, way of
        rivals.

    References
    ----------
    Nevo (2000), "Mergers with differentiated products", RAND J. Economics 31(3).
    """
    if absent := unfitted(TITLE, model):
        return absent
    check_level(level)
    if rivals not in (HOLD, RESPOND):
        raise ValueError(f'rivals is {rivals!r}; it may be "hold" or "respond"')
    demand = demand_of(model, period)
    first = stage(demand, costs)
    words = known(first)
    if focal not in words.labels:
        raise ValueError(f'focal "{focal}" is no product or firm; {meant(focal, words.labels)}')
    if not scenarios and not demand.priced:
        return Absent(title=TITLE, reason="There is no price to change, and no scenario says what else to.")
    played = one_name_each(read(scenarios or usual(first, focal), words))
    found = sensible_costs(first, level, draws=draws, seed=seed)
    plays = [Play(after=changed(first, one, words), responds=_responds(one, rivals, found)) for one in played]
    question = Question(today=first, plays=tuple(plays), costs=found.known, held=found.impossible).begun()
    answer = answers(
        first.demand,
        lambda d, p: compared(question.ask(d, p)),
        level,
        draws=draws,
        seed=seed,
        effort=question.effort,
    )
    measures = _measures(question, played, answer, found.impossible)
    frame = measures[measures["measure"] == "share"].drop(columns="measure")
    frame = frame.assign(
        range=[telling.points_range(*ends) for ends in zip(frame["low"], frame["high"], strict=True)]
    )
    own = pd.concat(
        [
            telling.focal_row(frame, one.name, focal, play.after.owner)
            for one, play in zip(played, plays, strict=True)
        ]
    )
    beyond = [
        said for one, play in zip(played, plays, strict=True) for said in extrapolated(first, play.after)
    ]
    asked = [one for one, play in zip(played, plays, strict=True) if play.responds]
    checks = (
        telling.causes(demand),
        _ranged(own),
        within_what_was_seen(list(dict.fromkeys(beyond))),
        *_solved(asked, frame, answer),
    )
    told = telling.Telling(
        demand=demand, focal=focal, own=own, scenarios=played, responding=asked, sold=sold, level=level
    )
    return WhatIf(
        title=told.title(),
        finding=told.finding(),
        headline=told.headline(),
        advice=told.advice(measures),
        unknown=told.unknown(),
        aside=not demand.causal,
        subtitle=told.subtitle(drawn=answer.drawn is not None),
        frame=frame.reset_index(drop=True),
        columns=COLUMNS,
        source=demand.source,
        numbers=told.numbers(),
        checks=(*checks, *found.checks(), *few_draws(draws, level)),
        measures=measures,
        scenarios=tuple(played),
        implied_costs=found.frame,
        focal=focal,
        relative=told.relative,
        own=own.reset_index(drop=True),
        moved=sliders(first, focal, largest_rival(first, focal), relative=told.relative),
    )


def usual(today: Stage, focal: str) -> list[Scenario]:
    """Ask what is asked first: the focal price 5% lower, and that of the largest rival."""
    lower = (Setting("price", LOWER, "times"),)
    steps = [Change(who, lower) for who in filter(None, [focal, largest_rival(today, focal)])]
    return [Scenario(str(step), (step,)) for step in steps]


def largest_rival(today: Stage, focal: str) -> str:
    """Name the firm that sells most beside the focal one; empty where there is none."""
    sold = pd.Series(today.demand.volume, today.demand.products).groupby(today.owner).sum()
    rivals = sold.drop([today.owner.get(focal, focal), NOBODY], errors="ignore").sort_index()
    return str(next(iter(rivals.sort_values(ascending=False, kind="stable").index), ""))


def _responds(scenario: Scenario, rivals: str, costs: Costs) -> bool:
    merged = any(isinstance(step, Merge) for step in scenario.steps)
    responds = (scenario.rivals or (RESPOND if merged else rivals)) == RESPOND
    if responds and costs.why:
        raise ValueError(f"scenario “{scenario.name}”: rivals cannot respond: {costs.why}; write rivals hold")
    return responds


def compared(ends: np.ndarray) -> np.ndarray:
    """Lay before, after, their difference and relative change side by side: (..., 2, D) to (..., 4, D)."""
    before, after = ends[:, :, 0], ends[:, :, 1]
    with np.errstate(divide="ignore", invalid="ignore"):  # worth is infinite where buyers do not mind price
        relative = np.where(before > 0, after / before - 1, np.nan)
        return np.stack([before, after, after - before, relative], axis=2)


def _measures(
    question: Question, scenarios: Sequence[Scenario], answer: Answers, impossible: frozenset[str]
) -> pd.DataFrame:
    frames, at = [], 0
    for scenario, play in zip(scenarios, question.plays, strict=True):
        who = question.lines(play)
        owner = {**question.today.owner, **play.after.owner}
        lost = impossible | {owner[product] for product in impossible}
        lines = slice(at, at + len(who))
        for m, measure in enumerate(MEASURES):
            frame = pd.DataFrame(who, columns=["kind", "who"])
            frame.insert(0, "measure", measure)
            frame.insert(0, "scenario", scenario.name)
            for e, end in enumerate(ENDS):
                for part, values in (("", answer.estimate), ("low", answer.low), ("high", answer.high)):
                    name = part if part and end == "estimate" else f"{end}_{part}".strip("_")
                    frame[name] = values[lines, m, e]
            if measure == "profit":
                frame.loc[frame["who"].isin(lost), frame.columns[4:]] = np.nan
            frames.append(frame)
        frames.append(_surplus(scenario, answer, at + len(who), frames[-1].columns))
        at += len(who) + 1
    return pd.concat(frames, ignore_index=True)


def _surplus(scenario: Scenario, answer: Answers, at: int, columns: pd.Index) -> pd.DataFrame:
    # Worth to buyers is known up to a constant: only its change means anything.
    worth = [values[at, 1, 2] for values in (answer.estimate, answer.low, answer.high)]
    row = dict.fromkeys(columns, np.nan) | dict(zip(("estimate", "low", "high"), worth, strict=True))
    row |= {"scenario": scenario.name, "measure": "surplus", "kind": "buyers", "who": "all buyers"}
    return pd.DataFrame([row])


def _ranged(own: pd.DataFrame) -> Check:
    known = own[own["estimate"].notna()]
    exact = known.loc[~(known["relative_high"] - known["relative_low"] > telling.EXACT), "scenario"]
    return Check(
        "Every answer has a range", exact.empty,
        "all have" if exact.empty
        else f"not {', '.join(exact)}: there this model goes by today's shares, whatever its parameters",
    )  # fmt: skip


def _solved(asked: Sequence[Scenario], frame: pd.DataFrame, answer: Answers) -> tuple[Check, ...]:
    if not asked:
        return ()
    none = [one.name for one in asked if frame.loc[frame["scenario"] == one.name, "after"].isna().any()]
    lost = f"not in {answer.lost:.1%} of the draws" if answer.lost else "in every draw"
    return (
        Check(
            "There are prices at which no firm gains by moving",
            not none and not answer.lost,
            f"none, or no sensible costs, for {', '.join(none)}: nothing is told of it"
            if none
            else f"found {lost}",
        ),
    )
