import re

import pytest

from pmlib.reports import plan
from pmlib.reports.plan import PlanError, jobs, read_notebook


def catalog(root, text):
    (root / plan.CATALOG).write_text(text)


def test_a_job_holds_checked_parameters(small):
    root = small(entry="title = 'T'\n[tiny.parameters]\ncount = 5\n")
    (job,) = jobs(root)
    assert job.given == {"count": 5}
    assert job.parameters == {"focal": "Ford", "count": 5, "level": 0.95, "owner": "Ann"}
    assert job.home == root / "reports/published/tiny"
    assert job.title == "T"
    assert not job.draft


def test_the_title_is_the_notebooks_heading_where_none_is_given(small):
    assert jobs(small())[0].title == "Who leads"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tiny]\nnotebok = "tiny"', "unknown key notebok; did you mean notebook?"),
        ('[tiny]\ntitle = "x"', "notebook is missing"),
        (
            '[tiny]\nnotebook = "../tiny"',
            "notebook is '../tiny'; it takes a name of letters, digits and _",
        ),
        ('[tiny]\nnotebook = "tiny"\ntime_limit = 0', "time_limit is 0"),
        ('[tiny]\nnotebook = "tiny"\ntime_limit = "60"', "time_limit is '60'"),
        ('[Tiny]\nnotebook = "tiny"', "a report is named by at most 80 of a-z, 0-9 and _"),
        ('["../x"]\nnotebook = "tiny"', "a report is named by"),
        ('tiny = "tiny"', "a report is a table"),
        ("[tiny\n", "cannot be read"),
        ('[tiny]\nnotebook = "tony"', "there is no notebooks/tony.ipynb; did you mean tiny?"),
        (
            '[tiny]\nnotebook = "tiny"\n[tiny.parameters]\nfocl = "x"',
            "tiny: the notebook declares no parameter focl",
        ),
    ],
)
def test_a_wrong_catalog_is_refused_in_one_line(small, text, said):
    root = small()
    catalog(root, text)
    with pytest.raises(PlanError) as error:
        jobs(root)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_one_bad_job_stops_the_batch_and_all_problems_are_said(small):
    root = small()
    catalog(
        root,
        '[good]\nnotebook = "tiny"\n[a]\nnotebook = "tiny"\nparameters = {count = "x"}\n'
        '[b]\nnotebook = "tiny"\nparameters = {level = 5}\n',
    )
    with pytest.raises(PlanError) as error:
        jobs(root)
    lines = str(error.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["a", "b"]


def test_reports_are_chosen_by_name_and_glob(small):
    root = small()
    catalog(root, "".join(f'[{name}]\nnotebook = "tiny"\n' for name in ("us_a", "us_b", "eu_a")))
    assert [job.report for job in jobs(root, ["us_*"])] == ["us_a", "us_b"]
    assert [job.report for job in jobs(root, ["eu_a", "us_a"])] == ["us_a", "eu_a"]
    with pytest.raises(PlanError, match=r"no report is called 'us_c'; did you mean us_[ab]\?"):
        jobs(root, ["us_c"])


def test_command_line_parameters_make_a_draft_of_its_own(small):
    root = small()
    (job,) = jobs(root, overrides={"focal": "../../GM", "count": "7"})
    assert job.given == {"focal": "../../GM", "count": 7}
    assert job.draft
    assert job.home.parent == root / "reports/published/tiny/drafts"
    assert re.fullmatch(r"focal-gm-count-7-[0-9a-f]{8}", job.home.name)


def test_command_line_problems_are_all_said(small):
    with pytest.raises(PlanError) as error:
        jobs(small(), overrides={"focl": "'x'", "count": "x", "level": "7"})
    assert len(str(error.value).splitlines()) == 3


def test_a_notebook_that_is_none_is_refused(small):
    root = small()
    path = root / "notebooks/tiny.ipynb"
    path.write_text("{")
    with pytest.raises(PlanError, match=r"tiny: notebooks/tiny.ipynb is no notebook"):
        jobs(root)
    path.write_text('{"nbformat": 3}')
    with pytest.raises(PlanError, match="no notebook of format 4"):
        jobs(root)


@pytest.mark.parametrize(
    "cell",
    ['"a"', '{"cell_type": "code", "metadata": {}, "source": 5}', '{"cell_type": "code", "source": ""}'],
)
def test_a_damaged_cell_is_named(small, cell):
    root = small()
    (root / "notebooks/tiny.ipynb").write_text(f'{{"nbformat": 4, "cells": [{cell}]}}')
    with pytest.raises(PlanError, match=r"tiny: notebooks/tiny.ipynb is no notebook: its cell 1 is damaged"):
        jobs(root)


def test_a_thousand_reports_read_their_notebook_once(small, monkeypatch):
    root = small()
    catalog(root, "".join(f'[r{i}]\nnotebook = "tiny"\nparameters = {{count = {i}}}\n' for i in range(1000)))
    read = []
    monkeypatch.setattr(plan, "read_notebook", lambda *at: read.append(at) or read_notebook(*at))
    assert [job.parameters["count"] for job in jobs(root)] == list(range(1000))
    assert len(read) == 1


def test_the_titles_template_takes_parameters(small):
    entry = "title = '{focal} against {count} {{rivals}}'\n[tiny.parameters]\nfocal = '  Ge neral\tMotors'\n"
    assert jobs(small(entry=entry))[0].title == "Ge neral Motors against 3 {rivals}"


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("{focl}", "title names no parameter: {focl}; did you mean focal?"),
        ("{focal.__class__}", "title has {focal.__class__} with more than a parameter's name in it"),
        ("{focal[0]}", "with more than a parameter's name in it"),
        ("{count:>99999999}", "with more than a parameter's name in it"),
        ("{focal!r}", "with more than a parameter's name in it"),
        ("{}", "with more than a parameter's name in it"),
        ("{focal", "title cannot be read: expected '}' before end of string; write a parameter as {region}"),
        ("50 } off", "title cannot be read: Single '}' encountered"),
    ],
)
def test_a_title_that_asks_for_more_than_parameters_is_refused(small, title, said):
    with pytest.raises(PlanError) as error:
        jobs(small(entry=f'title = "{title}"\n'))
    assert str(error.value).startswith("tiny: title ")
    assert said in str(error.value)


def test_a_title_with_a_parameter_that_has_no_value_is_refused(small):
    root = small(entry="title = 'Since {since}'\n", parameters='since: "int | None" = None\n')
    with pytest.raises(PlanError, match="tiny: title names the parameter since, which has no value here"):
        jobs(root)


def test_a_report_that_cannot_be_planned_keeps_its_title_as_it_was(small):
    assert plan.unplanned(small(), "tiny", "50 {off} }").title == "50 {off} }"


LABELLED = 'source: "Source" = "sales"\nfocal: "Label[\'firm\']" = "Ford"\n'


@pytest.mark.parametrize("values", ['["Fort"]', '["Fort", "GM"]'])
def test_labels_that_the_declaration_rules_out_are_refused_before_anything_is_read(small, values):
    root = small(parameters=LABELLED)
    column = f'columns.Maker = {{ type = "category", role = "firm", values = {values} }}\n'
    (root / plan.SOURCES).write_text(f'[sales]\ntitle = "Sales"\n{column}')
    with pytest.raises(
        PlanError, match=r"tiny: parameter focal: 'Ford' is no firm in sales; did you mean Fort\?"
    ):
        jobs(root)
    assert jobs(root, overrides={"focal": "Fort"})[0].draft


@pytest.mark.parametrize("columns", ["5", "{ Maker = 5 }", '{ Maker = { role = "firm", values = 5 } }'])
def test_a_damaged_declaration_is_left_to_those_who_read_it(small, columns):
    root = small(parameters=LABELLED)
    (root / plan.SOURCES).write_text(f"[sales]\ncolumns = {columns}\n")
    assert jobs(root)[0].parameters["focal"] == "Ford"


def test_one_broken_report_does_not_stop_the_others(small):
    root = small()
    catalog(root, '[a]\nnotebook = "tiny"\n[b]\nnotebook = "tiny"\nparameters = {level = 5}\n')
    made, wrong = plan.attempt(root)
    assert [job.name for job in made] == ["a"]
    assert wrong == {"b": ["parameter level is 5.0, which is out of its range 0 < float < 1"]}


def test_a_day_that_is_none_is_refused_before_anything_starts(small, monkeypatch):
    monkeypatch.setenv("PMLIB_AS_OF", "soon")
    with pytest.raises(plan.PlanError, match="PMLIB_AS_OF is 'soon'; it takes a date such as 2026-03-31"):
        plan.jobs(small())


def test_a_notebook_nested_too_deep_is_refused(small):
    root = small()
    (root / "notebooks/tiny.ipynb").write_text("[" * 100_000)
    with pytest.raises(plan.PlanError, match=r"notebooks/tiny.ipynb is no notebook: maximum recursion"):
        plan.jobs(root)
