"""Which level of a variable is nearest to another: what a level without respondents is combined with."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np

ALIKE = 0.6  # difflib's ratio from which two labels read alike


def neighbour(levels: Sequence[str], counts: np.ndarray, place: int) -> int:
    """Choose the level to combine one with: the smaller of those beside it where levels are numbers, such as
    ages; else the one whose label is most alike; else the one with the fewest respondents.
    """
    others = [i for i in range(len(levels)) if i != place and counts[i] > 0]
    if not others:
        others = [i for i in range(len(levels)) if i != place] or [place]
    starts = [_start(level) for level in levels]
    if all(start is not None for start in starts):
        order = sorted(others, key=lambda i: starts[i] or 0.0)
        below = [i for i in order if (starts[i] or 0.0) <= (starts[place] or 0.0)][-1:]
        above = [i for i in order if (starts[i] or 0.0) > (starts[place] or 0.0)][:1]
        return min(below + above, key=lambda i: (counts[i], i))
    likeness = {
        i: SequenceMatcher(None, levels[i].casefold(), levels[place].casefold()).ratio() for i in others
    }
    best = max(others, key=lambda i: (likeness[i], -i))
    return best if likeness[best] >= ALIKE else min(others, key=lambda i: (counts[i], i))


def _start(level: str) -> float | None:
    # The number that a level begins at: "18-24", "65+", "under 18".
    found = re.search(r"\d+(?:\.\d+)?", level.replace(",", ""))
    if found is None:
        return None
    below = re.match(r"\s*(under|below|less|up to|<|≤)", level, re.IGNORECASE)
    return float(found.group()) - (0.5 if below else 0.0)
