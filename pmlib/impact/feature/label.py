"""Labels what rests on made-up past launches, wherever it shows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from pmlib.impact.feature.plan import Plan
from pmlib.result import Result
from pmlib.wording import lower

Said = TypeVar("Said", bound=Result)
NOTE = "synthetic past launches"


def labelled(result: Said, plans: Sequence[Plan], *, again: bool = False) -> Said:
    """Say in title, words, numbers and source that an effect is from a synthetic ledger, where one is.

    again : its headline follows that of a feature, which has said it.
    """
    if not any(plan.synthetic for plan in plans):
        return result
    return replace(
        result,
        title=f"Synthetic: {lower(result.title)}",
        finding=f"From synthetic past launches: {lower(result.finding)}",
        headline=result.headline if again else f"Synthetic: {lower(result.headline or result.finding)}",
        source=f"Synthetic ledger of past launches. {result.source}",
        numbers=tuple(
            replace(number, note=", ".join(filter(None, [number.note, NOTE]))) for number in result.numbers
        ),
    )
