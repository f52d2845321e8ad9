"""What a mixed logit says in words, and its checks."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pmlib.competitive.choice.climb import SAME, Top
from pmlib.competitive.choice.newton import Fit
from pmlib.competitive.choice.table import Choices
from pmlib.competitive.words import count, lower
from pmlib.result import Check, Number
from pmlib.table import interval, interval_digits, number


def checks(
    laid: Choices, top: Top, plain: Fit, change: float | None, stable: bool, reached: Mapping[str, float],
    draws: int,
) -> list[Check]:  # fmt: skip
    """Check that there is something to tell, and that neither starts nor draws decide it."""
    each = len(laid.sets) / (int(laid.choosers.max()) + 1)
    best = max(reached.values())
    same = sum(best - found < SAME * abs(best) for found in reached.values())
    checks = [
        Check("Buyers chose more than once", laid.repeated, f"{number(each, '', 1)} choices each"),
        Check(
            "Differing tastes tell choices better than one taste for all", top.loglik > plain.loglik + 2,
            f"log-likelihood {number(plain.loglik, '', 1)} to {number(top.loglik, '', 1)}",
        ),
        Check("Every start came to the same place", same == len(reached), f"{same} of {len(reached)} did"),
    ]  # fmt: skip
    if change is not None:
        said = f"by {number(change, '', 2)} standard errors at most, at {count(draws)} draws"
        checks.append(Check("Twice the draws leave the estimates where they are", stable, said))
    return checks


def _widest(tastes: pd.DataFrame, laid: Choices, scale: np.ndarray) -> pd.Series:
    sizes = dict(zip(laid.design.names, scale, strict=True))
    return tastes.loc[(tastes["spread"] * tastes["term"].map(sizes)).idxmax()]


def inside(row: pd.Series) -> str:
    """Write a term inside a sentence; a brand's name stays as it is."""
    return str(row["label"]) if ": " in row["term"] else lower(row["label"])


def title(tastes: pd.DataFrame, laid: Choices, scale: np.ndarray) -> str:
    """Say over what buyers differ most."""
    return f"Buyers differ most over {inside(_widest(tastes, laid, scale))}"


def finding(tastes: pd.DataFrame, laid: Choices, scale: np.ndarray, stable: bool) -> str:
    """Say how far buyers differ there."""
    row = _widest(tastes, laid, scale)
    choosers = count(int(laid.choosers.max()) + 1)
    digits = interval_digits(row["low"], row["high"])
    mean, spread = (number(row[name], "", digits) for name in ("mean", "spread"))
    said = (
        f"Over {choosers} buyers the effect of {inside(row)} on utility is {mean} on average "
        f"({interval(row['low'], row['high'], '', digits)}), with a spread of {spread} between buyers"
    )
    if row["law"] == "normal":
        said += f"; it is below 0 for {number(row['negative'], '%', 0)} of them"
    unstable = "" if stable else " Not stable: twice the draws move the estimates, so take more draws."
    return f"{said}.{unstable}"


def numbers(tastes: pd.DataFrame, laid: Choices, level: float) -> tuple[Number, ...]:
    """Give the mean taste for price."""
    price = tastes[tastes["term"] == "price"]
    return tuple(
        Number(
            name="price_taste", label="Mean effect of a unit of price on utility",
            value=float(row["mean"]), low=float(row["low"]), high=float(row["high"]), level=level,
        source=laid.source.name, )
        for _, row in price.iterrows()
    )  # fmt: skip
