"""Ledger: what past launches did, shrunk to what they truly did, and what that says of the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.source import check_source
from pmlib.given import ungiven
from pmlib.impact.past import words
from pmlib.impact.past.launches import DOUBT, FIRST, Launches, launches
from pmlib.impact.past.methods import knapp_hartung, methods
from pmlib.impact.past.prior import WITHIN, Prior, prior_of
from pmlib.impact.past.reliance import checks, numbers, tells_small
from pmlib.impact.past.rows import Drawn, rows, shown_columns
from pmlib.parameters import check_count, check_level, check_seed
from pmlib.result import Absent, Result
from pmlib.stats.between import METHODS
from pmlib.stats.pooling import Pooled, pool
from pmlib.stats.shrinkage import Shrunk, shrink
from pmlib.stats.small_study import SmallStudies, egger

TITLE = "Past launches"
DRAWN = 18  # launches that a chart has room for
SHARES = ("%", "")  # units of effects that are fractions of what would have been


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Ledger(Result):
    """Past launches, as measured and allowing for luck, their mean and the next one.

    frame : launches, the most helpful as measured first, then their mean and the next one: kind, launch,
        raw, raw_low, raw_high (as measured; of the mean and the next one by `method`), se, se_taken (after
        doubt of the grade), estimate, low, high (shrunk: the posterior mean and its interval), blup (the
        same with the variance between launches taken as known), weight, helps (the chance that it truly
        does), period, grade, reach, place.
    domain : of the launches; "" where none are told apart. others : launches of other domains, left out.
    launches : how many are compared. synthetic : whether the table says that it is made up.
    mean, mean_low, mean_high : of true effects, at `level`. next_mean, next_low, next_high : of the next
        launch's true effect, at 80%; next_low_outer, next_high_outer : at `level`.
    helps : the chance that the next launch helps.
    spread, spread_low, spread_high : between true effects (median and interval), in the unit of effects; of
        logs with scale="log".
    raw_95, shrunk_95 : what 19 of 20 launches stay below, as measured and shrunk.
    pooled, knapp_hartung : meta-analysis by `method` (None of one launch). methods : all, a row each:
        estimate, se, low, high, tau2, tau2_low, tau2_high, i2, q, df, p, predicted_low, predicted_high,
        kh_se, kh_low, kh_high; on the scale on which effects are pooled. small : Egger's regression (None
        below 10). prior : what was assumed. posterior : the whole of it. table_read : launches as read.
    """

    level: float
    domain: str
    others: Mapping[str, int]
    launches: int
    synthetic: bool
    mean: float
    mean_low: float
    mean_high: float
    next_mean: float
    next_low: float
    next_high: float
    next_low_outer: float
    next_high_outer: float
    helps: float
    spread: float
    spread_low: float
    spread_high: float
    raw_95: float
    shrunk_95: float
    method: str
    pooled: Pooled | None
    knapp_hartung: Pooled | None
    methods: pd.DataFrame
    small: SmallStudies | None
    prior: Prior
    posterior: Shrunk
    table_read: Launches
    unit: str

    def draws(self, count: int, seed: int = 1) -> np.ndarray:
        """Draw what the next launch truly does, as a fraction of what would have been without it.

        Raises
        ------
        ValueError : effects are of another unit.
        """
        check_count("count", count, 1)
        check_seed(seed)
        logs = self.table_read.logs or self.unit.startswith("log")
        if not logs and self.unit not in SHARES:
            raise ValueError(
                f"effects of this ledger are in {self.unit}, which are no share of what would have been; "
                'give effects in "%"'
            )
        drawn = self.posterior.next.draws(count, np.random.default_rng(seed))
        return np.expm1(drawn) if logs else drawn

    def plot(self, ax: Any = None) -> Any:
        """Draw each launch as measured and shrunk, their mean, and the next one."""
        from pmlib import chart

        single = self.frame[self.frame["kind"] == "launch"]
        if len(single) > DRAWN:
            single = single.nlargest(DRAWN, "weight").sort_index()
        drawn = pd.concat([single, self.frame[self.frame["kind"] != "launch"]])
        drawn = drawn.assign(launch=drawn["launch"].str.removeprefix(FIRST))
        return chart.forest(
            drawn,
            "launch",
            spec=self.columns["estimate"],
            names=("as measured", "allowing for luck"),
            highlight=list(self.frame["launch"].iloc[-2:]),
            ax=ax,
        )


def ledger(
    table: Source | None,
    *,
    domain: str | None = None,
    prior: str | None = None,
    scale: str | None = None,
    method: str = "reml",
    spread: str | None = None,
    spread_scale: float | None = None,
    doubt: Mapping[str, float] | None = DOUBT,
    level: float = 0.95,
) -> Ledger | Absent:
    """Learn from past launches what they truly did and what the next one of the kind will do.

    What a launch was measured to do is part effect and part luck, and the best looking had most luck. True
    effects are taken as normal around a mean; each estimate is drawn to it, the more the less it is certain.

    Parameters
    ----------
    table : one row a launch; roles launch, effect, and effect_se or effect_low with effect_high (95%); also
        domain, grade (A to D, as of impact.evidence), period (its date), reach, place (where the estimate
        comes from). Effects are on those whom the launch reached, all in one unit: fractions of what would
        have been ("%"), differences, or logs of ratios (a unit that begins with "log").
    domain : whose launches; needed where the table has several, as unrelated ones are never pooled.
    prior : "low .. high", within which 4 of 5 launches are assumed to be before any is looked at, as
        "-2% .. 6%"; "flat" for nothing. By default nothing from five comparable launches on; below, no effect
        is expected: -5% .. 5%, or for other units 1.3 times the usual error.
    scale : "log" pools fractions as logs of one and the effect, as fits effects that multiply.
    method : "reml", "dl", "pm" or "fixed", of the meta-analysis that stands beside.
    spread : prior of the spread between launches, "flat", "half-normal" or "half-cauchy", the latter two with
        spread_scale. By default flat where nothing is assumed; else as wide as `prior` says.
    doubt : how many times as large as stated an error is taken, by grade; by default 1.4 of C and 2 of D, as
        before/after estimates err about twice as much as they say, which no number of users mends. A blank
        grade counts as D. None takes every error as stated, as where intervals are calibrated on placebos.
    level : of intervals; the next launch also has one of 80%.

    Returns
    -------
    Ledger

    Raises
    ------
    DataError : a launch seen twice, in the future, without its error, or with an effect outside its interval.
    ValueError : several domains and none chosen, or a parameter that is none.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 5.4; Higgins, Thompson and Spiegelhalter (2009), JRSS A 172;
    Viechtbauer (2010), Journal of Statistical Software 36(3); Egger et al. (1997), BMJ 315.
    """
    check_level(level)
    if absent := ungiven(TITLE, table, "ledger of past launches"):
        return absent
    check_source(table)
    assert table is not None
    if lacking := _lacking(table):
        return Absent(title=TITLE, reason=f"{table.title} has no column of role {lacking}.")
    unit = _unit(table, scale)
    _check_words(method, doubt)
    found = launches(table, domain, scale, doubt)
    if not found.names:
        return Absent(title=TITLE, reason=f"{table.title} holds no launch.")
    assumed = prior_of(prior, len(found.names), found.taken, unit, found.logs, spread, spread_scale)
    posterior = shrink(
        found.effects, found.taken, middle=assumed.middle, middle_sd=assumed.middle_sd,
        spread=assumed.spread, scale=assumed.scale,
    )  # fmt: skip
    return _result(table, found, assumed, posterior, unit, method, level)


def _lacking(table: Source) -> str:
    for role in ("launch", "effect"):
        if not table.has(role):
            return role
    errors = table.has("effect_se") or table.has("effect_low", "effect_high")
    return "" if errors else "effect_se, nor effect_low and effect_high"


def _unit(table: Source, scale: str | None) -> str:
    unit = table.columns["effect"].unit
    if scale not in (None, "log"):
        raise ValueError(f'scale is {scale!r}; write "log", or leave it out')
    if scale == "log" and unit not in SHARES:
        raise ValueError(f'effects are in {unit}, which scale="log" is not for; leave it out')
    return "%" if scale == "log" else unit


def _check_words(method: str, doubt: Mapping[str, float] | None) -> None:
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; write one of {', '.join(METHODS)}")
    if doubt is not None and not isinstance(doubt, Mapping):
        raise TypeError(f'doubt is {doubt!r}; give times by grade, as in {{"C": 1.4, "D": 2}}')
    for grade, times in (doubt or {}).items():
        if grade not in DOUBT or not times >= 1:
            raise ValueError(f"doubt of {grade!r} is {times!r}; give 1 or more for A, B, C or D")


def _result(
    table: Source,
    found: Launches,
    assumed: Prior,
    posterior: Shrunk,
    unit: str,
    method: str,
    level: float,
) -> Ledger:
    several, effect = len(found.names) > 1, table.columns["effect"]
    pooled = pool(found.effects, found.taken, method=method, level=level) if several else None
    drawn = Drawn(found, posterior, pooled, level, effect.better == "lower")
    frame = rows(drawn)
    mean, coming, single = frame.iloc[-2], frame.iloc[-1], frame.iloc[:-2]
    low, high = drawn.ends(posterior.next, WITHIN)
    small = egger(found.effects, found.errors) if tells_small(found) else None
    said = words.Said(found, frame, (low, high), posterior.spread(0.5), assumed, unit, level)
    line = table.line or table.title
    top = 0.05 if drawn.lower else 0.95
    return Ledger(
        title=words.title(said),
        subtitle=words.subtitle(said, effect.label),
        finding=words.finding(said),
        headline=words.headline(said),
        advice=words.advice(said),
        unknown=words.unknown(said),
        frame=frame,
        columns=shown_columns(effect, unit, found),
        source=f"Synthetic ledger. {line}" if found.synthetic and "ynthetic" not in line else line,
        numbers=numbers(said, table.name),
        checks=checks(found, posterior, small),
        level=level,
        domain=found.domain,
        others=dict(found.others),
        launches=len(found.names),
        synthetic=found.synthetic,
        mean=float(mean["estimate"]),
        mean_low=float(mean["low"]),
        mean_high=float(mean["high"]),
        next_mean=float(coming["estimate"]),
        next_low=low,
        next_high=high,
        next_low_outer=float(coming["low"]),
        next_high_outer=float(coming["high"]),
        helps=float(coming["helps"]),
        spread=posterior.spread(0.5),
        spread_low=posterior.spread((1 - level) / 2),
        spread_high=posterior.spread((1 + level) / 2),
        raw_95=float(single["raw"].quantile(top)),
        shrunk_95=float(single["estimate"].quantile(top)),
        method=method,
        pooled=pooled,
        knapp_hartung=knapp_hartung(found, method, level) if several else None,
        methods=methods(found, level),
        small=small,
        prior=assumed,
        posterior=posterior,
        table_read=found,
        unit=unit,
    )
