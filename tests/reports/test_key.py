import json
import os

import pytest
from small import RESULT

from pmlib.reports import imports, key, modules, packages, plan
from pmlib.reports.templates import PACKAGE

INPUT = {"name": "sales", "path": "data/sales.csv", "rows": 1, "newest": ""}
MODULES = ["pmlib", "pmlib.table", "helpers.py", "pandas"]


def parts(root, previous=None, ran=MODULES):
    (job,) = plan.jobs(root)
    return key.parts(job, root, key.hashed(root, [INPUT]), ran, previous)


@pytest.fixture
def project(small):
    """A project with two source files of its own, one of which its notebook imports."""
    root = small("import helpers\n" + small_code())
    (root / "helpers.py").write_text("import numpy\n")
    (root / "other.py").write_text("")
    return root


def small_code():
    return f"from IPython.display import display\ndisplay({{'{RESULT}': {{}}}}, raw=True)"


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def changed(before, after):
    return {name for name in before | after if before.get(name) != after.get(name)}


NOTEBOOK, CATALOG = "notebooks/tiny.ipynb", plan.CATALOG.as_posix()
CHANGES = {
    "a code cell": (lambda r: edit(r / NOTEBOOK, "import helpers", "import  helpers"), {"notebook"}),
    "a markdown cell": (lambda r: edit(r / NOTEBOOK, "the market?", "this?"), {"notebook"}),
    "a tag": (lambda r: edit(r / NOTEBOOK, '"parameters"', '"parameters", "x"'), {"notebook"}),
    "a cell's id": (lambda r: edit(r / NOTEBOOK, '"id": "', '"id": "x'), set()),
    "an output": (lambda r: output(r / NOTEBOOK), set()),
    "the notebook's settings": (lambda r: appendix(r / NOTEBOOK), {"notebook settings"}),
    "a parameter": (lambda r: catalog(r, "parameters = {count = 9}"), {"parameter count"}),
    "the title": (lambda r: catalog(r, 'title = "x"'), {"title"}),
    "the audience": (lambda r: catalog(r, 'audience = "x"'), set()),
    "the data": (lambda r: (r / "data/sales.csv").write_text("x"), {"input data/sales.csv"}),
    "the data's times": (lambda r: os.utime(r / "data/sales.csv", (1, 1)), set()),
    "data that vanish": (lambda r: (r / "data/sales.csv").unlink(), {"input data/sales.csv"}),
    "the declaration": (lambda r: edit(r / plan.SOURCES, '"Sales"', '"Turnover"'), {"source sales"}),
    "another declaration": (lambda r: (r / plan.SOURCES).open("a").write("[other]\n"), set()),
    "a comment": (lambda r: (r / plan.SOURCES).open("a").write("# words\n"), set()),
    "a helper": (lambda r: (r / "helpers.py").write_text("import numpy \n"), {"code helpers.py"}),
    "a helper that vanishes": (lambda r: (r / "helpers.py").unlink(), {"code helpers.py"}),
    "another helper": (lambda r: (r / "other.py").write_text("1"), set()),
    "the root's own template": (lambda r: template(r), {"template templates/report/report.css"}),
}


def catalog(root, line):
    (root / plan.CATALOG).write_text(f'[tiny]\nnotebook = "tiny"\n{line}')


def output(path):
    document = json.loads(path.read_text())
    document["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    document["cells"][-1]["execution_count"] = 7
    path.write_text(json.dumps(document))


def appendix(path):
    document = json.loads(path.read_text())
    document["metadata"]["pmlib"] = {"appendix": True}
    path.write_text(json.dumps(document))


def template(root):
    (root / "templates/report").mkdir(parents=True)
    (root / "templates/report/report.css").write_text("p {}")


@pytest.mark.parametrize("what", CHANGES)
def test_the_parts_change_with_what_the_page_depends_on_and_nothing_else(project, what):
    edition = Edition(parts(project), [INPUT | key.hashed(project, [INPUT])[0]])
    change, expected = CHANGES[what]
    change(project)
    (job,) = plan.jobs(project)
    assert changed(*key.changed(job, project, edition)) == expected


class Edition:
    """What key.changed asks of an edition."""

    def __init__(self, made_of, inputs):
        self.record = {"parts": made_of, "inputs": inputs, "previous": None}
        self.folder = self.home = PACKAGE / "editions" / "0001-00000000"


def test_a_notebooks_cells_are_told_apart(project):
    before = parts(project)["notebook"].split()
    edit(project / NOTEBOOK, "import helpers", "import  helpers")
    after = parts(project)["notebook"].split()
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, True, False]


def test_the_previous_editions_numbers_belong_to_the_key(project):
    assert changed(parts(project), parts(project, b"{}")) == {"previous"}


def test_the_as_of_date_belongs_to_the_key(project, monkeypatch):
    before = parts(project)
    monkeypatch.setenv("PMLIB_AS_OF", "2026-03-31")
    assert parts(project)["as of"] == "2026-03-31"
    assert changed(before, parts(project)) == {"as of"}


def test_the_code_of_a_page_is_what_ran_and_what_the_press_made_it_with(project):
    code = {path.removeprefix("code ") for path in parts(project) if path.startswith("code ")}
    assert {"helpers.py", "pmlib/table.py", "pmlib/reports/page.py", "pmlib/reports/execute.py"} <= code
    assert not any(path.startswith(("pmlib/cli/", "pmlib/competitive/")) for path in code)
    more = parts(project, ran=[*MODULES, "pmlib.competitive.shares", "pmlib.reports.index"])
    assert changed(parts(project), more) == {"code pmlib/competitive/shares.py"} | {
        name for name in more if name.startswith("package ") and name not in parts(project)
    }


def test_every_module_that_build_imports_is_part_of_the_key(project):
    code = parts(project)
    for name in imports.imported((PACKAGE / "reports/build.py").read_text()):
        path = imports.module_file(name) if name.startswith("pmlib.") else None
        assert path is None or f"code {path.relative_to(PACKAGE.parent).as_posix()}" in code, name


def test_packages_are_those_imported_and_what_they_require(project):
    found = key.versions(parts(project))
    assert found["papermill"].split(".")[0] == "2"
    assert {"python", "pmlib", "pandas", "numpy", "python-dateutil", "jinja2"} <= found.keys()
    assert not {"jupyterlab", "pytest", "hypothesis", "playwright"} & found.keys()


def test_a_parameter_that_is_given_its_default_is_as_if_not_given(small):
    root = small()
    before = parts(root)
    assert before["parameter focal"] == '"Ford"'
    catalog(root, 'parameters = {focal = "Ford", count = 3}')
    (job,) = plan.jobs(root)
    assert job.given == {}  # nothing is injected, so that the page is the same to the byte
    assert changed(before, parts(root)) == set()


def test_the_order_of_parameters_in_the_catalog_does_not_matter(small):
    root = small()
    catalog(root, 'parameters = {owner = "x", count = 9, focal = "GM"}')
    (job,) = plan.jobs(root)
    assert list(job.given) == ["focal", "count", "owner"]  # as declared: what is injected is the same, too


def test_equal_projects_have_equal_keys(small):
    assert key.digest(parts(small())) == key.digest(parts(small()))


GLOB = (
    '[sales]\ntitle = "S"\npath = "data/s*.csv"\norigin = "o"\nlicence = "l"\ncolumns.a = { type = "text" }\n'
)


def test_an_input_of_several_files_changes_with_each_of_them(small):
    from pmlib.data.place import digest

    root = small()
    (root / plan.SOURCES).write_text(GLOB)
    entry = {"name": "sales", "path": "data/s*.csv"}
    first = key.hashed(root, [entry])[0]["sha256"]
    assert first == digest(root, "sales")  # as the run records it
    (root / "data/s2.csv").write_text("x")
    second = key.hashed(root, [entry])[0]["sha256"]
    assert first != second == digest(root, "sales")


def test_a_query_over_several_files_changes_with_each_of_them(small):
    from pmlib.data.place import digest

    root = small()
    files = 'files = { a = "data/sales.csv", b = "data/p*.json" }\nquery = "select 1"'
    (root / plan.SOURCES).write_text(GLOB.replace('path = "data/s*.csv"', files))
    entry = {"name": "sales", "path": "the query of [sales]"}
    first = key.hashed(root, [entry])[0]["sha256"]
    assert first == digest(root, "sales")
    (root / "data/p2.json").write_text("x")
    assert first != key.hashed(root, [entry])[0]["sha256"] == digest(root, "sales")


@pytest.mark.parametrize(
    "place", ['database = "postgresql://127.0.0.1:1/x"\nquery = "select 1"', 'url = "x"']
)
def test_an_input_that_cannot_be_asked_counts_as_changed(small, place):
    root = small()
    (root / plan.SOURCES).write_text(GLOB.replace('path = "data/s*.csv"', place))
    entry = {"name": "sales", "path": "the query of [sales]", "sha256": "as it was"}
    assert key.hashed(root, [entry])[0]["sha256"] == "missing"
    assert key.hashed(root, [entry], ask=False)[0]["sha256"] == "as it was"
    assert key.remote(root, [entry]) == ["sales"]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import a.b as c, d", {"a.b", "d"}),
        ("def f():\n    from a import b", {"a", "a.b"}),
        ("%matplotlib inline\nimport a\nfrom b.c import d", {"a", "b.c"}),
        ("from . import a", set()),
        ("x = 'import a'", set()),
    ],
)
def test_imports_are_read_from_the_text(code, found):
    assert imports.imported(code) == found


def test_a_source_file_is_read_again_only_after_it_changed(tmp_path, monkeypatch):
    path = tmp_path / "a.py"
    path.write_text("import b\n")
    monkeypatch.setattr(imports, "SETTLED", -60)
    with imports.remembered(tmp_path):
        assert imports.of_file(path) == ["b"]
    monkeypatch.setattr(imports, "_read", {})
    with monkeypatch.context() as patch, imports.remembered(tmp_path):
        patch.setattr(imports.ast, "parse", None)
        assert imports.of_file(path) == ["b"]
    path.write_text("import c\n")
    with imports.remembered(tmp_path):
        assert imports.of_file(path) == ["c"]
    (tmp_path / imports.CACHE).write_text('{"x": 5}')
    monkeypatch.setattr(imports, "_read", {})
    with imports.remembered(tmp_path):
        assert imports.of_file(path) == ["c"]


def test_what_a_run_imported_is_told_by_name_and_the_projects_own_by_path(tmp_path):
    after = {
        "pmlib": str(PACKAGE / "__init__.py"),
        "pmlib.data": "",
        "helpers": str(tmp_path / "helpers.py"),
        "lib.deep": str(tmp_path / "lib/deep.py"),
        "pandas.core": "/elsewhere/pandas/core.py",
        "json.decoder": "/elsewhere/json/decoder.py",
        "numpy": "/elsewhere/numpy/__init__.py",
        "__main__": str(tmp_path / "x.txt"),
    }
    found = modules.imported(tmp_path, {"numpy", "pmlib"}, after)
    assert found == ["helpers.py", "lib/deep.py", "pandas", "pmlib", "pmlib.data"]
    assert modules.loaded()["json"].endswith("json/__init__.py")


def test_distributions_are_remembered_until_something_is_installed(tmp_path, monkeypatch):
    packages._known.cache_clear()
    first = packages.needed(tmp_path, ["pandas"])
    assert {"pandas", "numpy", "python-dateutil", "six"} <= first
    packages._known.cache_clear()
    monkeypatch.setattr(packages.metadata, "packages_distributions", None)
    assert packages.needed(tmp_path, ["pandas"]) == first
    (tmp_path / packages.CACHE).write_text("{")
    packages._known.cache_clear()
    packages._looked_up.cache_clear()
    with pytest.raises(TypeError):
        packages.needed(tmp_path, ["pandas"])


def test_an_extra_that_is_asked_for_is_followed(tmp_path, monkeypatch):
    site = tmp_path / "site"
    required = {
        "Tiny_Dep": ["sub[more]; python_version > '3'", "no; python_version < '3'"],
        "sub": ["deep; extra == 'more'", "never; extra == 'other'"],
        "deep": [],
    }
    for dist, requires in required.items():
        (site / f"{dist}-1.0.dist-info").mkdir(parents=True)
        lines = "".join(f"Requires-Dist: {line}\n" for line in requires)
        text = f"Metadata-Version: 2.1\nName: {dist}\nVersion: 1.0\n{lines}"
        (site / f"{dist}-1.0.dist-info/METADATA").write_text(text)
        (site / f"{dist}-1.0.dist-info/top_level.txt").write_text(f"{dist.lower()}\n")
    monkeypatch.setattr("sys.path", ["", str(site)])
    assert packages.needed(tmp_path, ["tiny_dep.x", "json"]) == {"tiny-dep", "sub", "deep"}
    assert packages.versions(["tiny-dep", "gone"]) == {"tiny-dep": "1.0", "gone": "missing"}
    (site / "Tiny_Dep-1.0.dist-info").rename(site / "Tiny_Dep-1.1.dist-info")
    assert packages.versions(["tiny-dep"]) == {"tiny-dep": "1.1"}
