"""Market shares laid out for a demand model: which rows, which columns, which instruments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import CONSTANT, Design, check_names
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.comparable import KNOWN
from pmlib.competitive.demand.columns import (
    BASE,
    DECLARED,
    NONE,
    instruments_of,
    term_label,
    terms_of,
    useful,
)
from pmlib.competitive.demand.others import ASSUMED, KINDS
from pmlib.competitive.demand.potential import needs_size, potential_shares
from pmlib.competitive.demand.two_stage import within
from pmlib.competitive.market import lacking, period_label
from pmlib.competitive.prices import prices
from pmlib.competitive.words import count, listed, lower
from pmlib.data import Source
from pmlib.given import ungiven
from pmlib.result import Absent, Check

# The regressor ln(share within the nest), whose coefficient says how alike the products of a nest are.
NESTED = "(within its nest)"
OWN = ("set", "key", "label", "base", "rest", "buyers", CONSTANT)  # columns that are laid out here


@dataclass(frozen=True, kw_only=True, eq=False)
class Observed:
    """A table of market shares, ready to be explained.

    rows : products of markets with a price, a share and all attributes, those of a period together: `set`,
        `product` (label), `firm`, `period`, `share`, `rest`, `buyers`, `price`, `constant`, attributes.
    sets : the periods. design : terms of utility, price first. exogenous : (n, a) its other terms.
    price : (n,). within_nest : (n,) share in the nest, or None. outcome : (n,) ln(share) - ln(rest).
    instruments : (n, l) or None. instrument_names : what they are. clusters : (n,) codes, or None. levels
        : codes of what is absorbed. nests : column of the nest. labels : of terms and instruments.
    """

    source: Source = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    sets: Sets
    design: Design
    exogenous: np.ndarray = field(repr=False)
    price: np.ndarray = field(repr=False)
    within_nest: np.ndarray | None = field(repr=False)
    outcome: np.ndarray = field(repr=False)
    instruments: np.ndarray | None = field(repr=False)
    instrument_names: tuple[str, ...]
    clusters: np.ndarray | None = field(repr=False)
    levels: tuple[np.ndarray, ...] = field(repr=False)
    nests: str | None
    labels: Mapping[str, str] = field(repr=False)
    checks: tuple[Check, ...]

    @property
    def endogenous(self) -> np.ndarray:
        """Columns that answer to unobserved quality: price and, with nests, ln(share within the nest)."""
        if self.within_nest is None:
            return self.price[:, None]
        return np.column_stack([self.price, np.log(self.within_nest)])

    @property
    def absorbed(self) -> int:
        """How many means are taken off."""
        return sum(int(codes.max()) + 1 for codes in self.levels) - max(0, len(self.levels) - 1)

    def ready(self, columns: np.ndarray) -> np.ndarray:
        """Take off what is absorbed."""
        return within(columns, list(self.levels)) if self.levels else columns

    def without_instruments(self) -> "Observed":
        """Take prices at their word."""
        return replace(self, instruments=None, instrument_names=())

    def without_nests(self) -> "Observed":
        """Take all products for equally alike."""
        return replace(self, nests=None, within_nest=None)


def lay_out_market(
    title: str,
    source: Source | None,
    *,
    attributes: Sequence[str] | None = None,
    nests: str | None = None,
    instruments: str = DECLARED,
    absorb: Sequence[str] = (),
    cluster: str | None = "product",
    market_size: float | str | None = None,
) -> Observed | Absent:
    """Lay a table of market shares out, or say why it can't be; parameters as in `berry.market_demand`."""
    if absent := _unfit(title, source, market_size):
        return absent
    assert source is not None
    taken = list(source.attributes if attributes is None else attributes)
    others = [*absorb, *([nests] if nests else [])]
    _check_asked(source, [*taken, *others], attributes, absorb, instruments)
    check_names(source.name, [*taken, *others], OWN)
    if "firm" not in source.frame:  # each product its own
        source = replace(source, frame=source.frame.assign(firm=source.frame["product"].astype("str")))
    _no_twins(source)
    frame = potential_shares(source, market_size)
    frame, checks, taken = _complete(source, frame, taken, others)
    if len(frame) < 3:
        return Absent(
            title=title, reason=f"{source.title} has {count(len(frame))} products with price and sales."
        )
    if frame["price"].nunique() < 2:
        return Absent(title=title, reason=f"All prices in {source.title} are the same.")
    frame = _in_sets(frame)
    outcome = np.log(frame["share"].to_numpy()) - np.log(frame["rest"].to_numpy())
    if np.ptp(outcome) < 1e-12:
        return Absent(title=title, reason=f"All products of {source.title} sold alike.")
    built = instruments_of(source, frame, taken, instruments)
    levels = tuple(pd.factorize(frame[column])[0] for column in absorb)
    terms, exogenous, left = terms_of(source, frame, taken, levels)
    kept, useless = useful(built, exogenous, levels)
    names = {column: source.columns[column].label for column in built if column in source.columns}
    nested = _within_nest(frame, nests)
    return Observed(
        source=source,
        rows=frame,
        sets=Sets.of(frame["set"].to_numpy()),
        design=terms,
        exogenous=exogenous,
        price=frame["price"].to_numpy(float),
        within_nest=nested,
        outcome=outcome,
        instruments=kept.to_numpy(float) if kept.shape[1] else None,
        instrument_names=tuple(kept),
        clusters=_clusters(frame, cluster),
        levels=levels,
        nests=nests,
        labels={name: term_label(source, name) for name in terms.names} | names,
        checks=(*checks, *left, *useless, *_built(instruments, kept), _several(frame)),
    )


def _unfit(title: str, source: Source | None, market_size: float | str | None) -> Absent | None:
    if absent := ungiven(title, source, "table of a market"):
        return absent
    assert source is not None
    if absent := lacking(title, source, "product", "price", sales=True, firms=1):
        return absent
    reason = needs_size(source, market_size)
    return Absent(title=title, reason=reason) if reason else None


def _check_asked(
    source: Source,
    columns: Sequence[str],
    attributes: Sequence[str] | None,
    absorb: Sequence[str],
    instruments: str,
) -> None:
    for name, given in (("attributes", attributes), ("absorb", absorb)):
        if isinstance(given, str):
            raise ValueError(f'{name} is the text "{given}"; write a list of columns: ["{given}"]')
    for column in columns:
        if column not in source.frame:
            raise ValueError(f"{source.name} has no column {column!r}; it has {list(source.frame)}")
    if instruments not in (DECLARED, NONE, *KINDS):
        raise ValueError(f'instruments is "{instruments}"; write {listed([DECLARED, *KINDS, NONE], "or")}')


def _no_twins(source: Source) -> None:
    key = [role for role in ("period", "firm", "product") if role in source.frame]
    twin = source.frame.duplicated(key)
    if twin.any():
        row = source.frame[twin].iloc[0]
        when = f" in {period_label(source.frame['period'], row['period'])}" if "period" in key else ""
        raise ValueError(
            f'{source.name}: product "{row["product"]}" has a second row{when}; add them up, or keep one'
        )


def _complete(
    source: Source, frame: pd.DataFrame, taken: list[str], others: list[str]
) -> tuple[pd.DataFrame, tuple[Check, ...], list[str]]:
    # Rows with a price, a share above 0 and all that describes them; what is left out is counted and named.
    rows, priced = prices(replace(source, frame=source.frame.loc[frame.index]))
    frame = frame.loc[rows.index].assign(price=rows["price"].astype(float), name=rows["name"])
    sold = frame["share"] > 0
    zero = Check(
        "Every product sold", bool(sold.all()), _out(frame, ~sold, "none sold: they count in shares only")
    )
    frame = frame[sold]
    unknown = [column for column in taken if frame[column].notna().mean() < KNOWN]
    kept = [column for column in taken if column not in unknown]
    whole = frame[[*kept, *others]].notna().all(axis=1)
    told = Check(
        "Every product has all attributes", bool(whole.all()), _out(frame, ~whole, "an attribute unknown")
    )
    checks: tuple[Check, ...] = (priced, zero, told)
    if unknown:
        words = listed([lower(source.columns[column].label) for column in unknown])
        checks = (*checks, Check("Every attribute is known", False, f"{words} left out, mostly unknown"))
    return frame[whole], checks, kept


def _out(frame: pd.DataFrame, bad: pd.Series, why: str) -> str:
    if not bad.any():
        return f"{count(len(frame))} rows"
    first = frame[bad].iloc[0]
    when = f" in {period_label(frame['period'], first['period'])}" if pd.notna(first["period"]) else ""
    many = f"{count(bad.sum())} of {count(len(frame))} rows left out ({why})"
    return f"{many}, the first is “{first['name']}”{when}"


def _in_sets(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.sort_values("period", kind="stable", na_position="first")
    codes = pd.factorize(frame["period"], use_na_sentinel=False)[0]
    name, product = frame["name"].astype("str"), frame["product"].astype("str")
    keyed = frame.assign(set=codes, label=name)
    twin = keyed.duplicated(["set", "label"], keep=False)  # versions of one model are told apart by their id
    label = name.where(~twin, name + " (" + product + ")")
    return frame.assign(set=codes, key=product, product=label, **{CONSTANT: BASE})


def _within_nest(frame: pd.DataFrame, nests: str | None) -> np.ndarray | None:
    if nests is None:
        return None
    key = frame.groupby(["set", nests], observed=True)["share"]
    held = (frame["share"] / key.transform("sum")).to_numpy(float)
    if np.ptp(held) == 0:
        raise ValueError(
            f"nests: every product is alone in its {nests}, so nests say nothing; choose a wider grouping"
        )
    return held


def _clusters(frame: pd.DataFrame, cluster: str | None) -> np.ndarray | None:
    if cluster is None:
        return None
    if cluster == "product":
        if frame["set"].nunique() == 1:
            return None  # a product is one row
        return frame.groupby(["firm", "name"], sort=False).ngroup().to_numpy()
    if cluster not in frame:
        raise ValueError(f'cluster is "{cluster}"; write "product", "firm", another column, or None')
    return pd.factorize(frame[cluster])[0]


def _built(instruments: str, kept: pd.DataFrame) -> tuple[Check, ...]:
    if instruments not in KINDS or not kept.shape[1]:
        return ()
    return (
        Check("Instruments come with the data", False, f"they are {KINDS[instruments]}, which {ASSUMED}"),
    )


def _several(frame: pd.DataFrame) -> Check:
    periods = frame["set"].nunique()
    saw = f"{count(periods)} periods" if periods > 1 else "one: nothing shows how sales moved when prices did"
    return Check("There are several periods", periods > 1, saw)
