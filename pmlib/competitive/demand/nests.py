"""How a product's own sales answer its price in a logit or nested logit of market shares, in closed form."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from pmlib.competitive.demand.observed import Observed
from pmlib.competitive.demand.two_stage import Regression


@dataclass(frozen=True, eq=False)
class OwnElasticities:
    """Percent by which sales move when a product's own price rises by a percent.

    each : (n,) of every row. mean, low, high : of all rows alike.
    """

    each: np.ndarray
    mean: float
    low: float
    high: float

    @property
    def inelastic(self) -> int:
        """How many products lose less of their sales than their price rises by."""
        return int((self.each > -1).sum())


def own_elasticities(observed: Observed, fit: Regression, level: float) -> OwnElasticities:
    """Work own elasticities out, with the interval of their mean by the delta method.

    A nested logit's is price × coefficient × (1 / (1 - likeness) - likeness / (1 - likeness) × share in
    the nest - share).

    References
    ----------
    Berry (1994), "Estimating discrete-choice models of product differentiation", RAND J. Economics 25(2),
    eq. 28-29.
    """
    slope, likeness = price_and_likeness(observed, fit)
    share = observed.rows["share"].to_numpy(float)
    near = np.zeros_like(share) if observed.within_nest is None else 1 - observed.within_nest
    left = 1 - likeness
    per_price = observed.price * (1 - share + likeness / left * near)
    by_likeness = slope * observed.price * near / left**2
    each = slope * per_price
    at = observed.exogenous.shape[1]
    slopes = np.array([per_price.mean(), by_likeness.mean()][: len(fit.params) - at])
    error = float(np.sqrt(slopes @ fit.covariance[at:, at:] @ slopes))
    half = error * float(stdtrit(fit.freedom, 0.5 + level / 2))
    mean = float(each.mean())
    return OwnElasticities(each, mean, mean - half, mean + half)


def price_and_likeness(observed: Observed, fit: Regression) -> tuple[float, float]:
    """The price coefficient, and how alike the products of a nest are (0 without nests, 1 for twins)."""
    at = observed.exogenous.shape[1]
    return float(fit.params[at]), float(fit.params[at + 1]) if observed.nests else 0.0
