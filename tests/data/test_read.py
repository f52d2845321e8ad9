"""The data gate: what passes is as declared, what does not is refused in one line."""

import csv
import gzip
import hashlib
import json
import math
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmlib import data
from pmlib.table import Column

HERE = Path(__file__).parents[2]
GOOD = b"Product,Firm,Year,List price\nA1,Acme,1990,12.5\nB2,Bolt,1990,9\n"
HEAD = 'title = "Sales"\npath = "data/sales.csv"\norigin = "Us"\nlicence = "ours"\n'
COLUMNS = """
key = ["Year", "Product"]
[sales.columns]
Product = { type = "text", role = "product", label = "Model" }
Firm = { type = "category", role = "firm", values = ["Acme", "Bolt"] }
Year = { type = "year", role = "period" }
"List price" = { type = "number", role = "price", unit = "$k", range = [0, 100] }
"""
ALLOWED = (
    "'type', 'role', 'label', 'unit', 'digits', 'better', 'range', 'values', 'nullable', "
    "'scale', 'of', 'unless', 'format', 'zone', 'strip', 'parentheses', 'accept', 'jumps', 'future', 'guess'"
)


class Gate:
    """A root of its own, with one table."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir(exist_ok=True)

    def read(self, content: bytes | None = GOOD, *, head: str = HEAD, columns: str = COLUMNS) -> data.Source:
        (self.folder / "data" / "sources.toml").write_text(f"[sales]\n{head}{columns}", encoding="utf-8")
        if content is not None:
            (self.folder / "data" / "sales.csv").write_bytes(content)
        return data.read("sales")

    def refusal(self, *args, **kwargs) -> str:
        with pytest.raises(data.DataError) as refused:
            self.read(*args, **kwargs)
        line = str(refused.value)
        assert "\n" not in line
        return line


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    return Gate(tmp_path)


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PMLIB_ROOT", str(HERE))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)


# What a good table becomes


def test_columns_are_called_by_their_roles(gate):
    source = gate.read()
    assert list(source.frame) == ["product", "firm", "period", "price", "name"]
    assert source.frame["period"].dt.strftime("%Y-%m-%d").tolist() == ["1990-01-01", "1990-01-01"]
    assert source.frame["price"].tolist() == [12.5, 9.0]
    assert source.columns["price"] == Column("List price", "$k")
    assert source.columns["name"] == source.columns["product"] == Column("Model")
    assert source.line == "Sales: Us"
    assert source.fingerprint == data.Fingerprint(hashlib.sha256(GOOD).hexdigest(), 2, "1990")
    assert source.has("firm", "price") and not source.has("firm", "units")
    assert source.lacks("price", "units", "attribute") == ["units", "attribute"]


def test_one_byte_makes_another_fingerprint(gate):
    before = gate.read().fingerprint
    assert gate.read(GOOD.replace(b"12.5", b"12.6")).fingerprint.sha256 != before.sha256


def test_labels_that_look_like_missing_values_stay_labels(gate):
    columns = '[sales.columns]\nx = { type = "text" }\ny = { type = "text", nullable = true }'
    frame = gate.read(b"x,y\nNA,None\nnull,\nNaN,nan\n", columns=columns).frame
    assert frame["x"].tolist() == ["NA", "null", "NaN"]
    assert frame["y"].isna().tolist() == [False, True, False]


def test_a_declared_text_is_missing(gate):
    columns = 'na = ["n.a.", "-"]\n[sales.columns]\nx = { type = "integer", nullable = true }'
    values = gate.read(b"x\nn.a.\n3\n-\n", columns=columns).frame["x"]
    assert values.tolist() == pytest.approx([math.nan, 3, math.nan], nan_ok=True)


def test_flags_dates_and_ordered_labels(gate):
    columns = """[sales.columns]
        new = { type = "flag", values = ["no", "yes"] }
        day = { type = "date", format = "%d/%m/%Y" }
        size = { type = "category", role = "attribute", values = ["S", "L"], better = "higher" }"""
    source = gate.read(b"new,day,size\nyes,31/01/2020,L\nno,01/02/2020,S\n", columns=columns)
    assert source.frame["new"].tolist() == [1, 0]
    assert source.frame["day"].dt.month.tolist() == [1, 2]
    assert source.frame["size"].cat.codes.tolist() == [1, 0] and source.frame["size"].cat.ordered
    assert source.attributes == ("size",)
    assert source.columns["size"].better == "higher"


def test_a_name_is_joined_from_its_columns(gate):
    columns = """[sales.columns]
        make = { type = "text", role = "name" }
        model = { type = "text", role = "name", nullable = true }
        code = { type = "text", role = "name" }"""
    frame = gate.read(b"make,model,code\nFord,Taurus,T1\nFord,,T2\n", columns=columns).frame
    assert frame["name"].tolist() == ["Ford Taurus T1", "Ford T2"]


def test_harmless_forms_pass(gate):
    plain = gate.read().frame
    dos = b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n").replace(b"12.5", b" 12.5 ") + b"\r\n\r\n"
    pd.testing.assert_frame_equal(gate.read(dos).frame, plain)
    (gate.folder / "data" / "sales.csv.gz").write_bytes(gzip.compress(GOOD))
    pd.testing.assert_frame_equal(gate.read(head=HEAD.replace("sales.csv", "sales.csv.gz")).frame, plain)


TEXTS = st.text("abcäéß漢0123456789 ,;'\"#=-\n", min_size=1, max_size=8).filter(lambda t: t == t.strip())
ROWS = st.lists(
    st.tuples(
        TEXTS,
        st.floats(allow_nan=False, allow_infinity=False),
        st.integers(-(10**15) + 1, 10**15 - 1),
        st.booleans(),
        st.dates(date(1000, 1, 1)),
        st.none() | TEXTS,
    ),
    min_size=1,
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(rows=ROWS)
def test_any_declared_table_reads_back_as_written(gate, rows):
    frame = pd.DataFrame(rows, columns=["t.1", "number", "whole", "flag", "day", "note"])
    columns = """shrink = 1.0
        [sales.columns]
        "t.1" = { type = "text" }
        number = { type = "number", jumps = true }
        whole = { type = "integer", jumps = true }
        flag = { type = "flag", values = ["False", "True"] }
        day = { type = "date", future = true }
        note = { type = "text", nullable = true }"""
    read = gate.read(frame.to_csv(index=False, quoting=csv.QUOTE_ALL).encode(), columns=columns).frame
    assert list(read) == list(frame)
    for name in ("t.1", "number", "whole", "flag"):
        assert read[name].tolist() == frame[name].tolist()
    assert read["day"].dt.date.tolist() == frame["day"].tolist()
    assert read["note"].fillna("").tolist() == frame["note"].fillna("").tolist()


# What a damaged table says


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            GOOD.replace(b"Firm", b"Frim"),
            "row 1: column 'Firm' is missing; did you mean 'Frim'? The header has 'Product', 'Frim', 'Year', "
            "'List price'; correct it, or columns in data/sources.toml",
        ),
        (
            GOOD.replace(b"Firm", b"Year"),
            "row 1: column 'Year' stands there twice; rename or remove one",
        ),
        (
            GOOD.replace(b"12.5", b'"1,200"').replace(b",9\n", b",$9\n"),
            "row 2, column 'List price': found '1,200', not a number (and 1 more); write it without commas, "
            'or set format = { thousands = "," }, or "decimal" if the comma is the decimal point in '
            "data/sources.toml",
        ),
        (
            GOOD.replace(b"12.5", b"inf"),
            "row 2, column 'List price': found 'inf', not a finite number; correct it",
        ),
        (
            GOOD.replace(b",9\n", ",１２\n".encode()),
            "row 3, column 'List price': found '１２', not a number; "
            "write it in plain digits, without hidden or full-width characters",
        ),
        (
            GOOD.replace(b",9\n", b",1e999\n"),
            "row 3, column 'List price': found '1e999', not a finite number; correct it",
        ),
        (
            GOOD.replace(b",9\n", b",-9\n"),
            "row 3, column 'List price': found '-9', below 0; correct it, or range in data/sources.toml",
        ),
        (
            GOOD.replace(b",9\n", b",9000\n"),
            "row 3, column 'List price': found '9000', above 100; correct it, or range in data/sources.toml",
        ),
        (
            GOOD.replace(b",9\n", b",\n"),
            "row 3, column 'List price': found '', a missing value; "
            "fill it, or allow it with nullable = true in data/sources.toml",
        ),
        (
            GOOD.replace(b"Bolt", b"bolt"),
            "row 3, column 'Firm': found 'bolt', not one of 'Acme', 'Bolt'; "
            "correct it, or values in data/sources.toml",
        ),
        (
            GOOD.replace(b"A1,Acme,1990", b"A1,Acme,90"),
            "row 2, column 'Year': found '90', not a year; write four digits, as in 1990",
        ),
        (
            GOOD + b"A1,Bolt,1990,3\nA1,Bolt,1990,3\n",
            "rows 2 and 4: the same Year and Product ('1990', 'A1') (and 1 more); "
            "keep one row, or correct key in data/sources.toml",
        ),
        (
            GOOD + b"C3,Acme\nD4\n",
            "row 4: 2 cells where the header has 4 (and 1 more); complete it, or leave out what stands below "
            "the table: format = { footer = 2 } in data/sources.toml",
        ),
        (
            GOOD + b"C3,Acme,1990,1,200\n",
            "row 4: 5 cells where the header has 4; remove a cell, or quote text that holds a comma",
        ),
        (
            b'Product,Firm,Year,List price\n"A\n1",Acme,1990,1\n\nB2,Bolt,1990,x\n',
            "row 5 (4 in a spreadsheet), column 'List price': found 'x', not a number; "
            "write digits and a decimal point only, as in 1234.5",
        ),
        (
            GOOD.replace(b"B2", b"B\xff"),
            "row 3: found b'\\xff', not UTF-8; "
            'save the file as UTF-8, or set format = { encoding = "cp1252" } in data/sources.toml',
        ),
    ],
)
def test_a_damaged_table_is_refused_by_row_and_column(gate, content, line):
    assert gate.refusal(content) == f"data/sales.csv, {line}"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "data/sales.csv: the file is empty; put a header and rows in it"),
        (
            b"Product,Firm,Year,List price\n",
            "data/sales.csv: there is a header but no row; export the table again",
        ),
        (
            GOOD + b'"C3,Acme,1990,3\n',
            "data/sales.csv, row 4: a quote opens here and is never closed; close or remove it",
        ),
        (
            None,
            "data/sales.csv is not there; put the file in data/, "
            "or correct path of [sales] in data/sources.toml",
        ),
    ],
)
def test_a_damaged_file_is_refused_by_name(gate, content, line):
    assert gate.refusal(content) == line


def test_a_key_of_labels_names_both_rows(gate):
    columns = 'key = ["x", "y"]\n[sales.columns]\nx = { type = "category" }\ny = { type = "integer" }'
    line = gate.refusal(b"x,y\na,1\nb,7\na,7\nb,+7\n", columns=columns)
    assert line == (
        "data/sales.csv, rows 3 and 5: the same x and y ('b', '+7'); "
        "keep one row, or correct key in data/sources.toml"
    )


def test_integers_do_not_lose_digits(gate):
    columns = '[sales.columns]\nx = { type = "integer" }'
    says = (
        "not a whole number of at most 15 digits; "
        "write digits only, as in 1234, or declare it as number or text"
    )
    for cell in ("1.5", "1234567890123456"):
        line = gate.refusal(f"x\n{cell}\n".encode(), columns=columns)
        assert line == f"data/sales.csv, row 2, column 'x': found '{cell}', {says}"


def test_a_date_in_another_order_is_refused(gate):
    columns = '[sales.columns]\nday = { type = "date", format = "%d/%m/%Y" }'
    line = gate.refusal(b"day\n31/12/2020\n12/31/2020\n", columns=columns)
    assert line == (
        "data/sales.csv, row 3, column 'day': found '12/31/2020', not a date; "
        'if all dates are written so, set format = "%m/%d/%Y" in data/sources.toml'
    )


def test_a_table_that_is_not_gzip_is_refused(gate):
    (gate.folder / "data" / "sales.csv.gz").write_bytes(GOOD)
    line = gate.refusal(head=HEAD.replace("sales.csv", "sales.csv.gz"))
    assert line == "data/sales.csv.gz is damaged or not gzip; fetch the file again"


@pytest.mark.parametrize("path", ["../sales.csv", "data/../../sales.csv", "/etc/hostname"])
def test_a_path_may_not_leave_the_project(gate, path):
    line = gate.refusal(head=HEAD.replace("data/sales.csv", path))
    assert line == (
        f"{path} leads out of the project; put the file in data/, "
        "or correct path of [sales] in data/sources.toml"
    )


def test_an_unknown_table_is_refused(shipped):
    with pytest.raises(data.DataError) as refused:
        data.read("us_car")
    assert str(refused.value) == (
        "data/sources.toml has no table [us_car]; did you mean 'us_cars'? "
        "It has 'us_cars', 'cars_1993', 'us_cars_demand', 'ketchup', 'cameras', 'us_cpi' (and 18 more)"
    )


# What a wrong declaration says


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (
            'a = { type = "number", unti = "x" }',
            f", column 'a': 'unti' is not a setting; did you mean 'unit'? It may be {ALLOWED}",
        ),
        (
            'a = { type = "numbr" }',
            ", column 'a': type is 'numbr'; did you mean 'number'? It may be 'text', 'number', 'integer', "
            "'flag', 'year', 'date', 'category'",
        ),
        ('a = { label = "x" }', ", column 'a': 'type' is missing; add it"),
        ('a = "number"', ", column 'a': 'number' is not a table of settings, such as { type = \"text\" }"),
        (
            'a = { type = "text", role = "price" }',
            ", column 'a': role 'price' needs type 'number' or 'integer', not 'text'",
        ),
        (
            'a = { type = "number", digits = "2" }',
            ", column 'a': digits = '2': input should be a valid integer",
        ),
        (
            'a = { type = "number", range = [3, 1] }',
            ", column 'a': range starts above its end: [3.0, 1.0]; swap them",
        ),
        (
            'a = { type = "date", format = "%Q" }',
            ", column 'a': format '%Q' is no date's; write one such as '%d.%m.%Y'",
        ),
        (
            'a = { type = "number", role = "price" }\nb = { type = "number", role = "price" }',
            ": columns 'a' and 'b' both have role 'price'; keep one",
        ),
        (
            'price = { type = "number" }',
            ": 'price' is a role; give that column role = 'price' or leave it out",
        ),
    ],
)
def test_a_wrong_declaration_is_refused(gate, columns, line):
    assert gate.refusal(columns=f"[sales.columns]\n{columns}") == f"data/sources.toml, [sales]{line}"


def test_a_key_must_be_declared(gate):
    line = gate.refusal(columns=COLUMNS.replace('["Year"', '["Yaer"'))
    assert line == (
        "data/sources.toml, [sales]: key names 'Yaer', not a declared column; "
        "did you mean 'Year'? They are 'Product', 'Firm', 'Year', 'List price'"
    )


# A window of years, an analyst's own frame


def test_a_window_keeps_whole_years(shipped):
    cars = data.read("us_cars")
    years = cars.window(1980, 1985).frame["period"].dt.year
    assert (years.min(), years.max()) == (1980, 1985)
    assert cars.window().frame is cars.frame
    assert cars.window(last=1971).frame["period"].dt.year.unique().tolist() == [1971]
    with pytest.raises(data.DataError) as refused:
        cars.window(first=1995)
    assert str(refused.value) == "us_cars has no rows from 1995 to the end; it has 1971 to 1990"


def test_an_own_frame_stays_as_it_is():
    frame = pd.DataFrame(
        {"who": ["A", "B"], "when": [1990, 1991], "usd": [1.0, 2.0], "hp": [90, 80]}, index=[5, 7]
    )
    before = frame.copy()
    source = data.source(
        frame,
        "own",
        firm="who",
        period="when",
        price="usd",
        attributes=["hp"],
        columns={"usd": Column("Price", "$")},
    )
    pd.testing.assert_frame_equal(frame, before)
    assert list(source.frame) == ["firm", "period", "price", "hp"]
    assert source.frame["period"].dt.year.tolist() == [1990, 1991]
    assert source.columns["price"] == Column("Price", "$")
    source.frame.loc[0, "price"] = 9.0
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("periods", "first"),
    [
        ([2001.0, 2002.0], "2001-01-01"),
        (["2001", "2002"], "2001-01-01"),
        (pd.period_range("2001Q2", periods=2, freq="Q"), "2001-04-01"),
        (pd.period_range("2001-05", periods=2, freq="M"), "2001-05-01"),
    ],
)
def test_years_may_be_floats_and_periods_pandas_own(periods, first):
    own = data.source(pd.DataFrame({"when": periods, "units": [1.0, 2.0]}), period="when")
    assert own.frame["period"][0] == pd.Timestamp(first) and own.frame["period"].is_monotonic_increasing


def test_half_a_year_is_no_year():
    with pytest.raises(data.DataError, match=r"row 0: period is 2001\.5; give dates"):
        data.source(pd.DataFrame({"when": [2001.5, 2002.0]}), period="when")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"price": "cost"}, "own has no column 'cost'; did you mean 'costs'? It has 'costs', 'when'"),
        (
            {"prise": "costs"},
            "own: 'prise' is not a role; did you mean 'price'? It may be 'product', 'name', 'firm', "
            "'period', 'units', 'share', 'revenue', 'price', 'cost', 'chooser', 'occasion', 'chosen', "
            "'available', 'won', 'reason', 'topic', 'claim', 'place', 'confidence', 'market' (and 32 more)",
        ),
        (
            {"firm": "when", "product": "when"},
            "own: two roles are given to one column; copy it for the second",
        ),
        (
            {"period": "when"},
            "own, row 1: period is 'soon'; give dates (pandas.to_datetime makes them), or years as whole "
            "numbers",
        ),
        (
            {"price": "costs", "attributes": ["costs"]},
            "own: 'costs' is the price; an attribute is another column",
        ),
        ({"attributes": "costs"}, 'own: attributes is the text "costs"; write a list of columns: ["costs"]'),
    ],
)
def test_an_own_frame_is_checked(arguments, line):
    frame = pd.DataFrame({"costs": [1.0, 2.0], "when": ["1990", "soon"]})
    with pytest.raises(data.DataError) as refused:
        data.source(frame, "own", **arguments)
    assert str(refused.value) == line


# What the press is told, and what other reports published


def test_what_was_opened_is_recorded(gate, monkeypatch):
    monkeypatch.setenv("PMLIB_RUN_DIR", str(gate.folder))
    gate.read()
    gate.read()
    lines = (gate.folder / "inputs.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == 2 * [
        {
            "name": "sales",
            "path": "data/sales.csv",
            "sha256": hashlib.sha256(GOOD).hexdigest(),
            "rows": 2,
            "newest": "1990",
        }
    ]


def publish_som(gate: Gate) -> None:
    folder = gate.folder / "reports" / "published" / "sizing"
    folder.mkdir(parents=True)
    numbers = [{"name": "som", "label": "obtainable", "value": 3.0, "low": 2.0, "high": 4.0, "level": 0.8}]
    (folder / "numbers.json").write_text(json.dumps({"numbers": numbers}))


def test_a_published_number_is_read_and_recorded(gate, monkeypatch):
    monkeypatch.setenv("PMLIB_RUN_DIR", str(gate.folder))
    publish_som(gate)
    som = data.number("sizing/som")
    assert (som.value, som.low, som.high, som.level) == (3.0, 2.0, 4.0, 0.8)
    opened = json.loads((gate.folder / "inputs.jsonl").read_text())
    assert (opened["name"], opened["path"]) == ("sizing/som", "reports/published/sizing/numbers.json")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("sizing/sam", "sizing/numbers.json has no number 'sam'; did you mean 'som'? It has 'som'"),
        ("impact/som", "impact/numbers.json is not there; publish that report first: pmlib run impact"),
        (
            "../x/som",
            "../x/numbers.json leads out of reports/published; publish that report first: pmlib run ..",
        ),
    ],
)
def test_a_number_that_is_not_published_is_refused(gate, name, line):
    publish_som(gate)
    with pytest.raises(data.DataError) as refused:
        data.number(name)
    assert str(refused.value) == f"reports/published/{line}"


def test_a_number_is_named_with_its_report(gate):
    with pytest.raises(data.DataError) as refused:
        data.number("som")
    assert str(refused.value) == "'som' names no report; write it as \"report/number\""


# The shipped tables


def test_us_cars(shipped):
    cars = data.read("us_cars")
    assert len(cars.frame) == 2217 and cars.fingerprint.newest == "1990"
    assert cars.frame["product"].is_unique and cars.frame["firm"].nunique() == 26
    inside = cars.frame.groupby("period")["share"].sum()
    assert len(inside) == 20 and inside.between(0.08, 0.13).all()
    assert cars.has("product", "firm", "period", "share", "price", "name", "attribute")
    assert cars.attributes == ("hp_per_weight", "air", "mpg_tens", "space")
    assert cars.frame["name"].iloc[0] == "AMC AMGREM71"
    assert "Honda Accord" in set(cars.frame["name"])


def test_cars_1993(shipped):
    cars = data.read("cars_1993")
    assert len(cars.frame) == 93 and cars.frame["product"].is_unique and cars.fingerprint.newest == ""
    assert cars.lacks("firm", "price", "attribute", "period", "units", "share") == [
        "period",
        "units",
        "share",
    ]
    assert cars.frame["AirBags"].value_counts().to_dict() == {
        "Driver only": 43,
        "No airbag": 34,
        "Driver & Passenger": 16,
    }
    assert cars.frame["Origin"].value_counts().to_dict() == {"USA": 48, "non-USA": 45}
    assert cars.frame["Man.trans.avail"].sum() == 61
    assert cars.frame["Rear.seat.room"].isna().sum() == 2
    with pytest.raises(data.DataError) as refused:
        cars.window(1990, 1995)
    assert str(refused.value) == (
        "cars_1993 has no period column, so no years to choose; leave the window open"
    )


def test_us_cars_demand_is_us_cars_with_instruments(shipped):
    market, demand = data.read("us_cars"), data.read("us_cars_demand")
    assert market.instruments == () and len(demand.instruments) == 8
    cars, with_more = (
        one.frame.sort_values(["period", "product"], ignore_index=True) for one in (market, demand)
    )
    pd.testing.assert_frame_equal(with_more[list(cars)], cars)
    for first, of_firm in ((0, True), (4, False)):  # counted and added up anew from the cars themselves
        each = {0: 1.0, 1: cars["hp_per_weight"], 2: cars["air"]}
        for number, value in each.items():
            values = cars.assign(value=value)
            firm = values.groupby(["period", "firm_id"])["value"].transform("sum")
            year = values.groupby("period")["value"].transform("sum")
            expected = firm - values["value"] if of_firm else year - firm
            found = with_more[f"demand_instruments{first + number}"]
            assert found.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-6, abs=1e-6)


def test_ketchup(shipped):
    ketchup = data.read("ketchup")
    frame = ketchup.frame
    assert len(frame) == 11192 and frame["occasion"].nunique() == 2798 and frame["chooser"].nunique() == 300
    assert (frame.groupby(["chooser", "occasion"])["chosen"].sum() == 1).all()
    bought = frame[frame["chosen"] == 1]["product"].value_counts()
    assert bought.to_dict() == {
        "Heinz 32 oz": 1458,
        "Heinz 28 oz": 851,
        "Hunt's 32 oz": 307,
        "Heinz 41 oz": 182,
    }
    assert frame.groupby("firm")["product"].unique().map(len).to_dict() == {"Heinz": 3, "Hunt's": 1}
    assert ketchup.attributes == ("feature", "display") and ketchup.columns["price"].unit == "cents/oz"


def test_cameras(shipped):
    cameras = data.read("cameras")
    frame = cameras.frame
    assert len(frame) == 26560 and cameras.lacks("chooser", "occasion", "firm", "chosen", "product") == [
        "product"
    ]
    tasks = frame.groupby(["chooser", "occasion"])
    assert len(tasks) == 332 * 16 and (tasks["chosen"].sum() == 1).all() and (tasks.size() == 5).all()
    none = frame["firm"] == "none"
    assert (none == (frame["alt"] == 5)).all() and (frame.loc[none, "price"] == 0).all()
    assert sorted(frame.loc[~none, "price"].unique()) == pytest.approx([79, 129, 179, 229, 279])
    assert cameras.attributes == ("pixels", "zoom", "video", "swivel", "wifi")


def test_what_is_shipped_is_compressed_the_same_each_time():
    for file in (HERE / "data").glob("*.gz"):
        head = file.read_bytes()[:10]  # flags (no name), then four bytes of time
        assert (head[3], head[4:8]) == (0, bytes(4)), file.name


def test_a_number_is_read_in_the_unit_that_people_use(gate):
    columns = '[sales.columns]\nmpg = { type = "number", scale = 10.0, range = [0, 5] }'
    assert gate.read(b"mpg\n2.5\n", columns=columns).frame["mpg"].tolist() == [25.0]


def test_a_code_is_left_out_of_a_name_that_says_enough(shipped):
    names = set(data.read("us_cars").frame["name"])
    assert {"Honda Accord", "Honda HDPREL83"} <= names


@pytest.mark.parametrize(
    ("firm", "said"),
    [
        (b"Bolt ", "row 3, column 'Firm': found 'Bolt ', with space around it, which makes it another label"),
        (b"  ", "row 3, column 'Firm': found '  ', a missing value"),
    ],
)
def test_a_label_with_space_around_it_is_refused(gate, firm, said):
    assert said in gate.refusal(GOOD.replace(b"Bolt", firm))


def test_without_a_declared_key_a_product_stands_once_a_period(gate):
    twice = GOOD + GOOD.splitlines(keepends=True)[-1]
    line = gate.refusal(twice, columns=COLUMNS.replace('key = ["Year", "Product"]', ""))
    assert "rows 3 and 4: the same Product and Firm and Year" in line


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"units": ["5", "6"]}, "made_up: units holds str, not numbers; convert it first"),
        (
            {"power": [float("inf"), 1.0]},
            "made_up, row 0: power is infinite; correct it, or leave it missing",
        ),
        ({"product": ["x", "x"]}, "made_up, row 1: a second row of A, x; add them up, or keep one"),
    ],
)
def test_an_analysts_own_frame_is_held_to_the_same(changed, said):
    frame = pd.DataFrame({"product": ["x", "y"], "firm": ["A", "A"], "units": [5, 6], "power": [1, 2]})
    with pytest.raises(data.DataError) as refused:
        data.source(frame.assign(**changed), "made_up", attributes=["power"])
    assert str(refused.value) == said


def test_what_a_window_holds_is_what_its_profile_says(shipped):
    assert data.read("us_cars").window(None, 1980).about().subtitle.startswith("926 rows, newest 1980.")


def test_a_table_that_is_not_given_is_empty():
    nothing = data.read(None)
    assert not nothing.given and nothing.window(1980, None) is nothing
    assert nothing.lacks("firm", "price") == ["firm", "price"]
