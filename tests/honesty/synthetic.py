"""Beside a mix of controls: how often placebos in real panels cry effect, and true effects are covered."""

from pathlib import Path

import numpy as np
import pandas as pd

from pmlib.stats.synthetic import mixed
from pmlib.stats.synthetic_errors import further, placebos

DATA = Path(__file__).parents[2] / "data"
LEVEL = 0.95
PANELS = 300  # simulated, of each number of donors
DONORS = (8, 20, 40)
LAUNCHES = (10, 13, 16, 19)  # positions in the years of cigarette sales at which a launch is pretended
HORIZON = 12  # years after each


def rows() -> list[dict]:
    """Measure both."""
    return [*(false_alarms(method) for method in ("sdid", "sc")), *(coverage(count) for count in DONORS)]


def false_alarms(method: str) -> dict:
    """Pretend a launch in each unit that never had one, and judge it by the others."""
    cried = [alarm for outcomes, at in panels() for alarm in alarms(outcomes, at, method)]
    return {
        "check": f"Placebo launches in real panels, {method}: effects cried at 5%",
        "demand": "at most 8%",
        "low": 0.0,
        "high": 0.08,
        "found": float(np.mean(cried)),
        "of": f"{len(cried)} placebos in 2 panels",
    }


def panels() -> list[tuple[np.ndarray, int]]:
    """Units that never had it, of two published panels, with launches that never were."""
    smoking = pd.read_csv(DATA / "prop99.csv").query("State != 'California'")
    packs = smoking.pivot_table(index="State", columns="Year", values="PacksPerCapita").to_numpy()
    rates = pd.read_csv(DATA / "organ_donations.csv").query("State != 'California'")
    donors = rates.pivot_table(index="State", columns="Quarter_Num", values="Rate").to_numpy()
    return [*((packs[:, : at + HORIZON], at) for at in LAUNCHES), (donors, 3), (donors, 4)]


def alarms(outcomes: np.ndarray, at: int, method: str) -> np.ndarray:
    """Tell for each unit whether the interval that the others allow holds no 0."""
    first = np.append(np.full(len(outcomes), -1), at)  # the treated unit itself is of no account
    tried = placebos(
        np.vstack([outcomes, outcomes[0]]), first, method, reps=10**6, rng=np.random.default_rng(1)
    )
    return np.abs(tried.effects) > further(LEVEL, len(outcomes) - 1) * tried.others_se


def coverage(donors: int) -> dict:
    """Add an effect to one unit of made-up panels with two common factors, and see whether it is covered."""
    rng, covered = np.random.default_rng(donors), []
    for _ in range(PANELS):
        factors, loads = rng.normal(size=(2, 20)).cumsum(axis=1), rng.normal(size=(donors + 1, 2))
        outcomes = 20 + loads @ factors + rng.normal(size=(donors + 1, 20))
        outcomes[0, 14:] += 3
        first = np.where(np.arange(donors + 1) == 0, 14, -1)
        effect = mixed(outcomes, first, exact=True).effect
        reach = further(LEVEL, donors) * placebos(outcomes, first, "sdid", reps=donors, rng=rng).se
        covered.append(abs(effect - 3) <= reach)
    return {
        "check": f"A true effect beside {donors} donors, sdid: within the 95% interval",
        "demand": "92% to 98%",
        "low": 0.92,
        "high": 0.98,
        "found": float(np.mean(covered)),
        "of": f"{PANELS} simulated panels",
    }


if __name__ == "__main__":
    for row in rows():
        print(f"{row['check']}: {row['found']:.3f} ({row['demand']}; {row['of']})")
