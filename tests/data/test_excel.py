"""Excel as people and programs write it; the damaged and clean workbooks are in workbooks.py."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from pmlib import data
from pmlib.data.words import RENAMED

HEAD = '[sales]\ntitle = "Sales"\npath = "data/sales.xlsx"\norigin = "Us"\nlicence = "ours"\n'
COLUMNS = """[sales.columns]
model = { type = "text", role = "product" }
day = { type = "date" }
amount = { type = "number", nullable = true }
"""
ROWS = [["model", "day", "amount"], ["A", datetime(2020, 1, 2), 1.5], ["B", datetime(2020, 1, 3), 2]]


class Gate:
    """A root of its own, with one workbook."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir()

    def read(self, content: bytes, settings: str = "", columns: str = COLUMNS) -> data.Source:
        (self.folder / "data/sources.toml").write_text(f"{HEAD}{settings}\n{columns}", encoding="utf-8")
        (self.folder / "data/sales.xlsx").write_bytes(content)
        return data.read("sales")

    def refusal(self, content: bytes, settings: str = "", columns: str = COLUMNS) -> str:
        with pytest.raises(data.DataError) as refused:
            self.read(content, settings, columns)
        line = str(refused.value)
        assert "\n" not in line and line.startswith("data/sales.xlsx")
        return line.removeprefix("data/sales.xlsx").removeprefix(", sheet 'Sheet', ")


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    return Gate(tmp_path)


def book(change: Callable | None = None, rows: list[list] = ROWS) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if change:
        change(made, made.active)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def written(change: Callable, **options) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    change(made, made.add_worksheet("Sheet"))
    made.close()
    return out.getvalue()


def raw(rows: str, *, before: str = "", styles: str = "", prefix: str = "") -> bytes:
    """A workbook of this XML alone, as some exporters write it: no styles, no shared texts, no references."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    colon = f"{prefix}:" if prefix else ""
    space = f'xmlns{":" if prefix else ""}{prefix}="{main}"'
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Sheet" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="a" Type="{office}/worksheet" '
        'Target="/xl/worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"{before}<{colon}worksheet {space}><{colon}sheetData>{rows}"
        f"</{colon}sheetData></{colon}worksheet>",
    }
    if styles:
        parts["xl/styles.xml"] = f"<styleSheet>{styles}</styleSheet>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


TEXT = '<c t="inlineStr"><is><t>{}</t></is></c>'


def test_numbers_texts_and_dates_arrive_as_they_are(gate):
    frame = gate.read(book()).frame
    assert frame["product"].tolist() == ["A", "B"]
    assert frame["day"].dt.strftime("%Y-%m-%d").tolist() == ["2020-01-02", "2020-01-03"]
    assert frame["amount"].tolist() == [1.5, 2]


@pytest.mark.parametrize("number", [0.1, 1 / 3, 1e-7, -12.0, 123456789012345.0, 1.7e300])
def test_a_number_keeps_its_every_digit(gate, number):
    assert gate.read(book(rows=[*ROWS[:2], ["B", ROWS[1][1], number]])).frame["amount"][1] == number


@pytest.mark.parametrize("since_1904", [False, True])
@pytest.mark.parametrize("day", ["1904-01-02", "1950-02-28", "2000-02-29", "2024-12-31"])
def test_dates_are_right_in_both_calendars(gate, day, since_1904):
    def write(made, page):
        page.write_row(0, 0, ROWS[0])
        page.write(1, 0, "A")
        page.write_datetime(1, 1, datetime.fromisoformat(day), made.add_format({"num_format": "d.m.yy"}))

    frame = gate.read(written(write, date_1904=since_1904)).frame
    assert frame["day"].dt.strftime("%Y-%m-%d").tolist() == [day]


STYLES = '<numFmts><numFmt numFmtId="170" formatCode="{}"/></numFmts><cellXfs><xf numFmtId="170"/></cellXfs>'


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy\\-mm\\-dd", True),
        ("[$-409]d mmm yy;@", True),
        ("[h]:mm", True),
        ('0.0 "days"', False),
        ("#,##0.00 [$USD]", False),
        ("[Red]0.00_d", False),
        ("General", False),
        ("0.00E+00", False),
    ],
)
def test_only_a_format_of_dates_makes_a_date(gate, code, is_date):
    header = TEXT.format("model") + TEXT.format("amount")
    rows = f'<row>{header}</row><row>{TEXT.format("A")}<c s="0"><v>43831</v></c></row>'
    columns = '[sales.columns]\nmodel = { type = "text" }\namount = { type = "number" }'
    content = raw(rows, styles=STYLES.format(code.replace('"', "&quot;")))
    if is_date:
        assert "row 2, column 'amount': found '2020-01-01', formatted as a date" in gate.refusal(
            content, columns=columns
        )
    else:
        assert gate.read(content, columns=columns).frame["amount"].tolist() == [43831]


@pytest.mark.parametrize(
    ("serial", "day"), [("1", "1900-01-01"), ("59", "1900-02-28"), ("61", "1900-03-01"), ("60", None)]
)
def test_the_day_that_never_was_is_no_date(gate, serial, day):
    rows = f'<row>{TEXT.format("day")}</row><row><c s="0"><v>{serial}</v></c></row>'
    columns = '[sales.columns]\nday = { type = "date" }'
    content = raw(rows, styles=STYLES.format("yyyy-mm-dd"))
    if day is None:
        assert "a day that no calendar has" in gate.refusal(content, columns=columns)
    else:
        assert str(gate.read(content, columns=columns).frame["day"][0].date()) == day


def test_texts_in_runs_and_with_escapes_are_put_together(gate):
    cell = '<c t="inlineStr"><is><r><t>Gr</t></r><r><t>ö_x00DF_e</t></r><rPh><t>x</t></rPh></is></c>'
    rows = f"<row>{TEXT.format('size')}</row><row>{cell}</row>"
    frame = gate.read(raw(rows), columns='[sales.columns]\nsize = { type = "text" }').frame
    assert frame["size"].tolist() == ["Größe"]


def test_names_with_a_prefix_are_read_too(gate):
    rows = '<x:row><x:c t="str"><x:v>a</x:v></x:c></x:row><x:row><x:c><x:v>7</x:v></x:c></x:row>'
    columns = '[sales.columns]\na = { type = "integer" }'
    assert gate.read(raw(rows, prefix="x"), columns=columns).frame["a"].tolist() == [7]
    plain = rows.replace("x:", "").replace("<v>7", "<v>&a;")
    entity = '<!DOCTYPE x [<!ENTITY a "7">]>'
    assert "declares a DOCTYPE" in gate.refusal(raw(plain, before=entity), columns=columns)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2" t="str"><v>a</v></c></row><row r="1"><c r="A1"><v>7</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A3"><v>7</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="B2"><v>7</v></c><c r="A2"/></row>',
        '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2"><v>seven</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2" t="s"><v>5</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>a</v></c>',
    ],
)
def test_cells_that_contradict_each_other_are_damage(gate, rows):
    assert "damaged" in gate.refusal(raw(rows), columns='[sales.columns]\na = { type = "integer" }')


@pytest.mark.parametrize("place", ["-1", "99", "1.5", "x"])
def test_a_text_that_is_not_among_the_shared_ones_is_damage(gate, place):
    def change(_, page):
        page.write_column(0, 0, ["model", "A", "B"])

    good, out = zipfile.ZipFile(io.BytesIO(written(change))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in good.namelist():
            archive.writestr(name, good.read(name).replace(b"<v>2</v>", f"<v>{place}</v>".encode()))
    columns = '[sales.columns]\nmodel = { type = "text" }'
    assert gate.read(written(change), columns=columns).frame["model"].tolist() == ["A", "B"]
    assert "damaged" in gate.refusal(out.getvalue(), columns=columns)


def test_a_blank_row_and_a_remark_aside_are_no_data(gate):
    def change(_, page):
        page.insert_rows(3)
        page["F3"] = "see the note"

    assert gate.read(book(change)).frame["amount"].tolist() == [1.5, 2]


def test_space_around_a_name_is_taken_off_and_said(gate):
    rows = [[" model", "day", "amount\u00a0"], *ROWS[1:]]
    assert gate.read(book(rows=rows)).said == (RENAMED,)
    assert gate.read(book()).said == ()


def test_hidden_rows_are_read(gate):
    def change(_, page):
        page.row_dimensions[3].hidden = True

    assert len(gate.read(book(change)).frame) == 2


def test_an_error_outside_of_the_declared_columns_is_nobodys(gate):
    rows = [[*ROWS[0], "other"], [*ROWS[1], "=1/0"], [*ROWS[2], None]]
    assert len(gate.read(book(rows=rows)).frame) == 2


def test_a_footer_may_hold_what_a_row_may_not(gate):
    total = [*ROWS, ["Total", None, "=SUM(C2:C3)"]]
    assert gate.read(book(rows=total), "format = { footer = 1 }").frame["amount"].tolist() == [1.5, 2]
    assert "row 4, column 'amount': found a formula" in gate.refusal(book(rows=total))


def test_a_workbook_without_a_header_is_named_by_its_declaration(gate):
    settings = 'format = { header = ["model", "day", "amount"] }'
    assert gate.read(book(rows=ROWS[1:]), settings).frame["product"].tolist() == ["A", "B"]


def test_a_numeric_cell_needs_no_decimal_comma(gate):
    rows = [*ROWS[:2], ["B", ROWS[1][1], "2,25"]]
    settings = 'format = { decimal = ",", thousands = "." }'
    assert gate.read(book(rows=rows), settings).frame["amount"].tolist() == [1.5, 2.25]


@pytest.mark.parametrize(("kind", "means"), [("", [1, 0]), (', values = ["TRUE", "FALSE"]', [0, 1])])
def test_truths_are_a_flag(gate, kind, means):
    columns = f'[sales.columns]\nnew = {{ type = "flag"{kind} }}'
    assert gate.read(book(rows=[["new"], [True], [False]]), columns=columns).frame["new"].tolist() == means


def cell(where: str, value: object, form: str = "General") -> Callable:
    def change(_, page):
        page[where] = value
        page[where].number_format = form

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (cell("C3", "=A1"), "row 3, column 'amount': found a formula that was never worked out; open"),
        (cell("B3", 43832), "row 3, column 'day': found '43832', not a date, among cells that are; enter"),
        (
            cell("B3", "2020-01-03"),
            "row 3, column 'day': found '2020-01-03', not a date, among cells that are",
        ),
        (
            cell("B3", 2020, "yyyy-mm-dd"),
            "row 3, column 'day': found '2020, shown as 1905-07-12', a year typed",
        ),
        (
            cell("B3", 43832.5, "yyyy-mm-dd"),
            "found '2020-01-02 12:00:00', of which the column's format would",
        ),
        (cell("B3", 0.5, "hh:mm"), "row 3, column 'day': found '0.5', formatted as a time"),
        (
            cell("A3", 43832, "mmm-yy"),
            "row 3, column 'model': found '2020-01-02', formatted as a date",
        ),
        (
            cell("A3", 12345678901234567),
            "column 'model': found '12345678901234570', a number of over 15 digits",
        ),
        (cell("D3", 5), "row 3: found '5', right of the last column, under no header; move it under its"),
        (cell("XFD3", 5), "row 3: found '5', far away from the table; clear that cell"),
        (cell("A300000", "x"), "row 300000: found 'x', far away from the table; clear that cell"),
        (
            lambda _, page: page.merge_cells("A2:A3"),
            "row 2, column 'model': found 'A2:A3', merged cells, of which only the first holds a value",
        ),
    ],
)
def test_a_wrong_cell_is_named_with_its_remedy(gate, change, says):
    assert says in gate.refusal(book(change))


def test_a_percentage_is_a_fraction_and_cannot_be_stripped(gate):
    content = book(cell("C3", 0.25, "0.0%"))
    assert gate.read(content).frame["amount"].tolist() == [1.5, 0.25]
    columns = COLUMNS.replace("nullable", 'strip = ["%"], scale = 0.01, nullable')
    assert "column 'amount': found '0.25', a fraction shown in percent; remove" in gate.refusal(
        content, "", columns
    )


def test_formulas_that_a_program_wrote_and_nobody_worked_out_are_refused(gate):
    def write(made, page, result=0):
        for number, row in enumerate(ROWS):
            page.write_row(number, 0, [row[0], row[1] if number == 0 else "2020-01-02"])
            page.write_formula(number, 2, "=1+1", None, result) if number else page.write(0, 2, "amount")

    line = gate.refusal(written(write))
    assert "row 2, column 'amount': found '0', the result of a formula that nobody worked out" in line
    assert "(and 1 more); open the file in Excel and save it" in line
    assert gate.read(written(lambda made, page: write(made, page, 2))).frame["amount"].tolist() == [2, 2]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            "",
            " has 2 sheets with data: 'Sheet', 'Notes'; say which in data/sources.toml, as in",
        ),
        (
            'format = { sheet = "sheet" }',
            " has no sheet 'sheet'; did you mean 'Sheet'? It has 'Sheet'",
        ),
    ],
)
def test_the_sheet_is_never_guessed(gate, settings, says):
    def change(made, _):
        made.create_sheet("Notes")["A1"] = "from our shop"

    assert says in gate.refusal(book(change), settings)
    assert len(gate.read(book(change), 'format = { sheet = "Sheet" }').frame) == 2


def test_a_hidden_sheet_is_read_only_when_named(gate):
    def change(made, page):
        page.sheet_state = "hidden"
        made.create_sheet("Front")

    assert " has data on hidden sheets only: 'Sheet'; say which" in gate.refusal(book(change))
    assert len(gate.read(book(change), 'format = { sheet = "Sheet" }').frame) == 2


def test_title_rows_are_found(gate):
    rows = [["Sales of 2020"], ["in dollars"], *ROWS]
    assert (
        "the header stands in row 3, not in row 1; say so in data/sources.toml, as in format = { skip = 2 }"
        in (gate.refusal(book(rows=rows)))
    )
    assert len(gate.read(book(rows=rows), "format = { skip = 2 }").frame) == 2


def test_older_workbooks_are_refused(gate):
    assert "is an older workbook (.xls)" in gate.refusal(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2048))
