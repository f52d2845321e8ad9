"""How often decided deals are won: in all, and by rival, reason or any other group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.deals.table import Deals, check_minimum, decided, group_values, undecided
from pmlib.competitive.market import check_firms
from pmlib.competitive.proportion import difference, effective_size, wilson
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import capital, count, level_words, lower, names, possessive
from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column, interval, number

TITLE = "Deals won and lost"
MOST = 30  # groups a column may have
ALL, LESS, MORE, UNCLEAR = "All deals", "less often", "more often", "no clear difference"
RATE = Column("Won", "%", 0)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WinLoss(Result):
    """Win rates with their intervals, all deals first."""

    def plot(self, ax: Any = None) -> Any:
        """Draw each group's rate with its interval, all deals first."""
        from pmlib import chart

        known = self.frame.dropna(subset="estimate").head(11)
        return chart.dots(known, "group", spec=RATE, highlight=[ALL], zero=None, ax=ax)


def win_loss(
    deals: Source,
    *,
    focal: str | None = None,
    rivals: Sequence[str] = (),
    by: str = "firm",
    minimum: int = 30,
    level: float = 0.95,
) -> WinLoss | Absent:
    """Count how many of the decided deals were won, in all and by group.

    A deal counts once in all deals, and once in each group that it belongs to (it may have met several
    rivals). A group's rate is compared with that of all deals outside it. Where customers (`chooser`)
    return, intervals are widened by the design effect.

    Parameters
    ----------
    deals : one row a deal, or one a deal and rival where `occasion` is the deal's id; won is 1, 0, or missing
        while undecided; firm is the rival met.
    focal : whose deals they are, in words. rivals : those to show; all of them when none are named.
    by : "firm", "reason", or a column of at most 30 values.
    minimum : decided deals below which a rate is withheld. level : of the intervals.

    Returns
    -------
    WinLoss : frame has all deals first, then a row a group, the lowest rate first, those withheld last:
        group, decided, won, estimate, low, high (the rate and its Wilson interval), gap, gap_low, gap_high
        (against the deals outside, Newcombe's interval at a level shared among the groups: Bonferroni),
        verdict ("less often", "more often", "no clear difference", or "too few: 7 decided").

    Raises
    ------
    ValueError : an unknown rival or column; a deal both won and lost, or given twice.
    """
    check_level(level)
    check_minimum(minimum)
    needed = ["firm"] if rivals else ["reason"] if by == "reason" else []
    if (absent := undecided(TITLE, deals, *needed)) is not None:
        return absent
    shown = check_firms(deals, None, rivals) if rivals else []
    table = decided(deals)
    size = len(table.frame)
    if size < minimum:
        reason = f"Too few: {count(size)} decided; a rate needs {count(minimum)}."
        return Absent(title=TITLE, reason=reason)
    groups = group_values(table, deals, by, MOST)
    if by == "reason" and len(groups) and not table.won[groups["deal"].to_numpy(int)].any():
        return Absent(title=TITLE, reason="Reasons are stated of lost deals only; see why deals were lost.")
    if by == "firm" and shown:
        groups = groups[groups["group"].isin(shown)]
    frame = pd.concat([_all(table, level), _rates(table, groups, minimum, level)], ignore_index=True)
    label = "Rival" if by == "firm" else deals.columns.get(by, Column(capital(by))).label
    return WinLoss(
        title=_title(frame, focal, by),
        finding=_finding(frame, by),
        headline=_finding(frame, by),
        advice=_advice(frame, by),
        unknown="Why: what sellers note is not what decided. Ask the buyers of lost deals.",
        subtitle=_subtitle(table, by, label, deals, level),
        frame=frame,
        columns={
            "group": Column(label),
            "decided": Column("Decided", "", 0),
            "estimate": RATE,
            "low": Column("Low", "%", 0),
            "high": Column("High", "%", 0),
            "verdict": Column("Won, against other deals"),
        },
        source=deals.line,
        numbers=_numbers(frame, deals, focal, by, table.when, level),
        checks=table.checks,
    )


def _all(table: Deals, level: float) -> pd.DataFrame:
    return pd.DataFrame([{"group": ALL} | _rate(table, np.full(len(table.won), True), level)])


def _rate(table: Deals, inside: np.ndarray, level: float) -> dict[str, Any]:
    won = table.won[inside]
    customers = None if table.customers is None else table.customers[inside]
    rate = float(won.mean())
    low, high = wilson(rate, effective_size(won, customers), level)
    return {
        "decided": len(won),
        "won": int(won.sum()),
        "estimate": rate,
        "low": low,
        "high": high,
        "verdict": "",
    }


def _rates(table: Deals, groups: pd.DataFrame, minimum: int, level: float) -> pd.DataFrame:
    belongs = {name: rows["deal"].to_numpy(int) for name, rows in groups.groupby("group", sort=True)}
    enough = sum(len(rows) >= minimum for rows in belongs.values())
    shared = 1 - (1 - level) / max(1, enough)
    found = []
    for name, members in belongs.items():
        inside = np.full(len(table.won), False)
        inside[members] = True
        row = {"group": str(name)} | _rate(table, inside, level)
        if len(members) < minimum:
            hidden = dict.fromkeys(("estimate", "low", "high"), np.nan)
            row |= hidden | {"verdict": f"too few: {count(len(members))} decided"}
        else:
            row |= _against(table, inside, shared)
        found.append(row)
    frame = pd.DataFrame(found)
    return frame if frame.empty else frame.sort_values("estimate", kind="stable", na_position="last")


def _against(table: Deals, inside: np.ndarray, level: float) -> dict[str, Any]:
    if inside.all():
        return {"verdict": ""}
    sizes = [
        effective_size(table.won[part], None if table.customers is None else table.customers[part])
        for part in (inside, ~inside)
    ]
    gap, low, high = difference(
        float(table.won[inside].mean()), sizes[0], float(table.won[~inside].mean()), sizes[1], level
    )
    verdict = LESS if high < 0 else MORE if low > 0 else UNCLEAR
    return {"gap": gap, "gap_low": low, "gap_high": high, "verdict": verdict}


def _said(row: Any) -> str:
    return f"{number(row.estimate, '%', 0)} ({interval(row.low, row.high, '%', 0)})"


def _title(frame: pd.DataFrame, focal: str | None, by: str) -> str:
    rate = number(frame["estimate"].iloc[0], "%", 0)
    words = f"{focal}: {rate} of decided deals won" if focal else f"{rate} of decided deals are won"
    less = frame[frame["verdict"] == LESS]
    return f"{words}, least often {_where(less.iloc[0]['group'], by)}" if len(less) else words


def _where(name: str, by: str) -> str:
    return f"against {name}" if by == "firm" else f"where it is {name}"


def _finding(frame: pd.DataFrame, by: str) -> str:
    whole, groups = frame.iloc[0], frame.iloc[1:]
    words = f"Of {count(whole['decided'])} decided deals {_said(whole)} were won"
    clear = groups[groups["verdict"].isin([LESS, MORE])]
    if clear.empty:
        compared = groups["estimate"].notna().sum() > 1
        kind = {"firm": "rival", "reason": "reason"}.get(by, "group")
        return f"{words}{f'; no {kind} stands out clearly' if compared else ''}."
    ends = clear.iloc[[0, -1]] if len(clear) > 1 else clear
    said = [f"{_where(row.group, by)} {_said(row)}" for row in ends.itertuples()]
    return f"{words}; {', '.join(said)}."


def _advice(frame: pd.DataFrame, by: str) -> str:
    less = frame[frame["verdict"] == LESS]
    if less.empty:
        return ""
    lost = less["decided"] - less["won"]
    worst = less.loc[lost.idxmax(), "group"]
    return f"Ask buyers why deals {_where(worst, by)} go elsewhere: {count(lost.max())} were lost."


def _subtitle(table: Deals, by: str, label: str, deals: Source, level: float) -> str:
    several = f" {count(table.several)} met several rivals." if by == "firm" and table.several else ""
    start = ", ".join(filter(None, [f"Share of decided deals won, by {lower(label)}", table.when]))
    return f"{start}; {level_words(level)}.{several}"


def _numbers(
    frame: pd.DataFrame, deals: Source, focal: str | None, by: str, when: str, level: float
) -> tuple[Number, ...]:
    named = names(frame["group"].iloc[1:])
    known = frame.dropna(subset="estimate").head(3)
    return tuple(
        Number(
            name=f"win_rate_{named[row.group]}" if i else "win_rate",
            label=f"of decided deals {_where(row.group, by)} were won"
            if i
            else f"of {possessive(focal) + ' ' if focal else ''}decided deals were won",
            value=float(row.estimate),
            low=float(row.low),
            high=float(row.high),
            level=level,
            unit="%",
            period=when,
            source=deals.name,
        )
        for i, row in enumerate(known.itertuples())
    )
