"""A table of a population's margins, matched to the columns of a survey."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.words import meant
from pmlib.sizing.survey.labels import label, labelled, numbers, twin
from pmlib.stats.weights import Margin, Total, agreed, check_margin, check_size

EVERYONE = "everyone"  # the margin that is the number of people and no column of the survey
OWN = "(missing)"  # level of those whose level is not known
ONE = 1 + 1e-3  # margins that add up to no more are shares
PERCENT = 0.1  # as near to 100 margins are in percent


@dataclass(frozen=True, eq=False)
class Population:
    """What a survey is weighted to.

    counts : whether totals are people, or else shares. said : of what was done to the totals, in words.
    """

    margins: tuple[Margin, ...]
    totals: tuple[Total, ...]
    counts: bool
    said: tuple[str, ...]


def read_population(
    survey: Source, population: Source, weights: np.ndarray, *, rescale: bool, missing: str | None
) -> Population:
    """Match a table of margins to a survey.

    Parameters
    ----------
    weights : of the design; shares become what they add up to.

    Raises
    ------
    ValueError : one line that names the margin, the level and what was found.
    """
    if missing not in (None, "own level"):
        raise ValueError(f'missing is {missing!r}; it may be "own level", or None to refuse missing levels')
    margins: list[Margin] = []
    totals: list[Total] = []
    said: list[str] = []
    names = population.frame["margin"]
    if len(lost := np.flatnonzero(names.isna())):
        raise ValueError(
            f"{population.name}, row {lost[0]}: the margin is missing; name a column of {survey.name}"
        )
    known = population.frame.assign(margin_total=numbers(population, "margin_total"))
    for name, rows in known.groupby(names.astype(str), sort=False):
        if rows["margin_level"].isna().all():
            found = _number(survey, str(name), rows)
            if isinstance(found, Total):
                totals.append(found)
            else:
                margins.append(found)
        else:
            margins.append(_margin(survey, str(name), rows, missing == "own level", weights, said))
    if not margins and not totals:
        raise ValueError(f"{population.name} holds no margin; give it a row a level")
    if margins and all(abs(m.totals.sum() - 100) <= PERCENT and m.name != EVERYONE for m in margins):
        margins = [replace(margin, totals=margin.totals / 100) for margin in margins]
    counts = not margins or float(margins[0].totals.sum()) > ONE
    for margin in margins:
        check_margin(margin)
    together = agreed(margins, rescale=rescale)
    said += [
        f"margin {was.name} was scaled from {was.totals.sum():,.10g} to {now.totals.sum():,.10g}"
        for was, now in zip(margins, together, strict=True)
        if abs(was.totals.sum() - now.totals.sum()) > 1e-6 * now.totals.sum()
    ]
    if not counts:
        if totals:
            raise ValueError(
                f"margin {totals[0].name} is a total, the other margins are shares; give people, not shares"
            )
        together = _grown(together, weights, said, rescale=rescale)
    for margin in together if counts else ():
        check_size(margin)
    return Population(tuple(together), tuple(totals), counts, tuple(said))


def _grown(margins: list[Margin], weights: np.ndarray, said: list[str], *, rescale: bool) -> list[Margin]:
    held = float(margins[0].totals.sum())
    if abs(held - 1) > 1e-6 and not rescale:
        raise ValueError(
            f"margin {margins[0].name} adds up to {held:.10g}, not to 1; correct a share, "
            "or give rescale=True to scale it"
        )
    return [replace(margin, totals=margin.totals * (weights.sum() / held)) for margin in margins]


def _number(survey: Source, name: str, rows: pd.DataFrame) -> Total | Margin:
    if len(rows) > 1:
        raise ValueError(
            f"margin {name} has {len(rows)} totals without a level; keep one, or name their levels"
        )
    total = float(rows["margin_total"].iloc[0])
    if not np.isfinite(total):
        raise ValueError(f"margin {name}: its total is missing; fill it in, or leave the margin out")
    if name == EVERYONE and name not in survey.frame:
        return Margin(EVERYONE, ("all",), np.zeros(len(survey.frame), int), np.array([total]))
    if survey.called(name) not in survey.frame:
        raise ValueError(f"margin {name}: {survey.name} has no column {name!r}; {meant(name, survey.frame)}")
    values = survey.frame[survey.called(name)]
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise ValueError(f"margin {name} has no level, and the survey's {name} is no number; name the levels")
    if len(lost := np.flatnonzero(values.isna())):
        raise ValueError(
            f"margin {name}: {len(lost):,} respondents have no {name} (row {lost[0]} first); "
            "fill it in, or drop them or the margin"
        )
    return Total(name, values.to_numpy(float), total)


def _margin(
    survey: Source, name: str, rows: pd.DataFrame, own: bool, weights: np.ndarray, said: list[str]
) -> Margin:
    codes, found = labelled(survey, name, f"margin {name}")
    if len(lost := np.flatnonzero(rows["margin_level"].isna())):
        raise ValueError(f"margin {name}: row {rows.index[lost[0]]} of the population has no level; name it")
    levels = [label(level) for level in rows["margin_level"].tolist()]
    totals = rows["margin_total"].to_numpy(float)
    for level in (level for place, level in enumerate(levels) if level in levels[:place]):
        twice = " and ".join(f"{t:,.10g}" for t, is_ in zip(totals, levels, strict=True) if is_ == level)
        raise ValueError(f'margin {name}, level "{level}" is there more than once ({twice}); keep one')
    counts = np.bincount(codes[codes >= 0], minlength=len(found))
    _check_levels(name, levels, found, counts)
    places = np.array([levels.index(level) for level in found], int)
    codes = np.where(codes < 0, -1, places[codes]) if len(places) else codes
    absent = codes < 0
    if absent.any():
        if not own:
            raise ValueError(
                f"margin {name}: {absent.sum():,} respondents have no level (row {absent.argmax()} first); "
                'fill it in, drop them, or give missing="own level" to let them keep their share'
            )
        share = float(weights[absent].sum() / weights.sum())
        codes = np.where(absent, len(levels), codes)
        levels.append(OWN)
        whole = float(totals.sum())
        totals = np.append(totals * (1 - share), whole * share)
        said.append(
            f"margin {name}: {absent.sum():,} respondents without a level keep their share of {share:.2%}"
        )
    return Margin(name, tuple(levels), codes, totals)


def _check_levels(name: str, levels: list[str], found: tuple[str, ...], counts: np.ndarray) -> None:
    here, there = set(found), set(levels)
    for level, twin_ in _twins([v for v in levels if v not in here], [v for v in found if v not in there]):
        raise ValueError(
            f'margin {name}, level "{level}" has no respondent; did you mean "{twin_}" '
            f"({counts[found.index(twin_)]:,} respondents)? Write both alike"
        )
    for level, respondents in zip(found, counts, strict=True):
        if level not in there:
            raise ValueError(
                f'margin {name}: {respondents:,} respondents are "{level}", which has no total; '
                f"{meant(level, levels, 'the population has')}: add its total, or combine levels"
            )


def _twins(levels: list[str], found: list[str]) -> Iterator[tuple[str, str]]:
    return ((level, other) for level in levels if (other := twin(level, found)))
