"""Ten million users of a test, added up through the gate and by hand, in turn, in one process each.

    python tests/benchmarks/experiment.py FOLDER [--rounds 5] [--rows 10000000]

FOLDER gets the table, made once and always the same: a Parquet file of a variant and three columns. By hand
is DuckDB with the same counts, sums and sums of products, to a frame. Measured are CPU and wall seconds of
the call alone, engine and answer included, the least of all rounds; imports are made before. The first
reading checks every cell and remembers that it did; the second reads bytes that have passed.
"""

import argparse
import os
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pmlib import data, impact
from pmlib.data import reading  # noqa: F401 (so that no round pays for its import)

COLUMNS = ["spend", "sessions", "before"]
DECLARED = """[users]
title = "Users"
origin = "made up"
licence = "ours"
path = "data/users.parquet"
[users.columns]
variant = { type = "category", role = "variant", values = ["control", "treatment"] }
spend = { type = "number", role = "kpi" }
sessions = { type = "integer", role = "kpi" }
before = { type = "number", role = "covariate" }
"""


def main() -> None:
    """Measure each way in turn, round after round, and print the best of each."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--rows", type=int, default=10_000_000)
    given = asked.parse_args()
    home = given.folder.resolve()
    made(home, given.rows)
    os.environ["PMLIB_ROOT"] = str(home)
    ways: dict[str, Callable[[], object]] = {
        "DuckDB by hand": lambda: by_hand(home),
        "first reading": lambda: first(home),
        "second reading": lambda: data.read("users", take="moments"),
        "second reading and experiment": lambda: impact.experiment(
            data.read("users", take="moments"), ["spend ~ before", "spend / sessions", "sessions"]
        ),
    }
    best: dict[str, tuple[float, float]] = {}
    for _ in range(given.rounds):
        for name, way in ways.items():
            cpu, wall = measured(way)
            before = best.get(name, (np.inf, np.inf))
            best[name] = (min(before[0], cpu), min(before[1], wall))
    check(home)
    hand = best["DuckDB by hand"]
    print(f"{given.rows:,} users; {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| way | CPU s | x by hand | wall s | x by hand |\n|---|---|---|---|---|")
    for name, (cpu, wall) in best.items():
        print(f"| {name} | {cpu:.2f} | {cpu / hand[0]:.2f} | {wall:.2f} | {wall / hand[1]:.2f} |")


def made(home: Path, rows: int) -> None:
    """Write the table where it is not there yet."""
    (home / "data").mkdir(parents=True, exist_ok=True)
    (home / "data/sources.toml").write_text(DECLARED, encoding="utf-8")
    file = home / "data/users.parquet"
    if file.exists() and pq.ParquetFile(file).metadata.num_rows == rows:
        return
    rng = np.random.default_rng(1)
    arm = rng.integers(0, 2, rows)
    before = np.round(rng.gamma(0.5, 60, rows), 2) * (rng.random(rows) < 0.4)
    spend = (rng.gamma(0.5, 60, rows) + 0.3 * before) * (rng.random(rows) < 0.4) * (1 + 0.01 * arm)
    table = {"variant": np.array(["control", "treatment"])[arm], "spend": np.round(spend, 2)}
    table |= {"sessions": rng.poisson(3, rows) + 1, "before": before}
    pq.write_table(pa.table(table), file)
    time.sleep(3)  # a file as new as this is hashed anew each time


def by_hand(home: Path) -> pd.DataFrame:
    """Add up what a test needs as one would without the gate."""
    pairs = [(one, other) for i, one in enumerate(COLUMNS) for other in COLUMNS[: i + 1]]
    sums = [f"sum({column})" for column in COLUMNS] + [f"sum({one} * {other})" for one, other in pairs]
    with duckdb.connect() as engine:
        query = (
            f"select variant, count(*), {', '.join(sums)} from '{home}/data/users.parquet' group by variant"
        )
        return engine.sql(query).df()


def first(home: Path) -> data.Source:
    """Read as if for the first time."""
    shutil.rmtree(home / ".pmlib", ignore_errors=True)
    return data.read("users", take="moments")


def check(home: Path) -> None:
    """Hold that both ways add up the same."""
    hand = by_hand(home).sort_values("variant").to_numpy()[:, 1:].astype(float)
    ours = data.read("users", take="moments").moments
    assert ours is not None
    n, mean = hand[:, 0], hand[:, 1:4] / hand[:, [0]]
    np.testing.assert_array_equal(ours.grouped.n, n)
    np.testing.assert_allclose(ours.grouped.mean, mean, rtol=1e-9)
    np.testing.assert_allclose(ours.grouped.scatter[:, 0, 0], hand[:, 4] - n * mean[:, 0] ** 2, rtol=1e-8)


def measured(way: Callable[[], object]) -> tuple[float, float]:
    """Give the CPU and wall seconds that it takes."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    way()
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - start


if __name__ == "__main__":
    main()
