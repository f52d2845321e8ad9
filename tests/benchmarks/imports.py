"""CPU time of importing pmlib.sizing beside that of the packages that it computes with, bytecode compiled.

python tests/benchmarks/imports.py [--rounds 10]
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from statistics import median

PACKAGES = "import pandas, scipy.stats"
SIZING = f"{PACKAGES}, pmlib.sizing"


def main() -> None:
    """Import either in turn, and print the ratio of the medians: at most 1.10 is asked for."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--rounds", type=int, default=10)
    rounds = asked.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        cpu(SIZING, folder)
        taken = [(cpu(PACKAGES, folder), cpu(SIZING, folder)) for _ in range(rounds)]
    packages, sizing = (median(column) for column in zip(*taken, strict=True))
    print(f"{packages:.2f} s without, {sizing:.2f} s with pmlib.sizing: {sizing / packages:.3f}")


def cpu(code: str, folder: str) -> float:
    """Run code in a process of its own, whose bytecode is kept in the folder; seconds of user and system."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env=env | {"PYTHONPYCACHEPREFIX": folder})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
