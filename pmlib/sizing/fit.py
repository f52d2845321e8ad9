"""How well a segment fits us, as a reader writes it: "young: 3 .. 5"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pmlib.data.words import meant, shown
from pmlib.parameters import check_names

BEST = 5.0  # the best fit; a percentage is of it
FORM = 'write it as "young: 3 .. 5" (0 to 5, or in %)'
AMOUNT = r"\s*(?P<{0}>[0-9]+(?:\.[0-9]+)?)\s*(?P<{0}_mark>%?)\s*"
WRITTEN = re.compile(r"(?P<name>.+):" + AMOUNT.format("low") + r"(?:\.\." + AMOUNT.format("high") + ")?")


@dataclass(frozen=True)
class Fit:
    """From the worst it may be to the best, 0-1 of a perfect fit; all between is as likely."""

    low: float
    high: float

    def draw(self, random: np.random.Generator, draws: int) -> np.ndarray:
        """Draw fits."""
        return random.uniform(self.low, self.high, draws)


def fits(texts: Sequence[str], segments: Sequence[str]) -> dict[str, Fit]:
    """Read the fit of segments.

    Raises
    ------
    ValueError : a text that says no fit, of no segment, or of one a second time.
    """
    check_names("fit", texts)
    if isinstance(texts, str):
        raise ValueError(f'fit is the text {shown(texts)}; write a list of texts: ["young: 3 .. 5"]')
    found: dict[str, Fit] = {}
    for text in texts:
        written = WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
        if written is None:
            raise ValueError(f"fit {shown(text)} cannot be read; {FORM}")
        name = _segment(written["name"].strip(), segments)
        if name in found:
            raise ValueError(f"fit of {shown(name)} is given twice; keep one")
        found[name] = _fit(text, written.groupdict())
    return found


def _segment(name: str, segments: Sequence[str]) -> str:
    by_case = {segment.casefold(): segment for segment in segments}
    if name.casefold() not in by_case:
        raise ValueError(
            f"fit is of {shown(name)}, which is no segment; {meant(name, segments, 'there are')}"
        )
    return by_case[name.casefold()]


def _fit(text: str, written: Mapping[str, str | None]) -> Fit:
    low = _share(written["low"], written["low_mark"] or written["high_mark"])
    high = low if written["high"] is None else _share(written["high"], written["high_mark"])
    if low > high:
        raise ValueError(f"fit {shown(text)} starts above its end; swap them")
    if high > 1:
        raise ValueError(f"fit {shown(text)} passes the best, {BEST:g} or 100%; {FORM}")
    return Fit(low, high)


def _share(amount: str | None, mark: str | None) -> float:
    return float(amount or 0) / (100 if mark else BEST)
