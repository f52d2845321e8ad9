"""Scripts: what their letters are called, and the package of Debian that has a font for them."""

import unicodedata
from dataclasses import dataclass

NAMED = 8  # characters, in a message


@dataclass(frozen=True)
class Script:
    """A script: letters that every font for it has, how their names begin, and what to install."""

    letters: str
    begin: tuple[str, ...]
    package: str


SCRIPTS = {
    "Latin": Script("Aéßžş", ("LATIN",), "fonts-dejavu-core"),
    "Greek": Script("Ωλή", ("GREEK",), "fonts-dejavu-core"),
    "Cyrillic": Script("ЖяЇ", ("CYRILLIC",), "fonts-dejavu-core"),
    "Arabic": Script("سوق", ("ARABIC",), "fonts-noto-core"),
    "Hebrew": Script("שוק", ("HEBREW",), "fonts-noto-core"),
    "Devanagari": Script("बाज़ार", ("DEVANAGARI",), "fonts-noto-core"),
    "Thai": Script("ตลาด", ("THAI",), "fonts-noto-core"),
    "Chinese": Script("市场場", ("CJK", "IDEOGRAPHIC", "FULLWIDTH", "BOPOMOFO"), "fonts-noto-cjk"),
    "Japanese": Script("ひカ場", ("HIRAGANA", "KATAKANA", "HALFWIDTH"), "fonts-noto-cjk"),
    "Korean": Script("한시장", ("HANGUL",), "fonts-noto-cjk"),
}
EMOJI, OTHER = ("emoji", "fonts-noto-color-emoji"), ("other", "fonts-noto-core")


def lacking(characters: set[str]) -> str:
    """Say which characters no font has, and what to install."""
    found = dict[tuple[str, str], list[str]]()
    for c in sorted(characters):
        found.setdefault(_script(c), []).append(c)
    parts = [
        f"{_listed(some)} ({script}: install {package})" for (script, package), some in sorted(found.items())
    ]
    return f"no font here has {', '.join(parts)}; `pmlib doctor` checks"


class NoGlyph(ValueError):
    """No font here has glyphs for these letters."""

    def __init__(self, letters: set[str]) -> None:
        super().__init__(lacking(letters))
        self.letters = letters


def _script(c: str) -> tuple[str, str]:
    first = unicodedata.name(c, "").partition(" ")[0]
    for name, script in SCRIPTS.items():
        if first in script.begin:
            return name, script.package
    return EMOJI if ord(c) >= 0x1F000 and unicodedata.category(c) in ("So", "Sk") else OTHER


def _listed(characters: list[str]) -> str:
    shown = [c if c.isprintable() else f"U+{ord(c):04X}" for c in characters[:NAMED]]
    more = len(characters) - NAMED
    return " ".join(shown) + (f" and {more} more" if more > 0 else "")
