"""Are users split between the arms as planned? Where they are not, no effect of the test can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.words import meant, shown
from pmlib.impact.randomised.moments import Moments, moments, untested
from pmlib.impact.randomised.words import chance_text
from pmlib.parameters import check_level, check_number
from pmlib.result import Absent, Check, Number, Result
from pmlib.stats.split import always_chance, split_chance
from pmlib.table import Column, interval, interval_digits, number, percentage

TITLE = "How users are split"
UNEVEN = 0.001  # chance of such a split, below which it is none; Fabijan et al. (2019), KDD
EVERYBODY = "All"
ROWS = 12  # of the chart
SHARE = Column("Share", "%", 1)

Expected = Mapping[str, float] | Sequence[str] | None  # planned shares of the arms


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SampleRatio(Result):
    """The split of a test's users, or of its clusters where whole ones were assigned.

    p : chance of such a split by lot. always_p : the same, valid however often one looks.
    statistic, df : of chi-squared. planned : whether it is as planned (p of at least 0.001).
    arms, units, shares : in the order of the arms, the control first; shares as planned.
    """

    p: float
    always_p: float
    statistic: float
    df: int
    planned: bool
    arms: tuple[str, ...]
    units: tuple[int, ...]
    shares: tuple[float, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw each arm's share with its interval, and as open dots what was planned."""
        from pmlib import chart

        drawn = self.frame[self.frame["where"] == EVERYBODY].head(ROWS)
        return chart.dots(drawn, "arm", spec=SHARE, zero=None, came="expected_share", ax=ax)


def sample_ratio(
    test: Source | None,
    expected: Expected = None,
    *,
    control: str | None = None,
    level: float = 0.95,
) -> SampleRatio | Absent:
    """Test whether the arms hold as many users as planned, in all and in each stratum.

    Chi-squared; exact where an arm should hold fewer than 10. Users without a variant, and those of two
    arms, are left out and counted.

    Parameters
    ----------
    test : one row a user; role variant, and unit, stratum and cluster if there are.
    expected : planned share of each arm, or in what proportion: {"A": 1, "B": 1}, or in words,
        ["A: 50%", "B: 50%"]; by default equal ones.
    level : of the intervals of shares (Wilson's).

    Returns
    -------
    SampleRatio : frame has a row an arm, then a row an arm in each stratum: where, arm, units, expected,
        expected_share, estimate, low, high (the share), p (of that place's whole split).

    Raises
    ------
    ValueError : expected lacks an arm, names another, or is not above 0.
    """
    check_level(level)
    if absent := untested(TITLE, test):
        return absent
    assert test is not None
    known = moments(test, [], control=control)
    shares = planned_shares(known.arms, expected)
    counts = known.clusters if known.clustered else known.assigned.sum(axis=0)
    frame = _frame(known, counts, shares, level)
    p = split_chance(counts, shares)
    statistic = float(((counts - counts.sum() * shares) ** 2 / (counts.sum() * shares)).sum())
    planned = p >= UNEVEN
    what = "clusters" if known.clustered else "users"
    said = _said(frame, what, level)
    return SampleRatio(
        title="Users are split as planned" if planned else "Users are not split as planned",
        finding=f"{said}: {_verdict(p)}.",
        headline="" if planned else f"The arms are not split as planned: {said}.",
        advice="" if planned else "Don't read this test: find out why users are missing from an arm first.",
        subtitle=f"{int(counts.sum()):,} {what}; shares with {percentage(level)} intervals, open: planned.",
        frame=frame,
        columns={
            "where": Column("Where"),
            "arm": Column("Arm"),
            "units": Column(what.capitalize(), "", 0),
            "expected": Column("Planned", "", 0),
            "estimate": SHARE,
            "p": Column("Chance of such a split", "%", 2),
        },
        source=test.line,
        numbers=(_number(frame, level, test.name, what),),
        checks=(_check(p, counts, known), *_strata_check(known, frame), *known.checks([])),
        aside=planned,
        p=p,
        always_p=always_chance(counts, shares),
        statistic=statistic,
        df=len(counts) - 1,
        planned=planned,
        arms=known.arms,
        units=tuple(int(count) for count in counts),
        shares=tuple(float(share) for share in shares),
    )


def planned_shares(arms: tuple[str, ...], expected: Expected) -> np.ndarray:
    """Give the planned share of each arm, 1 in all.

    Raises
    ------
    ValueError : an arm is missing, not in the test, or has no share above 0. TypeError : it is no mapping.
    """
    if expected is None or expected == []:
        return np.full(len(arms), 1 / len(arms))
    if isinstance(expected, list | tuple):
        expected = _shares(expected)
    if not isinstance(expected, Mapping):
        raise TypeError(f'expected is {shown(expected)}; give shares by arm, as in {{"A": 0.5, "B": 0.5}}')
    named = {str(arm): share for arm, share in expected.items()}
    for arm in arms:
        if arm not in named:
            raise ValueError(f"expected lacks arm {shown(arm)}; {meant(arm, named)}")
    for arm, share in named.items():
        if arm not in arms:
            raise ValueError(f"expected names arm {shown(arm)}; {meant(arm, arms, 'the arms are')}")
        check_number(f"expected of {shown(arm)}", share, "a share above 0")
        if not 0 < share < np.inf:
            raise ValueError(f"expected of {shown(arm)} is {share}; give a share above 0")
    found = np.array([float(named[arm]) for arm in arms])
    return found / found.sum()


def _shares(texts: Sequence[str]) -> dict[str, float]:
    pairs = list(map(_share, texts))
    found = dict(pairs)
    if len(found) < len(pairs):
        arms = [arm for arm, _ in pairs]
        twice = next(arm for arm in arms if arms.count(arm) > 1)
        raise ValueError(f"expected names arm {shown(twice)} twice; give each its share once")
    whole = sum(found.values())
    if all(str(text).rstrip().endswith("%") for text in texts) and not 99 <= whole <= 101:
        raise ValueError(f"expected adds up to {whole:g}%; shares of all users make 100%")
    return found


def _share(text: str) -> tuple[str, float]:
    arm, _, share = str(text).rpartition(":")
    try:
        return arm.strip(), float(share.strip().removesuffix("%"))
    except ValueError:
        raise ValueError(f'expected has {shown(text)}; write an arm and its share, as in "A: 50%"') from None


def _frame(known: Moments, counts: np.ndarray, shares: np.ndarray, level: float) -> pd.DataFrame:
    places = [(EVERYBODY, counts)]
    if len(known.strata) > 1 and not known.clustered:
        places += list(zip(known.strata, known.assigned, strict=True))
    rows = []
    for where, units in places:
        p, n = split_chance(units, shares), int(units.sum())
        for arm, count, share in zip(known.arms, units, shares, strict=True):
            low, high = _wilson(count / n, n, level)
            row = {"where": where, "arm": arm, "units": int(count), "expected": n * share}
            row |= {"expected_share": share, "estimate": count / n, "low": low, "high": high, "p": p}
            rows.append(row)
    return pd.DataFrame(rows)


def _wilson(share: float, n: int, level: float) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(share * n, n, alpha=1 - level, method="wilson")
    return float(low), float(high)


def _furthest(frame: pd.DataFrame) -> pd.Series:
    rows = frame[frame["where"] == EVERYBODY]
    away = (rows["units"] - rows["expected"]).abs() / np.sqrt(rows["expected"])
    return rows.loc[away.idxmax()]


def _said(frame: pd.DataFrame, what: str, level: float) -> str:
    row = _furthest(frame)
    total = int(frame.loc[frame["where"] == EVERYBODY, "units"].sum())
    digits = max(1, interval_digits(row["low"], row["high"], "%"))
    span = interval(row["low"], row["high"], "%", digits)
    return (
        f"Of {total:,} {what}, {row['units']:,} are in {row['arm']}, {number(row['estimate'], '%', digits)} "
        f"({span}, {percentage(level)}), where {number(row['expected_share'], '%', 1)} were planned"
    )


def _verdict(p: float) -> str:
    return f"chance of such a split {chance_text(p)}" + ("" if p >= UNEVEN else ", so it is no chance")


def _number(frame: pd.DataFrame, level: float, source: str, what: str) -> Number:
    row = _furthest(frame)
    return Number(
        name="split_share",
        label=f"of {what} are in {row['arm']}; planned were {number(row['expected_share'], '%', 1)}",
        value=float(row["estimate"]),
        low=float(row["low"]),
        high=float(row["high"]),
        level=level,
        unit="%",
        source=source,
    )


def _check(p: float, counts: np.ndarray, known: Moments) -> Check:
    counted = ", ".join(f"{arm} {int(count):,}" for arm, count in zip(known.arms, counts, strict=True))
    return Check(
        "Arms are split as planned", p >= UNEVEN, f"{counted}; chance of such a split {chance_text(p)}"
    )


def _strata_check(known: Moments, frame: pd.DataFrame) -> list[Check]:
    """Find where the split is off: each stratum by itself, at a limit that all of them share."""
    parts = frame[frame["where"] != EVERYBODY].drop_duplicates("where")
    if parts.empty:
        return []
    off = parts.loc[parts["p"] < UNEVEN / len(parts), "where"]
    worst = parts.loc[parts["p"].idxmin()]
    saw = f"least likely in {worst['where']}: {chance_text(worst['p'])}"
    if len(off):
        saw = f"not in {', '.join(off.head(3))}" + (f" and {len(off) - 3} more" if len(off) > 3 else "")
    return [Check("Arms are split as planned in every stratum", off.empty, saw)]
