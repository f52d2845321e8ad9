"""What a product's rivals and siblings are like: instruments for its price, built from the table itself."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pmlib.competitive.words import count as written
from pmlib.competitive.words import lower
from pmlib.data import Source
from pmlib.data.source import no_source
from pmlib.given import ungiven
from pmlib.table import Column

KINDS = {
    "sums": "sums over other products' attributes",
    "differentiation": "counts of other products that are alike",
}
ASSUMED = "holds only if attributes were fixed before prices and do not follow quality that the data lack"


def blp_instruments(source: Source, *, attributes: Sequence[str] | None = None, kind: str = "sums") -> Source:
    """Add instruments for prices, built from the attributes of a period's other products.

    A product with many close rivals is priced nearer to its cost, whatever its own quality: so what the
    others are like moves its price. This holds only if attributes were fixed before prices and unobserved
    quality.

    Parameters
    ----------
    source : one row per product and period; firm tells siblings from rivals, all others are rivals without
        it.
    attributes : numbers and flags to build on; all those of the source when None.
    kind : "sums" of each attribute and of how many there are (Berry-Levinsohn-Pakes); "differentiation"
        counts those within one standard deviation of the product's own attribute (Gandhi-Houde, local).

    Returns
    -------
    Source : the same table with these instruments only; columns "siblings: <attribute>" and
        "rivals: <attribute>", "siblings: number" and "rivals: number" of products.

    Raises
    ------
    ValueError : an unknown kind or column, an attribute that holds labels, or a blank one.

    References
    ----------
    Berry, Levinsohn & Pakes (1995), Econometrica 63(4), sec. 5.1; Gandhi & Houde (2019), "Measuring
    substitution patterns in differentiated-products industries", NBER 26375.
    """
    if ungiven("Instruments", source, "table of a market"):
        return no_source()
    built = others(source, attributes, kind)
    frame = pd.concat([source.frame.drop(columns=built, errors="ignore"), built], axis=1)
    labels = {name: Column(label(source, name, kind)) for name in built}
    return replace(
        source,
        frame=frame,
        columns={**source.columns, **labels},
        instruments=tuple(built),
        said=(*source.said, f"{written(built.shape[1])} instruments are {KINDS[kind]}; {ASSUMED}"),
    )


def others(source: Source, attributes: Sequence[str] | None = None, kind: str = "sums") -> pd.DataFrame:
    """Build the instruments of `blp_instruments`, a row for each of the source's."""
    if kind not in KINDS:
        raise ValueError(f'kind is "{kind}"; write {" or ".join(f"{one!r}" for one in KINDS)}')
    frame = source.frame
    names = [n for n in source.attributes if _is_number(frame[n])] if attributes is None else list(attributes)
    for name in names:
        if name not in frame:
            raise ValueError(f"{source.name} has no column {name!r}; it has {list(frame)}")
        if not _is_number(frame[name]):
            raise ValueError(
                f"{source.name}: {name} holds labels; instruments are built on numbers and flags"
            )
        if (blank := frame[name].isna()).any():
            row = frame.index[blank][0]
            raise ValueError(
                f"{source.name}, row {row}: {name} is missing; fill it, or leave it out of attributes"
            )
    markets = frame["period"].to_numpy() if "period" in frame else np.zeros(len(frame))
    firms = frame["firm"].astype("str").to_numpy() if "firm" in frame else np.arange(len(frame))
    values = frame[names].to_numpy(float)
    ones = np.ones((len(frame), 1))
    found = (
        _summed(np.column_stack([ones, values]), markets, firms)
        if kind == "sums"
        else np.column_stack([_summed(ones, markets, firms), _near(values, markets, firms)])
    )
    told = ["number", *names] if kind == "sums" else ["number"]
    heads = [f"{who}: {name}" for who in ("siblings", "rivals") for name in told]
    if kind == "differentiation":
        heads += [f"{who} like it: {name}" for who in ("siblings", "rivals") for name in names]
    out = pd.DataFrame(found, frame.index, heads)
    return out.loc[:, out.nunique() > 1]  # without firms, or with one product each, nobody has siblings


def label(source: Source, name: str, kind: str) -> str:
    """Name a built instrument in words: rivals' size, summed."""
    who, _, attribute = name.partition(": ")
    if attribute == "number":
        return f"Number of {who}"
    spec = source.columns.get(attribute, Column(attribute))
    owner = who.partition(" ")[0].capitalize()
    return f"{owner} alike in {lower(spec.label)}" if " " in who else f"{owner}' {lower(spec.label)}, summed"


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)


def _groups(markets: np.ndarray) -> Iterator[np.ndarray]:
    codes = pd.factorize(markets)[0]
    order = np.argsort(codes, kind="stable")
    yield from np.split(order, np.cumsum(np.bincount(codes))[:-1])


def _summed(values: np.ndarray, markets: np.ndarray, firms: np.ndarray) -> np.ndarray:
    own, rest = np.empty_like(values), np.empty_like(values)
    for rows in _groups(markets):
        same = (firms[rows][:, None] == firms[rows]).astype(float)
        own[rows] = same @ values[rows] - values[rows]
        rest[rows] = (1 - same) @ values[rows]
    return np.column_stack([own, rest])


def _near(values: np.ndarray, markets: np.ndarray, firms: np.ndarray) -> np.ndarray:
    # Two passes over the pairs of a period: how far apart they are typically, then who is nearer than that.
    blocks = list(_groups(markets))
    count = sum(len(rows) * (len(rows) - 1) for rows in blocks) or 1
    square = sum(
        2 * (len(rows) * (values[rows] ** 2).sum(axis=0) - values[rows].sum(axis=0) ** 2) for rows in blocks
    )
    apart = np.sqrt(square / count)  # differences of pairs are 0 on average
    own, rest = np.empty_like(values), np.empty_like(values)
    for rows in blocks:
        same = firms[rows][:, None] == firms[rows]
        for i, limit in enumerate(apart):
            column = values[rows, i]
            near = np.abs(column[:, None] - column) < limit
            own[rows, i] = (near & same).sum(axis=1) - (limit > 0)
            rest[rows, i] = (near & ~same).sum(axis=1)
    return np.column_stack([own, rest])
