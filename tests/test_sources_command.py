"""`pmlib sources`: what is there, what one holds, and a new file on its way to a page."""

import json
import shutil
import tomllib

import pytest

ROWS = [
    f"2024-0{m},{'ABC'[i % 3]}co,P{i},{100 + 7 * i + m},{10 + i}.5" for m in range(1, 5) for i in range(12)
]
PHONES = "\n".join(["month,maker,model,units,price (EUR)", *ROWS]) + "\n"
DECLARED = """\
# ours
[phones]
title = "Phones"
path = "data/phones.csv"
origin = "Our monitor"
licence = "internal"
max_age = "40 days"
guess = ["key"]
[phones.columns]
month = { type = "date", format = "%Y-%m", role = "period" }
maker = { type = "text", role = "firm" }
model = { type = "text", role = "product" }
units = { type = "integer", role = "units" }
"price (EUR)" = { type = "number", role = "price", unit = "€", guess = ["unit"] }
"""


@pytest.fixture
def root(tmp_path, project):
    """A project with the shipped notebooks and one table."""
    made = project(tmp_path / "project")
    shutil.rmtree(made / "data")
    (made / "data").mkdir()
    (made / "data" / "sources.toml").write_text(DECLARED)
    (made / "data" / "phones.csv").write_text(PHONES)
    (made / "reports" / "catalog.toml").write_text("# nothing yet\n")
    return made


@pytest.fixture
def new(tmp_path):
    """A file of an analyst's, somewhere else."""
    file = tmp_path / "Downloads" / "Our Phones.csv"
    file.parent.mkdir()
    file.write_text(PHONES)
    return file


def test_the_list_says_how_each_table_stands(root, pmlib, monkeypatch):
    monkeypatch.setenv("PMLIB_AS_OF", "2024-06-11")
    done = pmlib(root, "sources")
    assert done.returncode == 0, done.stderr
    head, phones = done.stdout.splitlines()
    assert head.split() == ["name", "rows", "newest", "freshness", "status", "where"]
    assert phones.split("  ")[-4:] == ["2024-04", "2 days late", "2 guesses open", "data/phones.csv"]
    monkeypatch.setenv("PMLIB_AS_OF", "2024-06-09")
    assert " fresh " in pmlib(root, "sources").stdout


def test_a_refused_table_is_named_below_the_list(root, pmlib):
    sources = root / "data" / "sources.toml"
    sources.write_text(DECLARED + DECLARED.replace("phones.csv", "gone.csv").replace("[phones", "[gone"))
    done = pmlib(root, "sources")
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["name", "phones", "gone"]
    assert "refused" in done.stdout.splitlines()[2]
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("gone: ")]
    assert "data/gone.csv" in line


def test_one_table_shows_what_it_declares_and_holds(root, pmlib):
    said = pmlib(root, "sources", "phones").stdout
    for fact in ("[phones] Phones", "Our monitor", "internal", "48, newest 2024-04", "guesses  2 open"):
        assert fact in said
    (price,) = [line for line in said.splitlines() if line.startswith("price (EUR)")]
    assert price.split() == ["price", "(EUR)", "number", "price", "€", "10.5", "to", "21.5", "unit"]
    assert "2024-01-01  Aco   P0" in said


def test_an_unknown_name_is_met_with_the_likely_one(root, pmlib):
    done = pmlib(root, "sources", "phnes")
    assert done.returncode == 2
    assert "did you mean 'phones'?" in done.stderr


def test_nothing_in_the_data_acts_on_the_terminal(root, pmlib):
    (root / "data" / "phones.csv").write_text(PHONES.replace("Aco", "A\x1b[31mco"))
    said = pmlib(root, "sources", "phones").stdout
    assert "A\\x1b[31mco" in said
    assert all(line.isprintable() for line in said.splitlines())


def test_lost_rows_are_accepted_once(root, pmlib):
    settled = DECLARED.replace('guess = ["key"]\n', "").replace(', guess = ["unit"]', "")
    (root / "data" / "sources.toml").write_text(settled)
    assert pmlib(root, "sources", "phones").returncode == 0
    (root / "data" / "phones.csv").write_text(PHONES.rsplit("2024-04,Cco,P11", 1)[0])
    assert pmlib(root, "sources", "phones").returncode == 2
    assert "what later reads are compared with" in pmlib(root, "sources", "phones", "--accept").stdout
    assert pmlib(root, "sources", "phones").returncode == 0


def test_a_file_becomes_a_table_and_a_report(root, pmlib, new):
    done = pmlib(root, "sources", "add", str(new), "--for", "competitive_analysis")
    assert done.returncode == 0, done.stderr
    assert (root / "data" / "Our Phones.csv").read_bytes() == new.read_bytes()
    text = (root / "data" / "sources.toml").read_text("utf-8")
    assert text.startswith(DECLARED)
    assert tomllib.loads(text)["our_phones"]["path"] == "data/Our Phones.csv"
    entry = tomllib.loads((root / "reports" / "catalog.toml").read_text("utf-8"))["our_phones"]
    assert entry["notebook"] == "competitive_analysis"
    assert entry["parameters"] == {"source": "our_phones", "focal": "Cco", "rivals": ["Bco", "Aco"]}
    checked = pmlib(root, "check")
    assert checked.returncode == 0, checked.stderr


def test_years_that_are_columns_are_said_to_be_left_unused(root, pmlib, new):
    lines = [f"{'ABC'[i % 3]}co,P{i},{90 + i},{100 + i},{110 + i}" for i in range(12)]
    new.write_text("\n".join(["maker,model,2021,2022,2023", *lines]) + "\n")
    done = pmlib(root, "sources", "add", str(new))
    assert done.returncode == 0, done.stderr
    assert "only 2023 is used of the years that are columns: 2021, 2022, 2023" in done.stdout


@pytest.mark.slow
def test_its_page_is_stamped_until_the_guesses_are_confirmed(root, pmlib, new):
    assert pmlib(root, "sources", "add", str(new), "--for", "competitive_analysis").returncode == 0
    ran = pmlib(root, "run", "our_phones")
    assert ran.returncode == 0, ran.stderr
    assert "an unchecked draft: 10 guesses about our_phones open" in ran.stderr
    page = root / "reports" / "published" / "our_phones" / "index.html"
    assert "<b>Unchecked draft.</b> 10 guesses about <i>our_phones</i> open" in page.read_text("utf-8")
    assert "published, unchecked draft" in pmlib(root, "list").stdout
    assert "unchecked draft" in (root / "reports" / "published" / "index.html").read_text("utf-8")
    sources = root / "data" / "sources.toml"
    lines = [line for line in sources.read_text("utf-8").splitlines() if not line.startswith("guess")]
    confirmed = "\n".join(
        line.partition(", guess = [")[0] + (" }" if ", guess" in line else "") for line in lines
    )
    sources.write_text(confirmed, "utf-8")
    assert "fresh" not in pmlib(root, "run", "our_phones").stdout
    assert "Unchecked draft" not in page.read_text("utf-8")


def test_nothing_is_overwritten(root, pmlib, new):
    other = root / "data" / "Our Phones.csv"
    other.write_text("another file")
    done = pmlib(root, "sources", "add", str(new))
    assert done.returncode == 2
    assert "data/Our Phones.csv is there already and is another file; rename yours" in done.stderr
    assert other.read_text() == "another file"
    other.unlink()
    taken = pmlib(root, "sources", "add", str(new), "--name", "phones")
    assert taken.returncode == 2
    assert "has a table [phones] already" in taken.stderr
    assert (root / "data" / "sources.toml").read_text() == DECLARED
    assert not other.exists()


def test_a_role_that_is_not_there_is_named_with_what_it_might_be(root, pmlib, new):
    lines = [f"2024-0{1 + i % 4};{'NS'[i // 4 % 2]};{i}" for i in range(8)]
    new.write_text("month;region;sales\n" + "\n".join(lines) + "\n")
    done = pmlib(root, "sources", "add", str(new), "--for", "competitive_analysis")
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    remedy = "it might be 'region'; give the one that is role = \"firm\" in data/sources.toml"
    assert f"no column of role 'firm'; {remedy}" in said
    again = said.split("then: pmlib ")[1]
    assert again == "sources add 'data/Our Phones.csv' --name our_phones --for competitive_analysis"
    sources = root / "data" / "sources.toml"
    sources.write_text(
        sources.read_text().replace(
            'region = { type = "category"', 'region = { type = "category", role = "firm"'
        )
    )
    words = ["--name", "our_phones", "--for", "competitive_analysis"]
    done = pmlib(root, "sources", "add", str(root / "data" / "Our Phones.csv"), *words)
    assert done.returncode == 0, done.stderr
    assert 'focal = "S"' in (root / "reports" / "catalog.toml").read_text()


def test_a_choice_of_roles_falls_on_one_that_is_there(root, pmlib, new):
    new.write_text(PHONES.replace("units", "revenue (EUR)"))
    done = pmlib(root, "sources", "add", str(new), "--for", "competitive_analysis")
    assert done.returncode == 0, done.stderr
    assert 'basis = "revenue"' in (root / "reports" / "catalog.toml").read_text()


def test_damage_is_named_and_the_declaration_is_there_to_go_on_with(root, pmlib, new):
    new.write_text(PHONES + "2024-05,Aco,P1,sold out,3\n")
    done = pmlib(root, "sources", "add", str(new))
    assert done.returncode == 1
    assert "row 50, column 'units': found 'sold out', not a whole number" in done.stderr
    assert "[our_phones]" in (root / "data" / "sources.toml").read_text()


def test_a_wrong_label_is_caught_before_anything_runs(root, pmlib, new):
    assert pmlib(root, "sources", "add", str(new), "--for", "competitive_analysis").returncode == 0
    catalog = root / "reports" / "catalog.toml"
    catalog.write_text(catalog.read_text().replace('focal = "Cco"', 'focal = "Ccoo"'))
    done = pmlib(root, "check")
    assert done.returncode == 2
    said = "our_phones: parameter focal: 'Ccoo' is no firm in our_phones; did you mean Cco?"
    assert said in done.stderr.splitlines()


def test_a_read_with_open_guesses_is_none_that_later_ones_are_compared_with(root, pmlib):
    assert pmlib(root, "sources", "phones").returncode == 0
    (root / "data" / "phones.csv").write_text(PHONES.rsplit("2024-04,Cco,P11", 1)[0])
    assert pmlib(root, "sources", "phones").returncode == 0
    settled = DECLARED.replace('guess = ["key"]\n', "").replace(', guess = ["unit"]', "")
    (root / "data" / "sources.toml").write_text(settled)
    (root / "data" / "phones.csv").write_text(PHONES.rsplit("2024-04,Bco,P10", 1)[0])
    assert pmlib(root, "sources", "phones").returncode == 0
    (root / "data" / "phones.csv").write_text(PHONES.rsplit("2024-04,Aco,P9", 1)[0])
    assert pmlib(root, "sources", "phones").returncode == 2


def test_a_report_is_added_though_its_table_is_refused_yet(root, pmlib, new):
    new.write_text(PHONES + "2024-05,Aco,P1,sold out,3\n2024-05,Bco,P1,4,free\n")
    done = pmlib(root, "sources", "add", str(new), "--for", "competitive_analysis")
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert "column 'units': found 'sold out'" in said[0] and "column 'price (EUR)': found 'free'" in said[1]
    assert said[2] == "pmlib: when that is mended, publish it with: pmlib run our_phones --open"
    entry = tomllib.loads((root / "reports" / "catalog.toml").read_text("utf-8"))["our_phones"]
    assert entry["parameters"] == {"source": "our_phones", "focal": "Cco", "rivals": ["Bco", "Aco"]}
    for command in (("sources", "our_phones"), ("check",)):
        told = pmlib(root, *command).stderr
        assert "found 'sold out'" in told and "found 'free'" in told, command


def test_a_declared_file_is_guessed_anew_on_demand_only(root, pmlib, new):
    add = ("sources", "add", str(new), "--for", "competitive_analysis")
    assert pmlib(root, *add).returncode == 0
    first = (root / "data" / "sources.toml").read_text("utf-8")
    done = pmlib(root, *add)
    assert (
        done.returncode == 2
        and "publish it with pmlib run our_phones, guess it anew with --again" in done.stderr
    )
    (root / "data" / "sources.toml").write_text(
        first.replace('title = "Our Phones"', 'title = "Other"'), "utf-8"
    )
    assert pmlib(root, *add, "--again").returncode == 0
    assert (root / "data" / "sources.toml").read_text("utf-8").split() == first.split()
    assert (root / "reports" / "catalog.toml").read_text("utf-8").count("[our_phones]") == 1


def test_a_table_that_no_report_reads_is_checked_too(root, pmlib):
    (root / "data" / "phones.csv").write_text(PHONES + "2024-05,Aco,P1,sold out,3\n")
    done = pmlib(root, "check")
    assert done.returncode == 2
    assert "phones: data/phones.csv, row 50, column 'units': found 'sold out'" in done.stderr


def test_what_a_notebook_needs_of_a_table_is_checked(root, pmlib, new):
    new.write_text(PHONES.replace(",100,", ",-11,", 1).replace(",101,", ",-11,", 1))
    assert pmlib(root, "sources", "add", str(new), "--for", "competitive_analysis").returncode == 0
    done = pmlib(root, "check")
    assert done.returncode == 2
    assert "our_phones, row 1 of 48: units ('units') is -11, below 0; correct it" in done.stderr


SEVERAL = """\
market: "Source | None" = "phones"
choices: "Source | None" = None
deals: "Source | None" = None
focal: "Label['firm']" = "Cco"
rivals: "list[Label['firm']]" = ["Aco"]
item: "Label['product'] | None" = None"""


def test_a_panel_becomes_the_choices_of_a_report_on_several_tables(root, pmlib, tmp_path):
    path = root / "notebooks" / "several.ipynb"
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Who leads"},
        {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": SEVERAL},
        {"cell_type": "code", "metadata": {}, "source": "print(market, choices, deals, focal, rivals, item)"},
    ]
    for cell in cells[1:]:
        cell |= {"outputs": [], "execution_count": None}
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    trips = [
        f"{who},{trip},{brand},{price},{int(brand == 'XYY'[(who + trip) % 3])}"
        for who in range(12)
        for trip in range(3)
        for brand, price in (("X", 1.5), ("Y", 2.5))
    ]
    file = tmp_path / "panel.csv"
    file.write_text("\n".join(["household,trip,brand,price,bought", *trips]) + "\n")
    done = pmlib(root, "sources", "add", str(file), "--for", "several")
    assert done.returncode == 0, done.stderr
    assert "  chosen    bought" in done.stdout.splitlines()
    entry = tomllib.loads((root / "reports" / "catalog.toml").read_text("utf-8"))["panel"]
    assert entry["parameters"] == {"market": "", "choices": "panel", "focal": "Y", "rivals": ["X"]}
    assert not [line for line in pmlib(root, "check").stderr.splitlines() if line.startswith("panel: ")]
    done = pmlib(root, "run", "panel")
    assert done.returncode == 0, done.stderr
    page = (root / "reports" / "published" / "panel" / "index.html").read_text("utf-8")
    assert "None panel None Y [&#x27;X&#x27;] None" in page or "None panel None Y ['X'] None" in page
