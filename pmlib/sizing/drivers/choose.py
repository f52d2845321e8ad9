"""Chooses the law of a leaf: from its unit, its points and what is said of them."""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from pmlib.sizing.drivers.units import Unit
from pmlib.stats.laws import (
    LEVEL,
    Constant,
    Law,
    Triangular,
    beta_of_interval,
    normal_in,
    pert,
    uniform,
)

FARTHEST = 7.0  # scores; no draw of a sequence lies beyond
LARGEST = 1e100  # whose square is a number still
POINTS_OF = {"uniform": (2,), "triangular": (3,), "beta": (2, 3)}  # numbers of points; the others take both


@dataclass(frozen=True)
class Said:
    """What a leaf says, in its own unit.

    points : one, two (an interval) or three (low, median, high). texts : the points as they were written.
    law, level : where said.
    """

    points: tuple[float, ...]
    texts: tuple[str, ...]
    law: str = ""
    level: float | None = None


def law_of(said: Said, unit: Unit) -> Law:
    """Choose the law, whose farthest draws must be numbers too.

    Raises
    ------
    ValueError : points that cannot be: swapped, negative, beyond 0–100 %, too far apart; a law that does not
        fit them.
    """
    law = _law(said, unit)
    with np.errstate(over="ignore"):
        reach = np.abs(law.at(np.array([-FARTHEST, FARTHEST]))).max()
    if not reach <= LARGEST:
        remedy = "write nearer ends, or a scale in the unit"
        raise ValueError(f"{' .. '.join(said.texts)} has draws beyond {LARGEST:g}; {remedy}")
    return law


def _law(said: Said, unit: Unit) -> Law:
    """Choose the law.

    Raises
    ------
    ValueError : points that cannot be: swapped, negative, beyond 0–100 %; a law that does not fit them.
    """
    if not all(map(isfinite, said.points)):
        raise ValueError(f"{' .. '.join(said.texts)} is not finite; write a number")
    if unit.share:
        _check_share(said)
    elif not unit.growth and said.law != "normal":
        _check_size(said)
    if len(said.points) == 1:
        if said.level is not None or said.law not in ("", "normal"):
            what = f"the law {said.law!r}" if said.law else "a level"
            raise ValueError(f"{said.texts[0]} is one point, which has no use for {what}; write low .. high")
        return Constant(said.points[0])
    _check_order(said)
    kind = said.law or ("logit-normal" if unit.share else "normal" if unit.growth else "lognormal")
    _check_kind(kind, said, unit)
    if kind == "uniform":
        return uniform(said.points, said.level)
    if kind == "triangular":
        least, mode, most = said.points
        return Triangular(least, mode, most)
    if kind == "beta":
        if len(said.points) == 3:
            return pert(said.points)
        return beta_of_interval(said.points, said.level or LEVEL)
    return normal_in(kind, said.points, said.level or LEVEL)


def _check_share(said: Said) -> None:
    for point, text in zip(said.points, said.texts, strict=True):
        if not 0 <= point <= 1:
            beyond = "below 0%" if point < 0 else "above 100%"
            remedy = "for growth write the unit [%/year], for a ratio [1]"
            raise ValueError(f"{text} is {beyond}, which no share can be; {remedy}")


def _check_size(said: Said) -> None:
    for point, text in zip(said.points, said.texts, strict=True):
        if point < 0:
            remedy = (
                "write `normal` after it where it may be below 0, or the unit [%/year] where it is growth"
            )
            raise ValueError(f"{text} is negative, which no size is; {remedy}")


def _check_order(said: Said) -> None:
    points, texts = said.points, said.texts
    if len(set(points)) < len(points):
        twin = next(text for i, text in enumerate(texts) if points.count(points[i]) > 1)
        raise ValueError(
            f"two points of {' .. '.join(texts)} are the same, {twin}; write it once, or move one"
        )
    if list(points) != sorted(points):
        right = " .. ".join(text for _, text in sorted(zip(points, texts, strict=True)))
        what = "the ends are swapped" if len(points) == 2 else "the points are not in order"
        raise ValueError(f"{' .. '.join(texts)}: {what}; write {right}")


def _check_kind(kind: str, said: Said, unit: Unit) -> None:
    points, texts = said.points, said.texts
    if len(points) not in POINTS_OF.get(kind, (2, 3)):
        how = "low .. high" if kind == "uniform" else "least .. most likely .. most"
        raise ValueError(f"a {kind} law takes {how}, found {' .. '.join(texts)}")
    if said.level is not None and (kind == "triangular" or (kind == "beta" and len(points) == 3)):
        raise ValueError(f"the ends of a {kind} law of three points are bounds; take the level away")
    if unit.share and kind in ("normal", "lognormal"):
        remedy = "leave the law out (logit-normal), or write uniform, triangular or beta"
        raise ValueError(f"a {kind} law can leave 0–100%, which a share cannot; {remedy}")
    if kind in ("logit-normal", "beta") and not unit.share and len(points) == 2:
        raise ValueError(
            f"a {kind} law of two points is for shares; leave the law out, or write the unit [%]"
        )
    if kind == "logit-normal" and not unit.share:
        raise ValueError("a logit-normal law is for shares; leave the law out, or write the unit [%]")
    if kind == "lognormal" and points[0] <= 0:
        what = f"{texts[0]} is no low end of a log-normal law, which stays above 0"
        raise ValueError(f"{what}; write a small number instead, or a law after it: uniform, normal")
    if kind in ("logit-normal", "beta") and unit.share and len(points) < 4:
        _check_open(kind, said)
    if kind == "uniform" and said.level is not None:
        _check_uniform(said, unit)


def _check_open(kind: str, said: Said) -> None:
    if kind == "beta" and len(said.points) == 3:
        return  # its ends are bounds
    for point, text in zip(said.points, said.texts, strict=True):
        if point in (0, 1):
            remedy = "write 0.1% or 99.9%, or a law after it: uniform"
            raise ValueError(f"{text} is no end of a {kind} law, which never gets there; {remedy}")


def _check_uniform(said: Said, unit: Unit) -> None:
    drawn = uniform(said.points, said.level)
    if unit.growth or (drawn.low >= 0 and (drawn.high <= 1 or not unit.share)):
        return
    raise ValueError(
        f"{' .. '.join(said.texts)} as the middle of a uniform law goes beyond what it can be "
        f"({drawn.low:.4g} to {drawn.high:.4g}); leave the level out, so that the ends are bounds"
    )


def banded(middle: float, text: str, band: float, relative: bool) -> tuple[float, float, float]:
    """Give low, median and high of a value with a band.

    Raises
    ------
    ValueError : the band is not above 0.
    """
    if band <= 0:
        raise ValueError(f"the band of {text} is {band:g}; write one above 0, or none")
    width = abs(middle) * band if relative else band
    return middle - width, middle, middle + width
