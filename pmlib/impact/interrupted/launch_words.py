"""What an estimate of several launches says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.impact.kpi import Kpi
from pmlib.result import Number
from pmlib.table import interval, interval_digits, number, percentage
from pmlib.wording import listed, lower


@dataclass(frozen=True)
class Said:
    """The sentences about several launches of one KPI, one row each."""

    kpi: Kpi
    frame: pd.DataFrame
    level: float
    controls: Sequence[str]

    @property
    def what(self) -> str:
        return lower(self.kpi.label)

    @property
    def clear(self) -> pd.DataFrame:
        """The launches whose interval leaves out 0."""
        return self.frame[(self.frame["low"] > 0) | (self.frame["high"] < 0)]

    def title(self) -> str:
        """Say it in ten words."""
        count = len(self.frame)
        if self.clear.empty:
            none = (
                "The launch did not clearly move" if count == 1 else f"None of {count} launches clearly moved"
            )
            return f"{none} {self.what}"
        some = "The launch" if count == 1 else f"{len(self.clear)} of {count} launches"
        return f"{some} clearly moved {self.what}"

    def finding(self) -> str:
        """Say each, the clear ones first."""
        rows = pd.concat([self.clear, self.frame.drop(self.clear.index)]).head(3)
        said = [f"{row.launch} {_change(row)}" for row in rows.itertuples()]
        least, most = self.frame["detectable"].min(), self.frame["detectable"].max()
        alike = number(least, "%", 0) == number(most, "%", 0)
        ends = number(most, "%", 0) if alike else interval(least, most, "%", 0)
        return (
            f"Such estimates find changes above {ends}. Change of {self.what} ({percentage(self.level)} "
            f"intervals): {'; '.join(said)}.{self._alarms()}"
        )

    def _alarms(self) -> str:
        share, judged = false_alarms(self.frame)
        if not judged:
            return ""
        rate = number(share, "%", 0)
        return f" On {judged} dates without a launch this method cried wolf {rate} of the time."

    def advice(self) -> str:
        """Say what to do."""
        if self.clear.empty:
            return "Count on none of them: what such a comparison finds is larger than most launches do."
        return f"Take {listed(list(self.clear['launch'])[:3])} as hints, not proofs: no group was without."

    def unknown(self) -> str:
        """Say what would change it."""
        return "What else began on a launch's date counts as the launch's."

    def subtitle(self) -> str:
        """Say what is measured."""
        also = f", {listed([lower(name) for name in self.controls])}" if self.controls else ""
        when = f"{self.kpi.dates[0].date()} to {self.kpi.dates[-1].date()}"
        return f"Change of {self.what} with each launch, estimated together with level, seasons{also}; {when}"

    def numbers(self) -> tuple[Number, ...]:
        """Give the launches known best."""
        known = self.frame[np.isfinite(self.frame[["estimate", "low", "high"]]).all(axis=1)]
        best = known.assign(width=known["high"] - known["low"]).sort_values("width", kind="stable").head(3)
        return tuple(
            Number(
                name=f"effect_{place + 1}",
                label=f"change of {self.what} with {row.launch}",
                value=float(row.estimate),
                low=float(row.low),
                high=float(row.high),
                level=self.level,
                unit="%",
                period=f"from {row.period.date()}",
                source=self.kpi.name,
            )
            for place, row in best.sort_index().iterrows()
        )


def false_alarms(frame: pd.DataFrame) -> tuple[float, int]:
    """Give the share of placebo steps of all launches that were taken for one, and how many there were."""
    judged = int(frame["judged"].sum())
    taken = float((frame["false_alarms"] * frame["judged"]).sum())
    return (taken / judged if judged else float("nan")), judged


def _change(row: Any) -> str:
    if not np.isfinite([row.low, row.high]).all():
        return "unknown as a share"
    digits = interval_digits(row.low, row.high, "%")
    return f"{number(row.estimate, '%', digits, sign=True)} ({interval(row.low, row.high, '%')})"
