"""What is drawn on: axes of a height, with as much room around them as their words need."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine
from matplotlib.transforms import Bbox

from pmlib.chart.pen import Pen
from pmlib.chart.theme import width

EDGE = 1.44  # points around everything


class Snug(LayoutEngine):
    """Makes room for words in one pass, where matplotlib's own engines measure them two to four times."""

    _adjust_compatible = _colorbar_gridspec = True

    def execute(self, fig: Figure) -> None:
        pen = Pen(fig)
        axes = Bbox.union([ax.bbox for ax in fig.axes])
        found = Bbox.union([box for ax in fig.axes if (box := ax.get_tightbbox(pen, for_layout_only=True))])
        words = found.padded(pen.points_to_pixels(EDGE))
        left, right = (axes.x0 - words.x0) / pen.width, 1 - (words.x1 - axes.x1) / pen.width
        bottom, top = (axes.y0 - words.y0) / pen.height, 1 - (words.y1 - axes.y1) / pen.height
        if left < right and bottom < top:  # words that leave no room are cut at the edge
            fig.subplots_adjust(left, bottom, right, top)


def new_axes(height: float) -> Axes:
    """Make axes of a height in inches, on a figure of their own: without pyplot nothing global is touched."""
    return Figure(figsize=(width(), max(1.0, height)), layout=Snug()).add_subplot()
