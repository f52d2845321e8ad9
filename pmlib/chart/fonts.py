"""Font files: those that charts are laid out with, which come with matplotlib, and those of the machine."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import findSystemFonts


def own(weight: str) -> Path:
    """Name the file that every machine has of the theme's font, "normal" or "bold"."""
    name = "DejaVuSans-Bold.ttf" if weight == "bold" else "DejaVuSans.ttf"
    return Path(mpl.get_data_path(), "fonts", "ttf", name)


def installed() -> list[Path]:
    """List the files of fonts that this machine has, in one order."""
    return sorted({Path(path) for path in findSystemFonts()}, key=lambda path: (path.name, path))
