"""The words about tests of several lengths: which is worth running, and what the decision is without one."""

from dataclasses import dataclass
from functools import cached_property
from math import floor, log10
from typing import Any

import pandas as pd

from pmlib.impact.feature.information import Decision
from pmlib.impact.feature.words import chance
from pmlib.result import Check, Number
from pmlib.table import Column, number, scaled
from pmlib.wording import lower

SURE = 1.96  # standard errors either way
DIGITS = 2  # of amounts, as all of them are expectations of what is hardly known
MOSTLY = 0.5  # of the worth of knowing everything
NONE = "No test is worth what it costs"


@dataclass(frozen=True, eq=False)
class Weighed:
    """What is told.

    frame : a row a length. name : of the feature. unit : of all amounts. everything : worth of knowing all.
    """

    frame: pd.DataFrame
    name: str
    unit: str
    decision: Decision
    everything: float

    @cached_property
    def best(self) -> pd.Series:
        return self.frame.loc[self.frame["net"].idxmax()]

    @property
    def worth(self) -> bool:
        return bool(self.best["net"] > 0)

    @property
    def ships(self) -> bool:
        return self.decision.acting > 0

    @property
    def length(self) -> str:
        weeks = int(self.best["weeks"])
        return f"{weeks} week{'s' if weeks > 1 else ''}"

    @property
    def users(self) -> str:
        return f", {number(self.best['users'])} users" if "users" in self.frame else ""

    def about(self, value: float) -> str:
        """Write an amount in two digits."""
        return number(self.rounded(value), self.unit)

    def rounded(self, value: float) -> float:
        """Round an amount to two digits."""
        size = scaled(1.0, self.unit)
        return round(value * size, DIGITS - 1 - floor(log10(abs(value) * size))) / size if value else 0.0

    def told(self) -> dict[str, Any]:
        """Write everything that a WorthTesting says."""
        now, best = self._now(), self.about(self.best["net"])
        wrong = f"Decided without a test, being wrong costs {self.about(self.decision.perfect)} on average"
        then = f"a test of {self.length} leaves {best} after its costs" if self.worth else lower(NONE)
        return {
            "title": f"A test of {self.length} earns {best} net" if self.worth else NONE,
            "finding": f"{now} {self._test()}",
            "headline": f"{wrong}; {then}.",
            "advice": self._advice(),
            "unknown": self._unknown(),
            "subtitle": f"Tests of {self.name} by length: what they save, what test and wait cost.",
            "columns": self._columns(),
            "numbers": self._numbers(),
            "checks": self._checks(),
        }

    def _now(self) -> str:
        choice = "to ship" if self.ships else "not to ship"
        wrong = f"being wrong about its effect costs {self.about(self.decision.perfect)} on average"
        return f"Without a test the better choice is {choice} {self.name}; {wrong}."

    def _test(self) -> str:
        best = self.best
        error, cost = number(SURE * best["se"], "points", 1), self.about(best["cost"])
        costs = f"waiting costs {self.about(best['delay'])}" + (
            f" and the test {cost}" if best["cost"] else ""
        )
        verdict = f"{self.about(best['net'])} remain" if self.worth else "no length tried leaves a gain"
        return (
            f"A test of {self.length}{self.users} tells the effect to ±{error} (95%). It turns the decision "
            f"in {chance(best['turns'])} of cases and saves {self.about(best['sample'])}; {costs}: {verdict}."
        )

    def _advice(self) -> str:
        if self.worth:
            return f"Test {self.name} first, for {self.length}{self.users}."
        if self.ships:
            return f"Ship {self.name} now, without a test."
        return f"Leave {self.name} as it is: neither ship nor test it."

    def _unknown(self) -> str:
        short = -float(self.best["net"])
        return f"A test that costs {self.about(short)} less would be worth running." if short > 0 else ""

    def _columns(self) -> dict[str, Column]:
        return {
            "weeks": Column("Weeks"),
            "se": Column("Standard error", "points"),
            "turns": Column("Turns the decision", "%", 0),
            "sample": Column("Saves", self.unit),
            "costs": Column("Costs, with the wait", self.unit),
            "net": Column("Net", self.unit),
        }

    def _numbers(self) -> tuple[Number, ...]:
        loss = Number(
            name="loss_of_deciding_now",
            label="is lost on average by deciding without a test",
            value=self.rounded(self.decision.perfect),
            unit=self.unit,
        )
        if not self.worth:
            return (loss,)
        label = f"is what a test of {self.length} is worth, net of its costs"
        return (
            Number(name="test_net", label=label, value=self.rounded(self.best["net"]), unit=self.unit),
            loss,
        )

    def _checks(self) -> tuple[Check, ...]:
        known, everything = self.decision.perfect, self.everything
        longest = int(self.frame["weeks"].max())
        return (
            Check(
                "The effect is most of what is worth knowing",
                known >= MOSTLY * everything,
                f"{self.about(known)} of {self.about(everything)} for knowing all",
            ),
            Check(
                "The best length is not the longest tried",
                not self.worth or int(self.best["weeks"]) < longest,
                f"{self.length} of {longest}",
            ),
        )
