"""How often a test's 95% intervals hold the effect that was put in, by kind of metric, on real spend.

PYTHONPATH=. python tests/honesty/experiment.py
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pmlib import data
from pmlib.impact.randomised.compare import compare
from pmlib.impact.randomised.metric import metrics_of, with_bars
from pmlib.impact.randomised.moments import moments
from pmlib.impact.randomised.sequential import Fixed

CDNOW = Path(__file__).parents[1] / "reference" / "cdnow_users.csv.gz"
MORE = 1.1  # what the feature multiplies spend by
USERS, SHOPS = 4000, 80
KINDS = {
    "after": "mean",
    "after ~ before": "mean, adjusted",
    "after / before": "ratio of sums",
    "after > 30": "share above a bar",
    "p90(after)": "90th percentile",
}


def covered(tests: int, seed: int = 1, *, clustered: bool = False) -> dict[str, float]:
    """Draw customers anew, give half of them more by lot, and count the intervals that hold the truth."""
    everybody = pd.read_csv(CDNOW)
    truths = {text: _truth(text, everybody) for text in KINDS}
    rng = np.random.default_rng(seed)
    draw = _shops(everybody) if clustered else _customers(everybody)
    found = dict.fromkeys(KINDS, 0)
    for _ in range(tests):
        test = data.source(draw(rng), "cdnow", kpis=["after"], covariates=["before"])
        metrics = metrics_of(test, list(KINDS))
        full = with_bars(test, metrics)
        known = moments(full, [column for metric in metrics for column in metric.columns])
        for metric in metrics:
            one = compare(full, known, metric, law=Fixed(), level=0.95, seed=int(rng.integers(2**31)))
            low, high = one.contrasts[0].interval(0.95)
            found[metric.text] += low <= truths[metric.text] <= high
    return {text: count / tests for text, count in found.items()}


def rows(tests: int = 2000) -> list[dict[str, Any]]:
    """All of it."""
    single, whole = covered(tests), covered(tests // 2, clustered=True)
    return [
        _row("customers", single, f"{tests:,} tests of {USERS:,} customers of CDNOW each"),
        _row("whole clusters", whole, f"{tests // 2:,} tests of {SHOPS} clusters of customers each"),
    ]


def _row(lots: str, found: dict[str, float], of: str) -> dict[str, Any]:
    """Show the kind of metric that is furthest off."""
    worst = max(found, key=lambda text: abs(found[text] - 0.95))
    kinds = f"{KINDS[worst]}, furthest off of {len(KINDS)} kinds of metric"
    check = f"Test of {lots}: 95% intervals hold an effect of 10% ({kinds})"
    return {
        "check": check,
        "demand": "92% to 98%",
        "low": 0.92,
        "high": 0.98,
        "found": found[worst],
        "of": of,
    }


def _truth(text: str, everybody: pd.DataFrame) -> float:
    """The effect on all customers."""
    after = everybody["after"]
    if text == "after > 30":
        return float((after * MORE > 30).mean() - (after > 30).mean())
    base = np.quantile(after, 0.9) if text == "p90(after)" else after.mean()
    return float(base * (MORE - 1) / (everybody["before"].mean() if "/" in text else 1))


def _customers(everybody: pd.DataFrame) -> Callable[[np.random.Generator], pd.DataFrame]:
    """Draw customers, and an arm for each."""

    def draw(rng: np.random.Generator) -> pd.DataFrame:
        frame = everybody.iloc[rng.integers(len(everybody), size=USERS)].reset_index(drop=True)
        return _given(frame, rng.permutation(USERS) % 2 == 1)

    return draw


def _shops(everybody: pd.DataFrame) -> Callable[[np.random.Generator], pd.DataFrame]:
    """Draw shops of 5 to 45 customers, alike in what they spent before, and an arm for each shop."""
    rng = np.random.default_rng(0)
    likeness = everybody["before"].rank() + rng.normal(0, 8000, len(everybody))
    order = np.argsort(likeness.to_numpy())
    sizes = rng.integers(5, 46, len(everybody))
    shops = np.split(order, np.cumsum(sizes)[np.cumsum(sizes) < len(order)])

    def draw(rng: np.random.Generator) -> pd.DataFrame:
        chosen = [shops[i] for i in rng.integers(len(shops), size=SHOPS)]
        cluster = np.repeat(np.arange(SHOPS), [len(shop) for shop in chosen])
        frame = everybody.iloc[np.concatenate(chosen)].reset_index(drop=True).assign(cluster=cluster)
        return _given(frame, (rng.permutation(SHOPS) % 2 == 1)[cluster])

    return draw


def _given(frame: pd.DataFrame, treated: np.ndarray) -> pd.DataFrame:
    after = frame["after"] * np.where(treated, MORE, 1.0)
    return frame.assign(variant=np.where(treated, "B", "A"), after=after)


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_string())
