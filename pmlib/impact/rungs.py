"""The ladder of designs: how they rank, what each rests on, and whether two estimates agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pmlib.impact.effect import Effect

FAR = 1.96  # standard errors of a difference, beyond which chance hardly explains it


@dataclass(frozen=True)
class Rung:
    """A kind of design.

    family : what it needs: "test", "panel" or "series". plain : what it rests on, without a term to look up.
    """

    design: str
    family: str
    plain: str


LADDER = (
    Rung("randomised test", "test", "chance decided who got it"),
    Rung("staggered difference-in-differences", "panel", "compared with those that did not have it yet"),
    Rung("difference-in-differences", "panel", "compared with those that did not get it"),
    Rung("synthetic difference-in-differences", "panel", "compared with a mix of others"),
    Rung("synthetic control", "panel", "compared with a mix of others"),
    Rung("interrupted series with controls", "series", "compared with its past and its controls"),
    Rung("interrupted series", "series", "compared with its own past"),
    Rung("before and after", "series", "compared with its own past"),
)
NEEDS = {
    "test": ("Randomised test", "No test that gave it to users at random was given."),
    "panel": ("Comparison of units", "No panel of units with and without it was given."),
}
LONE = 4.5  # where a comparison of units ranks of which fewer than five got it: below a mix


def rung(effect: Effect) -> Rung:
    """Find the kind of design of an estimate.

    Raises
    ------
    ValueError : the ladder holds no such design.
    """
    for known in LADDER:
        if effect.design.startswith(known.design):
            return known
    raise ValueError(f"design {effect.design!r} is on no rung; give an effect that impact estimates")


def height(effect: Effect) -> float:
    """Rank a design, 0 the highest; where few units got it, a comparison with all ranks below a mix."""
    own = rung(effect)
    lone = own.family == "panel" and getattr(effect, "errors", "") in ("placebo", "classical")
    return LONE if lone and "synthetic" not in own.design else LADDER.index(own)


def usable(effect: Effect) -> bool:
    """Whether it states an effect at all."""
    return bool(np.isfinite(effect.effect))


def best(effects: Sequence[Effect]) -> list[Effect]:
    """Order estimates: by grade, then by rung, then by how sure they are."""

    def rank(effect: Effect) -> tuple[object, ...]:
        error = effect.relative_se if np.isfinite(effect.relative_se) else np.inf
        return (not usable(effect), effect.grade, height(effect), error)

    return sorted(effects, key=rank)


def agree(one: Effect, other: Effect) -> bool | None:
    """Tell whether two estimates differ by no more than their errors explain; None where they have no scale
    in common."""
    values = np.array([one.relative, other.relative, one.relative_se, other.relative_se], float)
    if not np.isfinite(values).all():
        return None
    return bool(abs(values[0] - values[1]) <= FAR * np.hypot(values[2], values[3]))


def lowered(grade: str) -> str:
    """Take a grade off."""
    return dict(pairwise("ABCD")).get(grade, "D")
