"""Does the test cry effect where there is none? On the same users, the lot is drawn again and again."""

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from pmlib.data import DataError, Source
from pmlib.data.source import check_source
from pmlib.data.words import shown
from pmlib.given import ungiven
from pmlib.impact.randomised.counts import as_shares
from pmlib.impact.randomised.cuped import adjustment
from pmlib.impact.randomised.estimates import Arms, Terms, combined, terms_of
from pmlib.impact.randomised.metric import Metric, metric_of, with_bars
from pmlib.impact.randomised.relot import LEAST, STEPS, TRIES, looked_at, units_of
from pmlib.impact.randomised.sequential import Sequential
from pmlib.parameters import check_count, check_level, check_seed
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, number, percentage
from pmlib.wording import lower

TITLE = "Tests of nothing"
NEAR = 0.2  # of the stated rate, by which the measured one may miss it: 4 to 6 % of 5 %
ONCE, EACH, ALWAYS = "once", "each", "always"
RATE = Column("Tests that cry effect", "%", 1)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AACheck(Result):
    """How often a metric's test finds an effect between two halves of the same users.

    reps, looks, units : orders drawn, each for ten lots; looks at each; users (or clusters) in them.
    rate, low, high : share of lots with an effect at one look, and its interval at 95 %. stated : 1 - level.
    each_rate : share with one at any of the looks, each taken for the only one. always_rate : the same with
        intervals that hold at every look.
    error_ratio : standard deviation of the lots' effects / the errors that the test states.
    variance_ratio : variance of the effects with covariates / without, over the lots; nan without any.
    variance_left : the same as it should be, 1 - r2.
    effects : of each lot.
    """

    reps: int
    looks: int
    units: int
    rate: float
    low: float
    high: float
    stated: float
    each_rate: float
    always_rate: float
    error_ratio: float
    variance_ratio: float
    variance_left: float
    effects: np.ndarray

    def plot(self, ax: Any = None) -> Any:
        """Draw the rates, with the stated one as a line."""
        from pmlib import chart

        spec = self.columns["estimate"]
        return chart.dots(self.frame, "label", spec=spec, zero=self.stated, ax=ax)


def aa_check(
    test: Source | None,
    metric: str | None = None,
    *,
    reps: int = 2000,
    looks: int = 20,
    level: float = 0.95,
    seed: int = 1,
) -> AACheck | Absent:
    """Draw the lot again and again, and count how often the test finds an effect: at 95 %, 5 in 100.

    Users (clusters where whole ones are assigned, within strata) are put into two halves by lot, so that no
    effect can be there; the test is the one that experiment() makes.

    Parameters
    ----------
    test : one row a user; role kpi, and variant, stratum, cluster and covariate if there are. What the users
        got is not looked at.
    metric : as in experiment(), such as "spend", "orders / sessions" or "spend ~ before"; by default the
        first kpi.
    reps : orders in which users come, each of which is tried for ten lots. looks : at each of them, after
        equal numbers of users. level : of the intervals tried.

    Returns
    -------
    AACheck : frame has a row for one look at the end, for all looks as if each were the only one, and for
        intervals that hold at every look: look, label, alarms (lots), estimate, low, high (at 95 %).

    Raises
    ------
    DataError, ValueError : no such metric, one that is a quantile, or that no user differs in.
    """
    check_level(level, 0.5)
    check_seed(seed)
    check_count("reps", reps, 100, 20_000)
    check_count("looks", looks, 1, 200)
    if absent := ungiven(TITLE, test, "table of users"):
        return absent
    check_source(test)
    assert test is not None
    if metric is None and not test.measured:
        return Absent(title=TITLE, reason=f"{test.title} has no column of role kpi.")
    asked = metric_of(test, test.measured[0] if metric is None else metric)
    if asked.quantile is not None:
        raise ValueError(f"metric {shown(asked.text)}: a quantile is not drawn again; take a mean or share")
    return _checked(test, asked, reps, looks, level, seed)


def _checked(test: Source, asked: Metric, reps: int, looks: int, level: float, seed: int) -> AACheck:
    units = units_of(with_bars(test, [asked]), asked.columns, looks)
    least = LEAST * max(looks, STEPS)
    if units.size < least:
        raise DataError(f"{test.name} has {units.size:,} users to draw; {looks} looks at them need {least:,}")
    clustered = test.has("cluster")
    seen = looked_at(units, reps, looks, np.random.default_rng(seed))
    terms = [terms_of(asked, cells, clustered=clustered) for cells in seen]
    whole = terms[-1]
    if not whole.within[0, 0] > 0:
        raise DataError(f"{test.name}: {asked.text} is the same for all users; choose one that can move")
    weights, left = np.ones(1), 1.0
    if asked.covariates:
        fitted = adjustment(whole, level)
        weights, left = fitted.weights, 1 - fitted.r2
    share = _is_share(units.values[:, 0]) and not (clustered or asked.value.under or asked.covariates)
    effects, errors, fixed = _ratios(whole, weights, share, level)
    law = Sequential(tightest=float(units.size), level=level)
    each, always = np.zeros(len(effects), bool), np.zeros(len(effects), bool)
    for found in terms:
        effect, error, limit = _ratios(found, weights, share, level)
        each |= np.abs(effect) > limit * error
        always |= np.abs(effect) > law.critical(level, inf, found.n[:, :2].sum()) * error
    once = np.abs(effects) > fixed * errors
    plain = np.ones(1) if not asked.covariates else np.eye(len(weights))[0]
    before = _ratios(whole, plain, share, level)[0]
    frame = _frame({ONCE: once, EACH: each, ALWAYS: always}, looks)
    rates = dict(zip(frame["look"], frame["estimate"], strict=True))
    row = frame.iloc[0]
    stated = round(1 - level, 12)
    return AACheck(
        **_words(asked, frame, reps, looks, level, units.size, clustered),
        frame=frame,
        columns={"label": Column("How it is looked at"), "estimate": RATE, "low": Column("Low", "%", 1)}
        | {"high": Column("High", "%", 1)},
        source=test.line,
        numbers=(_number(row, asked, test.name),),
        checks=_checks(frame, effects, errors, stated),
        aside=True,
        reps=reps,
        looks=looks,
        units=units.size,
        rate=float(row["estimate"]),
        low=float(row["low"]),
        high=float(row["high"]),
        stated=stated,
        each_rate=float(rates.get(EACH, row["estimate"])),
        always_rate=float(rates.get(ALWAYS, np.nan)),
        error_ratio=float(effects.std() / np.sqrt((errors**2).mean())),
        variance_ratio=float(effects.var() / before.var()) if asked.covariates else np.nan,
        variance_left=left,
        effects=effects,
    )


def _ratios(
    terms: Terms, weights: np.ndarray, share: bool, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give each lot's effect, its error, and how many errors an interval reaches at one look."""
    arms = combined(terms, weights)
    arms = as_shares(arms) if share else arms
    effect = arms.value[1::2] - arms.value[::2]
    variance = arms.variance.sum(axis=0)
    error = np.sqrt(variance[1::2] + variance[::2])
    return effect, error, stats.t.ppf((1 + level) / 2, np.full(len(effect), inf) if share else _freedom(arms))


def _freedom(arms: Arms) -> np.ndarray:
    """Degrees of freedom of each lot, as Arms.freedom counts them."""
    parts = (arms.variance**2 / (arms.n - 1)).sum(axis=0)
    whole = arms.variance.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (whole[1::2] + whole[::2]) ** 2 / (parts[1::2] + parts[::2])
    return np.where(np.isfinite(found), found, inf)


def _is_share(values: np.ndarray) -> bool:
    return bool(np.isin(values, (0.0, 1.0)).all())


def _frame(alarms: dict[str, np.ndarray], looks: int) -> pd.DataFrame:
    labels = {
        ONCE: "One look, at the end",
        EACH: f"{looks} looks, each as if last",
        ALWAYS: f"{looks} looks, allowed for",
    }
    rows = []
    for look, cried in alarms.items():
        if looks == 1 and look == EACH:
            continue
        low, high = _range(cried.reshape(-1, TRIES).mean(axis=1))
        row = {"look": look, "label": labels[look], "alarms": int(cried.sum()), "estimate": cried.mean()}
        rows.append(row | {"low": low, "high": high})
    return pd.DataFrame(rows)


def _range(rates: np.ndarray) -> tuple[float, float]:
    """Give the interval of a rate, at 95 %, from those of orders that were drawn apart.

    That of Clopper and Pearson, of as many lots as would be so sure if each were drawn apart.
    """
    rate, spread = float(rates.mean()), float(rates.var(ddof=1))
    n = rate * (1 - rate) / spread * len(rates) if spread > 0 else float(len(rates))
    cried = rate * n
    low = float(stats.beta.ppf(0.025, cried, n - cried + 1)) if rate > 0 else 0.0
    return low, float(stats.beta.ppf(0.975, cried + 1, n - cried)) if rate < 1 else 1.0


def _words(
    asked: Metric, frame: pd.DataFrame, reps: int, looks: int, level: float, units: int, clustered: bool
) -> dict[str, str]:
    rate = {row.look: row for row in frame.itertuples()}
    once, always = rate[ONCE], rate[ALWAYS]
    span = interval(once.low, once.high, "%", 1)
    cries = f"finds an effect in {number(once.estimate, '%', 1)} of tests ({span})"
    stated = percentage(round(1 - level, 6))
    more = ""
    if EACH in rate:
        more = (
            f" Looking {looks} times as if each were the only one makes it "
            f"{number(rate[EACH].estimate, '%', 1)}; with intervals that hold at every look it is "
            f"{number(always.estimate, '%', 1)}."
        )
    what = "clusters" if clustered else "users"
    label = lower(asked.label)
    return {
        "title": f"Without an effect, {number(once.estimate, '%', 1)} of tests find one",
        "finding": f"Where there is none, a test of {label} {cries}; it states {stated}.{more}",
        "subtitle": f"{units:,} {what} put into two halves by lot, {reps * TRIES:,} times; line: as stated.",
    }


def _checks(frame: pd.DataFrame, effects: np.ndarray, errors: np.ndarray, stated: float) -> tuple[Check, ...]:
    row = frame.iloc[0]
    near = row["low"] <= stated * (1 + NEAR) and row["high"] >= stated * (1 - NEAR)
    saw = (
        f"{number(row['estimate'], '%', 1)} of {len(effects):,} ({interval(row['low'], row['high'], '%', 1)})"
    )
    found = [Check(f"The test cries effect as often as it states ({number(stated, '%')})", near, saw)]
    ratio = float(effects.std() / np.sqrt((errors**2).mean()))
    saw = f"effects of lots spread {number(ratio, digits=3)} times as far as their errors say"
    found.append(Check("Its errors are as large as effects of lots (within 5%)", abs(ratio - 1) < 0.05, saw))
    always = frame.iloc[-1]
    saw = f"{number(always['estimate'], '%', 1)}"
    found.append(Check("Looking at any time cries effect no oftener", always["low"] <= stated, saw))
    return tuple(found)


def _number(row: pd.Series, asked: Metric, source: str) -> Number:
    return Number(
        name="false_alarms",
        label=f"of tests of {lower(asked.label)} without an effect find one",
        value=float(row["estimate"]),
        low=float(row["low"]),
        high=float(row["high"]),
        level=0.95,
        unit="%",
        source=source,
    )
