"""How honest tests are: false alarms on real spend, at one look and at many; what plans promise, kept.

PYTHONPATH=. python tests/honesty/randomised.py
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from pmlib import data, impact

CDNOW = Path(__file__).parents[1] / "reference" / "cdnow_users.csv.gz"
LOOKS = 20


def customers() -> data.Source:
    """Spend of an online shop's 23,570 customers, after October 1997 and before."""
    return data.source(pd.read_csv(CDNOW), "cdnow", kpis=["after"], covariates=["before"])


def alarms(reps: int = 4000) -> list[dict[str, Any]]:
    """Put the customers into two halves by lot, again and again: no effect can be there."""
    found = impact.aa_check(customers(), "after ~ before", reps=reps, looks=LOOKS)
    of = f"{len(found.effects):,} lots of {found.units:,} customers of CDNOW"
    return [
        _row("A/A: a test of spend finds an effect", "4% to 6%", 0.04, 0.06, found.rate, of),
        _row(f"A/A: {LOOKS} looks, each as if alone", "shown: 20% to 26%", 0.2, 0.26, found.each_rate, of),
        _row(f"A/A: {LOOKS} looks, intervals for it", "at most 5%", 0.0, 0.05, found.always_rate, of),
        _row(
            "CUPED: variance left, against 1 - r²",
            "within 2 points",
            -0.02,
            0.02,
            found.variance_ratio - found.variance_left,
            f"{of}; 1 - r² is {found.variance_left:.3f}",
        ),
    ]


def promises(tests: int = 4000, seed: int = 1) -> list[dict[str, Any]]:
    """Run the tests that plans call for, with the effect that they are planned for."""
    rng = np.random.default_rng(seed)
    return [
        _kept("share of users", _shares(rng, 0.1, 0.12, tests), tests),
        _kept("mean of skewed spend", _means(rng, tests), tests),
        _kept("clusters", _clusters(rng, tests // 2), tests // 2),
        _kept("mean of CDNOW's spend", _spend(rng, tests // 2), tests // 2),
    ]


def rows() -> list[dict[str, Any]]:
    """All of it."""
    return [*alarms(), *promises()]


def _row(check: str, demand: str, low: float, high: float, found: float, of: str) -> dict[str, Any]:
    return {"check": check, "demand": demand, "low": low, "high": high, "found": float(found), "of": of}


def _kept(what: str, found: float, tests: int) -> dict[str, Any]:
    return _row(
        f"Power 80% as planned: {what}", "78% to 82%", 0.78, 0.82, found, f"{tests:,} simulated tests"
    )


def _shares(rng: np.random.Generator, rate: float, other: float, tests: int) -> float:
    n = int(impact.plan_test(rate=rate, difference=other - rate).users_per_arm)
    a, b = rng.binomial(n, rate, tests) / n, rng.binomial(n, other, tests) / n
    return float((np.abs(b - a) > 1.959964 * np.sqrt((a * (1 - a) + b * (1 - b)) / n)).mean())


def _means(rng: np.random.Generator, tests: int) -> float:
    plan = impact.plan_test(mean=20, sd=20, effect=0.1)  # exponential spend
    n = int(plan.users_per_arm)
    return float(np.mean([_found(rng.exponential(20, n), rng.exponential(20, n) + 2) for _ in range(tests)]))


def _clusters(rng: np.random.Generator, tests: int) -> float:
    plan = impact.plan_test(mean=10, sd=2, difference=0.5, cluster_size=20, icc=0.2)
    shops = int(np.ceil(plan.users_per_arm / 20))

    def arm(more: float) -> np.ndarray:
        own = rng.normal(0, np.sqrt(0.8), (shops, 1))
        return (10 + more + own + rng.normal(0, np.sqrt(3.2), (shops, 20))).mean(axis=1)

    return float(np.mean([_found(arm(0.0), arm(0.5)) for _ in range(tests)]))


def _spend(rng: np.random.Generator, tests: int) -> float:
    """Planned from the customers' own spend, and drawn from it."""
    spend = customers()
    plan = impact.plan_test(spend, "after", effect=0.15)
    n, values = int(plan.users_per_arm), spend.frame["after"].to_numpy()
    more = plan.difference
    return float(np.mean([_found(rng.choice(values, n), rng.choice(values, n) + more) for _ in range(tests)]))


def _found(control: np.ndarray, treated: np.ndarray) -> bool:
    return bool(stats.ttest_ind(treated, control, equal_var=False).pvalue < 0.05)


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_string())
