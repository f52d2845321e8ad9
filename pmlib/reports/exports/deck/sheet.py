"""The workbook behind a chart that can be edited, and the references of the chart to it."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pmlib.reports.exports.deck.fits import clean
from pmlib.reports.exports.deck.xml import C, Node, number, val
from pmlib.reports.workbook import FIXED

EXACT = 9  # decimals: what subtraction leaves behind them is not the data's
EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet


class Sheet:
    """Columns, each given once, as what draws them refers to them."""

    def __init__(self) -> None:
        self.columns: list[tuple[str, list[Any], str]] = []

    def head(self) -> Node:
        """Refer to the head of the newest column."""
        words = self.columns[-1][0]
        cell = f"Data!${self._letters}$1"
        return C.tx(C.strRef(C.f(cell), C.strCache(val("ptCount", 1), C.pt(C.v(words), idx="0"))))

    def numbers(self, head: str, values: Sequence[float | None], form: str = "General") -> Node:
        """Add a column of numbers, some of them missing."""
        values = [value if value is None else round(value, EXACT) for value in values]
        self.columns.append((clean(head), values, form))
        points = [C.pt(C.v(number(v)), idx=str(i)) for i, v in enumerate(values) if v is not None]
        return C.numRef(
            C.f(self._cells), C.numCache(C.formatCode(form), val("ptCount", len(values)), *points)
        )

    def words(self, head: str, values: Sequence[str]) -> Node:
        """Add a column of words."""
        texts = [clean(words) for words in values]
        self.columns.append((clean(head), texts, ""))
        points = [C.pt(C.v(words), idx=str(i)) for i, words in enumerate(texts)]
        return C.strRef(C.f(self._cells), C.strCache(val("ptCount", len(texts)), *points))

    def days(self, head: str, values: Sequence[str], form: str) -> Node:
        """Add a column of dates, given as ISO text."""
        return self.numbers(head, [(date.fromisoformat(day) - EPOCH).days for day in values], form)

    def xlsx(self) -> bytes:
        """Write the workbook; no text in it is a formula."""
        import xlsxwriter

        buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(buffer, options) as book:
            book.set_properties({"created": datetime(FIXED.year, FIXED.month, FIXED.day)})
            sheet = book.add_worksheet("Data")
            text = book.add_format({"quote_prefix": True})
            for at, (head, values, form) in enumerate(self.columns):
                sheet.write_string(0, at, head, text)
                style = book.add_format({"num_format": form}) if form else text
                for row, value in enumerate(values, 1):
                    if isinstance(value, str):
                        sheet.write_string(row, at, value, text)
                    elif value is not None:
                        sheet.write_number(row, at, value, style)
        return buffer.getvalue()

    @property
    def _letters(self) -> str:
        at, letters = len(self.columns), ""
        while at:
            at, rest = divmod(at - 1, 26)
            letters = chr(65 + rest) + letters
        return letters

    @property
    def _cells(self) -> str:
        return f"Data!${self._letters}$2:${self._letters}${len(self.columns[-1][1]) + 1}"
