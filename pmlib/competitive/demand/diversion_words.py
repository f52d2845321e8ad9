"""What a diversion result says: title, sentence, numbers and checks."""

from typing import Any

import pandas as pd

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.words import listed, slug
from pmlib.result import Check, Number
from pmlib.table import interval, interval_digits, number

CERTAIN = 1e-9  # width of an interval below which there is nothing to be unsure of
APART = 0.1  # share of lost buyers by which a model and observed switching may differ before it is said


def checks(frame: pd.DataFrame, seen: pd.DataFrame, *, plain: bool) -> tuple[Check, ...]:
    """Check that the model makes sense, and what it can tell."""
    wrong = frame.loc[~frame["estimate"].between(-1e-9, 1 + 1e-9), "lost_by"].unique()
    checks = [
        Check(
            "Every rival gains a share of the lost buyers", not len(wrong),
            f"not of {listed(list(wrong[:3]))}" if len(wrong)
            else f"{number(frame['estimate'].max(), '%')} at most",
        ),
        Check(
            "The model can learn which products are close", not plain,
            "each rival gains by its share, by construction (plain logit)" if plain
            else "tastes or groups of products set some closer than others",
        ),
    ]  # fmt: skip
    if not seen.empty:
        far = seen.loc[(seen["model"] - seen["observed"]).abs().idxmax()]
        model, found = (number(far[column], "%", 0) for column in ("model", "observed"))
        saw = f"{far['goes_to']}: {model} in the model, {found} observed"
        near = bool(abs(far["model"] - far["observed"]) <= APART)
        checks.append(Check("Buyers who switched went where the model says", near, saw))
    return tuple(checks)


def unknown(*, plain: bool, checked: bool) -> str:
    """Say what would change the answer."""
    if plain and not checked:
        return "Which rivals are really close: this model sends lost buyers to each by its size."
    return ""


def title(top: Any, name: str, *, causal: bool) -> str:
    """Say who gains most; where nothing shows what prices do, who stands closest."""
    return (
        f"{name} loses most to {top['goes_to']}" if causal else f"{top['goes_to']} stands closest to {name}"
    )


def lost(name: str, *, causal: bool) -> str:
    """Say which buyers this is about."""
    return f"whom {name} loses by a higher price" if causal else f"whom {name} might lose"


def finding(top: Any, away: pd.DataFrame, name: str, sizes: pd.DataFrame, *, causal: bool) -> str:
    """Say it in a sentence, with ranges."""
    said = f"{'Of' if causal else 'By this model, of'} the buyers {lost(name, causal=causal)}"
    go, buy, loses = ("go", "buy", "it loses") if causal else ("would go", "would buy", "it might lose")
    still = " and who still buy" if not away.empty else ""
    share = _ranged(top["inside"], top["inside_low"], top["inside_high"])
    said += f"{still}, {share} {go} to {top['goes_to']}"
    if away.empty:
        return f"{said}."
    row = away.iloc[0]
    said += f"; of all {loses}, {number(row['estimate'], '%')} {buy} none of these"
    if sizes.empty:
        return f"{said}."
    span = sorted([*sizes["outside"], row["estimate"]])
    return f"{said}, which rests on the assumed size of the market ({interval(span[0], span[-1], '%', 0)})."


def _ranged(middle: float, low: float, high: float) -> str:
    if high - low < CERTAIN:
        return number(middle, "%")
    return f"{number(middle, '%', min(1, interval_digits(low, high, '%')))} ({interval(low, high, '%')})"


def _number(name: str, label: str, ends: tuple[float, float, float], level: float, source: str) -> Number:
    middle, low, high = map(float, ends)
    if high - low < CERTAIN:
        return Number(name=name, label=label, value=middle, unit="%", source=source)
    return Number(
        name=name, label=label, value=middle, low=low, high=high, level=level, unit="%", source=source
    )


def numbers(top: Any, away: pd.DataFrame, name: str, level: float, demand: Demand) -> tuple[Number, ...]:
    """Make the largest flow, and that to buying none, Numbers."""
    numbers = [
        _number(
            f"diversion_{slug(name)}_{slug(top['goes_to'])}",
            f"of {name}'s lost buyers who still buy go to {top['goes_to']}",
            (top["inside"], top["inside_low"], top["inside_high"]), level, demand.source,
        )
    ]  # fmt: skip
    numbers += [
        _number(
            f"diversion_{slug(name)}_outside", f"of {name}'s lost buyers buy none of these",
            (row["estimate"], row["low"], row["high"]), level, demand.source,
        )
        for _, row in away.iterrows()
    ]  # fmt: skip
    return tuple(numbers)
