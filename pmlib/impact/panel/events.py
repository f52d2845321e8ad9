"""Effects by time since the launch by least squares, among effects of unit and period."""

import numpy as np
import pandas as pd

from pmlib.impact.panel.effects import Effects
from pmlib.impact.panel.scatter import small_cohorts
from pmlib.impact.panel.timing import NEVER
from pmlib.impact.panel.two_way import TwoWay

LEADS = 5  # periods before the launch that the imputation's own test looks at, at most


def two_way_events(outcomes: np.ndarray, first: np.ndarray, cluster: np.ndarray) -> Effects:
    """A term for each time since the launch but the last before it, among all cells."""
    treated = first != NEVER
    since = np.where(treated[:, None], np.arange(outcomes.shape[1]) - first[:, None], -1)
    seen = ~np.isnan(outcomes)
    times = [time for time in np.unique(since[seen]) if time != -1]
    if not (first == NEVER).any():
        times = times[1:]  # without the never treated, a drift common to all units fits any two of them
    return _terms(outcomes, since, seen, times, first, cluster)


def leads(outcomes: np.ndarray, first: np.ndarray, cluster: np.ndarray) -> Effects | None:
    """A term for each of the last periods before the launch, among untreated cells; None without any."""
    since = np.where(
        (first != NEVER)[:, None], np.arange(outcomes.shape[1]) - first[:, None], NEVER - LEADS - 9
    )
    seen = ~np.isnan(outcomes) & (since < 0)
    longest = int(first.max())
    for most in range(min(LEADS, longest - 1), 0, -1):
        try:
            return _terms(outcomes, since, seen, list(range(-most, 0)), first, cluster)
        except np.linalg.LinAlgError:
            continue
    return None


def _terms(
    outcomes: np.ndarray,
    since: np.ndarray,
    seen: np.ndarray,
    times: list[int],
    first: np.ndarray,
    cluster: np.ndarray,
) -> Effects:
    fit = TwoWay(seen)
    terms = np.stack([fit.residual((since == time).astype(float)) for time in times])
    matrix = terms.reshape(len(times), -1).T
    normal = matrix.T @ matrix
    if np.linalg.matrix_rank(matrix) < len(times):
        raise np.linalg.LinAlgError("the times since the launch cannot be told apart")
    left = fit.residual(np.nan_to_num(outcomes))
    effects = np.linalg.solve(normal, matrix.T @ left.ravel())
    rest = left - np.tensordot(effects, terms, 1)
    pulls = np.tensordot(np.linalg.inv(normal), terms, 1)
    parts = np.einsum("kit,it->ik", pulls, rest) * len(first)
    never, own, stand = first == NEVER, parts.copy(), {}
    for small in small_cohorts(first, cluster):
        members = first == small
        own[members] = 0.0
        apart = np.where(never[:, None], rest @ pulls[:, members].mean(axis=1).T, 0.0)
        stand[small] = apart * len(first) * np.sqrt(members.sum() / never.sum())
    levels = [np.nanmean(outcomes[seen & (since == time) & (first != NEVER)[:, None]]) for time in times]
    table = pd.DataFrame(
        {"kind": "dynamic", "at": times, "period": np.nan, "estimate": effects, "level": levels}
    )
    return Effects(table, parts, own, stand)
