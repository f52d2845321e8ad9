"""What is said of a market that was predicted from its income."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pmlib.data import Source
from pmlib.result import Number
from pmlib.table import Column, interval, interval_digits, number, percentage, plain
from pmlib.wording import lower


@dataclass(frozen=True)
class Prediction:
    """A market's penetration as the others of its income have it.

    when : the year in words, or nothing. middle, ends : of penetration. people : of the market, where given.
    """

    panel: Source
    market: str
    when: str
    middle: float
    ends: tuple[float, float]
    level: float
    people: float | None

    @property
    def unit(self) -> str:
        """Of penetration."""
        return self.panel.columns["penetration"].unit

    @property
    def owned(self) -> str:
        """What is counted: cars, of cars a person; people, of a share of them."""
        return self.unit.partition("/")[0].strip() if "/" in self.unit else "people"

    @property
    def columns(self) -> Mapping[str, Column]:
        """Of the frame."""
        label, income = self.panel.columns["penetration"], self.panel.columns["income_a_head"]
        return {
            "market": Column("Market"),
            "income_a_head": income,
            "penetration": label,
            "estimate": Column("As others of its income", self.unit),
            "low": Column("Low", self.unit),
            "high": Column("High", self.unit),
        }

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The amount where people are given, and the share."""
        what = self.panel.columns["penetration"].label
        shared: dict[str, Any] = {"level": self.level, "period": self.when, "source": self.panel.name}
        share = Number(
            name="a_head",
            label=f"{what} in {self.market}, as markets of its income have",
            value=self.middle,
            low=self.ends[0],
            high=self.ends[1],
            unit=self.unit,
            **shared,
        )
        if self.people is None:
            return (share,)
        total = Number(
            name="top_down",
            label=f"in {self.market}, as markets of its income have",
            value=self.middle * self.people,
            low=self.ends[0] * self.people,
            high=self.ends[1] * self.people,
            unit=self.owned,
            **shared,
        )
        return (total, share)

    @property
    def title(self) -> str:
        """In ten words."""
        return f"At its income, {self.market} would have {number(self.middle, self.unit)}"

    @property
    def subtitle(self) -> str:
        """What is measured against what, and when."""
        what = self.panel.columns["penetration"].heading
        income = lower(self.panel.columns["income_a_head"].heading)
        return f"{what} by {income}{', ' + self.when if self.when else ''}"

    @property
    def finding(self) -> str:
        """With the range and what it stands for."""
        most = f"{percentage(self.level)} range: {self.range(*self.ends)}"
        return f"{self.headline.rstrip('.')} ({most}, as far as markets of like income lie off the curve)."

    @property
    def headline(self) -> str:
        """In the words of the first screen."""
        words = f"As other markets of its income, {self.market} would have {number(self.middle, self.unit)}"
        if self.people is None:
            return f"{words}."
        low, high = (end * self.people for end in self.ends)
        total = number(self.middle * self.people, self.owned)
        return f"{words}, {total} in all ({interval(low, high, self.owned)})."

    def range(self, low: float, high: float) -> str:
        """Write two penetrations, with their unit once."""
        if self.unit == "%":
            return interval(low, high, self.unit)
        digits = interval_digits(low, high, self.unit)
        return f"{plain(low, self.unit, digits)} to {number(high, self.unit, digits)}"
