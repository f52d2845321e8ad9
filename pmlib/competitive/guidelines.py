"""What the US merger guidelines say about concentration, by the year they were issued."""

from dataclasses import dataclass

from pmlib.table import number


@dataclass(frozen=True)
class Guideline:
    """Thresholds of one edition, in HHI points (10,000 is a single seller).

    moderate, high : above these a market is called moderately or highly concentrated; moderate is None where
        the edition has no such word.
    jump : a merger in a highly concentrated market is presumed harmful when it adds more than this.
    joint : so it is when the two together hold more than this share (0-1) and it adds more than `jump`;
        None where the edition has no such rule.
    """

    year: int
    moderate: float | None
    high: float
    jump: float
    joint: float | None

    def presumes(self, delta: float, post: float, joint: float) -> bool:
        """Tell whether a merger is presumed to harm competition."""
        large = self.joint is not None and joint > self.joint
        return delta > self.jump and (post > self.high or large)

    @property
    def replaced(self) -> bool:
        """Tell whether a newer edition has taken its place."""
        return self.year < max(GUIDELINES)

    def level(self, hhi: float) -> str:
        """Say how concentrated a market is, in the edition's words and no others."""
        if hhi > self.high:
            return "highly concentrated"
        if self.moderate is None:
            return "not highly concentrated"
        return "moderately concentrated" if hhi > self.moderate else "unconcentrated"

    def place(self, hhi: float) -> str:
        """Say on which side of the edition's lines an index lies."""
        whose = f"the {self.year} guidelines'"
        if self.moderate is not None and self.moderate < hhi <= self.high:
            return f"between {whose} lines of {number(self.moderate)} and {number(self.high)}"
        line = self.high if hhi > self.high or self.moderate is None else self.moderate
        return f"{'above' if hhi > line else 'below'} {whose} line of {number(line)}"

    def verdict(self, hhi: float) -> str:
        """Say what the edition calls a market, in a clause."""
        whose = f"the {self.year} US guidelines"
        if self.moderate is None and hhi <= self.high:
            return f"that is below what {whose} call highly concentrated"
        return f"{whose} {'called' if self.replaced else 'call'} that {self.level(hhi)}"


GUIDELINES = {
    # Horizontal Merger Guidelines (US DOJ & FTC, 2010), section 5.3.
    2010: Guideline(2010, moderate=1500, high=2500, jump=200, joint=None),
    # Merger Guidelines (US DOJ & FTC, 2023), Guideline 1; it has a word for markets above 1,800 only.
    2023: Guideline(2023, moderate=None, high=1800, jump=100, joint=0.30),
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
