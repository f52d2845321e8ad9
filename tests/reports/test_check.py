import pytest

from pmlib import data
from pmlib.reports import plan, start
from pmlib.reports.check import problems
from pmlib.reports.deliver.settings import DELIVERY

SALES = """\
[sales]
title = "Sales"
path = "data/sales.csv"
origin = "made up"
licence = "none"
columns.firm = { type = "text", role = "firm" }
columns.sales = { type = "integer", role = "units" }
"""
READS = 'source: "Source" = "sales"\n'


@pytest.fixture
def here(monkeypatch):
    """Let data.read look where the project of the test is."""
    return lambda root: monkeypatch.setenv("PMLIB_ROOT", str(root))


def test_a_wrong_parameter_and_an_unreadable_table_are_named(small, here):
    root = small("source", parameters=READS)
    here(root)
    (line,) = [line for line in problems(root) if line.startswith("tiny: ")]
    assert "data/sources.toml" in line
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\nparameters = {source = "sails"}\n')
    assert problems(root) == [
        "tiny: parameter source names no table of data/sources.toml: 'sails'; did you mean sales?"
    ]


def test_a_table_is_read_once_and_each_report_on_it_is_checked(small, here, monkeypatch):
    root = small(
        parameters=READS + 'focal: "Label[\'firm\']" = "Ford"\n',
        entry="[tiny.product]\nfocal = ['Ford', 'Fort']",
    )
    here(root)
    (root / plan.SOURCES).write_text(SALES)
    read, asked = data.read, []
    monkeypatch.setattr(data, "read", lambda name: asked.append(name) or read(name))
    (line,) = [line for line in problems(root) if line.startswith("tiny/")]
    assert line.startswith("tiny/fort-")
    assert line.endswith(": parameter focal: 'Fort' is no firm in sales; did you mean Ford?")
    assert asked == ["sales"]


def test_readers_without_a_report_and_owners_of_none_are_named(small, here):
    root = small(entry='audience = "Car managers"\n')
    here(root)
    mail = '[mail]\nserver = "smtp.example.org"\nsender = "r@example.org"\n'
    readers = (
        '[readers.cars]\naudience = "Car manager"\nreports = ["tin*", "tinny"]\nmail = ["a@example.org"]\n'
    )
    (root / DELIVERY).write_text(
        f'{mail}{readers}[owners]\n"Anne" = ["a@example.org"]\n"*" = ["b@example.org"]\n'
    )
    where = "reports/delivery.toml, [readers.cars]: "
    assert [line for line in problems(root) if "delivery" in line] == [
        f"{where}audience 'Car manager' is that of no report; did you mean Car managers?",
        f"{where}reports 'tinny' names no report; did you mean tiny?",
        "reports/delivery.toml, [owners]: 'Anne' owns no report; did you mean Ann?",
    ]
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\nschedule = "weekdays 07:00"\n')
    assert not any("nobody hears" in line for line in problems(root))
    (root / DELIVERY).write_text(f'{mail}[owners]\n"Anne" = ["a@example.org"]\n')
    nobody = "reports/delivery.toml, [owners]: nobody hears when a run of tiny fails"
    assert f"{nobody}; give 'Ann' or \"*\" an address" in problems(root)
    (root / DELIVERY).write_text("[mail")
    assert any(line.startswith("reports/delivery.toml cannot be read") for line in problems(root))


def test_a_brace_in_a_new_reports_title_stays_one(small):
    root = small()
    start.new_report(root, "mine", "50 {off} } now")
    assert plan.jobs(root, ["mine"])[0].title == "50 {off} } now"


def test_a_name_that_windows_keeps_is_no_name_for_a_report(small):
    with pytest.raises(ValueError, match=r"'con' is no name for a report; use at most 80 of .*, and none"):
        start.new_report(small(), "con")


def test_a_notebook_against_the_house_style_is_named(small, here):
    root = small("def f(): pass")
    here(root)
    assert any("tiny.ipynb" in line and "defines a function" in line for line in problems(root))


def test_a_new_report_keeps_the_house_style(tmp_path, here):
    root = tmp_path / "project"
    start.new_root(root)
    start.new_report(root, "mine")
    here(root)
    assert [line for line in problems(root) if "mine" in line] == []
