"""The palette, the theme, and the two widths: wide for a desk and paper, narrow for a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

WIDE, NARROW = 7.0, 3.5  # inches; drawn at 100 units an inch
SIZE = 10  # points; 15 px on the page, where a chart is as wide as the column

# Colours stand here once, light values; the page's stylesheet gives the same names their dark values.
INK, MUTED, RULE, GREY, PAPER = "#1b1f24", "#57606a", "#d8dee4", "#8b949e", "#ffffff"
CATEGORIES = ("#2a4fb0", "#c8742f", "#26a097", "#74103f", "#9c7be4", "#7f6151")
WORSE = "#b8480f"
DIVERGING = ("#9a3f0b", "#e6bb97", "#f2f1f1", "#9bb0db", "#14397d")  # worse … neutral … better
ON_STRONG, ON_PALE = "#fffffe", "#1b1f23"  # text upon the diverging scale: its ends, its middle
NAMES = {
    INK: "ink",
    MUTED: "muted",
    RULE: "rule",
    GREY: "grey",
    PAPER: "paper",
    WORSE: "worse",
    ON_STRONG: "on-strong",
    ON_PALE: "on-pale",
    **{colour: f"cat{i}" for i, colour in enumerate(CATEGORIES, 1)},
    **{colour: f"div{i}" for i, colour in enumerate(DIVERGING, 1)},
}

_width: ContextVar[float] = ContextVar("width", default=WIDE)

THEME: Any = {  # matplotlib types the names one by one
    "figure.dpi": 72,  # a unit is a point
    "font.family": ["DejaVu Sans"],  # shipped with matplotlib, so every machine lays out alike
    "font.size": SIZE,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": RULE,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.spines.bottom": False,
    "axes.grid": False,
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.labelsize": SIZE,
    "ytick.labelsize": SIZE,
    "axes.labelsize": SIZE,
    "text.parse_math": False,  # a $ in a name or a unit is a dollar
}


@contextmanager
def drawn_at(width: float) -> Iterator[None]:
    """Let forms draw at this width, in inches."""
    token = _width.set(width)
    try:
        yield
    finally:
        _width.reset(token)


def width() -> float:
    """Tell how wide to draw, in inches."""
    return _width.get()


def is_wide() -> bool:
    """Tell whether there is room for long words beside the chart."""
    return width() == WIDE
