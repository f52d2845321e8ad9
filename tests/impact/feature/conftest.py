"""A forecast without a model behind it, so that what a feature does can be worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from pmlib.impact.calendar import STEPS
from pmlib.impact.kpi import Kpi
from pmlib.table import Column

LEVEL = 10_000.0


class Foretold:
    """Futures of one level, which is known to `spread` (as a logarithm) where that is above 0."""

    def __init__(self, kpi, steps, spread):
        self.kpi, self.spread = kpi, spread
        self.dates = kpi.step.dates(kpi.dates[-1], steps + 1)[1:]

    def paths(self, count, seed):
        level = np.random.default_rng(seed).normal(size=(count, 1)) * self.spread
        return LEVEL * np.exp(level) * np.ones(len(self.dates))


@pytest.fixture(scope="session")
def foretold():
    """A function that makes a forecast of rides a day, all alike."""

    def make(steps=28, *, spread=0.0, better="higher", unit="rides", step="day", label="Rides"):
        length = next(one for one in STEPS if one.name == step)
        dates = length.dates(pd.Timestamp("2024-01-01"), 100)
        kpi = Kpi(
            name="rides",
            column=Column(label, unit, better=better),
            values=pd.Series(LEVEL, dates),
            covariates=pd.DataFrame(index=dates),
            labels={},
            step=length,
            source="A bike share",
            found=pd.DataFrame(),
        )
        return Foretold(kpi, steps, spread)

    return make
