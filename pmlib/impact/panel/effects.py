"""Several effects of one panel, each with its interval and a band that holds all of its kind."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr  # the normal distribution

from pmlib.impact.panel.bands import widening
from pmlib.impact.panel.errors import Placebos, codes, placebos, summed, t_quantile
from pmlib.impact.panel.estimate import Estimate
from pmlib.impact.panel.scatter import Stand, alone, freedom, scatter

Compute = Callable[[np.ndarray, np.ndarray, np.ndarray], "Effects"]


@dataclass(frozen=True)
class Effects:
    """Effects by kind, and what each unit adds to each.

    table : kind, at (cohort, period or time since the launch; missing of all together), period (of a cell),
        estimate, level (mean outcome of those treated).
    parts : units by effects; the mean over units is the error.
    own, stand : the same, where units that never got the feature stand in for cohorts of few clusters.
    """

    table: pd.DataFrame
    parts: np.ndarray
    own: np.ndarray
    stand: Stand

    def only(self, chosen: np.ndarray) -> "Effects":
        """Keep some effects."""
        stand = {at: block[:, chosen] for at, block in self.stand.items()}
        table = self.table[chosen].reset_index(drop=True)
        return Effects(table, self.parts[:, chosen], self.own[:, chosen], stand)

    def joined(self, other: "Effects") -> "Effects":
        """Put two lists of effects of the same units together."""
        empty = {at: np.zeros_like(other.parts) for at in self.stand}
        stand = {at: np.hstack([block, {**empty, **other.stand}[at]]) for at, block in self.stand.items()}
        table = pd.concat([self.table, other.table], ignore_index=True)
        return Effects(table, np.hstack([self.parts, other.parts]), np.hstack([self.own, other.own]), stand)

    def keyed(self) -> pd.Series:
        """The estimates by kind, at and period."""
        return pd.Series(self.table["estimate"].to_numpy(float), index=keys(self.table))


def keys(table: pd.DataFrame) -> pd.MultiIndex:
    """What tells the effects of one panel apart."""
    numbers = table[["at", "period"]].astype(float).fillna(-1e6)
    return pd.MultiIndex.from_arrays([table["kind"], numbers["at"], numbers["period"]])


def ranged(
    outcomes: np.ndarray,
    first: np.ndarray,
    cluster: np.ndarray,
    compute: Compute,
    *,
    scarce: bool,
    level: float,
    seed: int,
) -> tuple[Effects, pd.DataFrame, Placebos | None]:
    """Compute effects and how sure they are.

    Parameters
    ----------
    compute : the effects of outcomes, launches and clusters.
    scarce : whether too few clusters got the feature for their scatter to tell; placebos do then.

    Returns
    -------
    the effects; their table with se, cluster_se, degrees, p, low, high and, for the kinds of several,
    band_low and band_high; and the placebos, where errors come from them.
    """
    found = compute(outcomes, first, cluster)
    drawn = None
    if scarce:
        index = found.keyed().index

        def again(kept: np.ndarray, made_up: np.ndarray) -> np.ndarray:
            return compute(outcomes[kept], made_up, codes(cluster[kept])).keyed().reindex(index).to_numpy()

        drawn = placebos(first, again, seed)
    by_cluster, kinds = scatter(found.own, found.stand, first, cluster)
    table = found.table.copy()
    table["cluster_se"] = np.sqrt((summed(found.parts, cluster) ** 2).sum(axis=0)) / len(first)
    if drawn is None:
        table["se"] = np.sqrt((by_cluster**2).sum(axis=0)) / len(first)
        table["degrees"] = freedom(by_cluster, kinds)
    else:
        table["se"], table["degrees"] = drawn.errors, drawn.degrees
    if drawn is None and (unseen := alone(first, cluster)):
        lost = table["kind"].isin(["group", "cell"]) & table["at"].isin(unseen)
        table.loc[lost | scarce, "se"] = np.nan
    table["p"] = [
        Estimate(row.estimate, row.se, row.degrees, np.nan).p
        if drawn is None
        else drawn.as_large(row.estimate, i)
        for i, row in enumerate(table.itertuples())
    ]
    half = table["se"] * [t_quantile(level, float(free)) for free in table["degrees"]]
    table["low"], table["high"] = table["estimate"] - half, table["estimate"] + half
    wide = pd.Series(np.nan, index=table.index)
    for _, rows in table[table["at"].notna()].groupby("kind", sort=False):
        at = rows.index.to_numpy()
        factor = widening(by_cluster[:, at], level, seed) if drawn is None else drawn.only(at).widening(level)
        if np.isfinite(factor):
            together = max(level, float(2 * ndtr(factor) - 1))
            free = table["degrees"].to_numpy()[at]
            wide[at] = table["se"][at] * [t_quantile(together, float(own)) for own in free]
    table["band_low"], table["band_high"] = table["estimate"] - wide, table["estimate"] + wide
    return found, table, drawn


def alarms(drawn: Placebos | None, table: pd.DataFrame, level: float) -> float:
    """Share of placebos in which the mean of all cells would be an effect; nan where none were tried."""
    return float("nan") if drawn is None else drawn.alarms(level, int(table.index[table["at"].isna()][0]))
