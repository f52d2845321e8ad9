"""Make pages of one notebook in one process: reports_arm.py WAY SET...

Each reads parameters/SET.yaml or injected/SET.ipynb of the folder it is started in, and writes made/SET.html.
"""

import ast
import json
import sys
from pathlib import Path

NOTEBOOK = "notebooks/competitive_analysis.ipynb"


def bare(sets):
    """Run the cells and draw what they show, into nothing: the least that any way can take."""
    cells = [c for c in json.loads(Path(NOTEBOOK).read_text("utf-8"))["cells"] if c["cell_type"] == "code"]
    steps = [(compiled("".join(c["source"])), "parameters" in c["metadata"].get("tags", [])) for c in cells]
    for one in sets:
        names = {"__name__": "__main__", "display": lambda *shown: [drawn(value) for value in shown]}
        for (code, last), takes in steps:
            exec(code, names)
            if last:
                drawn(eval(last, names))
            if takes:
                names |= parameters(one)


def compiled(source):
    """Compile a cell: what it does, and what it ends in and shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    return compile(tree, "cell", "exec"), last and compile(ast.Expression(last.value), "cell", "eval")


def drawn(value):
    """Make of a value what a notebook would show."""
    if value is None:
        return None
    return value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else repr(value)


def papermill(sets):
    """Papermill and nbconvert as libraries, with one exporter."""
    from papermill import execute_notebook

    write = exporter()
    for one in sets:
        write(one, execute_notebook(NOTEBOOK, f"made/{one}.ipynb", parameters(one), progress_bar=False))


def ploomber(sets):
    """The same with ploomber-engine, which runs the cells in this process."""
    from ploomber_engine import execute_notebook

    write = exporter()
    for one in sets:
        made = execute_notebook(NOTEBOOK, f"made/{one}.ipynb", parameters=parameters(one), progress_bar=False)
        write(one, made)


def jupyter_cache(sets):
    """A cache of executed notebooks, empty at first."""
    from jupyter_cache import get_cache
    from jupyter_cache.executors import load_executor

    cache, write = get_cache("made/cache"), exporter()
    for one in sets:
        cache.add_nb_to_project(str(Path(f"injected/{one}.ipynb").resolve()))
    load_executor("local-serial", cache).run_and_cache(timeout=600)
    for one in sets:
        write(one, cache.merge_match_into_file(f"injected/{one}.ipynb")[1])


def exporter():
    """Make a function that writes a page, with an exporter that it uses again."""
    from nbconvert import HTMLExporter

    export = HTMLExporter()

    def write(one, notebook):
        Path(f"made/{one}.html").write_text(export.from_notebook_node(notebook)[0], encoding="utf-8")

    return write


def parameters(one):
    """Read a set of parameters."""
    return json.loads(Path(f"parameters/{one}.yaml").read_text("utf-8"))


WAYS = {"bare": bare, "papermill": papermill, "ploomber-engine": ploomber, "jupyter-cache": jupyter_cache}

if __name__ == "__main__":
    WAYS[sys.argv[1]](sys.argv[2:])
