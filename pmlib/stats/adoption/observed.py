"""Series of adoption as the search wants them: checked, of one length, in periods since launch, at most 1."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

SALES, CUMULATIVE = "sales", "cumulative"
FEWEST = 4  # two parameters and a potential, and one point more to see how far off they are
Given = Sequence[np.ndarray | Sequence[float]] | np.ndarray


@dataclass(frozen=True)
class Observed:
    """Series, one a row; unseen cells weigh 0.

    Attributes
    ----------
    edges : periods since launch: of sales where the first begins and where each ends, else the times.
    values : what was seen, as a share of the largest value of its series.
    weights : by what a residual is multiplied; 0 where nothing was seen.
    last : the last time seen.
    launch, step, scale : undo the above: time = launch + step · edge, value = scale · value.
    """

    sales: bool
    edges: np.ndarray
    values: np.ndarray
    weights: np.ndarray
    last: np.ndarray
    launch: np.ndarray
    step: np.ndarray
    scale: np.ndarray

    def change(self, upto: np.ndarray) -> np.ndarray:
        """What was adopted by each edge → what is seen: of sales, the difference between edges."""
        return np.diff(upto, axis=1) if self.sales else upto

    def row(self, i: int) -> "Observed":
        """Return one series alone."""
        return self.taken(np.array([i]))

    def repeated(self, count: int) -> "Observed":
        """Return one series as if there were many of it."""
        return self.taken(np.zeros(count, int))

    def taken(self, rows: np.ndarray) -> "Observed":
        arrays = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "sales"}
        return Observed(sales=self.sales, **arrays)


def observed(
    times: Given,
    values: Given,
    kind: str,
    launch: float | Sequence[float] | np.ndarray | None,
    names: Sequence[str],
) -> Observed:
    """Check series and lay them side by side.

    Raises
    ------
    ValueError : a series cannot be fitted, or `kind` is not known; names series, time and value.
    """
    if kind not in (SALES, CUMULATIVE):
        raise ValueError(f"kind {kind!r} is not known; take {SALES!r} (a period) or {CUMULATIVE!r} (a stock)")
    starts = np.broadcast_to(np.nan if launch is None else np.asarray(launch, float), len(names))
    rows = [one(t, v, kind, s, name) for t, v, s, name in zip(times, values, starts, names, strict=True)]
    width = max(len(row[1]) for row in rows)
    size = (len(rows), width)
    edges, seen, laid = np.empty((size[0], width + (kind == SALES))), np.zeros(size, bool), np.zeros(size)
    for i, (edge, value, _, _) in enumerate(rows):
        edges[i, : len(edge)] = edge
        edges[i, len(edge) :] = edge[-1] + np.arange(1, edges.shape[1] - len(edge) + 1)  # unseen
        laid[i, : len(value)] = value
        seen[i, : len(value)] = ~np.isnan(value)
    laid[~seen] = 0
    scale = laid.max(axis=1)
    ends = edges[:, 1:] if kind == SALES else edges
    return Observed(
        sales=kind == SALES,
        edges=edges,
        values=laid / scale[:, None],
        weights=seen.astype(float),
        last=np.where(seen, ends, -np.inf).max(axis=1),
        launch=np.array([row[2] for row in rows]),
        step=np.array([row[3] for row in rows]),
        scale=scale,
    )


def one(
    times: np.ndarray | Sequence[float],
    values: np.ndarray | Sequence[float],
    kind: str,
    launch: float,
    name: str,
) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Check a series; return its edges, values (missing periods as such), launch and step."""
    at, value = np.asarray(times, float), np.asarray(values, float)
    if at.shape != value.shape or at.ndim != 1:
        raise ValueError(f"{name}: {at.size} times and {value.size} values; give one time to each value")
    gaps = at[1:] - at[:-1]
    if not ((gaps > 0).all() and np.isfinite(at.sum())):
        wrong = at[1:][~((gaps > 0) & np.isfinite(at[1:]))]
        raise ValueError(
            f"{name}: times must rise; {wrong[0]:g} does not: sort them, and keep one value each"
        )
    seen = ~np.isnan(value)
    bad = seen & ~((value >= 0) & (value < np.inf))
    if bad.any():
        what = f"{value[bad][0]:g} at {at[bad][0]:g}"
        raise ValueError(f"{name}: {what} cannot be adoption; it must be 0 or more")
    if seen.sum() < FEWEST:
        raise ValueError(
            f"{name}: {seen.sum()} values cannot tell a curve; have {FEWEST} or more, or pool it with others"
        )
    if not value[seen].any():
        raise ValueError(f"{name}: all values are 0; there is no adoption yet to fit")
    until = seen.nonzero()[0][-1] + 1
    at, value, gaps = at[:until], value[:until], gaps[: until - 1]
    step = float(gaps.min() if kind == SALES else np.median(gaps))
    start = at[0] - step if np.isnan(launch) else float(launch)
    if start > at[0] - step * (kind == SALES) + 1e-9 * step:
        raise ValueError(f"{name}: launch {start:g} comes after the first period; it must not")
    if kind == CUMULATIVE:
        return (at - start) / step, value, start, step
    ordinal = (at - at[0]) / step
    period = (ordinal + 0.5).astype(int)
    if np.abs(ordinal - period).max() > 1e-3 * max(1.0, ordinal.max() / 1e3):
        raise ValueError(
            f"{name}: sales of uneven periods; give them by even periods, or add them up (cumulative)"
        )
    laid = np.full(period[-1] + 1, np.nan)
    laid[period] = value
    return (at[0] - start) / step - 1 + np.arange(len(laid) + 1), laid, start, step
