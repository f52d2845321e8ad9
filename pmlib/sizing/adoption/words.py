"""What a forecast of adoption says in words, numbers and checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, log10
from typing import Any

import numpy as np
import pandas as pd

from pmlib.result import Check, Number
from pmlib.sizing.adoption import few
from pmlib.sizing.adoption.history import History
from pmlib.sizing.adoption.outlook import Outlook
from pmlib.table import interval, interval_digits, number, percentage

NAIVE = {
    "sales": "the last value",
    "stock": "the same step each period",
    "share": "the same step each period",
}
CURVE = {
    "bass": "Bass",
    "gompertz": "Gompertz",
    "shifted_gompertz": "shifted Gompertz",
    "logistic": "logistic",
}


@dataclass(frozen=True, eq=False)
class Words:
    """Writes a forecast; all values are as computed."""

    history: History
    frame: pd.DataFrame
    outlook: Outlook
    level: float
    identified: bool
    pooled: bool
    peak: pd.Timestamp | None
    analogues: int
    likeness: Mapping[str, float]
    anchored: str

    @property
    def unit(self) -> str:
        return self.history.column.unit

    @property
    def end(self) -> pd.Series:
        """The last row ahead."""
        return self.frame.iloc[-1]

    @property
    def truth(self) -> pd.DataFrame:
        """The rows ahead of which it is known what came."""
        return self.frame[self.frame["later"].notna()]

    def title(self) -> str:
        last = self.history.seen[-1]
        more = self.end["estimate"] / last if last > 0 else np.inf
        way = "grow" if more > 1.05 else "fall" if more < 0.95 else "stay about level"
        return f"{self.history.column.label}: expected to {way} to {self._when()}".replace(
            "level to", "level until"
        )

    def finding(self) -> str:
        return " ".join(
            filter(None, [self._expected(), self._came(), self._ceiling(), self._peak(), self._basis()])
        )

    def headline(self) -> str:
        return " ".join(filter(None, [self._expected(), self._came()]))

    def advice(self) -> str:
        low, high = self._round(self.end["low"]), self._round(self.end["high"])
        return f"Plan on {low} in {self._when()} and be ready for {high}."

    def unknown(self) -> str:
        if not self.identified:
            return "More periods, past the fastest growth, or a sized market to bound the ceiling."
        if self.pooled:
            return "More periods of the series itself: with so few, other series speak for it."
        return "A change of the market itself (price, substitute, law) that the history does not hold."

    def subtitle(self) -> str:
        first, last = (self.history.said(self.history.dates.iloc[at]) for at in (0, -1))
        return (
            f"{self.history.column.label}, {self.history.name}, known {first} to {last}; "
            f"forecast to {self._when()} with {percentage(self.level)} and 95% bands."
        )

    def numbers(self) -> tuple[Number, ...]:
        common: dict[str, Any] = {"level": self.level, "unit": self.unit, "source": self.history.source.name}
        ceiling = self.outlook.ceiling
        return (
            Number(
                name="forecast", label=f"{self._what()} expected", value=float(self.end["estimate"]),
                low=float(self.end["low"]), high=float(self.end["high"]), period=self._when(), **common,
            ),
            Number(
                name="ceiling",
                label="ceiling" + ("" if self.identified else ", not identified: at least its low end"),
                value=ceiling.middle, low=ceiling.low, high=ceiling.high, **common,
            ),
        )  # fmt: skip

    def checks(self) -> tuple[Check, ...]:
        return tuple(
            filter(
                None, [self._naive_check(), self._points_check(), self._bound_check(), *self._data_checks()]
            )
        )

    def _what(self) -> str:
        return self.history.column.label.lower()

    def _when(self) -> str:
        return self.history.said(self.end["period"])

    def _digits(self) -> int:
        return interval_digits(float(self.end["low"]), float(self.end["high"]), self.unit)

    def _round(self, value: float) -> str:
        return number(coarse(float(value), self._digits()), self.unit, self._digits())

    def _expected(self) -> str:
        low, high = (coarse(float(self.end[side]), self._digits()) for side in ("low", "high"))
        band = f"{interval(low, high, self.unit)}, {percentage(self.level)}"
        naive = self._round(self.end["naive"])
        start = "By" if self.history.kind != "sales" else "In"
        about = self._round(self.end["estimate"])
        return f"{start} {self._when()} about {about} ({band}); {NAIVE[self.history.kind]} would say {naive}."

    def _came(self) -> str:
        if self.truth.empty:
            return ""
        row = self.truth.iloc[-1]
        inside = row["low"] <= row["later"] <= row["high"]
        off = number(row["estimate"] / row["later"] - 1, "%", 1, sign=True) if row["later"] > 0 else ""
        naive = number(row["naive"] / row["later"] - 1, "%", 1, sign=True) if row["later"] > 0 else ""
        errors = f": the forecast was {off} off, {NAIVE[self.history.kind]} {naive}" if off else ""
        place = "inside" if inside else "outside"
        came = self._round(row["later"])
        return f"In {self.history.said(row['period'])} it was {came}, {place} the band{errors}."

    def _ceiling(self) -> str:
        ceiling = self.outlook.ceiling
        if not self.identified:
            at_least = number(ceiling.low, self.unit, interval_digits(0, ceiling.low, self.unit))
            return f"The potential is not identified: at least {at_least}."
        anchored = f", anchored at {self.anchored}" if self.anchored else ""
        digits = interval_digits(ceiling.low, ceiling.high, self.unit)
        about = number(ceiling.middle, self.unit, digits)
        return f"The ceiling is about {about} ({interval(ceiling.low, ceiling.high, self.unit)}{anchored})."

    def _peak(self) -> str:
        if self.peak is None or not self.identified:
            return ""
        when, last = self.history.said(self.peak), self.history.dates.iloc[-1]
        return f"Adoption {'was' if self.peak <= last else 'is'} fastest about {when}."

    def _basis(self) -> str:
        if not self.pooled:
            best = max(self.outlook.weights, key=lambda name: self.outlook.weights[name])
            share = percentage(round(self.outlook.weights[best], 2))
            return (
                f"Hindcasts favour {_article(CURVE.get(best, best))} ({share} of the weight)."
                if len(self.outlook.weights) > 1
                else ""
            )
        points = f"{len(self.history.seen)} points"
        if not self.analogues:
            return f"It is prior-driven: {points} under a general prior of how products spread."
        like = f", most like {next(iter(self.likeness))}" if self.likeness else ""
        lent = f"{self.analogues} analogue{'s' if self.analogues > 1 else ''}"
        return f"It is prior-driven: {points} pooled with {lent}{like}."

    def _naive_check(self) -> Check | None:
        own, naive = self.outlook.errors.get(few.AVERAGE), self.outlook.errors.get(self._naive_name())
        if own is None or naive is None:
            return None
        where = "on the analogues, each left out" if self.pooled else "in the hindcast"
        saw = f"scaled error {number(own, '', 2)}, {self._naive_name()} {number(naive, '', 2)}"
        return Check(f"The forecast beats {NAIVE[self.history.kind]} {where}", own < naive, saw)

    def _naive_name(self) -> str:
        return "last value" if self.history.kind == "sales" or self.pooled else "drift"

    def _points_check(self) -> Check:
        saw = f"{len(self.history.seen)} points"
        return Check(
            f"The series speaks for itself ({few.MOST + 1} points or more)",
            not self.pooled and len(self.history.seen) > few.MOST,
            saw if not self.pooled else f"{saw}: prior-driven",
        )  # fmt: skip

    def _bound_check(self) -> Check:
        ceiling = self.outlook.ceiling
        return Check(
            f"The series{' and its anchor bound' if self.anchored else ' bounds'} its potential",
            self.identified,
            interval(ceiling.low, ceiling.high, self.unit),
        )

    def _data_checks(self) -> list[Check]:
        zeros, history = int((self.history.seen == 0).sum()), self.history
        found = []
        if zeros:
            found.append(Check("Something was adopted in every period", False, f"{zeros} at 0"))
        if not history.even:
            found.append(
                Check("Every period is known", False, f"{len(history.seen)} of {int(history.times[-1])}")
            )
        if not self.truth.empty:
            inside = int(self.truth["later"].between(self.truth["low"], self.truth["high"]).sum())
            came = len(self.truth)
            label = f"What came lies in the {percentage(self.level)} band about as often"
            found.append(Check(label, inside >= round((2 * self.level - 1) * came, 9), f"{inside} of {came}"))
        return found


def coarse(value: float, digits: int) -> float:
    """Round to tens, hundreds, … as the range allows, but keep two digits of the value itself."""
    if digits >= 0 or not value:
        return value
    return round(value, max(digits, 1 - floor(log10(abs(value)))))


def _article(word: str) -> str:
    return f"the {word}" if word in ("last value", "drift") else f"the {word} curve"
