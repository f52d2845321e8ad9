"""The same shares under simpler and richer demand models: what instruments and nests change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from pmlib.competitive.demand.estimate import Estimate, estimated
from pmlib.competitive.demand.observed import DECLARED, Observed, lay_out_market
from pmlib.competitive.market import span
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words, listed
from pmlib.data import Source
from pmlib.result import Absent, Check, Result
from pmlib.table import Column, number

TITLE = "Demand models compared"
OWN = Column("% of sales lost or won by 1% of price", "", 2)
COLUMNS = {
    "model": Column("Model"),
    "estimate": OWN,
    "low": Column("Low", "", 2),
    "high": Column("High", "", 2),
    "inelastic": Column("Inelastic", "%", 0),
    "fit": Column("Fit", "%", 0),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DemandLadder(Result):
    """Demand models from the simplest on, a row each.

    estimates : the fits, in the order of the rows.
    """

    estimates: tuple[Estimate, ...]
    folded: ClassVar[bool] = True

    def plot(self, ax: Any = None) -> Any:
        """Draw each model's mean own elasticity with its interval."""
        from pmlib import chart

        return chart.dots(self.frame, "model", spec=OWN, ax=ax)


def demand_ladder(
    source: Source | None,
    *,
    attributes: Sequence[str] | None = None,
    nests: str | None = None,
    instruments: str = DECLARED,
    absorb: Sequence[str] = (),
    cluster: str | None = "product",
    market_size: float | str | None = None,
    level: float = 0.95,
) -> DemandLadder | Absent:
    """Fit shares without instruments, with them, and with nests, as far as the data allow.

    Parameters
    ----------
    source, attributes, nests, instruments, absorb, cluster, market_size, level : as in
        `berry.market_demand`.

    Returns
    -------
    DemandLadder : frame has a row a model: model, estimate, low, high (mean own elasticity), smallest,
        median, largest (own elasticities), inelastic (share of products above -1), fit (R²), price,
        price_se, likeness (of nests), strength (effective F of price's first stage), doubts.

    Raises
    ------
    ValueError : as `berry.market_demand`.
    """
    check_level(level)
    observed = lay_out_market(
        TITLE, source, attributes=attributes, nests=nests, instruments=instruments, absorb=absorb,
        cluster=cluster, market_size=market_size,
    )  # fmt: skip
    if isinstance(observed, Absent):
        return observed
    tried = {name: estimated(one, level) for name, one in _rungs(observed).items()}
    frame = pd.DataFrame([_row(name, found) for name, found in tried.items()])
    when = span(observed.rows["period"])
    low, high = frame["estimate"].min(), frame["estimate"].max()
    ends = f"{number(high, '', 2)} to {number(low, '', 2)}" if len(frame) > 1 else number(low, "", 2)
    trusted = [name for name, found in tried.items() if not found.doubts]
    return DemandLadder(
        title=f"{count(len(frame))} demand models compared"
        if len(frame) > 1
        else "One demand model fits here",
        finding=_finding(ends, trusted),
        subtitle=f"Mean own price elasticity{f', {when}' if when else ''}; {level_words(level)}",
        frame=frame,
        columns=COLUMNS,
        source=observed.source.line,
        checks=tuple(
            Check(f"{name} is free of doubts", not found.doubts, listed(found.doubts) or "none found")
            for name, found in tried.items()
        ),
        estimates=tuple(tried.values()),
    )


def _finding(ends: str, trusted: list[str]) -> str:
    if not trusted:
        return (
            f"For 1% of price the average product's sales are {ends} percent apart, by model; none is free "
            "of doubts, so none says what a price change does."
        )
    said = f"{listed(trusted)} {'is' if len(trusted) == 1 else 'are'} free of doubts"
    return f"The average product's sales move by {ends} percent for 1% of price, by model; {said}."


def _rungs(observed: Observed) -> dict[str, Observed]:
    flat = observed.without_nests()
    found = {"Prices at their word": flat.without_instruments()}
    many = 0 if observed.instruments is None else observed.instruments.shape[1]
    if many:
        found["With instruments"] = flat
    if observed.nests and many > 1:
        found["With instruments and nests"] = observed
    elif observed.nests and not many:
        found["With nests, prices at their word"] = observed
    return found


def _row(name: str, found: Estimate) -> dict[str, object]:
    each = pd.Series(found.own.each)
    at = found.observed.exogenous.shape[1]
    return {
        "model": name,
        "estimate": found.own.mean,
        "low": found.own.low,
        "high": found.own.high,
        "smallest": each.min(),
        "median": each.median(),
        "largest": each.max(),
        "inelastic": found.own.inelastic / len(each),
        "fit": found.fit.r2,
        "price": found.slope,
        "price_se": float(found.fit.covariance[at, at] ** 0.5),
        "likeness": found.likeness if found.observed.nests else float("nan"),
        "strength": found.first[0].effective if found.first else float("nan"),
        "doubts": listed(found.doubts),
    }
