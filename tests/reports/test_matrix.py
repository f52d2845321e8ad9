import re

import pytest
from small import rendered

from pmlib.reports import plan, press
from pmlib.reports.editions import newest, status
from pmlib.reports.plan import PlanError, jobs

PRODUCT = "[tiny.product]\nfocal = ['ford', 'gm']\ncount = [1, 2]\n"
ZIP = "[tiny.zip]\nfocal = ['ford', 'gm']\ncount = [1, 2]\n"
BOTH = "[tiny.product]\nlevel = [0.8, 0.95]\n" + ZIP


def names(root, *patterns):
    return [job.name for job in jobs(root, patterns)]


def test_a_product_is_every_combination(small):
    root = small(entry=PRODUCT)
    made = jobs(root)
    assert [job.given for job in made] == [
        {"focal": focal, "count": count} for focal in ("ford", "gm") for count in (1, 2)
    ]
    assert [job.name for job in made] == ["tiny/ford--1", "tiny/ford--2", "tiny/gm--1", "tiny/gm--2"]
    assert made[0].home == root / "reports/published/tiny/ford--1"
    assert (made[0].report, made[0].slug) == ("tiny", "ford--1")


def test_a_zip_puts_values_side_by_side_and_a_product_multiplies_it(small):
    assert names(small(entry=ZIP)) == ["tiny/ford--1", "tiny/gm--2"]
    made = jobs(small(entry=BOTH))
    assert [job.slug for job in made] == ["ford--1--0_8", "ford--1--0_95", "gm--2--0_8", "gm--2--0_95"]
    assert made[3].given == {"focal": "gm", "count": 2}  # and the level, as the notebook has it


def test_each_report_of_a_matrix_has_its_title(small):
    made = jobs(small(entry="title = '{focal} now'\n" + ZIP))
    assert [job.title for job in made] == ["ford now", "gm now"]


def test_reports_of_a_matrix_are_chosen_together_or_by_their_own_names(small):
    root = small(entry=PRODUCT + '[other]\nnotebook = "tiny"\n')
    assert len(names(root, "tiny")) == 4
    assert names(root, "tiny/gm*") == ["tiny/gm--1", "tiny/gm--2"]
    assert names(root, "t*/*--2", "other") == ["tiny/ford--2", "tiny/gm--2", "other"]
    with pytest.raises(PlanError, match=r"no report is called 'tiny/gm--3'; did you mean tiny/gm--[12]"):
        jobs(root, ["tiny/gm--3"])


def test_values_of_a_matrix_are_checked_like_others_and_said_once(small):
    root = small(entry="[tiny.product]\ncount = [1, 'x']\nlevel = [5]\n")
    with pytest.raises(PlanError) as error:
        jobs(root)
    assert str(error.value).splitlines() == [
        f"{plan.select(plan.catalog(root))[0].name} and 1 more: "
        "parameter level is 5.0, which is out of its range 0 < float < 1",
        "tiny/x--5: parameter count takes int, not the text 'x'",
    ]
    root = small(entry="[tiny.product]\nfocl = ['a']\n")
    with pytest.raises(
        PlanError, match=r"tiny/a: the notebook declares no parameter focl; did you mean focal\?"
    ):
        jobs(root)


def test_two_reports_in_one_folder_are_refused(small):
    entry = "[tiny.product]\nnext = [2026-01-01, '2026-01-01']\n"
    root = small(entry=entry, parameters='next: "date" = "2026-01-01"\n')
    said = (
        "[tiny]: 2 reports would stand in tiny/2026-01-01, the folder for next = 2026-01-01; keep one of them"
    )
    with pytest.raises(PlanError, match=re.escape(f"reports/catalog.toml, {said}")):
        jobs(root)


def test_a_draft_of_a_matrix_stands_under_its_report(small):
    (job,) = jobs(small(entry=ZIP), ["tiny/gm--2"], {"level": "0.5"})
    assert job.home.parent.parent.name == "gm--2"
    assert re.fullmatch(r"level-0_5-[0-9a-f]{8}", job.home.name)


def test_a_draft_that_sets_the_axis_is_made_once(small):
    root = small(entry="[tiny.product]\nfocal = ['ford', 'gm']\n")
    (job,) = jobs(root, overrides={"focal": "honda"})
    assert job.given == {"focal": "honda"}


def test_another_value_changes_no_other_folder(small):
    values = ["Ford", "ford", "FORD", "São Paulo", "Sao Paulo", "con", "东京", "🚗", "x" * 99, "x" * 98]
    before = {}
    for count in range(1, len(values) + 1):
        made = jobs(small(entry=f"[tiny.product]\nfocal = {values[:count]}\n"))
        now = {job.parameters["focal"]: job.slug for job in made}
        assert now.items() >= before.items()
        before = now
    assert len(set(before.values())) == len(values)


def test_a_matrix_of_a_broken_notebook_is_told_in_one_line(small):
    root = small(entry=PRODUCT)
    (root / "notebooks/tiny.ipynb").write_text("{")
    with pytest.raises(PlanError) as error:
        jobs(root)
    assert str(error.value).startswith("tiny/ford--1 and 3 more: notebooks/tiny.ipynb is no notebook: ")
    assert plan.attempt(root)[1].keys() == {"tiny/ford--1", "tiny/ford--2", "tiny/gm--1", "tiny/gm--2"}


@pytest.mark.usefixtures("without_kernel")
def test_each_report_of_a_matrix_has_a_page_of_its_own(small):
    root = small(entry=ZIP)
    for job in jobs(root):
        press.run(job, root, rendered)
    folder = root / "reports/published/tiny"
    assert {path.name for path in folder.iterdir()} == {"ford--1", "gm--2"}
    assert [newest(folder / name).record["parameters"]["focal"] for name in ("ford--1", "gm--2")] == [
        "ford",
        "gm",
    ]
    assert [press.run(job, root, rendered).state for job in jobs(root)] == ["fresh", "fresh"]
    press.refuse("tiny/gm--2", root, "it cannot start")
    assert status(folder / "gm--2").startswith("failed")
    assert status(folder / "ford--1") == "published"


@pytest.mark.usefixtures("without_kernel")
def test_the_longest_names_fit_on_a_disk_and_stay_in_their_folder(small):
    root, report = small(), "r" * 80
    values = ["../" * 100, "漢" * 300, "x" * 300, "CON"]
    (root / plan.CATALOG).write_text(f'[{report}]\nnotebook = "tiny"\n[{report}.product]\nfocal = {values}\n')
    for job in jobs(root, overrides={"owner": "../" * 100}):
        press.run(job, root, rendered)
        page = (job.home / "index.html").resolve()
        assert page.is_file()
        assert page.relative_to(root / "reports/published").parts[0] == report
    assert len(list((root / "reports/published" / report).iterdir())) == len(values)
