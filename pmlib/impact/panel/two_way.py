"""Two-way effects: what a unit always has and what a period does to all, taken out of a table with holes."""

import numpy as np

UNKNOWN = 1e-7  # length of what no other cell tells of a cell's unit and period


class TwoWay:
    """Least squares on one effect a unit and one a period, over the cells that are seen.

    Units are averaged out, so that only as many equations as periods are solved, whatever the units.

    Parameters
    ----------
    seen : units by periods; whether a cell takes part.
    """

    def __init__(self, seen: np.ndarray) -> None:
        self.seen = seen
        self.counts = seen.sum(axis=1)
        self.share = seen / np.maximum(self.counts, 1)[:, None]
        self.normal = np.diag(seen.sum(axis=0)) - seen.T.astype(float) @ self.share
        self.inverse = np.linalg.pinv(self.normal, rcond=1e-10, hermitian=True)

    def effects(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The effect of each unit and of each period; those of periods add up to about nothing."""
        inside = np.where(self.seen, values, 0.0)
        means = inside.sum(axis=1) / np.maximum(self.counts, 1)
        periods = self.inverse @ np.where(self.seen, inside - means[:, None], 0.0).sum(axis=0)
        return means - self.share @ periods, periods

    def residual(self, values: np.ndarray) -> np.ndarray:
        """What the effects leave of the cells that take part; 0 elsewhere."""
        units, periods = self.effects(values)
        return np.where(self.seen, values - units[:, None] - periods, 0.0)

    def known(self) -> np.ndarray:
        """Whether the effects say what a cell's value would be, even of one that takes no part."""
        unseen = np.eye(self.seen.shape[1]) - self.normal @ self.inverse
        lengths = ((unseen[None] - (self.share @ unseen)[:, None]) ** 2).sum(axis=2)
        return (self.counts > 0)[:, None] & (lengths < UNKNOWN)

    def pulls(self, weights: np.ndarray) -> np.ndarray:
        """How much each seen cell adds to the weighted sum of what the effects say of all cells."""
        own = weights.sum(axis=1)
        periods = self.inverse @ (weights.sum(axis=0) - own @ self.share)
        units = (own - (np.where(self.seen, periods, 0.0)).sum(axis=1)) / np.maximum(self.counts, 1)
        return np.where(self.seen, units[:, None] + periods, 0.0)
