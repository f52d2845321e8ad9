"""A table on a slide: the page's own texts, only horizontal rules, numbers right-aligned and never cut."""

from collections.abc import Sequence
from typing import Any

from pmlib.chart.theme import INK, MUTED, RULE
from pmlib.reports.exports.deck.fits import clean, cut, lines, measure
from pmlib.reports.exports.deck.paper import Run, _fill, describe

ROWS, WIDTH = 8, 6  # at most on a slide
SIZES = (11.0, 10.0, 9.0)
LONGEST = 3.2  # inches that a column of words takes without being broken, where there is room
TALL = 1.26  # of the size of letters: a line in a cell, which programs make higher than elsewhere
SIDE, ABOVE = 0.07, 0.04  # inches around the words of a cell
BROKEN, HEAD = 3, 5  # lines of a cell of words, and of a head
PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's style without lines and colours


class Grid:
    """What a table shows, and how wide and high it is at the largest size that fits into a room."""

    def __init__(self, table: dict[str, Any], room: float, high: float) -> None:
        cells = [row[:WIDTH] for row in table["cells"][:ROWS]]
        self.heads = [clean(head) for head in table["heads"][:WIDTH]]
        self.cells = [[clean(cell) for cell in row] for row in cells]
        self.right = [isinstance(form, int) for form in table["forms"][:WIDTH]]
        self.more, self.narrowed = table["rows"] - len(cells), False
        for self.size in SIZES:
            self.widths = self._widths(room)
            if sum(self.widths) <= room + 1e-6 and self.height <= high:
                return
        while len(self.heads) > 1 and sum(self.widths) > room:
            self.heads.pop()
            self.cells = [row[:-1] for row in self.cells]
            self.narrowed, self.widths = True, self._widths(room)
        while len(self.cells) > 1 and self.height > high:
            self.cells.pop()
            self.more += 1

    @property
    def width(self) -> float:
        """Its width, in inches."""
        return sum(self.widths)

    @property
    def heights(self) -> list[float]:
        """The height of each row, in inches, its head first."""
        tall = [HEAD, *([BROKEN] * len(self.cells))]
        rows = []
        for row, most, bold in zip(
            [self.heads, *self.cells], tall, [True] + [False] * len(self.cells), strict=True
        ):
            broken = [
                min(most, len(lines(cell, self.size, width - 2 * SIDE, bold)))
                for cell, width in zip(row, self.widths, strict=True)
            ]
            rows.append(max(broken, default=1) * self.size * TALL / 72 + 2 * ABOVE)
        return rows

    @property
    def height(self) -> float:
        """Its height, in inches."""
        return sum(self.heights)

    def _widths(self, room: float) -> list[float]:
        """Give numbers what they need, and words what is left, each at least its longest word."""
        least, most = [], []
        for at, head in enumerate(self.heads):
            column = [row[at] for row in self.cells]
            heads = max((min(1.4, measure(word, self.size, bold=True)) for word in head.split()), default=0.3)
            whole = max((measure(cell, self.size) for cell in column), default=0.3)
            need = max(
                heads, whole if self.right[at] else max((self._least(cell) for cell in column), default=0.3)
            )
            least.append(need + 2 * SIDE + 0.02)
            wide = max(
                measure(head, self.size, bold=True) / 2, 0.0 if self.right[at] else min(whole, LONGEST)
            )
            most.append(max(least[-1], wide + 2 * SIDE + 0.02))
        free = room - sum(least)
        wanted = [b - a for a, b in zip(least, most, strict=True)]
        share = min(1.0, max(0.0, free) / (sum(wanted) or 1.0))
        return [a + share * want for a, want in zip(least, wanted, strict=True)]

    def _least(self, cell: str) -> float:
        """Tell what a cell of words needs: its longest word; where it holds numbers all, in two lines."""
        longest = max((measure(word, self.size) for word in cell.split()), default=0.0)
        figures = any(letter.isdigit() for letter in cell)
        return min(LONGEST, max(longest, measure(cell, self.size) * 0.56)) if figures else min(1.4, longest)


def draw(slide: Any, grid: Grid, left: float, top: float, title: str) -> None:
    """Draw a table."""
    from pptx.util import Inches

    box = map(Inches, (left, top, grid.width, grid.height))
    shape = slide.shapes.add_table(len(grid.cells) + 1, len(grid.heads), *box)
    describe(shape, title)
    table = shape.table
    table._tbl.tblPr.find(_tag("tableStyleId")).text = PLAIN
    table.horz_banding = False
    table.first_col = True
    for column, width in zip(table.columns, grid.widths, strict=True):
        column.width = Inches(width)
    for at, height in enumerate(grid.heights):
        table.rows[at].height = Inches(height)
        head = at == 0
        for column, words in enumerate(grid.heads if head else grid.cells[at - 1]):
            room = grid.widths[column] - 2 * SIDE
            shown = words
            if head or not grid.right[column]:
                shown = cut(words, grid.size, room, HEAD if head else BROKEN, bold=head)
            align = "r" if grid.right[column] else "l"
            run = (shown, MUTED if head else INK, head)
            _cell(table.cell(at, column), [[run]], grid.size, align, INK if head else RULE)


def _cell(cell: Any, words: Sequence[Sequence[Run]], size: float, align: str, below: str) -> None:
    from pptx.oxml import parse_xml
    from pptx.util import Inches

    _fill(cell.text_frame, words, size, align, "t")
    look = cell._tc.get_or_add_tcPr()
    look.set("anchor", "b" if below == INK else "ctr")
    for side in ("marL", "marR"):
        look.set(side, str(Inches(SIDE)))
    for side in ("marT", "marB"):
        look.set(side, str(Inches(ABOVE)))
    width = 12_700 if below == INK else 6_350
    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    fill = f'<a:solidFill><a:srgbClr val="{below[1:]}"/></a:solidFill>'
    look.append(parse_xml(f'<a:lnB {space} w="{width}">{fill}</a:lnB>'))


def _tag(name: str) -> str:
    from pptx.oxml.ns import qn

    return str(qn(f"a:{name}"))
