"""Panels whose effect is known, as they were made."""

import numpy as np
import pandas as pd

from pmlib import data, impact

PERIODS, STEADY = 8, 0.5


def world(seed, sizes, never, effect=0.5, drift=0.0):
    """Outcomes that keep half of last period's shock; effects that grow, twice as fast on who came early.

    sizes : units by position of their launch; a share of all units instead draws who belongs to it.
    """
    rng = np.random.default_rng(seed)
    first = np.concatenate([np.full(count, at) for at, count in sizes.items()] + [np.full(never, -1)])
    shocks = rng.normal(size=(len(first), PERIODS))
    shocks[:, 0] /= np.sqrt(1 - STEADY**2)
    for period in range(1, PERIODS):
        shocks[:, period] += STEADY * shocks[:, period - 1]
    since = np.arange(PERIODS) - first[:, None]
    treated = (first != -1)[:, None] & (since >= 0)
    truth = np.where(treated, effect * (since + 1) * (1 + (first[:, None] < 4)), 0.0)
    own = rng.normal(size=(len(first), 1)) * 2 + drift * (first != -1)[:, None] * np.arange(PERIODS)
    return 10 + own + 0.3 * np.arange(PERIODS) + shocks + truth, first, truth, treated


def as_table(outcomes, first, **roles):
    """The rows of a panel as an analyst has them."""
    names = [f"u{i:03}" for i in range(len(first))]
    wide = pd.DataFrame(outcomes, index=pd.Index(names, name="unit"), columns=range(2001, 2001 + PERIODS))
    rows = wide.melt(ignore_index=False, var_name="year", value_name="sales").reset_index()
    launches = dict(zip(names, np.where(first == -1, 0, 2001 + first), strict=True))
    rows["launched"] = rows["unit"].map(launches)
    return data.source(rows, "made up", period="year", kpis=["sales"], launched="launched", **roles)


def panel(outcomes, first):
    return impact.panel(as_table(outcomes, first))
