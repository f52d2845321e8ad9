"""How often ranges of launches' effects hold the truth, in made-up panels whose effects differ and grow."""

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from pmlib.impact.panel.effects import Effects, ranged
from pmlib.impact.panel.errors import few
from pmlib.impact.panel.imputed import imputed_effects
from pmlib.impact.panel.pretrend import pre_trend
from pmlib.impact.panel.staggered import cell_effects
from pmlib.impact.panel.two_way import TwoWay

sys.path.insert(0, str(Path(__file__).parents[1] / "impact" / "panel"))
from made_up_panels import world

WORLDS = 200
BETWEEN = ("launches of 4 to 6 units", "launches of 1 to 3 units")  # sizes that the README leaves out
SHOWN = "shown"  # what nothing is demanded of
SAMPLED = 10  # units of a launch, from which on it is drawn who belongs to it
LAUNCHES = {  # units by position of their launch, and units without
    "launches of 20 units each": ({2: 20, 4: 20, 6: 20}, 30),
    "launches of 4 to 6 units": ({2: 5, 4: 4, 6: 6}, 15),
    "launches of 1 to 3 units": ({2: 1, 4: 3, 6: 2}, 20),
    "one unit": ({4: 1}, 25),
}


def staggered(outcomes: np.ndarray, first: np.ndarray, cluster: np.ndarray) -> Effects:
    """The mean of all cells, and by time since the launch."""
    found = cell_effects(outcomes, first, cluster, comparison="never")
    return found.only(found.table["kind"].isin(["simple", "dynamic"]).to_numpy())


def imputation(outcomes: np.ndarray, first: np.ndarray, cluster: np.ndarray) -> Effects:
    """The mean of all cells, and by time since the launch."""
    found = imputed_effects(outcomes, first, cluster)
    return found.only(found.table["kind"].isin(["all", "dynamic"]).to_numpy())


METHODS = {"staggered": staggered, "imputation": imputation}


def shares(sizes: dict[int, int]) -> np.ndarray:
    """The chance of each launch."""
    return np.array(list(sizes.values())) / sum(sizes.values())


def expected(first: np.ndarray, sizes: dict[int, int]) -> np.ndarray:
    """Weights of units that give each launch the size it has in the long run.

    Errors of `staggered` count that sizes of cohorts are drawn; those of `imputation` are about those seen.
    """
    return np.array([sizes[at] / (first == at).sum() if at in sizes else 0.0 for at in first])


def mean(truth: np.ndarray, cells: np.ndarray, weights: np.ndarray) -> float:
    """The true effect, over some cells."""
    return float(np.average(truth[cells], weights=np.broadcast_to(weights[:, None], truth.shape)[cells]))


def counted(sizes: dict[int, int], never: int, worlds: int) -> dict[str, float]:
    """Shares of worlds in which ranges and bands held the truth, and in which a pre-trend was cried."""
    held = defaultdict(list)
    for seed in range(worlds):
        drawn = np.random.default_rng(seed).multinomial(sum(sizes.values()), shares(sizes))
        own = dict(zip(sizes, drawn, strict=True)) if min(sizes.values()) >= SAMPLED else sizes
        outcomes, first, truth, treated = world(seed, own, never)
        cluster, since = np.arange(len(first)), np.arange(outcomes.shape[1]) - first[:, None]
        for name, compute in METHODS.items():
            scarce = few(first, cluster)
            _, table, _ = ranged(outcomes, first, cluster, compute, scarce=scarce, level=0.95, seed=1)
            weights = expected(first, sizes) if name == "staggered" else np.ones(len(first))
            held[name].append(table["low"][0] <= mean(truth, treated, weights) <= table["high"][0])
            later = table[(table["kind"] == "dynamic") & (table["at"] >= 0)]
            real = np.array([mean(truth, treated & (since == at), weights) for at in later["at"]])
            inside = (later["band_low"] <= real) & (real <= later["band_high"])
            held[f"{name} bands"].append(bool(inside.all()))
        left = TwoWay(np.full(treated.shape, True)).residual(treated.astype(float))
        held["two-way bias"].append((left * outcomes).sum() / (left**2).sum() / truth[treated].mean() - 1)
        held["pre-trend"].append(pre_trend(outcomes, first, cluster, "never", 1).p < 0.05)
    return {name: float(np.mean(values)) for name, values in held.items()}


def power(worlds: int) -> float:
    """How often a drift is found that is said to be found in 4 of 5 cases."""
    cluster = np.arange(100)

    def tested(seed: int, drift: float):
        outcomes, first, _, _ = world(seed, {4: 40}, 60, effect=0, drift=drift)
        return pre_trend(outcomes, first, cluster, "never", 1)

    promised = float(np.mean([tested(seed, 0.0).drift for seed in range(50)]))
    return float(np.mean([tested(1000 + seed, promised).p < 0.05 for seed in range(worlds)]))


def rows(worlds: int = WORLDS) -> list[dict]:
    """Measure all of it."""
    found = []

    def row(check: str, demand: str, low: float, high: float, share: float, of: str) -> None:
        parts = {"check": check, "demand": demand, "low": low, "high": high, "found": share, "of": of}
        found.append(parts | {"aside": demand == SHOWN or any(name in check for name in BETWEEN)})

    on = f"{worlds} made-up panels"
    for name, (sizes, never) in LAUNCHES.items():
        held = counted(sizes, never, worlds if name != "one unit" else worlds // 2)
        of = on if name != "one unit" else f"{worlds // 2} made-up panels"
        for method in METHODS:
            wide = method == "staggered" and len(sizes) > 1 and min(sizes.values()) < SAMPLED
            most, demand = (
                (1.0, "at least 92%") if wide else (0.98, "92% to 98%")
            )  # wide: sizes are not drawn
            label = f"{method.capitalize()}, {name}"
            row(f"{label}: 95% range holds the effect", demand, 0.92, most, held[method], of)
            row(f"{label}: 95% band holds all times", SHOWN, 0.85, 1.0, held[f"{method} bands"], of)
        trend = f"Pre-trend found at 5% where there is none, {name}"
        row(trend, "at most 8%", 0, 0.08, held["pre-trend"], of)
        if len(sizes) > 1:
            row(f"Two-way effects, {name}: off by", SHOWN, -1, -0.1, held["two-way bias"], of)
    row(
        "A drift said to be found in 4 of 5 cases is found",
        "75% to 85%",
        0.75,
        0.85,
        power(5 * worlds),
        f"{5 * worlds:,} made-up panels",
    )
    return found


if __name__ == "__main__":
    for line in rows():
        print(line)
