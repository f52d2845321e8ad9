"""Choose how to foresee a series: few points borrow from analogues, many speak for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pmlib.data.words import meant, shown
from pmlib.sizing.adoption import few, many
from pmlib.sizing.adoption.grid import Anchor
from pmlib.sizing.adoption.outlook import Outlook
from pmlib.stats.adoption import CURVES


@dataclass(frozen=True, eq=False)
class Means:
    """What a forecast may use besides the series: curves to try, analogues, an anchor, a seed."""

    curves: tuple[str, ...]
    lender: few.Lender
    anchor: Anchor | None
    seed: int


def curves(asked: str) -> tuple[str, ...]:
    """The curves to try.

    Raises
    ------
    ValueError : there is none of the name.
    """
    if asked not in ("auto", *CURVES):
        raise ValueError(f"curve is {shown(asked)}; {meant(asked, ['auto', *CURVES], 'it may be')}")
    return tuple(CURVES) if asked == "auto" else (asked,)


def is_few(times: np.ndarray, values: np.ndarray, kind: str, curves: Sequence[str]) -> bool:
    """Whether the series borrows: a few even periods in which something sold, and no curve asked for."""
    added = values if kind == "sales" else np.diff(values)
    even = len(times) > 1 and bool((np.diff(times) == 1).all())
    return len(values) <= few.MOST and even and len(added) > 1 and bool((added > 0).any()) and len(curves) > 1


def foresee(
    times: np.ndarray, values: np.ndarray, ahead: np.ndarray, *, kind: str, means: Means, level: float
) -> Outlook:
    """Forecast the times ahead from all that is known."""
    if not is_few(times, values, kind, means.curves):
        course = many.Course(times, values, kind, means.curves, means.anchor, means.seed)
        return many.outlook(course, ahead, level=level)
    if kind == "sales":
        return few.outlook(values, means.lender, level=level, anchor=means.anchor)
    added, start = np.maximum(np.diff(values), 0.0), float(values[0])
    found = few.outlook(
        added, means.lender, level=level, anchor=_above(means.anchor, start), base=float(values[-1])
    )
    return found.at_most(1.0) if kind == "share" else found


def _above(anchor: Anchor | None, start: float) -> Anchor | None:
    # What is still to be added beyond the first level has the same absolute spread as the whole.
    if anchor is None:
        return None
    whole = np.exp(anchor.centre)
    rest = max(whole - start, whole / 100)
    return Anchor(float(np.log(rest)), float(anchor.spread * whole / rest))
