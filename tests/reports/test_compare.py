import pytest

from pmlib.reports.compare import words

A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("part", "before", "now", "said"),
    [
        ("parameter focal", '"Ford"', '"GM"', 'parameter focal is "GM", was "Ford"'),
        ("parameter token", A, B, "parameter token changed"),
        ("parameter first", None, "1980", "parameter first is set now, and was not before"),
        ("parameter note", '"a"', '"' + "b" * 70 + '"', f"""parameter note is "{"b" * 56}..., was "a\""""),
        ("title", "Cars", "Trucks", "the title is Trucks, was Cars"),
        ("as of", "2026-07-01", "2026-10-01", "the as-of date is 2026-10-01, was 2026-07-01"),
        ("input data/sales.csv", A, B, "data/sales.csv changed"),
        ("input data/sales.csv", A, "missing", "data/sales.csv is missing"),
        ("input data/sales.csv", "missing", A, "data/sales.csv changed"),
        ("input data/sales.csv", A, None, "data/sales.csv is no longer read"),
        ("source sales", A, B, "the declaration of sales changed"),
        ("code pmlib/chart/svg.py", A, B, "pmlib/chart/svg.py changed"),
        ("code pmlib/chart/svg.py", None, B, "pmlib/chart/svg.py is used now, and was not before"),
        ("package numpy", "2.4.0", "2.4.1", "numpy is 2.4.1, was 2.4.0"),
        ("package numpy", "2.4.0", None, "numpy is no longer used"),
        ("python", "3.11.9", "3.13.1", "Python is 3.13.1, was 3.11.9"),
        ("template report.css", A, B, "template report.css changed"),
        ("previous", A, B, "the Numbers of the edition that it is compared with changed"),
        ("moon", A, B, "moon changed"),
        ("input data/\x1b[2J.csv", A, B, r"data/\x1b[2J.csv changed"),
    ],
)
def test_a_changed_part_is_said_in_words(part, before, now, said):
    old, new = ({} if value is None else {part: value} for value in (before, now))
    assert words(old, new) == [said]


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("a b c", "a x c", ["the notebook's cell 2 changed"]),
        ("a b c", "a x y c", ["the notebook's cell 2 changed", "the notebook's cell 3 is new"]),
        ("a b c", "a b c d e", ["the notebook's cells 4 to 5 are new"]),
        ("a b c", "b c", ["the notebook's former cell 1 is gone"]),
        ("a b c d", "a d", ["the notebook's former cells 2 to 3 are gone"]),
    ],
)
def test_the_cells_that_changed_are_named(before, now, said):
    assert words({"notebook": before}, {"notebook": now}) == said


def test_parameters_come_first_then_data_then_code():
    parts = ["package numpy", "code pmlib/a.py", "notebook", "input data/a.csv", "parameter focal", "title"]
    said = words(dict.fromkeys(parts, A), dict.fromkeys(parts, B))
    assert [line.split()[0] for line in said] == [
        "parameter",
        "the",
        "data/a.csv",
        "the",
        "pmlib/a.py",
        "numpy",
    ]


def test_equal_parts_leave_nothing_to_say():
    assert words({"notebook": "a b", "title": "x"}, {"title": "x", "notebook": "a b"}) == []
