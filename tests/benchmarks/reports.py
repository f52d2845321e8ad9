"""CPU and wall time of a batch of reports, beside what else turns notebooks into pages.

    python -m venv peers; peers/bin/pip install . jupyter-cache marimo ploomber-engine
    python tests/benchmarks/reports.py FOLDER [--peers PYTHON] [--count 20] [--rounds 1] [--only ours,marimo]
    python tests/benchmarks/reports.py FOLDER --flat

FOLDER becomes a project of its own: one notebook with COUNT different sets of parameters. Papermill and
nbconvert are run from this environment, the other peers from theirs, so that no plug-in slows another down. A
first report of each arm is made unmeasured, with PYTHONDONTWRITEBYTECODE unset for all: it leaves bytecode
compiled and files read. Then an arm is measured whole, start-up and children included, with one thread for
linear algebra. Parameters are put beforehand into notebooks for arms that cannot do it themselves. Every page
must hold what the last cells show.
"""

import argparse
import ast
import itertools
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NOTEBOOK = "notebooks/competitive_analysis.ipynb"
SHOWN = (
    "Berry, Levinsohn and Pakes (1995, 1999)"  # where the data come from, as the last cell but one shows it
)
FIRMS = ["Ford", "Nissan", "Volkswagen", "Volvo", "Mercedes-Benz"]
BASES = ["units", "revenue"]
SINCE = [1980, 1975, 1976, 1977, 1978, 1979, 1981, 1982, 1983, 1984]
LEVELS = [0.95, 0.9, 0.8, 0.99, 0.98]
FLAT = [20, 100, 500]
SPARSE = 4  # of the arms that start anew for each report, every so many reports are enough
Commands = list[list[str]]


@dataclass
class Spent:
    """What commands took in all: seconds; and megabytes at most, of themselves and of any process below."""

    cpu: float = 0.0
    wall: float = 0.0
    own: float = 0.0
    largest: float = 0.0


@dataclass
class Arm:
    """A way to make pages: its commands for sets of parameters; each : whether it starts anew for each."""

    commands: Callable[[list[str]], Commands]
    each: bool = False
    pages: str = ""  # where, if not in made/


def main() -> None:
    """Measure each arm in turn, round after round, and print the best of each."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--peers", default=sys.executable)
    asked.add_argument("--count", type=int, default=20)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--only")
    asked.add_argument("--flat", action="store_true")
    given = asked.parse_args()
    home, known = (
        given.folder.resolve(),
        arms(os.path.abspath(given.peers)),
    )  # resolved, it would leave its venv
    wanted = given.only.split(",") if given.only else list(known)
    if strange := set(wanted) - set(known):
        asked.error(f"no arm is called {', '.join(sorted(strange))}; there are {', '.join(known)}")
    if given.flat:
        show_flat(home)
        return
    prepare(home, given.count)
    every = numbers(given.count)
    some = {name: every[::SPARSE] if known[name].each else every for name in wanted}
    best, failed = dict[str, Spent](), dict[str, str]()
    for name in wanted:
        attempt(home, name, known[name], every[:1], {}, failed)
    for _ in range(given.rounds):
        for name in wanted:
            if name not in failed:
                attempt(home, name, known[name], some[name], best, failed)
    show(best, failed, {name: len(some[name]) for name in wanted})


def arms(peers: str) -> dict[str, Arm]:
    """Say how each arm makes its pages."""

    def ours(*options: str) -> Arm:
        command = [sys.executable, "-m", "pmlib", "run", "--force", *options]
        return Arm(lambda _: [command], pages="reports/published/cars/*/index.html")

    def one_process(python: str, way: str) -> Arm:
        return Arm(lambda sets: [[python, str(HERE / "reports_arm.py"), way, *sets]])

    def commands(sets: list[str]) -> Commands:
        made: Commands = []
        for one in sets:
            page = f"made/{one}.ipynb"
            made += [
                [tool("papermill"), NOTEBOOK, page, "-f", f"parameters/{one}.yaml"],
                [tool("jupyter"), "nbconvert", "--to", "html", page],
            ]
        return made

    def execute(sets: list[str]) -> Commands:
        files = [f"injected/{one}.ipynb" for one in sets]
        return [[tool("jupyter"), "nbconvert", "--to", "html", "--execute", "--output-dir", "made", *files]]

    def marimo(sets: list[str]) -> Commands:
        start = [peers, "-m", "marimo", "-y", "export", "html"]
        return [[*start, f"marimo/{one}.py", "-o", f"made/{one}.html"] for one in sets]

    return {
        "bare": one_process(sys.executable, "bare"),
        "ours": ours("--jobs", "1"),
        "ours with two workers": ours("--jobs", "2"),
        "ours with kernels": ours("--jobs", "1", "--engine", "kernel"),
        "commands": Arm(commands, each=True),
        "one process": one_process(sys.executable, "papermill"),
        "nbconvert --execute": Arm(execute),
        "jupyter-cache": one_process(peers, "jupyter-cache"),
        "marimo": Arm(marimo, each=True),
        "ploomber-engine": one_process(peers, "ploomber-engine"),
    }


def tool(name: str) -> str:
    """Find a command of this environment."""
    return str(Path(sys.executable).parent / name)


def numbers(count: int) -> list[str]:
    """Name the sets of parameters."""
    return [f"{number:03}" for number in range(count)]


def attempt(
    home: Path, name: str, arm: Arm, sets: list[str], best: dict[str, Spent], failed: dict[str, str]
) -> None:
    """Run an arm and keep the least of what it took, or why it could not."""
    print(f"{name}: {len(sets)} reports", file=sys.stderr, flush=True)
    clear(home)
    write_catalog(home, len(sets))
    try:
        spent = spend(home, arm.commands(sets))
        if name != "bare":
            check_pages(list(home.glob(arm.pages or "made/*.html")), len(sets))
    except RuntimeError as error:
        failed[name] = str(error)
        best.pop(name, None)
        return
    before = best.get(name, spent)
    best[name] = Spent(*map(min, zip(vars(before).values(), vars(spent).values(), strict=True)))


def spend(home: Path, commands: Commands) -> Spent:
    """Run commands one after the other.

    Raises
    ------
    RuntimeError : one failed; the last line that it said.
    """
    environment = {**os.environ, "PMLIB_ROOT": str(home), "PYTHONPATH": str(ROOT)}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    spent = Spent()
    for command in commands:
        start = time.perf_counter()
        with (home / "said.txt").open("wb") as said:
            process = subprocess.Popen(
                command, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
            ended = 0
            while not ended:
                spent.own = max(spent.own, most_memory(process.pid))
                ended, status, used = os.wait4(process.pid, os.WNOHANG)
                time.sleep(0 if ended else 0.02)
        spent.wall += time.perf_counter() - start
        spent.cpu += used.ru_utime + used.ru_stime
        spent.largest = max(spent.largest, used.ru_maxrss / 1024)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            lines = (home / "said.txt").read_text("utf-8", "replace").strip().splitlines()
            raise RuntimeError(
                f"ended with {process.returncode}: {lines[-1] if lines else 'it said nothing'}"
            )
    return spent


def most_memory(pid: int) -> float:
    """Read how many megabytes a process has held at most; 0 once it is gone."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def check_pages(pages: list[Path], count: int) -> None:
    """Refuse pages that are too few, or that the last cells left nothing in."""
    empty = [page.name for page in pages if SHOWN not in page.read_text("utf-8")]
    if len(pages) != count or empty:
        raise RuntimeError(f"made {len(pages)} pages of {count}, {len(empty)} of them without the last cells")


def show(best: dict[str, Spent], failed: dict[str, str], counts: dict[str, int]) -> None:
    """Print one table, and what a second worker wins."""
    about = ", ".join(f"{name} {version(name)}" for name in ("papermill", "nbconvert"))
    print(f"\nPython {platform.python_version()}, {about}; {len(os.sched_getaffinity(0))} cores;", end=" ")
    print(f"{time.strftime('%Y-%m-%d')}, load {os.getloadavg()[0]:.1f}\n")
    print("| arm | reports | CPU s each | x bare | wall s each | times less CPU than the commands | MB |")
    print("|---|---|---|---|---|---|---|")
    cpu = {name: spent.cpu / counts[name] for name, spent in best.items()}
    wall = {name: spent.wall / counts[name] for name, spent in best.items()}
    for name, count in counts.items():
        if name in failed:
            print(f"| {name} | – | {failed[name].replace('|', '/')} | – | – | – | – |")
            continue
        bare = f"{cpu[name] / cpu['bare']:.2f}" if "bare" in cpu else "–"
        less = f"{cpu['commands'] / cpu[name]:.1f}" if "commands" in cpu else "–"
        print(f"| {name} | {count} | {cpu[name]:.2f} | {bare} | {wall[name]:.2f} | {less} |", end="")
        print(f" {best[name].largest:.0f} |")
    if {"ours", "ours with two workers"} <= set(best):
        print(f"\nTwo workers: {wall['ours'] / wall['ours, two workers']:.2f} x the throughput of one.")


def show_flat(home: Path) -> None:
    """Print time and memory of ever larger batches of ours."""
    command = arms("")["ours"]
    print("| reports | CPU s each | wall s each | MB of the run | MB of the largest report | MB of .pmlib |")
    print("|---|---|---|---|---|---|")
    for count in FLAT:
        prepare(home, count)
        attempt(home, "ours", command, numbers(1), {}, failed := dict[str, str]())
        shutil.rmtree(home / ".pmlib")
        attempt(home, "ours", command, numbers(count), best := dict[str, Spent](), failed)
        if failed:
            raise RuntimeError(failed["ours"])
        spent, kept = best["ours"], sum(p.stat().st_size for p in (home / ".pmlib").rglob("*") if p.is_file())
        print(f"| {count} | {spent.cpu / count:.3f} | {spent.wall / count:.3f} | {spent.own:.0f} |", end="")
        print(f" {spent.largest:.0f} | {kept / 2**20:.2f} |", flush=True)


def prepare(home: Path, count: int) -> None:
    """Make the project, and beside it what the other arms start from."""
    for folder in ("notebooks", "data", "reports", "parameters", "injected", "marimo"):
        shutil.rmtree(home / folder, ignore_errors=True)
        (home / folder).mkdir(parents=True)
    shutil.copy(ROOT / NOTEBOOK, home / NOTEBOOK)
    shutil.copytree(ROOT / "data", home / "data", dirs_exist_ok=True)
    import nbformat
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    notebook = load_notebook_node(str(home / NOTEBOOK))
    for name, one in zip(numbers(count), parameters(count), strict=True):
        (home / "parameters" / f"{name}.yaml").write_text(json.dumps(one), encoding="utf-8")
        nbformat.write(parameterize_notebook(notebook, one), home / "injected" / f"{name}.ipynb")
        (home / "marimo" / f"{name}.py").write_text(ported(notebook.cells, one), encoding="utf-8")
    time.sleep(3)  # a file as new as this is hashed anew each time


def parameters(count: int) -> list[dict[str, Any]]:
    """Give different parameters: the first twenty differ in firm, basis and year."""
    every = itertools.product(LEVELS, SINCE, BASES, FIRMS)
    some = list(itertools.islice(every, count))
    if len(some) < count:
        raise ValueError(f"there are {len(some)} sets of parameters, not {count}")
    return [dict(zip(("level", "since", "basis", "focal"), one, strict=True)) for one in some]


def write_catalog(home: Path, count: int) -> None:
    """Declare a matrix of so many reports."""
    some = parameters(count)
    axes = [f"{name} = {json.dumps([one[name] for one in some])}\n" for name in some[0]]
    text = f'[cars]\nnotebook = "{Path(NOTEBOOK).stem}"\n\n[cars.zip]\n{"".join(axes)}'
    (home / "reports" / "catalog.toml").write_text(text, encoding="utf-8")


def clear(home: Path) -> None:
    """Remove what an arm made."""
    for folder in ("reports/published", "made"):
        shutil.rmtree(home / folder, ignore_errors=True)
    (home / "made").mkdir()


def ported(cells: Iterable[Any], values: dict[str, Any]) -> str:
    """Write the code cells as a marimo notebook: a cell shows one value, so several become a column."""
    text = "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    import marimo as mo\n"
    for cell in cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        lines, shown = list[str](), list[str]()
        for statement in tree.body:
            if isinstance(statement, ast.AnnAssign | ast.Assign) and "parameters" in cell.metadata.get(
                "tags", []
            ):
                name = ast.unparse(getattr(statement, "target", None) or statement.targets[0])
                lines.append(f"{name} = {values[name]!r}" if name in values else ast.unparse(statement))
            elif isinstance(statement, ast.Expr):
                call = statement.value
                displays = isinstance(call, ast.Call) and ast.unparse(call.func) == "display"
                shown += map(ast.unparse, call.args if displays else [call])
            else:
                lines.append(ast.unparse(statement))
        if shown:
            lines.append(shown[0] if len(shown) == 1 else f"mo.vstack([{', '.join(shown)}])")
        text += "\n\n@app.cell\ndef _():\n" + "".join(f"    {line}\n" for line in lines)
    return text + '\n\nif __name__ == "__main__":\n    app.run()\n'


if __name__ == "__main__":
    main()
