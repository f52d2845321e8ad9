"""The rows of a ledger as a reader sees them: as measured and shrunk."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from pmlib.impact.past.launches import Launches
from pmlib.stats.mixture import Mixture
from pmlib.stats.pooling import Pooled
from pmlib.stats.shrinkage import Shrunk
from pmlib.table import Column

MEAN, NEXT = "Mean of all", "A next launch"


@dataclass(frozen=True, eq=False)
class Drawn:
    """What rows are made of. lower : whether less is better."""

    found: Launches
    posterior: Shrunk
    pooled: Pooled | None
    level: float
    lower: bool

    @property
    def back(self) -> Callable[[float], float]:
        """Turn from the scale of pooling to that of the table."""
        return np.expm1 if self.found.logs else float

    def ends(self, of: Mixture, level: float) -> tuple[float, float]:
        """Give the middle interval, on the scale of the table."""
        low, high = of.ends(level)
        return float(self.back(low)), float(self.back(high))

    def shrunk(self, of: Mixture) -> dict[str, float]:
        """Give estimate, interval and the chance that it helps."""
        low, high = self.ends(of, self.level)
        harm = of.below(0.0)
        helps = harm if self.lower else 1 - harm
        return {"estimate": float(self.back(of.mean)), "low": low, "high": high, "helps": helps}


def rows(drawn: Drawn) -> pd.DataFrame:
    """Make the frame: launches, the most helpful as measured first, their mean, and the next one."""
    found, posterior, pooled, back = drawn.found, drawn.posterior, drawn.pooled, drawn.back
    reach = float(ndtri((1 + drawn.level) / 2))
    blups = np.full(len(found.names), np.nan)
    if pooled is not None:
        tau2 = 0.0 if np.isnan(pooled.tau2) else pooled.tau2
        own = tau2 / (tau2 + found.taken**2)
        blups = own * found.effects + (1 - own) * pooled.estimate
    single = pd.DataFrame(
        {
            "kind": "launch",
            "launch": found.names,
            "raw": [float(back(y)) for y in found.effects],
            "raw_low": [float(back(y)) for y in found.effects - reach * found.errors],
            "raw_high": [float(back(y)) for y in found.effects + reach * found.errors],
            "se": found.errors,
            "se_taken": found.taken,
            **pd.DataFrame([drawn.shrunk(posterior.effect(i)) for i in range(len(found.names))]),
            "blup": [float(back(y)) for y in blups],
            "weight": np.ones(len(found.names)) if pooled is None else pooled.weights,
        }
    )
    if found.dates is not None:
        single["period"] = found.dates.to_numpy()
    for column in ("grades", "reach", "places"):
        if getattr(found, column) is not None:
            single[column.removesuffix("s")] = getattr(found, column)
    single = single.sort_values("raw", ascending=drawn.lower, kind="stable")
    mean = {"kind": "mean", "launch": MEAN} | drawn.shrunk(posterior.mean)
    coming = {"kind": "next", "launch": NEXT} | drawn.shrunk(posterior.next)
    if pooled is not None:
        ends = [back(end) for end in (pooled.estimate, pooled.low, pooled.high)]
        mean |= dict(zip(("raw", "raw_low", "raw_high"), ends, strict=True)) | {"se": pooled.se}
        ends = [back(end) for end in (pooled.estimate, pooled.predicted_low, pooled.predicted_high)]
        coming |= dict(zip(("raw", "raw_low", "raw_high"), ends, strict=True))
    return pd.concat([single, pd.DataFrame([mean, coming])], ignore_index=True)


def shown_columns(effect: Column, unit: str, found: Launches) -> dict[str, Column]:
    """Declare the columns to show, named as synthetic where the table is."""
    made_up = " (synthetic)" if found.synthetic else ""
    columns = {"launch": Column("Launch")}
    if found.grades is not None:
        columns["grade"] = Column("Grade")
    return columns | {
        "raw": Column(f"As measured{made_up}", unit, effect.digits),
        "estimate": Column(f"Allowing for luck{made_up}", unit, effect.digits, effect.better),
        "low": Column("Low", unit, effect.digits),
        "high": Column("High", unit, effect.digits),
        "helps": Column("Chance that it helps", "%", 0),
    }
