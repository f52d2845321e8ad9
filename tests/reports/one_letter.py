"""Fonts of one letter, a filled square, for tests that must not depend on the fonts of the machine."""

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable


def font(path, letters, family="One Letter", *, last_resort=False):
    """Write a font in which each of the letters is a square as wide as high."""
    pen = TTGlyphPen(None)
    for move, at in zip(
        (pen.moveTo, pen.lineTo, pen.lineTo, pen.lineTo),
        ((0, 0), (0, 1000), (1000, 1000), (1000, 0)),
        strict=True,
    ):
        move(at)
    pen.closePath()
    square, cmap = pen.glyph(), {ord(letter): "square" for letter in letters}
    build = FontBuilder(1000, isTTF=True)
    build.setupGlyphOrder([".notdef", "square"])
    build.setupCharacterMap(cmap)
    build.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "square": square})
    build.setupHorizontalMetrics({".notdef": (500, 0), "square": (1000, 0)})
    build.setupHorizontalHeader(ascent=1000, descent=0)
    build.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")})
    build.setupOS2()
    build.setupPost()
    if last_resort:
        table = CmapSubtable.newSubtable(13)
        table.platformID, table.platEncID, table.language, table.cmap = 3, 10, 0, dict(cmap)
        build.font["cmap"].tables.append(table)
    build.save(path)
    return path
