"""What matplotlib draws with: each line, shape and word becomes one short element of SVG."""

import unicodedata
from functools import lru_cache
from html import escape
from typing import Any

from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Transform

from pmlib.chart.theme import NAMES, SIZE
from pmlib.visible import visible

LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "z"}
ANCHORS = {"left": "start", "center": "middle", "right": "end"}


class Pen(RendererBase):
    """Writes a figure as SVG, to a tenth of a unit; what is clipped to the axes is drawn whole."""

    def __init__(self, figure: Figure, name: str = "") -> None:
        super().__init__()
        self.figure, self.name = figure, name
        self.width, self.height = figure.bbox.size
        self.flip = Affine2D().scale(1, -1).translate(0, self.height)  # matplotlib counts from the bottom
        self.markers: dict[str, str] = {}  # id by shape
        self.elements: list[str] = []

    def written(self) -> str:
        """Give what was drawn."""
        shapes = "".join(f'<path id="{i}" d="{shape}"/>' for shape, i in self.markers.items())
        return (f"<defs>{shapes}</defs>" if shapes else "") + "".join(self.elements)

    def draw_path(
        self, gc: GraphicsContextBase, path: Path, transform: Transform, rgbFace: Any = None
    ) -> None:
        style = _style(gc, rgbFace)
        if style != "fill: none":  # a background
            whole = rgbFace is not None  # only lines may be cut at the edge
            shape = self._shape(path, transform + self.flip, whole)
            self.elements.append(f'<path d="{shape}" style="{style}"/>')

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Any = None,
    ) -> None:
        shape = self._shape(marker_path, marker_trans + Affine2D().scale(1, -1), True)
        marker = self.markers.setdefault(shape, f"{self.name}-{len(self.markers)}")
        alike = f'<g style="{_style(gc, rgbFace)}">'  # one style for marks drawn one after the other
        if not (self.elements and self.elements[-1].startswith(alike)):
            self.elements.append(f"{alike}</g>")
        uses = "".join(
            f'<use href="#{escape(marker)}" x="{_short(x)}" y="{_short(y)}"/>'
            for (*_, x, y), _ in path.iter_segments(trans + self.flip, simplify=False)
        )
        self.elements[-1] = f"{self.elements[-1].removesuffix('</g>')}{uses}</g>"

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        rules = {}
        if prop.get_weight() not in ("normal", 400):
            rules["font-weight"] = str(prop.get_weight())
        if prop.get_size() != SIZE:
            rules["font-size"] = f"{prop.get_size():g}px"
        turned = f' transform="rotate({-angle:g} {_short(x)} {_short(y)})"' if angle else ""
        if mtext and not angle:  # a reader's own font may be wider: keep the end that was aligned
            rules["text-anchor"] = ANCHORS[mtext.get_horizontalalignment()]
            x, _ = mtext.get_transform().transform(mtext.get_unitless_position())
        rules["fill"] = _named(gc.get_rgb())
        style = "; ".join(f"{key}: {value}" for key, value in rules.items())
        at, words = f'x="{_short(x)}" y="{_short(y)}"', escape(visible(s), quote=False)
        self.elements.append(f'<text {at} style="{style}"{turned}>{words}</text>')

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> Any:
        return tuple(size * self.points_to_pixels(1) for size in extent(visible(s), prop))

    def points_to_pixels(self, points: Any) -> Any:
        return points * self.figure.dpi / 72

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self.width, self.height

    def flipy(self) -> bool:
        return True

    def _shape(self, path: Path, transform: Transform, whole: bool) -> str:
        clip = None if whole else (0.0, 0.0, self.width, self.height)
        return "".join(
            LETTERS[code] + ("" if code == Path.CLOSEPOLY else " ".join(map(_short, numbers)))
            for numbers, code in path.iter_segments(transform, clip=clip, simplify=False)
        )


@lru_cache(4096)
def extent(words: str, font: FontProperties) -> tuple[float, float, float]:
    """Give the width, height and descent of words, in points."""
    return text_to_path.get_text_width_height_descent(_measurable(words, font), font, False)


def _measurable(words: str, font: FontProperties) -> str:
    """Put letters of like width in place of those that our font lacks and the reader's has: Chinese, Thai."""
    if words.isascii() and words.isprintable():
        return words
    ours = get_font(findfont(font))
    return "".join(c if ours.get_char_index(ord(c)) else _stand_in(c) for c in words)


def _stand_in(c: str) -> str:
    if unicodedata.category(c) in ("Mn", "Me", "Cf", "Cc"):
        return ""  # upon its letter, or unseen
    return "W" if unicodedata.east_asian_width(c) in "WF" else "n"


def _style(gc: GraphicsContextBase, face: Any) -> str:
    rules = {"fill": "none" if face is None else _named(face)}
    if gc.get_forced_alpha():
        if gc.get_alpha() != 1:
            rules["opacity"] = f"{gc.get_alpha():g}"
    elif face is not None and len(face) == 4 and face[3] != 1:
        rules["fill-opacity"] = f"{face[3]:g}"
    dashed: Any = gc.get_dashes()
    offset, dashes = dashed
    if dashes is not None:
        rules["stroke-dasharray"] = ",".join(f"{dash:g}" for dash in dashes)
        rules["stroke-dashoffset"] = f"{offset:g}"
    if width := gc.get_linewidth():
        rules["stroke"] = _named(gc.get_rgb())
        if width != 1:
            rules["stroke-width"] = f"{width:g}"
    return "; ".join(f"{key}: {value}" for key, value in rules.items())


def _named(colour: Any) -> str:
    # With a fallback, so that a figure also shows its colours in JupyterLab, outside the page.
    found = to_hex(colour)
    return f"var(--{NAMES[found]}, {found})" if found in NAMES else found


def _short(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
