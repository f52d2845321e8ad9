"""Labels what rests on made-up past launches, wherever it shows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from pmlib.impact.feature.plan import Plan
from pmlib.result import Result
from pmlib.wording import lower

Said = TypeVar("Said", bound=Result)
NOTE = "synthetic past launches"


def labelled(result: Said, plans: Sequence[Plan]) -> Said:
    """Say in title, words, numbers and source that an effect is from a synthetic ledger, where one is."""
    if not any(plan.synthetic for plan in plans):
        return result
    return replace(
        result,
        title=f"Synthetic: {result.title}",
        finding=f"From synthetic past launches: {lower(result.finding)}",
        headline=f"Synthetic: {lower(result.headline or result.finding)}",
        source=f"Synthetic ledger of past launches. {result.source}",
        numbers=tuple(
            replace(number, note=", ".join(filter(None, [number.note, NOTE]))) for number in result.numbers
        ),
    )
