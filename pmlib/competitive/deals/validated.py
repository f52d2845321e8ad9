"""How well a logistic regression tells deals that it was not fitted on."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit

from pmlib.competitive.deals.logistic import NoFit, fit_logit

FOLDS = 10


class Validated(NamedTuple):
    """Predictions of deals left out of the fit.

    ranked : share of pairs of a won and a lost deal of one fold, in which the won one was given the higher
        chance (area under the ROC curve). slope : of outcomes on predicted log odds, 1 where predictions are
        neither too bold (below 1) nor too timid. brier : mean squared error, plain : that of one rate for
        all.
    """

    ranked: float
    slope: float
    brier: float
    plain: float


def area(chance: np.ndarray, won: np.ndarray) -> tuple[float, int]:
    """Count the pairs of a won and a lost deal in the right order (ties half), and all such pairs."""
    wins = int(won.sum())
    pairs = wins * (len(won) - wins)
    right = pd.Series(chance).rank().to_numpy()[won > 0].sum() - wins * (wins + 1) / 2
    return float(right), pairs


def validated(
    columns: np.ndarray, won: np.ndarray, groups: np.ndarray | None, *, penalised: bool, seed: int
) -> Validated | None:
    """Fit on nine tenths and predict the last, for each tenth; customers stay together.

    None where a fit fails.
    """
    draw = np.random.default_rng(seed)
    units = np.arange(len(won)) if groups is None else groups
    mean = np.bincount(units, won) / np.bincount(units)
    order = np.lexsort([draw.random(len(mean)), mean > won.mean()])  # alike shares of won in each fold
    fold = np.empty(len(mean), int)
    fold[order] = np.arange(len(mean)) % FOLDS
    fold = fold[units]
    log_odds, base = np.empty(len(won)), np.empty(len(won))
    right, pairs = 0.0, 0
    for k in range(FOLDS):
        out = fold == k
        try:
            part = fit_logit(columns[~out], won[~out], penalised=penalised)
        except (NoFit, np.linalg.LinAlgError):
            return None
        log_odds[out] = part.coefficients[0] + columns[out] @ part.coefficients[1:]
        base[out] = won[~out].mean()
        good, of = area(log_odds[out], won[out])
        right, pairs = right + good, pairs + of
    try:
        slope = float(fit_logit(log_odds[:, None], won).coefficients[1])
    except (NoFit, np.linalg.LinAlgError):
        return None
    brier, plain = float(((expit(log_odds) - won) ** 2).mean()), float(((base - won) ** 2).mean())
    return Validated(right / pairs if pairs else np.nan, slope, brier, plain)
