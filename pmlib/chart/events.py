"""Effects by time since a launch: what came after it, and the placebos before it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from pmlib.chart.canvas import new_axes
from pmlib.chart.parts import below, blank, marks, near, values
from pmlib.chart.theme import CATEGORIES, GREY, MUTED, is_wide
from pmlib.table import MINUS, Column, scaled


def events(
    frame: pd.DataFrame,
    at: str,
    *,
    spec: Column,
    part: str = "part",
    before: Sequence[str] = ("before",),
    ax: Axes | None = None,
) -> Axes:
    """Draw a dot with its interval (low, high) a time, and a band (band_low, band_high) that holds all.

    Parameters
    ----------
    at : column of whole periods since the launch, below 0 before it. part, before : column, and its values,
        of what came before: drawn in grey.
    """
    ax = ax or new_axes(3.2)
    blank(ax)
    frame = frame.sort_values(at)
    where = frame[at].to_numpy(float)
    level = {c: scaled(frame[c], spec.unit).to_numpy(float) for c in frame if frame[c].dtype.kind == "f"}
    early = frame[part].isin(list(before)).to_numpy()
    for chosen, colour in ((early, GREY), (~early, CATEGORIES[0])):
        if not chosen.any():
            continue
        bottom, top = level["band_low"][chosen], level["band_high"][chosen]
        ax.fill_between(where[chosen], bottom, top, color=colour, alpha=0.18, linewidth=0)
        spans = [
            [(x, low), (x, high)] for x, low, high in zip(where, level["low"], level["high"], strict=True)
        ]
        own = [span for span, mine in zip(spans, chosen, strict=True) if mine]
        ax.add_collection(LineCollection(own, colors=[colour], linewidths=2))
        marks(
            ax,
            list(zip(where[chosen], level["estimate"][chosen], strict=True)),
            [colour] * int(chosen.sum()),
            7,
        )
    ax.axhline(0, color=GREY, linewidth=1)
    ax.set_xlim(where[0] - 0.5, where[-1] + 0.5)
    if early.any():
        ax.axvline(-0.5, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
        above = near(ax, -4, 0, ax.get_xaxis_transform())
        ax.text(-0.5, 1, "placebo", transform=above, ha="right", va="bottom", color=MUTED)
        after = near(ax, 4, 0, ax.get_xaxis_transform())
        ax.text(-0.5, 1, "after the launch", transform=after, ha="left", va="bottom", color=MUTED)
    step = -(-len(where) // (12 if is_wide() else 7))
    for place in where[(where % step == 0) | (np.arange(len(where)) == len(where) - 1) & (step == 1)]:
        below(ax, float(place), f"{MINUS if place < 0 else ''}{abs(place):g}")
    values(ax, spec)
    return ax
