"""Which mergers a competition authority would presume to be harmful."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from pmlib.competitive.concentration import POINTS
from pmlib.competitive.guidelines import GUIDELINES, Guideline, guideline_of
from pmlib.competitive.market import (
    check_firms,
    firm_shares,
    lacking,
    newest,
    period_label,
    sold_words,
    volumes,
)
from pmlib.competitive.words import count, listed, percent, possessive
from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column, number

NAMED = 5  # partners a sentence lists
COLUMNS = {
    "merger": Column("Merger"),
    "joint": Column("Joint share", "%", 1),
    "delta": Column("Adds to the HHI", "", 0),
    "post": Column("HHI after", "", 0),
    "presumed_2023": Column("Presumed harmful, 2023"),
    "presumed_2010": Column("2010"),
    "hhi": Column("HHI before", "", 0),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MergerScreen(Result):
    """Pairs of firms and what their merger would do to concentration; read as a table."""


def merger_screen(
    source: Source,
    *,
    focal: str | None = None,
    pairs: Sequence[tuple[str, str]] | None = None,
    basis: str = "units",
    guideline: int = 2023,
) -> MergerScreen | Absent:
    """Screen mergers in the newest period by the structural presumptions of the US guidelines.

    Parameters
    ----------
    source : one row per product and period; `source.window(...)` chooses another period.
    focal : its mergers come first, and the sentences speak of them.
    pairs : only these mergers; otherwise every pair of firms.
    basis : shares of "units" sold or of "revenue".
    guideline : edition the sentences speak of, 2010 or 2023; the table always has both.

    Returns
    -------
    MergerScreen : one row per pair, the largest effect first: firm_a, firm_b (a is the larger), share_a,
        share_b, joint (0-1), hhi, delta (2 * share_a * share_b) and post (HHI points), presumed_2023,
        presumed_2010.

    Raises
    ------
    ValueError : an unknown firm, basis or guideline; a pair that is not two firms of the newest period.

    References
    ----------
    US DOJ & FTC, Merger Guidelines (2023), Guideline 1; Horizontal Merger Guidelines (2010), section 5.3.
    """
    if absent := lacking("Merger screen", source, "firm", sales=True):
        return absent
    rule = guideline_of(guideline)
    check_firms(source, focal, [firm for pair in pairs or () for firm in pair])
    _, check = volumes(source, basis)
    now = newest(firm_shares(source, basis))
    now = now[now["volume"] > 0]
    period = period_label(now["period"], now["period"].iloc[0])
    if len(now) < 2:
        when = f" in {period}" if period else ""
        return Absent(title="Merger screen", reason=f"Only {now['firm'].iloc[0]} sold anything{when}.")
    frame = _screen(now.set_index("firm")["share"], pairs)
    own = (frame["firm_a"] == focal) | (frame["firm_b"] == focal)
    order = frame.assign(own=own).sort_values(["own", "delta"], ascending=False, kind="stable").index
    whose, asked = (focal, frame[own]) if own.any() else (None, frame)
    asked = asked.sort_values("delta", ascending=False)
    presumed = asked[asked[f"presumed_{rule.year}"]]
    _, what = sold_words(source, basis)
    return MergerScreen(
        title=_title(whose, presumed, asked, rule),
        finding=_finding(presumed, asked, rule),
        headline=_headline(whose, presumed, asked, rule),
        subtitle=(
            f"US merger guidelines on shares of {what}{', ' if period else ''}{period}; "
            "the market is taken to be this table's."
        ),
        frame=frame.loc[order].reset_index(drop=True),
        columns=COLUMNS,
        source=source.line,
        numbers=(
            Number(
                name="presumed_harmful",
                label=f"of {possessive(whose) if whose else 'the'} possible mergers are presumed harmful "
                f"({rule.year} guidelines)",
                value=len(presumed) / len(asked),
                unit="%",
                period=period,
                source=source.name,
            ),
        ),
        checks=(check,) if check else (),
    )


def _screen(share: pd.Series, pairs: Sequence[tuple[str, str]] | None) -> pd.DataFrame:
    hhi = float(POINTS * (share**2).sum())
    records = []
    for pair in pairs or combinations(share.index, 2):
        a, b = _two(tuple(pair), share)
        joint, delta = float(share[a] + share[b]), float(2 * share[a] * share[b] * POINTS)
        presumed = {f"presumed_{y}": g.presumes(delta, hhi + delta, joint) for y, g in GUIDELINES.items()}
        records.append(
            {"merger": f"{a} + {b}", "firm_a": a, "firm_b": b, "share_a": share[a], "share_b": share[b]}
            | {"joint": joint, "hhi": hhi, "delta": delta, "post": hhi + delta}
            | presumed
        )
    return pd.DataFrame(records)


def _two(pair: tuple[str, ...], share: pd.Series) -> tuple[str, str]:
    if len(set(pair)) != 2 or len(pair) != 2:
        raise ValueError(f"a merger is of two different firms; pairs has {list(pair)}")
    for firm in pair:
        if firm not in share.index:
            raise ValueError(
                f'pairs has "{firm}", which sold nothing in the newest period; set an earlier window'
            )
    a, b = sorted(pair, key=lambda firm: (-share[firm], firm))
    return a, b


def _title(focal: str | None, presumed: pd.DataFrame, asked: pd.DataFrame, rule: Guideline) -> str:
    edition = f" ({rule.year} rules)" if rule.replaced else ""
    if len(asked) == 1:
        return f"{asked['merger'].iloc[0]} is {'' if len(presumed) else 'not '}presumed harmful{edition}"
    whose = f"{possessive(focal)} " if focal else ""
    some = "None" if presumed.empty else count(len(presumed))
    return f"{some} of {whose}{count(len(asked))} possible mergers are presumed harmful{edition}"


def _finding(presumed: pd.DataFrame, asked: pd.DataFrame, rule: Guideline) -> str:
    which, some = asked.iloc[0], "none; the largest"
    if len(asked) == 1:
        adds, post = number(which["delta"], "", 0), number(which["post"], "", 0)
        return (
            f"Together they hold {percent(which['joint'])}; "
            f"a merger adds {adds} points to the HHI, which makes {post} ({rule.year} guidelines)."
        )
    if len(presumed):
        which, some = presumed.iloc[-1], f"{count(len(presumed))} of {count(len(asked))}; the smallest"
    presume = "presumed" if rule.replaced else "presume"
    return (
        f"The {rule.year} guidelines {presume} harm in {some}, {which['merger']}, "
        f"would hold {percent(which['joint'])} and add {number(which['delta'], '', 0)} points to the HHI."
    )


def _headline(focal: str | None, presumed: pd.DataFrame, asked: pd.DataFrame, rule: Guideline) -> str:
    would = f"Under the {rule.year} guidelines US authorities would presume harm"
    if rule.replaced:
        would = f"Under the {rule.year} guidelines, since replaced, US authorities would have presumed harm"
    if presumed.empty:
        return f"{would} from no merger{f' of {focal}' if focal else ' here'}."
    if len(asked) == 1:
        return f"{would} from {asked['merger'].iloc[0]}."
    if focal is None:
        some = f"{count(len(presumed))} of {count(len(asked))} possible mergers"
        return f"{would} from {some}, {presumed['merger'].iloc[0]} first."
    firms = zip(presumed["firm_a"], presumed["firm_b"], strict=True)
    partners = [b if a == focal else a for a, b in firms]
    more = len(partners) - NAMED
    named = [*partners[:NAMED], f"{count(more)} more"] if more > 0 else partners
    return f"{would} if {focal} merged with {listed(named, 'or')}."
