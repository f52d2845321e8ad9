"""Rows of a chart: how large their names are written, and how much room these take."""

from pmlib.reports.exports.deck.fits import clean, cut, lines, measure

SIZES = (12.0, 11.0, 10.0, 9.0, 8.0)
TALL = 1.45  # of the letters' size: a row
MOST = 0.4  # of a chart's width, for names
GAP = 0.12  # inches between names and what they name


def size_for(rows: int, high: float) -> float:
    """Choose the size of words, in points, at which rows keep apart."""
    return next((size for size in SIZES if rows * size * TALL / 72 <= high), SIZES[-1])


def fits(rows: int, high: float) -> bool:
    """Tell whether so many rows can be read."""
    return rows * SIZES[-1] * TALL / 72 <= high


def names_room(names: list[str], size: float, wide: float) -> float:
    """Tell how much room names take, in inches."""
    widest = max((measure(clean(name), size, bold=True) for name in names), default=0.0)
    return min(widest, MOST * wide) + GAP


def broken(name: str, size: float, room: float) -> list[str]:
    """Break a name into two lines at most."""
    return list(lines(cut(clean(name), size, room, 2), size, room))
