"""How often 95% intervals of switching hold the truth.

Run from the project's root, about half a minute:

    python tests/competitive/switching/switching_coverage.py > tests/reference/coverage_switching.csv
"""

import sys

import numpy as np
import pandas as pd
from switching_panels import World, inertia

from pmlib.competitive.switching.transitions import transitions

REPLICATES, SEED, LEVEL = 2000, 20261130, 0.95
KINDS = ("rates", "leavers", "flows", "gain", "share", "steady", "drift")


def lengths(mean: float, shape: float, least: int, most: int) -> np.ndarray:
    """Spread numbers of purchases as a negative binomial above the least."""
    from scipy.stats import nbinom

    chance = nbinom.pmf(np.arange(most - least), shape, shape / (shape + mean - least))
    return np.concatenate([np.zeros(least - 1), chance, [0.0]])[:most] / chance.sum()


def worlds() -> dict[str, World]:
    """Describe three panels: like the ketchup one, like the yogurt one, and a small one."""
    ketchup = np.array([[0.62, 0.22, 0.08, 0.08], [0.25, 0.55, 0.06, 0.14], [0.35, 0.2, 0.25, 0.2]])
    yogurt = np.array([[0.75, 0.15, 0.05, 0.05], [0.2, 0.7, 0.05, 0.05], [0.1, 0.15, 0.7, 0.05]])
    small = np.array([[0.6, 0.3, 0.1], [0.3, 0.5, 0.2]])
    return {
        "ketchup": World(
            np.array([0.5, 0.35, 0.15]),
            np.array([[0.55, 0.2, 0.1, 0.15], [0.2, 0.5, 0.1, 0.2], [0.3, 0.3, 0.2, 0.2]]),
            np.array([inertia(p, stay) for p, stay in zip(ketchup, (0.25, 0.3, 0.2), strict=True)]),
            lengths(9.3, 1.0, 5, 45),
            300,
        ),
        "yogurt": World(
            np.array([0.4, 0.35, 0.25]),
            np.array([[0.6, 0.25, 0.1, 0.05], [0.25, 0.6, 0.1, 0.05], [0.2, 0.2, 0.5, 0.1]]),
            np.array([inertia(p, stay) for p, stay in zip(yogurt, (0.5, 0.4, 0.5), strict=True)]),
            lengths(24, 0.6, 4, 150),
            100,
        ),
        "small": World(
            np.array([0.6, 0.4]),
            np.array([[0.5, 0.3, 0.2], [0.3, 0.4, 0.3]]),
            np.array([inertia(p, 0.2) for p in small]),
            lengths(8, 2.0, 3, 30),
            60,
        ),
    }


def covered(name: str, world: World, replicates: int, seed: int = SEED) -> pd.DataFrame:
    """Draw panels and count how often each interval holds its truth."""
    truth, rng = world.truth(), np.random.default_rng(seed)
    hits = {kind: np.zeros(np.shape(truth[kind])) for kind in KINDS}
    told = {kind: np.zeros(np.shape(truth[kind])) for kind in KINDS}
    for _ in range(replicates):
        found = transitions(world.panel(rng), LEVEL)
        for kind in KINDS:
            one = getattr(found, kind)
            told[kind] += ~np.isnan(one.low)
            hits[kind] += (one.low <= truth[kind]) & (truth[kind] <= one.high)
    rows = []
    for kind in KINDS:
        for place in np.ndindex(truth[kind].shape):
            of, to = place if len(place) > 1 else (place[0], place[0])
            if kind in ("leavers", "flows") and of == to:
                continue
            rows.append((name, kind, of, to, truth[kind][place], told[kind][place], hits[kind][place]))
    frame = pd.DataFrame(rows, columns=["world", "kind", "from", "to", "truth", "replicates", "covered"])
    return frame.assign(rate=frame["covered"] / frame["replicates"]).astype(
        {"replicates": int, "covered": int}
    )


if __name__ == "__main__":
    every = [covered(name, world, REPLICATES) for name, world in worlds().items()]
    pd.concat(every).round({"truth": 4, "rate": 4}).to_csv(sys.stdout, index=False)
