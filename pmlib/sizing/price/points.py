"""The prices at which answers turn: four points of van Westendorp, two of Newton, Miller and Smith."""

from typing import Any

import numpy as np
import pandas as pd

from pmlib.sizing.price.answers import Answers
from pmlib.sizing.price.crossing import gap, interval, meet
from pmlib.sizing.price.resamples import ends
from pmlib.sizing.price.trial import best, candidates, trial

POINTS = {  # the two questions whose curves cross there
    "lower": ("too_cheap", "cheap"),
    "opp": ("too_cheap", "too_expensive"),
    "idp": ("cheap", "expensive"),
    "upper": ("expensive", "too_expensive"),
}
BEST = ("reach", "revenue")
LABELS = {
    "lower": "Lowest acceptable",
    "opp": "Least resistance",
    "idp": "Indifference",
    "upper": "Highest acceptable",
    "reach": "Most buyers",
    "revenue": "Most revenue",
}
KEEP = ("min", "max", "mean", "median")


def point_rows(
    answers: Answers, unit: np.ndarray, times: np.ndarray, *, keep: str, level: float
) -> list[dict[str, Any]]:
    """Find each point that the questions asked allow, with its plateau and its range."""
    grid, weights = np.unique(answers.prices), answers.sample.weights
    found = []
    for name, questions in POINTS.items():
        if not set(questions) <= set(answers.questions):
            continue
        pair = answers.pair(*questions)
        plateau = meet(gap(pair, weights, grid)[None], grid)
        ends_ = {kind: float(getattr(plateau, kind)[0]) for kind in KEEP}
        low, high = interval(pair, weights, grid, unit, times, level)
        found.append(_row(name, ends_[keep], low, high) | {f"plateau_{k}": v for k, v in ends_.items()})
    return found


def everybody(answers: Answers, keep: str) -> dict[str, float]:
    """Find the points with the answers of all who answered every question, in order or not."""
    grid = np.unique(answers.everybody)
    found = {}
    for name, questions in POINTS.items():
        if set(questions) <= set(answers.questions):
            pair = answers.everybody[:, answers.places(*questions)]
            found[name] = float(getattr(meet(gap(pair, answers.all_weights, grid)[None], grid), keep)[0])
    return found


def best_rows(
    answers: Answers, stated: np.ndarray, unit: np.ndarray, times: np.ndarray, level: float
) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    """Find the prices of most buyers and of most revenue, and both along all prices named.

    stated : which respondents said how likely they would buy.

    Returns
    -------
    rows, and a frame: price, trial (share that would buy), revenue (per respondent asked).
    """
    assert answers.chances is not None
    prices, chances, weights = answers.prices[stated], answers.chances[stated], answers.sample.weights[stated]
    grid = np.unique(prices)
    size = times.shape[1]
    share = trial(prices, chances, weights, grid, np.zeros(len(prices), int), 1)[0] / weights.sum()
    share = np.clip(share, 0, 1)
    frame = pd.DataFrame({"price": grid, "trial": share, "revenue": share * grid})
    found = []
    for name, value in zip(BEST, (np.ones(len(grid)), grid), strict=True):
        along = share * value
        top = int(best(along[None])[0])
        spread = value[top] / 2 / np.sqrt(min(size, answers.sample.effective))  # a share's is at most a half
        near = candidates(along, spread)
        held = trial(prices, chances, weights, grid[near], unit[stated], size) * value[near]
        low, high = ends(grid[near][best(times @ held)], level)
        found.append(_row(name, float(grid[top]), float(low), float(high)) | {"reached": float(share[top])})
    return found, frame


def _row(name: str, estimate: float, low: float, high: float) -> dict[str, Any]:
    return {
        "point": name,
        "label": LABELS[name],
        "estimate": estimate,
        "low": min(low, estimate),
        "high": max(high, estimate),
    }
