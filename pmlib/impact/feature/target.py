"""A target, read and compared with draws: "+3%" of the KPI, "12000" in all, "500 a week", "+0.5 points"."""

import re
from dataclasses import dataclass

import numpy as np

from pmlib.data.words import shown
from pmlib.impact.ranges import SCALES

FORM = re.compile(
    r"\s*(?P<sign>[-+−]?)\s*(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*(?P<scale>k|thousand|M|million|bn|billion)?"
    r"\s*(?P<mark>%|points?)?(?:\s*(?:a|per|/)\s*(?P<step>[a-z]+))?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Target:
    """What the gain should be: up to `amount` where that is below 0, else from it on.

    words : as it is said. relative : a fraction of the KPI without the feature. mean : an average of periods.
    """

    words: str
    amount: float
    relative: bool
    mean: bool

    def beyond(self, gains: np.ndarray, base: np.ndarray) -> np.ndarray:
        """By how much draws (a row each, a column a period) pass the target; 0 or more is reached."""
        if self.relative:
            found = gains.sum(axis=1) / base.sum(axis=1)
        else:
            found = gains.mean(axis=1) if self.mean else gains.sum(axis=1)
        return (found - self.amount) * (-1 if self.amount < 0 else 1)


def target_of(text: str | float, step: str, *, mean: bool, percent: bool) -> Target:
    """Read a target.

    Parameters
    ----------
    step : what a period is called. mean : whether the KPI is averaged over periods rather than added up.
    percent : whether it is a percentage, of which differences are points.

    Raises
    ------
    ValueError : it is none.
    """
    written = text if isinstance(text, str) else f"{text:.15g}" if type(text) in (int, float) else ""
    match = FORM.fullmatch(written)
    such = '"+0.5 points"' if percent else f'"12000", or "500 a {step}"'
    if match is None or (match["mark"] and match["scale"]):
        raise ValueError(f'target is {shown(text)}; write a change of the KPI such as "+3%", {such}')
    if match["step"] and match["step"].casefold().rstrip("s") != step:
        raise ValueError(f"target {shown(text)}: the periods are {step}s; write it a {step}")
    mark = (match["mark"] or "").casefold()
    if mark.startswith("point") != percent and mark != "%":
        raise ValueError(f'target is {shown(text)}; write a change of the KPI such as "+3%", {such}')
    if match["step"] and mark:
        raise ValueError(f"target {shown(text)} is a part of the KPI in any period; leave out the {step}")
    scale = SCALES[match["scale"].lower()] if match["scale"] else 1.0
    amount = float(match["number"]) * scale / (100 if mark else 1)
    amount = -amount if match["sign"] in ("-", "−") else amount
    words = written.strip().replace("-", "−")
    if not match["sign"] and mark:
        words = f"+{words}"
    return Target(words, amount, mark == "%", mean or bool(match["step"]) or mark.startswith("point"))
