"""How far van Westendorp's points can be relied on: checks that may fail."""

import numpy as np
import pandas as pd

from pmlib.result import Check
from pmlib.sizing.price.answers import Answers
from pmlib.sizing.price.crossing import deciding
from pmlib.sizing.price.points import POINTS
from pmlib.table import number

ORDERLY = 0.9  # of respondents; where fewer put four prices in order, the questions were not understood
DECIDE = 20  # respondents on whom a crossing should hang


def checks(said: Answers, frame: pd.DataFrame, stated: np.ndarray | None) -> tuple[Check, ...]:
    """Check answers and points; `stated` says who stated how likely he or she would buy, if asked."""
    whole = said.asked - said.missing
    ordered = len(said.prices) / whole
    left = f"{said.disordered:,} of {whole:,} do not and are left out"
    tied = f", {said.tied:,} of them only by naming a price twice" if said.tied else ""
    checks = [
        Check("At least nine in ten put their prices in order", ordered >= ORDERLY, left + tied),
        Check(
            "Every respondent answered each question",
            not said.missing,
            f"{said.missing:,} of {said.asked:,} did not",
        ),
    ]
    points = frame[frame["point"].isin(list(POINTS))]
    fewest = min(deciding(said.pair(*POINTS[row.point]), row.estimate) for row in points.itertuples())
    checks.append(
        Check(
            f"Each point hangs on at least {DECIDE} respondents", fewest >= DECIDE, f"the least on {fewest:,}"
        )
    )
    if said.disordered:
        outside = points[(points["everybody"] < points["low"]) | (points["everybody"] > points["high"])]
        where = ", ".join(
            f"{r.label.lower()} would be {number(r.everybody, said.unit)}" for r in outside.itertuples()
        )
        label = "Those left out would move no point out of its range"
        checks.append(Check(label, outside.empty, where or "none moves"))
    if stated is not None:
        silent = int((~stated).sum())
        checks.append(Check("All say how likely they would buy", not silent, f"{silent:,} do not"))
    rows = {row.point: row for row in frame.itertuples()}
    if {"lower", "upper", "reach"} <= set(rows):
        inside = rows["lower"].estimate <= rows["reach"].estimate <= rows["upper"].estimate
        found = number(rows["reach"].estimate, said.unit)
        checks.append(Check("The price of most buyers is an acceptable one", inside, found))
    return tuple(checks)
