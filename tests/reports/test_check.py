import pytest

from pmlib.reports import plan, start
from pmlib.reports.check import problems

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
