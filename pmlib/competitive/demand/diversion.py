"""Where lost buyers go: diversion ratios, with and without those who then buy nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.demand import diversion_words as words
from pmlib.competitive.demand.asked import Groups, Model, groups, labels, nameless, unasked
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.uncertainty import delta
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import level_words
from pmlib.result import Absent, Result
from pmlib.table import Column

TITLE = "Where lost buyers go"
SHOWN = 10  # rivals in the chart
COLUMNS = {
    "lost_by": Column("Lost by"),
    "goes_to": Column("Goes to"),
    "estimate": Column("Share of lost buyers", "%", 1),
    "low": Column("Low", "%", 1),
    "high": Column("High", "%", 1),
    "inside": Column("Of those who still buy", "%", 1),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Diversion(Result):
    """Of the buyers that a higher price loses, the share that each rival gains.

    focal : who loses them, in words and chart; all pairs are in the frame. outside : what those do who buy
        none.
    sizes : how the focal's diversion moves with the assumed size of the market (columns size, outside,
        rival); empty where no other sizes were given. observed : what buyers did, where that was given
        (columns goes_to, model, observed).
    """

    focal: str
    outside: str
    sizes: pd.DataFrame = field(repr=False)
    observed: pd.DataFrame = field(repr=False)

    def plot(self, ax: Any = None) -> Any:
        """Draw where the focal's buyers go, among those who still buy, with intervals."""
        from pmlib import chart

        shown = self.rivals.head(SHOWN)[["goes_to", "inside", "inside_low", "inside_high"]]
        shown.columns = ["goes_to", "estimate", "low", "high"]
        return chart.dots(shown, "goes_to", spec=COLUMNS["inside"], ax=ax)

    @property
    def rivals(self) -> pd.DataFrame:
        """The focal's rows but those of who buys none, largest first."""
        own = self.frame[(self.frame["lost_by"] == self.focal) & self.frame["inside"].notna()]
        return own.sort_values("inside", ascending=False, kind="stable")

    def ordered(self) -> pd.DataFrame:
        """Give the focal's rows first."""
        return self.frame.sort_values(
            "lost_by", key=lambda names: names != self.focal, kind="stable", ignore_index=True
        )


def diversion(
    model: Model | Absent,
    *,
    focal: str | None = None,
    by: str = "product",
    outside: str = "buys none",
    sizes: "Mapping[str, Model | Demand | Absent] | None" = None,
    observed: "pd.DataFrame | Any | None" = None,
    level: float = 0.95,
) -> Diversion | Absent:
    """Say where buyers go when all prices of a product, or of a firm, rise by the same small amount.

    Parameters
    ----------
    model : any fitted model with a price; an Absent is passed on.
    focal : product or firm that loses buyers, in words and chart; the one that sells most when not given.
    by : "product", or "firm" (prices of all a firm's products rise together).
    outside : words for buying none of these, where the model knows of that.
    sizes : the same model fitted with other sizes of the market, by what that size is called, as in
        {"half as many households": ...}; those that a model of a market knows of when not given.
    observed : where buyers went in fact: a BrandSwitching, or a matrix of counts, bought before down,
        bought next across.
    level : of the intervals (delta method).

    Returns
    -------
    Diversion : frame has a row a pair, largest first: lost_by, goes_to (a rival, or `outside`),
        estimate, low, high (of all lost buyers), inside, inside_low, inside_high (of those who still buy;
        missing for `outside`).

    Raises
    ------
    ValueError : an unknown focal, by or level; an observed matrix without the focal.

    References
    ----------
    Shapiro (1996), "Mergers with differentiated products", Antitrust 10; Conlon & Mortimer (2021), "Empirical
    properties of diversion ratios", RAND J. Economics 52.
    """
    check_level(level)
    if (absent := unasked(TITLE, model)) is not None:
        return absent
    assert not isinstance(model, Absent)
    demand = model.demand
    taken = groups(demand, by)
    if (absent := nameless(TITLE, taken)) is not None:
        return absent
    at = taken.at(focal, taken.sum(demand.volume), labels(demand) if by == "product" else None)
    if len(taken.offered) < 2:
        return Absent(
            title=TITLE, reason=f"Only {taken.names[at]} is on offer, so buyers have nowhere to go."
        )
    name = taken.names[at]
    frame = _frame(demand, taken, outside, level)
    own = frame[frame["lost_by"] == name]
    top = own.loc[own["inside"].idxmax()]
    away = own[own["inside"].isna()]
    plain = demand.nests is None and not demand.mixing
    if sizes is None and hasattr(model, "at_sizes"):
        sizes = model.at_sizes()
    tried = _sizes(sizes, name, str(top["goes_to"]), by, outside)
    seen = _observed(observed, name, own)
    return Diversion(
        title=words.title(top, name, causal=demand.causal),
        subtitle=f"Of the buyers {words.lost(name, causal=demand.causal)} and who still buy, the share "
        f"that each {by} gains; {level_words(level)}",
        finding=words.finding(top, away, name, tried, causal=demand.causal),
        headline=words.finding(top, away.iloc[:0], name, tried.iloc[:0], causal=demand.causal),
        advice=f"Watch {top['goes_to']}: it is where most of {name}'s lost buyers go."
        if demand.causal and not plain else "",
        unknown=words.unknown(plain=plain, checked=not seen.empty),
        frame=frame,
        columns=COLUMNS,
        source=demand.source,
        numbers=words.numbers(top, away, name, level, demand),
        checks=words.checks(frame, seen, plain=plain),
        focal=name,
        outside=outside,
        sizes=tried,
        observed=seen,
    )  # fmt: skip


def ratios(demand: Demand, taken: Groups) -> np.ndarray:
    """Give the share of buyers lost by the row whom the column gains, (G, G + 1); the last column buys none.

    Of the row itself it is missing.
    """
    moved = taken.sum(demand.summed()).T
    lost = -np.diag(moved)[:, None]
    out = moved / lost
    np.fill_diagonal(out, 0.0)
    gone = 1 - out.sum(axis=1, keepdims=True) if demand.outside else np.zeros((len(out), 1))
    out = np.hstack([out, gone])
    if taken.none >= 0:  # buying none is an offer of its own
        out[:, -1] += out[:, taken.none]
        out[:, taken.none] = 0.0
    return out


def _frame(demand: Demand, taken: Groups, outside: str, level: float) -> pd.DataFrame:
    def both(asked: Demand) -> np.ndarray:
        found = ratios(asked, taken)
        still = found.copy()
        still[:, -1] = 0.0
        # With nobody who still buys there is nothing to take shares of.
        total = still.sum(axis=1, keepdims=True)
        return np.stack([found, still / np.where(total > 1e-12, total, np.nan)])

    middle, low, high = delta(demand, both, level)
    leaves = demand.outside or taken.none >= 0
    names = [*taken.names, outside]
    rows = []
    for i in taken.offered:
        targets = [k for k in taken.offered if k != i]
        targets.sort(key=lambda k: (-middle[0, i, k], names[k]))
        for k in [*targets, *([len(taken.names)] if leaves else [])]:
            ends = [part[0, i, k] for part in (middle, low, high)]
            inside = [part[1, i, k] if k < len(taken.names) else np.nan for part in (middle, low, high)]
            rows.append((names[i], names[k], *ends, *inside))
    columns = ["lost_by", "goes_to", "estimate", "low", "high", "inside", "inside_low", "inside_high"]
    frame = pd.DataFrame(rows, columns=columns)
    for middle_, *ends in (("estimate", "low", "high"), ("inside", "inside_low", "inside_high")):
        # In a logit of one market shares alone decide, which are no estimates.
        sure = frame[ends[1]] - frame[ends[0]] < words.CERTAIN
        for end in ends:
            frame[end] = frame[end].clip(0, 1).mask(sure, frame[middle_])
    return frame


def _sizes(
    models: "Mapping[str, Model | Demand | Absent] | None", name: str, rival: str, by: str, outside: str
) -> pd.DataFrame:
    rows = []
    for size, model in (models or {}).items():
        demand = model if isinstance(model, (Absent, Demand)) else model.demand
        if isinstance(demand, Absent) or not demand.priced:
            continue
        taken = groups(demand, by)
        found = ratios(demand, taken)[taken.names.index(name)]
        rows.append((size, found[-1], found[taken.names.index(rival)]))
    return pd.DataFrame(rows, columns=["size", "outside", "rival"])


def _observed(observed: Any, name: str, own: pd.DataFrame) -> pd.DataFrame:
    empty = pd.DataFrame(columns=["goes_to", "model", "observed"])
    if observed is None or isinstance(observed, Absent):
        return empty
    counts = observed if isinstance(observed, pd.DataFrame) else observed.counts
    if name not in counts.index:
        raise ValueError(f"observed has no row of {name}; it has {list(counts.index)[:8]}")
    left = counts.loc[name].drop(name, errors="ignore").astype(float)
    both = own[own["inside"].notna() & own["goes_to"].isin(left.index)]
    left = left.reindex(both["goes_to"])
    if not left.sum() > 0:
        return empty
    # Both are shares of those who went to a rival that both know.
    model = (both["inside"] / both["inside"].sum()).to_numpy()
    return pd.DataFrame(
        {"goes_to": list(both["goes_to"]), "model": model, "observed": (left / left.sum()).to_numpy()}
    )
