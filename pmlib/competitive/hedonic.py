"""Which attributes go with a higher price, all else equal: a hedonic regression."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.comparable import YEARS, Comparables, Term, comparables
from pmlib.competitive.market import lacking, span
from pmlib.competitive.regression import ALONE, Classical, Fit, check_level, fit, unexplained
from pmlib.competitive.words import level_words, listed, lower
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, number

TITLE = "Price and attributes"
LONGEST = 30  # words of a finding
SCALED = ("log", "linear")  # forms of which there can be more or less
UNKNOWN = "Whether buyers would pay for it: dearer products differ in things these data lack."

COLUMNS = {
    "label": Column("Attribute"),
    "step": Column("Step"),
    "premium": Column("Price difference", "%"),
    "premium_low": Column("Low", "%"),
    "premium_high": Column("High", "%"),
    "plausible": Column("Expected direction"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Hedonic(Result):
    """What goes with a higher price, one row a term of the regression.

    fit : the classical regression of ln(price).
    """

    fit: Classical

    def plot(self, ax: Any = None) -> Any:
        """Draw the price difference of each step with its interval, the terms that move prices most."""
        from pmlib import chart

        top = self.frame.head(10)
        shown = top[["premium", "premium_low", "premium_high"]].set_axis(["estimate", "low", "high"], axis=1)
        scaled = top["form"].isin(SCALED)
        shown["label"] = top["label"].where(~scaled, top["label"].str.cat(top["step"], ", "))
        return chart.dots(shown, "label", spec=self.columns["premium"], ax=ax)


def hedonic(source: Source, *, level: float = 0.95) -> Hedonic | Absent:
    """Measure which attributes go with a higher price when the others are equal.

    An association, not customer value: dearer products also differ in what the data do not hold. Regresses
    ln(price) on the attributes (see `comparable.comparables`) over all periods, with a trend in years.

    Parameters
    ----------
    source : one row per product and period, with price and attributes.
    level : of the intervals, 0.95 for 95%.

    Returns
    -------
    Hedonic : frame has one row a term, those that go with the largest price differences first: term,
        attribute, label, form ("log", "yes/no", "level X", "linear"), step (what the price difference is
        for), estimate, low, high (the coefficient, of ln price), premium, premium_low, premium_high (price
        difference of the step, a fraction), sd (of the column), plausible (False where the interval lies
        wholly against the declared better direction).

    Raises
    ------
    ValueError : a price of zero or below; a level outside 0 to 1.

    References
    ----------
    Rosen (1974), J. Political Economy 82(1); Berry, Levinsohn & Pakes (1995), Econometrica 63(4), Table III.
    """
    check_level(level)
    absent = lacking(TITLE, source, "firm", "price", firms=1)
    market = absent or comparables(TITLE, source, all_periods=True)
    if isinstance(market, Absent):
        return market
    result = fit(market.log_price, market.matrix, market.groups)
    frame = _frame(market, result, level)
    clear, odd = _clear(frame), frame.loc[~frame["plausible"], "label"].to_list()
    top = [row for row in clear if row.plausible]
    when = span(market.rows["period"])
    return Hedonic(
        title=_title(clear),
        subtitle=f"Price difference a step, other attributes equal{', ' + when if when else ''}; "
        f"{level_words(level)}",
        finding=_finding(top, odd),
        headline=_headline(top),
        unknown=UNKNOWN,
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=(
            Number(
                name="price_explained",
                label=f"of price differences{', the trend aside,' if YEARS in market.terms else ''} "
                "go with these attributes",
                value=_explained(market, result),
                unit="%",
                period=when,
                source=source.name,
            ),
        ),
        checks=(*market.checks, directions(odd)),
        fit=result.classical,
    )


def directions(odd: list[str]) -> Check:
    """Check that no better attribute goes with a lower price; `odd` lists those that do."""
    against = f"not {_labels(odd)}, other things equal; this does not show what buyers want"
    return Check(
        "Better attributes go with higher prices", not odd, against if odd else "all do, or are unclear"
    )


def _frame(market: Comparables, result: Fit, level: float) -> pd.DataFrame:
    found = []
    for term in market.terms:
        spread = float(market.matrix[term.name].std(ddof=0))
        step, size = _step(term, spread)
        ends = np.array(result.interval(term.name, level))
        wrong = {"higher": ends[2] < 0, "lower": ends[1] > 0}.get(term.better, False)
        row = {"term": term.name, "attribute": term.attribute, "label": term.label, "form": term.form}
        row |= {"step": step} | dict(zip(("estimate", "low", "high"), ends, strict=True))
        row |= dict(zip(("premium", "premium_low", "premium_high"), np.expm1(size * ends), strict=True))
        found.append(row | {"sd": spread, "plausible": not wrong})
    frame = pd.DataFrame(found)
    strength = (frame["estimate"] * frame["sd"]).abs()
    return frame.loc[strength.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _step(term: Term, spread: float) -> tuple[str, float]:
    if term.form == "log":
        return f"{number(0.1, '%', 0)} more", float(np.log(1.1))
    if term.form == "linear" and term.attribute:
        size = 10.0 ** np.floor(np.log10(spread))  # the round step just below one standard deviation
        return f"{number(size, '', 0 if size >= 1 else None)} more", float(size)
    return {"yes/no": "yes, not no", "linear": "a year later"}.get(term.form, "this level"), 1.0


def _explained(market: Comparables, result: Fit) -> float:
    # Share of what the trend leaves of the variation of ln(price): both sides are freed from the trend.
    trend = market.matrix[[term.name for term in market.terms if term == YEARS]].to_numpy()
    beyond = unexplained(market.log_price - market.log_price.mean(), trend)
    return 1 - float(1 - result.classical.rsquared) / beyond if beyond > ALONE else 0.0


def _clear(frame: pd.DataFrame) -> list[Any]:
    # Terms whose interval leaves no doubt about the direction, the strongest first.
    clear = (frame["low"] > 0) | (frame["high"] < 0)
    return list(frame[clear & (frame["attribute"] != "")].itertuples())


def _title(clear: list[Any]) -> str:
    if not clear:
        return "No attribute clearly goes with price"
    if clear[0].plausible or len(clear) == 1:
        return f"Price goes most with {_has(clear[0])}"
    return f"Price goes with {_has(clear[0])}, then {_has(clear[1])}"  # unexpected: never alone


def _finding(top: list[Any], odd: list[str]) -> str:
    def told(many: int) -> str:
        against = [f"lower with better {_labels(odd)}"] if odd else []
        return f"Other things equal, prices are {', '.join([*map(_price, top[:many]), *against])}."

    if not top and not odd:
        return "We cannot tell which attributes go with price."
    return min(told(2), told(1), key=lambda text: len(text.split()) > LONGEST)  # two where they fit


def _price(row: Any) -> str:
    digits = 0 if row.premium_high - row.premium_low > 0.02 else 1
    size = f"{number(abs(row.premium), '%', digits)} {'higher' if row.premium > 0 else 'lower'}"
    step = f"{row.step} " if row.form in SCALED else ""
    return f"{size} ({interval(row.premium_low, row.premium_high, '%', digits)}) with {step}{_named(row)}"


def _headline(top: list[Any]) -> str:
    rows = [row for row in top if row.form in SCALED or row.estimate > 0 or row.form == "yes/no"]
    if not rows:
        return "Which attributes go with a higher price, we cannot tell from these data."
    more = [f"more {_has(row)}" if row.form in SCALED and row.estimate > 0 else _has(row) for row in rows[:3]]
    return f"Other things equal, prices are higher with {listed(more)}."


def _has(row: Any) -> str:
    # What goes with the higher price: power, lower weight, no towing hook.
    less = {"log": "lower ", "linear": "lower ", "yes/no": "no "}.get(row.form, "other than ")
    return ("" if row.estimate > 0 else less) + _named(row)


def _named(row: Any) -> str:
    label, _, level = row.label.partition(": ")
    return f"{lower(label)} “{level}”" if row.form.startswith("level") else lower(row.label)


def _labels(odd: list[str]) -> str:
    return listed([lower(label) for label in odd])
