"""Purchases in their order, one sequence a chooser: from a table of choices or from a log of purchases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pmlib.competitive.choice.table import choice_sets
from pmlib.competitive.words import count, listed
from pmlib.data import Source
from pmlib.data.source import check_source
from pmlib.data.words import meant
from pmlib.given import ungiven
from pmlib.result import Absent

BASES = ("product", "firm")
ENOUGH = 30  # purchases or buyers, below which a rate of theirs is not given, only that they are
FEW = "too few"
ORDERED = "iufM"  # numbers and dates have an order; words have none that we could know


@dataclass(frozen=True, kw_only=True, eq=False)
class Purchases:
    """Who bought what, in order.

    chooser, brand : codes, one a purchase; a chooser's purchases stand together, the earliest first.
    brands : names by code, the most bought first. choosers : how many there are.
    """

    chooser: np.ndarray
    brand: np.ndarray
    brands: tuple[str, ...]
    choosers: int

    def counts(self) -> np.ndarray:
        """Count purchases: choosers down, brands across."""
        return tally(self.chooser, self.brand, self.choosers, len(self.brands))


def purchases(title: str, source: Source | None, by: str, *, ordered: bool = True) -> Purchases | Absent:
    """Turn choices, or a log with one row a purchase, into purchases in order.

    Parameters
    ----------
    title : of the section, for saying that it cannot be filled.
    source : roles chooser, `by`, and occasion or period (the order); with a role chosen, the rows with 1 were
        bought, one an occasion; without it, every row was.
    by : what a brand is: "product" or "firm".
    ordered : whether the order matters to who asks.

    Raises
    ------
    ValueError : an unknown `by`; a missing chooser, occasion or brand; what `choice_sets` refuses of choices,
        such as an occasion with none or several chosen; occasions whose order cannot be known.
    """
    if by not in BASES:
        raise ValueError(f'by is "{by}"; write "product" or "firm"')
    if absent := ungiven(title, source, "table of choices"):
        return absent
    check_source(source)
    assert source is not None
    missing = [f"no {role} column" for role in source.lacks("chooser", by)]
    if source.has("chosen"):
        missing += [f"no {role} column" for role in source.lacks("occasion")]
    elif ordered and not (source.has("occasion") or source.has("period")):
        missing.append("no occasion or period column")
    if missing:
        return Absent(title=title, reason=f"The data ({source.title}) have {listed(missing)}.")
    when = [role for role in ("period", "occasion") if source.has(role)]
    for role in ("chooser", by, *when):
        _check_filled(source, role)
    frame = source.frame
    if source.has("chosen") and len(frame):  # what a choice cost does not matter here
        rows, chosen, _ = choice_sets(replace(source, frame=frame.drop(columns="price", errors="ignore")))
        frame = rows[chosen]
    if ordered:
        frame = _in_order(source, frame, by, when)
    names = frame[by].astype(str)
    sold = names.value_counts()
    brands = tuple(sorted(sold.index, key=lambda name: (-sold[name], name)))
    if len(brands) < 2:
        found = f"only one {by} bought, {brands[0]}" if brands else "no purchase"
        return Absent(title=title, reason=f"The data ({source.title}) have {found}.")
    codes, who = pd.factorize(frame["chooser"], sort=True)
    order = np.argsort(codes, kind="stable")
    return Purchases(
        chooser=codes[order],
        brand=pd.Index(brands).get_indexer(names)[order],
        brands=brands,
        choosers=len(who),
    )


def check_brands(
    source: Source, brands: Sequence[str], focal: str, rivals: Sequence[str], by: str
) -> list[str]:
    """List the brands a reader asked for, focal first, each once.

    Raises
    ------
    ValueError : a name is not among the brands bought; says which it may have meant.
    """
    if isinstance(rivals, str):
        raise ValueError(f'rivals is the text "{rivals}"; write a list of names: ["{rivals}"]')
    for parameter, names in {"focal": [focal], "rivals": rivals}.items():
        for name in names:
            if name not in brands:
                said = meant(str(name), brands)
                raise ValueError(f'{parameter} "{name}" is no {by} bought in {source.name}; {said}')
    return list(dict.fromkeys([focal, *rivals]))


def places(asked: Sequence[str], brands: Sequence[str]) -> dict[str, int]:
    """Give each brand its place: those asked for, then the most bought."""
    return {brand: place for place, brand in enumerate(dict.fromkeys([*asked, *brands]))}


def tally(first: np.ndarray, second: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Count pairs of codes: a table of how often row and column come together."""
    return np.bincount(first * columns + second, minlength=rows * columns).reshape(rows, columns)


def _check_filled(source: Source, role: str) -> None:
    gone = source.frame[role].isna().to_numpy()
    if gone.any():
        raise ValueError(
            f"{source.name}, row {gone.argmax()}: {role} is missing; fill it in, or leave the occasion out"
        )


def _in_order(source: Source, frame: pd.DataFrame, by: str, when: list[str]) -> pd.DataFrame:
    known = [role for role in when if frame[role].dtype.kind in ORDERED]
    if not known:
        found = frame[when[-1]].iloc[0] if len(frame) else "text"
        raise ValueError(
            f'{source.name}: {when[-1]} holds words ("{found}"), whose order is not known; '
            "number the occasions in their order, or give a period"
        )
    frame = frame.sort_values(known, kind="stable")
    ties = frame.duplicated(["chooser", *known], keep=False)
    if ties.any():
        first = frame[ties].iloc[0]
        same = frame[ties & (frame["chooser"] == first["chooser"])]
        same = same[(same[known] == first[known]).all(axis=1)]
        at = listed([f"{role} {_written(first[role])}" for role in known])
        raise ValueError(
            f"{source.name}: chooser {first['chooser']} has {count(len(same))} purchases in {at} "
            f"({listed([str(name) for name in same[by]])}), whose order is not known; "
            "number the occasions in their order"
        )
    return frame


def _written(value: object) -> str:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)
