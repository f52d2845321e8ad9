"""What the US merger guidelines say about concentration, by the year they were issued."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guideline:
    """Thresholds of one edition, in HHI points (10,000 is a single seller).

    moderate, high : above these a market is called moderately or highly concentrated.
    jump : a merger in a highly concentrated market is presumed harmful when it adds more than this.
    joint : so it is when the two together hold more than this share (0-1) and it adds more than `jump`;
        None where the edition has no such rule.
    """

    year: int
    moderate: float
    high: float
    jump: float
    joint: float | None

    def presumes(self, delta: float, post: float, joint: float) -> bool:
        """Tell whether a merger is presumed to harm competition."""
        large = self.joint is not None and joint > self.joint
        return delta > self.jump and (post > self.high or large)

    def level(self, hhi: float) -> str:
        """Say how concentrated a market is, in the guidelines' words."""
        if hhi > self.high:
            return "highly concentrated"
        return "moderately concentrated" if hhi > self.moderate else "unconcentrated"


GUIDELINES = {
    # Horizontal Merger Guidelines (US DOJ & FTC, 2010), section 5.3.
    2010: Guideline(2010, moderate=1500, high=2500, jump=200, joint=None),
    # Merger Guidelines (US DOJ & FTC, 2023), Guideline 1; it returns to the thresholds of the 1982 edition,
    # from which 1,000 for moderate is taken.
    2023: Guideline(2023, moderate=1000, high=1800, jump=100, joint=0.30),
}


def guideline_of(year: int) -> Guideline:
    """Find an edition.

    Raises
    ------
    ValueError : there is none of that year.
    """
    try:
        return GUIDELINES[int(year)]
    except (KeyError, ValueError):
        raise ValueError(f"guideline {year} is not known; use {' or '.join(map(str, GUIDELINES))}") from None
