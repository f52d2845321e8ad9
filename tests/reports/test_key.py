import json

import pytest

from pmlib.reports import key, plan

INPUT = {"name": "sales", "path": "data/sales.csv", "rows": 1, "newest": ""}


def parts(root, previous=None):
    (job,) = plan.jobs(root)
    return key.parts(job, root, key.hashed(root, [INPUT]), previous)


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def changed(before, after):
    return {name for name in before | after if before.get(name) != after.get(name)}


CHANGES = {
    "a code cell": (lambda r: edit(r / "notebooks/tiny.ipynb", "import json", "import  json"), {"notebook"}),
    "a markdown cell": (lambda r: edit(r / "notebooks/tiny.ipynb", "the market?", "this?"), {"notebook"}),
    "a tag": (lambda r: edit(r / "notebooks/tiny.ipynb", '"parameters"', '"parameters", "x"'), {"notebook"}),
    "a cell's id": (lambda r: edit(r / "notebooks/tiny.ipynb", '"id": "', '"id": "x'), set()),
    "an output": (lambda r: output(r / "notebooks/tiny.ipynb"), set()),
    "a parameter": (
        lambda r: (r / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\nparameters = {count = 9}'),
        {"parameters"},
    ),
    "the audience": (
        lambda r: (r / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\naudience = "x"'),
        set(),
    ),
    "the data": (lambda r: (r / "data/sales.csv").write_text("x"), {"input data/sales.csv"}),
    "data that vanish": (lambda r: (r / "data/sales.csv").unlink(), {"input data/sales.csv"}),
    "the declaration": (lambda r: edit(r / plan.SOURCES, '"Sales"', '"Turnover"'), {"sources"}),
    "another declaration": (lambda r: (r / plan.SOURCES).open("a").write("[other]\n"), set()),
    "a comment": (lambda r: (r / plan.SOURCES).open("a").write("# words\n"), set()),
    "the root's own template": (lambda r: template(r), {"template"}),
}


def output(path):
    document = json.loads(path.read_text())
    document["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    document["cells"][-1]["execution_count"] = 7
    path.write_text(json.dumps(document))


def template(root):
    (root / "templates/report").mkdir(parents=True)
    (root / "templates/report/report.css").write_text("p {}")


@pytest.mark.parametrize("what", CHANGES)
def test_the_key_changes_with_what_the_page_depends_on_and_nothing_else(small, what):
    root = small()
    before = parts(root)
    change, expected = CHANGES[what]
    change(root)
    assert changed(before, parts(root)) == expected


def test_the_previous_editions_numbers_belong_to_the_key(small):
    root = small()
    assert changed(parts(root), parts(root, b"{}")) == {"previous"}


def test_code_and_packages_belong_to_the_key(small, monkeypatch, tmp_path):
    root = small()
    before = parts(root)
    monkeypatch.setattr(key, "packages", lambda: {"pandas": "0"})
    assert changed(before, parts(root)) == {"packages"}
    monkeypatch.undo()
    (tmp_path / "a.py").write_text("")
    monkeypatch.setattr(key, "PACKAGE", tmp_path)
    assert changed(before, parts(root)) == {"code"}


def test_packages_are_those_installed():
    found = key.packages()
    assert found["papermill"].split(".")[0] == "2"
    assert {"python", "pmlib", "pandas"} <= found.keys()


def test_equal_projects_have_equal_keys(small):
    assert key.digest(parts(small())) == key.digest(parts(small()))


GLOB = (
    '[sales]\ntitle = "S"\npath = "data/s*.csv"\norigin = "o"\nlicence = "l"\ncolumns.a = { type = "text" }\n'
)


def test_an_input_of_several_files_changes_with_each_of_them(small):
    root = small()
    (root / plan.SOURCES).write_text(GLOB)
    entry = {"name": "sales", "path": "data/s*.csv"}
    first = key.hashed(root, [entry])[0]["sha256"]
    (root / "data/s2.csv").write_text("x")
    second = key.hashed(root, [entry])[0]["sha256"]
    assert first != second and len(first) == len(second) == 64


@pytest.mark.parametrize(
    "place", ['database = "postgresql://127.0.0.1:1/x"\nquery = "select 1"', 'url = "x"']
)
def test_an_input_that_cannot_be_asked_counts_as_changed(small, place):
    root = small()
    (root / plan.SOURCES).write_text(GLOB.replace('path = "data/s*.csv"', place))
    entry = {"name": "sales", "path": "the query of [sales]"}
    assert key.hashed(root, [entry])[0]["sha256"] == "missing"
