"""Which segment first: size now, growth and fit, ranked with how sure the order is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from pmlib.data import Source
from pmlib.parameters import check_count, check_level, check_name, check_seed
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.drivers import words
from pmlib.sizing.fit import Fit, fits
from pmlib.sizing.segment_sizes import SegmentSizes, segment_sizes
from pmlib.table import Column, interval, number, percentage

DRAWS = 10_000
PERIODS, WIDE = 6, 0.2  # below and beyond which growth is hardly known
LARGEST = 300.0  # logs beyond it, of hardly known growth, are no numbers
LONGEST = 50.0  # years a trend may be carried on
RULE = "Attractiveness is size times fit"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Segments(Result):
    """Segments, the most attractive first.

    frame : segment, size (now), growth, growth_low, growth_high (a year), future, future_low, future_high
        (size at the horizon), fit, fit_low, fit_high (0-1 of the best), estimate, low, high (attractiveness:
        future size times fit), rank, first (chance to be first), place_low, place_high (of the rank),
        above_next (chance to be above the next one), periods.
    """

    top: int

    def plot(self, ax: Any = None) -> Any:
        """Draw size against growth; the area of a bubble is the attractiveness."""
        from pmlib import chart

        shown = self.frame.head(self.top)
        return chart.bubble(
            shown,
            "size",
            "growth",
            "estimate",
            "segment",
            columns=self.columns,
            highlight=list(shown["segment"].head(3)),
            ax=ax,
        )


def segments(
    source: Source | None,
    *,
    value: str = "units",
    fit: Sequence[str] = (),
    horizon: float = 3,
    top: int = 10,
    level: float = 0.95,
    seed: int = 1,
    draws: int = DRAWS,
) -> Segments | Absent:
    """Rank segments by their size to come and by how well they fit us.

    Growth is the slope of a line through logs of three periods or more, its error widened where neighbouring
    years err alike; a column of role growth (fractions a year) goes before it and has no range. Segments err
    on their own.

    Parameters
    ----------
    source : a row a segment (role segment, else market, else product) and period; value is summed.
    value : what size is: "units", "revenue" (else units or share times price), or a column by name, so that
        money in purchasing power and at exchange rates are two columns.
    fit : of segments, as in "young: 3 .. 5" (0 to 5) or "young: 60% .. 80%"; a role fit gives it too; the
        best where none is given.
    horizon : years ahead. top : segments in the chart.
    level : of intervals, and of when an order can be told. draws, seed : of the ranks.

    Returns
    -------
    Segments : see there.

    Raises
    ------
    ValueError : one line that names the segment, period or parameter that cannot be used.
    """
    check_level(level)
    check_name("value", value)
    check_seed(seed)
    _check(horizon, top, draws)
    sizes = segment_sizes(source, value, float(horizon))
    if isinstance(sizes, Absent):
        return sizes
    assert source is not None
    fitted = fits(fit, list(sizes.frame["segment"]))
    frame = _ranked(sizes, fitted, float(horizon), level, seed, draws)
    told = _told(frame, level)
    until = _until(sizes.period, float(horizon))
    return Segments(
        title=_title(frame, told),
        subtitle=_subtitle(sizes, frame, until, level),
        finding=" ".join([_first(frame, sizes.size, until, level), _order(frame, told)]),
        headline=_place(frame),
        advice=_advice(frame, told),
        unknown=_unknown(frame),
        frame=frame,
        columns={
            "segment": sizes.parts,
            "size": Column("Size now", sizes.size.unit, sizes.size.digits),
            "growth": Column("Growth a year", "%", 1),
            "fit": Column("Fit", "%", 0),
            "estimate": Column(f"Size × fit {until}", sizes.size.unit),
            "first": Column("Chance to be first", "%", 0),
        },
        numbers=_numbers(frame, sizes.size, level, until, source.name),
        checks=_checks(frame, sizes),
        source=source.line,
        top=top,
    )


def _check(horizon: float, top: int, draws: int) -> None:
    if isinstance(horizon, bool) or not isinstance(horizon, (int, float)) or not 0 < horizon <= LONGEST:
        raise ValueError(f"horizon is {horizon!r}; give years above 0, at most {LONGEST:g}")
    check_count("top", top, 1)
    check_count("draws", draws, 100)


def _ranked(
    sizes: SegmentSizes, fitted: dict[str, Fit], horizon: float, level: float, seed: int, draws: int
) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows, drawn = [], []
    tails = [0.5, (1 - level) / 2, (1 + level) / 2]
    for one in sizes.frame.to_dict("records"):
        own = fitted.get(one["segment"]) or Fit(*[_or_best(one.get("fit_given"))] * 2)
        t = random.standard_t(one["df"], draws) if one["df"] else np.zeros(draws)
        attraction = np.exp(np.clip(one["future"] + t * one["future_se"], -LARGEST, LARGEST)) * own.draw(
            random, draws
        )
        reach = float(stdtrit(one["df"], tails[2])) if one["df"] else 0.0
        ends = reach * np.array([0, -1, 1])
        growth = np.expm1(np.clip(one["growth"] + ends * one["growth_se"], -LARGEST, LARGEST))
        future = np.exp(np.clip(one["future"] + ends * one["future_se"], -LARGEST, LARGEST))
        fit = [(own.low + own.high) / 2, own.low, own.high]
        rows.append(
            [
                one["segment"],
                one["size"],
                *growth,
                *future,
                *fit,
                *np.quantile(attraction, tails),
                one["periods"],
            ]
        )
        drawn.append(attraction)
    columns = ["segment", "size"]
    columns += [f"{name}{end}" for name in ("growth", "future", "fit") for end in ("", "_low", "_high")]
    frame = pd.DataFrame(rows, columns=[*columns, "estimate", "low", "high", "periods"])
    return _places(frame, np.array(drawn), tails)


def _or_best(fit: Any) -> float:
    return 1.0 if fit is None or np.isnan(fit) else float(fit)


def _places(frame: pd.DataFrame, drawn: np.ndarray, tails: list[float]) -> pd.DataFrame:
    order = np.argsort(-frame["estimate"].to_numpy(), kind="stable")
    frame, drawn = frame.iloc[order].reset_index(drop=True), drawn[order]
    places = len(drawn) - np.argsort(np.argsort(drawn, axis=0, kind="stable"), axis=0, kind="stable")
    above = (drawn[:-1] > drawn[1:]).mean(axis=1) + (drawn[:-1] == drawn[1:]).mean(axis=1) / 2
    low, high = np.quantile(places, tails[1:], axis=1, method="nearest")
    return frame.assign(
        rank=np.arange(1, len(frame) + 1),
        first=(places == 1).mean(axis=1),
        place_low=low.astype(int),
        place_high=high.astype(int),
        above_next=[*above, np.nan],
    )


def _told(frame: pd.DataFrame, level: float) -> list[bool]:
    """Say of each segment but the last whether it is surely above the next."""
    return [bool(chance >= level) for chance in frame["above_next"].iloc[:-1]]


def _until(period: str, horizon: float) -> str:
    """Say when the horizon is: by 1993, in 2.5 years."""
    if period.isdigit() and horizon == int(horizon):
        return f"by {int(period) + int(horizon)}"
    return f"in {horizon:g} {'year' if horizon == 1 else 'years'}"


def _title(frame: pd.DataFrame, told: list[bool]) -> str:
    first, second = frame["segment"].iloc[:2]
    if told[0]:
        return f"{first} comes first"
    return f"{first} leads {second}, but not for sure"


def _first(frame: pd.DataFrame, size: Column, until: str, level: float) -> str:
    row = frame.iloc[0]
    future = words.estimate(row["future"], row["future_low"], row["future_high"], size.unit, level)
    grown = number(row["growth"], "%", 1)
    if row["growth_high"] > row["growth_low"]:
        grown += f" ({interval(row['growth_low'], row['growth_high'], '%')})"
    fit = f", at a fit of {number(row['fit'], '%', 0)}" if frame["fit_low"].min() < 1 else ""
    return f"{_place(frame)} Its {words.lower(size.label)}: {future} {until}, growing {grown} a year{fit}."


def _place(frame: pd.DataFrame) -> str:
    row = frame.iloc[0]
    chance = "over 99%" if row["first"] > 0.99 else number(row["first"], "%", 0)
    return f"{row['segment']} comes first, with a chance of {chance}."


def _order(frame: pd.DataFrame, told: list[bool]) -> str:
    pairs = [
        (frame["segment"].iloc[i], frame["segment"].iloc[i + 1]) for i, sure in enumerate(told) if not sure
    ]
    pairs = [pair for pair in pairs if pair[1] in set(frame["segment"])]
    if not pairs:
        return "The order is clear." if len(frame) > 2 else "That is clear."
    said = words.listed([f"{one} and {other}" for one, other in pairs[:2]], "or of")
    return f"The order of {said} cannot be told."


def _advice(frame: pd.DataFrame, told: list[bool]) -> str:
    first, second = frame["segment"].iloc[:2]
    if told[0]:
        return f"Start with {first}."
    return (
        f"Let something else than size decide between {first} and {second}: cost to enter, or a test in both."
    )


def _unknown(frame: pd.DataFrame) -> str:
    unsure = np.log(frame["future_high"] / frame["future_low"]).head(3)
    if frame["fit_high"].gt(frame["fit_low"]).any() and (unsure < np.log(1.5)).all():
        return "A surer fit: ask a few buyers of the first segments."
    return "A break in the growth of the first segments; the line knows of none."


def _subtitle(sizes: SegmentSizes, frame: pd.DataFrame, until: str, level: float) -> str:
    grown = (
        "growth as given"
        if frame["growth_high"].eq(frame["growth_low"]).all()
        else "growth by its steady trend"
    )
    when = ", ".join(filter(None, [sizes.size.heading, sizes.period]))
    return f"{when}; {grown}. {RULE} {until}: the area of a bubble. {percentage(level)} intervals."


def _numbers(frame: pd.DataFrame, size: Column, level: float, until: str, source: str) -> tuple[Number, ...]:
    row = frame.iloc[0]
    varies = row["future_high"] > row["future_low"]
    future = Number(
        name="first_segment_size",
        label=f"{words.lower(size.label)}, {row['segment']}",
        value=float(row["future"]),
        low=float(row["future_low"]) if varies else None,
        high=float(row["future_high"]) if varies else None,
        level=level if varies else None,
        unit=size.unit,
        period=until,
        source=source,
    )
    chance = Number(
        name="first_segment_chance",
        label=f"chance that {row['segment']} comes first",
        value=round(float(row["first"]), 3),
        unit="%",
        source=source,
    )
    return future, chance


def _checks(frame: pd.DataFrame, sizes: SegmentSizes) -> tuple[Check, ...]:
    spread = frame["growth_high"] - frame["growth_low"]
    few = list(frame.loc[spread.gt(0) & frame["periods"].lt(PERIODS), "segment"])
    widest = frame.loc[spread.idxmax(), "segment"]
    saw = f"widest {number(float(spread.max()), 'points', 1)}, of {widest}"
    return (
        Check("Every segment can be compared", not sizes.left_out, "; ".join(sizes.left_out[:5]) or "all"),
        Check(
            f"Growth rests on {PERIODS} periods or more",
            not few,
            f"fewer of {words.listed(few[:5])}" if few else "all",
        ),
        Check(f"No range of growth is wider than {number(WIDE, 'points', 0)}", spread.max() <= WIDE, saw),
    )
