"""Draws of what a feature does: every driver's, and the gain and the money that come of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from pmlib.impact.feature.adoption import DAYS
from pmlib.impact.feature.plan import LABELS, Plan

SHARED = ("baseline", "value")  # of all features of a portfolio
ORDER = tuple(LABELS)
INSIDE = {"day": 1, "week": 7, "month": 15, "quarter": 45, "year": 180}  # looks at adoption in a period


@dataclass(frozen=True, eq=False)
class Drawn:
    """Draws of a plan.

    parts : by driver, one value a draw; of adoption and baseline a row a draw, a column a period.
    uncertain : the drivers that vary. better : 1 where more of the KPI is better, −1 where less is.
    seeds : seed and stream they were drawn with.
    """

    parts: Mapping[str, np.ndarray]
    uncertain: tuple[str, ...]
    better: int
    seeds: tuple[int, int]

    @property
    def base(self) -> np.ndarray:
        """The KPI without the feature: a row a draw, a column a period."""
        return self.parts["baseline"]

    @cached_property
    def gains(self) -> np.ndarray:
        """What the feature adds to the KPI: a row a draw, a column a period."""
        parts = self.parts
        size = parts["effect"] * parts["reach"] * (1 - parts["cannibalises"])
        return size[:, None] * parts["adoption"] * parts["baseline"]

    @cached_property
    def total(self) -> np.ndarray:
        """What it adds in all."""
        return total(self.parts)

    @cached_property
    def money(self) -> np.ndarray:
        """What it is worth net of its cost; only where a value is known."""
        return money(self.parts, self.better)

    @property
    def valued(self) -> bool:
        return "value" in self.parts


def total(parts: Mapping[str, np.ndarray]) -> np.ndarray:
    """Gain over all periods by draw."""
    size = parts["effect"] * parts["reach"] * (1 - parts["cannibalises"])
    return size * np.einsum("ij,ij->i", *np.broadcast_arrays(parts["adoption"], parts["baseline"]))


def money(parts: Mapping[str, np.ndarray], better: int) -> np.ndarray:
    """Worth of the gain net of cost by draw."""
    return better * total(parts) * parts["value"] - parts["cost"]


def at_share(values: np.ndarray, share: float) -> np.ndarray:
    """Give the draw below which this share of the draws lies, as the only one."""
    if values.ndim == 1:
        return np.quantile(values, [share])
    order = np.argsort(values.sum(axis=1), kind="stable")
    place = share * (len(values) - 1)
    near = order[max(0, int(place) - len(values) // 100) : int(place) + len(values) // 100 + 1]
    return np.asarray(values[near].mean(axis=0, keepdims=True))  # of neighbours: one future alone is rugged


def drawn(plan: Plan, count: int, seed: int, stream: int = 0, futures: np.ndarray | None = None) -> Drawn:
    """Draw a plan.

    Every driver has scores of its own, spread evenly over its law, the same whatever the others are: plans
    that differ in one driver differ by nothing else. What features share (the KPI without them, and what a
    unit of it is worth) is the same in all of them.

    Parameters
    ----------
    stream : number of the feature, where several are drawn side by side. futures : of the baseline, where
        they have been drawn before, with the same count and seed.

    Raises
    ------
    ValueError : futures of the baseline that are no numbers, or too few.
    """
    scores = {name: _scores(count, seed, 0 if name in SHARED else stream, i) for i, name in enumerate(ORDER)}
    parts = {
        name: getattr(plan, name).at(scores[name]) for name in ("effect", "reach", "cannibalises", "cost")
    }
    if plan.value is not None:
        parts["value"] = plan.value.at(scores["value"])
    parts["baseline"] = _paths(plan, count, seed) if futures is None else futures
    parts["adoption"] = adopted(plan, count, seed, stream)
    laws = {name: getattr(plan, name) for name in parts if name not in ("baseline", "adoption")}
    varies = {name for name, law in laws.items() if not law.constant} | {"baseline"}
    if plan.adoption.uncertain or not plan.adoption.ceiling.constant:
        varies.add("adoption")
    return Drawn(parts, tuple(name for name in ORDER if name in varies), plan.better, (seed, stream))


def adopted(plan: Plan, count: int, seed: int, stream: int, late: float = 0.0) -> np.ndarray:
    """Share that uses the feature in each period, of those reached: all of them where the effect is of users.

    A share is averaged over the period. late : days after the plan's launch.
    """
    scores = np.stack([_scores(count, seed, stream, i) for i in (ORDER.index("adoption"), len(ORDER))])
    step = plan.baseline.kpi.step.name
    inside = INSIDE[step]
    periods = (np.arange(plan.steps * inside) + 0.5) / inside - plan.launch
    varies = scores if plan.adoption.uncertain else scores[:, :1]
    shares = plan.adoption.shares(varies, periods * DAYS[step] - late)
    shares = shares.reshape(len(shares), plan.steps, inside).mean(axis=2)
    if plan.effect_of == "adopter":
        shares = shares * plan.adoption.ceiling.at(scores[1])[:, None]
    return np.broadcast_to(shares, (count, plan.steps))


def _paths(plan: Plan, count: int, seed: int) -> np.ndarray:
    paths = np.asarray(plan.baseline.paths(count, seed), float)
    if paths.ndim != 2 or len(paths) != count or paths.shape[1] < plan.steps:
        raise ValueError(
            f"baseline: its futures are {paths.shape}, not {count} of {plan.steps} periods or more"
        )
    paths = paths[:, : plan.steps]
    if not np.isfinite(paths).all():
        raise ValueError("baseline: its futures hold values that are no numbers; look at its KPI")
    return paths


def _scores(count: int, seed: int, stream: int, driver: int) -> np.ndarray:
    random = np.random.default_rng([seed, stream, driver])
    return np.asarray(ndtri((random.permutation(count) + 0.5) / count))
