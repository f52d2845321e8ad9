"""How many would buy at each price, and which price earns most: Gabor and Granger's question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.given import ungiven
from pmlib.parameters import check_name, check_number, check_resamples
from pmlib.result import Absent, Result
from pmlib.sizing.price.answers import CALIBRATION, calibrated, intents
from pmlib.sizing.price.asked import Asked, each_asked, highest_accepted
from pmlib.sizing.price.demand import Smooth, resting, shares, smooth, smooth_best, tally, wilson
from pmlib.sizing.price.granger_words import (
    advice,
    as_asked,
    checks,
    numbers,
    priced,
    reaction,
    subtitle,
    unknown,
    unsold,
)
from pmlib.sizing.price.resamples import stretch
from pmlib.sizing.price.trial import best
from pmlib.table import Column, number

TITLE = "Demand by price"
FEW = 30  # respondents below whom nothing is said


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GaborGranger(Result):
    """Demand and revenue at each price asked.

    respondents, contradictory, missing : analysed; those who refuse a price and take a higher one; rows
        without an answer.
    best : the price asked that earns most (profit where a cost is known, else revenue); smooth_best : the one
        on a logit curve through the same shares; elasticity : of demand on that curve at `best`: each
        estimate, low, high. slope, half : of the logit curve; its share is a half at `half`.
    """

    respondents: int
    contradictory: int
    missing: int
    earns: str
    best: tuple[float, float, float]
    smooth_best: tuple[float, float, float]
    elasticity: tuple[float, float, float]
    slope: float
    half: float

    def plot(self, ax: Any = None) -> Any:
        """Draw the share that would buy, and what each price earns of the most that one earns."""
        from pmlib import chart

        most = self.frame[self.earns].max()
        earned = self.frame[self.earns].clip(lower=0) / (most if most > 0 else 1)
        parts = [
            pd.DataFrame(
                {"price": self.frame["price"], "share": self.frame["estimate"], "curve": "Would buy"}
            ),
            pd.DataFrame(
                {
                    "price": self.frame["price"],
                    "share": earned,
                    "curve": f"{self.earns}, of the best".capitalize(),
                }
            ),
        ]
        estimate, low, high = self.best
        places = pd.DataFrame(
            {"label": ["Best price"], "estimate": estimate, "low": low, "high": high, "at": 1.0}
        )
        columns = {
            "price": self.columns["price"],
            "share": Column("Share of respondents, and of the best price's " + self.earns, "%"),
        }
        return chart.curves(
            pd.concat(parts, ignore_index=True), "price", "share", "curve", columns=columns, places=places,
            highlight=["Best price"], ax=ax,
        )  # fmt: skip


def gabor_granger(
    survey: Source | None,
    *,
    cost: float | None = None,
    intent: str = "",
    calibration: Mapping[float, float] = CALIBRATION,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 1,
) -> GaborGranger | Absent:
    """Measure how many would buy at each price asked, and find the price that earns most.

    A respondent who buys at a price buys below it, and who refuses one refuses above it; what that leaves
    open is filled in from those asked (Turnbull), so that ladders, random orders and one price each are all
    welcome. Contradictory answers count as given, and shares that would rise with price are evened out.

    Parameters
    ----------
    survey : one row a respondent and price: roles chooser, price, chosen (1 would buy); or without chosen one
        row a respondent, price being the highest accepted (0 for none, missing for no answer). design_weight,
        stratum, cluster and cost if there are.
    cost : of a unit, in the money of price; the role cost is used where it is None.
    intent : name of a column with a purchase intent, asked at each price instead of chosen. calibration : the
        chance of buying, 0-1, by that intent.
    level : of the intervals. draws : resamples.

    Returns
    -------
    GaborGranger : frame has a row a price asked: price, asked (respondents), raw (share of yes among them),
        estimate, low, high (share that would buy, never rising), smooth (on the logit curve), revenue,
        revenue_low, revenue_high and profit, profit_low, profit_high (per respondent; missing without a
        cost).

    Raises
    ------
    ValueError : a negative price, a price asked twice, an intent outside the scale, a cost that varies.

    References
    ----------
    Gabor and Granger (1966), "Price as an Indicator of Quality", Economica 33(129).
    """
    check_resamples(level, draws, seed)
    check_name("intent", intent)
    calibrated(calibration)
    if absent := ungiven(TITLE, survey, "survey of what is bought at which price"):
        return absent
    assert survey is not None
    if not survey.has("price"):
        return Absent(title=TITLE, reason=f"{survey.name} has no price that respondents were asked about.")
    if (survey.has("chosen") or intent) and not survey.has("chooser"):
        return Absent(title=TITLE, reason=f"{survey.name} does not say which respondent (chooser) answered.")
    asked = _asked(survey, intent, calibration)
    size = len(asked.sample.weights)
    if size < FEW:
        return Absent(title=TITLE, reason=f"Only {size} respondents answered; {FEW} are needed.")
    if not len(asked.prices):
        return Absent(title=TITLE, reason="Nobody would pay anything.")
    if len(asked.prices) < 2:
        return Absent(
            title=TITLE, reason=f"{survey.name} asks about one price only; demand needs two or more."
        )
    paid = _cost(survey, cost)
    money = survey.columns["price"].unit
    unit, times = asked.sample.resamples(draws, np.random.default_rng(seed))
    counted = tally(asked, unit)
    every = np.concatenate([np.ones((1, times.shape[1])), times])  # the survey itself comes first
    demand = shares(counted, every)
    curve = smooth(demand, asked.prices)
    earned = demand * (asked.prices - (paid or 0.0))
    if earned[0].max() <= 0:
        return Absent(title=TITLE, reason=unsold(demand[0], paid, money))
    places = best(earned)
    chosen = asked.prices[places]
    earns = "revenue" if paid is None else "profit"
    frame = _frame(asked, demand, curve, paid, level)
    own = frame.iloc[int(places[0])]
    found = stretch(chosen, level)
    smoothed = stretch(smooth_best(curve, asked.prices, paid or 0.0), level)
    elasticity = stretch(curve.elasticity(np.full(len(demand), chosen[0])), level)
    price = priced(found, money)
    buyers = (
        f"{number(own['estimate'], '%', 0)} ({number(own['low'], '%', 0)} to {number(own['high'], '%', 0)})"
    )
    return GaborGranger(
        title=f"{as_asked(found[0], money)} earns most {earns} of the prices asked",
        subtitle=subtitle(asked, survey, level),
        finding=f"Most {earns} is earned at {price}, where {buyers} would buy; {reaction(elasticity)}.",
        headline=f"Of the prices asked {price} earns most {earns}; {buyers} would buy.",
        advice=advice(found, money),
        unknown=unknown(asked, int(places[0]), earns),
        frame=frame,
        columns=_columns(asked.prices, money, paid is not None),
        source=survey.line,
        numbers=numbers(found, own, elasticity, level, money, survey, earns),
        checks=checks(asked, found, smoothed, int(places[0]), money),
        respondents=size,
        contradictory=asked.contradictory,
        missing=asked.missing,
        earns=earns,
        best=found,
        smooth_best=smoothed,
        elasticity=elasticity,
        slope=float(curve.slope[0]),
        half=float(curve.half[0]),
    )


def _asked(survey: Source, intent: str, calibration: Mapping[float, float]) -> Asked:
    if intent:
        if intent not in survey.frame:
            raise ValueError(
                f"{survey.name} has no column {intent!r}; it has {', '.join(map(str, survey.frame))}"
            )
        return each_asked(survey, intents(survey, intent, calibrated(calibration)), whole=False)
    if survey.has("chosen"):
        return each_asked(survey, survey.frame["chosen"].to_numpy(float, na_value=np.nan), whole=True)
    return highest_accepted(survey)


def _cost(survey: Source, cost: float | None) -> float | None:
    if cost is not None:
        check_number("cost", cost, "what a unit costs, 0 or more")
    if cost is None and survey.has("cost"):
        given = survey.frame["cost"].dropna().unique()
        if len(given) > 1:
            first, second = (number(value) for value in given[:2])
            raise ValueError(f"{survey.name}: cost is {first} and {second}; give the one cost of a unit")
        cost = float(given[0]) if len(given) else None
    if cost is not None and not (np.isfinite(cost) and cost >= 0):
        raise ValueError(f"cost is {cost}; give what a unit costs, 0 or more")
    return cost


def _frame(asked: Asked, demand: np.ndarray, curve: Smooth, paid: float | None, level: float) -> pd.DataFrame:
    low, high = wilson(demand[0], demand[1:].var(axis=0), resting(asked), level)
    weights = asked.sample.weights[:, None] * ~np.isnan(asked.said)
    raw = (np.nan_to_num(asked.said) * weights).sum(axis=0) / np.maximum(weights.sum(axis=0), 1e-300)
    frame = pd.DataFrame({"price": asked.prices, "asked": asked.asked, "raw": raw, "estimate": demand[0]})
    frame = frame.assign(low=low, high=high)
    frame["smooth"] = 1 / (1 + np.exp(np.clip(curve.slope[0] * (asked.prices - curve.half[0]), -700, 700)))
    for name, margin in (
        ("revenue", asked.prices),
        ("profit", asked.prices - (np.nan if paid is None else paid)),
    ):
        worst, most = np.minimum(low * margin, high * margin), np.maximum(low * margin, high * margin)
        frame = frame.assign(**{name: demand[0] * margin, f"{name}_low": worst, f"{name}_high": most})
    return frame


def _columns(prices: np.ndarray, money: str, profit: bool) -> dict[str, Column]:
    digits = max(len(f"{price:.3f}".rstrip("0").partition(".")[2]) for price in prices)  # as they were asked
    columns = {"price": Column("Price", money, digits), "estimate": Column("Would buy", "%", 0)}
    columns |= {"low": Column("Low", "%", 0), "high": Column("High", "%", 0)}
    columns["revenue"] = Column("Revenue a respondent", money)
    return columns | ({"profit": Column("Profit a respondent", money)} if profit else {})
