"""CPU time and memory of the correspondence analysis of a 5,000 × 500 table, beside prince's.

    python -m venv peers; peers/bin/pip install prince
    python tests/benchmarks/maps.py [--peers peers/bin/python] [--rounds 5]

Each analysis runs in a process of its own, with one thread for linear algebra, the two in turn. Measured is
the analysis alone, without imports and the table, after a small one that loads what is loaded late. Ours
gives all principal inertias, and five axes with contributions and qualities of rows and columns; prince is
asked for the same on two axes. Their first two inertias must agree.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
ROWS, COLUMNS, KINDS = 5000, 500, 8
THREADS = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")


def main() -> None:
    """Measure ours and prince's in turn, round after round, and print the least of each and their ratio."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--peers", type=os.path.abspath, default=sys.executable)  # its link leads to its venv
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--run", choices=["ours", "prince"], help="one analysis, in this process")
    given = asked.parse_args()
    if given.run:
        print(*run(given.run))
        return
    found: dict[str, list[list[float]]] = {"ours": [], "prince": []}
    for _ in range(given.rounds):
        for name, python in (("ours", sys.executable), ("prince", given.peers)):
            environment = {**os.environ, **THREADS, "PYTHONPATH": str(ROOT)}
            command = [python, __file__, "--run", name]
            said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
            found[name].append([float(word) for word in said.stdout.split()])
    if not np.allclose(found["ours"][0][2:], found["prince"][0][2:], atol=1e-7):
        sys.exit(f"the inertias differ: {found['ours'][0][2:]} and {found['prince'][0][2:]}")
    least = {name: np.min([spent[:2] for spent in runs], axis=0) for name, runs in found.items()}
    for name, (seconds, megabytes) in least.items():
        print(f"{name:8} {seconds:6.3f} CPU s  {megabytes:6.0f} MB at most")
    ratios = least["ours"] / least["prince"]
    print(f"ours / prince: {ratios[0]:.2f} of the time, {ratios[1]:.2f} of the memory")


def table(rows: int, columns: int) -> pd.DataFrame:
    """Make counts in which rows and columns of several kinds go together."""
    rng = np.random.default_rng(1)
    row_kinds, column_kinds = rng.integers(KINDS, size=rows), rng.integers(KINDS, size=columns)
    means = rng.gamma(2, 2, size=(KINDS, KINDS))[row_kinds[:, None], column_kinds]
    counts = rng.poisson(means * rng.gamma(2, size=(rows, 1)) * rng.gamma(2, size=columns))
    return pd.DataFrame(counts + 1, [f"r{i}" for i in range(rows)], [f"c{i}" for i in range(columns)])


def run(name: str) -> list[float]:
    """Analyse once: CPU seconds, megabytes at most of the process, and the first two inertias."""
    analyse = {"ours": ours, "prince": prince}[name]
    analyse(table(40, 20))
    counts = table(ROWS, COLUMNS)
    start = time.process_time()
    inertias = analyse(counts)
    seconds = time.process_time() - start
    return [seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, *inertias[:2]]


def ours(counts: pd.DataFrame) -> np.ndarray:
    """Analyse with pmlib."""
    from pmlib.competitive.maps.correspondence import correspondence

    return correspondence(counts).eigenvalues


def prince(counts: pd.DataFrame) -> np.ndarray:
    """Analyse with prince."""
    import prince

    found = prince.CA(n_components=2).fit(counts)
    found.row_coordinates(counts), found.column_coordinates(counts)
    found.row_cosine_similarities(counts), found.column_cosine_similarities(counts)
    assert (
        len(found.row_contributions_) == len(counts) and len(found.column_contributions_) == counts.shape[1]
    )
    return found.eigenvalues_


if __name__ == "__main__":
    main()
