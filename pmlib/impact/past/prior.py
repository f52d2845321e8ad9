"""What is assumed of launches before any is looked at."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from pmlib.stats.shrinkage import SPREADS, shrink
from pmlib.table import interval

ENOUGH = 5  # comparable launches, from which on they speak for themselves (Gelman 2006)
SCEPTICAL = (
    0.05  # of a relative effect: 4 of 5 launches move a KPI by less, either way, unless something is known
)
WITHIN = 0.8  # of launches are within a stated prior
RANGE = re.compile(r"([+\-−]?\d*\.?\d+)\s*(%?)\s*\.\.\s*([+\-−]?\d*\.?\d+)\s*(%?)")


@dataclass(frozen=True)
class Prior:
    """Of the mean (normal), and of the spread between launches.

    words : as a page says it; "" where nothing is assumed. stated : whether somebody gave it.
    """

    middle: float
    middle_sd: float
    spread: str
    scale: float
    words: str
    stated: bool


def prior_of(
    text: str | None,
    count: int,
    errors: np.ndarray,
    unit: str,
    logs: bool,
    spread: str | None,
    scale: float | None,
) -> Prior:
    """Choose what is assumed: what is stated; else nothing from five launches on, and doubt below.

    Parameters
    ----------
    text : "low .. high", within which 4 of 5 launches are; "flat" for nothing; None to choose.
    count, errors : of comparable launches. unit : of effects.
    spread, scale : prior of the spread between launches, where it is another.

    Raises
    ------
    ValueError : a text that is no range, or a spread without its scale.
    """
    if spread is not None and spread not in SPREADS:
        raise ValueError(f"spread is {spread!r}; write one of {', '.join(SPREADS)}")
    free = text == "flat" or (text is None and count >= ENOUGH)
    if free:
        if spread in (None, "flat"):
            return Prior(0.0, np.inf, "flat", np.nan, "", False)
        return Prior(0.0, np.inf, str(spread), _given(scale, str(spread)), "", False)
    low, high = _range(text, unit) if text is not None else _sceptical(errors, unit)
    words = f"{interval(low, high, unit)} ({WITHIN:.0%} of launches)"
    if logs:
        if low <= -1:
            raise ValueError(f"prior is {text!r}; a relative effect is above −100%")
        low, high = float(np.log1p(low)), float(np.log1p(high))
    part = (high - low) / 2 / _reach()
    if spread == "flat":
        return Prior((low + high) / 2, part, "flat", np.nan, words, text is not None)
    width = part if scale is None else _given(scale, str(spread))
    return Prior((low + high) / 2, part, spread or "half-normal", width, words, text is not None)


def _given(scale: float | None, spread: str) -> float:
    if scale is None or not (np.isfinite(scale) and scale > 0):
        raise ValueError(
            f'spread="{spread}" needs spread_scale, above 0, in the unit of effects; found {scale}'
        )
    return float(scale)


def _sceptical(errors: np.ndarray, unit: str) -> tuple[float, float]:
    """Expect no effect: within what most launches do, or about what such tests can see at all."""
    width = SCEPTICAL if unit == "%" else 1.3 * float(np.median(errors)) if len(errors) else np.nan
    return -width, width


def _range(text: str, unit: str) -> tuple[float, float]:
    found = RANGE.fullmatch(str(text).strip())
    if not found:
        raise ValueError(f'prior is {text!r}; write low .. high, such as "-2% .. 6%", or "flat"')
    low, high = (float(end.replace("−", "-")) for end in found.group(1, 3))
    percent = bool(found[2] or found[4])
    if percent != (unit in ("%", "points")) and unit:
        kind = (
            "percent, as effects are" if not percent else f"the unit of effects, {unit or 'a plain number'}"
        )
        raise ValueError(f"prior is {text!r}; write it in {kind}")
    if percent:
        low, high = low / 100, high / 100
    if not low < high:
        raise ValueError(f"prior is {text!r}; its low end comes first, and below its high end")
    return low, high


@cache
def _reach() -> float:
    """Half of the middle 80% of true effects whose mean and spread both have a prior of scale one."""
    nothing = np.array([])
    return shrink(nothing, nothing, middle_sd=1.0, spread="half-normal", scale=1.0).next.ends(WITHIN)[1]
