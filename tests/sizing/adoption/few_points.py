"""Few points, each series left out of its own analogues; run as a script, this writes the table.

Three steps ahead of 3 to 6 known periods; errors are mean absolute errors as a share of the series' mean.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from pmlib.sizing.adoption.few import Lender, lender, outlook
from pmlib.stats.hindcast import CAP, Fan, last_value, score

REFERENCE = Path(__file__).parents[2] / "reference"
CARS = Path(__file__).parents[3] / "data" / "nl_car_stock.csv"
STORED = REFERENCE / "few_points.csv"
STEPS, KNOWN = 3, range(3, 7)


def every_series() -> dict[str, np.ndarray]:
    """Durables, small cars, machines of IBM in use (they rise and fall), and Dutch cars added."""
    durables = pd.read_csv(REFERENCE / "diffusion_series.csv").groupby("series", sort=False)["adopters"]
    small = pd.read_csv(REFERENCE / "small_car_sales.csv").groupby("car", sort=False)["sales"]
    found = {str(name): values.to_numpy(float) for groups in (durables, small) for name, values in groups}
    for name, column in pd.read_csv(REFERENCE / "ibm_generations.csv").items():
        used = column.to_numpy(float)
        found[str(name)] = np.trim_zeros(used)
    return found | {"Dutch cars added": np.diff(pd.read_csv(CARS)["raw"].to_numpy(float))}


def tried(series: dict[str, np.ndarray], known: range = KNOWN) -> pd.DataFrame:
    """One row per series and moment: errors of the forecast, its parts and last value; what was inside."""
    rows = []
    for name, values in series.items():
        others = lender([own for other, own in series.items() if other != name], STEPS)
        for count in known:
            if count + STEPS <= len(values):
                rows.append({"series": name, "known": count} | _errors(values, count, others))
    return pd.DataFrame(rows)


def _errors(values: np.ndarray, known: int, others: Lender) -> dict[str, float]:
    seen = values[:known]
    found = outlook(seen, others, level=0.8)
    low, high = found.bands[0.8]
    error, inside = score(values, Fan(found.middle, low, high), known)
    parts = {
        f"{part} alone": score(values, Fan(*[np.exp(path)] * 3), known)[0]
        for part, path in others.parts(seen).items()
    }
    naive = score(values, last_value()(seen, STEPS), known)[0]
    return {"forecast": error, "inside_80": inside, "last value": naive} | {
        name: value for name, value in parts.items() if "last" not in name
    }


def summary(rows: pd.DataFrame, fewest: int = 4) -> pd.DataFrame:
    """Median and capped mean of each forecaster where `fewest` to six periods are known."""
    kept = rows[rows["known"] >= fewest]
    errors = kept.drop(columns=["series", "known", "inside_80"])
    return pd.DataFrame({"median": errors.median(), "capped_mean": errors.clip(upper=CAP).mean()})


if __name__ == "__main__":
    table = tried(every_series())
    table.round(4).to_csv(STORED, index=False)
    print(summary(table).round(3), summary(table, 3).round(3), table.groupby("known")["inside_80"].mean())
