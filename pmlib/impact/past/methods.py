"""What every method of meta-analysis says of the same launches, side by side."""

import pandas as pd

from pmlib.impact.past.launches import Launches
from pmlib.stats.between import METHODS
from pmlib.stats.pooling import Pooled, pool

KEPT = ("estimate", "se", "low", "high", "tau2", "tau2_low", "tau2_high", "i2", "q", "df", "p")
PREDICTED = ("predicted_low", "predicted_high")


def knapp_hartung(found: Launches, method: str, level: float) -> Pooled:
    """Pool them with Student's t, its scale as seen between launches."""
    return pool(found.effects, found.taken, method=method, interval="knapp-hartung", level=level)


def methods(found: Launches, level: float) -> pd.DataFrame:
    """Pool launches by every method, a row each; empty of a single launch."""
    if len(found.names) < 2:
        return pd.DataFrame()
    table = []
    for method in METHODS:
        plain = pool(found.effects, found.taken, method=method, level=level)
        scaled = knapp_hartung(found, method, level)
        row = {"method": method} | {name: getattr(plain, name) for name in KEPT + PREDICTED}
        table.append(row | {"kh_se": scaled.se, "kh_low": scaled.low, "kh_high": scaled.high})
    return pd.DataFrame(table)
