"""Placebo errors of synthetic difference-in-differences beside synthdid-py, each in a process of its own.

    python -m venv peers; peers/bin/pip install synthdid-py==0.1.0
    python tests/benchmarks/synthetic.py --peers peers/bin/python [--reps 200] [--rounds 1]

What is measured is the estimate for Proposition 99 and its standard error from so many placebos, in CPU
seconds without imports and reading. Three arms: ours as a page has it, which makes each of the 38 placebos
that there are once; ours with so many placebos solved one by one, drawn as the peer draws them; and the peer.
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
ARMS = ("ours", "ours, each draw", "synthdid-py")
BEFORE = 19  # years


def main() -> None:
    """Measure each arm in turn, round after round, and print the best of each."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--peers", default=sys.executable)
    asked.add_argument("--reps", type=int, default=200)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--arm", choices=ARMS)
    given = asked.parse_args()
    if given.arm:
        print(json.dumps(measured(given.arm, given.reps)))
        return
    print(
        f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}; {time.strftime('%Y-%m-%d')}\n"
    )
    print("| arm | CPU s | x ours (CPU) | estimate | standard error |\n|---|---|---|---|---|")
    best: dict[str, dict[str, float]] = {}
    for _ in range(given.rounds):
        for arm in ARMS:
            found = alone(arm, given)
            if arm not in best or found["cpu"] < best[arm]["cpu"]:
                best[arm] = found
    for arm, found in best.items():
        ratio = found["cpu"] / best["ours"]["cpu"]
        print(f"| {arm} | {found['cpu']:.3f} | {ratio:.1f} | {found['effect']:.4f} | {found['se']:.3f} |")
    apart = abs(best["ours"]["effect"] - best["synthdid-py"]["effect"])
    print(f"\nThe estimates are {apart:.1e} apart.")


def alone(arm: str, given: argparse.Namespace) -> dict[str, float]:
    """Run an arm in a process of its own, on one core's worth of linear algebra."""
    python = given.peers if arm == "synthdid-py" else sys.executable
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    command = [python, __file__, "--arm", arm, "--reps", str(given.reps)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{arm} ended with {done.returncode}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def measured(arm: str, reps: int) -> dict[str, float]:
    """Estimate, and find the standard error."""
    table = pd.read_csv(ROOT / "data" / "prop99.csv")
    wide = table.pivot_table(index="State", columns="Year", values="PacksPerCapita")
    outcomes = np.vstack([wide.drop("California").to_numpy(), wide.loc[["California"]].to_numpy()])
    run = peer(outcomes) if arm == "synthdid-py" else ours(outcomes, each=arm != "ours")
    run(2)  # what is done once in a process
    start = time.process_time()
    effect, se = run(reps)
    return {"cpu": time.process_time() - start, "effect": effect, "se": se}


def ours(outcomes: np.ndarray, each: bool):
    """Make a run of ours."""
    from pmlib.stats.synthetic import mixed, noise_of
    from pmlib.stats.synthetic_errors import placebos

    first = np.append(np.full(len(outcomes) - 1, -1), BEFORE)

    def run(reps: int) -> tuple[float, float]:
        rng, effect = np.random.default_rng(1), mixed(outcomes, first).effect
        if not each:
            return effect, placebos(outcomes, first, "sdid", reps=max(reps, len(outcomes)), rng=rng).se
        others, found = outcomes[:-1], []
        noise = {BEFORE: noise_of(others, BEFORE)}
        for _ in range(reps):
            pretend = np.full(len(others), -1)
            pretend[rng.permutation(len(others))[0]] = BEFORE
            found.append(mixed(others, pretend, noise=noise, exact=True).effect)
        return effect, float(np.std(found))

    return run


def peer(outcomes: np.ndarray):
    """Make a run of synthdid-py."""
    from synthdid import synthdid_estimate
    from synthdid.vcov import placebo_se

    def run(reps: int) -> tuple[float, float]:
        effect = synthdid_estimate(outcomes, len(outcomes) - 1, BEFORE)
        return float(effect), placebo_se(effect, reps, random_state=1)

    return run


if __name__ == "__main__":
    main()
