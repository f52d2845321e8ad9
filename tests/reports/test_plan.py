import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlib.reports import plan
from pmlib.reports.plan import PlanError, jobs
from pmlib.reports.slug import draft_slug


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


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text(), min_size=1, max_size=4))
def test_a_slug_is_a_legal_folder_whatever_the_values(values):
    name = draft_slug(values)
    assert re.fullmatch(r"[a-z0-9_-]+", name)
    assert len(name) <= 60


def test_slugs_of_values_that_look_alike_differ():
    values = ["a", "A", "a ", "\u00e1", "a\u0301", 1, "1", 1.0, True]
    assert len({draft_slug({"x": value}) for value in values}) == len(values)
