"""What the same comparison finds for units that never had it: nothing is there to find."""

from dataclasses import dataclass
from typing import Any

from pmlib.impact.panel.mix import synthetic_of, who
from pmlib.impact.panel.synthetic import Synthetic
from pmlib.result import Absent, Result
from pmlib.table import Column, interval_digits, number

TITLE = "Units that never had it"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PlaceboUnits(Result):
    """What a launch that never was "did", one row a unit or group that stood for those that had it.

    frame : unit, effect, rmse_before, ratio (rmse since / before), alarm, the farthest from 0 first.
    larger : share of them with an effect as far from 0 as the launch's. effect : the launch's.
    """

    larger: float
    effect: float

    def plot(self, ax: Any = None) -> Any:
        """Draw how the placebos spread, and the launch among them."""
        from pmlib import chart

        spec = Column("Difference found", self.columns["effect"].unit)
        mark = ("The launch", self.effect)
        return chart.histogram(self.frame, "effect", spec=spec, mark=mark, strong="alarm", ax=ax)


def placebo_units(effect: Synthetic | Absent | None) -> PlaceboUnits | Absent:
    """Show what the method finds for units that never had it.

    Parameters
    ----------
    effect : as `synthetic` gives it.
    """
    effect = synthetic_of(TITLE, effect)
    if isinstance(effect, Absent):
        return effect
    if effect.placebos.empty:
        return Absent(title=TITLE, reason="No more units are without it than had it.")
    frame = effect.placebos.sort_values("effect", key=abs, ascending=False, ignore_index=True)
    unit, count = effect.columns["gap"].unit, len(frame)
    far = int((frame["effect"].abs() >= abs(effect.effect)).sum())
    digits = interval_digits(effect.low, effect.high, unit)
    own, most = (number(size, unit, digits) for size in (effect.effect, frame["effect"].abs().max()))
    what = "units" if len(effect.treated) == 1 else "groups"
    cried, promised = int(frame["alarm"].sum()), (1 - effect.level) * count
    return PlaceboUnits(
        title=f"{far} of {count} {what} without a launch moved as far",
        subtitle=f"Units that never had it, each beside a mix of the others, as {who(effect)} is",
        finding=(
            f"Of {count} comparisons where nothing was launched, {far} found as much as here ({own}); the "
            f"farthest was {most} off. In {cried} of them an effect would have been cried; "
            f"{number(promised, '', 1)} are due by chance."
        ),
        frame=frame,
        columns={
            "unit": Column("Unit"),
            "effect": Column("Difference found", unit),
            "rmse_before": Column("Off before the launch", unit),
            "ratio": Column("Off since, of before", "", 1),
            "alarm": Column("False alarm"),
        },
        checks=tuple(check for check in effect.checks if check.label.startswith("Placebos cry")),
        source=effect.source,
        aside=True,
        larger=far / count,
        effect=effect.effect,
    )
