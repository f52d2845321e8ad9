"""The key numbers side by side at the foot of a slide, as tiles."""

from typing import Any

from pmlib.chart.theme import CATEGORIES, INK, MUTED
from pmlib.reports.exports.deck.fits import LINE, clean, fit, height, measure
from pmlib.reports.exports.deck.paper import EDGE, FOOT, ROOM, Box, rule, write

PANEL = "#f6f8fa"  # the page's


def tiles(slide: Any, found: list[dict[str, str]]) -> float:
    """Draw the key numbers side by side at the foot; gives where they begin."""
    if not found:
        return FOOT
    from pptx.util import Pt

    gap, tall = 0.25, 1.65
    wide, top = (ROOM - gap * 3) / 4, FOOT - tall - 0.15
    for at, tile in enumerate(found):
        left, room = EDGE + at * (wide + gap), wide - 0.36
        rule(slide, (left, top, wide, tall), PANEL)
        rule(slide, (left, top, 0.05, tall), CATEGORIES[0])
        amount, _, unit = clean(tile["written"]).partition(" ")
        amount, size, unit, less = _amount(amount, unit, room)
        said, ends = clean(tile["words"]), clean(tile["range"])
        words, small = fit(said, (12.0, 11.0, 10.0), room, 3)
        inside: Box = (left + 0.2, top + 0.12, room, 0.5)
        runs = (
            [(f"{amount} ", CATEGORIES[0], True), (unit, INK, False)]
            if unit
            else [(amount, CATEGORIES[0], True)]
        )
        shape = write(slide, inside, [runs], size)
        shape.text_frame.paragraphs[0].runs[-1].font.size = Pt(less if unit else size)
        below = top + 0.16 + size * LINE / 72
        write(slide, (left + 0.2, below, room, 0.6), [[(words, INK, False)]], small)
        below += height(words, small, room) + 0.02
        if ends:
            ends, small = fit(ends, (12.0, 11.0, 10.0, 9.0), room, 2)
            write(slide, (left + 0.2, below, room, 0.3), [[(ends, MUTED, False)]], small)
    return top


def _amount(amount: str, unit: str, room: float) -> tuple[str, float, str, float]:
    """Write an amount and its unit on one line, the amount as large as leaves room for all of its unit."""
    sizes = (28.0, 24.0, 20.0, 16.0)
    for at in range(len(sizes)):
        said, size = fit(amount, sizes[at:], room, 1, bold=True)
        after, less = fit(unit, (14.0, 12.0, 10.0), room - measure(f"{said} ", size, bold=True), 1)
        if (said, after) == (amount, unit):
            break
    return said, size, after, less
