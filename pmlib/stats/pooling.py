"""Estimates of one thing, from several studies or methods, made into one: meta-analysis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, stdtrit
from scipy.stats import chi2

from pmlib.stats.between import METHODS, cochran, contrasts, q_profile, tau_squared, where_q_is

INTERVALS = ("normal", "knapp-hartung", "few")
QUANTILES = 100  # of chi-squared, that stand for its whole distribution
LEAST = 1e-6  # of a variance; estimates that agree exactly leave none, which no quantile could be found of


@dataclass(frozen=True)
class Pooled:
    """One value made of several, and how far these agree.

    estimate, se, low, high : the pooled value, at `level`.
    tau2, tau2_low, tau2_high : variance between the true values of the studies, with the interval of the
        Q-profile; nan for a fixed effect.
    q, df, p : Cochran's test that all studies have the same true value.
    i2 : share of the total variance that is between studies, 0-1.
    predicted_low, predicted_high : where the true value of another such study lies.
    weights : of the estimates, in their order; they add up to 1.
    """

    estimate: float
    se: float
    low: float
    high: float
    level: float
    tau2: float
    tau2_low: float
    tau2_high: float
    q: float
    df: int
    p: float
    i2: float
    predicted_low: float
    predicted_high: float
    weights: tuple[float, ...]
    method: str
    interval: str


def pool(
    estimates: Sequence[float] | np.ndarray,
    errors: Sequence[float] | np.ndarray,
    *,
    method: str = "reml",
    interval: str = "normal",
    within: bool = False,
    level: float = 0.95,
) -> Pooled:
    """Pool estimates, each with its own error, and say how far they disagree beyond it.

    Parameters
    ----------
    estimates : two or more, on a scale on which errors are about normal (logs of ratios and of sizes).
    errors : their standard errors, or their covariance matrix where they share data.
    method : of the variance between studies: "fixed" (there is none), "dl" (DerSimonian and Laird), "pm"
        (Paule and Mandel), "reml" (restricted maximum likelihood).
    interval : "normal"; "knapp-hartung" (Student's t, its scale as seen between studies); "few" (for two to
        five studies, which hardly tell the variance between them: see `_few`).
    within : keep the pooled value among the estimates: weights below zero, which strong correlation can
        bring, are set to zero.
    level : of all intervals.

    Raises
    ------
    ValueError : one line that says which estimate or error cannot be used.

    References
    ----------
    DerSimonian and Laird (1986), Controlled Clinical Trials 7; Paule and Mandel (1982), J. Res. NBS 87;
    Viechtbauer (2005), J. Educ. Behav. Stat. 30, and (2007), Statistics in Medicine 26 (Q-profile);
    Knapp and Hartung (2003), Statistics in Medicine 22; Iyer, Wang and Mathew (2004), JASA 99.
    """
    _check_words(method, interval, level)
    y, cov = _checked(estimates, errors)
    u, d = contrasts(y, cov)
    df, fixed = len(u), method == "fixed"
    tau2 = tau_squared(u, d, method)
    centres, variances, weights = _means(y, cov, np.array([tau2]), within)
    estimate, se = float(centres[0]), float(np.sqrt(variances[0]))
    quantile = float(ndtri((1 + level) / 2))
    if interval == "knapp-hartung":
        se *= float(np.sqrt(cochran(u, d, tau2) / df))
        quantile = float(stdtrit(df, (1 + level) / 2))
    reach, spread = quantile * se, quantile * float(np.sqrt(tau2 + se**2))
    ends = (estimate - reach, estimate + reach, estimate - spread, estimate + spread)
    if interval == "few":
        ends = _few(y, cov, u, d, within, level)
    typical = df / float(np.sum(1 / d))  # variance within studies, as I² compares it
    q = cochran(u, d)
    of_tau2 = (np.nan, np.nan) if fixed else q_profile(u, d, level)
    return Pooled(
        estimate=estimate,
        se=se,
        low=ends[0],
        high=ends[1],
        level=level,
        tau2=np.nan if fixed else tau2,
        tau2_low=of_tau2[0],
        tau2_high=of_tau2[1],
        q=q,
        df=df,
        p=float(chi2.sf(q, df)),
        i2=max(0.0, 1 - df / q) if fixed and q > 0 else tau2 / (tau2 + typical),
        predicted_low=ends[2],
        predicted_high=ends[3],
        weights=tuple(float(w) for w in weights[0]),
        method=method,
        interval=interval,
    )


def _check_words(method: str, interval: str, level: float) -> None:
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; write one of {', '.join(METHODS)}")
    if interval not in INTERVALS:
        raise ValueError(f"interval is {interval!r}; write one of {', '.join(INTERVALS)}")
    if interval == "few" and method == "fixed":
        raise ValueError('interval "few" is of a random effect; choose method "pm", "dl" or "reml"')
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; write a share between 0 and 1, such as 0.95")


def _checked(estimates: Any, errors: Any) -> tuple[np.ndarray, np.ndarray]:
    y, given = np.asarray(estimates, float), np.asarray(errors, float)
    if y.ndim != 1 or len(y) < 2:
        raise ValueError(f"pooling needs two estimates or more; found {y.size}")
    if given.shape not in ((len(y),), (len(y), len(y))):
        shape = " × ".join(map(str, given.shape))
        raise ValueError(
            f"{len(y)} estimates need {len(y)} standard errors, or their covariance matrix; found {shape}"
        )
    what = "standard error" if given.ndim == 1 else "variance"
    spread = given if given.ndim == 1 else np.diag(given)
    for i, (value, error) in enumerate(zip(y, spread, strict=True), 1):
        if not np.isfinite(value):
            raise ValueError(f"estimate {i} is {value:g}; leave it out")
        if not (np.isfinite(error) and error > 0):
            raise ValueError(
                f"the {what} of estimate {i} is {error:g}; it must be above 0, or the estimate left out"
            )
    if given.ndim == 1:
        return y, np.diag(given**2)
    if not np.allclose(given, given.T, rtol=1e-9, atol=1e-12 * np.abs(given).max()):
        raise ValueError("the covariance matrix is not symmetric; give the full matrix")
    return y, given


def _means(
    y: np.ndarray, cov: np.ndarray, tau2: np.ndarray, within: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the pooled value, its variance and the weights at each variance between studies."""
    total = cov + tau2[:, None, None] * np.eye(len(y))
    pulls = np.linalg.inv(total).sum(axis=2)
    for row in np.flatnonzero((pulls < 0).any(axis=1) & within):
        pulls[row] = _not_below_zero(total[row], pulls[row])
    weights = pulls / pulls.sum(axis=1, keepdims=True)
    return weights @ y, np.einsum("ti,tij,tj->t", weights, total, weights), weights


def _not_below_zero(total: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """Take out what would weigh below zero, the most negative first."""
    kept = np.arange(len(pull))
    while pull[kept].min() < 0:
        kept = np.delete(kept, pull[kept].argmin())
        pull = np.zeros(len(total))
        pull[kept] = np.linalg.solve(total[np.ix_(kept, kept)], np.ones(len(kept)))
    return pull


def _few(
    y: np.ndarray, cov: np.ndarray, u: np.ndarray, d: np.ndarray, within: bool, level: float
) -> tuple[float, float, float, float]:
    """Give the intervals of the pooled value and of another study's, where few studies hardly tell tau2.

    At the true tau2 Q is chi-squared. Each of its quantiles gives a tau2, a pooled value and its variance;
    the interval is of their mixture (a generalised interval: Iyer, Wang and Mathew 2004). Where tau2 is 0 as
    estimates agree better than their errors allow, the variance shrinks with Q, as Knapp and Hartung's does;
    with equal independent errors this is Student's t. But the interval always holds the one that stated
    errors alone give: agreement by chance makes nobody surer than that.
    """
    targets = chi2.ppf((np.arange(QUANTILES) + 0.5) / QUANTILES, len(u))
    tau2 = where_q_is(u, d, targets)
    centres, variances, _ = _means(y, cov, tau2, within)
    shrunk = np.where(tau2 > 0, variances, variances * np.clip(cochran(u, d) / targets, LEAST, 1.0))
    middle, stated, _ = _means(y, cov, np.zeros(1), within)
    reach = float(ndtri((1 + level) / 2)) * float(np.sqrt(stated[0]))
    low, high = float(middle[0]) - reach, float(middle[0]) + reach
    of_mean, of_next = (_mixture(centres, spread, level) for spread in (shrunk, shrunk + tau2))
    return min(low, of_mean[0]), max(high, of_mean[1]), min(low, of_next[0]), max(high, of_next[1])


def _mixture(centres: np.ndarray, variances: np.ndarray, level: float) -> tuple[float, float]:
    """Give the ends between which the middle of a mixture of normal distributions lies."""
    spread = np.sqrt(variances)

    def end(tail: float) -> float:
        reach = centres + spread * ndtri(tail)  # the quantile of the mixture lies between those of its parts
        slack = 1e-6 * float(spread.max()) + 1e-12 * float(np.abs(centres).max())
        found = brentq(
            lambda x: ndtr((x - centres) / spread).mean() - tail, reach.min() - slack, reach.max() + slack
        )
        return float(found)

    return end((1 - level) / 2), end((1 + level) / 2)
