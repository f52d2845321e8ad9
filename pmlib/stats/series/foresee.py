"""Foresee a series: kinds of forecast combined, and intervals from the errors they made from past moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pmlib.stats.hindcast import origins
from pmlib.stats.series.calibrate import Spread, spread
from pmlib.stats.series.kinds import NAIVE, fitting, foretell
from pmlib.stats.series.scale import Scale, scale_of, tamed
from pmlib.stats.series.season import Season
from pmlib.stats.series.smoothing import FIRST

MOMENTS = 80  # past moments to forecast from, at most


@dataclass(frozen=True, eq=False)
class Foreseen:
    """Forecasts of one series from many moments, of which the last is now.

    values : as they came, nan where missing. ends : how many of them are known at each moment.
    kinds : that are combined by their mean. wild : how many values were held back in the fit.
    paths : of every kind, of the naive ones and of "combined", on the scale of the forecast: a row a moment,
        a column a step.
    """

    values: np.ndarray
    season: Season
    scale: Scale
    ends: np.ndarray
    kinds: tuple[str, ...]
    paths: dict[str, np.ndarray]
    wild: int

    @property
    def steps(self) -> int:
        return self.paths["combined"].shape[1]

    @cached_property
    def came(self) -> np.ndarray:
        """What came after each moment, as it was; nan where unknown."""
        padded = np.append(self.values, np.full(self.steps, np.nan))
        return padded[self.ends[:, None] + np.arange(self.steps)]

    def errors(self, kind: str, at: int) -> np.ndarray:
        """How far each earlier moment's forecast was off, as far as moment `at` can know."""
        off = self.scale.there(self.came[:at]) - self.paths[kind][:at]
        seen = self.ends[:at, None] + np.arange(self.steps) < self.ends[at]
        return np.where(seen, off, np.nan)

    def spread(self, kind: str = "combined", at: int = -1) -> Spread:
        """Learn the intervals of moment `at` from the moments before it."""
        at = at % len(self.ends)
        return spread(self.errors(kind, at), self.ends[:at])

    def points(self, kind: str = "combined", at: int = -1) -> np.ndarray:
        """Give the forecast of moment `at` in the unit of the series: medians."""
        return self.scale.back(self.paths[kind][at])

    def quantiles(self, shares: Sequence[float]) -> np.ndarray:
        """Give the values below which each step lies with each share, a row a step."""
        path = self.paths["combined"][-1][:, None]
        return self.scale.back(path + self._now.quantile(np.array(shares)))

    def draw(self, count: int, seed: int) -> np.ndarray:
        """Draw futures, a row each; their points and their sums scatter as past errors did."""
        return self.scale.back(self.paths["combined"][-1] + self._now.draw(count, seed))

    @cached_property
    def _now(self) -> Spread:
        return self.spread()

    @property
    def windows(self) -> float:
        """Windows without overlap that errors at the last step are worth."""
        return float(self._now.windows[-1])


def foresee(
    values: np.ndarray,
    season: Season,
    steps: int,
    *,
    kinds: Sequence[str] | None = None,
    controls: np.ndarray | None = None,
    moments: int = MOMENTS,
) -> Foreseen:
    """Forecast the next steps, and the same from past moments.

    Parameters
    ----------
    values : the series, nan where missing; first and last are known. kinds : to combine; by default those
        that fit. controls : what moves it and is known, a row a period, those ahead too.
    moments : from which to forecast at most, the present one left out.
    """
    count = len(values)
    scale = scale_of(values)
    scaled = scale.there(values)
    calm = tamed(scaled, season.short)
    chosen = tuple(kinds) if kinds else fitting(count, season)
    if controls is not None and "harmonic" not in chosen:
        chosen = (*chosen, "harmonic")
    ends = np.append(origins(count, first_moment(count, season), steps, most=moments, whole=False), count)
    computed = [kind for kind in chosen if kind not in NAIVE]
    paths = foretell(calm, ends, steps, season, computed, controls)
    paths |= {kind: scale.there(path) for kind, path in foretell(values, ends, steps, season, NAIVE).items()}
    paths["combined"] = np.mean([paths[kind] for kind in chosen], axis=0)
    wild = int(np.nansum(np.abs(calm - scaled) > 1e-9))
    return Foreseen(values, season, scale, ends, chosen, paths, wild)


def first_moment(count: int, season: Season) -> int:
    """Choose how much must be known to forecast: two seasons and more where the series has as much."""
    usual = 2 * season.longest if season.long else round(2.5 * season.short)
    least = max(FIRST, 2 * season.short if count > 2 * season.short else 1)
    return min(max(min(usual, count // 2), least), count - 1)
