"""A likelihood that is simulated: how many draws, of which kind, and where to start from."""

from dataclasses import dataclass

import numpy as np

from pmlib.competitive.choice.adapt import adapted
from pmlib.competitive.choice.climb import climbed
from pmlib.competitive.choice.draws import normal_draws
from pmlib.competitive.choice.panel import Panel
from pmlib.competitive.choice.table import Choices
from pmlib.competitive.choice.taste_laws import starting
from pmlib.competitive.demand.demand import Mixing


@dataclass(frozen=True, eq=False)
class Simulation:
    """Choices whose likelihood is simulated with as many draws as asked.

    matrix : terms of `laid` scaled to a spread of 1. mixing : tastes that differ. kind, seed : of draws.
    """

    laid: Choices
    matrix: np.ndarray
    mixing: tuple[Mixing, ...]
    kind: str
    seed: int

    def panel(self, draws: int, params: np.ndarray | None, *, again: bool = False) -> Panel:
        """Draw tastes for each chooser, adapted to `params` where they are given; other draws `again`."""
        laid = self.laid
        tastes = normal_draws(
            int(laid.choosers.max()) + 1, len(self.mixing), draws, kind=self.kind, seed=self.seed + again
        )
        panel = Panel.of(self.matrix, laid.chosen, laid.sets, laid.choosers, self.mixing, tastes)
        return adapted(panel, params) if self.kind == "adapted" and params is not None else panel

    def places(self, logit: np.ndarray, starts: int, draws: int) -> dict[str, tuple[np.ndarray, float, int]]:
        """Climb from several starts with few draws; then all with draws adapted to the best, to compare."""
        random = np.random.default_rng(self.seed)
        begin = {
            "small spreads": starting(self.mixing, logit, 0.1),
            "large": starting(self.mixing, logit, 1.0),
        }
        for i in range(starts - len(begin)):
            first = starting(self.mixing, logit, random.uniform(0.2, 1.5))
            begin[f"random {i + 1}"] = first + random.normal(0, 0.2, len(first))
        panel = self.panel(draws, None)
        found = {name: climbed(panel.likelihood, begin[name]) for name in list(begin)[:starts]}
        if self.kind != "adapted":
            return found
        # A spread has no sign, but draws that are adapted to one do.
        spreads = [taste.spread for taste in self.mixing]
        for params, _, _ in found.values():
            params[spreads] = np.abs(params[spreads])
        panel = self.panel(draws, max(found.values(), key=lambda place: place[1])[0])
        return {name: climbed(panel.likelihood, params) for name, (params, _, _) in found.items()}
