"""Who would win a shelf: share of preference of products that were never sold side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.conjoint.rules import FIRST, LOGIT, RULES, Tastes, by_chooser, over_choosers, quantity
from pmlib.competitive.conjoint.sliders import sliders
from pmlib.competitive.conjoint.studied import ChoiceModel, Shelf, beside, shelf
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.uncertainty import sampled
from pmlib.competitive.regression import check_level, few_draws
from pmlib.competitive.words import level_words, listed, names
from pmlib.formula.model import Model
from pmlib.given import unfitted
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number

TITLE = "Who would win the shelf"
DRAWS = 400


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ShareOfPreference(Result):
    """Share of choosers who would take each product of a shelf.

    rule : how utility becomes a choice. ours : name of the product that the words speak of.
    moved : the shares as a page computes them again; of the population's tastes, by the logit.
    """

    rule: str
    ours: str
    moved: Model | None = None

    def formula(self) -> Model | None:
        """Let a reader move our product."""
        return self.moved

    def plot(self, ax: Any = None) -> Any:
        """Draw each product's share with its interval."""
        from pmlib import chart

        return chart.dots(
            self.frame.head(12), "product", spec=self.columns["estimate"], highlight=[self.ours], ax=ax
        )


def share_of_preference(
    model: ChoiceModel | Absent,
    *,
    products: Sequence[str | Mapping[str, Any]],
    rule: str = LOGIT,
    none: bool = True,
    own: Tastes | Absent | None = None,
    part: float = 0.5,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 1,
) -> ShareOfPreference | Absent:
    """Say which share of choosers would take each of some products, set side by side.

    Parameters
    ----------
    model : fitted to choices; an Absent is passed on.
    products : ours first; each {attribute: level}, with every attribute of the model (price too), and `name`
        where it should be called something; or text, as in "Ours: Sony, zoom, wifi, price 199".
    rule : "logit" (chances as the model has them), "first choice" (everybody takes what he likes best, which
        needs tastes that differ: a mixed logit), or "randomised first choice" (the same, with errors that
        products of like levels share, so that a twin takes shares from its twin).
    none : whether choosers may take none of them, where the study let them.
    own : what each chooser values (`individual_tastes` of the same model); with it shares are means over
        choosers, and intervals are what a sample of so many choosers leaves. None: the population's tastes,
        and intervals from drawn parameters.
    part : of randomised first choice, the part of the error's variance that belongs to levels; 0 is the
        logit.
    level, draws, seed : of the intervals, from drawn parameters.

    Returns
    -------
    ShareOfPreference : frame has a row a product, the largest first: product, estimate, low, high (shares
        that add up to 1), and a column an attribute (with "_studied" after a
        name that is taken).

    Raises
    ------
    ValueError : one line that names product and attribute: unknown, missing, or not studied.

    References
    ----------
    Orme (2010), Getting Started with Conjoint Analysis, ch. 10; Huber, Orme & Miller (1999).
    """
    check_level(level)
    if absent := unfitted(TITLE, model):
        return absent
    assert not isinstance(model, Absent)
    if not products:
        return Absent(title=TITLE, reason="No products were named to set side by side.")
    if rule not in RULES:
        raise ValueError(f'rule is "{rule}"; it may be one of {list(RULES)}')
    if not 0 <= part <= 1:
        raise ValueError(f"part is {part:g}; it is a part of the error's variance, from 0 to 1")
    if isinstance(own, Absent):
        return Absent(title=TITLE, reason=own.reason)
    if rule == FIRST and not model.demand.mixing and own is None:
        reason = "One taste for all leaves one winner; first choice needs tastes that differ (a mixed logit)."
        return Absent(title=TITLE, reason=reason)
    shown = shelf(model, products, none=none)
    asked = model.demand.on(shown.offers, np.ones(1))
    if own is None:
        wanted = quantity(rule, shown, part=part, tastes=len(asked.weights), seed=seed)
        middle, low, high = sampled(asked, wanted, level, draws=draws, seed=seed)
    else:
        each = by_chooser(rule, shown, _matrix(asked, own), own, part=part, seed=seed)
        middle, low, high = over_choosers(each, level)
    frame = pd.DataFrame({"product": shown.products, "estimate": middle, "low": low, "high": high})
    frame = frame.join(beside(shown.levels, frame))
    frame = frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    bought = frame[frame["product"] != model.choices.none] if shown.none else frame
    ours, slugs = shown.products[0], names(bought["product"])
    told = bought.sort_values("product", key=lambda name: name != ours, kind="stable")
    return ShareOfPreference(
        title=_title(bought, ours),
        subtitle=f"Share of choosers who would take each ({rule}); {level_words(level)}",
        finding=_finding(told, frame, model.choices.none if shown.none else None),
        headline=_finding(told, frame, None),
        unknown="What is sold: a survey leaves out who knows a product and where it is to be had.",
        frame=frame,
        columns={
            "product": Column("Product"),
            "estimate": Column("Share of choices", "%", 1),
            "low": Column("Low", "%", 1),
            "high": Column("High", "%", 1),
        },
        source=model.demand.source,
        numbers=tuple(
            Number(
                name=f"preference_{slugs[row.product]}", label=f"of choices go to {row.product}", unit="%",
                value=float(row.estimate), low=float(row.low), high=float(row.high), level=level,
                source=model.demand.source,
            )
            for row in told.head(3).itertuples()
        ),
        checks=(*_checks(shown, rule), *few_draws(draws, level)),
        rule=rule,
        ours=ours,
        moved=sliders(model, asked, shown) if own is None and rule == LOGIT else None,
    )  # fmt: skip


def _matrix(asked: Demand, own: Tastes) -> np.ndarray:
    if list(own.wide.columns) != list(asked.design.names):
        raise ValueError("own holds tastes of another model; give individual_tastes of the model asked")
    return asked.matrix


def _short(product: str) -> str:
    return product if len(product) <= 40 else product[:39].rstrip(", ") + "…"


def _title(bought: pd.DataFrame, ours: str) -> str:
    place = int((bought["product"] == ours).to_numpy().argmax()) + 1
    share = number(bought["estimate"].iloc[place - 1], "%", 0)
    if len(bought) == 1:
        return f"{_short(ours)} would win {share} of choices"
    return f"{_short(ours)} would be number {place} of {len(bought)}, with {share}"


def _finding(told: pd.DataFrame, frame: pd.DataFrame, none: str | None) -> str:
    said = [
        f"{row.product} {'' if i else 'would win '}{_ranged(row)}"
        for i, row in enumerate(told.head(3).itertuples())
    ]
    words = listed(said, "and") + ("" if none else " of choices")
    if none is not None:
        away = frame[frame["product"] == none].iloc[0]
        words += f" of choices; {_ranged(away)} would take none of these"
    return f"{words}."


def _ranged(row: Any) -> str:
    digits = min(1, interval_digits(row.low, row.high, "%"))
    return f"{number(row.estimate, '%', digits)} ({interval(row.low, row.high, '%', digits)})"


def _checks(shown: Shelf, rule: str) -> tuple[Check, ...]:
    saw = listed(list(shown.beyond[:3])) + (" and others" if len(shown.beyond) > 3 else "")
    checks = [Check("Every level lies within what was studied", not shown.beyond, saw or "all do")]
    if rule == LOGIT and shown.levels.shape[1] > 1:
        alike = shown.levels.drop(columns="price", errors="ignore")
        twins = [
            f"{_short(shown.products[i])} and {_short(shown.products[k])}"
            for i, k in combinations(range(len(alike)), 2)
            if (alike.iloc[i] == alike.iloc[k]).all()
        ]
        saw = (
            f"{listed(twins[:2])}: a logit gives twins too much; try randomised first choice"
            if twins
            else "none are"
        )
        checks.append(Check("No two products differ in price alone", not twins, saw))
    return tuple(checks)
