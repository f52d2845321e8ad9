"""What differing tastes come to over all buyers: their mean, middle, spread, and how many are below 0."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import ndtr, stdtrit

from pmlib.competitive.demand.demand import Demand, Mixing
from pmlib.competitive.demand.uncertainty import errors


def population(demand: Demand, labels: Sequence[str], level: float) -> pd.DataFrame:
    """Describe each taste that differs: term, label, law, mean, low, high, median, spread, negative.

    The interval of the mean is of the delta method; that of a log-normal one, on the scale of its logarithm.
    """
    reach = float(stdtrit(demand.freedom, 0.5 + level / 2))
    rows = []
    for taste, label in zip(demand.mixing, labels, strict=True):
        middle, spread = demand.params[taste.term], abs(demand.params[taste.spread])
        centre, found = _centre(demand, taste), float(errors(demand, partial(_quantity, taste))[0])
        ends = np.array([centre - reach * found, centre + reach * found])
        row: dict[str, object] = {"term": demand.design.names[taste.term], "label": label, "law": taste.law}
        if taste.law == "normal":
            share = float(ndtr(-middle / spread)) if spread > 0 else float(middle < 0)
            row |= {"mean": middle, "low": ends[0], "high": ends[1]}
            row |= {"median": middle, "spread": spread, "negative": share}
        else:
            mean = np.exp(centre)
            low, high = sorted(taste.sign * np.exp(ends))
            row |= {"mean": taste.sign * mean, "low": low, "high": high}
            row |= {"median": taste.sign * np.exp(middle), "spread": mean * np.sqrt(np.expm1(spread**2))}
            row |= {"negative": float(taste.sign < 0)}
        rows.append(row)
    return pd.DataFrame(rows)


def _quantity(taste: Mixing, demand: Demand) -> np.ndarray:
    return np.array([_centre(demand, taste)])


def _centre(demand: Demand, taste: Mixing) -> float:
    # The mean of a normal taste; the logarithm of that of a log-normal one.
    middle, spread = demand.params[taste.term], demand.params[taste.spread]
    return float(middle if taste.law == "normal" else middle + spread**2 / 2)
