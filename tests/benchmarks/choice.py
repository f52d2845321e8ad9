"""Time and memory of choice models beside their peers, each fit in a process of its own.

    python -m venv peers; peers/bin/pip install xlogit==0.2.7 larch==6.0.46 choice-learn==1.3.3
    python tests/benchmarks/choice.py FOLDER --peers peers/bin/python [--rounds 1] [--only ours,xlogit]

FOLDER gets the tables: made-up choices among 4 alternatives of 6 attributes each, for a plain logit with
standard errors; and the shipped survey of cameras, for a mixed logit whose tastes for price and features are
normal, with 500 Halton draws each that are the same for both. What is measured is the fit, from a DataFrame
to standard errors: wall and CPU seconds, and the most megabytes that the process held. A first run of each is
not counted: it leaves bytecode compiled and files read.
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

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ALTERNATIVES, ATTRIBUTES = 4, 6
SMALL, LARGE = 100_000, 1_000_000
DRAWS = 500
WARM = 1_000  # choices of the first run
RUNS = {
    "logit": (SMALL, ["ours", "xlogit", "larch", "choice-learn"]),
    "large": (LARGE, ["ours"]),
    "mixed": (DRAWS, ["ours", "xlogit"]),
}


def main() -> None:
    """Measure each arm in turn, round after round, and print the best of each."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--peers", default=sys.executable)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--only")
    asked.add_argument("--runs", default=",".join(RUNS))
    given = asked.parse_args()
    home = given.folder.resolve()
    home.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    print(f"{len(os.sched_getaffinity(0))} cores, load {load:.1f}; {time.strftime('%Y-%m-%d')}\n")
    print("| run | arm | wall s | CPU s | x ours (CPU) | MB | first coefficient | its error |")
    print("|---|---|---|---|---|---|---|---|")
    for run in given.runs.split(","):
        size, arms = RUNS[run]
        wanted = [arm for arm in arms if not given.only or arm in given.only.split(",")]
        best: dict[str, dict[str, float]] = {}
        for turn in range(1 + given.rounds):
            for arm in wanted:
                print(f"{run}, {arm} …", file=sys.stderr, flush=True)
                table = cameras(home) if run == "mixed" else made(home, size if turn else WARM)
                found = fitted(arm, run, table, size if turn or run != "mixed" else 10, given.peers)
                if turn and (arm not in best or found["cpu"] < best[arm]["cpu"]):
                    best[arm] = found
        show(run, best)


def made(home: Path, choices: int) -> Path:
    """Write made-up choices, once and always the same."""
    path = home / f"choices_{choices}.parquet"
    if path.exists():
        return path
    random, rows = np.random.default_rng(1), choices * ALTERNATIVES
    matrix = random.normal(size=(rows, ATTRIBUTES))
    utility = matrix @ np.linspace(-1, 1, ATTRIBUTES) + random.gumbel(size=rows)
    taken = utility.reshape(choices, ALTERNATIVES).argmax(axis=1)
    frame = pd.DataFrame(matrix, columns=[f"x{i}" for i in range(ATTRIBUTES)])
    frame["case"] = np.repeat(np.arange(choices), ALTERNATIVES)
    frame["alternative"] = np.tile(np.arange(ALTERNATIVES), choices)
    frame["chosen"] = (np.arange(ALTERNATIVES) == taken[:, None]).astype(int).ravel()
    frame.to_parquet(path)
    return path


def cameras(home: Path) -> Path:
    """Write the survey of cameras with a column a brand; "none" has none."""
    path = home / "cameras.parquet"
    frame = pd.read_csv(ROOT / "data" / "camera_choices.csv.gz", keep_default_na=False)
    for brand in ("canon", "nikon", "panasonic", "sony"):
        frame[brand] = (frame["brand"] == brand).astype(float)
    frame["case"] = frame["resp"] * 100 + frame["task"]
    frame.drop(columns="brand").to_parquet(path)
    return path


def fitted(arm: str, run: str, table: Path, size: int, peers: str) -> dict[str, float]:
    """Fit in a process of its own, which says what it took.

    Raises
    ------
    RuntimeError : it failed; holds the last line that it said.
    """
    python = sys.executable if arm == "ours" else peers
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [python, str(HERE / "choice_arm.py"), arm, run, str(table), str(size)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{arm} ended with {done.returncode}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def show(run: str, best: dict[str, dict[str, float]]) -> None:
    """Print a line an arm."""
    ours = best.get("ours", {}).get("cpu")
    for arm, found in best.items():
        ratio = f"{found['cpu'] / ours:.2f}" if ours else "–"
        row = [run, arm, f"{found['wall']:.2f}", f"{found['cpu']:.2f}", ratio, f"{found['megabytes']:.0f}"]
        row += [f"{found['coefficient']:.5f}", f"{found['error']:.5f}"]
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
