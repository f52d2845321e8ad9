"""A sample with its final weights, and how they were made: what every estimate is taken of."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pmlib.stats.weights.design import Design


class Adjustment(Protocol):
    """What took sampling error out of the weights, by making them meet known totals."""

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """Leave of weighted scores what the known totals do not explain."""
        ...


@dataclass(frozen=True, eq=False)
class Sample:
    """Respondents with their weights.

    weights : final. adjustments : how they came from the design's, in turn.
    """

    design: Design
    weights: np.ndarray
    adjustments: tuple[Adjustment, ...] = ()

    def __len__(self) -> int:
        return len(self.weights)

    def covariance(self, scores: np.ndarray) -> np.ndarray:
        """Give the covariance of statistics of which each respondent's linearised value is known.

        References
        ----------
        Lumley (2010), Complex Surveys, chapter 7: scores are replaced by their residuals.
        """
        x = self.weights[:, None] * scores.reshape(len(scores), -1)
        for adjustment in self.adjustments:
            x = adjustment.residuals(x)
        return self.design.covariance(x)


def drawn(design: Design) -> Sample:
    """Take the sample with the weights it was drawn with."""
    return Sample(design, design.weights)
