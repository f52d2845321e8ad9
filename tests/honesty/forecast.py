"""How often ranges of forecasts hold, and how far they are off, on published series with the same calls."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from pmlib import data, impact

REFERENCE = Path(__file__).parents[1] / "reference"
SHIPPED = Path(__file__).parents[2] / "data"
CLASSICS = {
    "airpassengers": ["value"],
    "h02": ["value"],
    "souvenirs_monthly": ["sales"],
    "insurance_ads": ["quotes"],
    "seatbelts_monthly": ["drivers", "front", "rear", "kms", "DriversKilled", "VanKilled"],
    "ausbeer": ["value"],
}
AHEAD = {"month": 12, "quarter": 8, "day": 28}
BOUNDS = {80: (0.75, 0.87), 95: (0.92, 0.98)}


def series(frame: pd.DataFrame, column: str, name: str = "series") -> impact.Kpi:
    """Take a column of a table with a date as a Kpi."""
    table = frame[["date", column]].assign(date=pd.to_datetime(frame["date"]))
    found = impact.kpi(data.source(table, name, period="date", kpis=[column]))
    assert isinstance(found, impact.Kpi)
    return found


def read(name: str, column: str) -> impact.Kpi:
    """Read a series of one of the tables that tests keep."""
    path = next(iter(REFERENCE.glob(f"{name}.csv*")))
    return series(pd.read_csv(path), column, name)


def classics() -> Iterator[impact.Kpi]:
    """Monthly and quarterly series that methods are usually shown on."""
    for name, columns in CLASSICS.items():
        yield from (read(name, column) for column in columns)


def published(table: str = "published_series") -> Iterator[impact.Kpi]:
    """Other monthly and quarterly series of textbooks; in unseen_series, none that ranges were made on."""
    for name, rows in pd.read_csv(REFERENCE / f"{table}.csv.gz").groupby("series", sort=True):
        yield series(rows, "value", str(name))


def daily() -> Iterator[impact.Kpi]:
    """Daily series: rides of two tables, and page views."""
    rides = pd.read_csv(SHIPPED / "bikeshare_daily.csv.gz")
    yield series(rides[rides["hours"] >= 22], "rides", "bikeshare")
    yield from (read("bikeshare_uci_daily", column) for column in ("casual", "registered"))
    yield read("peyton_manning_daily", "log_pageviews")


def covered(kpi: impact.Kpi, most: int) -> dict[str, float]:
    """Forecast from at most so many cutoffs in the later half, and count what lay inside."""
    horizon, count = AHEAD[kpi.step.name], len(kpi.values)
    initial = min(max(count // 2, 2 * horizon), count - horizon)
    period = max(1, horizon // 2, -(-(count - horizon - initial + 1) // most))
    made = impact.cross_validation(kpi, initial=initial, period=period, horizon=horizon)
    points, sums = len(made.rows), len(made.cutoffs)
    return {
        "points": points, "sums": sums,
        "points_80": made.coverage * points, "points_95": made.coverage_95 * points,
        "sums_80": made.sums * sums, "sums_95": made.sums_95 * sums,
    }  # fmt: skip


def shares(kpis: list[impact.Kpi], most: int) -> pd.Series:
    """Add up what lay inside over several series."""
    return pd.DataFrame([covered(kpi, most) for kpi in kpis]).sum()


def rows_of(label: str, found: pd.Series, series: int) -> list[dict[str, object]]:
    """Write the rows of one group of series."""
    rows: list[dict[str, object]] = []
    for what in ("points", "sums"):
        for level, (low, high) in BOUNDS.items():
            rows.append({
                "check": f"{level}% ranges of {label}, {what} held",
                "demand": f"{low:.0%} to {high:.0%}", "low": low, "high": high,
                "found": found[f"{what}_{level}"] / found[what],
                "of": f"{int(found[what]):,} {what} of {series} series",
            })  # fmt: skip
    return rows


def page_views() -> list[dict[str, object]]:
    """Prophet's own cross-validation of its own example: Prophet is off by 0.630, and its 80% hold 58.7%."""
    kpi = read("peyton_manning_daily", "log_pageviews")
    made = impact.cross_validation(kpi, initial=730, period=180, horizon=365)
    of = f"{len(made.rows):,} days from {len(made.cutoffs)} cutoffs"
    return [
        {"check": "Page views 365 days ahead, mean error", "demand": "at most 0.60", "low": 0.0, "high": 0.6,
         "found": float(made.frame["mae"].iloc[0]), "of": of},
        {"check": "Page views 365 days ahead, 80% ranges held", "demand": "75% to 87%", "low": 0.75,
         "high": 0.87, "found": made.coverage, "of": of},
    ]  # fmt: skip


def passengers() -> list[dict[str, object]]:
    """Airline passengers, 24 months ahead: from the end of 1958, and from cutoffs over the years."""
    kpi = read("airpassengers", "value")
    last = impact.cross_validation(kpi, initial=120, period=24, horizon=24)
    rolling = impact.cross_validation(kpi, initial=60, period=3, horizon=24)
    return [
        {"check": "Airline passengers from 1958, root mean squared error", "demand": "below 43.2", "low": 0.0,
         "high": 43.2, "found": float(last.frame["rmse"].iloc[0]), "of": "24 months"},
        {"check": "Airline passengers 24 months ahead, 80% ranges held", "demand": "70% to 90%", "low": 0.7,
         "high": 0.9, "found": rolling.coverage, "of": f"{len(rolling.rows)} months"},
    ]  # fmt: skip


def rows() -> list[dict[str, object]]:
    """Measure all."""
    groups = {  # series, and cutoffs of each at most
        "months and quarters": [([*classics()], 24), ([*published()], 12)],
        "unseen months and quarters": [([*published("unseen_series")], 6)],
        "days, 28 ahead": [([*daily()], 40)],
    }
    found: list[dict[str, object]] = []
    for label, parts in groups.items():
        counts = sum(shares(kpis, most) for kpis, most in parts)
        found += rows_of(label, counts, sum(len(kpis) for kpis, _ in parts))
    return found + page_views() + passengers()


if __name__ == "__main__":
    for row in rows():
        mark = "ok " if row["low"] <= row["found"] <= row["high"] else "NOT"
        print(mark, f"{row['found']:.3f}", row["check"], "|", row["demand"], "|", row["of"])
    sys.exit()
