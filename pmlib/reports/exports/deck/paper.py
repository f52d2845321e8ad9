"""Blank slides in the page's colours and a font that is everywhere, words upon them, and the file."""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any
from unicodedata import bidirectional

from pmlib.chart.theme import CATEGORIES, INK, MUTED
from pmlib.reports.exports.deck.fits import clean
from pmlib.reports.workbook import FIXED

WIDE, HIGH, EDGE = 13.333, 7.5, 0.6  # inches: a slide, and what stays free at its sides
ROOM = WIDE - 2 * EDGE
FOOT = 6.86  # inches: where the foot of a slide begins
FONT = "Arial"
TITLE_ONLY = 5  # the layout, in python-pptx's own template
TITLE = 255  # letters of a file's title, at most
ZIPPED = (1980, 1, 1, 0, 0, 0)

Box = tuple[float, float, float, float]  # left, top, width, height in inches


def blank_deck(title: str) -> Any:
    """Start a deck of wide slides, whose theme holds the page's colours."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    stretch = WIDE * 914_400 / deck.slide_width
    deck.slide_width, deck.slide_height = Inches(WIDE), Inches(HIGH)
    master = deck.slide_master
    for sheet in (master, *master.slide_layouts):  # the template's are of the old, narrow form
        for shape in sheet.shapes:
            shape.left, shape.width = round(shape.left * stretch), round(shape.width * stretch)
    for part in _themes(master.part):
        part._blob = _painted(part.blob)
    core = deck.core_properties
    core.title, core.author, core.last_modified_by = clean(title)[:TITLE], "pmlib", "pmlib"
    core.created = core.modified = FIXED
    core.revision = 1
    return deck


def blank_slide(deck: Any, title: str, box: Box, size: float, *, colour: str = INK) -> Any:
    """Add a slide with its title."""
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    shape = slide.shapes.title
    _place(shape, box)
    _fill(shape.text_frame, [[(title, colour, True)]], size, "l", "t")
    return slide


Run = tuple[str, str, bool]  # words, their colour, whether they are bold


def write(
    slide: Any,
    box: Box,
    paragraphs: Sequence[Sequence[Run]],
    size: float,
    *,
    align: str = "l",
    anchor: str = "t",
) -> Any:
    """Write paragraphs of runs into a box, without room around them."""
    from pptx.util import Inches

    shape = slide.shapes.add_textbox(*map(Inches, box))
    _fill(shape.text_frame, paragraphs, size, align, anchor)
    return shape


def number_slide(slide: Any, box: Box, size: float) -> None:
    """Write the slide's number, which follows where slides are moved."""
    from pptx.oxml import parse_xml

    shape = write(slide, box, [[("", MUTED, False)]], size, align="r")
    paragraph = shape.text_frame.paragraphs[0]._p
    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    number = f'<a:fld xmlns:a="{space}" id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
    fill = f'<a:solidFill><a:srgbClr val="{MUTED[1:]}"/></a:solidFill>'
    look = f'<a:rPr lang="en-US" sz="{round(size * 100)}">{fill}</a:rPr>'
    for run in list(paragraph.r_lst):
        paragraph.remove(run)
    end = parse_xml(f"{number}{look}<a:t>‹#›</a:t></a:fld>")
    paragraph.insert_element_before(end, "a:endParaRPr")


def rule(slide: Any, box: Box, colour: str) -> None:
    """Draw a filled box without a border: a line, or a panel."""
    from pptx.dml.color import RGBColor
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.oxml.ns import qn
    from pptx.util import Inches

    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *map(Inches, box))
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())
    shape.line.fill.background()
    shape._element.remove(shape._element.find(qn("p:style")))  # which brings a shadow
    describe(shape, "")


def describe(shape: Any, alt: str) -> None:
    """Give a graphic its text alternative; without one it is an ornament."""
    from pptx.oxml import parse_xml

    about = shape._element._nvXxPr.cNvPr
    about.set("descr", clean(alt))
    if not alt:
        space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        mark = "http://schemas.microsoft.com/office/drawing/2017/decorative"
        about.append(
            parse_xml(
                f'<a:extLst {space}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
                f'<d:decorative xmlns:d="{mark}" val="1"/></a:ext></a:extLst>'
            )
        )


def speak(slide: Any, words: Sequence[str]) -> None:
    """Write the speaker's notes."""
    slide.notes_slide.notes_text_frame.text = "\n".join(clean(line) for line in words if line)


def saved(deck: Any) -> bytes:
    """Write the deck; equal ones have equal bytes."""
    written, out = io.BytesIO(), io.BytesIO()
    deck.save(written)
    with zipfile.ZipFile(written) as found, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in found.namelist():
            made.writestr(zipfile.ZipInfo(name, ZIPPED), found.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def is_rightward(words: str) -> bool:
    """Tell whether words begin in a script that is read from right to left."""
    strong = (kind for letter in words if (kind := bidirectional(letter)) in ("L", "R", "AL"))
    return next(strong, "L") != "L"


def _place(shape: Any, box: Box) -> None:
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = map(Inches, box)


def _fill(frame: Any, paragraphs: Sequence[Sequence[Run]], size: float, align: str, anchor: str) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame._txBody.bodyPr.set("anchor", anchor)
    for at, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        turned = is_rightward("".join(words for words, *_ in runs))
        look = paragraph._p.get_or_add_pPr()
        look.set("algn", "r" if turned else align)
        if turned:
            look.set("rtl", "1")
        paragraph.line_spacing = 1.0
        for words, colour, bold in runs:
            run = paragraph.add_run()
            run.text, run.font.size, run.font.bold = clean_run(words), Pt(size), bold
            run.font.color.rgb = RGBColor.from_string(colour[1:].upper())


def clean_run(words: str) -> str:
    """Clean words that stand beside others: spaces at their ends stay."""
    return f"{' ' * words.startswith(' ')}{clean(words)}{' ' * (words.endswith(' ') and bool(words.strip()))}"


def _themes(part: Any) -> list[Any]:
    from pptx.opc.constants import RELATIONSHIP_TYPE

    return [rel.target_part for rel in part.rels.values() if rel.reltype == RELATIONSHIP_TYPE.THEME]


def _painted(theme: bytes) -> bytes:
    text = theme.decode("utf-8")
    for i, colour in enumerate(CATEGORIES, 1):
        text = re.sub(rf'(<a:accent{i}><a:srgbClr val=")\w+', rf"\g<1>{colour[1:].upper()}", text)
    return re.sub(r'(<a:latin typeface=")Calibri', rf"\g<1>{FONT}", text).encode("utf-8")
