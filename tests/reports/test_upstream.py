import pytest

from pmlib.reports import plan
from pmlib.reports.plan import PlanError, attempt, jobs

READS = 'som: "Number | None" = None\nothers: "list[Number]" = []\ncount = 3\n'


def catalog(root, **after):
    """Give the catalog reports that each read a Number of those named, `tiny` first."""
    tables = [f'[{name}]\nnotebook = "tiny"\n[{name}.parameters]\n{said}\n' for name, said in after.items()]
    (root / plan.CATALOG).write_text("".join(tables))
    return root


def order(root, *names):
    return {job.name: job.after for job in jobs(root, names)}


def test_reports_come_after_those_whose_numbers_they_read(small):
    root = catalog(
        small(parameters=READS), c='som = "b/x"', b='others = ["a/x", "d/y", "a/z"]', a="", d="", e=""
    )
    assert list(order(root)) == ["a", "d", "e", "b", "c"]
    assert order(root) == {"a": (), "d": (), "e": (), "b": ("a", "d"), "c": ("b",)}


def test_what_is_not_in_the_batch_is_not_waited_for(small):
    root = catalog(small(parameters=READS), b='som = "a/x"', a="")
    assert order(root, "b") == {"b": ()}


def test_a_default_of_the_notebook_counts_too(small):
    root = catalog(small(parameters='som: "Number" = "a/x"\n'), b="", a='som = "c/x"', c='som = "d/x"')
    with pytest.raises(PlanError, match="c: parameter som names a Number of d, which is no report"):
        jobs(root)


def test_a_report_of_a_matrix_is_named_with_its_own_name(small):
    root = catalog(small(parameters=READS), b='som = "a/2/x"', c='som = "a/3/x"', d='som = "a/x"', a="")
    with (root / plan.CATALOG).open("a") as file:
        file.write("[a.product]\ncount = [1, 2]\n")
    made, wrong = attempt(root)
    assert {job.name: job.after for job in made} == {"a/1": (), "a/2": (), "b": ("a/2",)}
    assert wrong["c"][0].startswith("parameter som names a Number of a/3, which is no report")
    assert wrong["d"] == [
        "parameter som names a Number of a, which is a matrix; name one of its reports, as in a/1"
    ]


def test_a_circle_is_refused_and_named_and_the_others_go_on(small):
    root = catalog(
        small(parameters=READS),
        **{
            "a": 'som = "b/x"',
            "b": 'som = "c/x"',
            "c": 'som = "a/x"',
            "d": 'som = "c/x"',
            "e": 'som = "e/x"',
        },
    )
    made, wrong = attempt(root)
    assert [(job.name, job.after) for job in made] == [("d", ())]
    assert wrong.keys() == {"a", "b", "c", "e"}
    (line,) = wrong["e"]
    assert line == "Numbers go round in a circle, each before the next: e → e; cut it"
    (line,) = wrong["a"]
    steps = line.removeprefix("Numbers go round in a circle, each before the next: ").removesuffix("; cut it")
    assert steps in ("a → c → b → a", "c → b → a → c", "b → a → c → b")
    with pytest.raises(PlanError, match="go round in a circle"):
        jobs(root, ["a", "b", "c"])
    assert list(order(root, "a", "b")) == ["b", "a"]


@pytest.mark.parametrize("text", ["som", "/som", "a//som", "../a/som", "A/som", "a/b/c/d", "a/"])
def test_what_names_no_number_is_refused(small, text):
    root = catalog(small(parameters=READS), a=f'som = "{text}"')
    with pytest.raises(PlanError, match=r"a: parameter som is '.*', which names no Number; write it as"):
        jobs(root)


def test_a_long_chain_is_ordered(small):
    root = catalog(small(parameters=READS), **{f"r{i}": f'som = "r{i + 1}/x"' for i in range(2000)}, r2000="")
    assert [job.name for job in jobs(root)] == [f"r{i}" for i in range(2000, -1, -1)]
