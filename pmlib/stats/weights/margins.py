"""What is known of a population, and whether a sample can be weighted to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pmlib.stats.weights.levels import neighbour

SAME = 1e-6  # of a total: margins that differ by less are the same, but for rounding of the last digit
SHOWN = 4  # levels that one line names


@dataclass(frozen=True, eq=False)
class Margin:
    """How many of the population are at each level of a variable.

    name : of the variable. codes : each respondent's level, by its place in `levels`.
    totals : of the levels.
    """

    name: str
    levels: tuple[str, ...]
    codes: np.ndarray
    totals: np.ndarray

    @property
    def respondents(self) -> np.ndarray:
        """Respondents of each level."""
        return np.bincount(self.codes, minlength=len(self.levels))

    def held(self, weights: np.ndarray) -> np.ndarray:
        """What weights make of each level."""
        return np.bincount(self.codes, weights, minlength=len(self.levels))


@dataclass(frozen=True, eq=False)
class Total:
    """What a number adds up to in the population, such as its children; `values` are the respondents'."""

    name: str
    values: np.ndarray
    total: float


def check_margin(margin: Margin) -> None:
    """Refuse targets that no weights can meet.

    Raises
    ------
    ValueError : a target that is missing, 0, negative, or has no respondent.
    """
    for level, total in zip(margin.levels, margin.totals, strict=True):
        if not 0 < total < np.inf:
            found = "is missing" if np.isnan(total) else f"is {total:,g}"
            raise ValueError(
                f'margin {margin.name}, level "{level}": its total {found}; a total is above 0: correct it, '
                "or leave the level and its respondents out"
            )
    counts = margin.respondents
    for place in np.flatnonzero(counts == 0):
        level, near = margin.levels[place], neighbour(margin.levels, counts, int(place))
        raise ValueError(
            f'margin {margin.name}, level "{level}": 0 respondents stand for {margin.totals[place]:,.6g}; '
            f'combine it with "{margin.levels[near]}" ({counts[near]:,} respondents) in both tables'
        )


def check_size(margin: Margin) -> None:
    """Refuse a population smaller than its sample.

    Raises
    ------
    ValueError : names the level.
    """
    counts, known = margin.respondents, margin.totals
    if known.sum() < counts.sum() * (1 - SAME):
        raise ValueError(
            f"margin {margin.name}: a population of {known.sum():,.6g} is smaller than the sample of "
            f"{counts.sum():,}; give people, not thousands, or shares that add up to 1 or to 100%"
        )
    for place in np.flatnonzero(known < counts * (1 - SAME)):
        raise ValueError(
            f'margin {margin.name}, level "{margin.levels[place]}": {known[place]:,.6g} people, yet '
            f"{counts[place]:,} respondents; correct the total"
        )


def agreed(margins: Sequence[Margin], *, rescale: bool = False) -> list[Margin]:
    """Bring margins to one total, that of the first.

    rescale : whether margins of other totals are scaled to it, or refused.

    Raises
    ------
    ValueError : names both totals.
    """
    out = list(margins)
    for place, margin in enumerate(margins):
        first, own = margins[0].totals.sum(), margin.totals.sum()
        if abs(own - first) > SAME * first and not rescale:
            raise ValueError(
                f"margin {margins[0].name} adds up to {first:,.10g} and margin {margin.name} to {own:,.10g}; "
                f"correct one, or give rescale=True to scale {margin.name} to the first"
            )
        out[place] = replace(margin, totals=margin.totals * (first / own))
    return out


def unreachable(margins: Sequence[Margin], totals: Sequence[Total], weights: np.ndarray) -> str:
    """Say in one line why no weights meet the margins, as far as it shows, else how far off they stay."""
    for clash in _clashes(margins):
        return f"the margins cannot be met together: {clash}; correct a total, or merge levels"
    gaps = [
        (abs(held / target - 1), f'{margin.name} "{level}" {held:,.6g} of {target:,.6g}')
        for margin in margins
        for level, held, target in zip(margin.levels, margin.held(weights), margin.totals, strict=True)
    ]
    for total in totals:
        held = float(weights @ total.values)
        gap = abs(held - total.total) / max(abs(total.total), 1e-300)
        gaps.append((gap, f"{total.name} {held:,.6g} of {total.total:,.6g}"))
    worst = sorted((gap for gap in gaps if gap[0] > SAME), key=lambda gap: -gap[0]) or gaps[:1]
    others = f" (and {len(worst) - SHOWN:,} more)" if len(worst) > SHOWN else ""
    said = ", ".join(words for _, words in worst[:SHOWN])
    return f"the margins cannot be met together: at best {said}{others}; merge levels, or drop a margin"


def _clashes(margins: Sequence[Margin]) -> Iterator[str]:
    # A level whose respondents are all in one smaller level of another margin.
    for inner in margins:
        for outer in margins:
            if inner is outer:
                continue
            together = np.zeros((len(inner.levels), len(outer.levels)), bool)
            together[inner.codes, outer.codes] = True
            for place in np.flatnonzero(inner.totals > together @ outer.totals * (1 + SAME)):
                met = [level for level, here in zip(outer.levels, together[place], strict=True) if here]
                only = " or ".join(f'"{level}"' for level in met[:SHOWN])
                yield (
                    f'{inner.name} "{inner.levels[place]}" ({inner.totals[place]:,.6g} people) is found only '
                    f"with {outer.name} {only} ({together[place] @ outer.totals:,.6g})"
                )
