"""Launches that never happened: how often before and after finds an effect, and how wide its intervals are.

Each window of four real series is taken for what follows a launch, with nothing but the half year or the
year before it; every interval is calibrated on that past alone. Effects put into windows must lie in them.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pmlib import data, impact

REFERENCE = Path(__file__).parents[1] / "reference"
BEFORE = (180, 365)  # days
WINDOW = 28
AFTER = (28, 90)  # days that follow a launch where several are estimated
EVERY = {"casual": 7, "registered": 7}  # days between launches: the shorter series need more of them
EFFECTS, RARER = (0.02, 0.05, 0.10), 3  # put into every third of those windows


@cache
def series():
    """Four KPIs: one with weather, two of another file of rides, and one with gaps."""
    rides = pd.read_csv(REFERENCE / "bikeshare_uci_daily.csv", parse_dates=["date"])
    rides["hours"] = rides["n_hours"] / 24
    views = pd.read_csv(REFERENCE / "peyton_manning_daily.csv.gz", parse_dates=["date"])
    views["views"] = np.exp(views["log_pageviews"])
    other = data.source(rides, "rides", period="date", kpis=["casual", "registered"], observed="hours")
    pages = data.source(views, "views", period="date", kpis=["views"])
    return {
        "bike rides, with weather": impact.kpi(data.read("bikeshare")),
        "casual": impact.kpi(other, "casual"),
        "registered": impact.kpi(other, "registered"),
        "page views": impact.kpi(pages),
    }


def tried(kpi, before, every, effect=0.0):
    """Take every so many days for a launch that did so much: one row each."""
    found = []
    for start in range(before, len(kpi.values) - WINDOW + 1, every):
        kept = slice(start - before, start + WINDOW)
        values = kpi.values.iloc[kept].copy()
        values.iloc[before:] *= 1 + effect
        part = replace(kpi, values=values, covariates=kpi.covariates.iloc[kept])
        if 2 * values.iloc[before:].isna().sum() > WINDOW:
            continue  # before_after refuses these, and says so
        one = impact.before_after(part, part.dates[before], window=WINDOW)
        half = (np.log1p(one.relative_high) - np.log1p(one.relative_low)) / 2 if one.log else np.nan
        alarm = one.low > 0 or one.high < 0
        covered = one.relative_low <= effect <= one.relative_high
        found.append((effect, alarm, covered, half))
    return pd.DataFrame(found, columns=["effect", "alarm", "covered", "half"])


def steps_tried(kpi, before, after, every):
    """Take days for launches that never happened, and estimate each with what followed: were they alarms?"""
    found = []
    for start in range(before, len(kpi.values) - after + 1, every):
        kept = slice(start - before, start + after)
        part = replace(kpi, values=kpi.values.iloc[kept], covariates=kpi.covariates.iloc[kept])
        day = pd.DataFrame({"launch": ["None"], "period": [part.dates[before]]})
        facts = data.source(day, "facts", launch="launch", period="period")
        row = impact.launches(part, facts).frame.iloc[0]
        found.append(row["low"] > 0 or row["high"] < 0)
    return found


def rows():
    """Measure false alarms, coverage and width."""
    kpis = series()
    every = {name: EVERY.get(name, WINDOW) for name in kpis}
    tables = {
        name: pd.concat([tried(kpi, before, every[name]) for before in BEFORE]) for name, kpi in kpis.items()
    }
    whole = pd.concat(tables.values())
    worst = max(tables, key=lambda name: tables[name]["alarm"].mean())
    by_name = ", ".join(f"{name} {table['alarm'].mean():.1%}" for name, table in tables.items())
    steps = {
        name: np.concatenate(
            [
                steps_tried(kpi, before, after, 2 * every[name])
                for before in BEFORE for after in AFTER
            ]
        )
        for name, kpi in kpis.items()
    }  # fmt: skip
    all_steps = np.concatenate(list(steps.values()))
    each_step = ", ".join(f"{name} {found.mean():.1%}" for name, found in steps.items())
    windows = f"{len(whole)} windows of 28 days in 4 daily series"
    put = pd.concat(
        [
            tried(kpi, before, RARER * every[name], effect)
            for name, kpi in kpis.items() for before in BEFORE for effect in EFFECTS
        ]
    )  # fmt: skip
    return [
        row("False alarms of before and after at 5%", "at most 8%", 0, 0.08, whole["alarm"].mean(), windows),
        row(
            "False alarms of before and after, worst series", "at most 12%", 0, 0.12,
            tables[worst]["alarm"].mean(), by_name,
        ),
        row(
            "False alarms of launches at 5%", "at most 8%", 0, 0.08, all_steps.mean(),
            f"{len(all_steps)} days in 4 daily series, 28 or 90 days after",
        ),
        row(
            "False alarms of launches, worst series", "at most 12%", 0, 0.12,
            max(found.mean() for found in steps.values()), each_step,
        ),
        *(
            row(
                f"95% intervals hold an effect of {effect:.0%}", "92 to 98%", 0.92, 0.98,
                part["covered"].mean(), f"{len(part)} windows, the effect put in",
            )
            for effect, part in put.groupby("effect")
        ),
        row(
            "Half-width after 28 days of bike rides, with weather, in logs", "at most 0.5", 0, 0.5,
            tables["bike rides, with weather"]["half"].median(), "median of windows",
        ),
    ]  # fmt: skip


def row(check, demand, low, high, found, of):
    return {"check": check, "demand": demand, "low": low, "high": high, "found": float(found), "of": of}


if __name__ == "__main__":
    for line in rows():
        print(line)
