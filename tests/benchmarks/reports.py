"""CPU and wall time of a batch of reports, beside what else turns notebooks into pages.

    python -m venv peers; peers/bin/pip install . jupyter-cache marimo ploomber-engine
    python tests/benchmarks/reports.py FOLDER [--peers PYTHON] [--count 20] [--rounds 1] [--only ours,marimo]
    python tests/benchmarks/reports.py FOLDER --flat

FOLDER becomes a project of its own: one notebook with COUNT different sets of parameters. PYTHON is that of
the peers' environment; Papermill and nbconvert are run from this one, so that no peer's plug-in slows them
down. A first report of each arm is made unmeasured, with PYTHONDONTWRITEBYTECODE unset for all: it leaves
bytecode compiled and files read. Then it is measured whole, start-up and children included, with one thread
for linear algebra. Every page must hold what the last cells show.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reports_root import NOTEBOOK, made, numbers, write_catalog

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHOWN = "Berry, Levinsohn and Pakes (1995, 1999)"  # where the data come from, as the last cell but one says
OWN, PEERS = ["papermill", "nbconvert"], ["jupyter-cache", "marimo", "ploomber-engine"]
FLAT = [20, 100, 500]
SPARSE = 4  # where each report starts anew, every so many reports are enough
VERSIONS = (
    "import sys; from importlib.metadata import version; "
    "print(*(f'{name} {version(name)}' for name in sys.argv[1:]), sep=', ')"
)
Commands = list[list[str]]


@dataclass
class Arm:
    """A way to make pages: its commands for sets of parameters; each : whether it starts anew for each."""

    commands: Callable[[list[str]], Commands]
    each: bool = False
    pages: str = "made/*.html"


@dataclass
class Spent:
    """What commands took in all: seconds; and megabytes at most, of themselves and of any process below."""

    cpu: float = 0.0
    wall: float = 0.0
    own: float = 0.0
    largest: float = 0.0

    def least(self, other: "Spent") -> "Spent":
        """Keep the lesser of each."""
        return Spent(*map(min, vars(self).values(), vars(other).values()))


def main() -> None:
    """Measure each arm in turn, round after round, and print the best of each."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--peers", type=os.path.abspath, default=sys.executable)  # its link leads to its venv
    asked.add_argument("--count", type=int, default=20)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--only")
    asked.add_argument("--flat", action="store_true")
    given = asked.parse_args()
    home, known = given.folder.resolve(), arms(given.peers)
    if given.flat:
        show_flat(home, known["ours"])
        return
    wanted = given.only.split(",") if given.only else list(known)
    if strange := set(wanted) - set(known):
        asked.error(f"no arm is called {', '.join(sorted(strange))}; there are {', '.join(known)}")
    load = os.getloadavg()[0]
    made(home, given.count)
    every = numbers(given.count)
    sets = {name: every[::SPARSE] if known[name].each else every for name in wanted}
    best, failed = dict[str, Spent](), dict[str, str]()
    for turn in range(1 + given.rounds):
        for name in wanted:
            if name in failed:
                continue
            print(f"{name} …", file=sys.stderr, flush=True)
            try:
                spent = measured(home, known[name], sets[name] if turn else every[:1])
            except RuntimeError as error:
                failed[name] = str(error)
            else:
                best[name] = best[name].least(spent) if turn > 1 else spent
    print(f"{versions(sys.executable, OWN)}, {versions(given.peers, PEERS) or 'no peers'};", end=" ")
    print(f"{len(os.sched_getaffinity(0))} cores, load {load:.1f}; {time.strftime('%Y-%m-%d')}\n")
    show(best, failed, {name: len(some) for name, some in sets.items()})


def arms(peers: str) -> dict[str, Arm]:
    """Say how each arm makes its pages."""

    def ours(*options: str) -> Arm:
        command = [sys.executable, "-m", "pmlib", "run", "--force", *options]
        return Arm(lambda _: [command], pages="reports/published/cars/*/index.html")

    def one_process(python: str, way: str, pages: str = Arm.pages) -> Arm:
        return Arm(lambda sets: [[python, str(HERE / "reports_arm.py"), way, *sets]], pages=pages)

    def commands(sets: list[str]) -> Commands:
        pairs = [
            (
                [tool("papermill"), NOTEBOOK, f"made/{one}.ipynb", "-f", f"parameters/{one}.yaml"],
                [tool("jupyter"), "nbconvert", "--to", "html", f"made/{one}.ipynb"],
            )
            for one in sets
        ]
        return [command for pair in pairs for command in pair]

    def execute(sets: list[str]) -> Commands:
        files = [f"injected/{one}.ipynb" for one in sets]
        return [[tool("jupyter"), "nbconvert", "--to", "html", "--execute", "--output-dir", "made", *files]]

    def marimo(sets: list[str]) -> Commands:
        start = [peers, "-m", "marimo", "-y", "export", "html"]
        return [[*start, f"ported/{one}.py", "-o", f"made/{one}.html"] for one in sets]

    return {
        "bare": one_process(sys.executable, "bare", pages=""),
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


def versions(python: str, names: list[str]) -> str:
    """Ask an environment for versions; it says nothing where a package is missing."""
    return subprocess.run([python, "-c", VERSIONS, *names], capture_output=True, text=True).stdout.strip()


def measured(home: Path, arm: Arm, sets: list[str]) -> Spent:
    """Run an arm, from nothing published.

    Raises
    ------
    RuntimeError : it failed, or its pages are too few, or lack what the last cells show.
    """
    for folder in ("reports/published", "made"):
        shutil.rmtree(home / folder, ignore_errors=True)
    (home / "made").mkdir()
    write_catalog(home, len(sets))
    spent = spend(home, arm.commands(sets))
    if arm.pages:
        whole = [SHOWN in page.read_text("utf-8") for page in home.glob(arm.pages)]
        if sum(whole) != len(sets):
            raise RuntimeError(
                f"made {len(whole)} pages of {len(sets)}, {sum(whole)} of them to the last cells"
            )
    return spent


def spend(home: Path, commands: Commands) -> Spent:
    """Run commands one after the other.

    Raises
    ------
    RuntimeError : one failed; holds the last line that it said.
    """
    environment = {**os.environ, "PMLIB_ROOT": str(home), "PYTHONPATH": str(ROOT)}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    spent, log = Spent(), home / "said.txt"
    for command in commands:
        start = time.perf_counter()
        with log.open("wb") as said:
            process = subprocess.Popen(
                command, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
            ended = 0
            while not ended:
                time.sleep(0.02)
                spent.own = max(spent.own, most_memory(process.pid))
                ended, status, used = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
        spent.wall += time.perf_counter() - start
        spent.cpu += used.ru_utime + used.ru_stime
        spent.largest = max(spent.largest, used.ru_maxrss / 1024)
        if process.returncode:
            lines = log.read_text("utf-8", "replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "it said nothing")
            raise RuntimeError(f"ended with {process.returncode}: {last.strip()}")
    return spent


def most_memory(pid: int) -> float:
    """Read how many megabytes a process has held at most; 0 when it has ended."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def show(best: dict[str, Spent], failed: dict[str, str], counts: dict[str, int]) -> None:
    """Print one table, and what a second worker wins."""
    done = {name: spent for name, spent in best.items() if name not in failed}
    cpu = {name: spent.cpu / counts[name] for name, spent in done.items()}
    wall = {name: spent.wall / counts[name] for name, spent in done.items()}
    print("| arm | reports | CPU s a report | x bare | wall s a report | times less CPU than commands | MB |")
    print("|---|---|---|---|---|---|---|")
    for name, count in counts.items():
        if name in failed:
            print(f"| {name} | – | {failed[name].replace('|', '/')} | – | – | – | – |")
            continue
        bare = f"{cpu[name] / cpu['bare']:.2f}" if "bare" in cpu else "–"
        less = f"{cpu['commands'] / cpu[name]:.1f}" if "commands" in cpu else "–"
        row = [name, count, f"{cpu[name]:.2f}", bare, f"{wall[name]:.2f}", less, f"{done[name].largest:.0f}"]
        print(f"| {' | '.join(map(str, row))} |")
    if {"ours", "ours with two workers"} <= set(done):
        print(f"\nTwo workers: {wall['ours'] / wall['ours with two workers']:.2f} x the throughput of one.")


def show_flat(home: Path, ours: Arm) -> None:
    """Print time and memory of ever larger batches of ours."""
    print("| reports | CPU s a report | wall s a report | MB of the run | MB of the largest | MB of .pmlib |")
    print("|---|---|---|---|---|---|")
    for count in FLAT:
        print(f"{count} …", file=sys.stderr, flush=True)
        made(home, count)
        measured(home, ours, numbers(1))
        shutil.rmtree(home / ".pmlib")
        spent = measured(home, ours, numbers(count))
        kept = sum(path.stat().st_size for path in (home / ".pmlib").rglob("*") if path.is_file())
        row = [f"{spent.cpu / count:.3f}", f"{spent.wall / count:.3f}", f"{spent.own:.0f}"]
        row += [f"{spent.largest:.0f}", f"{kept / 2**20:.2f}"]
        print(f"| {count} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
