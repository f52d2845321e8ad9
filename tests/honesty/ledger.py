"""How honest a ledger is: ranks of its model's own draws, and launches foretold from the others."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chisquare

from pmlib import data, impact
from pmlib.stats.shrinkage import shrink

REAL = Path(__file__).parents[1] / "reference" / "real_ledgers.csv.gz"
BINS = 20
LAUNCHES = 8
FEWEST = 6  # launches of a real ledger: each is foretold by five others or more


def ranks(draws: int = 2000, seed: int = 1) -> list[dict[str, Any]]:
    """Draw truths from the prior and measurements from them: ranks of truths in posteriors are even."""
    rng = np.random.default_rng(seed)
    found: dict[str, list[float]] = {"mean": [], "spread": [], "next effect": [], "measured effect": []}
    for _ in range(draws):
        mean, spread = rng.normal(), abs(rng.normal())
        truths = rng.normal(mean, spread, LAUNCHES + 1)
        errors = rng.uniform(0.3, 2.0, LAUNCHES)
        known = shrink(
            rng.normal(truths[:-1], errors), errors, middle_sd=1.0, spread="half-normal", scale=1.0
        )
        steps = np.cumsum(known.chances) - known.chances / 2
        found["mean"].append(known.mean.below(mean))
        found["spread"].append(float(np.interp(spread, known.spreads, steps)))
        found["next effect"].append(known.next.below(truths[-1]))
        found["measured effect"].append(known.effect(0).below(truths[0]))
    return [
        {
            "check": f"Ledger: ranks of the {name} in its posterior",
            "demand": "even: chi-squared p above .01",
            "low": 0.01,
            "high": 1.0,
            "found": float(chisquare(np.histogram(places, BINS, (0, 1))[0]).pvalue),
            "of": f"{draws:,} draws of the prior",
        }
        for name, places in found.items()
    ]


def real(most: int = 10_000) -> dict[str, Any]:
    """Foretell each launch of real ledgers: treatments measured again and again, each with its error.

    most : launches of a ledger that is looked at.
    """
    table, inside = pd.read_csv(REAL), []
    for name, rows in table.groupby("ledger"):
        if not FEWEST <= len(rows) <= most:
            continue
        inside.append(impact.leave_one_out(impact.ledger(_source(rows, str(name)))).frame["inside"])
    every = pd.concat(inside)
    return _share("Ledger: real launches foretold by the others", every, f"of {len(inside)} real ledgers")


def made_up(ledgers: int = 300, seed: int = 1) -> dict[str, Any]:
    """Foretell each launch of made-up ledgers, of many sizes and spreads."""
    rng, inside = np.random.default_rng(seed), []
    for i in range(ledgers):
        size, spread = int(rng.integers(5, 16)), float(rng.uniform(0.0, 0.04))
        errors = rng.uniform(0.005, 0.04, size)
        effects = rng.normal(rng.normal(rng.normal(0.01, 0.02), spread, size), errors)
        rows = pd.DataFrame({"launch": range(size), "effect": effects, "effect_se": errors})
        inside.append(impact.leave_one_out(impact.ledger(_source(rows, f"made up {i}"))).frame["inside"])
    every = pd.concat(inside)
    return _share("Ledger: made-up launches foretold by the others", every, f"of {ledgers} ledgers")


def few(ledgers: int = 1000, seed: int = 1) -> dict[str, Any]:
    """Foretell the next launch from one to four, of domains that are as the prior states."""
    rng, inside = np.random.default_rng(seed), []
    for i in range(ledgers):
        size, width = int(rng.integers(1, 5)), 0.05 / 1.6997
        truths = rng.normal(rng.normal(0, width), abs(rng.normal(0, width)), size + 1)
        errors = rng.uniform(0.005, 0.04, size)
        rows = pd.DataFrame(
            {"launch": range(size), "effect": rng.normal(truths[:-1], errors), "effect_se": errors}
        )
        known = impact.ledger(_source(rows, f"few {i}"), prior="-5% .. 5%")
        inside.append(known.next_low <= truths[-1] <= known.next_high)
    return _share(
        "Ledger: made-up next launches foretold by one to four",
        pd.Series(inside),
        "each after one to four others",
    )


def _share(check: str, inside: pd.Series, of: str) -> dict[str, Any]:
    return {
        "check": check,
        "demand": "70 to 90% within the 80% range",
        "low": 0.7,
        "high": 0.9,
        "found": float(inside.mean()),
        "of": f"{len(inside):,} launches {of}",
    }


def _source(rows: pd.DataFrame, name: str) -> data.Source:
    return data.source(rows, name, launch="launch", effect="effect", effect_se="effect_se")


def rows() -> list[dict[str, Any]]:
    """Every check of the ledger, at full size."""
    return [*ranks(), real(), made_up(), few()]


if __name__ == "__main__":
    for row in rows():
        print(row)
