from datetime import date, datetime
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlib.reports.parameters import REQUIRED, check_parameters, declared, parse, read

TABLES = ["us_cars", "cars_1993"]
DECLARED = """\
focal = "Ford"  # the firm
rivals: "list[str]" = []  # whom to watch
source: "Source" = "us_cars"
basis: "Literal['units', 'revenue']" = "units"
year: "Literal[2010, 2023]" = 2023
level: "0 < float < 1" = 0.95
draws: "100 <= int" = 999
first: "int | None" = None
due: "date" = "2026-01-31"
share = 0.5
top = 3
strict = True
needed: "str" = None
h = None
"""
GIVEN = {"needed": "x", "h": 1}


def wrong(**given):
    return check_parameters(read(DECLARED, "a.ipynb"), GIVEN | given, TABLES)[1]


def test_a_declaration_tells_type_default_and_meaning():
    known = read(DECLARED, "a.ipynb")
    assert list(known)[:3] == ["focal", "rivals", "source"]
    assert known["focal"].type.kind == "str"
    assert known["focal"].meaning == "the firm"
    assert known["top"].default == 3
    assert known["needed"].default is REQUIRED


def test_good_values_come_back_in_plain_form():
    given = {"level": 0.9, "share": 1, "first": 1980, "rivals": ["GM"], "year": 2010, "strict": False}
    values, problems = check_parameters(read(DECLARED, "a.ipynb"), GIVEN | given, TABLES)
    assert problems == []
    assert values == GIVEN | given
    assert type(values["share"]) is float


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"focul": "x"}, "the notebook declares no parameter focul; did you mean focal?"),
        ({"top": 2.0}, "parameter top takes int, not the number 2.0"),
        ({"top": True}, "parameter top takes int, not the flag True"),
        ({"strict": 1}, "parameter strict takes bool, not the number 1"),
        ({"focal": 1.1}, 'parameter focal takes str, not the number 1.1; write "1.1" with its quotes'),
        ({"level": 1}, "parameter level is 1.0, which is out of its range 0 < float < 1"),
        ({"draws": 99}, "parameter draws is 99, which is out of its range 100 <= int"),
        ({"share": float("nan")}, "parameter share is nan, which is no finite number"),
        ({"basis": "unit"}, "parameter basis is 'unit'; it takes one of 'units', 'revenue'"),
        ({"year": "2010"}, "parameter year is '2010'; it takes one of 2010, 2023"),
        ({"source": "us_car"}, "names no table of data/sources.toml: 'us_car'; did you mean us_cars?"),
        ({"due": "31.1.2026"}, "parameter due is '31.1.2026'; it takes a date such as 2026-03-31"),
        ({"rivals": "GM"}, "parameter rivals takes list[str], not 'GM'; write it as a list in brackets"),
        ({"rivals": [1]}, "parameter rivals takes list[str], not the number 1"),
        ({"x=1\nimport os": 1}, "is no name for a parameter"),
        ({"h": [[nan]]}, "parameter h is nan, which is no finite number"),
        ({"h": [[date(1979, 5, 27)]]}, "parameter h is the date 1979-05-27; it takes text"),
        ({"h": [{"a": 1}]}, "parameter h is the dict {'a': 1}; it takes text"),
        ({"top": 2**63}, "parameter top is 9223372036854775808; whole numbers have at most 18 digits"),
        ({"share": 10**400}, "; whole numbers have at most 18 digits"),
        ({"share": float("inf")}, "parameter share is inf, which is no finite number"),
        ({"rivals": [["GM"]]}, "parameter rivals takes list[str], not the list ['GM']"),
        ({"due": datetime(2026, 1, 31, 10)}, "parameter due is 2026-01-31T10:00:00; it takes a date"),
        ({"class": 1}, "'class' is no name for a parameter"),
        ({"__builtins__": 1}, "is no name for a parameter"),
        ({"needed": None}, "parameter needed is missing; it takes str"),
    ],
)
def test_bad_values_are_refused_in_one_line(given, said):
    problems = wrong(**given)
    assert len(problems) == 1
    assert said in problems[0]
    assert "\n" not in problems[0]


def test_every_problem_is_named_at_once():
    assert len(wrong(top="x", focul=1, level=2)) == 3


def test_a_missing_required_parameter_is_refused():
    problems = check_parameters(read(DECLARED, "a.ipynb"), {"h": [1, ["a"]]}, TABLES)[1]
    assert problems == ["parameter needed is missing; it takes str"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("a = 1\nimport os", "line 2: only lines of the form `name = literal`"),
        ("a = b", "line 1: a is no plain literal"),
        ("a = 1 + 1", "line 1: a is no plain literal"),
        ("a = f'{1}'", "line 1: a is no plain literal"),
        ("a = 1\na = 2", "line 2: a is declared twice"),
        ("a = b = 1", "only lines of the form"),
        ("a.b = 1", "only lines of the form"),
        ("a, b = 1, 2", "only lines of the form"),
        ("a = {}", "a is a dict"),
        ("a = []", 'annotate it, as in a: "list[str]"'),
        ("a: Source = 'x'", 'put the annotation in quotes: "Source"'),
        ("a: 'foo' = 1", "the annotation foo is not one of"),
        ("a: 'Literal[x]' = 1", "the annotation Literal[x] is not one of"),
        ("a: '0 < str < 1' = 'x'", "not one of int or float"),
        ("""a: "'a' < int" = 1""", "the limit 'a' of a range is no number"),
        ("a: 'f() < int' = 1", "the limit f() of a range is no number"),
        ("a = [[1]]", "a is a list of lists; a parameter is a list of text, numbers or flags"),
        ("a: 'list[list[int]]' = [[1]]", "the annotation list[list[int]] is not one of"),
        ("a: 'float' = 1e999", "a is inf, which is no finite number"),
        ("a: 'Number' = 'som'", "a is 'som', which names no Number; write it as report/number"),
        ("a: '0 < float < 1' = 2.0", "out of its range"),
        ("a: '(' = 2.0", "cannot be read"),
        ("%matplotlib inline", "line 1: invalid syntax"),
    ],
)
def test_what_is_no_plain_declaration_is_refused_by_line(code, said):
    with pytest.raises(ValueError, match=r"a\.ipynb, parameters cell, line \d") as error:
        read(code, "a.ipynb")
    assert said in str(error.value)


def test_two_tagged_cells_or_an_injected_one_are_refused():
    cell = {"cell_type": "code", "source": "a = 1", "metadata": {"tags": ["parameters"]}}
    injected = {"cell_type": "code", "source": "a = 1", "metadata": {"tags": ["injected-parameters"]}}
    with pytest.raises(ValueError, match="2 cells tagged parameters"):
        declared([cell, cell], "a.ipynb")
    with pytest.raises(ValueError, match="left by an earlier run"):
        declared([cell, injected], "a.ipynb")
    assert declared([], "a.ipynb") == {}


@pytest.mark.parametrize("text", ["NO", "1.10", "0123", "12:30", "true", "2026-01-01", "=1+1", "a b", "nan"])
def test_no_type_is_guessed_for_text(text):
    known = read(DECLARED, "a.ipynb")
    assert parse(known["focal"], text) == text


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("focal", '"Ford"', "Ford"),
        ("top", "4", 4),
        ("share", "0.25", 0.25),
        ("strict", "false", False),
        ("rivals", '["GM", "Honda"]', ["GM", "Honda"]),
        ("year", "2010", 2010),
        ("year", "3", 3),
        ("basis", "revenue", "revenue"),
        ("due", "2026-02-28", "2026-02-28"),
    ],
)
def test_other_values_are_toml(name, text, value):
    assert parse(read(DECLARED, "a.ipynb")[name], text) == value


@pytest.mark.parametrize(
    ("name", "text"), [("top", "0123"), ("top", "four"), ("rivals", "GM"), ("top", "1\nb = 2")]
)
def test_what_is_not_toml_is_refused(name, text):
    with pytest.raises(ValueError, match=r"takes (int|list).*is not a"):
        parse(read(DECLARED, "a.ipynb")[name], text)


@given(st.text())
def test_any_text_on_the_command_line_stays_text_or_is_unquoted(text):
    assert isinstance(parse(read(DECLARED, "a.ipynb")["focal"], text), str)


def test_a_label_is_text_that_a_column_of_the_table_has():
    known = read('focal: "Label[\'firm\']" = "Ford"\nrivals: "list[Label[\'firm\']]" = []\n', "n.ipynb")
    assert known["focal"].type.choices == known["rivals"].type.choices == ("firm",)
    assert parse(known["focal"], "3M") == "3M"
    values, wrong = check_parameters(known, {"focal": 3, "rivals": ["GM"]}, [])
    assert values == {"rivals": ["GM"]}
    assert wrong == ["parameter focal takes Label['firm'], not the number 3; write \"3\" with its quotes"]
