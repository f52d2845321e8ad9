"""Time of raking a million respondents beside its peers, each in a process of its own.

    python -m venv peers; peers/bin/pip install ipfn==1.4.4 weightipy==0.4.2
    python tests/benchmarks/raking.py --peers peers/bin/python [--rounds 3] [--rows 1000000]

Five margins of 2, 6, 5, 4 and 50 levels, from a table of codes to a weight a row, in CPU seconds. ipfn is
given the combinations of levels that occur; finding them, and handing the weights to the rows, is counted.
A first run of each, of few rows, is not.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
LEVELS = (2, 6, 5, 4, 50)
ARMS = ("ours", "ipfn", "weightipy")


def main() -> None:
    """Run each arm in turn, round after round, and print the best of each."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--peers", default=sys.executable)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--arm", choices=ARMS)
    given = asked.parse_args()
    if given.arm:
        arm = {"ours": ours, "ipfn": ipfn, "weightipy": weightipy}[given.arm]
        timed(arm, 10_000)
        print(json.dumps(timed(arm, given.rows)))
        return
    best: dict[str, tuple[float, float]] = {}
    for _ in range(given.rounds):
        for name in ARMS:
            python = sys.executable if name == "ours" else given.peers
            command = [python, __file__, "--arm", name, "--rows", str(given.rows)]
            environment = {**os.environ, "PYTHONPATH": str(ROOT) if name == "ours" else ""}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            found = tuple(json.loads(done.stdout.strip().splitlines()[-1]))
            best[name] = min(best.get(name, found), found)
    print(f"{given.rows:,} rows, margins of {LEVELS} levels; load {os.getloadavg()[0]:.1f}\n")
    print("| arm | CPU s | x ours | worst margin |")
    print("|---|---|---|---|")
    for name, (seconds, gap) in best.items():
        print(f"| {name} | {seconds:.3f} | {seconds / best['ours'][0]:.1f} | {gap:.0e} |")


def timed(arm, rows: int) -> tuple[float, float]:
    """Give an arm's CPU seconds, and the worst margin's distance from its target as a share of it."""
    random = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            f"m{i}": random.choice(size, rows, p=random.dirichlet(np.full(size, 8)))
            for i, size in enumerate(LEVELS)
        }
    )
    targets = [random.dirichlet(np.full(size, 8)) * rows for size in LEVELS]
    start = time.process_time()
    weights = arm(frame, targets)
    spent = time.process_time() - start
    held = [np.bincount(frame[f"m{i}"], weights) for i in range(len(LEVELS))]
    scale = weights.sum() / rows
    return spent, max(float(np.abs(h / (t * scale) - 1).max()) for h, t in zip(held, targets, strict=True))


def ours(frame: pd.DataFrame, targets: list[np.ndarray]) -> np.ndarray:
    """Rake with this project."""
    from pmlib.stats import weights as w

    margins = [
        w.Margin(name, tuple(map(str, range(len(t)))), frame[name].to_numpy(), t)
        for name, t in zip(frame, targets, strict=True)
    ]
    return w.rake(w.drawn(w.design(np.ones(len(frame)))), margins).weights


def ipfn(frame: pd.DataFrame, targets: list[np.ndarray]) -> np.ndarray:
    """Rake with ipfn, the combinations that occur."""
    from ipfn import ipfn as peer

    names = list(frame)
    cells = frame.groupby(names, sort=False).size().rename("total").reset_index().astype({"total": float})
    start = cells["total"].to_numpy().copy()
    aims = [pd.Series(t, index=pd.Index(range(len(t)), name=n)) for n, t in zip(names, targets, strict=True)]
    raked = peer.ipfn(
        cells, aims, [[n] for n in names], convergence_rate=1e-12, max_iteration=500
    ).iteration()
    cells["factor"] = raked["total"].to_numpy() / start
    return frame.merge(cells[[*names, "factor"]], on=names, how="left")["factor"].to_numpy()


def weightipy(frame: pd.DataFrame, targets: list[np.ndarray]) -> np.ndarray:
    """Rake with weightipy, to percentages."""
    import weightipy as peer

    shares = {n: dict(enumerate(100 * t / t.sum())) for n, t in zip(frame, targets, strict=True)}
    return peer.weight_dataframe(frame, peer.scheme_from_dict(shares), weight_column="w")["w"].to_numpy()


if __name__ == "__main__":
    main()
