"""Climb a likelihood that may have several tops: from each start, then take the highest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Likelihood = Callable[
    [np.ndarray], tuple[float, np.ndarray]
]  # log-likelihood and scores, (C, k), of choosers

STEPS = 300
CLOSE = 1e-8  # of the log-likelihood that a Newton step would still gain
SAME = 1e-3  # of log-likelihood, within which two starts came to the same top
TOLD = 1e-6  # least eigenvalue of the information scaled to correlations; differences are exact to about 1e-8
STEP = 1e-4  # of a parameter, where a slope of the gradient is taken


@dataclass(frozen=True, eq=False)
class Top:
    """The highest point of a likelihood that was found.

    params : (k,). loglik : there. scores : (C, k) of each chooser. hessian : (k, k). steps : of the climb.
    reached : log-likelihood that each start came to, by its name.
    """

    params: np.ndarray
    loglik: float
    scores: np.ndarray
    hessian: np.ndarray
    steps: int
    reached: Mapping[str, float]

    @property
    def agreeing(self) -> int:
        """How many starts came to this top."""
        return sum(self.loglik - found < SAME for found in self.reached.values())

    @property
    def classical(self) -> np.ndarray:
        """Covariance where the model is right, (k, k): inverse of the information."""
        return inverse(-self.hessian)

    @property
    def clustered(self) -> np.ndarray:
        """Covariance that allows for choices of one chooser being alike, (k, k)."""
        bread, count = self.classical, len(self.scores)
        return bread @ (self.scores.T @ self.scores) @ bread * count / max(1, count - 1)


def highest(likelihood: Likelihood, starts: Mapping[str, np.ndarray]) -> Top:
    """Climb from every start, and finish from the highest place with Newton's method.

    Parameters
    ----------
    likelihood : of parameters that are scaled to sizes near 1. starts : by name.

    Raises
    ------
    ArithmeticError : no start led to a top at which every parameter is told by the data.
    """
    found = {name: climbed(likelihood, start) for name, start in starts.items()}
    best = max(found, key=lambda name: found[name][1])
    params, _, steps = found[best]
    params, loglik, scores, hessian, more = finished(likelihood, params)
    reached = {name: max(level, loglik) if name == best else level for name, (_, level, _) in found.items()}
    return Top(params, loglik, scores, hessian, steps + more, reached)


def climbed(likelihood: Likelihood, start: np.ndarray) -> tuple[np.ndarray, float, int]:
    """Climb from one start by BFGS, whose first metric is that of Berndt, Hall, Hall and Hausman (1974)."""
    from scipy.optimize import minimize

    count = max(1, len(likelihood(start)[1]))

    def down(params: np.ndarray) -> tuple[float, np.ndarray]:
        level, scores = likelihood(params)
        return (-level / count, -scores.sum(axis=0) / count) if np.isfinite(level) else (1e10, 0 * params)

    scores = likelihood(start)[1]
    metric = inverse(scores.T @ scores / count + 1e-6 * np.eye(len(start)))
    found = minimize(
        down, start, jac=True, method="BFGS",
        options={"maxiter": STEPS, "gtol": 1e-5, "hess_inv0": (metric + metric.T) / 2},
    )  # fmt: skip
    return found.x, -float(found.fun) * count, int(found.nit)


def finished(
    likelihood: Likelihood, params: np.ndarray
) -> tuple[np.ndarray, float, np.ndarray, np.ndarray, int]:
    """Go the last steps by Newton's method.

    Raises
    ------
    ArithmeticError : the information is singular there, so that the data do not tell every parameter.
    """
    loglik, scores = likelihood(params)
    for step in range(1, 8):
        matrix = slopes(likelihood, params)
        information = -matrix
        if not told(information):
            raise ArithmeticError("the data do not tell every parameter")
        gradient = scores.sum(axis=0)
        move = np.linalg.solve(information, gradient)
        if float(gradient @ move) < CLOSE * max(1.0, abs(loglik)):
            return params, loglik, scores, matrix, step
        while (tried := likelihood(params + move))[0] < loglik and np.abs(move).max() > 1e-10:
            move = move / 2
        params, (loglik, scores) = params + move, tried
    return params, loglik, scores, slopes(likelihood, params), step


def slopes(likelihood: Likelihood, params: np.ndarray) -> np.ndarray:
    """Take the Hessian as differences of the gradient, (k, k)."""
    out = np.empty((len(params), len(params)))
    for i, value in enumerate(params):
        step = np.zeros(len(params))
        step[i] = STEP * max(1.0, abs(value))
        above, below = (likelihood(params + s)[1].sum(axis=0) for s in (step, -step))
        out[i] = (above - below) / (2 * step[i])
    return (out + out.T) / 2


def told(information: np.ndarray) -> bool:
    """Tell whether the data say something of every parameter, and not only of sums of several."""
    size = np.diag(information)
    if not (size > 0).all():
        return False
    return bool(np.linalg.eigvalsh(information / np.sqrt(np.outer(size, size)))[0] > TOLD)


def inverse(information: np.ndarray) -> np.ndarray:
    """Invert a positive matrix whose rows may be of very different sizes."""
    size = np.sqrt(np.abs(np.diag(information)))
    size = np.where(size > 0, size, 1.0)
    return np.linalg.inv(information / np.outer(size, size)) / np.outer(size, size)
