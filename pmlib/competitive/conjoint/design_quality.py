"""How well a design of choice tasks can tell attributes apart: numbers on arrays."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import is_label
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.demand.shares import Layout

FEW_LEVELS = 7  # a number with more levels counts as one line, not as levels


def coded(values: pd.Series) -> np.ndarray:
    """Code an attribute as contrasts that have mean 0 and variance 1 if every level is shown equally often.

    A number of many levels is one column, standardised.
    """
    if not is_label(values) and values.nunique() > FEW_LEVELS:
        held = values.to_numpy(float)
        return ((held - held.mean()) / held.std())[:, None]
    codes, levels = pd.factorize(values, sort=True)
    count = len(levels)
    if count < 2:
        return np.zeros((len(values), 0))
    basis = np.linalg.qr(np.column_stack([np.ones(count), np.eye(count)[:, :-1]]))[0][:, 1:]
    return basis[codes] * np.sqrt(count)


def ideal(levels: int, lengths: np.ndarray) -> float:
    """Variance within tasks of a contrast of so many levels, where levels repeat as little as they can."""
    low, more = np.divmod(lengths, levels)
    same = ((low + 1) ** 2 * more + low**2 * (levels - more)) / lengths**2
    return float(np.average((1 - same) / (1 - 1 / levels), weights=lengths))


def efficiency(columns: Mapping[str, pd.Series], sets: Sets) -> float:
    """D-efficiency against an ideal: levels balanced, hardly repeated in a task, attributes uncorrelated; 0
    to 1.

    The information of a logit that has no preferences yet, per term, over that of such an ideal design.

    References
    ----------
    Huber & Zwerina (1996), "The importance of utility balance in efficient choice designs", JMR 33; Kuhfeld
    (2010), Marketing Research Methods in SAS.
    """
    parts = {name: coded(values) for name, values in columns.items()}
    matrix = np.hstack(list(parts.values()))
    if not matrix.shape[1] or sets.lengths.max() < 2:  # a task of one offer asks nothing
        return 0.0
    centred = matrix - sets.spread(sets.sum(matrix) / sets.lengths[:, None])
    sign, log = np.linalg.slogdet(centred.T @ centred / len(centred))
    best = [
        np.log(ideal(part.shape[1] + 1, sets.lengths)) * part.shape[1]
        for name, part in parts.items()
        if part.shape[1] and (is_label(columns[name]) or columns[name].nunique() <= FEW_LEVELS)
    ]
    return float(np.exp((log - sum(best)) / matrix.shape[1])) if sign > 0 else 0.0


def associations(columns: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Measure how far attributes go together, by pair: Cramér's V, or |correlation| of numbers; 0 to 1."""
    parts = {}
    for name, values in columns.items():
        part = coded(values)
        part = part - part.mean(axis=0)
        parts[name] = np.linalg.qr(part)[0] if part.shape[1] else part
    names = [name for name in parts if parts[name].shape[1]]
    rows = [
        (
            a,
            b,
            float(np.sqrt(((parts[a].T @ parts[b]) ** 2).sum() / min(parts[a].shape[1], parts[b].shape[1]))),
        )
        for i, a in enumerate(names)
        for b in names[i + 1 :]
    ]
    return pd.DataFrame(rows, columns=["one", "other", "size"])


def unvaried(values: pd.Series, sets: Sets) -> float:
    """Share of tasks in which an attribute is the same for all offers, so that it tells nothing."""
    codes = pd.factorize(values)[0]
    return float((sets.max(codes) == -sets.max(-codes)).mean())


def beaten(columns: Mapping[str, pd.Series], better: Mapping[str, int], sets: Sets) -> np.ndarray:
    """Tell which offers another of the task beats: no worse in anything, better in something, (n,).

    better : 1 where more is better, -1 where less is; where it is not said, both must be equal.
    """
    layout = Layout(sets)
    pair = layout.filled[:, :, None] & layout.filled[:, None, :]
    good, more = pair.copy(), np.zeros_like(pair)
    for name, values in columns.items():
        held = (
            values.to_numpy(float) * better[name] if name in better else pd.factorize(values)[0].astype(float)
        )
        laid = layout.spread(held, 0.0)
        ahead = laid[:, :, None] - laid[:, None, :]  # of j over k
        good &= (ahead >= 0) if name in better else (ahead == 0)
        more |= (ahead > 0) if name in better else False
    return layout.rows((good & more).any(axis=1))
