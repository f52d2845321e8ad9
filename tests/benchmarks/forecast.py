"""Time of forecasts of 100 monthly series, one fit each, beside statsforecast's AutoETS.

    python -m venv peers; peers/bin/pip install statsforecast==2.0.1
    python tests/benchmarks/forecast.py FOLDER --peers peers/bin/python [--rounds 3]

FOLDER gets the series: 120 months made up with a trend, a season and noise, 12 months ahead. Ours fits
exponential smoothing, Theta and the seasonal naive forecast to each; statsforecast fits AutoETS alone,
compiled before. What is measured is the fit and the forecast in CPU seconds, arms in turn, the best of
the rounds.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SERIES, MONTHS, AHEAD = 100, 120, 12
PEER = """
import sys, time
import numpy as np, pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoETS
values = np.load(sys.argv[1])
names, dates = np.arange(len(values)), pd.date_range("2010-01-01", periods=values.shape[1], freq="MS")
frame = pd.DataFrame({
    "unique_id": names.repeat(len(dates)), "ds": np.tile(dates, len(names)), "y": values.ravel(),
})
fit = StatsForecast(models=[AutoETS(season_length=12)], freq="MS", n_jobs=1)
fit.forecast(df=frame[frame["unique_id"] < 2], h=12)  # compiles
start = time.process_time()
fit.forecast(df=frame, h=12)
print(time.process_time() - start)
"""


def main() -> None:
    """Measure both in turn, and print the best of each and their ratio."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--peers", default=sys.executable)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    path = given.folder.resolve() / "monthly.npy"
    np.save(path, made())
    single = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    best = {"ours": np.inf, "statsforecast": np.inf}
    for _ in range(given.rounds):
        for arm, command in {
            "ours": [sys.executable, __file__, "--arm", str(path)],
            "statsforecast": [given.peers, "-c", PEER, str(path)],
        }.items():
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=single)
            best[arm] = min(best[arm], float(done.stdout.split()[-1]))
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    print(f"ours (three methods) {best['ours']:.2f} CPU s, AutoETS {best['statsforecast']:.2f} CPU s:")
    print(f"{best['ours'] / best['statsforecast']:.2f} times AutoETS, on {SERIES} series of {MONTHS} months")


def made() -> np.ndarray:
    """Make up the series, always the same."""
    random, month = np.random.default_rng(1), np.arange(MONTHS)
    rise = 1 + month * random.uniform(0, 0.01, (SERIES, 1))
    season = 1 + random.uniform(0, 0.3, (SERIES, 1)) * np.sin(2 * np.pi * month / 12)
    noise = np.exp(random.normal(0, 0.05, (SERIES, MONTHS)))
    level = random.uniform(50, 5000, (SERIES, 1))
    return level * rise * season * noise


def arm(path: str) -> None:
    """Fit ours, and print CPU seconds."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from pmlib.stats.series.kinds import foretell
    from pmlib.stats.series.scale import scale_of
    from pmlib.stats.series.season import Season

    table, now = np.load(path), np.array([MONTHS])
    foretell(np.log(table[0]), now, AHEAD, Season(12), ("ets", "theta", "seasonal"))
    start = time.process_time()
    for values in table:
        scale = scale_of(values)
        paths = foretell(scale.there(values), now, AHEAD, Season(12), ("ets", "theta", "seasonal"))
        found = [scale.back(path) for path in paths.values()]
        assert all(np.isfinite(one).all() for one in found)
    print(time.process_time() - start)


if __name__ == "__main__":
    arm(sys.argv[2]) if sys.argv[1:2] == ["--arm"] else main()
