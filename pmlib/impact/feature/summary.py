"""The numbers of a feature's forecast: gains, chances, money and when it pays back, from draws."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.impact.feature.plan import Plan
from pmlib.impact.feature.simulate import Drawn, drawn
from pmlib.impact.feature.target import Target

OUTER = 0.95  # of the outer band


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Summary:
    """What a feature does over all periods ahead.

    plan, draws : what it is made of, and draws of all of it. level : of low and high.
    mean : whether the gains of periods are averaged; they are added up otherwise.
    gain, gain_mean, gain_se : median, mean and standard deviation of the gain; gain_low and gain_high at
        `level`, gain_low_95 and gain_high_95 at 95%. lift, lift_low … : the same as a fraction of the KPI.
    target : that was given; chance : of reaching it; nan without one.
    money, money_mean, money_low … : worth net of cost; loss : chance that it is below 0; payback : periods
        from launch after which half of the draws have paid back, inf where fewer ever do. All nan where no
        value was given.
    frame : a row a period (see Feature).
    """

    plan: Plan
    draws: Drawn
    level: float
    mean: bool
    gain: float
    gain_mean: float
    gain_se: float
    gain_low: float
    gain_high: float
    gain_low_95: float
    gain_high_95: float
    lift: float
    lift_low: float
    lift_high: float
    target: Target | None
    chance: float
    money: float
    money_mean: float
    money_low: float
    money_high: float
    money_low_95: float
    money_high_95: float
    loss: float
    payback: float
    frame: pd.DataFrame


def summary(
    plan: Plan,
    *,
    mean: bool,
    target: Target | None,
    level: float,
    draws: int,
    seed: int,
    stream: int = 0,
    futures: np.ndarray | None = None,
) -> Summary:
    """Draw a plan and sum it up. futures : of the baseline, where they have been drawn before."""
    found = drawn(plan, draws, seed, stream, futures)
    inside = (1 - level) / 2
    marks = [0.5, inside, 1 - inside, (1 - OUTER) / 2, (1 + OUTER) / 2]
    frame = _frame(plan, found, marks)
    gains = found.total / (plan.steps if mean else 1)
    lifts = found.total / found.base.sum(axis=1)
    numbers = dict(zip(_named("gain"), np.quantile(gains, marks), strict=True))
    numbers |= {"gain_mean": gains.mean(), "gain_se": gains.std()}
    numbers |= dict(zip(_named("lift")[:3], np.quantile(lifts, marks[:3]), strict=True))
    numbers["chance"] = np.nan if target is None else (target.beyond(found.gains, found.base) >= 0).mean()
    numbers |= _money(found, frame, plan, marks)
    values = {name: float(value) for name, value in numbers.items()}
    return Summary(plan=plan, draws=found, level=level, mean=mean, target=target, frame=frame, **values)


def _named(name: str) -> list[str]:
    return [name, f"{name}_low", f"{name}_high", f"{name}_low_95", f"{name}_high_95"]


def _frame(plan: Plan, found: Drawn, marks: list[float]) -> pd.DataFrame:
    base, gains = found.base, found.gains
    columns = {"period": plan.dates}
    columns |= dict(zip(_named("without")[:3], np.quantile(base, marks[:3], axis=0), strict=True))
    having = np.quantile(base + gains, marks, axis=0)
    columns |= dict(zip(["estimate", "low", "high", "low_95", "high_95"], having, strict=True))
    columns |= dict(zip(_named("gain"), np.quantile(gains, marks, axis=0), strict=True))
    columns["adoption"] = found.parts["adoption"].mean(axis=0)
    return pd.DataFrame(columns)


def _money(found: Drawn, frame: pd.DataFrame, plan: Plan, marks: list[float]) -> dict[str, float]:
    """Sum up what it is worth, and when it has paid back; that chance by period goes to the frame too."""
    if not found.valued:
        return dict.fromkeys([*_named("money"), "money_mean", "loss", "payback"], np.nan)
    so_far = np.cumsum(found.better * found.gains * found.parts["value"][:, None], axis=1)
    back = np.maximum.accumulate(so_far >= found.parts["cost"][:, None], axis=1)
    back[:, : plan.launch] = False
    frame["paid"] = paid = back.mean(axis=0)
    half = np.flatnonzero(paid >= 0.5)
    numbers = dict(zip(_named("money"), np.quantile(found.money, marks), strict=True))
    numbers |= {"money_mean": found.money.mean(), "loss": (found.money < 0).mean()}
    return numbers | {"payback": float(half[0] - plan.launch + 1) if len(half) else np.inf}
