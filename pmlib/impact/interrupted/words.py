"""What a comparison of before and after says."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.impact.interrupted.checks import SINGLE
from pmlib.impact.interrupted.sizes import Sizes
from pmlib.impact.kpi import Kpi
from pmlib.result import Check, Number
from pmlib.stats.foreseen import Foreseen
from pmlib.table import interval, interval_digits, number, percentage
from pmlib.wording import listed, lower


@dataclass(frozen=True)
class Said:
    """The sentences about one launch."""

    kpi: Kpi
    launch: pd.Timestamp
    sizes: Sizes
    found: Foreseen
    checks: tuple[Check, ...]
    controls: tuple[str, ...]

    @property
    def what(self) -> str:
        return lower(self.kpi.label)

    @property
    def day(self) -> str:
        return str(self.launch.date())

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.sizes.low > 0 or self.sizes.high < 0

    @property
    def shares(self) -> bool:
        """Whether the effect can be said as a share of what was to be expected."""
        ends = (self.sizes.relative_low, self.sizes.relative, self.sizes.relative_high)
        return bool(np.isfinite(ends).all())

    def title(self) -> str:
        """Say it in ten words."""
        if not self.clear:
            return f"No clear change of {self.what} after {self.day}"
        way = "rose" if self.sizes.effect > 0 else "fell"
        return f"{self.kpi.label} {way} {self._size()} after {self.day}"

    def finding(self) -> str:
        """Say what could be found, then what was, then how often it is found where there is nothing."""
        return f"{self._detects()} {self._found()}{self._alarms()}"

    def headline(self) -> str:
        """Say it on the first screen."""
        if self.clear:
            return f"{self._found()}{self._alarms()} {self._detects()}"
        cannot = f"We cannot tell whether the launch of {self.day} moved {self.what}"
        return f"{cannot} ({self._ends()}). {self._detects()}"

    def advice(self) -> str:
        """Say what to do with it."""
        if odd := [check.saw for check in self.checks if check.label == SINGLE and not check.passed]:
            return f"Look at one {self.kpi.step.name} first: {odd[0]}."
        if not self.clear:
            return (
                f"Decide nothing on this: a change below {self._smallest()} would not show. Compare with a "
                "group that does not get it, or run a test."
            )
        return "Take it as a hint, not a proof: let a test or a group without it confirm it."

    def unknown(self) -> str:
        """Say what would change it."""
        also = f"; and it must not itself have moved {self._known()}" if self.controls else ""
        return f"What else began around {self.day} counts as the launch's{also}."

    def subtitle(self) -> str:
        """Say what is measured."""
        controls = self._known() or "none"
        whence = "windows before it" if self.found.apart else "the model's own error"
        when = f"{self.kpi.step.several(self.sizes.window)} from {self.day}"
        return (
            f"{self.kpi.label} a {self.kpi.step.name}, {when}; controls: {controls}; "
            f"{percentage(self.sizes.level)} intervals from {whence}"
        )

    def _known(self) -> str:
        return listed([lower(name) for name in self.controls])

    def numbers(self) -> tuple[Number, ...]:
        """Give the effect, what would be detectable, and the sum."""
        sizes, unit = self.sizes, self.kpi.column.unit
        when, name, level = f"{self.day} to {self.kpi.dates[-1].date()}", self.kpi.name, sizes.level
        share = Number(
            name="relative_effect", label=f"change of {self.what} after the launch", value=sizes.relative,
            low=sizes.relative_low, high=sizes.relative_high, unit="%", level=level, period=when, source=name,
        )  # fmt: skip
        total = Number(
            name="cumulative_effect", label=f"{self.what} by the launch, in all", value=sizes.cumulative,
            low=sizes.cumulative_low, high=sizes.cumulative_high, level=level, unit=unit,
            period=when, source=name,
        )  # fmt: skip
        smallest = Number(
            name="detectable_effect", label="is the smallest change such a comparison finds",
            value=sizes.detectable, unit="%", period=when, source=name,
        )  # fmt: skip
        return (share, smallest, total) if self.shares else (total,)

    def _smallest(self) -> str:
        size = self.sizes.detectable
        if np.isfinite(size):
            return number(size, "%", 0 if size >= 0.1 else 1)
        return number(self.sizes.detectable_amount, self.kpi.column.unit)

    def _detects(self) -> str:
        return f"Such a comparison finds changes above {self._smallest()}."

    def _size(self) -> str:
        sizes, unit = self.sizes, self.kpi.column.unit
        if self.shares:
            digits = interval_digits(sizes.relative_low, sizes.relative_high, "%")
            return number(abs(sizes.relative), "%", digits)
        return number(abs(sizes.effect), unit, interval_digits(sizes.low, sizes.high))

    def _ends(self) -> str:
        sizes, unit = self.sizes, self.kpi.column.unit
        low, high = (sizes.relative_low, sizes.relative_high) if self.shares else (sizes.low, sizes.high)
        return f"{interval(low, high, '%' if self.shares else unit)}, {percentage(sizes.level)}"

    def _found(self) -> str:
        sizes, size = self.sizes, self._size()
        way = f"{size} above" if sizes.effect > 0 else f"{size} below"
        none = size.rstrip("%") == "0"
        return (
            f"In the {self.kpi.step.several(sizes.window)} from {self.day} {self.what} {_was(self.what)} "
            f"{'' if none else way + ' '}what was to be expected ({self._ends()})."
        )

    def _alarms(self) -> str:
        if not self.found.judged:
            return ""
        rate = number(self.sizes.false_alarms, "%", 0)
        return f" On {self.found.judged} dates without a launch this method cried wolf {rate} of the time."


def _was(what: str) -> str:
    return "were" if what.split(" ")[0].endswith("s") else "was"
