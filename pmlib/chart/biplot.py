"""A map on axes without a unit: points and arrows, and ellipses that say how sure a place is."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Ellipse
from matplotlib.transforms import Bbox

from pmlib.chart.canvas import new_axes
from pmlib.chart.parts import PAD, blank, name_points, wrap
from pmlib.chart.theme import CATEGORIES, GREY, INK, MUTED, RULE, SIZE, WORSE, is_wide
from pmlib.table import Column

# form: matplotlib's mark, its size in points, its colour, whether it is named
FORMS = {
    "dot": ("o", 6.5, CATEGORIES[0], True),
    "triangle": ("^", 7.0, CATEGORIES[1], True),
    "other": ("o", 6.5, MUTED, True),
    "speck": ("o", 3.5, GREY, False),
    "own speck": ("o", 4.5, CATEGORIES[0], False),
    "gap": ("D", 5.0, WORSE, True),
    "arrow": ("", 0.0, INK, True),
}
ROOM = 0.08  # around what is drawn, of its extent
HEAD = 7.0  # of an arrow, in points
REACHED = 0.9  # how far the longest arrow goes towards the farthest point
TOO_WIDE = 1.0  # an ellipse wider than all points together says nothing of a place


def biplot(
    frame: pd.DataFrame,
    x: str,
    y: str,
    label: str,
    by: str,
    *,
    forms: Mapping[str, str],
    columns: Mapping[str, Column],
    highlight: Sequence[str] = (),
    shaded: Sequence[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw points and arrows, one unit as long across as upwards.

    by, forms : the column that parts the rows, and how each part is drawn (a key of FORMS). Arrows are
        stretched together until they reach as far as the points.
    shaded : labels of points with an ellipse around them, from the columns long, short (half axes) and angle.
    """
    ax = ax or new_axes(4.6 if is_wide() else 4.2)
    blank(ax)
    ax.set_xticks([])
    known = frame.dropna(subset=[x, y])
    places = known[[x, y]].to_numpy(float, copy=True)
    looks = known[by].map(forms)
    arrows = (looks == "arrow").to_numpy()
    places[arrows] *= _stretch(places, arrows)
    around = _ellipses(known, places, label, shaded)
    _titles(ax, columns[x].label, columns[y].label)
    _fit(ax, _extent(places, around))
    for which, shape in around.items():
        colour = FORMS[looks.iloc[which]][2]
        ax.add_patch(Ellipse(**shape, facecolor=colour, alpha=0.1, linewidth=0))
    _draw_arrows(ax, places[arrows])
    for form in dict.fromkeys(forms.values()):
        mark, size, colour, _ = FORMS[form]
        own = places[(looks == form).to_numpy()]
        if mark and len(own):
            ax.plot(*own.T, mark, color=colour, markersize=size, markeredgewidth=0)
    _name(ax, places, known[label], looks, highlight)
    return ax


def _name(
    ax: Axes, places: np.ndarray, labels: pd.Series, looks: pd.Series, highlight: Sequence[str]
) -> None:
    """Write the names, on a phone in short lines; they keep off marks and arrows where they can."""
    most = 60 if is_wide() else 14
    sizes = [FORMS[form][1] for form in looks]
    named = [i for i, form in enumerate(looks) if FORMS[form][3]]
    spots = [(place, size) for place, size in zip(places, sizes, strict=True) if size]
    for tip in places[[not size for size in sizes]]:
        spots += [(tip * step, 1.0) for step in np.linspace(0, 1, 20)]
    pixels = ax.transData.transform(np.reshape([place for place, _ in spots], (-1, 2)))
    name_points(
        ax,
        [(float(across), float(up)) for across, up in places[named]],
        [wrap(str(name), most) for name in labels.iloc[named]],
        [wrap(str(name), most) for name in highlight],
        [sizes[i] / 1.5 + 1 for i in named],
        [_square(place, size) for place, (_, size) in zip(pixels, spots, strict=True)],
    )


def _square(middle: np.ndarray, size: float) -> Bbox:
    return Bbox.from_bounds(middle[0] - size / 2, middle[1] - size / 2, size, size)


def _stretch(places: np.ndarray, arrows: np.ndarray) -> float:
    if not arrows.any() or arrows.all():
        return 1.0
    points, tips = (np.hypot(*part.T).max() for part in (places[~arrows], places[arrows]))
    return float(REACHED * points / tips) if tips > 0 and points > 0 else 1.0


def _ellipses(
    frame: pd.DataFrame, places: np.ndarray, label: str, shaded: Sequence[str]
) -> dict[int, dict[str, Any]]:
    if not shaded:
        return {}
    wide = TOO_WIDE * np.ptp(places, axis=0).max(initial=0)
    shapes = {}
    for i, (long, short, angle) in enumerate(frame[["long", "short", "angle"]].to_numpy(float)):
        if 0 < long <= wide and frame[label].iloc[i] in shaded:
            shapes[i] = {"xy": places[i], "width": 2 * long, "height": 2 * short, "angle": angle}
    return shapes


def _extent(places: np.ndarray, around: Mapping[int, Mapping[str, Any]]) -> np.ndarray:
    """Give left, bottom and right, top of what is drawn, the middle of the map in it."""
    ends = [np.zeros((1, 2)), places]
    for shape in around.values():
        turn = np.radians(shape["angle"])
        half = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        half = np.sqrt(((half * [[shape["width"] / 2], [shape["height"] / 2]]) ** 2).sum(axis=0))
        ends.append(shape["xy"] + np.array([-half, half]))
    every = np.concatenate(ends)
    return np.array([every.min(axis=0), every.max(axis=0)])


def _fit(ax: Axes, extent: np.ndarray) -> None:
    """Set limits so that a unit is as long across as upwards; lines cross in the middle of the map."""
    figure: Any = ax.get_figure(root=True)
    if layout := figure.get_layout_engine():
        layout.execute(figure)
    box = ax.get_window_extent()
    middle, size = extent.mean(axis=0), np.ptp(extent, axis=0) * (1 + 2 * ROOM)
    unit = max(size[0] / box.width, size[1] / box.height) or 1.0
    half = np.array([box.width, box.height]) * unit / 2
    ax.set(xlim=(middle[0] - half[0], middle[0] + half[0]), ylim=(middle[1] - half[1], middle[1] + half[1]))
    ax.axhline(0, color=RULE, linewidth=1, zorder=0.5)
    ax.axvline(0, color=RULE, linewidth=1, zorder=0.5)


def _titles(ax: Axes, across: str, upwards: str) -> None:
    ax.set_title(wrap(f"↑ {upwards}", 60 if is_wide() else 34), loc="left", fontsize=SIZE, color=MUTED, y=1)
    ax.set_xlabel(wrap(f"→ {across}", 60 if is_wide() else 34), labelpad=PAD)


def _draw_arrows(ax: Axes, tips: np.ndarray) -> None:
    """Draw arrows from the middle of the map; their heads are shapes, of the same size whatever the unit."""
    unit = np.ptp(ax.get_xlim()) / ax.get_window_extent().width
    size = HEAD * ax.get_figure(root=True).dpi / 72 * unit  # type: ignore[union-attr]
    lengths = np.hypot(*tips.T)[:, None]
    tips, lengths = tips[lengths[:, 0] > 0], lengths[lengths[:, 0] > 0]
    along = tips / lengths
    across = along[:, ::-1] * [-1, 1] * size / 3
    necks = tips - along * np.minimum(size, lengths)
    lines = [[(0, 0), tuple(neck)] for neck in necks]
    ax.add_collection(LineCollection(lines, colors=INK, linewidths=1.2), autolim=False)
    heads = np.stack([tips, necks + across, necks - across], axis=1)
    ax.add_collection(PolyCollection(list(heads), facecolors=INK, linewidths=0), autolim=False)
