"""A declaration proposed from a file: what it guesses, that it says so, and that it reads at once."""

import gzip
import shutil
import tomllib
from pathlib import Path

import pytest
import unseen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmlib import data
from pmlib.data.declaration import Table
from pmlib.data.propose import pairs, propose
from pmlib.data.propose.numbers import Style, number_cells, style
from pmlib.data.propose.vocabulary import unit_of

ROLES = {  # of each unseen file, in the order of its columns
    "Absatz 2024.csv": ["period", "firm", "product", "units", "price", "attribute"],
    "Sales Export (3).csv": ["period", "", "product", "firm", "revenue", "units", "price"],
    "anteile.txt": ["period", "firm", "share", ""],
    "wide.csv": ["firm", "product", "price", "", "", "", "units"],
    "specs.csv": ["", "product", "firm", "price", "attribute", "attribute", "", "", "", "", "attribute", ""]
    + ["attribute"] * 18,
    "panel.csv": ["period", "", "firm", "product", "units", "price"],
    "feed.csv": ["period", "firm", "product", "units"],
    "china.csv": ["period", "firm", "product", "units", "price", "attribute"],
    "ovens.xlsx": ["period", "firm", "product", "units", "price"],
    "shop.json": ["period", "firm", "product", "units", "price", ""],
    "sellout.parquet": ["period", "firm", "product", "units", "price", "attribute"],
}


@pytest.fixture
def proposed(tmp_path, monkeypatch):
    """A function that proposes a declaration of some bytes, in a root of its own."""
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    (tmp_path / "data").mkdir()

    def make(content: str | bytes, name: str = "sales.csv"):
        shutil.rmtree(tmp_path / ".pmlib", ignore_errors=True)  # another table than the last
        file = tmp_path / "data" / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        proposal = propose(file, f"data/{name}", "sales")
        (tmp_path / "data" / "sources.toml").write_text(proposal.text, "utf-8")
        return Table.model_validate(tomllib.loads(proposal.text)["sales"])

    return make


def roles(table: Table) -> list[str]:
    return [rule.role for rule in table.columns.values()]


def rows(*lines: str, count: int = 12, head: str = "brand,product,price") -> str:
    """Twelve products of three brands, and some lines more."""
    made = [f"{'ABC'[i % 3]}co,P{i},{10 + i}.5" for i in range(count)]
    return "\n".join([head, *made, *lines]) + "\n"


@pytest.mark.parametrize("name", unseen.FILES)
def test_an_unseen_file_gets_its_roles_and_reads_at_once(proposed, name):
    table = proposed(unseen.FILES[name](), name)
    assert roles(table) == ROLES[name]
    source = data.read("sales")
    assert source.has("firm")
    assert source.guesses == tuple(table.guesses)
    for column, rule in table.columns.items():
        assert set(rule.guess) <= set(type(rule).model_fields), column
        assert "role" in rule.guess or not rule.role


def test_numbers_arrive_as_they_were_meant(proposed):
    proposed(unseen.german_report(), "a.csv")
    german = data.read("sales").frame
    assert len(german) == 150
    assert german["units"].between(1000, 90_000).all()
    assert german["price"].between(299, 1899).all()
    proposed(unseen.dollars(), "b.csv")
    dollars = data.read("sales").frame
    assert dollars["revenue"].sum() == pytest.approx((dollars["units"] * dollars["price"]).sum(), rel=1e-3)
    assert dollars["period"].dt.day.eq(1).all() and dollars["period"].dt.month.nunique() == 12
    proposed(unseen.utf16_shares(), "c.txt")
    assert data.read("sales").frame["share"].between(0.05, 0.2).all()


def test_what_only_a_person_can_know_is_marked(proposed):
    table = proposed(rows())
    assert table.guess == ["title", "origin", "licence", "key"]
    assert (table.origin, table.licence) == ("not stated yet", "not stated yet")
    assert table.guesses == [*table.guess, "brand.role", "product.role", "price.role"]
    assert table.columns["price"].range is None  # what was seen is no limit of what may come


@pytest.mark.parametrize(
    ("days", "form", "is_guess"),
    [
        (["31/01/2024", "29/02/2024", "31/03/2024"], "%d/%m/%Y", False),
        (["01/31/2024", "02/29/2024", "03/31/2024"], "%m/%d/%Y", False),
        (["01/02/2024", "01/03/2024", "01/04/2024"], "%d/%m/%Y", True),
        (["01/01/2024", "02/01/2024", "03/01/2024"], "%m/%d/%Y", True),
        (["2024-01", "2024-02", "2024-03"], "%Y-%m", False),
        (["Jan 2024", "Feb 2024", "Mar 2024"], "%b %Y", False),
        (["202401", "202402", "202403"], "%Y%m", False),
    ],
)
def test_a_date_is_proved_by_its_days_or_marked(proposed, days, form, is_guess):
    lines = [f"{day},F{firm},{firm}{i}" for i, day in enumerate(days) for firm in (1, 2)]
    table = proposed("\n".join(["month,firm,units", *lines]) + "\n")
    assert table.columns["month"].format == form
    assert ("format" in table.columns["month"].guess) == is_guess


@pytest.mark.parametrize(
    ("cells", "separator", "expected"),
    [
        (["1234.5", "3"], ",", Style(".", "")),
        (["1,234.5", "3"], ",", Style(".", ",")),
        (["1,234", "567"], ",", Style(".", ",")),
        (["1.234,5", "3"], ";", Style(",", ".")),
        (["1.234", "567"], ";", Style(",", ".")),
        (["0.125", "0.250"], ";", Style(".", "")),
        (["12,5", "3"], ";", Style(",", "")),
        (["1 234,5 €", "3,0 €"], ";", Style(",", " ")),
        (["1'234.50", "CHF 3.00"], ";", Style(".", "'")),
        (["($1,234)", "$5"], ",", Style(".", ",")),
    ],
)
def test_how_numbers_are_written(cells, separator, expected):
    assert style([number_cells(cells)], separator) == expected


@pytest.mark.parametrize(
    "cells", [["A1", "A2"], ["3M", "2M"], ["1-2", "3-4"], ["sold out", "5"], ["1.2.2024"] * 2]
)
def test_what_is_no_number(cells):
    numbers = number_cells(cells)
    assert not any(style([numbers], ",").fits(part.digits) for part in numbers)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Price (EUR)", ("Price", "€")),
        ("rev_usd", ("rev", "$")),
        ("Umsatz in Tsd. EUR", ("Umsatz", "€k")),
        ("revenue usd thousands", ("revenue", "$k")),
        ("Revenue (k€)", ("Revenue", "€k")),
        ("Share %", ("Share", "%")),
        ("battery_mah", ("battery", "mAh")),
        ("Weight kg", ("Weight", "kg")),
        ("Price (incl. VAT)", ("Price (incl. VAT)", "")),
        ("Units sold", ("Units sold", "")),
    ],
)
def test_a_unit_is_taken_out_of_a_header(header, expected):
    assert unit_of(header) == expected


def test_ids_keep_their_zeros_and_their_digits(proposed):
    ids = "\n".join(f"00{i},{4006381333931000 + i},{i * 2.5 + 1}" for i in range(9))
    table = proposed(f"article,ean,price\n{ids}\n")
    assert [rule.type for rule in table.columns.values()] == ["text", "text", "number"]


def test_a_text_for_nothing_is_declared_missing(proposed):
    table = proposed(rows("Dco,P98,n/a", "Dco,P99,-"))
    assert table.na == ["n/a", "-"]
    assert table.columns["price"].nullable and not table.columns["brand"].nullable
    assert data.read("sales").frame["price"].isna().sum() == 2


def test_a_label_that_looks_like_nothing_stays_a_label(proposed):
    proposed(rows("None,P98,1", "NA,P99,2"))
    assert {"None", "NA"} <= set(data.read("sales").frame["firm"])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Aco,P0,10.5", "same"),
        ("Aco,P99,sold out", "'sold out', not a number"),
        (",P99,3", "column 'brand'"),
        ("Aco,P99", "2 cells"),
    ],
)
def test_a_damaged_row_is_left_for_the_gate_to_name(proposed, line, said):
    proposed(rows(line, "Bco,P100,7", count=40))
    with pytest.raises(data.DataError, match=said):
        data.read("sales")


def test_shares_that_rounding_takes_over_one_are_amounts_and_said_to_be(proposed):
    lines = [f"{year},F{i},{part}%" for year in (2020, 2021) for i, part in enumerate((33.4, 33.4, 33.4))]
    table = proposed("\n".join(["year,firm,market share", *lines]) + "\n")
    assert roles(table) == ["period", "firm", "units"]
    assert "over 100%" in table.note and "note" in table.guess


def test_order_lines_without_a_key_have_no_product_but_a_name(proposed):
    lines = [f"2024-0{1 + i % 6}-01,{'ABC'[i % 3]},Item {i % 9},{i % 4 + 1}" for i in range(200)]
    table = proposed("\n".join(["order_date,brand,item,qty", *lines]) + "\n")
    assert table.unique == [] and table.columns["item"].role == "name"
    assert len(data.read("sales").frame) == 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("a\n1\n2\n", "found no table"),
        ("<html><p>a, b</p></html>", "is a web page"),
        ("PK\x03\x04...", "is a zip archive"),
        ("a,b\n1,\x00\x01\n" * 9, "found a NUL byte"),
    ],
)
def test_a_file_without_a_table_is_refused_in_one_line(proposed, content, said):
    with pytest.raises(data.DataError, match=said):
        proposed(content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("sales", b"firm,units\nAcme,5\n", "says no format"),
        ("sales.pkl", b"firm,units\nAcme,5\n", "can run code"),
        ("sales.json", b"[" * 50_000, "nested too deep"),
        ("sales.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * (8 << 20)), "unpacks to over 200 times"),
    ],
)
def test_what_the_gate_would_refuse_is_not_declared(proposed, name, content, said):
    with pytest.raises(data.DataError, match=said):
        proposed(content, name)


UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine


@UNHURRIED
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.text(st.characters(exclude_categories=["Cs"]))
        | st.lists(st.text())
        | st.booleans()
        | st.integers(),
        max_size=5,
    )
)
def test_settings_are_valid_toml_whatever_they_hold(held):
    assert tomllib.loads("\n".join(pairs({"x": held}))) == {"x": held}


@UNHURRIED
@given(name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(str.strip))
def test_any_header_makes_a_declaration_that_is_valid(tmp_path_factory, name):
    quoted = name.replace('"', '""')
    file = Path(tmp_path_factory.mktemp("any"), "sales.csv")
    file.write_text(f'"{quoted}",brand,units\n' + "".join(f"x{i},b{i % 2},{i}\n" for i in range(9)), "utf-8")
    text = propose(file, "data/sales.csv", "sales").text
    Table.model_validate(tomllib.loads(text)["sales"])


@pytest.mark.parametrize("form", ["%YQ%q", "%Y-Q%q", "Q%q %Y", "%qQ%y", "Q%q/%Y"])
def test_a_quarter_is_a_period(proposed, form):
    lines = [
        form.replace("%Y", str(year)).replace("%y", str(year)[2:]).replace("%q", str(quarter))
        + f",F{firm},{firm}"
        for year in (2022, 2023)
        for quarter in (1, 2, 3, 4)
        for firm in (1, 2, 3)
    ]
    table = proposed("\n".join(["quarter,company,units", *lines]) + "\n")
    assert table.columns["quarter"].role == "period" and table.columns["quarter"].format == form
    days = data.read("sales").frame["period"].dt.strftime("%Y-%m-%d").unique().tolist()
    assert days[:5] == ["2022-01-01", "2022-04-01", "2022-07-01", "2022-10-01", "2023-01-01"]


def test_years_in_german_compounds_are_periods(proposed):
    lines = [f"{'ABC'[i % 3]}co;P{i};{y};{100 + i}" for y in (2021, 2022) for i in range(12)]
    table = proposed("\n".join(["Hersteller;Artikelnr.;Geschäftsjahr;Absatz (Stk.)", *lines]) + "\n")
    assert roles(table) == ["firm", "product", "period", "units"]


def test_a_rate_named_after_units_does_not_count_them(proposed):
    lines = [f"P{i},{'ABC'[i % 3]}co,{i + 1}.5%,{100 + i}" for i in range(12)]
    table = proposed("\n".join(["Title,Brand,Unit Session Percentage,Units Ordered", *lines]) + "\n")
    assert roles(table)[2:] == ["", "units"]


@pytest.mark.parametrize("head", ["scraped at", "Date First Available"])
def test_a_day_of_its_own_for_each_product_is_no_period(proposed, head):
    lines = [f"2026-11-{i + 1:02d},P{i},{'ABC'[i % 3]}co,{100 + i}.5" for i in range(12)]
    table = proposed("\n".join([f"{head},title,brand,price", *lines]) + "\n")
    assert roles(table) == ["", "product", "firm", "price"]
    assert table.unique == ["title"]


def test_days_on_which_all_products_were_seen_are_periods(proposed):
    lines = [f"2026-11-{d:02d},P{i},{'ABC'[i % 3]}co,{100 + i}.5" for d in (1, 8) for i in range(12)]
    assert roles(proposed("\n".join(["scraped at,title,brand,price", *lines]) + "\n"))[0] == "period"


@pytest.mark.parametrize(
    ("days", "form", "first"),
    [
        (["W/E 01/04/25", "W/E 01/11/25", "W/E 01/18/25"], "W/E %m/%d/%y", "2025-01-04"),
        (
            ["4 Weeks ending Jan 26, 2025", "4 Weeks ending Feb 23, 2025"],
            "4 Weeks ending %b %d, %Y",
            "2025-01-26",
        ),
        (["Week 12 2025", "Week 13 2025", "Week 9 2025"], "Week %V %Y", "2025-03-17"),
        (["KW 12/2025", "KW 13/2025"], "KW %V/%Y", "2025-03-17"),
        (["2025-W12", "2025-W13"], "%Y-W%V", "2025-03-17"),
        (["W01 25", "W02 25"], "W%V %y", "2024-12-30"),
        (["Q1 FY25", "Q2 FY25", "Q3 FY25"], "Q%q FY%y", "2025-01-01"),
    ],
)
def test_a_time_with_words_around_it_is_the_period(proposed, days, form, first):
    lines = [f'"{day}",F{firm},{firm}{i}' for i, day in enumerate(days) for firm in (1, 2, 3)]
    table = proposed("\n".join(["Time,firm,units", *lines]) + "\n")
    assert (table.columns["Time"].role, table.columns["Time"].format) == ("period", form)
    assert str(data.read("sales").frame["period"].iloc[0].date()) == first


def test_a_week_that_its_year_has_not_is_refused(proposed):
    lines = [f"2025-W{week},F{firm},1" for week in range(40, 54) for firm in (1, 2)]
    proposed("\n".join(["week,firm,units", *lines]) + "\n")
    with pytest.raises(data.DataError, match="'2025-W53', not a date"):
        data.read("sales")


def test_ids_that_end_like_dates_are_none(proposed):
    lines = [f"INV-01/{10 + i}/25,{'ABC'[i % 3]}co,{i}.5" for i in range(12)]
    assert proposed("\n".join(["invoice,brand,price", *lines]) + "\n").columns["invoice"].type == "text"


def test_a_minus_after_a_number_is_proposed_and_no_strip_of_it(proposed):
    lines = [f"{'ABC'[i % 3]}co;P{i};{100 + i};{i}{'-' if i % 2 else ''}" for i in range(12)]
    table = proposed("\n".join(["Hersteller;Artikel;Absatz;Retouren", *lines]) + "\n")
    assert table.format.trailing_minus and not table.columns["Retouren"].strip
    assert data.read("sales").frame["Retouren"].min() == -11


SHOP = [
    f"{firm}-{n},{'' if size else f'Shoe {firm}{n}'},{'' if size else f'{firm}co'},{8 + size},{90 + n}.00"
    for firm in "ABC"
    for n in range(3)
    for size in range(4)
]


def test_rows_that_continue_a_product_are_left_out_and_said_to_be(proposed, tmp_path):
    table = proposed("\n".join(["Handle,Title,Vendor,Option1 Value,Variant Price", *SHOP]) + "\n")
    assert (table.keep, table.unique) == ({"Title": "filled"}, ["Title"])
    assert roles(table) == ["", "product", "firm", "", "price"]
    said = propose(tmp_path / "data" / "sales.csv", "data/sales.csv", "sales").said
    assert said == [
        "27 of 36 rows only continue the Handle above and have no Title: "
        'left out by keep = { Title = "filled" }'
    ]
    assert data.read("sales").said == ("27 of 36 rows left out: Title is blank",)


def test_rows_of_totals_without_a_firm_are_left_out(proposed):
    lines = [
        f"0{m}/2025,{firm},{name},{10 * m + i}"
        for m in (1, 2, 3)
        for i, (firm, name) in enumerate([("", "TOTAL TEA"), ("Aco", "Ax"), ("Bco", "By"), ("Aco", "Az")])
    ]
    table = proposed("\n".join(["Month,Manufacturer,Brand,Units", *lines]) + "\n")
    assert table.keep == {"Manufacturer": "filled"} and "keep" in table.guess
    assert roles(table) == ["period", "firm", "product", "units"]
    assert set(data.read("sales").frame["product"]) == {"Ax", "By", "Az"}


def test_blank_rows_are_left_out_and_empty_ones_above_a_note_count_to_it(proposed):
    table = proposed(rows(",,", "Aco,P98,1", "", ",,", "Source: ours,,"))
    assert table.keep == {"brand": "filled"} and table.format.footer == 3
    assert len(data.read("sales").frame) == 13


def test_yes_and_no_are_a_flag_however_they_are_written(proposed):
    lines = [f"{'ABC'[i % 3]}co,P{i},{10 + i}.5,{['yes', 'Yes', 'no', 'No'][i % 4]}" for i in range(12)]
    table = proposed("\n".join(["brand,product,price,App", *lines]) + "\n")
    assert (table.columns["App"].type, table.columns["App"].values) == ("flag", ["no", "yes"])
    assert data.read("sales").frame["App"].tolist() == [1, 1, 0, 0] * 3


def test_numbers_with_a_word_among_them_are_text_unless_they_are_amounts(proposed):
    lines = [f"{'ABC'[i % 3]}co,P{i},{i + 10}.5,{'CVT' if i == 7 else 9 + i}" for i in range(24)]
    table = proposed("\n".join(["brand,product,price,Gears", *lines]) + "\n")
    assert table.columns["Gears"].type == "text" and table.columns["Gears"].guess == ["type"]


def test_a_price_that_is_mostly_there_goes_before_one_that_is_not(proposed):
    lines = [
        f"{'ABC'[i % 3]}co,P{i},{'' if i % 2 else 9},{i + 10}{' incl. VAT' if i == 3 else ''}"
        for i in range(12)
    ]
    table = proposed("\n".join(["brand,product,Street price,Price (EUR)", *lines, "Aco,P99,,tbc"]) + "\n")
    assert roles(table) == ["firm", "product", "", "price"]
    assert data.read("sales").frame["price"].iloc[3] == 13


def test_downloads_are_units_and_torque_is_no_money(proposed):
    lines = [f"{'ABC'[i % 3]}co,P{i},{i + 10},{i + 30}" for i in range(12)]
    assert roles(proposed("\n".join(["publisher,app,Downloads,Torque (Nm)", *lines]) + "\n"))[2:] == [
        "units",
        "attribute",
    ]


def test_shares_that_leave_a_rest_are_of_a_market_listed_in_part(proposed):
    lines = [f"{year},F{i},{part}%" for year in (2020, 2021) for i, part in enumerate((33.4, 33.4, 20.0))]
    table = proposed("\n".join(["year,firm,market share", *lines]) + "\n")
    assert table.columns["market share"].of == "market" and "of" in table.columns["market share"].guess
    assert data.read("sales").partial


@pytest.mark.parametrize("column", ["Reporting week", "x"])
def test_time_without_a_role_is_refused_where_it_would_be_added_up(proposed, tmp_path, column):
    lines = [f"W/E 01/{day}/25,{'ABC'[i]}co,{i + 5}" for day in (11, 18, 25) for i in range(3)]
    file = tmp_path / "data" / "sources.toml"
    proposed("\n".join(["Week,brand,units", *lines]) + "\n")
    week = 'type = "date", role = "period", format = "W/E %m/%d/%y", guess = ["role", "format"]'
    assert week in file.read_text("utf-8")
    said = file.read_text("utf-8").replace(week, 'type = "text"').replace('"Week"', "Week")
    file.write_text(said.replace("Week", f'"{column}"'), "utf-8")
    table = tmp_path / "data" / "sales.csv"
    table.write_text(table.read_text("utf-8").replace("Week", column), "utf-8")
    with pytest.raises(data.DataError) as refused:
        data.read("sales")
    assert f"column '{column}'" in str(refused.value)
    assert 'give it role = "period", type = "date", format = "W/E %m/%d/%y"' in str(refused.value)


def test_a_country_in_the_key_is_added_up(proposed):
    lines = [
        f"0{m}/2025,{c},{f}co,{m * 7 + i}"
        for m in (1, 2)
        for i, (c, f) in enumerate(["xA", "yA", "xB", "yB"])
    ]
    table = proposed("\n".join(["month,country,brand,units", *lines]) + "\n")
    assert table.columns["country"].role == "" and len(data.read("sales").frame) == 8
