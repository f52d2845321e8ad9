"""Print what the gate says of every file: `python tests/data/say.py [WORDS of name or verdict]`."""

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from grids import Case
from test_damage import CLEAN, DAMAGED, gate, lacking, verdict


def answered(case: Case) -> tuple[str, str]:
    """The verdict on a file, and what the gate says of it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PMLIB_ROOT"] = folder
        try:
            answer = gate(Path(folder), case)
        except Exception as error:
            return "another exception", f"{type(error).__name__}: {error}".partition("\n")[0]
    outcome = verdict(case, answer)
    if isinstance(answer, str):
        return outcome, answer + (f" [lacks {lacking(case, answer)}]" if outcome == "poor words" else "")
    return outcome, "; ".join(getattr(answer, "said", ())) or f"read, {len(answer.frame):,} rows"


def main(*words: str) -> None:
    """Print a table of all files whose name or verdict holds these words, then the counts."""
    for title, cases in (("Damaged", DAMAGED), ("Clean", CLEAN)):
        counts, slowest = Counter(), []
        print(f"\n| {title} file | Verdict | What the gate says |\n|---|---|---|")
        for case in cases:
            start = time.perf_counter()
            outcome, says = answered(case)
            slowest.append((time.perf_counter() - start, case.name))
            counts[outcome] += 1
            if all(word in f"{case.path} {case.name} {outcome}" for word in words):
                says = says.replace("|", "\\|")
                print(f"| {case.name} ({case.path.partition('.')[2]}) | {outcome} | {says} |")
        print(f"\n{title}: {len(cases)} files: {dict(counts)}; slowest: {sorted(slowest)[-4:]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
