"""Can this survey be trusted: its design, and how people answered it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from pmlib.competitive.choice.design import CONSTANT, is_label
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.choice.table import Choices, lay_out
from pmlib.competitive.conjoint.answers import of_answers
from pmlib.competitive.conjoint.design_quality import FEW_LEVELS, associations, beaten, efficiency, unvaried
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words, listed
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, number

TITLE = "Can the survey be trusted"
EVEN = 0.5  # of its even share, that a level must be shown at least
TOGETHER = 0.3  # association of two attributes from which they are hard to tell apart
SAME = 0.25  # share of tasks in which an attribute may be the same for all offers
BEATEN = 0.25  # share of tasks that may hold an offer which another beats in everything
EFFICIENT = 0.7  # of an ideal design
ENOUGH = 500  # times a level of the longest attribute should be shown (Orme 2010, ch. 7)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DesignCheck(Result):
    """How often each level was shown, and chosen when it was.

    efficiency : of the design against an ideal one, 0-1. associations : of pairs of attributes (one, other,
        size).
    respondents, tasks : how many there are in all. none_rate : share of tasks in which none was chosen;
        missing where that could not be.
    """

    efficiency: float
    associations: pd.DataFrame
    respondents: int
    tasks: int
    none_rate: float

    def plot(self, ax: Any = None) -> Any:
        """Draw how often each level was chosen when it was shown."""
        from pmlib import chart

        return chart.dots(self.frame.head(20), "label", spec=self.columns["estimate"], zero=None, ax=ax)


@dataclass(frozen=True, eq=False)
class Tasks:
    """Choice tasks without the offer of buying none.

    columns : attributes of the offers, brand first, price last. sets : of these rows. chosen : (n,) whether
        taken.
    choosers : (n,) who was asked. laid : the choices with all offers.
    """

    columns: dict[str, pd.Series]
    sets: Sets
    chosen: np.ndarray
    choosers: np.ndarray
    laid: Choices


def design_check(
    study: Source | None, *, none: str | None = None, level: float = 0.95
) -> DesignCheck | Absent:
    """Check the design of a choice-based conjoint study, and how it was answered.

    Parameters
    ----------
    study : one row an offer of a task; roles chooser (respondent), occasion (task), chosen; firm or product
        (the brand), price, attributes. A task's offers stand in the file as they were shown.
    none : the label of buying none; found where it is called so.
    level : of the intervals, which know that a respondent answers many tasks.

    Returns
    -------
    DesignCheck : frame has a row a level: attribute, level, label, shown (times), share (of its attribute),
        estimate, low, high (how often chosen when shown, 0-1).

    Raises
    ------
    ValueError : what `table.lay_out` refuses: a task without or with several choices, a blank or negative
        price.
    """
    check_level(level)
    laid = lay_out(TITLE, study, none=none)
    if isinstance(laid, Absent):
        return laid
    tasks = _tasks(laid)
    found = efficiency(tasks.columns, tasks.sets)
    pairs = associations(tasks.columns)
    frame = _levels(tasks, level)
    people = int(laid.choosers.max()) + 1
    none_rate = (
        float("nan") if laid.none is None else float((laid.frame[CONSTANT] == laid.none)[laid.chosen].mean())
    )
    checks = (*laid.checks, *_of_design(tasks, frame, found, pairs), *of_answers(laid, none_rate))
    failed = [check for check in checks if not check.passed]
    typical = int(np.median(np.bincount(laid.choosers)))
    offers = int(np.median(tasks.sets.lengths))
    often = f"{count(typical)} times" if laid.repeated else "once"
    return DesignCheck(
        title="The survey's design holds up" if not failed
        else f"{count(len(failed))} of {count(len(checks))} checks of the survey fail",
        subtitle=f"How often each level was chosen when it was shown; {level_words(level)}",
        finding=f"{count(people)} respondents chose {often} among {count(offers)} offers"
        f"{' and none of these' if laid.none is not None else ''}; the design tells attributes apart "
        f"{number(found, '%', 0)} as well as an ideal one.",
        frame=frame,
        columns={
            "label": Column("Level"),
            "shown": Column("Times shown"),
            "estimate": Column("Chosen when shown", "%", 1),
            "low": Column("Low", "%", 1),
            "high": Column("High", "%", 1),
        },
        source=laid.source.line,
        numbers=(
            Number(name="respondents", label="respondents", value=float(people), source=laid.source.name),
            Number(
                name="efficiency", label="as well as an ideal design", value=found, unit="%",
            source=laid.source.name ),
        ),
        checks=checks,
        efficiency=found,
        associations=pairs,
        respondents=people,
        tasks=len(laid.sets),
        none_rate=none_rate,
    )  # fmt: skip


def _tasks(laid: Choices) -> Tasks:
    real = (
        (laid.frame[CONSTANT] != laid.none).to_numpy()
        if laid.none is not None
        else np.ones(len(laid.frame), bool)
    )
    frame = laid.frame[real].reset_index(drop=True)
    names = dict.fromkeys([laid.label, *laid.source.attributes, "price"])
    columns = {name: frame[name] for name in names if name in frame}
    return Tasks(
        {
            name: values.astype("str") if is_label(values) else values.astype(float)
            for name, values in columns.items()
        },
        Sets.of(frame["set"].to_numpy()),
        laid.chosen[real],
        laid.sets.spread(laid.choosers)[real],
        laid,
    )


def _levels(tasks: Tasks, level: float) -> pd.DataFrame:
    rows = []
    people = int(tasks.choosers.max()) + 1
    reach = float(stdtrit(max(1, people - 1), 0.5 + level / 2))
    for name, values in tasks.columns.items():
        known = tasks.laid.source.columns[name]
        for written, own in _cut(values, known.unit):
            shown = np.bincount(tasks.choosers, own, people)
            taken = np.bincount(tasks.choosers, own & tasks.chosen, people)
            rate = taken.sum() / shown.sum()
            # A ratio of sums over respondents, each of whom answered many tasks.
            error = np.sqrt(((taken - rate * shown) ** 2).sum() * people / max(1, people - 1)) / shown.sum()
            low, high = max(0.0, rate - reach * error), min(1.0, rate + reach * error)
            label = f"{known.label}: {written}"
            rows.append((name, written, label, int(shown.sum()), shown.sum() / len(values), rate, low, high))
    columns = ["attribute", "level", "label", "shown", "share", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _cut(values: pd.Series, unit: str) -> list[tuple[str, np.ndarray]]:
    # Levels, or quarters of the offers where a number has many.
    if is_label(values):
        return [(str(one), (values == one).to_numpy()) for one in sorted(values.unique())]
    if values.nunique() <= FEW_LEVELS:
        yes = {0.0: "no", 1.0: "yes"} if set(values.unique()) <= {0.0, 1.0} else {}
        return [
            (yes.get(one, number(one, unit)), (values == one).to_numpy()) for one in sorted(values.unique())
        ]
    parts = pd.qcut(values, 4, duplicates="drop")
    return [
        (interval(part.left, part.right, unit), (parts == part).to_numpy()) for part in parts.cat.categories
    ]


def _of_design(tasks: Tasks, frame: pd.DataFrame, found: float, pairs: pd.DataFrame) -> list[Check]:
    label = {name: tasks.laid.source.columns[name].label for name in tasks.columns}
    checks = [
        Check(
            "The design tells attributes apart",
            found >= EFFICIENT,
            f"{number(found, '%', 0)} of an ideal one",
        )
    ]
    even = frame["share"] * frame.groupby("attribute")["share"].transform("size")
    rare = frame.loc[even.idxmin()]
    saw = f"{rare['label']}: {number(rare['share'], '%', 0)} of offers"
    checks.append(Check("Every level was shown about as often as the others", bool(even.min() >= EVEN), saw))
    fixed = [label[name] for name, values in tasks.columns.items() if values.nunique() < 2]
    if fixed:
        checks.append(Check("Every attribute has two levels or more", False, f"{listed(fixed)} never differ"))
    if len(pairs):
        worst = pairs.loc[pairs["size"].idxmax()]
        saw = f"{label[worst['one']]} and {label[worst['other']]}: {number(worst['size'], '', 2)} of 1"
        checks.append(Check("No two attributes go together", bool(worst["size"] < TOGETHER), saw))
    still = {name: unvaried(values, tasks.sets) for name, values in tasks.columns.items()}
    top = max(still, key=lambda name: still[name])
    saw = f"{label[top]} is the same for all offers in {number(still[top], '%', 0)}"
    checks.append(Check("Attributes differ within most tasks", still[top] <= SAME, saw))
    if "price" in tasks.columns:
        prices = tasks.columns["price"]
        ends = interval(prices.min(), prices.max(), tasks.laid.source.columns["price"].unit)
        saw = f"{count(prices.nunique())}, {ends}"
        checks.append(Check("Price was shown at three levels or more", prices.nunique() >= 3, saw))
    checks += _of_beaten(tasks)
    longest = int(frame["attribute"].value_counts().max())
    times = len(next(iter(tasks.columns.values()))) / longest
    saw = f"about {count(round(times))} times a level of the longest attribute"
    checks.append(Check(f"Levels were shown {ENOUGH} times or more", times >= ENOUGH, saw))
    return checks


def _of_beaten(tasks: Tasks) -> list[Check]:
    directions = {"higher": 1, "lower": -1}
    known = tasks.laid.source.columns
    better = {
        name: directions[known[name].better] for name in tasks.columns if known[name].better in directions
    }
    better = {name: sign for name, sign in better.items() if not is_label(tasks.columns[name])}
    if "price" in tasks.columns:
        better["price"] = -1
    if not better:
        return []
    worse = beaten(tasks.columns, better, tasks.sets)
    held = tasks.sets.sum(worse.astype(int)) > 0
    checks = [
        Check(
            "Few tasks hold an offer that another beats in everything",
            held.mean() <= BEATEN,
            f"{number(held.mean(), '%', 0)}",
        )
    ]
    if worse.any():
        taken, others = tasks.chosen[worse].mean(), tasks.chosen[~worse].mean()
        saw = f"taken {number(taken, '%', 1)} of the time, others {number(others, '%', 1)}"
        checks.append(Check("Beaten offers are taken less than others", bool(taken < others), saw))
    return checks
