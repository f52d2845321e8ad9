"""The mean utilities under which a model with differing tastes has the shares there were."""

import numpy as np

from pmlib.competitive.demand.shares import Layout, responses, shares

STEPS, CLOSE = 100, 1e-12  # of Newton's method; what logarithms of shares may still be off by
FAR = 2.0  # a step beyond this is shortened: from far away, Newton's method may leap


def mean_utility(
    observed: np.ndarray,
    layout: Layout,
    apart: np.ndarray,
    weights: np.ndarray,
    dissimilarity: np.ndarray | None = None,
) -> np.ndarray:
    """Find utilities, (n,), that give the observed shares by Newton's method.

    Parameters
    ----------
    observed : (n,) shares. layout : of their sets. apart : (n, R) what each draw of tastes adds to utility.
    weights : (R,) of the draws. dissimilarity : (M,) of each nest, or None.

    Raises
    ------
    ValueError : no such utilities were found.

    References
    ----------
    Berry, Levinsohn & Pakes (1995), Econometrica 63(4), sec. 6.2, whose contraction is sped up here.
    """
    sets = layout.sets
    found = np.log(observed) - np.log(sets.spread(1 - sets.sum(observed)))
    gaps = np.eye(layout.filled.shape[1]) * ~layout.filled[:, :, None]
    ones = np.ones(len(weights))
    for _ in range(STEPS):
        now = shares(found[:, None] + apart, layout, dissimilarity)
        held = now.joint @ weights  # (S, J), 0 in gaps
        short = np.log(observed) - np.log(layout.rows(held))
        if np.abs(short).max() < CLOSE:
            return found
        slopes = responses(now, layout, ones, weights, dissimilarity)
        slopes = slopes / np.where(layout.filled, held, 1.0)[:, :, None] + gaps
        step = layout.rows(np.linalg.solve(slopes, layout.spread(short, 0.0)[..., None])[..., 0])
        found = found + step * min(1.0, FAR / float(np.abs(step).max()))
    apart_still = f"they are still {np.abs(short).max():.1g} apart after {STEPS} steps"
    raise ValueError(f"no utilities give the observed shares: {apart_still}; tastes may differ too much")
