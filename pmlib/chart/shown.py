"""What a chart shows, as plain data, so that a slide can draw it again as a chart of its own.

A form says it once it has drawn; those that no slide draws honestly (maps, trees, heat) say nothing.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pmlib.chart.theme import is_wide
from pmlib.table import Column

MOST = 3000  # values; a chart of more is a picture on a slide, and its payload stays small
EXACT = 9  # digits, more than a slide writes
NOTED = "pmlib_shown"


def show(ax: Axes, form: str, **said: Any) -> None:
    """Note what is drawn on the figure of these axes; a second form on one figure leaves nothing to say.

    said : plain values, arrays and columns; values are in the unit and at the scale in which axes write them.
    """
    if not is_wide():
        return
    figure = ax.get_figure(root=True)
    once = not hasattr(figure, NOTED)
    setattr(figure, NOTED, {"form": form, **said} if once else None)


def shown(ax: Axes) -> dict[str, Any] | None:
    """Tell what was noted of a chart, as plain JSON; nothing where it was not, or is too much."""
    said = getattr(ax.get_figure(root=True), NOTED, None)
    if said is None or _count(said) > MOST:
        return None
    return {name: _json(value) for name, value in said.items()}


def scale(ax: Axes, spec: Column, axis: str = "y", drawn: Any = None) -> dict[str, Any]:
    """Describe an axis of values: what it measures, and round ends and steps around what is drawn.

    drawn : the values, where the axes hold more than these, such as a line across.
    """
    upright = axis == "y"
    low, high = sorted(ax.get_ylim() if upright else ax.get_xlim())
    held = (ax.dataLim.intervaly if upright else ax.dataLim.intervalx) if drawn is None else drawn
    known = np.asarray(held, float)[np.isfinite(held)]
    if known.size:  # no axis goes on beyond zero, where nothing does
        low = max(low, 0.0) if known.min() >= 0 else low
        high = min(high, 0.0) if known.max() <= 0 else high
    steps = MaxNLocator(5, integer=spec.digits == 0).tick_values(low, high)
    return {
        "label": spec.label if spec.unit in ("%", "points") else spec.heading,
        "unit": spec.unit,
        "low": float(steps[0]),
        "high": float(steps[-1]),
        "step": float(steps[1] - steps[0]),
    }


def named(ax: Axes, names: pd.Series) -> list[list[str]]:
    """Tell of each point its name as written, and on which side of it, l, r, t or b; empty where none is."""
    sides = {
        text.get_text(): _side(text.get_horizontalalignment(), text.get_verticalalignment())
        for text in ax.texts
    }
    return [[name, sides[name]] if name in sides else [] for name in names.astype(str)]


def _side(across: str, up: str) -> str:
    if up == "center":
        return "r" if across == "left" else "l"
    return "t" if up == "bottom" else "b"


def _count(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(map(_count, value.values()))
    if isinstance(value, str):
        return 1
    if isinstance(value, list | tuple):
        return sum(map(_count, value))
    return np.size(value)


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _json(held) for name, held in value.items()}
    if isinstance(value, np.ndarray | pd.Series | pd.Index):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_json(held) for held in value]
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if value is None or isinstance(value, bool | str | int):
        return value
    if pd.isna(value) or not np.isfinite(value):
        return None
    return float(f"{value:.{EXACT}g}")
