"""What a feature is worth in money: willingness to pay, with three kinds of interval."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import CONSTANT, Term
from pmlib.competitive.demand.asked import Model, check_model, spoken
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.ratio import Ratios, ratios
from pmlib.competitive.demand.taste import mean_worth, never_negative, typical
from pmlib.competitive.regression import check_level, few_draws
from pmlib.competitive.words import count, level_words, listed, names
from pmlib.given import unfitted
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number

TITLE = "What features are worth"
METHODS = {"krinsky-robb": "krinsky_robb", "delta": "delta", "fieller": "fieller"}
SHOWN = 14  # terms in the chart
APART = 0.25  # how far ends of two kinds of interval may lie apart, in the width of one


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WillingnessToPay(Result):
    """What buyers would pay for one more of each, others equal.

    method : of the interval shown. unit : of the estimates. per : the term that the others are measured in.
    """

    method: str
    unit: str
    per: str

    def plot(self, ax: Any = None) -> Any:
        """Draw each worth with its interval."""
        from pmlib import chart

        shown = self.frame.dropna(subset=["low", "high"]).head(SHOWN)
        return None if shown.empty else chart.dots(shown, "label", spec=self.columns["estimate"], ax=ax)


def willingness_to_pay(
    model: Model | Absent,
    *,
    of: str | list[str] | None = None,
    per: str = "price",
    method: str = "krinsky-robb",
    level: float = 0.95,
    draws: int = 10_000,
    seed: int = 1,
) -> WillingnessToPay | Absent:
    """Say what one more of each term is worth in money: minus its coefficient over that of price.

    Where tastes differ between buyers, that of the typical buyer: the mean taste for the term (the median
    where it is log-normal) over the median taste for price.

    Parameters
    ----------
    model : any fitted model; an Absent is passed on.
    of : terms to value, by the name or label they have in the model's frame; all but `per` when not given.
    per : the term to measure in. With "price", worth is what buyers would pay, so that what they like is
        positive; with any other term it is the plain ratio of coefficients: how much of `per` counts as one
        of the term.
    method : of the interval shown: "krinsky-robb" (draws of the coefficients), "delta" or "fieller" (which
        has no end where `per` may be 0; then it is always the one shown).
    level : of the intervals. draws, seed : of krinsky-robb.

    Returns
    -------
    WillingnessToPay : frame has a row a term, dearest first: term, label, estimate, low, high (missing
        without end), se (delta method), krinsky_robb_low, krinsky_robb_high, delta_low, delta_high,
        fieller_low, fieller_high, mean (over buyers whose tastes differ; missing where price tastes may have
        any sign).

    Raises
    ------
    ValueError : an unknown term, method or level.

    References
    ----------
    Krinsky & Robb (1986), REStat 68; Fieller (1954), JRSS B 16; Hole (2007), "A comparison of approaches to
    estimating confidence intervals for willingness to pay measures", Health Economics 16.
    """
    check_level(level)
    if absent := unfitted(TITLE, model):
        return absent
    assert not isinstance(model, Absent)
    if method not in METHODS:
        raise ValueError(f'method is "{method}"; it may be one of {list(METHODS)}')
    check_model(model)
    demand, named = model.demand, term_labels(model)
    if per == "price" and not demand.priced:
        reason = "The model has no price to measure worth in; name another term to measure in (per)."
        return Absent(title=TITLE, reason=reason)
    below = _term(per, named, "per")
    asked = [below] if of is None else []
    # What all offers have alike, such as a constant, is worth nothing to choose by.
    moves = np.ptp(demand.matrix, axis=0) > 0
    every = [t for t, differs in zip(named, moves, strict=True) if differs and t not in asked]
    above = every if of is None else _terms(of, named)
    if not above:
        return Absent(title=TITLE, reason=f"The model has no term but {named[below]}, so nothing to value.")
    slope = typical(demand, demand.params[None])[0, demand.design.names.index(below)]
    if per == "price" and slope >= 0:
        said = f"Dearer offers were chosen no less ({number(slope, '', 3)} a unit of price)"
        return Absent(title=TITLE, reason=f"{said}, so worth has no price.")
    found = ratios(demand, above, below, level, draws=draws, seed=seed, sign=-1.0 if per == "price" else 1.0)
    shown = method if found.bounded else "fieller"
    unit = demand.money if per == "price" else ""
    frame = _frame(demand, found, above, below, named, METHODS[shown])
    worth = unit or f"units of {named[below]}"
    return WillingnessToPay(
        title=_title(frame, demand, unit, found, named[below]),
        subtitle=f"What one more of each is worth, others equal, in {worth}; {level_words(level)}",
        finding=_finding(frame, demand, unit, found, named[below]),
        headline=_finding(frame, demand, unit, found, named[below]),
        advice=_advice(frame, unit) if found.bounded and demand.causal and per == "price" else "",
        unknown=""
        if demand.causal
        else "What buyers would pay: a price test or a survey of choices would tell.",
        frame=frame,
        columns={
            "label": Column("What"),
            "estimate": Column("Worth", unit),
            "low": Column("Low", unit),
            "high": Column("High", unit),
        },
        source=demand.source,
        numbers=_numbers(frame, unit, level, demand, found),
        checks=(*_checks(frame, demand, found, per=named[below]), *few_draws(draws, level)),
        method=shown,
        unit=unit,
        per=below,
    )


def term_labels(model: Model) -> dict[str, str]:
    """Write each term of a model's utility as its frame does."""
    frame = getattr(model, "frame", None)
    known = (
        {} if frame is None or "label" not in frame else dict(zip(frame["term"], frame["label"], strict=True))
    )
    return {term: known.get(term, term) for term in model.demand.design.names}


def _term(asked: str, named: dict[str, str], what: str) -> str:
    if asked in named:
        return asked
    found = [term for term, label in named.items() if label == asked]
    if len(found) == 1:
        return found[0]
    raise ValueError(f'{what} "{asked}" is no term of the model; its terms are {list(named)[:12]}')


def _terms(of: str | list[str], named: dict[str, str]) -> list[str]:
    return [_term(one, named, "of") for one in ([of] if isinstance(of, str) else of)]


def _frame(
    demand: Demand, found: Ratios, above: list[str], below: str, named: dict[str, str], shown: str
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "term": above,
            "label": [_phrase(demand, term, named[term]) for term in above],
            "estimate": found.estimate,
            "low": found.ends[shown][0],
            "high": found.ends[shown][1],
            "se": found.se,
        }
    )
    for kind, (low, high) in found.ends.items():
        frame[f"{kind}_low"], frame[f"{kind}_high"] = low, high
    frame["mean"] = mean_worth(demand, above, below)
    # What can be built comes first; a brand is what one has.
    brand = {term.name for term in demand.design.terms if term.column == CONSTANT}
    frame = frame.sort_values("estimate", ascending=False, kind="stable")
    return frame.sort_values("term", key=lambda term: term.isin(brand), kind="stable", ignore_index=True)


def _phrase(demand: Demand, term: str, label: str) -> str:
    # Having it is worth something; of a number, one more is.
    # A brand whose worth differs with what choosers are like is worth this where all of that is 0.
    (own,) = (t for t in demand.design.terms if t.name == term)
    if own.by:
        return label
    by = [t.by for t in demand.design.terms if t.by and (t.column, t.level) == (own.column, own.level)]
    against = _against(demand, own)
    found = [*([f"against {against}"] if against else []), *([f"where {listed(by)} is 0"] if by else [])]
    if found:
        return f"{label} ({', '.join(found)})"
    held = demand.offers[own.column]
    return label if own.level is not None or set(held.unique()) <= {0, 1} else f"{label} (one more)"


def _against(demand: Demand, own: Term) -> str:
    if own.level is None:
        return ""
    held = set(demand.offers[own.column].astype("str"))
    others = held - {t.level for t in demand.design.terms if t.column == own.column}
    return others.pop() if len(others) == 1 else ""


def _title(frame: pd.DataFrame, demand: Demand, unit: str, found: Ratios, per: str) -> str:
    if not found.bounded:
        return "We cannot tell what features are worth"
    top = frame.iloc[0]
    if unit and not demand.causal:
        return f"What {top['label']} is worth, these prices cannot tell"
    worth = number(top["estimate"], spoken(unit), interval_digits(top["low"], top["high"], unit))
    return f"{top['label']} is worth {worth}" if unit else f"{top['label']} counts as {worth} of {per}"


def _finding(frame: pd.DataFrame, demand: Demand, unit: str, found: Ratios, per: str) -> str:
    if not found.bounded:
        doubt = f"the effect of {per} may be nothing, and then worth has no end"
        return f"We cannot tell what features are worth: {doubt}."
    worth = listed([f"{_ranged(row, unit)} for {row.label}" for row in frame.head(2).itertuples()])
    unclear = int(((frame["low"] <= 0) & (frame["high"] >= 0)).sum())
    rest = (
        f"; of {count(unclear)} of {count(len(frame))} we cannot tell whether they add anything"
        if unclear
        else ""
    )
    if not unit:
        return f"Counted in {per}, others equal: {worth}{rest}."
    if not demand.causal:
        doubt = "If prices there were show what buyers think of price, which we cannot tell"
        return f"{doubt}, they would pay {worth}{rest}."
    return f"Other things equal, buyers would pay {worth}{rest}."


def _ranged(row: Any, unit: str) -> str:
    unit = spoken(unit)
    digits = interval_digits(row.low, row.high, unit)
    return f"{number(row.estimate, unit, digits)} ({interval(row.low, row.high, unit, digits)})"


def _advice(frame: pd.DataFrame, unit: str) -> str:
    clear = frame[frame["low"] > 0]
    if clear.empty or not unit:
        return ""
    most = [
        f"{number(row.low, spoken(unit), interval_digits(row.low, row.high, unit))} for {row.label}"
        for row in clear.head(3).itertuples()
    ]
    return f"Add what costs less a piece than buyers would surely pay: {listed(most)}."


def _numbers(
    frame: pd.DataFrame, unit: str, level: float, demand: Demand, found: Ratios
) -> tuple[Number, ...]:
    if not found.bounded:
        return ()
    slugs = names(frame["label"])
    return tuple(
        Number(
            name=f"worth_{slugs[row.label]}", label=f"is what {row.label} is worth",
            value=float(row.estimate), low=float(row.low), high=float(row.high), level=level,
            unit=unit, source=demand.source,
        )
        for row in frame.head(3).itertuples()
    )  # fmt: skip


def _checks(frame: pd.DataFrame, demand: Demand, found: Ratios, *, per: str) -> tuple[Check, ...]:
    checks = [
        Check(
            f"The effect of {per} is clearly not 0", found.bounded,
            f"{number(abs(found.z), '', 1)} standard errors from 0",
        )
    ]  # fmt: skip
    if found.bounded:
        gap = max(
            float((np.abs(frame[f"fieller_{end}"] - frame[f"delta_{end}"]) / _width(frame)).max())
            for end in ("low", "high")
        )
        checks.append(
            Check(
                "Intervals of all kinds agree",
                gap <= APART,
                f"ends {number(gap, '%', 0)} of a width apart at most",
            )
        )
    share = never_negative(demand)
    if share is not None:
        saw = f"{number(share, '%', 1)} would rather pay more"
        checks.append(Check("No buyer likes a higher price", share < 0.001, saw))
    return tuple(checks)


def _width(frame: pd.DataFrame) -> np.ndarray:
    width = (frame["delta_high"] - frame["delta_low"]).to_numpy()
    return np.where(width > 0, width, np.inf)
