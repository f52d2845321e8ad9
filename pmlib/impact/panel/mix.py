"""Who stands for those that had it: the units of a mix, and what each decides."""

from dataclasses import dataclass
from typing import Any

from pmlib.given import ungiven
from pmlib.impact.panel.synthetic import Synthetic
from pmlib.result import Absent, Result
from pmlib.table import Column, interval, number
from pmlib.wording import listed

TITLE = "Who stands for those that had it"
DRAWN = 12  # donors in the chart
HALF = 0.5


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Mix(Result):
    """Shares of a mix, one row a unit that never had it, the largest first.

    frame : unit, weight (0-1), without (the estimate without the unit; missing for the lightest).
    effective : how many units of equal weight would average as much noise away.
    """

    effective: float

    def plot(self, ax: Any = None) -> Any:
        """Draw the largest shares."""
        from pmlib import chart

        shown = self.frame.head(DRAWN)
        first = [shown["unit"].iloc[0]]
        return chart.ranked(shown, "weight", "unit", spec=self.columns["weight"], highlight=first, ax=ax)


def mix(effect: Synthetic | Absent | None) -> Mix | Absent:
    """Show of whom the mix is made, and how much the estimate hangs on each.

    Parameters
    ----------
    effect : as `synthetic` gives it.
    """
    effect = synthetic_of(TITLE, effect)
    if isinstance(effect, Absent):
        return effect
    frame, treated = effect.donors, who(effect)
    effective = float(1 / (frame["weight"] ** 2).sum())
    half = int((frame["weight"].cumsum() < HALF).sum()) + 1
    unit = effect.columns["gap"].unit
    ends = frame["without"].min(), frame["without"].max()
    far = frame.loc[(frame["without"] - effect.minimum).abs().idxmax(), "unit"]
    return Mix(
        title=f"{half} of {len(frame)} units make up half of the mix",
        subtitle=f"Shares of the mix of units that stands for {treated}, as its past went before the launch",
        finding=(
            f"{half} of {len(frame)} units make up half of the mix that stands for {treated}; it counts like "
            f"{number(effective, '', 0)} units of equal weight. As one of them is left out, the estimate is "
            f"{interval(*ends, unit)}; {far} moves it most."
        ),
        frame=frame,
        columns={
            "unit": Column("Unit"),
            "weight": Column("Share of the mix", "%", 1),
            "without": Column("Estimate without it", unit),
        },
        source=effect.source,
        aside=True,
        effective=effective,
    )


def who(effect: Synthetic) -> str:
    """Name those that had it, or count them."""
    return listed(effect.treated) if len(effect.treated) <= 3 else f"{len(effect.treated)} units"


def synthetic_of(title: str, effect: Synthetic | Absent | None) -> Synthetic | Absent:
    """Take what `synthetic` gives, and say why there is none.

    Raises
    ------
    ValueError : it is something else.
    """
    if absent := ungiven(title, effect, "fitted model"):
        return absent
    if not isinstance(effect, Synthetic):
        raise ValueError(f"effect is a {type(effect).__name__}; give what synthetic gives")
    return effect
