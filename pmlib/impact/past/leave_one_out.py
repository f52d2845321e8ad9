"""Leave one out: each past launch foretold from the others, as the next one is from all."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from pmlib.given import ungiven
from pmlib.impact.past.launches import FIRST
from pmlib.impact.past.ledger import Ledger
from pmlib.impact.past.prior import WITHIN
from pmlib.parameters import check_level
from pmlib.result import Absent, Check, Number, Result
from pmlib.stats.mixture import Mixture
from pmlib.stats.shrinkage import FLAT, Shrunk, shrink
from pmlib.table import Column, interval, number, percentage

TITLE = "Past launches foretold"
LEAST = 3  # launches, below which two others at most foretell one


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LeaveOneOut(Result):
    """How well each launch's measured effect was foretold by the others.

    frame : a row a launch, in the order of the table: launch, estimate, low, high (foretold of what would be
        measured, at `band`), raw (as measured), inside (whether it came so), chance (foretold of a smaller
        one; even over 0-1 where forecasts are honest), crps, and naive (the same score of a normal
        distribution with the others' plain mean and spread).
    band : level of the intervals. inside : share of launches within. inside_low, inside_high : its interval
        at `level` (Clopper and Pearson). crps, naive : means of the scores, in the unit of effects, on the
        scale on which they are pooled; 0 is best.
    """

    band: float
    level: float
    inside: float
    inside_low: float
    inside_high: float
    crps: float
    naive: float
    unit: str

    def plot(self, ax: Any = None) -> Any:
        """Draw each forecast, and what was measured."""
        from pmlib import chart

        drawn = self.frame.assign(raw_low=self.frame["raw"], raw_high=self.frame["raw"])
        drawn = drawn.assign(launch=drawn["launch"].str.removeprefix(FIRST))
        drawn = drawn.sort_values("raw", ascending=False, kind="stable").head(18)
        return chart.forest(
            drawn,
            "launch",
            spec=self.columns["estimate"],
            names=("as measured", "foretold by the others"),
            ax=ax,
        )


def leave_one_out(
    ledger: Ledger | Absent | None, *, band: float = WITHIN, level: float = 0.95
) -> LeaveOneOut | Absent:
    """Foretell each launch from the others, and count how often its estimate came within the range.

    Parameters
    ----------
    ledger : as impact.ledger gives it; what it assumed stays assumed.
    band : level of the ranges. level : of the interval of the share that came within.
    """
    check_level(band)
    check_level(level)
    if absent := ungiven(TITLE, ledger, "ledger of past launches"):
        return absent
    if not isinstance(ledger, Ledger):
        raise TypeError("a Ledger is needed; make one of the table: impact.ledger(table)")
    found, assumed = ledger.table_read, ledger.prior
    count = len(found.names)
    least = FLAT + 1 if assumed.spread == "flat" else LEAST
    if count < least:
        return Absent(title=TITLE, reason=f"{count} launches; each is foretold by others from {least} on.")
    table = []
    for i in range(count):
        others = np.arange(count) != i
        known = _of_others(ledger, others)
        coming = known.next.with_error(float(found.taken[i]))
        table.append(_row(ledger, i, others, coming, band))
    frame = pd.DataFrame(table)
    return _result(ledger, frame, band, level)


def _of_others(ledger: Ledger, others: np.ndarray) -> Shrunk:
    found, assumed = ledger.table_read, ledger.prior
    return shrink(
        found.effects[others], found.taken[others], middle=assumed.middle, middle_sd=assumed.middle_sd,
        spread=assumed.spread, scale=assumed.scale,
    )  # fmt: skip


def _row(ledger: Ledger, i: int, others: np.ndarray, coming: Mixture, band: float) -> dict[str, Any]:
    found = ledger.table_read
    came, rest = float(found.effects[i]), found.effects[others]
    low, high = coming.ends(band)
    spread = float(rest.std(ddof=1)) or float(found.taken[i])
    naive = Mixture(np.ones(1), np.array([rest.mean()]), np.array([spread]))
    back = np.expm1 if found.logs else float
    return {
        "launch": found.names[i],
        "raw": float(back(came)),
        "estimate": float(back(coming.mean)),
        "low": float(back(low)),
        "high": float(back(high)),
        "inside": bool(low <= came <= high),
        "chance": coming.below(came),
        "crps": coming.crps(came),
        "naive": naive.crps(came),
    }


def _result(ledger: Ledger, frame: pd.DataFrame, band: float, level: float) -> LeaveOneOut:
    count, hits = len(frame), int(frame["inside"].sum())
    ends = binomtest(hits, count).proportion_ci(level)
    low, high = float(ends.low), float(ends.high)
    share, possible = number(hits / count, "%", 0), interval(low, high, "%", 0)
    fits = low <= band <= high
    verdict = "as well they may" if fits else "too few" if hits / count < band else "more than they should"
    made_up, in_band = "synthetic " if ledger.synthetic else "", f"{percentage(band)} range"
    score, naive = float(frame["crps"].mean()), float(frame["naive"].mean())
    spec = ledger.columns["estimate"]
    return LeaveOneOut(
        title=f"{'Synthetic: ' if ledger.synthetic else ''}{hits} of {count} launches came as foretold",
        subtitle=f"What was measured of each launch, and the {in_band} foretold by the others",
        finding=f"{hits} of {count} {made_up}launches came within the {in_band} that the others foretold: "
        f"{share} ({possible}, {percentage(level)}), {verdict}.",
        frame=frame,
        columns={
            "launch": Column("Launch"),
            "raw": ledger.columns["raw"],
            "estimate": Column("Foretold", spec.unit, spec.digits),
            "low": Column("Low", spec.unit, spec.digits),
            "high": Column("High", spec.unit, spec.digits),
            "inside": Column("Came within"),
        },
        source=ledger.source,
        numbers=(
            Number(
                name="launches_foretold",
                label=f"of past launches came within the {in_band} foretold",
                value=hits / count,
                low=low,
                high=high,
                level=level,
                unit="%",
                source=ledger.numbers[0].source,
                note=ledger.numbers[0].note,
            ),
        ),
        checks=(
            Check(f"The share within may be {percentage(band)}", fits, f"{share} ({possible})"),
            Check(
                "Foretold better than by the others' plain mean and spread",
                score <= naive,
                f"CRPS {score:.3g} against {naive:.3g}",
            ),
        ),
        band=band,
        level=level,
        inside=hits / count,
        inside_low=low,
        inside_high=high,
        crps=score,
        naive=naive,
        unit=ledger.unit,
    )
