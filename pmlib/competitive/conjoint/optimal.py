"""What to build: the product that would win most, or earn most, against given rivals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.conjoint import wording
from pmlib.competitive.conjoint.candidates import STEPS, Candidates, candidates, shares_against
from pmlib.competitive.conjoint.studied import (
    Attribute,
    ChoiceModel,
    Shelf,
    attributes,
    beside,
    described,
    differences,
    shelf,
)
from pmlib.competitive.demand.asked import spoken
from pmlib.competitive.demand.uncertainty import parameters
from pmlib.competitive.regression import check_level, few_draws
from pmlib.competitive.words import count, level_words, listed, money
from pmlib.given import unfitted
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number

TITLE = "What to build"
AIMS = ("share", "revenue", "profit")
DRAWS = 400
RUNNERS = 20  # make-ups, best first, among which drawn parameters look for the best
BEST, FIT = "The best", 34  # what the chart calls the winner; letters of a runner-up that fit a phone
SURE = 0.8  # chance of being the best, from which a make-up is called so


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OptimalProduct(Result):
    """The best make-ups, each at its best price.

    best : levels of the winner. tried : combinations that were worked out. chance : that the winner's make-up
        is the best. maximise : "share", "revenue" or "profit".
    """

    best: Mapping[str, Any]
    tried: int
    chance: float
    maximise: str

    def plot(self, ax: Any = None) -> Any:
        """Draw what the best make-ups would bring, with intervals."""
        from pmlib import chart

        spec = self.columns["estimate"]
        return chart.dots(self.frame.head(8), "short", spec=spec, zero=None, highlight=[BEST], ax=ax)


def optimal_product(
    model: ChoiceModel | Absent,
    *,
    against: Sequence[str | Mapping[str, Any]] = (),
    maximise: str = "share",
    costs: Sequence[str] | Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    forbidden: Sequence[Mapping[str, Any]] = (),
    none: bool = True,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 1,
) -> OptimalProduct | Absent:
    """Find the product that would win most choices, or earn most, when it is put beside given rivals.

    Every allowed combination of studied levels is tried, at prices evenly over the studied range. Rivals
    stand still.

    Parameters
    ----------
    model : fitted to choices; an Absent is passed on.
    against : rivals on the shelf, each {attribute: level} as in `share_of_preference`.
    maximise : "share" of choosers, "revenue" (share times price) or "profit" (share times price less cost).
    costs : of one piece: {"each": cost of any product, attribute: cost of one more of a number or of having a
        flag, attribute: {level: cost}}, or texts, as in ["each 50", "zoom 20"]. Needed for profit.
    fixed : what must be so: {attribute: level}, or {attribute: [levels that may be]}; prices too.
    forbidden : combinations that cannot be, each {attribute: level, attribute: level}.
    none : whether choosers may take none of them, where the study let them.
    level, draws, seed : of intervals and chances, from drawn parameters.

    Returns
    -------
    OptimalProduct : frame has a row a make-up at its best price, the best first: product, estimate, low, high
        (of what is maximised, for one chooser), chance (of being the best of all), short (how it differs from
        the best), share, cost, a column an attribute (with
        "_studied" after a name that is taken), price_low, price_high (interval of its best price).

    Raises
    ------
    ValueError : one line: an unknown attribute or level, costs that are missing, nothing allowed, too many
        combinations.
    """
    check_level(level)
    if absent := unfitted(TITLE, model):
        return absent
    assert not isinstance(model, Absent)
    if maximise not in AIMS:
        raise ValueError(f'maximise is "{maximise}"; it may be one of {list(AIMS)}')
    known = attributes(model.choices)
    if maximise != "share" and "price" not in known:
        return Absent(title=TITLE, reason=f"The model has no price, so {maximise} has no meaning.")
    if maximise == "profit" and costs is None:
        raise ValueError('profit needs costs; give them as {"each": 50, attribute: cost}')
    if costs is not None and not isinstance(costs, Mapping):
        costs = wording.costs(costs, known)
    rivals = _rivals(model, against, none)
    if rivals is None and not model.demand.outside:
        return Absent(title=TITLE, reason="Nothing stands against the product, so it would win every choice.")
    every = candidates(known, fixed=fixed or {}, forbidden=forbidden, costs=costs or {})
    shares = shares_against(model, rivals, every)(model.demand)
    worth = shares * _margin(every, maximise)
    best = _best_of_each(every, worth)
    few = every.part(np.isin(every.makeup, every.makeup[best[:RUNNERS]]))
    trials = _trials(model, rivals, few, maximise, draws, seed)
    frame = _frame(known, every, best[:RUNNERS], shares, worth, few, trials, level)
    winner = frame.iloc[0]
    unit = "%" if maximise == "share" else model.demand.money
    return OptimalProduct(
        title=_title(winner, maximise),
        subtitle=f"{_what(maximise)} against {_named(rivals)}; {level_words(level)}",
        finding=_finding(winner, maximise, spoken(unit), len(every.rows)),
        advice=f"Build {winner['product']}." if maximise == "profit" and winner["chance"] >= SURE else "",
        unknown="What rivals would answer (they stand still here), and whether shops would take it.",
        frame=frame,
        columns={
            "product": Column("Product"),
            "estimate": Column(_what(maximise), unit, 1 if unit == "%" else None),
            "low": Column("Low", unit, 1 if unit == "%" else None),
            "high": Column("High", unit, 1 if unit == "%" else None),
            "chance": Column("Chance of being best", "%", 0),
            "share": Column("Share of choices", "%", 1),
        },
        source=model.demand.source,
        numbers=(
            Number(
                name=f"best_{maximise}", label=f"is the {_what(maximise).lower()} of the best product",
                unit=unit, value=float(winner["estimate"]), low=float(winner["low"]),
                high=float(winner["high"]), level=level, source=model.demand.source,
            ),
            Number(
                name="chance_of_best", label="is the chance that its make-up is the best", unit="%",
                value=float(winner["chance"]), source=model.demand.source,
            ),
        ),
        checks=(*_checks(known, every, winner, fixed or {}), *few_draws(draws, level)),
        best=every.rows.iloc[best[0]].to_dict(),
        tried=len(every.rows),
        chance=float(winner["chance"]),
        maximise=maximise,
    )  # fmt: skip


def _rivals(model: ChoiceModel, against: Sequence[str | Mapping[str, Any]], none: bool) -> Shelf | None:
    if against:
        return shelf(model, against, none=none)
    if not none or model.choices.none is None:
        return None
    held = model.demand.offers
    offers = held[held["constant"] == model.choices.none].head(1)
    return Shelf(offers, pd.DataFrame(), (str(model.choices.none),), (), True)


def _margin(tried: Candidates, maximise: str) -> np.ndarray:
    if maximise == "share":
        return np.ones(len(tried.rows))
    price = tried.rows["price"].to_numpy(float)
    return price - tried.cost if maximise == "profit" else price


def _best_of_each(tried: Candidates, worth: np.ndarray) -> np.ndarray:
    # Row of each make-up's best price, the best make-up first.
    order = np.argsort(-worth, kind="stable")
    return order[np.sort(np.unique(tried.makeup[order], return_index=True)[1])]


def _trials(
    model: ChoiceModel, rivals: Shelf | None, few: Candidates, maximise: str, draws: int, seed: int
) -> np.ndarray:
    asked, margin = shares_against(model, rivals, few), _margin(few, maximise)
    drawn = parameters(model.demand, draws, seed)
    return np.array([asked(model.demand.at(params)) * margin for params in drawn])


def _frame(
    known: Mapping[str, Attribute],
    every: Candidates,
    best: np.ndarray,
    shares: np.ndarray,
    worth: np.ndarray,
    few: Candidates,
    trials: np.ndarray,
    level: float,
) -> pd.DataFrame:
    rows = every.rows.iloc[best].reset_index(drop=True)
    codes = every.makeup[best]
    tops = np.column_stack([trials[:, few.makeup == code].max(axis=1) for code in codes])
    wins = np.bincount(tops.argmax(axis=1), minlength=len(codes)) / len(trials)
    ends = [0.5 - level / 2, 0.5 + level / 2]
    # The interval is that of the price a make-up is shown at.
    at = [
        int(np.flatnonzero((few.makeup == code) & (few.rows == rows.loc[i]).all(axis=1))[0])
        for i, code in enumerate(codes)
    ]
    low, high = np.quantile(trials[:, at], ends, axis=0)
    shown = [described(known, row) for row in rows.to_dict("records")]
    short = [BEST, *(_clipped(differences(known, rows.loc[i], rows.loc[0])) for i in range(1, len(rows)))]
    frame = pd.DataFrame({"product": shown, "estimate": worth[best], "low": low, "high": high})
    frame = frame.assign(chance=wins, short=short)
    frame = frame.assign(share=shares[best], cost=every.cost[best]).join(beside(rows, frame))
    if "price" not in known:
        return frame
    prices = few.rows["price"].to_numpy(float)
    mine = [np.flatnonzero(few.makeup == code) for code in codes]
    found = np.column_stack([prices[own][trials[:, own].argmax(axis=1)] for own in mine])
    low, high = np.quantile(found, ends, axis=0)
    return frame.assign(price_low=low, price_high=high)


def _clipped(parts: list[str]) -> str:
    if len(words := ", ".join(parts)) <= FIT:
        return words
    first = f"{parts[0]} and {len(parts) - 1} more" if len(parts) > 1 else parts[0]
    return first if len(first) <= FIT else first[: FIT - 1].rstrip(", ") + "…"


def _what(maximise: str) -> str:
    return {"share": "Share of choices", "revenue": "Revenue a chooser", "profit": "Profit a chooser"}[
        maximise
    ]


def _named(rivals: Shelf | None) -> str:
    if rivals is None:
        return "buying none"
    names = list(rivals.products)
    return listed(names[:3]) if len(names) <= 3 else f"{count(len(names))} others"


def _title(winner: Any, maximise: str) -> str:
    if winner["chance"] < 0.5:
        return f"Several products may bring the most {maximise}"
    likely = "" if winner["chance"] >= SURE else "probably "
    return f"One product {likely}brings the most {maximise}"


def _finding(winner: Any, maximise: str, unit: str, tried: int) -> str:
    digits = interval_digits(winner["low"], winner["high"], unit)
    worth = number(winner["estimate"], unit, digits)
    ends = interval(winner["low"], winner["high"], unit, digits)
    gain = {
        "share": "win {} of choices ({})",
        "revenue": "bring {} a chooser ({})",
        "profit": "earn {} a chooser ({})",
    }
    return (
        f"Of {count(tried)} products tried, {winner['product']} would {gain[maximise].format(worth, ends)}; "
        f"the chance that no other make-up is better is {number(winner['chance'], '%', 0)}."
    )


def _checks(
    known: Mapping[str, Attribute], every: Candidates, winner: Any, fixed: Mapping[str, Any]
) -> tuple[Check, ...]:
    checks = [
        Check(
            f"The best make-up is the best with a chance of {number(SURE, '%', 0)} or more",
            bool(winner["chance"] >= SURE), number(winner["chance"], "%", 0),
        ),
    ]  # fmt: skip
    if "price" in known and "price" not in fixed:
        ends, unit = known["price"].levels, known["price"].unit
        inside = ends[0] < winner["price"] < ends[-1]
        step = money((ends[-1] - ends[0]) / (STEPS - 1), unit)
        span = interval(ends[0], ends[-1], spoken(unit))
        saw = f"{money(winner['price'], unit)}, of {span} in steps of {step}"
        checks.append(Check("The best price lies within the studied range, not at its end", inside, saw))
    return tuple(checks)
