"""Notebooks that read several tables and may do without any of them."""

import pandas as pd
import pytest

from pmlib import data
from pmlib.reports import plan
from pmlib.reports.check import problems
from pmlib.reports.fitting import fitting
from pmlib.reports.labels import proposed
from pmlib.reports.parameters import check_parameters, parse, read

DECLARED = """\
market: "Source | None" = "cars"  # sales of a market
choices: "Source | None" = None  # what shoppers chose
study: "Source | None" = None
deals: "Source | None" = None
facts: "Source | None" = None
focal: "Label['firm']" = "Ford"
rivals: "list[Label['firm']]" = ["GM"]
product: "Label['product'] | None" = None
watched: "list[str]" = []
basis: "Literal['units', 'revenue']" = "units"
"""
TABLES = """\
[cars]
title = "Cars"
path = "data/cars.csv"
origin = "made up"
licence = "none"
columns.firm = { type = "text", role = "firm" }
columns.product = { type = "text", role = "product" }
columns.units = { type = "integer", role = "units" }

[trips]
title = "Trips"
path = "data/trips.csv"
origin = "made up"
licence = "none"
columns.who = { type = "integer", role = "chooser" }
columns.brand = { type = "text", role = "firm", values = ["Heinz", "none"] }
columns.picked = { type = "flag", role = "chosen" }
"""
CARS = "firm,product,units\nFord,T,5\nGM,B,4\n"
TRIPS = "who,brand,picked\n1,Heinz,1\n1,none,0\n"
BRANDS = ["Canon", "Sony", "none"] * 2
CHOICES = {"who": [1, 1, 1, 2, 2, 2], "brand": BRANDS, "item": BRANDS, "picked": [0, 1, 0, 0, 1, 0]}
STUDY = {"chooser": "who", "firm": "brand", "chosen": "picked"}


@pytest.fixture
def project(small, monkeypatch):
    """A function that makes a project with two tables and one report with these parameters."""

    def make(parameters: str):
        root = small(parameters=DECLARED, entry=f"[tiny.parameters]\n{parameters}")
        monkeypatch.setenv("PMLIB_ROOT", str(root))
        (root / plan.SOURCES).parent.mkdir(exist_ok=True)
        (root / plan.SOURCES).write_text(TABLES)
        for name, content in (("cars", CARS), ("trips", TRIPS)):
            (root / "data" / f"{name}.csv").write_text(content)
        return root

    return make


def lines(root):
    return [line for line in problems(root) if line.startswith("tiny: param") or "role" in line]


def frame(**columns):
    return data.source(pd.DataFrame(CHOICES), "mine", **columns)


def test_an_empty_name_is_none_where_there_may_be_none():
    known = read(DECLARED, "n.ipynb")
    given = {"market": "", "product": "", "watched": ["a"]}
    assert check_parameters(known, given, ["cars"]) == (
        {"market": None, "product": None, "watched": ["a"]},
        [],
    )
    assert parse(known["market"], "") == parse(known["market"], '""') == ""
    _, wrong = check_parameters(known, {"focal": None}, ["cars"])
    assert wrong == ["parameter focal is missing; it takes Label['firm']"]
    assert check_parameters(known, {"market": "car"}, ["cars"])[1] == [
        "parameter market names no table of data/sources.toml: 'car'; did you mean cars?"
    ]


def test_a_table_that_may_be_missing_is_none_in_the_run(project):
    root = project('market = ""\nstudy = "trips"\nfocal = "Heinz"\nrivals = []')
    (job,) = plan.jobs(root)
    assert (job.parameters["market"], job.parameters["study"]) == (None, "trips")
    assert job.given["market"] is None  # what differs from the default is what the notebook is run with


def test_a_label_may_be_one_of_any_of_the_tables(project):
    root = project('choices = "trips"\nfocal = "Heinz"\nrivals = ["Ford", "GM"]\nproduct = "T"')
    assert plan.jobs(root) and lines(root) == []


def test_a_label_of_none_of_them_is_named_with_all_that_were_searched(project):
    root = project('choices = "trips"\nrivals = ["Fort"]\nproduct = "X"')
    assert plan.jobs(root)  # the declarations do not tell
    assert lines(root) == [
        "tiny: parameter rivals: 'Fort' is no firm in cars or trips; did you mean Ford?",
        "tiny: parameter product: 'X' is no product in cars; there are B, T",
    ]


def test_declared_values_tell_before_anything_is_read(project):
    root = project('market = ""\nchoices = "trips"\nfocal = "Heinz"\nrivals = ["Hunts"]')
    with pytest.raises(plan.PlanError, match="'Hunts' is no firm in trips; there are Heinz, none"):
        plan.jobs(root)


def test_what_a_table_that_cannot_be_read_holds_is_not_guessed(project):
    root = project('choices = "trips"\nrivals = ["Fort"]')
    (root / "data" / "cars.csv").write_text(CARS.replace("5", "five"))
    assert lines(root) == []
    assert any("found 'five'" in line for line in problems(root))


def test_a_role_that_no_table_has_is_named_once(project):
    root = project('market = ""\nchoices = "trips"\nfocal = "Heinz"\nrivals = []\nproduct = "T"')
    assert lines(root) == ['tiny: trips has no column of role "product"; give it to one in data/sources.toml']


@pytest.mark.parametrize(
    ("roles", "name"),
    [
        ({"firm": "brand"}, "market"),
        (STUDY, "study"),
        (STUDY | {"product": "item", "occasion": "who", "chooser": "who2"}, "choices"),
        ({"firm": "brand", "won": "picked"}, "deals"),
        ({"firm": "brand", "claim": "item"}, "facts"),
    ],
)
def test_a_table_goes_where_its_roles_belong(roles, name):
    table = pd.DataFrame(CHOICES).assign(who2=range(6))
    source = data.source(table, "mine", **roles)
    known = read(DECLARED, "n.ipynb")
    assert fitting(known, source) == [name]
    chosen = proposed(known, source)
    assert chosen[name] == "mine"
    assert chosen.get("market") == ("mine" if name == "market" else "")
    assert not {"choices", "study", "deals", "facts"} - {name} & set(chosen)


def test_what_was_chosen_most_is_largest_and_none_of_these_is_no_firm():
    assert {"focal": "Sony", "rivals": ["Canon"]}.items() <= proposed(
        read(DECLARED, "n.ipynb"), frame(**STUDY)
    ).items()


def test_a_notebook_that_needs_a_table_is_given_any():
    known = read('source: "Source" = "cars"\nfocal: "Label[\'firm\']" = "Ford"', "n.ipynb")
    assert proposed(known, frame(**STUDY)) == {"source": "mine", "focal": "Sony"}


def test_a_label_that_may_be_missing_is_taken_back_where_its_role_is():
    known = read('choices: "Source | None" = None\nitem: "Label[\'product\'] | None" = "T"', "n.ipynb")
    assert proposed(known, frame(**STUDY)) == {"choices": "mine", "item": ""}


def test_where_choices_name_no_firm_each_product_is_its_own(project):
    panel = frame(chooser="who", product="item", chosen="picked")
    assert proposed(read(DECLARED, "n.ipynb"), panel) == {
        "market": "",
        "choices": "mine",
        "focal": "Sony",
        "rivals": ["Canon"],
    }
    root = project('market = ""\nchoices = "trips"\nfocal = "Heinz"\nrivals = ["Hunts"]')
    text = (root / plan.SOURCES).read_text().replace('role = "firm", values', 'role = "product", values')
    (root / plan.SOURCES).write_text(text)
    with pytest.raises(plan.PlanError, match="'Hunts' is no firm in trips; there are Heinz, none"):
        plan.jobs(root)
    (root / plan.SOURCES).write_text(text.replace(', values = ["Heinz", "none"]', ""))
    assert lines(root) == ["tiny: parameter rivals: 'Hunts' is no firm in trips; there are Heinz, none"]
