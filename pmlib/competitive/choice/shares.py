"""Who is chosen: shares of the choices of a panel, with the range that a sample leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import expit, logit, stdtrit

from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.choice.table import called_by, choice_sets, without_choices
from pmlib.competitive.market import check_firms
from pmlib.competitive.proportion import wilson
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words, listed, names, percent, possessive
from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column, interval

TITLE = "Shares of what is chosen"
COLUMNS = {
    "label": Column("What"),
    "estimate": Column("Share of choices", "%", 1),
    "low": Column("Low", "%", 1),
    "high": Column("High", "%", 1),
    "on_offer": Column("On offer in", "%", 0),
    "price": Column("Average price"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ChoiceShares(Result):
    """Share of choices of each product or firm, largest first."""

    focal: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw each share with its interval."""
        from pmlib import chart

        frame = self.frame.head(12)
        return chart.dots(frame, "label", spec=COLUMNS["estimate"], highlight=self.focal, zero=None, ax=ax)


def choice_shares(
    source: Source | None,
    *,
    focal: str | None = None,
    rivals: Sequence[str] = (),
    by: Literal["product", "firm"] = "product",
    level: float = 0.95,
) -> ChoiceShares | Absent:
    """Measure who is chosen how often, in a panel of shoppers or a survey.

    Parameters
    ----------
    source : one row per alternative of a choice set; roles occasion, chosen, and product or firm.
    focal, rivals : firms the report is about. by : what shares are of. level : of the intervals.

    Returns
    -------
    ChoiceShares : one row per product (or firm), largest first: label, estimate, low, high (fractions of all
        choices; the interval allows for choices of one chooser being alike, on the scale of log odds),
        on_offer (share of choice sets that it was in), price (mean where on offer).

    Raises
    ------
    ValueError : a firm is not in the source; what `lay_out` refuses.
    """
    check_level(level)
    if absent := without_choices(TITLE, source):
        return absent
    assert source is not None
    if not called_by(source):
        reason = f"{source.title} does not say what was chosen: no product or firm."
        return Absent(title=TITLE, reason=reason)
    kind = by if source.has(by) else "firm" if by == "product" else "product"
    firms = check_firms(source, focal, rivals) if source.has("firm") and focal else []
    table, chosen, sets = choice_sets(source)
    frame, choosers = _frame(table, chosen, sets, kind, level)
    own = set(table.loc[table["firm"].astype("str") == focal, kind].astype("str")) if firms else set()
    many = "one choice" if len(sets) == 1 else f"{count(len(sets))} choices"
    words = _finding(frame, own, f"In {many}")
    return ChoiceShares(
        title=_title(frame),
        subtitle=f"Share of {count(len(sets))} choices of {count(choosers)} choosers; {level_words(level)}",
        finding=words,
        headline=words,
        frame=frame,
        columns=COLUMNS | {"price": source.columns.get("price", COLUMNS["price"])},
        source=source.line,
        numbers=_numbers(frame, own, level, source),
        focal=tuple(sorted(own)),
    )


def _frame(
    table: pd.DataFrame, chosen: np.ndarray, sets: Sets, by: str, level: float
) -> tuple[pd.DataFrame, int]:
    codes, labels = pd.factorize(table[by].astype("str"), sort=True)
    who = table["chooser"] if "chooser" in table else table["set"]
    choosers = pd.factorize(who.to_numpy()[chosen])[0]
    taken = np.zeros((choosers.max() + 1, len(labels)))
    np.add.at(taken, (choosers, codes[chosen]), 1.0)
    estimate, low, high = _intervals(taken, level)
    offered = table.groupby(codes)["set"].nunique() / len(sets)
    price = table["price"].groupby(codes).mean() if "price" in table else pd.Series(np.nan, offered.index)
    frame = pd.DataFrame(
        {
            "label": labels, "estimate": estimate, "low": low, "high": high,
            "on_offer": offered.to_numpy(), "price": price.to_numpy(),
        }
    )  # fmt: skip
    return frame.sort_values(["estimate", "label"], ascending=[False, True], ignore_index=True), len(taken)


def _intervals(taken: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # Of a ratio of totals over choosers, its error from how choosers differ, laid out on log odds so that it
    # stays between 0 and 1.
    choosers, total = len(taken), taken.sum()
    share = taken.sum(axis=0) / total
    off = taken - taken.sum(axis=1, keepdims=True) * share
    error = np.sqrt((off**2).sum(axis=0) * choosers / max(1, choosers - 1)) / total
    inner = np.clip(share, 1e-12, 1 - 1e-12)
    reach = stdtrit(max(1, choosers - 1), 0.5 + level / 2) * error / (inner * (1 - inner))
    low, high = expit(logit(inner) - reach), expit(logit(inner) + reach)
    for i in np.flatnonzero((error < 1e-12) | (choosers == 1)):  # no scatter shows: each chooser counts once
        low[i], high[i] = wilson(float(share[i]), choosers, level)
    return share, low, high


def _title(frame: pd.DataFrame) -> str:
    lead = frame.iloc[0]
    if len(frame) == 1:
        return f"Only {lead['label']} is chosen"
    if lead["low"] > frame["high"].iloc[1]:
        return f"{lead['label']} is chosen most often"
    return f"{lead['label']} and {frame['label'].iloc[1]} lead"


def _finding(frame: pd.DataFrame, own: set[str], start: str) -> str:
    shown = frame[(frame.index < 3) | frame["label"].isin(own)]
    ranges = [interval(row.low, row.high, "%", 1) for row in shown.itertuples()]
    said = [
        f"{label} {'was taken ' if i == 0 else ''}{percent(share)} ({ends})"
        for i, (label, share, ends) in enumerate(zip(shown["label"], shown["estimate"], ranges, strict=True))
    ]
    return f"{start} {listed(said)} of the time."


def _numbers(frame: pd.DataFrame, own: set[str], level: float, source: Source) -> tuple[Number, ...]:
    slugs = names(frame["label"])
    shown = frame[frame["label"].isin(own)].head(3)
    shown = frame.head(2) if shown.empty else shown
    return tuple(
        Number(
            name=f"{slugs[row.label]}_choice_share", label=f"{possessive(row.label)} share of choices",
            value=float(row.estimate), low=float(row.low), high=float(row.high), level=level, unit="%",
            source=source.name,
        )
        for row in shown.itertuples()
    )  # fmt: skip
