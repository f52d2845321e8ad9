"""What is on offer as a map: products by their attributes, firms at the middle of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.comparable import SAME, is_flag
from pmlib.competitive.maps.attribute_frame import (
    attribute_rows,
    described,
    firm_rows,
    gap_row,
    product_rows,
    together,
)
from pmlib.competitive.maps.axes import TooFew
from pmlib.competitive.maps.ellipses import FEW
from pmlib.competitive.maps.empty import Empty, widest_empty
from pmlib.competitive.maps.offers import Offers, called, offers
from pmlib.competitive.maps.plane import CARRIED, across, carries, shown_share, well_shown
from pmlib.competitive.maps.principal import PrincipalComponents, principal_components
from pmlib.competitive.market import check_firms, lacking, period_label, rows
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import capital, count, listed, possessive
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number, percentage

TITLE = "Map of what is on offer"
SHOWN = 4  # firms whose middle is shown when no rivals are named: those with the most products
STANDS_OUT = 0.5  # spreads from the mean beyond which an empty place is described by an attribute
LOOKS = {
    "product": "speck", "own product": "own speck", "firm": "other", "focal firm": "dot",
    "attribute": "arrow", "gap": "gap",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AttributeMap(Result):
    """Products, firms and attributes on two axes, and what sets the focal firm apart.

    analysis : every number of the principal component analysis, on more than two axes.
    shown : firms whose middle is drawn, the focal one first. shaded : those with an ellipse, of those asked
        for.
    """

    analysis: PrincipalComponents
    shown: tuple[str, ...]
    shaded: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw the map: products as specks, firms at the middle of theirs, attributes as arrows."""
        from pmlib import chart

        named = self.frame["side"].isin(["firm", "focal firm"]) & ~self.frame["point"].isin(self.shown)
        return chart.biplot(
            self.frame[~named], "x", "y", "label", "side",
            forms=LOOKS, columns=self.columns, highlight=self.shown, shaded=self.shaded, ax=ax,
        )  # fmt: skip


def attribute_map(
    source: Source, *, focal: str, rivals: Sequence[str] = (), level: float = 0.95, seed: int = 1
) -> AttributeMap | Absent:
    """Map the products of the newest period by their attributes, and say what sets a firm's apart.

    Principal components of the attributes, each in its own standard deviations: numbers and flags as they
    are, ordered categories by their step. Products stand at their scores; an arrow points to where its
    attribute grows, longer where the map shows more of it. A firm stands at the mean of its products, each
    counted once.

    Parameters
    ----------
    source : one row per product (and period), with firm and attributes.
    focal, rivals : firms to compare; the focal one is compared with all others when no rivals are named.
    level : of the ellipses of firms (each), and of the differences (all attributes at once); both take a
        firm's products as a sample of what it might offer.
    seed : of the draws behind the ellipses.

    Returns
    -------
    AttributeMap : frame has one row an attribute, then a firm, then a product, then the widest empty place
        (where the map shows enough): point, label, kind, side (how it is drawn), firm, mass, inertia (its
        share), x, y (scores; of an attribute its correlations with the axes), contribution_1, contribution_2,
        quality (share of its difference that the map shows, cos² on two axes), long, short, angle (of a
        firm's ellipse), own, others (means of an attribute in its unit), estimate, low, high (own minus
        others in typical steps: standard deviations between products).

    Raises
    ------
    ValueError : a firm is not in the source; a level outside 0 to 1; an attribute that is infinite.
    """
    check_level(level)
    absent = lacking(TITLE, source, "firm", "attribute")
    if absent is not None:
        return absent
    asked = check_firms(source, focal, rivals)
    laid = offers(source)
    try:
        found = principal_components(laid.table)
    except TooFew as few:
        return Absent(title=TITLE, reason=f"{capital(str(few))}.")
    firms = laid.sold.loc[found.rows.mass.index, "firm"]
    against = firms.isin(asked[1:]) if len(asked) > 1 else firms != focal
    if not (firms == focal).any() or not against.any():
        who = "any rival" if (firms == focal).any() else focal
        return Absent(
            title=TITLE, reason=f"The newest period holds no product of {who} with all attributes known."
        )
    empty = widest_empty(found.rows.principal.iloc[:, :2].to_numpy())
    empty = empty if shown_share(found.explained) >= CARRIED else None
    frame = together(
        attribute_rows(source, laid, found, (firms == focal).to_numpy(), against.to_numpy(), level),
        firm_rows(found, firms, focal, level, seed),
        product_rows(laid, found, firms, focal),
        gap_row(empty),
    )
    return _told(source, laid, found, frame, firms, asked, empty, level)


def _told(
    source: Source,
    laid: Offers,
    found: PrincipalComponents,
    frame: pd.DataFrame,
    firms: pd.Series,
    asked: list[str],
    empty: Empty | None,
    level: float,
) -> AttributeMap:
    focal, share = asked[0], shown_share(found.explained)
    most = firms[firms != focal].value_counts(sort=False).sort_index().nlargest(SHOWN).index
    shown = (focal, *(firm for firm in (asked[1:] or most) if firm in set(firms)))
    when = period_label(rows(source)["period"], laid.sold["period"].iloc[0])
    attributes = frame[frame["kind"] == "attribute"]
    clear = attributes[attributes.apply(_clear, axis=1)]
    gap = attributes.loc[(clear if len(clear) else attributes)["estimate"].abs().idxmax()]
    said = _sentence(source, gap, focal, asked)
    shaded = tuple(frame.loc[frame["point"].isin(asked) & (frame["long"] > 0), "point"])
    sold = f"products{', ' + when if when else ''}, {possessive(focal)} in blue"
    stands = f", shaded: where it may stand ({percentage(level)})" if shaded else ""
    return AttributeMap(
        title=_title(gap, focal, asked),
        subtitle=f"Small dots: {sold}; large dots: the middle of each firm's{stands}. "
        "Arrows: where an attribute grows. Typical step: one standard deviation between products",
        finding=f"{said} The map shows {number(share, '%')} of all differences.",
        headline=said,
        advice=_gap_words(source, found, frame, empty) if empty else "",
        unknown="Whether buyers want what nobody offers: an empty place says nothing of demand.",
        frame=frame,
        columns={
            "label": Column("Attribute, firm or product"),
            "kind": Column("Kind"),
            "estimate": Column(f"{possessive(focal)} difference, typical steps", "", 2),
            "low": Column("Low", "", 2),
            "high": Column("High", "", 2),
            "quality": Column("Shown by the map", "%", 0),
            "x": Column(across(found.explained, 0)),
            "y": Column(across(found.explained, 1)),
            "firm": Column("Firm"),
        },
        source=source.line,
        numbers=_numbers(source, gap, focal, asked, share, when, level),
        checks=_checks(source, laid, found, frame, shown),
        analysis=found,
        shown=shown,
        shaded=shaded,
    )


def _title(gap: pd.Series, focal: str, asked: list[str]) -> str:
    whom = asked[1] if len(asked) == 2 else "its rivals"
    if not _clear(gap):
        return f"{focal} is not clearly set apart from {whom}"
    return f"{gap['label']} most sets {focal} apart from {whom}"


def _clear(gap: pd.Series) -> bool:
    # As it is written: a difference of 0.0 to 1.1 is not clear.
    if np.isnan(gap["low"]):
        return False
    digits = interval_digits(gap["low"], gap["high"])
    return bool(round(gap["low"], digits) > 0 or round(gap["high"], digits) < 0)


def _sentence(source: Source, gap: pd.Series, focal: str, asked: list[str]) -> str:
    name, spec = gap["point"], source.columns.get(gap["point"], Column(gap["point"]))
    whose = possessive(asked[1]) if len(asked) == 2 else "those of its rivals"
    sure = gap["low"] == gap["low"]
    digits = interval_digits(gap["low"], gap["high"]) if sure else 1
    more = "more" if gap["estimate"] > 0 else "less"
    words = f"{number(abs(gap['estimate']), '', digits)} typical steps {more}"
    if not sure:
        words += ", with too few products to tell how surely"
    else:
        low, high = sorted(np.sign(gap["estimate"]) * gap[["low", "high"]].to_numpy(float))
        words += f" ({interval(low, high, '', digits)}){'' if _clear(gap) else ', which may be chance'}"
    if gap["own"] == gap["own"]:
        unit = "%" if is_flag(source.frame[name]) else spec.unit
        words = f"{number(gap['own'], unit)} against {number(gap['others'], unit)}, {words}"
    return f"{possessive(focal)} products differ most from {whose} in {called(source, name)}: {words}."


def _gap_words(source: Source, found: PrincipalComponents, frame: pd.DataFrame, empty: Empty) -> str:
    like = listed(described(source, found, empty.place, STANDS_OUT)) or "what is usual"
    product = frame[frame["kind"] == "product"].iloc[empty.nearest]
    return f"The widest empty place on the map has {like}; nearest is {product['point']} ({product['firm']})."


def _numbers(
    source: Source, gap: pd.Series, focal: str, asked: list[str], share: float, when: str, level: float
) -> tuple[Number, ...]:
    whom = asked[1] if len(asked) == 2 else "its rivals"
    sure = gap["low"] == gap["low"]
    return (
        Number(
            name="focal_difference",
            label=f"typical steps between {focal} and {whom} in {called(source, gap['point'])}",
            value=float(gap["estimate"]),
            low=float(gap["low"]) if sure else None,
            high=float(gap["high"]) if sure else None,
            level=level if sure else None,
            period=when,
            source=source.name,
        ),
        Number(
            name="map_share", label="of all differences are on the map", value=share, unit="%", period=when,
            source=source.name,
        ),
    )  # fmt: skip


def _checks(
    source: Source,
    laid: Offers,
    found: PrincipalComponents,
    frame: pd.DataFrame,
    shown: tuple[str, ...],
) -> tuple[Check, ...]:
    left = laid.left | {called(source, name): SAME for name in found.constant}
    gone = list(laid.sold.loc[list(found.missing), "name"].astype("str"))
    more = f" and {count(len(gone) - 4)} more" if len(gone) > 4 else ""
    few = list(
        frame.loc[frame["point"].isin(shown) & (frame["kind"] == "firm") & frame["long"].isna(), "point"]
    )
    named = [f"{name} ({why})" for name, why in left.items()]
    return (
        carries(shown_share(found.explained)),
        Check(
            "Every attribute is on the map",
            not left,
            f"left out: {listed(named)}" if left else f"all {count(len(found.means))} are",
        ),
        Check(
            "Products mapped have all attributes",
            not gone,
            f"left out: {', '.join(gone[:4])}{more}" if gone else count(len(found.standardised)),
        ),
        Check(
            f"Firms shown have at least {FEW} products, so it is known how sure their middle is",
            not few,
            f"not {listed(few)}" if few else "all do",
        ),
        well_shown(frame[frame["kind"] == "attribute"]),
    )
