"""The arrows of the design: notebooks → topics → spine; the press knows no topic; nothing imports `cli`."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "pmlib"
MODULES = sorted(PACKAGE.rglob("*.py"))
TOPICS = {"competitive", "sizing", "impact", "voice", "performance", "priorities"}
DRAWS, WRITES_HTML = (
    {"chart"},
    {"inline.py", "table.py", "result.py", "page.py", "outputs.py", "sanitise.py", "note.py", "publish.py"}
    | {"failure.py", "index.py"},
)


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: say pmlib.…, not a relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(dotted):
    pieces = dotted.split(".")
    return pieces[1] if pieces[0] == "pmlib" and len(pieces) > 1 else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_follow_the_arrows(path):
    here = path.relative_to(PACKAGE).parts[0]
    names = list(imported(path))
    parts = {part(name) for name in names} - {""}
    assert "cli" not in parts or here in ("__main__.py", "cli"), "nothing imports the command line"
    if here in TOPICS:
        assert not parts & ((TOPICS - {here}) | {"reports"}), "a topic imports the spine only"
    else:
        assert not parts & TOPICS, "the spine and the press know no topic"
    assert "statsmodels.api" not in names, "say the submodule: all of statsmodels takes a second to import"
    if here not in DRAWS and path.name != "warm.py":  # which loads what charts will need
        assert not any(name.split(".")[0] in ("matplotlib", "seaborn") for name in names), (
            "drawing is the charts'"
        )


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_html_is_written_in_few_places(path):
    words = [n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant)]
    tags = [
        w
        for w in words
        if isinstance(w, str) and any(t in w for t in ("<p>", "<p ", "<div", "<table", "<h1"))
    ]
    assert not tags or path.name in WRITES_HTML


def test_modules_are_short():
    lengths = sorted(len(path.read_text("utf-8").splitlines()) for path in MODULES)
    assert lengths[len(lengths) // 2] < 250
