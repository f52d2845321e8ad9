"""The project that reports.py measures: a notebook, many sets of parameters, what each arm starts from."""

import ast
import itertools
import json
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
NOTEBOOK = "notebooks/competitive_analysis.ipynb"
FIRMS = ["Ford", "Nissan", "Volkswagen", "Volvo", "Mercedes-Benz"]
BASES = ["units", "revenue"]
SINCE = [1980, 1975, 1976, 1977, 1978, 1979, 1981, 1982, 1983, 1984]
LEVELS = [0.95, 0.9, 0.8, 0.99, 0.98]
AXES = ("level", "since", "basis", "focal")  # the last one changes fastest
MARIMO = """import marimo

app = marimo.App()
{}

if __name__ == "__main__":
    app.run()
"""
CELL = "\n\n@app.cell\ndef _():\n{}\n"


def made(home: Path, count: int) -> None:
    """Make the project; and, for arms that take no parameters, notebooks that hold theirs."""
    from nbformat import write
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    for folder in ("notebooks", "data", "reports", "parameters", "injected", "ported"):
        shutil.rmtree(home / folder, ignore_errors=True)
        (home / folder).mkdir(parents=True)
    shutil.copy(ROOT / NOTEBOOK, home / NOTEBOOK)
    shutil.copytree(ROOT / "data", home / "data", dirs_exist_ok=True)
    write_catalog(home, count)
    for number, values in zip(numbers(count), parameters(count), strict=True):
        notebook = load_notebook_node(str(home / NOTEBOOK))
        (home / "ported" / f"{number}.py").write_text(ported(notebook.cells, values), encoding="utf-8")
        (home / "parameters" / f"{number}.yaml").write_text(json.dumps(values), encoding="utf-8")
        write(parameterize_notebook(notebook, values), home / "injected" / f"{number}.ipynb")
    time.sleep(3)  # a file as new as this is hashed anew each time


def numbers(count: int) -> list[str]:
    """Name the sets of parameters."""
    return [f"{number:03}" for number in range(count)]


def parameters(count: int) -> list[dict[str, Any]]:
    """Give different sets of parameters; the first twenty differ in firm, basis and year."""
    some = list(itertools.islice(itertools.product(LEVELS, SINCE, BASES, FIRMS), count))
    if len(some) < count:
        raise ValueError(f"there are {len(some)} sets of parameters; ask for no more")
    return [dict(zip(AXES, values, strict=True)) for values in some]


def write_catalog(home: Path, count: int) -> None:
    """Declare so many reports."""
    some = parameters(count)
    axes = "".join(f"{name} = {json.dumps([values[name] for values in some])}\n" for name in AXES)
    text = f'[cars]\nnotebook = "{Path(NOTEBOOK).stem}"\n\n[cars.zip]\n{axes}'
    (home / "reports" / "catalog.toml").write_text(text, encoding="utf-8")


def ported(cells: Iterable[Any], values: dict[str, Any]) -> str:
    """Write the code cells as a marimo notebook with these parameters."""
    bodies = [["import marimo"]]
    bodies += [list(_ported(cell, values)) for cell in cells if cell.cell_type == "code"]
    return MARIMO.format("".join(CELL.format("\n".join(f"    {line}" for line in body)) for body in bodies))


def _ported(cell: Any, values: dict[str, Any]) -> Iterator[str]:
    """Give a cell's statements; marimo shows one value a cell, so several become a column."""
    shown = list[str]()
    for statement in ast.parse(cell.source).body:
        match statement:
            case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)) if (
                name in values and "parameters" in cell.metadata.tags
            ):
                yield f"{name} = {values[name]!r}"
            case ast.Expr(ast.Call(func=ast.Name("display"), args=arguments)):
                shown += map(ast.unparse, arguments)
            case ast.Expr(value):
                shown.append(ast.unparse(value))
            case _:
                yield ast.unparse(statement)
    if shown:
        yield shown[0] if len(shown) == 1 else f"marimo.vstack([{', '.join(shown)}])"
