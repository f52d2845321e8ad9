"""Which products compete most closely: competitive sets, from switching or from any model's diversion."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.regression import check_level
from pmlib.competitive.switching.clusters import Clusters, clusters
from pmlib.competitive.switching.purchases import Purchases, purchases
from pmlib.competitive.switching.resample import resampled, sparse
from pmlib.competitive.switching.transitions import pairs
from pmlib.competitive.words import count, level_words, listed
from pmlib.data import Source
from pmlib.data.words import meant
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, number, plain

TITLE = "Competitive sets"
FIRM = 0.65  # agreement of resamples, from which it is moderate: Steinley (2004), Psychological Methods 9(3)
SHOWN = 5  # products in the chart
FEW_MOVES = 30  # switches, from which sets are looked for

COLUMNS = {
    "product": Column("Product"),
    "set": Column("Set"),
    "together": Column("Holds in resamples", "%", 0),
    "nearest": Column("Closest rival"),
    "estimate": Column("Times what sizes predict", digits=2),
    "range": Column("Range"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CompetitiveSets(Result):
    """Products sorted into sets within which buyers move more than sizes predict.

    sets : the sets, that of the focal product first; one of all products where they cannot be told apart.
    told : whether they can (None where there were no resamples to tell by). closeness, together : products by
    products. agreement : of resamples, by number of sets. p : how often sizes alone would give sets as sharp.
    tint : colour of the chart's cells: doublings of closeness, 0 where it is not clearly off 1.
    """

    focal: str
    sets: tuple[tuple[str, ...], ...]
    told: bool | None
    closeness: pd.DataFrame
    together: pd.DataFrame
    agreement: dict[int, float]
    p: float
    tint: pd.DataFrame

    def plot(self, ax: Any = None) -> Any:
        """Draw closeness, set by set; blue where buyers move more than sizes predict, orange where less."""
        from pmlib import chart

        order = [name for names in self.sets for name in names][:SHOWN]
        texts = self.closeness.map(lambda value: plain(value, "", 1))
        texts = texts.mask(np.eye(len(texts), dtype=bool), "")
        return chart.heat(self.tint.loc[order, order], texts.loc[order, order], ax=ax)


def competitive_sets(
    moves: Source | pd.DataFrame | None,
    *,
    draws: np.ndarray | None = None,
    by: str = "product",
    focal: str,
    line: str = "",
    level: float = 0.95,
    seed: int = 1,
) -> CompetitiveSets | Absent:
    """Sort products into sets by how much more buyers move between them than sizes predict.

    Closeness of two products is what moves between them, both ways, over what would move if every product
    drew on all others in one and the same proportion (see `closeness`): 1 where diversion is in proportion to
    share. Sets are told apart when resamples agree on them and when sizes alone would seldom give sets as
    sharp.

    Parameters
    ----------
    moves : a panel's choices or purchases, as in `brand_switching`, whose switches are counted; or a square
        table of switching or diversion, from (rows) to (columns), rates or counts, whose diagonal is passed
        over.
    draws : of a table, the same resampled or drawn from its model: draws by rows by columns.
    by : of a panel, what a brand is. focal : the product the report is about. line : of a table, where it is
        from.
    level : of the intervals. seed : of the resampling of a panel's households.

    Returns
    -------
    CompetitiveSets : frame has one row a product, set by set: product, set, together (how often it and the
        others of its set land together, 0-1; missing for one alone), nearest (the closest other), estimate,
        low, high (closeness to it), range (in words).

    Raises
    ------
    ValueError : a table that is not square, with other rows than columns, or with a negative or missing cell;
        draws of another shape; an unknown focal product; what `purchases` refuses.
    """
    check_level(level)
    read = _of_table(moves, draws, line) if isinstance(moves, pd.DataFrame) else _of_panel(moves, by, seed)
    if isinstance(read, Absent):
        return read
    names, drawn = read.names, read.draws
    if focal not in names:
        raise ValueError(f'focal "{focal}" is no product of {read.origin}; {meant(str(focal), names)}')
    if len(names) < 3:
        return Absent(title=TITLE, reason="Two products make no sets: it takes three or more.")
    found = clusters(read.moves, drawn, level)
    told = None if drawn is None else bool(max(found.agreement.values()) >= FIRM and found.p < 1 - level)
    sets = _sets(found, names, focal) if told is not False else (tuple(names),)
    frame = _rows(found, names, sets)
    alike = f"Moves between two products over what their sizes predict, from {read.what}"
    clearly = "" if drawn is None else "clearly "
    return CompetitiveSets(
        title=_title(sets, focal, told),
        subtitle=f"{alike}; blue: {clearly}more, orange: {clearly}less; set by set"
        f"{'' if drawn is None else f'; {level_words(level)}'}",
        finding=_finding(frame, found, sets, focal, told),
        headline=_finding(frame, found, sets, focal, told),
        frame=frame,
        columns=COLUMNS,
        source=read.line,
        numbers=_numbers(frame, focal, level, moves.name if isinstance(moves, Source) else ""),
        checks=_checks(found, level),
        focal=focal,
        sets=sets,
        told=told,
        closeness=pd.DataFrame(found.close, names, names),
        together=pd.DataFrame(found.together, names, names),
        agreement=found.agreement,
        p=found.p,
        tint=pd.DataFrame(_tint(found), names, names),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Moves:
    # What is sorted: products, moves between them, and what to call these.
    names: tuple[str, ...]
    moves: np.ndarray
    draws: np.ndarray | None
    what: str
    origin: str
    line: str


def _of_panel(source: Source | None, by: str, seed: int) -> _Moves | Absent:
    bought = purchases(TITLE, source, by)
    if isinstance(bought, Absent):
        return bought
    table, drawn = _switches(bought, seed)
    if table.sum() < FEW_MOVES:
        return Absent(title=TITLE, reason=f"Only {count(table.sum())} switches between brands were seen.")
    assert source is not None
    return _Moves(
        names=bought.brands, moves=table, draws=drawn, what="switches", origin=source.name, line=source.line
    )


def _of_table(table: pd.DataFrame, draws: np.ndarray | None, line: str) -> _Moves:
    names, moves = _checked(table)
    drawn = _checked_draws(draws, moves, names)
    return _Moves(names=names, moves=moves, draws=drawn, what="diversion", origin="the table", line=line)


def _switches(bought: Purchases, seed: int) -> tuple[np.ndarray, np.ndarray]:
    who, before, after = pairs(bought)
    many = len(bought.brands)
    moved = before != after
    cells = before[moved] * many + after[moved]
    each = sparse(who[moved], cells, np.ones(len(cells)), (bought.choosers, many**2))
    real = np.asarray(each.sum(axis=0)).reshape(many, many)
    return real, resampled(each, bought.choosers, seed).reshape(-1, many, many)


def _checked(table: pd.DataFrame) -> tuple[tuple[str, ...], np.ndarray]:
    rows, columns = [str(name) for name in table.index], [str(name) for name in table.columns]
    if len(set(rows)) < len(rows) or set(rows) != set(columns) or len(rows) != len(columns):
        odd = sorted(set(rows) ^ set(columns)) or sorted({n for n in rows if rows.count(n) > 1})
        raise ValueError(
            f"the table of moves needs the same products once as rows and once as columns; {listed(odd[:5])} "
            f"{'is' if len(odd) == 1 else 'are'} not"
        )
    values = table.set_axis(rows).set_axis(columns, axis=1)[rows].to_numpy(float)
    off = ~np.eye(len(rows), dtype=bool)
    bad = off & ~((values >= 0) & np.isfinite(values))
    if bad.any():
        row, column = np.argwhere(bad)[0]
        found = f"{values[row, column]:g}" if np.isfinite(values[row, column]) else "missing or infinite"
        raise ValueError(
            f'the table of moves: from "{rows[row]}" to "{rows[column]}" is {found}; moves are numbers from '
            "0 up"
        )
    return tuple(rows), np.where(off, values, 0.0)


def _checked_draws(draws: np.ndarray | None, table: np.ndarray, names: Sequence[str]) -> np.ndarray | None:
    if draws is None:
        return None
    draws = np.asarray(draws, float)
    if draws.ndim != 3 or draws.shape[1:] != table.shape or len(draws) < 2:
        raise ValueError(
            f"draws are {' by '.join(map(str, draws.shape))}; give two or more of {len(names)} by "
            f"{len(names)}, "
            "draws first"
        )
    off = ~np.eye(len(names), dtype=bool)
    if not (draws[:, off] >= 0).all() or not np.isfinite(draws[:, off]).all():
        raise ValueError(
            "draws hold a move that is negative, missing or infinite; moves are numbers from 0 up"
        )
    return np.where(off, draws, 0.0)


def _tint(found: Clusters) -> np.ndarray:
    unclear = (found.lows <= 1) & (found.highs >= 1)
    tint = np.where(unclear, 0.0, np.log2(np.maximum(found.close, 1e-3)))
    np.fill_diagonal(tint, np.nan)
    return tint


def _sets(found: Clusters, names: Sequence[str], focal: str) -> tuple[tuple[str, ...], ...]:
    own = found.labels[list(names).index(focal)]
    order = [own, *(label for label in range(found.labels.max() + 1) if label != own)]
    return tuple(
        tuple(n for n, at in zip(names, found.labels, strict=True) if at == label) for label in order
    )


def _rows(found: Clusters, names: Sequence[str], sets: tuple[tuple[str, ...], ...]) -> pd.DataFrame:
    place = {name: i for i, name in enumerate(names)}
    others = found.close - 1e9 * np.eye(len(names))
    rows = []
    for label, members in enumerate(sets, 1):
        for name in members:
            own = place[name]
            mates = [place[other] for other in members if other != name]
            near = int(others[own].argmax())
            low, high = found.lows[own, near], found.highs[own, near]
            rows.append(
                {
                    "product": name,
                    "set": label,
                    "together": float(found.together[own, mates].mean())
                    if mates and len(sets) > 1
                    else np.nan,
                    "nearest": names[near],
                    "estimate": found.close[own, near],
                    "low": low,
                    "high": high,
                    "range": "not known" if np.isnan(low) else interval(low, high),
                }
            )
    return pd.DataFrame(rows)


def _title(sets: tuple[tuple[str, ...], ...], focal: str, told: bool | None) -> str:
    if told is False:
        return "We cannot tell competitive sets apart"
    mates = [name for name in sets[0] if name != focal]
    if not mates:
        return f"{focal} stands in a set of its own"
    with_ = listed(mates) if len(mates) < 3 else f"{count(len(mates))} others"
    return f"{focal} competes most closely with {with_}"


def _finding(
    frame: pd.DataFrame, found: Clusters, sets: tuple[tuple[str, ...], ...], focal: str, told: bool | None
) -> str:
    own = frame[frame["product"] == focal].iloc[0]
    ends = "" if np.isnan(own["low"]) else f" ({own['range']})"
    near = (
        f"between {focal} and {own['nearest']} buyers move {number(own['estimate'], '', 2)} times{ends} "
        "what their "
        "sizes predict"
    )
    if told is False:
        return (
            f"We cannot tell sets among the {count(len(frame))} products: resamples do not agree on any, or "
            "sizes "
            f"alone would give the same; closest to {focal} is {own['nearest']}: {near}."
        )
    mates = [name for name in sets[0] if name != focal]
    with_ = f"with {listed(mates)}" if mates else "alone"
    firm = (
        "" if np.isnan(own["together"]) else f", together in {number(own['together'], '%', 0)} of resamples"
    )
    doubt = "; how firm they are is not known, for there were no resamples" if told is None else ""
    return (
        f"The {count(len(frame))} products fall into {count(len(sets))} sets{doubt}; {focal} stands "
        f"{with_}{firm}; "
        f"{near}."
    )


def _numbers(frame: pd.DataFrame, focal: str, level: float, source: str) -> tuple[Number, ...]:
    own = frame[frame["product"] == focal].iloc[0]
    known = not np.isnan(own["low"])
    return (
        Number(
            name="focal_closeness",
            label=f"times what sizes predict move between {focal} and {own['nearest']}",
            value=float(own["estimate"]),
            low=float(own["low"]) if known else None,
            high=float(own["high"]) if known else None,
            level=level if known else None,
            source=source,
        ),
    )


def _checks(found: Clusters, level: float) -> tuple[Check, ...]:
    if np.isnan(found.p):
        return (Check("Sets were tried on resamples", False, "none were given"),)
    best = max(found.agreement.values())
    return (
        Check(
            "Resamples agree on the sets",
            best >= FIRM,
            f"adjusted Rand index {number(best)}, from {number(FIRM)} moderate",
        ),
        Check(
            "Sizes alone would not give sets as sharp",
            found.p < 1 - level,
            f"they would in {number(found.p, '%')} of resamples",
        ),
    )
