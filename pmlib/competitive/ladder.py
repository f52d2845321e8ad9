"""Where each firm's products stand between the cheapest and the dearest of the market: the price ladder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.market import check_firms, lacking, newest, period_label
from pmlib.competitive.prices import prices
from pmlib.competitive.words import count, listed, money, possessive, slug
from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column

TITLE = "Price ladder"
BANDS = ("cheapest fifth", "second fifth", "middle fifth", "fourth fifth", "dearest fifth")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PriceLadder(Result):
    """Cheapest, middle and dearest product of each firm, and the price bands it leaves to others."""

    shown: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw a line from each firm's cheapest to its dearest product, a dot at its middle one."""
        from pmlib import chart

        asked = self.frame[self.frame["firm"].isin(self.shown)]
        rows = asked if len(asked) > 1 else self.frame
        spec = self.columns["estimate"]
        return chart.dots(rows.head(10), "firm", spec=spec, highlight=self.shown[:1], zero=None, ax=ax)


def price_ladder(source: Source, *, focal: str, rivals: Sequence[str] = ()) -> PriceLadder | Absent:
    """Show where each firm's products stand in the newest period, and which price bands it has none in.

    Each band holds a fifth of the market's priced products.

    Parameters
    ----------
    source : one row per product (and period), with firm and price.
    focal, rivals : firms the report is about.

    Returns
    -------
    PriceLadder : frame has one row a firm, the firms asked for first, then by middle price: firm, products,
        low (cheapest), estimate (median), high (dearest), gaps (bands without a product, in words), and the
        number of products per band (band_1, the cheapest, to band_5).

    Raises
    ------
    ValueError : a firm is not in the source; a price of zero or below.
    """
    absent = lacking(TITLE, source, "firm", "price")
    if absent:
        return absent
    asked = check_firms(source, focal, rivals)
    every, known = prices(source)
    sold = newest(every)
    edges = sold["price"].quantile(np.linspace(0, 1, len(BANDS) + 1)).to_numpy()
    if len(np.unique(edges)) < len(edges):
        return Absent(
            title=TITLE, reason=f"{count(len(sold))} prices are too few or too alike for price bands."
        )
    frame = _ladder(sold, edges, asked)
    held = frame.set_index("firm")
    if focal not in held.index:
        return Absent(title=TITLE, reason=f"{focal} has no product with a price in the newest period.")
    own, when = held.loc[focal], period_label(every["period"], sold["period"].iloc[0])
    spec = source.columns.get("price", Column("Price"))
    gaps = _gaps(own)
    covered = _covered(gaps, edges, spec.unit)
    middle = Number(
        name=f"median_price_{slug(focal)}",
        label=f"is the middle price of {possessive(focal)} products",
        value=float(own["estimate"]),
        unit=spec.unit,
        period=when,
        source=source.name,
    )
    return PriceLadder(
        title=_title(focal, gaps),
        subtitle=f"Line from each firm's cheapest to its dearest product, dot at its middle one, "
        f"{spec.unit or spec.label.lower()}{', ' + when if when else ''}",
        finding=f"{_cost(focal, own, spec.unit)}; {focal} {covered}.",
        headline=f"{focal} {covered}.",
        advice=_advice(gaps, [firm for firm in asked[1:] if firm in held.index], held),
        frame=frame,
        columns={
            "firm": Column("Firm"),
            "products": Column("Products"),
            "low": Column("Cheapest", spec.unit, spec.digits),
            "estimate": Column("Middle", spec.unit, spec.digits),
            "high": Column("Dearest", spec.unit, spec.digits),
            "gaps": Column("No product in"),
        },
        source=source.line,
        numbers=(middle,),
        checks=(known,),
        shown=tuple(asked),
    )


def _ladder(sold: pd.DataFrame, edges: np.ndarray, asked: list[str]) -> pd.DataFrame:
    band = np.clip(np.searchsorted(edges, sold["price"], side="left"), 1, len(BANDS))
    counts = pd.crosstab(sold["firm"], band).reindex(columns=range(1, len(BANDS) + 1), fill_value=0)
    counts.columns = [f"band_{b}" for b in counts.columns]
    frame = sold.groupby("firm")["price"].agg(products="size", low="min", estimate="median", high="max")
    frame["gaps"] = [", ".join(_gaps(row)) or "none" for _, row in counts.iterrows()]
    frame = frame.join(counts).reset_index()
    keys = pd.DataFrame({"asked": ~frame["firm"].isin(asked), "estimate": frame["estimate"]})
    return frame.loc[keys.sort_values(["asked", "estimate"]).index].reset_index(drop=True)


def _gaps(row: pd.Series) -> list[str]:
    return [name for band, name in enumerate(BANDS, 1) if row[f"band_{band}"] == 0]


def _title(focal: str, gaps: list[str]) -> str:
    if not gaps:
        return f"{focal} sells in every price band"
    if len(gaps) == 1:
        return f"{focal} has no product in the {gaps[0]}"
    return f"{focal} sells in {count(len(BANDS) - len(gaps))} of {count(len(BANDS))} price bands"


def _cost(focal: str, own: pd.Series, unit: str) -> str:
    if own["products"] == 1:
        return f"{possessive(focal)} only product costs {money(own['low'], unit)}"
    ends = f"{money(own['low'], unit)} to {money(own['high'], unit)}"
    return f"{possessive(focal)} {count(own['products'])} products cost {ends}"


def _covered(gaps: list[str], edges: np.ndarray, unit: str) -> str:
    limits = {BANDS[0]: f" (below {money(edges[1], unit)})", BANDS[-1]: f" (above {money(edges[-2], unit)})"}
    if not gaps:
        return "sells in every fifth of the market, cheapest to dearest"
    return f"has nothing in the market's {listed([gap + limits.get(gap, '') for gap in gaps])}"


def _advice(gaps: list[str], rivals: list[str], held: pd.DataFrame) -> str:
    if not gaps or not rivals:
        return ""
    band = held.loc[rivals, f"band_{BANDS.index(gaps[0]) + 1}"]
    if band.max() == 0:
        return ""
    strongest = f"{band.idxmax()}, which sells {count(band.max())} there"
    return f"Decide whether to leave the {gaps[0]} to {strongest}."
