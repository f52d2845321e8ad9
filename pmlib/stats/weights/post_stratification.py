"""Post-stratification: weights scaled, cell by cell, to the population's number."""

from dataclasses import dataclass

import numpy as np

from pmlib.stats.weights.design import sum_by
from pmlib.stats.weights.margins import Margin, check_margin
from pmlib.stats.weights.sample import Sample


@dataclass(frozen=True, eq=False)
class PostStratified:
    """What post-strata explain: the mean in each, as weighted before."""

    cells: np.ndarray
    count: int
    before: np.ndarray
    after: np.ndarray

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """Take each post-stratum's mean out."""
        scores = x * (self.before / self.after)[:, None]
        size = np.bincount(self.cells, self.before, minlength=self.count)
        means = sum_by(scores, self.cells, self.count) / size[:, None]
        return x - means[self.cells] * self.after[:, None]


def post_stratify(sample: Sample, margin: Margin) -> Sample:
    """Weight a sample to the number of each cell (of one variable, or of several crossed).

    Raises
    ------
    ValueError : a target without respondents, or not above 0.

    References
    ----------
    Holt & Smith (1979), J. Royal Statistical Society A 142; errors as R's survey::postStratify.
    """
    check_margin(margin)
    before = sample.weights
    after = before * (margin.totals / margin.held(before))[margin.codes]
    adjusted = PostStratified(margin.codes, len(margin.levels), before, after)
    return Sample(sample.design, after, (*sample.adjustments, adjusted))
