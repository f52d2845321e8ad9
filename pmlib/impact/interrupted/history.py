"""A KPI laid out for a structural model: its scale, its seasons, its controls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pmlib.data.words import meant, shown
from pmlib.impact.kpi import Kpi
from pmlib.stats.foreseen import RATIOS
from pmlib.stats.seasons import seasons
from pmlib.stats.structural import FIXED

SCALES = ("log", "plain")
TRENDS = {  # how the level moves: speeds to weigh, and whether a straight line is added
    "level": (RATIOS, False),
    "drift": (RATIOS, True),
    "fixed": ((FIXED,), False),
    "line": ((FIXED,), True),
}
MOVES = 0.05  # of the periods must differ from the one before
SAME = 1e-9  # apart: what rounding leaves
RARE = 0.01  # of the periods may be 0, as on days when all was closed, and are left out
SHORTEST, LONGER = 2, 3  # times that a season must have been seen: the shortest one, and longer ones


@dataclass(frozen=True, eq=False)
class History:
    """A KPI as a model sees it.

    y : by period, on the model's scale; nan where missing, or where a control is. x : regressors, by period.
    terms : their names. ratios : speeds of the level to weigh. least : periods that its seasons need.
    log : whether y is a logarithm, so that effects multiply. zeros : values without a logarithm, left out.
    """

    y: np.ndarray
    x: np.ndarray
    terms: tuple[str, ...]
    ratios: tuple[float, ...]
    least: int
    log: bool
    zeros: int


def history(
    kpi: Kpi, before: int, *, controls: Sequence[str] | None, scale: str | None, trend: str
) -> History:
    """Lay out a KPI of which so many periods are known to be without the launch.

    Raises
    ------
    ValueError : an unknown control, scale or trend; a scale of logs for values below 0.
    """
    if trend not in TRENDS:
        raise ValueError(f"trend is {shown(trend)}; {meant(str(trend), list(TRENDS))}")
    if scale is not None and scale not in SCALES:
        raise ValueError(f'scale is {shown(scale)}; write "log" or "plain"')
    values = kpi.values.to_numpy(float)
    if scale == "log" and (values < 0).any():
        first = kpi.dates[values < 0][0].date()
        raise ValueError(f'{kpi.label} is below 0, first on {first}; a log needs more: write scale="plain"')
    log = _multiplies(values, before) if scale is None else scale == "log"
    zeros = int((values == 0).sum()) if log else 0
    y = np.log(np.where(values > 0, values, np.nan)) if log else values.copy()
    named = chosen_controls(kpi, controls)
    known = kpi.covariates[named].to_numpy(float)
    y[np.isnan(known).any(axis=1)] = np.nan
    lengths = seasons_seen(kpi, before)
    times = kpi.step.place(kpi.dates).astype(float)
    waves = seasons(times, lengths)
    ratios, line = TRENDS[trend]
    straight = (times - times[0])[:, None] if line else np.empty((len(times), 0))
    return History(
        y=y,
        x=np.hstack([known, straight, waves]),
        terms=(*named, *(["trend"] if line else []), *(f"season {i + 1}" for i in range(waves.shape[1]))),
        ratios=ratios,
        least=max([round(SHORTEST * length) for length in lengths], default=4),
        log=log,
        zeros=zeros,
    )


def not_estimable(kpi: Kpi, laid: History, before: int) -> str:
    """Say why a KPI that never moved by itself before a launch tells nothing; "" where it did.

    Raises
    ------
    ValueError : a control is the KPI itself.
    """
    known = laid.y[:before][~np.isnan(laid.y[:before])]
    until = f"before {kpi.dates[before].date()}" if before < len(kpi.values) else "in all"
    if not len(known) or np.ptp(known) <= SAME * max(1.0, float(np.abs(known).max())):
        value = f"{kpi.values.iloc[0]:g}" if len(known) else "missing"
        return (
            f"Not estimable: {kpi.label} is {value} in every {kpi.step.name} {until}, so how far it moves by "
            "itself is unknown."
        )
    moved = np.abs(np.diff(known)) > SAME * np.abs(known).max()
    if moved.mean() < MOVES:
        return (
            f"Not estimable: {kpi.label} changes in only {kpi.step.several(int(moved.sum()))} of "
            f"{len(known):,} {until}, so how far it moves by itself is unknown."
        )
    values = kpi.values.iloc[:before]
    for control, own in kpi.covariates.iloc[:before].items():
        if control in laid.terms and own.nunique() > 1 and abs(values.corr(own)) > 1 - SAME:
            raise ValueError(f"control {control!r} is the KPI, {kpi.label}, itself; leave it out of controls")
    return ""


def _multiplies(values: np.ndarray, before: int) -> bool:
    """Tell whether effects are shares: no value is below 0, and hardly any is 0, none of them since."""
    zeros = values == 0
    return not (values < 0).any() and not zeros[before:].any() and bool(zeros.mean() <= RARE)


def seasons_seen(kpi: Kpi, before: int) -> list[float]:
    """Choose the seasons that this many periods can tell from a level."""
    times = [SHORTEST] + [LONGER] * len(kpi.step.seasons)
    return [
        length for length, often in zip(kpi.step.seasons, times, strict=False) if before >= often * length
    ]


def chosen_controls(kpi: Kpi, controls: Any) -> list[str]:
    """Check which covariates are asked for; all of them when None.

    Raises
    ------
    ValueError : one is unknown. TypeError : no list.
    """
    known = list(kpi.covariates.columns)
    if controls is None:
        return known
    if isinstance(controls, str) or not isinstance(controls, (list, tuple)):
        raise TypeError(f"controls is {shown(controls)}; write a list of covariates, [] for none")
    for control in controls:
        if control not in known:
            raise ValueError(f"{kpi.name} has no covariate {shown(control)}; {meant(str(control), known)}")
    return list(dict.fromkeys(controls))
