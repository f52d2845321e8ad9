"""Words in the room there is: broken into lines, written smaller, and at last cut at a word."""

import re
from collections.abc import Sequence
from functools import lru_cache

from pmlib.chart.measure import measure as in_chart
from pmlib.visible import visible

LINE = 1.2  # of the size of letters: a line of words
SLIMMER = {
    False: 0.94,
    True: 0.89,
}  # words in Arial, of those in the charts' font; 99 in 100 are slimmer still
CUT = "…"


def clean(words: str) -> str:
    """Put words on one line, without what XML does not allow and what turns a line around."""
    return re.sub(r"\s+", " ", visible(str(words))).strip()


def measure(words: str, points: float, *, bold: bool = False) -> float:
    """Give the width of words on one line, in inches."""
    return in_chart(words, points, bold=bold) * SLIMMER[bold]


@lru_cache(4096)
def lines(words: str, points: float, room: float, bold: bool = False) -> tuple[str, ...]:
    """Break words so that each line fits into `room`, in inches; a word too long for a line is broken."""
    found, line = list[str](), ""
    for word in words.split(" "):
        longer = f"{line} {word}" if line else word
        if measure(longer, points, bold=bold) <= room:
            line = longer
            continue
        if line:
            found.append(line)
        *whole, line = _pieces(word, points, room, bold)
        found += whole
    return (*found, line)


def fit(
    words: str, sizes: Sequence[float], room: float, most: int, *, bold: bool = False
) -> tuple[str, float]:
    """Choose the largest of some sizes at which words take `most` lines; at the smallest they are cut.

    Returns
    -------
    The words, and their size in points.
    """
    for points in sizes:
        if len(lines(words, points, room, bold)) <= most:
            return words, points
    return cut(words, sizes[-1], room, most, bold=bold), sizes[-1]


def cut(words: str, points: float, room: float, most: int, *, bold: bool = False) -> str:
    """Cut words at a word's end so that they take `most` lines."""
    found = lines(words, points, room, bold)
    if len(found) <= most:
        return words
    kept = " ".join(found[:most])
    while len(lines(kept + CUT, points, room, bold)) > most:
        shorter = kept.rpartition(" ")[0] if " " in kept else kept[:-1]
        kept = shorter.rstrip(" ,;:–(")
    return kept + CUT


def height(words: str, points: float, room: float, *, bold: bool = False) -> float:
    """Tell how high words stand, in inches."""
    return len(lines(words, points, room, bold)) * points * LINE / 72


def _pieces(word: str, points: float, room: float, bold: bool) -> list[str]:
    found = [""]
    for letter in word:
        if found[-1] and measure(found[-1] + letter, points, bold=bold) > room:
            found.append("")
        found[-1] += letter
    return found
