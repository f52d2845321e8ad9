"""Where a firm's products are behind, level or ahead in what they offer: feature parity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.comparable import SAME, comparables, is_flag
from pmlib.competitive.hedonic import directions, hedonic
from pmlib.competitive.market import (
    check_firms,
    firm_shares,
    lacking,
    newest,
    period_label,
    rows,
    sales_weights,
    span,
)
from pmlib.competitive.regression import check_level
from pmlib.competitive.scales import Scale, scales
from pmlib.competitive.words import count, listed, lower
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, column_digits, interval, number, plain

TITLE = "Features against rivals"
SMALL = 0.2  # spreads; a smaller gap is level (Cohen 1988, Statistical Power Analysis, chapter 2)
RIVALS = 4  # how many are compared with when none are named


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FeatureParity(Result):
    """What a firm's products offer against those of its rivals, one row an attribute.

    standing : attribute by firm, distance from the market's mean in spreads, positive where better.
    texts : the same cells, as the firms' means are written.
    shared : what all products have alike, where better is declared: attribute, label, better, value.
    """

    standing: pd.DataFrame
    texts: pd.DataFrame
    shared: pd.DataFrame

    def plot(self, ax: Any = None) -> Any:
        """Draw the matrix: firms across, attributes down, coloured by better or worse than the market."""
        from pmlib import chart

        return chart.heat(self.standing.head(10).clip(-1, 1), self.texts.head(10), ax=ax)


def feature_parity(
    source: Source, *, focal: str, rivals: Sequence[str] = (), level: float = 0.95
) -> FeatureParity | Absent:
    """Compare what firms offer in the newest period, and say what goes with a higher price.

    A firm's value is the mean over its units sold (over its products, without sales): of a flag the share
    that have it, of an ordered category the share at its best level. Only attributes that declare which
    direction is better are compared. A typical step, of gaps as of prices, is one spread: the standard
    deviation over all products of the newest period. Prices too are compared within that period, or over all
    periods where it has too few products to bear every attribute.

    Parameters
    ----------
    source : one row per product (and period), with firm and attributes; prices are used when there are any.
    focal, rivals : firms to compare; the largest others when no rivals are named.
    level : of the intervals.

    Returns
    -------
    FeatureParity : frame has one row an attribute, where the focal firm trails most first: attribute, label,
        better ("higher" or "lower"), step (a typical one, in units; of a share, all of it), own and best (in
        words), rival (the best one), own_value, best_value, gap (own over best, in typical steps, positive
        where better), verdict ("behind", "level", "ahead", "unknown"), estimate, low, high (price difference
        that goes with one step better, a fraction: an association, not what buyers would pay), plausible
        (False where better goes with cheaper; these come last and are not ranked), association (the
        difference in words).

    Raises
    ------
    ValueError : a firm is not in the source; a price of zero or below; a level outside 0 to 1.
    """
    check_level(level)
    absent = lacking(TITLE, source, "firm", "attribute")
    if absent:
        return absent
    sold = newest(rows(source))
    asked = check_firms(source, focal, rivals)
    asked = asked if len(asked) > 1 else _largest(source, sold, focal)
    firms = [firm for firm in asked if (sold["firm"] == firm).any()]
    if focal not in firms or len(firms) < 2:
        who = "any rival" if focal in firms else focal
        return Absent(title=TITLE, reason=f"The newest period holds no product of {who}.")
    every, left = scales(source, sold)
    if not every:
        return Absent(title=TITLE, reason="No attribute that varies declares which direction is better.")
    weights = sales_weights(source, sold)
    means = pd.DataFrame(
        {firm: {s.attribute: s.mean(sold["firm"] == firm, weights) for s in every} for firm in firms}
    )
    standing = pd.DataFrame({s.attribute: _standing(s, means.loc[s.attribute], weights) for s in every}).T
    ground = _ground(source)
    terms = _terms(ground, level)
    found = [
        _row(s, means.loc[s.attribute], standing.loc[s.attribute], focal, _price(s, terms)) for s in every
    ]
    frame = pd.DataFrame(found).sort_values(
        ["plausible", "gap"], ascending=[False, True], kind="stable", ignore_index=True
    )
    behind = frame[frame["plausible"] & (frame["verdict"] == "behind")]
    odd = frame.loc[~frame["plausible"], "label"].to_list()
    when = period_label(rows(source)["period"], sold["period"].iloc[0])
    longer = f"; prices: {span(rows(source)['period'])}" if len(terms) and ground is source and when else ""
    specs = {s.attribute: s.spec for s in every}
    order = frame["attribute"]
    headings = [specs[name].label if specs[name].unit == "%" else specs[name].heading for name in order]
    return FeatureParity(
        title=_title(focal, frame, behind),
        subtitle=f"Mean over {'units sold' if weights is not None else 'products'}"
        f"{', ' + when if when else ''}; blue: better than the market, orange: worse; "
        f"typical step: one standard deviation between products{longer}",
        finding=_finding(focal, frame, behind),
        headline=_headline(focal, frame, behind),
        advice=f"Ask buyers whether they miss {lower(behind.iloc[0]['label'])}." if len(behind) else "",
        unknown=_unknown(odd),
        frame=frame,
        columns={
            "label": Column("Attribute"),
            "own": Column(focal),
            "best": Column("Best rival"),
            "gap": Column("Gap, typical steps", digits=2),
            "verdict": Column("Verdict"),
            "association": Column("Price, one step better"),
        },
        source=source.line,
        numbers=(_number(focal, frame, when, source),),
        checks=(*_checks(source, left, asked, firms), *([directions(odd)] if len(terms) else [])),
        standing=standing.loc[order].set_axis(headings),
        texts=_texts(means.loc[order], specs).set_axis(headings),
        shared=_shared(source, sold, left),
    )


def _shared(source: Source, sold: pd.DataFrame, left: dict[str, str]) -> pd.DataFrame:
    found = []
    for name, why in left.items():
        if why == SAME and pd.api.types.is_numeric_dtype(sold[name].dtype):
            spec = source.columns[name]
            found.append((name, spec.label, spec.better, float(sold[name].dropna().iloc[0])))
    return pd.DataFrame(found, columns=["attribute", "label", "better", "value"])


def _largest(source: Source, sold: pd.DataFrame, focal: str) -> list[str]:
    firms = sold["firm"].value_counts().index.to_list()
    if source.has("units") or source.has("share"):
        firms = newest(firm_shares(source))["firm"].to_list()
    return [focal, *[firm for firm in firms if firm != focal][:RIVALS]]


def _standing(scale: Scale, means: pd.Series, weights: pd.Series | None) -> pd.Series:
    market = scale.mean(pd.Series(True, scale.column.index), weights)
    return scale.sign * (means - market) / scale.spread


def _ground(source: Source) -> Source:
    # Prices are compared in the newest period where its products suffice for all attributes.
    if not source.has("price", "period"):
        return source
    now = replace(source, frame=newest(source.frame))
    market = comparables(TITLE, now)
    return source if isinstance(market, Absent) or not market.complete else now


def _terms(source: Source, level: float) -> pd.DataFrame:
    result = hedonic(source, level=level)
    return pd.DataFrame() if isinstance(result, Absent) else result.frame.set_index("term")


def _price(scale: Scale, terms: pd.DataFrame) -> dict[str, Any]:
    # Price difference that goes with one typical step better; unknown for what the others are compared with.
    if scale.term not in terms.index:
        return {"estimate": np.nan, "low": np.nan, "high": np.nan, "plausible": True}
    term = terms.loc[scale.term]
    ends = np.expm1(scale.step(term["form"]) * term[["estimate", "low", "high"]].to_numpy(float))
    low, high = sorted(ends[1:])
    return {"estimate": ends[0], "low": low, "high": high, "plausible": bool(term["plausible"])}


def _row(
    scale: Scale, means: pd.Series, standing: pd.Series, focal: str, price: dict[str, Any]
) -> dict[str, Any]:
    others = standing.drop(focal).dropna()
    rival = others.idxmax() if len(others) else ""
    own, best = (float(means.get(firm, np.nan)) for firm in (focal, rival))
    gap = float(standing[focal] - others.max())
    unit = "" if scale.spec.unit[:1].isdigit() else scale.spec.unit  # no "2.19 10 mpg"
    return {
        "attribute": scale.attribute,
        "label": scale.spec.label,
        "better": scale.spec.better,
        "step": 1.0 if is_flag(scale.column) else scale.spread,
        "own": number(own, unit, scale.spec.digits),
        "best": f"{rival} {number(best, unit, scale.spec.digits)}",
        "rival": rival,
        "own_value": own,
        "best_value": best,
        "gap": gap,
        "verdict": _verdict(gap),
        **price,
        "association": _association(**price),
    }


def _verdict(gap: float) -> str:
    if np.isnan(gap):
        return "unknown"
    return "behind" if gap < -SMALL else "ahead" if gap > SMALL else "level"


def _association(estimate: float, low: float, high: float, *, plausible: bool) -> str:
    if np.isnan(estimate):
        return "unknown"
    words = f"{number(estimate, '%', 0)} ({interval(low, high, '%', 0)})"
    return words if plausible else f"{words}, not ranked"


def _texts(means: pd.DataFrame, specs: dict[str, Column]) -> pd.DataFrame:
    written = {}
    for name in means.index:
        unit, digits = specs[name].unit, column_digits(means.loc[name], specs[name])
        written[name] = [plain(v, unit, digits) + "%" * (unit == "%" and v == v) for v in means.loc[name]]
    return pd.DataFrame.from_dict(written, orient="index", columns=means.columns)


def _title(focal: str, frame: pd.DataFrame, behind: pd.DataFrame) -> str:
    if len(behind):
        row = behind.iloc[0]
        most = " most" if row["gap"] == frame["gap"].min() and len(behind) > 1 else ""
        return f"{focal} trails {row['rival']}{most} on {lower(row['label'])}"
    ahead = frame[frame["plausible"] & (frame["verdict"] == "ahead")]
    if len(ahead):
        return f"{focal} leads on {lower(ahead.iloc[-1]['label'])}"
    return f"{focal} is level with its best rivals"


def _headline(focal: str, frame: pd.DataFrame, behind: pd.DataFrame) -> str:
    words = _title(focal, frame, behind)
    unranked = frame[~frame["plausible"] & (frame["verdict"] == "behind")]
    if len(unranked):
        row = unranked.iloc[0]
        again = len(behind) > 0 and row["rival"] == behind.iloc[0]["rival"]
        rival = "" if again else f" {row['rival']} on"
        words += f"{', trails' if behind.empty else ' and'}{rival} {lower(row['label'])}"
    return f"{words}."


def _finding(focal: str, frame: pd.DataFrame, behind: pd.DataFrame) -> str:
    many = int((frame["verdict"] == "behind").sum())
    trails = f"{focal} {'clearly ' if many else ''}trails on {count(many)} of {count(len(frame))} attributes"
    if behind.empty:
        return f"{trails}; {_title(focal, frame, behind)}."
    row = behind.iloc[0]
    words = f"{trails}, {'among them ' if many > 1 else ''}{lower(row['label'])}: "
    words += f"{row['own']} against {row['best']}"
    if np.isnan(row["estimate"]):
        return f"{words}."
    size = f"{number(abs(row['estimate']), '%', 0)} {'higher' if row['estimate'] > 0 else 'lower'}"
    return (
        f"{words}; a typical step up goes with {size} prices ({interval(row['low'], row['high'], '%', 0)})."
    )


def _unknown(odd: list[str]) -> str:
    if not odd:
        return "What these features are worth to buyers: dearer products are not always wanted more."
    labels, goes = listed([lower(label) for label in odd]), "it goes" if len(odd) == 1 else "they go"
    return f"Whether buyers want better {labels}: other things equal, {goes} with lower prices."


def _number(focal: str, frame: pd.DataFrame, when: str, source: Source) -> Number:
    return Number(
        name="features_behind",
        label=f"of {count(len(frame))} features clearly trail the best rival",
        note=_which(frame),
        value=float((frame["verdict"] == "behind").sum()),
        period=when,
        source=source.name,
    )


def _which(frame: pd.DataFrame) -> str:
    names = [lower(label) for label in frame.loc[frame["verdict"] == "behind", "label"]]
    return listed(names) if len(names) <= 2 else ""


def _checks(source: Source, left: dict[str, str], asked: list[str], firms: list[str]) -> tuple[Check, ...]:
    all_, gone = len(source.attributes), [firm for firm in asked if firm not in firms]
    named = [f"{lower(source.columns.get(n, Column(n)).label)} ({why})" for n, why in left.items()]
    return (
        Check(
            "Every firm has products now", not gone, f"left out: {listed(gone)}" if gone else listed(firms)
        ),
        Check(
            "Most attributes can be compared",
            2 * len(left) <= all_,
            f"left out: {listed(named)}" if left else f"all {count(all_)} can",
        ),
    )
