"""Effect: what every estimate of a launch's effect says, whatever design it rests on."""

from dataclasses import dataclass

from pmlib.result import Result

# How far a design alone can be trusted; checks that fail take a grade off.
GRADES = {
    "A": "users were given it at random",
    "B": "others that did not get it show what would have happened",
    "C": "what came before, and what moves with it, show what would have happened",
    "D": "only what came before shows what would have happened, or a check failed",
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Effect(Result):
    """What a launch did.

    design : in words, as "randomised test". grade : one of GRADES.
    effect, se, low, high : in the KPI's unit, a period and unit (of users: a user), at `level`.
    relative, relative_se, relative_low, relative_high : as a fraction of what would have been without it.
    detectable : the relative effect that this design finds in 4 of 5 cases, as a fraction above 0.
    false_alarms : share of placebos in which it found an effect at `level`; nan where none were tried.
    """

    design: str
    grade: str
    effect: float
    se: float
    low: float
    high: float
    level: float
    relative: float
    relative_se: float
    relative_low: float
    relative_high: float
    detectable: float
    false_alarms: float = float("nan")
