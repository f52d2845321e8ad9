"""How concentrated the market is, and what moved it: growth, entry or exit."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.guidelines import Guideline, guideline_of
from pmlib.competitive.market import TOLERANCE, firm_shares, lacking, period_label, sold_words, span, volumes
from pmlib.competitive.words import at, percent
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, number

POINTS = 1e4  # HHI points of a single seller
COLUMNS = {
    "period": Column("Period"),
    "hhi": Column("HHI", "", 0),
    "cr4": Column("Four largest", "%", 1),
    "growth": Column("Change by growth", "", 0),
    "entry": Column("by entry", "", 0),
    "exit": Column("by exit", "", 0),
    "effective_firms": Column("Equal-sized firms", "", 1),
    "hhi_with_outside": Column("HHI of all potential buyers", "", 0),
    "firms": Column("Firms", "", 0),
    "change": Column("Change", "", 0),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Concentration(Result):
    """The Herfindahl–Hirschman index (HHI) and its kin, one row per period, newest first."""

    guideline: Guideline

    def plot(self, ax: Any = None) -> Any:
        """Draw the index over time with the guideline's levels; nothing for a single period."""
        if len(self.frame) < 2:
            return None
        from pmlib import chart

        g = self.guideline
        levels = {f"highly concentrated: above {number(g.high)} ({g.year})": g.high}
        if g.moderate is not None:
            levels[f"moderately: above {number(g.moderate)}"] = g.moderate
        frame = self.frame.assign(of="HHI")
        return chart.lines(frame, "period", "hhi", "of", spec=self.columns["hhi"], levels=levels, ax=ax)


def concentration(source: Source, *, basis: str = "units", guideline: int = 2023) -> Concentration | Absent:
    """Measure how concentrated the market is in every period, and split its changes.

    Parameters
    ----------
    source : one row per product and period; roles firm and units, share or revenue.
    basis : shares of "units" sold or of "revenue".
    guideline : edition of the US merger guidelines whose words are used, 2010 or 2023.

    Returns
    -------
    Concentration : per period hhi (points, 10,000 is a single seller; of what was sold), hhi_with_outside (of
        all potential buyers, those who bought nothing counted as no firm; missing where unknown), cr4 (0-1,
        share of the four largest), effective_firms (10,000 / hhi), firms, and the change since the period
        before: the sum of growth (firms in both), entry (firms new) and exit (firms gone), in points.

    Raises
    ------
    ValueError : an unknown basis or guideline; a missing or negative value; shares of a period beyond 1.

    References
    ----------
    Hirschman (1964), "The Paternity of an Index", AER 54(5).
    """
    if absent := lacking("Concentration", source, "firm", sales=True):
        return absent
    rule = guideline_of(guideline)
    _, check = volumes(source, basis)
    shares = firm_shares(source, basis)
    whole = basis == "units" and not source.has("units") and not source.partial
    frame = _levels(shares, known=whole).join(_changes(shares))
    frame = frame.sort_index(ascending=False).reset_index()
    now, then = frame.iloc[0], frame.iloc[-1]
    sold, what = sold_words(source, basis)
    return Concentration(
        title=_title(now, then, rule, frame["period"]),
        finding=_finding(frame, rule, sold),
        headline=_headline(now, then, rule, frame["period"]),
        subtitle=(
            f"Herfindahl–Hirschman index (HHI) of {what}{', ' if span(frame['period']) else ''}"
            f"{span(frame['period'])}; {number(POINTS)} is a single seller."
        ),
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=_numbers(now, source, period_label(frame["period"], now["period"])),
        checks=(_adds_up(frame), *([check] if check else [])),
        guideline=rule,
    )


def _levels(shares: pd.DataFrame, *, known: bool) -> pd.DataFrame:
    by_period = shares.assign(
        square=POINTS * shares["share"] ** 2, whole=POINTS * shares["volume"] ** 2
    ).groupby("period", dropna=False)
    largest = shares.sort_values("share", ascending=False).groupby("period", dropna=False).head(4)
    hhi = by_period["square"].sum()
    bought = by_period["volume"].sum()
    return pd.DataFrame(
        {
            "hhi": hhi,
            # volumes are fractions of all potential buyers only where the source gives such shares
            "hhi_with_outside": by_period["whole"].sum().where(known & (bought < 1 - TOLERANCE)),
            "cr4": largest.groupby("period", dropna=False)["share"].sum(),
            "effective_firms": POINTS / hhi,
            "firms": (shares["volume"] > 0).groupby(shares["period"], dropna=False).sum(),
        }
    )


def _changes(shares: pd.DataFrame) -> pd.DataFrame:
    # A firm without a row, or with a row of nothing sold, is not in the market of that period.
    squares = shares.pivot_table("share", "period", "firm", dropna=False).fillna(0.0) ** 2 * POINTS
    before = squares.shift()
    step = squares - before
    here, there = squares > 0, before > 0
    parts = {"growth": here & there, "entry": here & ~there, "exit": ~here & there}
    changes = {
        "change": step.sum(axis=1),
        **{name: step.where(mask, 0.0).sum(axis=1) for name, mask in parts.items()},
    }
    frame = pd.DataFrame(changes)
    frame.iloc[0] = np.nan  # nothing goes before the first
    return frame


def _title(now: pd.Series, then: pd.Series, rule: Guideline, periods: pd.Series) -> str:
    state, lowest = f"The market is {rule.level(now['hhi'])}", rule.moderate or rule.high
    if _firms(now) == _firms(then):  # no change that a reader of the rounded numbers could see
        return state
    way, first = "less" if now["hhi"] < then["hhi"] else "more", period_label(periods, then["period"])
    if now["hhi"] <= lowest:  # "not concentrated, less so" would be hard to read
        return f"The market is {way} concentrated than {at(first)}"
    return f"{state}, {way} so than {at(first)}"


def _firms(period: pd.Series) -> str:
    return number(period["effective_firms"], "", 1)


def _finding(frame: pd.DataFrame, rule: Guideline, sold: str) -> str:
    now, then = frame.iloc[0], frame.iloc[-1]
    hhi, place = number(now["hhi"], "", 0), rule.place(now["hhi"])
    if len(frame) == 1:
        return f"The HHI is {hhi}, {place}; the four largest firms hold {percent(now['cr4'])} of {sold}."
    first, last = (period_label(frame["period"], row["period"]) for row in (then, now))
    stayed, turned = frame["growth"].sum(), frame[["entry", "exit"]].to_numpy()[:-1].sum()
    return (
        f"The HHI went from {number(then['hhi'], '', 0)} {at(first)} to {hhi} {at(last)}, {place}: "
        f"{number(stayed, '', 0, sign=True)} points by shifts between existing firms, "
        f"{number(turned, '', 0, sign=True)} by entry and exit."
    )


def _headline(now: pd.Series, then: pd.Series, rule: Guideline, periods: pd.Series) -> str:
    before = (
        f" ({_firms(then)} {at(period_label(periods, then['period']))})"
        if _firms(then) != _firms(now)
        else ""
    )
    like = f"as concentrated as one of {_firms(now)} equal-sized firms"
    if now["firms"] == 1:
        like = "in the hands of a single firm"
    return f"The market is {like}{before}; {rule.verdict(now['hhi'])}."


def _numbers(now: pd.Series, source: Source, period: str) -> tuple[Number, ...]:
    said = {
        "effective_firms": ("equal-sized firms would compete as much", ""),
        "hhi": ("HHI, concentration of the market", ""),
        "cr4": ("share of the four largest firms", "%"),
    }
    return tuple(
        Number(name=name, label=label, value=float(now[name]), unit=unit, period=period, source=source.name)
        for name, (label, unit) in said.items()
    )


def _adds_up(frame: pd.DataFrame) -> Check:
    gap = (frame["growth"] + frame["entry"] + frame["exit"] - frame["hhi"].diff(-1)).abs().max()
    gap = 0.0 if np.isnan(gap) else float(gap)
    return Check(
        "Growth, entry and exit add up to the change",
        bool(gap < 1e-6),
        f"largest gap {number(gap, '', 6)} points",
    )
