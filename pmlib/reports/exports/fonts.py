"""Which font draws each letter: the one that charts are laid out with, then those of the machine."""

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from pmlib.chart import fonts as files
from pmlib.reports.exports.scripts import SCRIPTS

# Behind the others: faces that differ from a text's own by more than their letters.
ODD = re.compile(r"bold|black|heavy|light|thin|italic|oblique|cond|narrow|mono|serif", re.I)
FILLERS = set(map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0)))
JOINER, SKIN, FLAG = "\u200d", range(0x1F3FB, 0x1F400), range(0x1F1E6, 0x1F200)
EM, BEARING = 40, 0.05  # pixels that a letter is measured at; ems of space that are left after it
OF_BOXES = 13  # a table of one glyph for many characters, as fonts of last resort have


@dataclass(frozen=True)
class Font:
    """A face of a font: its file, its place in that, its name, and the code points that it has glyphs for."""

    path: Path
    number: int
    family: str
    characters: frozenset[int]

    def has(self, letter: str) -> bool:
        """Tell whether it can draw a letter with all its marks, in whichever way these are written."""
        ways = (letter, *(unicodedata.normalize(form, letter) for form in ("NFC", "NFD")))
        return any(all(ord(c) in self.characters for c in way if is_seen(c)) for way in ways)


def runs(text: str, weight: str = "normal") -> list[tuple[str, Font | None]]:
    """Cut a text where its font changes; None stands for letters that no font here has.

    Spaces are ours, for those of an emoji are wide. What runs from right to left is cut nowhere.
    """
    if any(_runs_left(c) and not own(weight).has(c) for c in text):
        return [(text, _font(text, weight))]
    found = list[tuple[str, Font | None]]()
    for letter in letters(text):
        font = _font(letter, weight) if any(map(is_seen, letter)) else own(weight)
        if found and found[-1][1] == font:
            found[-1] = (found[-1][0] + letter, font)
        else:
            found.append((letter, font))
    return found


def letters(text: str) -> Iterator[str]:
    """Cut a text into what is drawn together: a letter and its marks, an emoji and what it is joined with."""
    held = ""
    for c in text:
        mark = unicodedata.category(c) in ("Mn", "Mc", "Me", "Cf") or ord(c) in SKIN
        flag = ord(c) in FLAG and len(held) == 1 and ord(held) in FLAG
        if held and not (mark or flag or held.endswith(JOINER)):
            yield held
            held = ""
        held += c
    if held:
        yield held


def missing(text: str, weight: str = "normal") -> set[str]:
    """Name the characters of a text that no font here can draw."""
    lost = [piece for piece, font in runs(text, weight) if font is None]
    return {c for piece in lost for c in piece if is_seen(c) and not own(weight).has(c)} or {
        c for piece in lost for c in piece if is_seen(c)
    }


def unprinted(text: str) -> set[str]:
    """Name the characters of a text that no font installed here has, for which a browser draws boxes."""
    left = {c for c in unicodedata.normalize("NFC", text) if is_seen(c)}
    for path in sorted(files.installed(), key=lambda path: path.name != "DejaVuSans.ttf"):
        if not left:
            break
        for face in _faces(path):
            left = {c for c in left if ord(c) not in face.characters}
    return left


def width(text: str, font: Font) -> float:
    """Measure a text that one font draws, in ems: by its advances where the font is ours, else by its ink."""
    if font.path in (own("normal").path, own("bold").path):
        advances = _advances(font.path)
        return sum(advances.get(ord(c), 0.0) for c in text)
    return _ink(text, font) + BEARING


def coverage() -> dict[str, str]:
    """Name the font of each script; "" where there is none, and SCRIPTS says what to install."""
    found = dict[str, str]()
    for name, script in SCRIPTS.items():
        font = runs(script.letters)[0][1]
        found[name] = font.family if font and not missing(script.letters) else ""
    return found


def is_seen(c: str) -> bool:
    """Tell whether a character needs a glyph; spaces, joiners, selectors and controls do not."""
    kind, number = unicodedata.category(c), ord(c)
    if kind == "Cf":  # but the signs that stand around Arabic and Syriac numbers are drawn
        return 0x0600 <= number <= 0x08E2 and c != "\u061c"
    selector = 0xFE00 <= number <= 0xFE0F or 0xE0100 <= number <= 0xE01EF or 0x180B <= number <= 0x180F
    return kind not in ("Cc", "Zs", "Zl", "Zp") and not selector and c not in FILLERS


@lru_cache
def own(weight: str) -> Font:
    """Give the font that charts are laid out with."""
    return _faces(files.own(weight))[0]


@lru_cache(10_000)
def _font(letter: str, weight: str) -> Font | None:
    for font in (own(weight), own("normal")):
        if font.has(letter):
            return font
    others = (font for path in _installed() for font in _faces(path))
    return next((font for font in others if font.has(letter) and _ink(letter, font)), None)


@lru_cache(10_000)
def _ink(text: str, font: Font) -> float:
    """Draw a text and see how far it goes, in ems; a font that one program reads, another may refuse."""
    import resvg_py
    from PIL import Image

    wide = (2 * len(text) + 1) * EM
    words = f"<text y='{EM}' font-size='{EM}' font-family='{escape(font.family)}'>{escape(text)}</text>"
    drawn = resvg_py.svg_to_bytes(
        svg_string=f"<svg xmlns='http://www.w3.org/2000/svg' width='{wide}' height='{2 * EM}'>{words}</svg>",
        skip_system_fonts=True,
        font_files=[str(font.path)],
    )
    box = Image.open(io.BytesIO(drawn)).getbbox()
    return box[2] / EM if box else 0.0


@lru_cache(2)
def _advances(path: Path) -> dict[int, float]:
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        widths, em = font["hmtx"].metrics, font["head"].unitsPerEm
        return {c: widths[glyph][0] / em for c, glyph in font.getBestCmap().items()}


def _runs_left(c: str) -> bool:
    return unicodedata.bidirectional(c) in ("R", "AL")


@lru_cache(1)
def _installed() -> list[Path]:
    """List the machine's fonts, plain ones first, and of these Noto Sans, which goes with any other."""

    def rank(path: Path) -> tuple[bool, bool, str]:
        return bool(ODD.search(path.name)), not path.name.startswith("NotoSans"), path.name

    return sorted((path for path in files.installed() if not path.name.startswith("DejaVuSans")), key=rank)


@lru_cache(10_000)
def _faces(path: Path) -> list[Font]:
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    try:
        if path.suffix.lower() in (".ttc", ".otc"):
            with TTCollection(path, lazy=True) as collection:
                found = [_face(path, number, font) for number, font in enumerate(collection)]
        else:
            with TTFont(path, lazy=True) as font:
                found = [_face(path, 0, font)]
    except (OSError, TTLibError, KeyError, ValueError):  # damaged, or of a kind that is not for text
        return []
    return [font for font in found if font.characters and font.family]


def _face(path: Path, number: int, font: Any) -> Font:
    table, names = font["cmap"], font["name"]
    family = names.getDebugName(16) or names.getDebugName(1) or ""
    boxes = any(part.format == OF_BOXES for part in table.tables)
    drawn = {} if boxes else table.getBestCmap() or {}
    return Font(path, number, family, frozenset(c for c, glyph in drawn.items() if glyph != ".notdef"))
