"""A tree of what makes up a result: boxes from left to right, or rows that step in where there is no room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from pmlib.chart.canvas import new_axes
from pmlib.chart.parts import blank, boxes, wrap
from pmlib.chart.theme import CATEGORIES, GREY, INK, MUTED, RULE, is_wide, width

DEEPEST = 4  # columns of boxes that a page is wide enough for
LINE = 0.175  # inches a line of words
STEP = 0.13  # inches a row steps in from the one it belongs to
EDGE = 0.06  # inches between a box and its words
LETTER = 6.0  # points that a letter takes, of our font and size, a little more than they do on average
BETWEEN = 0.26  # inches between columns of boxes, where the branches are
SHORTEST = 0.14  # inches between boxes above each other

Words = list[tuple[str, list[str]]]  # of each node: its label, and the lines below it
Line = tuple[str, bool, str]  # its text, whether it is bold, its colour


@dataclass(frozen=True)
class _Place:
    """Where a node stands: how deep, below which other, at which line."""

    name: str
    depth: int
    above: int | None  # the place it belongs to
    again: bool  # drawn before, with all that is below it


def tree(
    frame: pd.DataFrame,
    label: str,
    lines: Sequence[str],
    *,
    parts: Mapping[str, Sequence[str]],
    top: str,
    highlight: Sequence[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw what a result is made of: boxes from left to right, on a phone or in a deep tree as rows.

    frame : one row a node, by its name (the index): `label` and `lines` are texts to write, empty ones left
        out. parts : what each node is made of, none for the leaves. top : the node to begin with.
    highlight : names drawn in colour. What is used twice is drawn whole once, then by its label.
    """
    places = _places(parts, top)
    words = []
    for place in places:
        said = frame.loc[place.name]
        others = [str(said[line]) for line in lines if str(said[line])]
        words.append((str(said[label]), ["as above"] if place.again else others))
    edges = [CATEGORIES[0] if place.name in highlight else GREY for place in places]
    columns = max(place.depth for place in places) + 1
    if is_wide() and columns <= DEEPEST:
        return _boxes(words, places, edges, columns, ax)
    return _rows(words, places, edges, ax)


def _places(parts: Mapping[str, Sequence[str]], top: str) -> list[_Place]:
    """Order the nodes as they are read: each before what it is made of."""
    found: list[_Place] = []
    seen: set[str] = set()

    def walk(name: str, depth: int, above: int | None) -> None:
        found.append(_Place(name, depth, above, name in seen and bool(parts.get(name))))
        here = len(found) - 1
        if name not in seen:
            seen.add(name)
            for part in dict.fromkeys(parts.get(name, ())):
                walk(part, depth + 1, here)

    walk(top, 0, None)
    return found


def _boxes(words: Words, places: list[_Place], edges: list[str], columns: int, ax: Axes | None) -> Axes:
    wide = (width() - (columns - 1) * BETWEEN) / columns
    written = [_broken(said, wide - 2 * EDGE) for said in words]
    heights = [LINE * len(lines) + 2 * EDGE for lines in written]
    middles, total = _middles(places, heights)
    ax = _paper(ax, total)
    lefts = [place.depth * (wide + BETWEEN) for place in places]
    branches = []
    for place, left, middle in zip(places, lefts, middles, strict=True):
        if place.above is not None:
            half, start = left - BETWEEN / 2, middles[place.above]
            branches.append([(left - BETWEEN, start), (half, start), (half, middle), (left, middle)])
    ax.add_collection(LineCollection(branches, colors=GREY, linewidths=1))
    sides = [(x, y - h / 2, x + wide, y + h / 2) for x, y, h in zip(lefts, middles, heights, strict=True)]
    boxes(ax, sides, facecolors="none", edgecolors=edges, linewidths=1.2)
    for left, (_, top, _, _), lines in zip(lefts, sides, written, strict=True):
        _write(ax, left + EDGE, top + EDGE, lines)
    return ax


def _rows(words: Words, places: list[_Place], edges: list[str], ax: Axes | None) -> Axes:
    indents = [place.depth * STEP + EDGE for place in places]
    ends = width() / 2 if is_wide() else width()  # where there is room, values stand beside their names
    written, values = [], []
    for (label, said), indent in zip(words, indents, strict=True):
        written.append(_broken((label, [] if is_wide() else said), ends - indent - BETWEEN))
        values.append(_broken(("", [", ".join(said)]), width() - ends)[1:] if is_wide() and said else [])
    tops = [0.0]
    for lines, others in zip(written, values, strict=True):
        tops.append(tops[-1] + LINE * max(len(lines), len(others)) + SHORTEST)
    ax = _paper(ax, tops[-1])
    rails, first = [], LINE / 2
    for i, (place, indent, lines) in enumerate(zip(places, indents, written, strict=True)):
        top, edge = tops[i], edges[i]
        _write(ax, indent + EDGE, top, lines)
        _write(ax, ends, top, values[i])
        rails.append(([(indent, top), (indent, top + LINE * len(lines))], edge))
        if place.above is not None:
            rail = indents[place.above]
            turn = [(rail, tops[place.above + 1] - SHORTEST), (rail, top + first), (indent, top + first)]
            rails.append((turn, RULE))
    lines_of, colours = zip(*rails, strict=True)
    ax.add_collection(LineCollection(lines_of, colors=colours, linewidths=1.5))
    return ax


def _paper(ax: Axes | None, height: float) -> Axes:
    """Make axes on which an inch is an inch, from the top left."""
    ax = ax or new_axes(height)
    blank(ax)
    ax.set(xlim=(0, width()), ylim=(height, 0))
    return ax


def _broken(said: tuple[str, Sequence[str]], room: float) -> list[Line]:
    """Break a node's words into lines, each with its look."""
    letters = max(6, int(room * 72 / LETTER))
    label, others = said
    lines = [(line, True, INK) for line in wrap(label, letters).split("\n")]
    for i, text in enumerate(others):
        lines += [(line, False, MUTED if i else INK) for line in wrap(text, letters).split("\n")]
    return lines


def _write(ax: Axes, left: float, top: float, lines: Sequence[Line]) -> None:
    for i, (text, bold, colour) in enumerate(lines):
        ax.text(
            left, top + LINE * (i + 0.5), text, ha="left", va="center_baseline",
            color=colour, weight="bold" if bold else "normal",
        )  # fmt: skip


def _middles(places: list[_Place], heights: list[float]) -> tuple[list[float], float]:
    """Stack the boxes without overlap, each in the middle of what it is made of."""
    below: list[list[int]] = [[] for _ in places]
    for i, place in enumerate(places):
        if place.above is not None:
            below[place.above].append(i)
    needed = list(heights)
    for i in reversed(range(len(places))):
        needed[i] = max(heights[i], _stacked([needed[k] for k in below[i]]))
    middles = [0.0] * len(places)
    starts = [0.0] * len(places)
    for i in range(len(places)):
        middles[i] = starts[i] + needed[i] / 2
        start = middles[i] - _stacked([needed[k] for k in below[i]]) / 2
        for k in below[i]:
            starts[k] = start
            start += needed[k] + SHORTEST
    return middles, needed[0]


def _stacked(heights: Sequence[float]) -> float:
    return sum(heights) + SHORTEST * max(0, len(heights) - 1)
