"""How often intervals of choice models hold the truth they were simulated from.

    PYTHONPATH=.:tests/competitive:tests/competitive/choice python -m choice_coverage TABLE [MODEL ...]

TABLE is written anew, or the rows of MODELs in it (tests/reference/coverage_choice.csv is that of all).
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from simulated_choices import CONSTANTS, PRICE, QUALITY, choices, table
from simulated_tastes import differing, grouped

from pmlib.competitive import conditional_logit, mixed_logit, nested_logit

LEVEL = 0.95
SETTLED = 20_000  # choosers from whom the value is told that a model is after which is not quite right
PAIRS = {"left": ["A", "B"], "right": ["C", "D"]}
LOGIT = {"price": PRICE, "quality": QUALITY} | {f"product: {p}": c for p, c in CONSTANTS.items() if p != "A"}
NESTED = {"price": -1.0, "quality": 0.7, "dissimilarity": 0.5}
MIXED = {"price": -0.2, "quality": 0.7, "spread of price": 0.6, "spread of quality": 0.8}
Found = tuple[dict[str, float], Callable[[int], pd.DataFrame]]


def independent() -> Found:
    """400 buyers who choose once, classical errors."""
    return (
        LOGIT,
        lambda seed: (
            conditional_logit(table(choices(seed, choosers=400, each=1)), base="A", errors="classical").frame
        ),
    )


def repeated() -> Found:
    """100 buyers who choose 8 times and differ in what they like; errors clustered by buyer."""

    def fitted(seed: int, choosers: int = 100) -> pd.DataFrame:
        frame = choices(seed, choosers=choosers, each=8, taste=1.0)
        return conditional_logit(table(frame), base="A").frame

    settled = fitted(0, SETTLED).set_index("term")["estimate"]
    return settled.to_dict(), fitted


def nests() -> Found:
    """1,000 buyers who choose once among two pairs with a dissimilarity of 0.5."""
    return (
        NESTED,
        lambda seed: nested_logit(table(grouped(seed, 1000, 0.5)), nests=PAIRS, base="A", starts=2).frame,
    )


def tastes() -> Found:
    """250 buyers who choose 8 times; log-normal taste for price, normal one for quality; 100 draws each."""
    laws = {"price": "lognormal", "quality": "normal"}
    return (
        MIXED,
        lambda seed: (
            mixed_logit(
                table(differing(seed, choosers=250)[0]),
                random=laws,
                constants=False,
                draws=100,
                check=False,
                starts=1,
            ).frame
        ),
    )


MODELS = {"logit": (independent, 2000), "logit, clustered": (repeated, 2000), "nested": (nests, 2000),
          "mixed": (tastes, 1000)}  # fmt: skip


def covered(model: str, replicates: int, first: int = 1) -> pd.DataFrame:
    """Fit a model to as many made-up tables, and count how often each interval holds the truth."""
    truth, fitted = MODELS[model][0]()
    found = pd.concat(_rows(truth, fitted, range(first, first + replicates)))
    return pd.DataFrame(_counted(model, found, truth, replicates))


def _rows(
    truth: dict[str, float], fitted: Callable[[int], pd.DataFrame], seeds: range
) -> Iterator[pd.DataFrame]:
    for seed in seeds:
        yield fitted(seed).set_index("term").loc[list(truth), ["estimate", "low", "high", "se"]]


def _counted(model: str, found: pd.DataFrame, truth: dict[str, float], replicates: int) -> Iterator[dict]:
    for term, own in found.groupby(level=0, sort=False):
        value = truth[str(term)]
        yield {
            "model": model,
            "term": term,
            "truth": round(value, 4),
            "replicates": replicates,
            "level": LEVEL,
            "covered": round(float(((own["low"] <= value) & (value <= own["high"])).mean()), 4),
            "mean_estimate": round(float(own["estimate"].mean()), 4),
            "mean_error": round(float(np.sqrt((own["se"] ** 2).mean())), 4),
            "spread_of_estimates": round(float(own["estimate"].std()), 4),
        }


def main() -> None:
    """Write the table."""
    path, wanted = Path(sys.argv[1]), sys.argv[2:] or list(MODELS)
    parts = [covered(model, MODELS[model][1]) for model in wanted]
    if path.exists() and set(wanted) != set(MODELS):
        kept = pd.read_csv(path)
        parts = [kept[~kept["model"].isin(wanted)], *parts]
    whole = pd.concat(parts, ignore_index=True)
    whole["at"] = whole["model"].map({model: i for i, model in enumerate(MODELS)})
    whole.sort_values("at", kind="stable").drop(columns="at").to_csv(path, index=False)


if __name__ == "__main__":
    main()
