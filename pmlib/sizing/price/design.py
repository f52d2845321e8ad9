"""Who answered: respondents' weights and how they were drawn, checked."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator

from pmlib.data import Source
from pmlib.sizing.price.resamples import counts, units
from pmlib.table import number


@dataclass(frozen=True, eq=False)
class Design:
    """Respondents of a survey, each with its weight, and the cluster and stratum it was drawn from."""

    weights: np.ndarray
    clusters: np.ndarray | None
    strata: np.ndarray | None

    @property
    def effective(self) -> float:
        """As many respondents of equal weight would tell as much."""
        return float(self.weights.sum() ** 2 / (self.weights**2).sum())

    def resamples(self, draws: int, rng: Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw the survey anew: the unit of each respondent, how often each unit comes, (draws, units)."""
        unit = units(len(self.weights), self.clusters, self.strata, rng)
        strata = np.zeros(unit.max() + 1, int)
        if self.strata is not None:
            strata[unit] = self.strata
        return unit, counts(strata, draws, rng)


def design(survey: Source, rows: np.ndarray) -> Design:
    """Read the design of the rows that are analysed, one a respondent.

    Raises
    ------
    ValueError : a weight is missing or not above zero; a cluster in two strata; a stratum of one unit.
    """
    frame = survey.frame.loc[rows]
    weights = np.ones(len(frame))
    if survey.has("design_weight"):
        weights = frame["design_weight"].to_numpy(float, na_value=np.nan)
        odd = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
        if len(odd):
            found = number(weights[odd[0]]) if np.isfinite(weights[odd[0]]) else "missing"
            where = f"{survey.name}, row {frame.index[odd[0]]}"
            raise ValueError(f"{where}: design_weight is {found}; give each respondent one above zero")
    strata = _codes(survey, frame, "stratum")
    clusters = _codes(survey, frame, "cluster")
    if strata is not None and clusters is not None:  # a cluster is counted within its stratum
        clusters = np.unique(np.stack([strata, clusters]), axis=1, return_inverse=True)[1].ravel()
    if strata is not None:
        own = np.arange(len(frame)) if clusters is None else clusters
        held = pd.Series(own).groupby(strata).nunique()
        if (held < 2).any():
            stratum = frame["stratum"].to_numpy()[np.flatnonzero(strata == held.idxmin())[0]]
            raise ValueError(
                f"{survey.name}: stratum {stratum} has one unit that answered; merge it with another"
            )
    return Design(weights, clusters, strata)


def _codes(survey: Source, frame: pd.DataFrame, role: str) -> np.ndarray | None:
    if not survey.has(role):
        return None
    lost = np.flatnonzero(frame[role].isna())
    if len(lost):
        raise ValueError(
            f"{survey.name}, row {frame.index[lost[0]]}: {role} is missing; give every respondent's"
        )
    return pd.factorize(frame[role], sort=True)[0]


def prices(survey: Source, role: str) -> np.ndarray:
    """Read a column of prices; missing where none was given.

    Raises
    ------
    ValueError : words; a negative or infinite price.
    """
    if not pd.api.types.is_numeric_dtype(survey.frame[role].dtype):
        raise ValueError(
            f"{survey.name}: {role} holds {survey.frame[role].dtype}, not numbers; convert it first"
        )
    values = survey.frame[role].to_numpy(float, na_value=np.nan)
    odd = np.flatnonzero((values < 0) | np.isinf(values))
    if len(odd):
        found = number(values[odd[0]]) if np.isfinite(values[odd[0]]) else "infinite"
        remedy = "correct it, or leave it missing"
        raise ValueError(f"{survey.name}, row {odd[0]}: {role} is {found}, which is no price; {remedy}")
    return values
