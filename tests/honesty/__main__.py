"""How honest the intervals of feature impact are, measured: writes tests/reference/honesty.csv, prints it.

    make honesty [ARGS="forecast ledger"]

Each file beside this one measures one part: its `rows()` gives what was checked, what is demanded in words,
the bounds that the figure must lie in, the figure, and how much it was measured on. Rows of parts not asked
for are kept. The exit code is 1 where a figure lies outside its bounds.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
TARGET = HERE.parent / "reference" / "honesty.csv"
COLUMNS = ["part", "check", "demand", "low", "high", "found", "of", "aside"]


def measured(part: str) -> pd.DataFrame:
    """Measure one part."""
    sys.path.insert(0, str(HERE))
    found = pd.DataFrame(import_module(part).rows()).assign(part=part)
    aside = found["aside"].fillna(False).astype(bool) if "aside" in found else False
    return found.assign(aside=aside)[COLUMNS]


def main(asked: list[str]) -> int:
    """Measure the parts that are asked for, all without any, and write and print the table."""
    parts = sorted(path.stem for path in HERE.glob("[a-z]*.py"))
    unknown = [part for part in asked if part not in parts]
    if unknown:
        print(f"there is no part {unknown[0]!r}; there are {', '.join(parts)}", file=sys.stderr)
        return 2
    before = pd.read_csv(TARGET) if TARGET.exists() else pd.DataFrame(columns=COLUMNS)
    with ProcessPoolExecutor() as pool:
        now = list(pool.map(measured, asked or parts))
    kept = before[~before["part"].isin(asked or parts) & before["part"].isin(parts)]
    table = pd.concat([frame for frame in (kept, *now) if len(frame)]).sort_values("part", kind="stable")
    table.to_csv(TARGET, index=False, float_format="%.4g")
    print(markdown(table))
    return int(not table["found"].between(table["low"], table["high"]).all())


def markdown(table: pd.DataFrame) -> str:
    """Write the table as the README shows it, without what stands aside."""
    table = table[~table["aside"]]
    lines = ["| Check | Demand | Measured | On |", "|---|---|---|---|"]
    lines += [
        f"| {r.check} | {r.demand} | {written(r.found, r.demand)} | {r.of} |" for r in table.itertuples()
    ]
    return "\n".join(lines)


def written(found: float, demand: str) -> str:
    """Write a figure as what is demanded of it: a percentage, points or a number."""
    if "point" in demand:
        return f"{100 * found:.1f} points"
    return f"{100 * found:.1f}%" if "%" in demand else f"{found:.3g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
