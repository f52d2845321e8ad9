"""Logistic regression on arrays: fit, errors, and marginal effects with theirs."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, stdtrit  # the latter: quantiles of Student's t

SMALL = 1e-10  # a step that moves the fit by less has arrived
STEPS, HALVINGS = 200, 30


class NoFit(ValueError):
    """No finite coefficients fit best, as where some column tells every outcome."""


@dataclass(frozen=True)
class Logit:
    """A fitted logistic regression; the constant is the first coefficient.

    coefficients : change of the log odds with one unit of each column. classical, robust : their covariances,
        if the model is right, and if only its mean is (clustered where there are groups). probability : of
        each row. log_likelihood, null : of the model and of the constant alone. freedom : of Student's t.
    """

    coefficients: np.ndarray
    classical: np.ndarray
    robust: np.ndarray
    probability: np.ndarray
    exog: np.ndarray
    log_likelihood: float
    null: float
    freedom: int

    @property
    def errors(self) -> np.ndarray:
        """Robust standard errors."""
        return np.sqrt(np.diag(self.robust))

    @property
    def classical_errors(self) -> np.ndarray:
        """Standard errors if the model is right."""
        return np.sqrt(np.diag(self.classical))

    def half(self, level: float) -> float:
        """Standard errors from an estimate to an end of its interval."""
        return float(stdtrit(self.freedom, 0.5 + level / 2))

    @property
    def pseudo_r2(self) -> float:
        """Share of the log-likelihood's distance from 0 that the columns take away (McFadden)."""
        return 1 - self.log_likelihood / self.null


def fit_logit(
    columns: np.ndarray, won: np.ndarray, groups: np.ndarray | None = None, *, penalised: bool = False
) -> Logit:
    """Fit by Newton's method, in orthonormal columns so that no scale matters.

    Parameters
    ----------
    columns : one a term, without the constant, independent of each other. won : 0 or 1 for each row.
    groups : number of each row's customer, whose deals may go alike.
    penalised : take half the log determinant of the information into account: estimates stay finite and lose
        their first-order bias.

    Raises
    ------
    NoFit : nothing fits best.

    References
    ----------
    Firth (1993), Biometrika 80(1); Heinze & Schemper (2002), Statistics in Medicine 21. Errors: HC1, and CR1
    (Liang & Zeger 1986, Biometrika 73(1)) with the factors G/(G-1) and (n-1)/(n-k).
    """
    rate = float(won.mean())
    if rate in (0.0, 1.0):
        raise NoFit("all went one way")
    middle = columns.mean(axis=0)
    centred = np.column_stack([np.ones(len(won)), columns - middle])
    q, r = np.linalg.qr(centred)
    turned = _climb(q, won, penalised)
    back = np.linalg.inv(r)
    probability = expit(q @ turned)
    bread = back @ np.linalg.inv(_information(q, probability)) @ back.T
    size, terms = q.shape
    scores = centred * (won - probability)[:, None]
    factor = size / (size - terms)
    freedom = size - terms
    if groups is not None:
        clusters = int(groups.max()) + 1
        summed = np.zeros((clusters, terms))
        np.add.at(summed, groups, scores)
        scores, freedom = summed, min(freedom, clusters - 1)
        factor = clusters / (clusters - 1) * (size - 1) / (size - terms)
    shift = np.eye(terms)
    shift[0, 1:] = -middle  # from centred columns to those given
    return Logit(
        coefficients=shift @ back @ turned,
        classical=shift @ bread @ shift.T,
        robust=factor * shift @ bread @ (scores.T @ scores) @ bread @ shift.T,
        probability=probability,
        exog=np.column_stack([np.ones(size), columns]),
        log_likelihood=_likelihood(q @ turned, won),
        null=_likelihood(np.full(size, np.log(rate / (1 - rate))), won),
        freedom=freedom,
    )


def _climb(q: np.ndarray, won: np.ndarray, penalised: bool) -> np.ndarray:
    at = np.linalg.lstsq(q, np.full(len(won), np.log(won.mean() / (1 - won.mean()))), rcond=None)[0]
    height = _height(q, at, won, penalised)
    for _ in range(STEPS):
        probability = expit(q @ at)
        information = _information(q, probability)
        rest = won - probability
        try:
            if penalised:
                weighted = q * np.sqrt(probability * (1 - probability))[:, None]
                leverage = np.einsum("ij,ji->i", weighted, np.linalg.solve(information, weighted.T))
                rest = rest + leverage * (0.5 - probability)
            step = np.linalg.solve(information, q.T @ rest)
        except np.linalg.LinAlgError:
            raise NoFit("the fit runs away") from None
        if np.abs(q @ step).max() > 1e6:
            raise NoFit("the fit runs away")
        for _ in range(HALVINGS):
            higher = _height(q, at + step, won, penalised)
            if higher >= height - SMALL:
                break
            step = step / 2
        at, gain, height = at + step, higher - height, higher
        if abs(gain) < SMALL and np.abs(q @ step).max() < 1e-8:
            return at
        if not penalised and np.abs(q @ at).max() > 500:
            break
    raise NoFit("the fit does not settle")


def _height(q: np.ndarray, at: np.ndarray, won: np.ndarray, penalised: bool) -> float:
    height = _likelihood(q @ at, won)
    if penalised:
        height += 0.5 * float(np.linalg.slogdet(_information(q, expit(q @ at)))[1])
    return height


def _likelihood(log_odds: np.ndarray, won: np.ndarray) -> float:
    return float(won @ log_odds - np.logaddexp(0, log_odds).sum())


def _information(exog: np.ndarray, probability: np.ndarray) -> np.ndarray:
    return (exog * (probability * (1 - probability))[:, None]).T @ exog


def slope(model: Logit, column: int) -> tuple[float, float]:
    """Give the average change of the probability with one unit of a column (1 is the first) and its error."""
    p = model.probability
    density, bend = p * (1 - p), p * (1 - p) * (1 - 2 * p)
    gradient = (bend @ model.exog) / len(p) * model.coefficients[column]
    gradient[column] += density.mean()
    return float(density.mean() * model.coefficients[column]), _error(gradient, model)


def switch(model: Logit, column: int, together: list[int]) -> tuple[float, float]:
    """Give the average change of the probability when a yes/no column goes from 0 to 1, and its error.

    together : columns of the same category, of which at most one is 1.
    """
    without = model.exog.copy()
    without[:, together] = 0
    having = without.copy()
    having[:, column] = 1
    p1, p0 = (expit(exog @ model.coefficients) for exog in (having, without))
    gradient = ((p1 * (1 - p1)) @ having - (p0 * (1 - p0)) @ without) / len(p1)
    return float((p1 - p0).mean()), _error(gradient, model)


def _error(gradient: np.ndarray, model: Logit) -> float:
    return float(np.sqrt(gradient @ model.robust @ gradient))
