"""The sentences of van Westendorp's questions."""

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.sizing.price.answers import Answers
from pmlib.table import interval, interval_digits, number, percentage

SAID = "What people say of prices overstates what they pay"


def said(row: pd.Series, unit: str) -> str:
    """Write a price with its range: $11.4 ($10.9 to $12.3)."""
    if row["high"] == row["low"]:
        return number(row["estimate"], unit)
    digits = interval_digits(row["low"], row["high"], unit)
    return f"{number(row['estimate'], unit, digits)} ({interval(row['low'], row['high'], unit)})"


def between(frame: pd.DataFrame, unit: str) -> str:
    """Write the acceptable range, both ends to the decimals that the range of the wider is known to."""
    low, high = frame.loc[["lower", "upper"], "estimate"]
    spread = (frame.loc[["lower", "upper"], "high"] - frame.loc[["lower", "upper"], "low"]).max()
    digits = interval_digits(0.0, float(spread), unit) if spread > 0 else None
    return f"{number(low, unit, digits)} and {number(high, unit, digits)}"


def _by_point(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index("point")


def _whole(points: pd.DataFrame) -> bool:
    return {"lower", "upper"} <= set(points.index)


def title(frame: pd.DataFrame, unit: str) -> str:
    """Say the finding in ten words."""
    points = _by_point(frame)
    if _whole(points):
        return f"Prices between {between(points, unit)} are acceptable"
    first = frame.iloc[0]
    return f"{first['label']}: {number(first['estimate'], unit)}"


def headline(frame: pd.DataFrame, unit: str) -> str:
    """Say where few object, and what wins most buyers."""
    points = _by_point(frame)
    clauses = []
    if _whole(points):
        clauses.append(f"Priced between {between(points, unit)} few find it dubious or too dear")
    if "reach" in points.index:
        clauses.append(f"{said(points.loc['reach'], unit)} wins most buyers")
    if not clauses:
        clauses = [f"{row['label']}: {said(row, unit)}" for _, row in frame.iterrows()]
    return f"{'; '.join(clauses)}."


def finding(frame: pd.DataFrame, unit: str) -> str:
    """Say each point with its range."""
    points = _by_point(frame)
    clauses = []
    if _whole(points):
        low, high = said(points.loc["lower"], unit), said(points.loc["upper"], unit)
        clauses.append(f"Acceptable prices run from {low} to {high}")
    if "opp" in points.index:
        row = points.loc["opp"]
        flat = interval(row["plateau_min"], row["plateau_max"], unit)
        where = (
            f"anywhere from {flat}" if row["plateau_max"] > row["plateau_min"] else f"at {said(row, unit)}"
        )
        clauses.append(f"fewest object {where}")
    if "reach" in points.index:
        row = points.loc["reach"]
        clauses.append(
            f"most would buy at {said(row, unit)}, {number(row['reached'], '%', 0)} of respondents"
        )
        clauses.append(f"revenue is highest at {said(points.loc['revenue'], unit)}")
    if not clauses:
        clauses = [f"{row['label']}: {said(row, unit)}" for _, row in frame.iterrows()]
    words = "; ".join(clauses)
    return f"{words[:1].upper()}{words[1:]}."


def advice(frame: pd.DataFrame, unit: str) -> str:
    """Say which prices to try."""
    points = _by_point(frame)
    if "reach" in points.index:
        buyers, revenue = points.loc["reach", "estimate"], points.loc["revenue", "estimate"]
        if np.isclose(buyers, revenue):
            return f"Test a price of {number(buyers, unit)} first: it wins most buyers and most revenue."
        return (
            f"Test prices from {number(min(buyers, revenue), unit)} (most buyers) "
            f"to {number(max(buyers, revenue), unit)} (most revenue) before setting one."
        )
    return f"Test prices between {between(points, unit)} only." if _whole(points) else ""


def unknown(frame: pd.DataFrame) -> str:
    """Say what these answers cannot tell."""
    most = "" if (frame["point"] == "reach").any() else " How many would buy was not asked."
    return f"{SAID}, and no rival's price stood beside the question.{most} A price test would tell."


def subtitle(answers: Answers, survey: Source, level: float) -> str:
    """Say who was asked, and of what the ranges are."""
    whose = f"{len(answers.prices):,} of {answers.asked:,} respondents, whose prices rise with each question"
    weighted = ", weighted" if survey.has("design_weight") else ""
    year = answers.unit.partition("(")[2].rstrip(")")
    money = f"; money of {year}" if year else ""
    share = f"Share that finds a price too cheap to too expensive; {whose}"
    return f"{share}{weighted}{money}; {percentage(level)} intervals."
