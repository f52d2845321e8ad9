"""How far the answer to one scenario moves with what was assumed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pmlib.competitive.regression import few_draws
from pmlib.competitive.whatif.scenario import HOLD, Scenario
from pmlib.competitive.whatif.what_if import what_if
from pmlib.competitive.words import count, level_words, listed
from pmlib.given import unfitted
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number

TITLE = "How fragile the answer is"
ALIKE = 0.0005  # answers this near each other are written the same
COLUMNS = {
    "assumption": Column("Assumed"),
    "estimate": Column("Change of what is sold", "%", 1),
    "low": Column("Low", "%", 1),
    "high": Column("High", "%", 1),
    "gap": Column("Against the first", "points", 1),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sensitivity(Result):
    """One scenario under several assumptions, the first as the base, then the one that moves it most.

    frame : a row an assumption: assumption, estimate, low, high (relative change of what the focal one
        sells), gap (to the first), points (change of its share), causal.
    """

    base: str
    scenario: Scenario = field(repr=False)

    def plot(self, ax: Any = None) -> Any:
        """Draw the answer under each assumption."""
        from pmlib import chart

        return chart.dots(
            self.frame.head(12), "assumption", spec=self.columns["estimate"], highlight=[self.base], ax=ax
        )


def sensitivity(
    models: Mapping[str, Any],
    scenario: str | Scenario,
    *,
    focal: str,
    costs: str | Mapping[str, float] | None = None,
    rivals: str = HOLD,
    period: str | int | None = None,
    level: float = 0.95,
    draws: int = 300,
    seed: int = 1,
) -> Sensitivity | Absent:
    """Ask one scenario of several models.

    Parameters
    ----------
    models : what is assumed, in words ("twice the market"), to the fitted demand; the first is the base. One
        that could not be fitted (Absent) is left out and named.
    scenario, focal, costs, rivals, period, level, draws, seed : as in `what_if`.

    Returns
    -------
    Sensitivity : frame has a row an assumption.

    Raises
    ------
    ValueError : fewer than two models; those of `what_if`.
    """
    if len(models) < 2:
        raise ValueError(f"models holds {list(models)}; give the base and at least one alternative")
    if isinstance(scenario, list | tuple):
        raise ValueError("sensitivity asks one scenario; give one text")
    absent = {name: unfitted(TITLE, model) for name, model in models.items()}
    left = {name: found.reason for name, found in absent.items() if found}
    base = next(iter(models))
    if base in left or len(models) - len(left) < 2:
        why = left.get(base) or next(iter(left.values()))
        return Absent(title=TITLE, reason=f"There are not two models to compare: {why}")
    rows, asked = [], None
    for name, model in models.items():
        if name in left:
            continue
        told = what_if(
            model,
            scenario,
            focal=focal,
            costs=costs,
            rivals=rivals,
            period=period,
            level=level,
            draws=draws,
            seed=seed,
        )
        assert not isinstance(told, Absent)
        row, asked = told.own.iloc[0], told.scenarios[0]
        rows.append(
            {
                "assumption": name,
                "estimate": row["relative"],
                "low": row["relative_low"],
                "high": row["relative_high"],
                "points": row["estimate"],
                "causal": model.demand.causal,
            }
        )
    assert asked is not None
    frame = pd.DataFrame(rows)
    frame["gap"] = frame["estimate"] - frame["estimate"].iloc[0]
    order = [0, *(frame["gap"].abs().iloc[1:].sort_values(ascending=False, kind="stable").index)]
    frame = frame.loc[order].reset_index(drop=True)
    return Sensitivity(
        title=_title(frame, focal),
        finding=_finding(frame, focal, asked),
        subtitle=f"Change of what {focal} sells if {asked.said()}; {level_words(level)}",
        frame=frame,
        columns=COLUMNS,
        source=next(m.demand.source for n, m in models.items() if n not in left),
        numbers=_numbers(frame, focal, level),
        checks=(*_checks(frame, left), *few_draws(draws, level)),
        unknown=f"Which assumption holds: the answer moves most with “{frame['assumption'].iloc[1]}”."
        if frame["gap"].abs().max() >= ALIKE
        else "",
        base=base,
        scenario=asked,
    )


def _alike(frame: pd.DataFrame) -> bool:
    return bool((frame["estimate"] > 0).all() or (frame["estimate"] < 0).all())


def _title(frame: pd.DataFrame, focal: str) -> str:
    if not frame["causal"].iloc[0]:
        return "Assumptions move the description, too"
    if not _alike(frame):
        return f"Whether {focal} gains hangs on what is assumed"
    low, high = sorted(frame["estimate"].abs().agg(["min", "max"]))
    less = "less" if frame["estimate"].iloc[0] < 0 else "more"
    size = number(low, "%", 1) if high - low < ALIKE else interval(low, high, "%")
    return f"{focal} sells {size} {less} whatever is assumed"


def _finding(frame: pd.DataFrame, focal: str, scenario: Scenario) -> str:
    first, most = frame.iloc[0], frame.iloc[1]
    middle = number(first["estimate"], "%", interval_digits(first["low"], first["high"], "%"), sign=True)
    spread = interval(first["low"], first["high"], "%")
    moved = interval_digits(most["low"], most["high"], "%")
    said = f"If {scenario.said()}, what {focal} sells changes by {middle} ({spread})"
    said += f" under “{first['assumption']}”"
    if abs(most["gap"]) < ALIKE:
        return f"{said}; no other assumption moves it."
    return (
        f"{said}; “{most['assumption']}” moves it most, to "
        f"{number(most['estimate'], '%', moved, sign=True)} ({interval(most['low'], most['high'], '%')})."
    )


def _numbers(frame: pd.DataFrame, focal: str, level: float) -> tuple[Number, ...]:
    if not frame["causal"].iloc[0]:
        return ()
    low, high = frame["estimate"].min(), frame["estimate"].max()
    return (
        Number(
            name="sensitivity",
            label=f"change of what {focal} sells; range over {count(len(frame))} assumptions",
            value=float(frame["estimate"].iloc[0]), low=float(low), high=float(high), unit="%",
        ),
    )  # fmt: skip


def _checks(frame: pd.DataFrame, left: Mapping[str, str]) -> tuple[Check, ...]:
    only = frame.loc[~frame["causal"].astype(bool), "assumption"]
    inside = frame["estimate"].between(frame["low"].iloc[0], frame["high"].iloc[0])
    out = frame.loc[~inside, "assumption"]
    found = [
        Check(
            "Every assumption gives an answer within the first one's range", bool(inside.all()),
            "all do" if inside.all() else f"not {listed([f'“{name}”' for name in out])}",
        ),
        Check(
            "Every model may be read as what a price change does", only.empty,
            "all may" if only.empty else f"not {listed([f'“{name}”' for name in only])}",
        ),
    ]  # fmt: skip
    if left:
        found.append(
            Check("Every assumption could be tried", False, "; ".join(f"“{n}”: {r}" for n, r in left.items()))
        )
    return tuple(found)
