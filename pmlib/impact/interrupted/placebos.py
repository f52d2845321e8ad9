"""What a comparison of before and after finds where nothing was launched."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmlib.given import ungiven
from pmlib.impact.interrupted.before_after import BeforeAfter
from pmlib.result import Absent, Check, Result
from pmlib.table import Column, number, percentage
from pmlib.wording import lower

TITLE = "Where nothing was launched"
COLUMNS = {
    "period": Column("From"),
    "estimate": Column('"Effect" found', "%", 1),
    "alarm": Column("False alarm"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Placebos(Result):
    """Effects found in windows before a launch, and the launch's own among them.

    frame : period (first of the window), estimate (relative effect found), alarm (whether it was taken for
        one). larger : share of windows with an effect as far from 0 as the launch's. relative : the launch's.
    """

    larger: float
    relative: float

    def plot(self, ax: Any = None) -> Any:
        """Draw how the placebos spread, and the launch among them."""
        from pmlib import chart

        spec = Column("Change found", "%")
        return chart.histogram(
            self.frame, "estimate", spec=spec, mark=("The launch", self.relative), strong="alarm", ax=ax
        )


def placebos(effect: BeforeAfter | Absent | None) -> Placebos | Absent:
    """Show what the method finds in windows before the launch, where there is nothing to find.

    Parameters
    ----------
    effect : as `before_after` gives it.
    """
    if absent := ungiven(TITLE, effect, "fitted model"):
        return absent
    if not isinstance(effect, BeforeAfter):
        raise ValueError(f"effect is a {type(effect).__name__}; give what before_after gives")
    if not len(effect.placebos):
        reason = (
            f"Too few {effect.kpi.step.name}s before {effect.launch.date()} for windows without a launch."
        )
        return Absent(title=TITLE, reason=reason)
    frame = effect.placebos
    larger = float((frame["estimate"].abs() >= abs(effect.relative)).mean())
    count, what = len(frame), lower(effect.kpi.label)
    most = number(float(frame["estimate"].abs().max()), "%", 0)
    found = number(effect.relative, "%", 0, sign=True)
    alarms = frame["alarm"].dropna()
    rate = float(alarms.mean()) if len(alarms) else float("nan")
    due = 1 - effect.level
    return Placebos(
        title=f"Without a launch, {what} moved up to {most}",
        finding=(
            f"In {count} windows without a launch {what} moved by up to {most} against what was to be "
            f"expected; in {number(larger, '%', 0)} of them as far as after the launch ({found})."
        ),
        subtitle=(
            f"Windows of {effect.kpi.step.several(effect.window)} before {effect.launch.date()}, each "
            f"foreseen from what came before it; dark ones were taken for an effect; {round(effect.apart)} "
            "of them lie side by side"
        ),
        frame=frame.assign(alarm=pd.array(frame["alarm"] > 0, dtype=bool)),
        columns=COLUMNS,
        source=effect.source,
        checks=(
            *(check for check in effect.checks if check.label.startswith("Few false alarms")),
            Check(
                f"Every window could be judged by the others, at {percentage(due)}",
                len(alarms) == count,
                f"{len(alarms)} of {count}, {number(rate, '%', 0)} false alarms",
            ),
        ),
        aside=True,
        larger=larger,
        relative=effect.relative,
    )
