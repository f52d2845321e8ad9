"""Reads how adoption goes: "at once", "half in 4 .. 8 weeks, 90% in 16 weeks", "bass p=.03 q=.4 a month".

A curve says what share of those reached use the feature a time after launch, from 0 towards a ceiling, which
is all of them unless "at most 40% .. 60%" is added. Percentages of a curve are of those who ever will.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit, logit

from pmlib.data.words import shown
from pmlib.impact.calendar import Step
from pmlib.impact.ranges import law
from pmlib.stats.laws import Constant, Law

DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4, "year": 365.25}
FORMS = '"at once", "half in 6 weeks, 90% in 16 weeks", or "bass p=0.03 q=0.4 a month"'
POINT = re.compile(
    r"(?P<share>half|[0-9.]+\s*%)\s+(?:in|after|by)\s+(?P<time>.+?)\s+(?P<unit>[a-z]+)", re.IGNORECASE
)
BASS = re.compile(
    r"bass\s+p\s*=\s*(?P<first>.+?),?\s+q\s*=\s*(?P<second>.+?)(?:\s+(?:a|per)\s+(?P<unit>[a-z]+))?",
    re.IGNORECASE,
)
CEILING = re.compile(r"at most\s+(?P<share>.+)", re.IGNORECASE)
ALL = Constant(1.0)
FAR = 4.0  # scores within which the two times of a curve may not cross
LEAST_GAP = 1.001  # ratio of the later time to the earlier in the draws beyond

Shape = Callable[[np.ndarray, np.ndarray], np.ndarray]  # scores, days since launch → share of those who will


class Adoption(Protocol):
    """How a feature is taken up."""

    @property
    def words(self) -> str:
        """How it is said."""
        ...

    @property
    def ceiling(self) -> Law:
        """The share that ever will."""
        ...

    @property
    def uncertain(self) -> bool:
        """Whether draws differ."""
        ...

    def shares(self, scores: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Share, of those who ever will, that uses it after so many days: a row a draw.

        scores : standard normal, two rows of one a draw.
        """
        ...


@dataclass(frozen=True)
class Written:
    """An adoption that a text says."""

    words: str
    ceiling: Law
    shape: Shape
    uncertain: bool

    def shares(self, scores: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Share, of those who ever will, that uses it after so many days: a row a draw."""
        return np.where(days >= 0, self.shape(scores, np.maximum(days, 0.0)), 0.0)


def adoption_of(text: str, step: Step) -> Written:
    """Read an adoption.

    Parameters
    ----------
    step : of the KPI, per which p and q are where no time is named.

    Raises
    ------
    ValueError : it is none.
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"adoption is {shown(text)}; write {FORMS}")
    ceiling: Law = ALL
    pieces = [piece.strip() for piece in re.split(r",(?!\s*q\s*=)", text)]
    if (most := CEILING.fullmatch(pieces[-1])) and len(pieces) > 1:
        ceiling = law(most["share"], "share", "adoption, at most")
        pieces.pop()
    said = " ".join(text.split()).replace(" .. ", " to ")
    if len(pieces) == 1 and pieces[0].casefold() == "at once":
        return Written(said, ceiling, lambda scores, days: np.ones((scores.shape[1], len(days))), False)
    if len(pieces) == 1 and (match := BASS.fullmatch(pieces[0])):
        unit = _unit(match["unit"], text) if match["unit"] else step.name
        laws = [
            law(match[group], "size", f"adoption, {name}")
            for group, name in (("first", "p"), ("second", "q"))
        ]
        said = said if match["unit"] else f"{said} a {step.name}"
        return Written(said, ceiling, _bass(laws, DAYS[unit], text), not all(one.constant for one in laws))
    if len(pieces) == 2:
        return _by_points([re.sub(r"^logistic\s+", "", piece) for piece in pieces], ceiling, said, text)
    raise ValueError(f"adoption is {shown(text)}; write {FORMS}")


def _unit(word: str, text: str) -> str:
    unit = word.casefold().rstrip("s")
    if unit not in DAYS:
        raise ValueError(
            f"adoption {shown(text)}: {shown(word)} is no time; write days, weeks, months or years"
        )
    return unit


def _bass(laws: list[Law], days: float, text: str) -> Shape:
    ends = [float(end) for one in laws for end in one.ends(0.999)]
    if min(ends) <= 0 or ends[1] > 1:
        raise ValueError(f"adoption {shown(text)}: p lies above 0 and below 1, q above 0; see Bass (1969)")
    from pmlib.stats.adoption import CURVES  # with all that fits curves, which most features do not need

    bass = CURVES["bass"]

    def shape(scores: np.ndarray, since: np.ndarray) -> np.ndarray:
        p, q = (one.at(row)[:, None] for one, row in zip(laws, scores, strict=True))
        return bass.share(since[None] / days, *bass.inner(p, q))

    return shape


def _by_points(pieces: list[str], ceiling: Law, said: str, text: str) -> Written:
    places, laws = [], []
    for piece in pieces:
        match = POINT.fullmatch(piece)
        if match is None:
            raise ValueError(
                f"adoption: found {shown(piece)}; write a share and a time, as in half in 6 weeks"
            )
        share = 0.5 if match["share"].casefold() == "half" else float(match["share"].rstrip("% ")) / 100
        if not 0 < share < 1:
            raise ValueError(f"adoption: {match['share']} is no part of those who ever will; write 1% to 99%")
        places.append(share)
        days = DAYS[_unit(match["unit"], text)]
        laws.append((law(match["time"], "size", f"adoption, {match['share']} in"), days))
    if places[0] >= places[1]:
        raise ValueError(f"adoption {shown(text)}: the second share is not above the first; write it later")
    edge = np.array([-FAR, 0.0, FAR])
    first, second = (one.at(edge) * days for one, days in laws)
    if not (first > 0).all() or not (second > first).all():
        raise ValueError(
            f"adoption {shown(text)}: the second time is not always after the first; write it later"
        )
    return Written(said, ceiling, _s_curve(places, laws), not all(one.constant for one, _ in laws))


def _s_curve(places: list[float], laws: list[tuple[Law, float]]) -> Shape:
    """Logistic in the logarithm of time, which is 0 at launch, through two points that are late together."""
    low, high = logit(places)

    def shape(scores: np.ndarray, since: np.ndarray) -> np.ndarray:
        first, second = (one.at(scores[0])[:, None] * days for one, days in laws)
        steep = (high - low) / np.log(np.maximum(second / first, LEAST_GAP))
        with np.errstate(divide="ignore"):
            rise = low + steep * np.log(since[None] / first)
        return np.asarray(expit(rise))

    return shape
