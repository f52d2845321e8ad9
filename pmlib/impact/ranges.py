"""Reads short texts of analysts as laws: "35% .. 60%", "2% .. 4% .. 9%", "40% +- 5 points", "1.5 M", "12".

They mean what they mean in a driver tree of market sizing: a range is a 90% interval unless it says "(80%)";
shares never leave 0 to 100%, sizes are log-normal, changes normal; another law may be named after the range.
"""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pmlib.data.words import meant, shown
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

Kind = Literal["share", "change", "size"]
USUAL = {"share": "logit-normal", "change": "normal", "size": "lognormal"}  # law of a range, by its kind
LAWS = ("normal", "lognormal", "logit-normal", "uniform", "triangular", "beta")
EXAMPLE = {"share": "30% .. 50%", "change": "1% .. 6%", "size": "1.2 .. 1.8"}
SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
POINT = re.compile(
    r"(?P<sign>[-+−]?)\s*(?P<money>[$€£¥]?)\s*(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
    r"\s*(?P<scale>k|thousand|M|million|bn|billion)?\s*(?P<mark>%|points?)?(?![\w%]|[.,](?!\.))",
    re.IGNORECASE,
)
BETWEEN, BAND = re.compile(r"\s*(?:\.\.\.?|…)\s*"), re.compile(r"\s*(?:\+-|±)\s*")
TAIL = re.compile(r"\s*(?P<law>[a-z][a-z-]*)?\s*(?:\(\s*(?P<level>[0-9.]+)\s*%\s*\))?\s*", re.IGNORECASE)
FARTHEST, LARGEST = 7.0, 1e100  # score beyond which nothing is drawn; value whose square is a number still
LEAST_CHANGE = -1.0  # nothing falls by more than all of it


@dataclass(frozen=True)
class _Point:
    value: float
    mark: str
    money: str
    text: str


def law(text: str | float, kind: Kind, called: str, *, money: str = "") -> Law:
    """Read a value or a range.

    Parameters
    ----------
    text : as written; a number is taken as it is (0.4 of a share).
    kind : "share" (0-100%), "change" (a percentage that may be below 0) or "size" (0 or more).
    called : the parameter's name, for messages. money : sign of the currency that may stand before amounts.

    Raises
    ------
    ValueError : it is none; one line with what was found and what to write.
    """
    try:
        if isinstance(text, (int, float)) and not isinstance(text, bool):
            return _of_points((float(text),), (f"{text:g}",), kind, "", None)
        if not isinstance(text, str):
            raise ValueError(f"found {shown(text)}; write a text such as {EXAMPLE[kind]}")
        return _read(text, kind, money)
    except ValueError as refused:
        raise ValueError(f"{called}: {refused}") from None


def _read(text: str, kind: Kind, money: str) -> Law:
    first, at = _point(text, 0, text, kind, money)
    points = [first]
    while between := BETWEEN.match(text, at):
        point, at = _point(text, between.end(), text, kind, money)
        points.append(point)
    band = None
    if around := BAND.match(text, at):
        band, at = _point(text, around.end(), text, kind, money, band=True)
    named, level = _tail(text, at)
    texts = tuple(point.text for point in points)
    if len(points) > 3:
        raise ValueError(
            f"{shown(text)} holds {len(points)} points; write low .. high, or low .. median .. high"
        )
    values = tuple(point.value for point in points)
    if band is not None:
        if len(points) > 1:
            raise ValueError(f"{shown(text)} is a range, which takes no band; write one of the two")
        values = _banded(values[0], band, kind)
        texts = tuple(f"{value:.6g}" if kind == "size" else f"{value * 100:.6g}%" for value in values)
    return _of_points(values, texts, kind, named, level)


def _point(
    text: str, start: int, whole: str, kind: Kind, money: str, *, band: bool = False
) -> tuple[_Point, int]:
    while text[start : start + 1].isspace():
        start += 1
    match = POINT.match(text, start)
    if match is None:
        found = shown(text[start:]) if text[start:].strip() else "nothing"
        raise ValueError(
            f"found {found} where a number is due in {shown(whole)}; write one such as {EXAMPLE[kind]}"
        )
    written, mark = match[0].strip(), (match["mark"] or "").lower().rstrip("s")
    if match["money"] and match["money"] != money:
        raise ValueError(
            f"found {written}; " + (f"write amounts in {money}" if money else "write it without money")
        )
    scale = SCALES[match["scale"].lower()] if match["scale"] else 1.0
    if mark and scale > 1:
        raise ValueError(f"{written} is a percentage in thousands or more; write one of the two")
    value = float(match["number"]) * scale / (100 if mark else 1) * (-1 if match["sign"] in ("-", "−") else 1)
    if not band:
        if mark == "point":
            raise ValueError(
                f"{written}: points are for bands, as in 40% +- 3 points; write {match['number']}%"
            )
        if mark and kind == "size":
            raise ValueError(f"{written} stands where an amount is due; write one such as {EXAMPLE[kind]}")
        if not mark and kind != "size" and value:
            raise ValueError(f"{written} has no %; write {match['number']}%")
    return _Point(value, mark, match["money"], written), match.end()


def _tail(text: str, at: int) -> tuple[str, float | None]:
    match = TAIL.fullmatch(text, at)
    if match is None:
        raise ValueError(f"found {shown(text[at:].strip())} too many in {shown(text)}; take it away")
    named, level = (match["law"] or "").lower(), match["level"]
    if named and named not in LAWS:
        raise ValueError(f"{shown(match['law'])} is no law; {meant(named, LAWS, 'there are')}")
    if level is None:
        return named, None
    share = float(level) / 100
    if not 0.01 <= share <= 0.999:
        raise ValueError(f"the level {level}% is no interval's; write one such as (80%), at most (99.9%)")
    return named, share


def _banded(middle: float, band: _Point, kind: Kind) -> tuple[float, ...]:
    if band.value <= 0:
        raise ValueError(f"the band +- {band.text} is not above 0; write a larger one, or none")
    if kind == "size":
        width = abs(middle) * band.value if band.mark == "%" else band.value
    elif band.mark == "point":
        width = band.value
    else:
        plain = band.text.rstrip("% ")
        raise ValueError(
            f"+- {band.text} may be points or a part of it; write +- {plain} points, or low .. high"
        )
    return middle - width, middle, middle + width


def _of_points(
    points: tuple[float, ...], texts: tuple[str, ...], kind: Kind, named: str, level: float | None
) -> Law:
    _check_points(points, texts, kind, named)
    if len(points) == 1:
        if named or level is not None:
            raise ValueError(
                f"{texts[0]} is one point, which has no use for a law or a level; write low .. high"
            )
        if not abs(points[0]) <= LARGEST:
            raise ValueError(f"{texts[0]} is beyond {LARGEST:g}; write a smaller number")
        return Constant(points[0])
    chosen = named or USUAL[kind]
    _check_law(chosen, points, texts, kind, level)
    found: Law
    if chosen == "uniform":
        found = uniform(points, level)
    elif chosen == "triangular":
        least, mode, most = points
        found = Triangular(least, mode, most)
    elif chosen == "beta":
        found = pert(points) if len(points) == 3 else beta_of_interval(points, level or LEVEL)
    else:
        found = normal_in(chosen, points, level or LEVEL)
    with np.errstate(over="ignore"):
        reach = found.at(np.array([-FARTHEST, FARTHEST]))
    if not np.abs(reach).max() <= LARGEST:
        raise ValueError(f"{' .. '.join(texts)} has draws beyond {LARGEST:g}; write nearer ends")
    if chosen == "uniform" and kind != "change" and not (reach[0] >= 0 and (kind == "size" or reach[1] <= 1)):
        raise ValueError(
            f"{' .. '.join(texts)} at that level goes beyond what it can be; leave the level out"
        )
    return found


def _check_points(points: tuple[float, ...], texts: tuple[str, ...], kind: Kind, named: str) -> None:
    for point, text in zip(points, texts, strict=True):
        if not np.isfinite(point):
            raise ValueError(f"{text} is not finite; write a number such as {EXAMPLE[kind]}")
        if kind == "share" and not 0 <= point <= 1:
            raise ValueError(f"{text} is {'below 0%' if point < 0 else 'above 100%'}, which no share can be")
        if kind == "change" and point < LEAST_CHANGE:
            raise ValueError(f"{text} is a fall by more than all of it; write −100% or more")
        if kind == "size" and point < 0 and named != "normal":
            raise ValueError(f"{text} is negative, which no size is; write `normal` after it where it may be")
    if len(set(points)) < len(points):
        raise ValueError(f"two points of {' .. '.join(texts)} are the same; write it once, or move one")
    if list(points) != sorted(points):
        right = " .. ".join(text for _, text in sorted(zip(points, texts, strict=True)))
        raise ValueError(f"{' .. '.join(texts)} is not in order; write {right}")


def _check_law(
    chosen: str, points: tuple[float, ...], texts: tuple[str, ...], kind: Kind, level: float | None
) -> None:
    written = " .. ".join(texts)
    if (chosen == "uniform" and len(points) != 2) or (chosen == "triangular" and len(points) != 3):
        how = "low .. high" if chosen == "uniform" else "least .. most likely .. most"
        raise ValueError(f"a {chosen} law takes {how}, found {written}")
    bounds = chosen == "triangular" or (chosen == "beta" and len(points) == 3)
    if bounds and level is not None:
        raise ValueError(f"the ends of a {chosen} law of three points are bounds; take the level away")
    if kind == "share" and chosen in ("normal", "lognormal"):
        raise ValueError(
            f"a {chosen} law can leave 0–100%; leave it out, or write uniform, triangular or beta"
        )
    if kind != "share" and (chosen == "logit-normal" or (chosen == "beta" and not bounds)):
        raise ValueError(f"a {chosen} law is for shares; leave it out, or write uniform")
    if chosen == "lognormal" and points[0] <= 0:
        raise ValueError(
            f"{texts[0]} is no low end of a log-normal law; write a small number, or a law: uniform"
        )
    if kind == "share" and not bounds and chosen != "uniform":
        for point, text in zip(points, texts, strict=True):
            if point in (0, 1):
                raise ValueError(
                    f"{text} is no end of a {chosen} law; write 0.1% or 99.9%, or a law: uniform"
                )
