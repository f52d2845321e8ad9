"""How a Number went from edition to edition: a line so small that it stands in a list, and its words."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

FEWEST = 3  # editions that make a history
LONGEST = 60  # editions of one; more would fall on the same pixels
WIDTH, HEIGHT, EDGE = 96, 28, 3  # pixels; the edge leaves room for the dot at the end


@dataclass(frozen=True)
class Point:
    """A Number in one edition: its value, its interval if it has one, and how it was written there."""

    value: float
    low: float | None
    high: float | None
    written: str


def drawn(points: Sequence[Point | None]) -> dict[str, str]:
    """Draw a history as SVG paths (line, band, end) and say it in words; nothing where it is too short.

    points : one for each edition, the oldest first; None where the edition had no such Number.
    """
    known = [point for point in points if point]
    if len(known) < FEWEST or not points[-1]:
        return {}
    ends = [end for p in known for end in (p.value, p.low, p.high) if end is not None]
    bottom, top = min(ends), max(ends)

    def x(place: int) -> int:
        return EDGE + round((WIDTH - 2 * EDGE) * place / (len(points) - 1))

    def y(value: float) -> int:
        part = (value - bottom) / (top - bottom) if top > bottom else 0.5
        return HEIGHT - EDGE - round((HEIGHT - 2 * EDGE) * part)

    line = [[(x(i), y(p.value)) for i, p in run] for run in _runs(points)]
    band = [
        [(x(i), y(p.high)) for i, p in run if p.high is not None]
        + [(x(i), y(p.low)) for i, p in reversed(run) if p.low is not None]
        for run in _runs([p if p and p.low is not None and p.high is not None else None for p in points])
        if len(run) > 1
    ]
    return {
        "line": "".join(map(_path, line)),
        "band": "".join(f"{_path(around)}z" for around in band),
        "end": f"M{x(len(points) - 1)} {y(known[-1].value)}h0",
        "words": _words(known),
    }


def point(number: dict[str, object], written: str) -> Point | None:
    """Read a Number of numbers.json; None where its value is none."""
    value, low, high = (_finite(number.get(name)) for name in ("value", "low", "high"))
    if value is None:
        return None
    return (
        Point(value, low, high, written)
        if low is not None and high is not None
        else Point(value, None, None, written)
    )


def _finite(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _runs(points: Sequence[Point | None]) -> Iterator[list[tuple[int, Point]]]:
    """Split a history where editions lack the Number."""
    for _, run in groupby(enumerate(points), key=lambda item: item[1] is None):
        found = [(place, one) for place, one in run if one]
        if found:
            yield found


def _path(corners: Sequence[tuple[int, int]]) -> str:
    """Write a path in steps, which takes half the bytes of places."""
    (left, top), *_ = corners
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)] or [
        (0, 0)
    ]  # a point alone, which a round end makes visible
    words = "".join(f"{dx} {dy} " for dx, dy in steps).rstrip().replace(" -", "-")
    return f"M{left} {top}l{words}"


def _words(known: Sequence[Point]) -> str:
    first, last = known[0].written, known[-1].written
    lowest, highest = (end(known, key=lambda p: p.value).written for end in (min, max))
    went = f"from {first} to {last}" if first != last else f"{last}, as at first"
    between = f"; lowest {lowest}, highest {highest}" if not {lowest, highest} <= {first, last} else ""
    return f"Over {len(known)} editions {went}{between}"
