"""Adoption like that of others: Bass curves fitted to histories, and draws of the next one's."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr
from scipy.stats import t as student

from pmlib.data import DataError, Source
from pmlib.data.source import check_amounts, check_source
from pmlib.given import ungiven
from pmlib.impact.calendar import step_of
from pmlib.impact.feature.adoption import ALL, DAYS
from pmlib.result import Absent
from pmlib.stats.adoption import CURVES, fit_many
from pmlib.stats.laws import Law
from pmlib.wording import listed

FEWEST = 4  # histories, below which how they differ cannot be told
LEAST, MOST = 1e-5, 20.0  # of p and q a period: a fit beyond says nothing of them
FARTHEST = 3.0  # deviations from the middle, which no next one is thought to pass


@dataclass(frozen=True, eq=False)
class Like:
    """Adoption drawn as the next of several: Student's t in log p and log q.

    names, innovation, imitation : the histories, and their p and q a day. middle, spread : of the logarithms;
        spread times its own transpose is their covariance.
    """

    words: str
    names: tuple[str, ...]
    innovation: np.ndarray
    imitation: np.ndarray
    middle: np.ndarray
    spread: np.ndarray
    ceiling: Law = ALL
    uncertain: bool = True

    def shares(self, scores: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Share, of those who ever will, that uses it after so many days: a row a draw."""
        count = len(self.names)
        wide = student.ppf(ndtr(scores), count - 1) * np.sqrt(1 + 1 / count)
        p, q = np.exp(self.middle[:, None] + self.spread @ np.clip(wide, -FARTHEST, FARTHEST))
        bass = CURVES["bass"]
        found = bass.share(np.maximum(days, 0.0)[None], *bass.inner(p[:, None], q[:, None]))
        return np.where(days >= 0, found, 0.0)


def adoption_like(source: Source, title: str) -> "Like | Absent":
    """Fit a Bass curve to each history of a table.

    Parameters
    ----------
    source : one row a product and period; roles product, period and units (sold in it) or share (reached by
        then, 0-1).

    Raises
    ------
    DataError : a history that cannot be fitted.
    """
    if absent := ungiven(title, source, "table of adoption histories"):
        return absent
    check_source(source)
    value = next((role for role in ("units", "penetration", "share") if source.has(role)), None)
    lacks = source.lacks("product", "period") + ([] if value else ["units or share"])
    if lacks or value is None:
        return Absent(title=title, reason=f"{source.title} has no column of role {listed(lacks, 'or')}.")
    check_amounts(source, value)
    kind = "sales" if value == "units" else "cumulative"
    histories = {
        str(name): _one(source.name, str(name), part, value)
        for name, part in source.frame.groupby("product", sort=True, observed=True)
    }
    if len(histories) < FEWEST:
        return Absent(
            title=title,
            reason=f"{source.title} has {len(histories)} histories, too few to see how they differ.",
        )
    times, values, lengths = zip(*histories.values(), strict=True)
    try:
        fits = fit_many(list(times), list(values), "bass", kind, names=list(histories))
    except ValueError as refused:
        raise DataError(f"{source.name}: {refused}") from None
    found = np.array([[fit.parameters["innovation"], fit.parameters["imitation"]] for fit in fits])
    good = np.all((found > LEAST) & (found < MOST), axis=1)
    if good.sum() < FEWEST:
        return Absent(
            title=title,
            reason=f"Only {int(good.sum())} histories of {source.title} follow a curve of adoption.",
        )
    names = tuple(name for name, kept in zip(histories, good.tolist(), strict=True) if kept)
    found = (found / np.array(lengths)[:, None])[good]
    logs = np.log(found)
    covariance = np.atleast_2d(np.cov(logs.T))
    sizes, ways = np.linalg.eigh(covariance)
    return Like(
        words=f"like that of {len(names)} others",
        names=names,
        innovation=found[:, 0],
        imitation=found[:, 1],
        middle=logs.mean(axis=0),
        spread=ways * np.sqrt(sizes.clip(0)),
    )


def _one(table: str, name: str, part: pd.DataFrame, value: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Give a history's periods since launch, its values, and how many days a period has."""
    part = part.dropna(subset=[value]).sort_values("period")
    dates = pd.DatetimeIndex(part["period"])
    step = step_of(f"{table}, {name}", dates)
    places = step.place(dates)
    return (places - places[0] + 1).astype(float), part[value].to_numpy(float), DAYS[step.name]
