"""What a randomised test found: every metric of every arm against the control, and what may be claimed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.impact.effect import Effect
from pmlib.impact.randomised import words
from pmlib.impact.randomised.checks import all_checks, chance_of_split, grade
from pmlib.impact.randomised.compare import Compared, compare
from pmlib.impact.randomised.metric import guardrail_of, metrics_of, with_bars
from pmlib.impact.randomised.moments import Moments, moments, untested
from pmlib.impact.randomised.multiplicity import CORRECTIONS
from pmlib.impact.randomised.rows import CLEAR, NOTHING, WITHHELD, guardrail_rows, metric_rows
from pmlib.impact.randomised.sample_ratio import UNEVEN, Expected
from pmlib.impact.randomised.sequential import LOOKS, Fixed, Law, Sequential
from pmlib.impact.randomised.shown import SPLIT_SHOWN, columns_of, drawn, measured_in, written
from pmlib.parameters import check_level, check_names, check_number, check_seed
from pmlib.result import Absent, Number
from pmlib.table import percentage
from pmlib.wording import listed

TITLE = "The test"
DESIGN = "randomised test"
TIGHTEST = 5000  # users in all at which sequential intervals are narrowest, where none are planned


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Experiment(Effect):
    """A test's metrics by arm; as an Effect, that of the best-supported arm on the first metric.

    metric, arm, control : of that effect. arms : all, the control first. users : of each arm.
    split_p : chance of so uneven a split, were it as planned. Below 0.001 no effect is stated: those of
        Effect are nan, and the frame's verdicts "withheld".
    claimed : the level of claim_low and claim_high, which hold for all metrics and arms together.
    omnibus : a row a metric: whether all arms could be one (Pearson's chi-squared of shares, else Wald's):
        metric, test, statistic, df, p.
    looks, correction : as asked.
    """

    metric: str
    arm: str
    control: str
    arms: tuple[str, ...]
    users: tuple[int, ...]
    split_p: float
    claimed: float
    omnibus: pd.DataFrame = field(default_factory=pd.DataFrame)
    looks: str
    correction: str

    def plot(self, ax: Any = None) -> Any:
        """Draw the effect of each arm on each metric with its interval; nothing where none is stated."""
        from pmlib import chart

        shown, spec = drawn(self.frame)
        clear = shown.loc[shown["verdict"].isin(CLEAR), "row"]
        return None if shown.empty else chart.dots(shown, "row", spec=spec, highlight=list(clear), ax=ax)


def experiment(
    test: Source | None,
    metrics: Sequence[str] | None = None,
    *,
    control: str | None = None,
    guardrails: Sequence[str] = (),
    level: float = 0.95,
    looks: str = "fixed",
    tightest: float = TIGHTEST,
    correction: str = "holm",
    expected: Expected = None,
    power: float = 0.8,
    seed: int = 1,
) -> Experiment | Absent:
    """Compare the arms of a randomised test on each metric.

    Means by Welch's t, ratios of sums and relative effects by the delta method (Fieller's where the control
    is not clearly away from 0), shares by normal errors or, of few, score intervals; quantiles by the
    bootstrap. Covariates take off what they explain (CUPED). Strata are weighted as in all users; of whole
    clusters, their totals are compared.

    Parameters
    ----------
    test : one row a user; roles variant and kpi, covariate (known before the test), and unit, stratum and
        cluster if there are.
    metrics : "orders" (mean), "orders / sessions" (ratio of sums), "revenue > 0" (share above a bar),
        "p90(revenue)", "median(revenue)"; "orders ~ orders_before + visits_before" takes off what covariates
        explain, of a ratio too ("orders / sessions ~ orders_before / sessions_before"); "Orders a user =
        orders" names it. By default every kpi.
    control : the arm to compare with; by default one called control, current, A, 0, ...
    guardrails : what may be lost at most, as "sessions: -2%" (of the control) or "errors: 0.5" (in its unit).
    level : of the intervals.
    looks : "fixed" for one look, planned before; "sequential" for intervals that hold at every look.
    tightest : users in all at which sequential intervals are narrowest; where the test was planned to end.
    correction : for many metrics and arms: "holm", "bonferroni", "benjamini-hochberg" or "none".
    expected : planned share of each arm; by default equal ones.
    power : of `detectable`.

    Returns
    -------
    Experiment : frame has a row a metric and arm, then a row a guardrail and arm: role, metric, text, arm,
        unit, users, control (its value), value, estimate, se, df, low, high, p, p_adjusted, claim_low and
        claim_high (at the level that holds for all together), the same of the relative effect (a fraction),
        detectable, verdict ("better", "worse"; "higher", "lower" where no direction is declared; "cannot
        tell", "not estimable", "withheld"; of guardrails "kept", "broken", "cannot tell"); with covariates
        unadjusted (and its se, p, low, high), r2, variance_ratio, covariate_p (chance of so large a gap
        between arms before the test); of few above a bar p_exact (Fisher's); of means capped (the estimate
        with the largest 0.1 % set down) and top_share.

    Raises
    ------
    ValueError, DataError : a metric, column, arm or parameter that cannot be; one line.
    """
    _check(level, looks, tightest, correction, power, seed)
    if absent := untested(TITLE, test, *(["kpi"] if metrics is None else [])):
        return absent
    assert test is not None
    check_names("guardrails", guardrails)
    goals = metrics_of(test, metrics)
    guards = [guardrail_of(test, text) for text in _listed(guardrails)]
    everything = [*goals, *(guard.metric for guard in guards)]
    full = with_bars(test, everything)
    known = moments(full, [c for metric in everything for c in metric.columns], control=control)
    law: Law = Fixed() if looks == "fixed" else Sequential(tightest, level)
    found = [compare(full, known, metric, law=law, level=level, seed=seed) for metric in everything]
    frame, claimed = metric_rows(found[: len(goals)], known.arms, level, correction, power)
    if guards:
        held = guardrail_rows(guards, found[len(goals) :], known.arms, level, power)
        frame = pd.concat([frame, held], ignore_index=True)
    return _experiment(test, known, found, frame, claimed, level, looks, correction, expected, power)


def _experiment(
    test: Source,
    known: Moments,
    found: Sequence[Compared],
    frame: pd.DataFrame,
    claimed: float,
    level: float,
    looks: str,
    correction: str,
    expected: Expected,
    power: float,
) -> Experiment:
    split_p = chance_of_split(known, expected, looks)
    planned = split_p >= UNEVEN
    checks = all_checks(known, found, frame, split_p)
    main = _main(frame)
    if not planned:
        frame = frame.assign(verdict=WITHHELD)
        main = main.where(main.index.isin(["metric", "arm"]), np.nan)
    frame = written(frame)
    spoken = frame.assign(arm=[words.spoken(test, arm) for arm in frame["arm"]])
    control = words.spoken(test, known.arms[0])
    users = dict(zip(known.arms, known.assigned.sum(axis=0).tolist(), strict=True))
    return Experiment(
        title=words.title(spoken, looks) if planned else words.SPLIT,
        finding=words.finding(spoken, control, level, power) if planned else words.split(users, split_p),
        headline=words.headline(spoken, control) if planned else words.split(users, split_p),
        advice=words.advice(spoken, words.spoken(test, main["arm"]), control)
        if planned
        else words.SPLIT_ADVICE,
        unknown=words.unknown(),
        subtitle=_subtitle(measured_in(frame), known, control, level, claimed, looks) if planned else "",
        frame=frame,
        columns=columns_of(frame) if planned else SPLIT_SHOWN,
        source=test.line,
        numbers=_numbers(frame, test, level) if planned else (),
        checks=checks,
        design=DESIGN,
        grade=grade(checks, split_p),
        effect=float(main["estimate"]),
        se=float(main["se"]),
        low=float(main["low"]),
        high=float(main["high"]),
        level=level,
        relative=float(main["relative"]),
        relative_se=float(main["relative_se"]),
        relative_low=float(main["relative_low"]),
        relative_high=float(main["relative_high"]),
        detectable=float(main["detectable"]),
        metric=str(main["metric"]),
        arm=str(main["arm"]),
        control=known.arms[0],
        arms=known.arms,
        users=tuple(users.values()),
        split_p=split_p,
        claimed=claimed,
        omnibus=_omnibus(found[: frame.loc[frame["role"] == "metric", "metric"].nunique()]),
        looks=looks,
        correction=correction,
    )


def _check(level: float, looks: str, tightest: float, correction: str, power: float, seed: int) -> None:
    check_level(level, 0.5)
    check_number("power", power, "a fraction between 0 and 1, such as 0.8")
    if not 0 < power < 1:
        raise ValueError(f"power is {power:g}; give a fraction between 0 and 1, such as 0.8")
    check_seed(seed)
    if looks not in LOOKS:
        raise ValueError(f"looks is {looks!r}; write {listed([repr(one) for one in LOOKS], 'or')}")
    if correction not in CORRECTIONS:
        raise ValueError(
            f"correction is {correction!r}; write {listed([repr(one) for one in CORRECTIONS], 'or')}"
        )
    check_number("tightest", tightest, "a number of users above 0")
    if not tightest > 0:
        raise ValueError(f"tightest is {tightest}; give a number of users above 0")


def _listed(guardrails: Sequence[str]) -> Sequence[str]:
    if isinstance(guardrails, str):
        raise ValueError(f'guardrails is the text {guardrails!r}; write a list: ["{guardrails}"]')
    return guardrails


def _main(frame: pd.DataFrame) -> pd.Series:
    """Choose the best-supported arm of the first metric: most standard errors the good way."""
    rows = words.first_rows(frame)
    way = {"higher": 1.0, "lower": -1.0}.get(rows["better"].iloc[0])
    ratio = rows["estimate"] / rows["se"]
    support = (ratio.abs() if way is None else way * ratio).fillna(-np.inf)
    return rows.loc[support.idxmax()]


def _omnibus(found: Sequence[Compared]) -> pd.DataFrame:
    rows = [{"metric": one.metric.label} | vars(one.omnibus) for one in found if one.omnibus is not None]
    return pd.DataFrame(rows, columns=["metric", "test", "statistic", "df", "p"])


def _subtitle(what: str, known: Moments, control: str, level: float, claimed: float, looks: str) -> str:
    users = int(known.assigned.sum())
    against = f"{what} against {control}; {users:,} users, assigned at random"
    whole = f" in {int(known.clusters.sum()):,} clusters" if known.clustered else ""
    always = ", valid at every look" if looks == "sequential" else ""
    together = "" if claimed == level else ", of all comparisons together"
    return f"{against}{whole}; {percentage(level)} intervals{together}{always}."


def _numbers(frame: pd.DataFrame, test: Source, level: float) -> tuple[Number, ...]:
    """Give the best-supported arm's effect on the first three metrics."""
    goals = frame[frame["role"] == "metric"]
    labels = list(dict.fromkeys(goals["metric"]))[:3]
    found = []
    for label, slug in zip(labels, words.slugs(labels), strict=True):
        row = _main(goals[goals["metric"] == label])
        if row["verdict"] == NOTHING:
            continue
        share, known = bool(row["share"]), np.isfinite(row["relative_claim_low"])
        relative = not share and known
        ends = ("relative_claim_low", "relative_claim_high") if relative else ("claim_low", "claim_high")
        names = ("relative" if relative else "estimate", *ends)
        value, low, high = (float(row[name]) for name in names)
        found.append(
            Number(
                name=f"effect_{slug}",
                label=f"{label}: {row['arm']} against {row['against']}",
                value=value,
                low=low,
                high=high,
                level=level,
                unit="points" if share else "%" if relative else row["unit"],
                source=test.name,
            )
        )
    return tuple(found)
