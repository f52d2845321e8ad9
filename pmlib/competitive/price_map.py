"""What firms charge against what others charge for the same attributes, as a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pmlib.competitive.comparable import NEGLIGIBLE
from pmlib.competitive.market import check_firms, period_label, rows
from pmlib.competitive.premium import all_compared, compared, firm_premiums
from pmlib.competitive.words import apart, money
from pmlib.data import Source
from pmlib.result import Absent, Result
from pmlib.table import Column

TITLE = "Price map"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PriceMap(Result):
    """What firms charge against what their attributes cost elsewhere."""

    shown: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw the firms; above the line is dearer than comparable products."""
        from pmlib import chart

        return chart.map2d(
            self.frame, "comparable", "price", "firm",
            columns=self.columns, highlight=self.shown, diagonal=True, ax=ax,
        )  # fmt: skip


def price_map(
    source: Source, *, focal: str, rivals: Sequence[str] = (), level: float = 0.95
) -> PriceMap | Absent:
    """Set what each firm charges against what products like its own cost at the others, in the newest period.

    Parameters
    ----------
    source : one row per product (and period), with firm, price and attributes.
    focal, rivals : firms to name on the map; all firms are on it. level : of the intervals.

    Returns
    -------
    PriceMap : frame has one row a firm, the dearest first: firm, products, price (geometric mean), comparable
        (what others charge for the same attributes, estimated), estimate, low, high (price over comparable,
        minus 1), verdict.

    Raises
    ------
    ValueError : a firm is not in the source; a price of zero or below; a level outside 0 to 1.
    """
    market = compared(TITLE, source, focal, rivals, level)
    if isinstance(market, Absent):
        return market
    every = firm_premiums(market, sorted(market.rows["firm"].unique()), level)
    frame = every.dropna(subset="estimate")
    frame.insert(3, "comparable", frame["price"] / (1 + frame["estimate"]))
    frame = frame.sort_values("price", ascending=False, ignore_index=True)
    own, top = frame[frame["firm"] == focal].iloc[0], frame.loc[frame["estimate"].idxmax()]
    spec = source.columns.get("price", Column("Price"))
    when = period_label(rows(source)["period"], market.rows["period"].iloc[0])
    place = {"dearer": "above", "cheaper": "below"}.get(own["verdict"], "near")
    charged, elsewhere = money(own["price"], spec.unit), money(own["comparable"], spec.unit)
    others = f"the {elsewhere} that others charge for the same attributes"
    return PriceMap(
        title=f"{focal} {place} the line"
        + (
            f", {top['firm']} furthest above" if top["firm"] != focal and top["estimate"] > NEGLIGIBLE else ""
        ),
        subtitle=f"Typical price against what others charge for the same attributes, "
        f"{spec.unit or 'estimated'}{', ' + when if when else ''}; on the line both are equal",
        finding=f"{focal} charges {charged}, {apart(own['estimate'], own['low'], own['high'], others)}.",
        frame=frame,
        columns={
            "firm": Column("Firm"),
            "price": Column("Price charged", spec.unit, spec.digits),
            "comparable": Column("Price of comparable products", spec.unit, spec.digits),
            "estimate": Column("Difference", "%"),
            "low": Column("Low", "%"),
            "high": Column("High", "%"),
        },
        source=source.line,
        checks=(*market.checks, all_compared(every)),
        shown=tuple(check_firms(source, focal, rivals)),
    )
