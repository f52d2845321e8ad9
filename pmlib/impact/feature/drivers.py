"""What a feature's forecast hangs on: each driver alone, from the low end of its range to the high end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data.words import shown
from pmlib.formula.model import Model
from pmlib.given import ungiven
from pmlib.impact.feature.breakeven import Outcome
from pmlib.impact.feature.forecast import Feature
from pmlib.impact.feature.label import labelled
from pmlib.impact.feature.plan import Plan
from pmlib.impact.feature.simulate import at_share, money, total
from pmlib.impact.feature.sliders import sliders
from pmlib.impact.feature.variance import shares
from pmlib.impact.feature.words import driver_label, driver_words, kpi_words, span, unit_of
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, number, percentage
from pmlib.wording import capital, lower

TITLE = "What the forecast hangs on"
LEVEL = 0.8  # from the 10th to the 90th percentile
CLOSE = 0.02  # of the variance: shares closer than this are about the same


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Drivers(Result):
    """Swings of the outcome, the widest first; frame has a row a driver that varies.

    Frame: name, label, range (in words), low, high (outcome at its 10th and 90th percentile, the others at
    their medians), swing (between them), share (of the variance). middle : outcome at all medians. of :
    "money" where a value is known, else "gain". moved : the outcome as a page computes it again.
    """

    middle: float
    of: str
    moved: Model | None = None

    def formula(self) -> Model | None:
        """Let a reader move what the gain is made of."""
        return self.moved

    def plot(self, ax: Any = None) -> Any:
        """Draw each driver's swing."""
        from pmlib import chart

        shown_as = self.frame.assign(label=lambda f: f["label"] + ", " + f["range"])
        first = list(shown_as["label"].head(1))
        return chart.tornado(
            shown_as, "label", middle=self.middle, spec=self.columns["low"], highlight=first, ax=ax
        )


def drivers(feature: "Feature | Absent | None") -> Drivers | Absent:
    """Move each driver of a feature's worth (or of its gain, where no value is known) through its range.

    A driver of many values a draw (adoption, the KPI without the feature) is ordered by their sum.
    """
    if absent := ungiven(TITLE, feature, "feature"):
        return absent
    if not isinstance(feature, Feature):
        raise ValueError(f"feature is {shown(feature)}; give a forecast, as impact.feature makes it")
    plan, draws = feature.plan, feature.draws
    of = "money" if draws.valued else "gain"
    unit = plan.currency if draws.valued else unit_of(plan, mean=feature.mean)

    def outcome(parts: Mapping[str, np.ndarray]) -> np.ndarray:
        return (
            money(parts, draws.better) if draws.valued else total(parts) / (plan.steps if feature.mean else 1)
        )

    names = tuple(name for name in draws.uncertain if name in draws.parts)
    middle = {name: at_share(values, 0.5) for name, values in draws.parts.items()}
    frame = _swings(plan, draws.parts, middle, names, outcome)
    here = float(outcome(middle)[0])
    return labelled(_told(frame, feature, of, unit, here), [plan])


def _swings(
    plan: Plan,
    parts: Mapping[str, np.ndarray],
    middle: Mapping[str, np.ndarray],
    names: tuple[str, ...],
    outcome: Outcome,
) -> pd.DataFrame:
    share = shares(parts, names, outcome)
    tail = (1 - LEVEL) / 2
    rows = []
    for name in names:
        low, high = (
            float(outcome({**middle, name: at_share(parts[name], at)})[0]) for at in (tail, 1 - tail)
        )
        rows.append(
            {
                "name": name,
                "label": driver_label(name, plan),
                "range": driver_words(name, plan, LEVEL),
                "low": low,
                "high": high,
                "swing": abs(high - low),
                "share": share[name],
            }
        )
    return pd.DataFrame(rows).sort_values(["swing", "name"], ascending=[False, True], ignore_index=True)


def _told(frame: pd.DataFrame, feature: Feature, of: str, unit: str, middle: float) -> Drivers:
    plan = feature.plan
    what = f"the worth of {plan.name}" if of == "money" else f"what {plan.name} adds to {kpi_words(plan)}"
    top = frame.iloc[0]
    cause = lower(top["label"])
    low, high = sorted([top["low"], top["high"]])
    over = plan.baseline.kpi.step.several(plan.steps)
    about = f"{capital(what)} over {over}" + (", net of cost" if of == "money" else "")
    ends = (
        f"each driver alone from the low end (grey) to the high end (colour) of its {percentage(LEVEL)} range"
    )
    return Drivers(
        title=f"{'Worth' if of == 'money' else 'Gain'} hangs most on {cause}",
        finding=f"Were only {cause} unsure ({top['range']}), {what} would be {span(low, high, unit)}.",
        headline=f"Most uncertain: {cause}, {number(top['share'], '%', 0)} of the range.",
        subtitle=f"{about}: {ends}, the others at their median.",
        source=plan.baseline.kpi.source,
        frame=frame,
        columns={
            "label": Column("Driver"),
            "range": Column("Its range"),
            "low": Column("At its low end", unit),
            "high": Column("At its high end", unit),
            "share": Column("Share of the uncertainty", "%", 0),
        },
        numbers=(
            Number(
                name=f"by_{top['name']}",
                label=f"of the uncertainty comes from {cause}",
                value=round(float(top["share"]), 2),
                unit="%",
            ),
        ),
        checks=(_agreement(frame),),
        middle=middle,
        of=of,
        moved=sliders(plan, feature.draws, mean=feature.mean),
    )


def _agreement(frame: pd.DataFrame) -> Check:
    """See whether the driver of the largest swing is that of the largest share, where these are apart."""
    by_share = frame.sort_values("share", ascending=False, kind="stable").iloc[0]
    top = frame.iloc[0]
    saw = f"{by_share['label']} holds {number(by_share['share'], '%', 0)} of the uncertainty"
    return Check("The largest swing holds the most", by_share["share"] <= top["share"] + CLOSE, saw)
