"""Does the model foretell choices it has not seen? One task of each respondent is kept back to see."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from pmlib.competitive.choice.logit import conditional_logit
from pmlib.competitive.choice.newton import probabilities
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.choice.table import Choices, lay_out
from pmlib.competitive.conjoint.rules import Tastes
from pmlib.competitive.conjoint.studied import ChoiceModel
from pmlib.competitive.demand.demand import offers
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number

TITLE = "Choices the model had not seen"
OWN, MODEL, SHARES, CHANCE = "Own tastes", "Model", "Shares alone", "Chance"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HoldoutCheck(Result):
    """How often the likeliest offer of a task kept back was the one taken.

    predicted : a row an offer of the tasks kept back: chooser, occasion, chosen, probability.
    """

    predicted: pd.DataFrame = field(repr=False)

    def plot(self, ax: Any = None) -> Any:
        """Draw the hit rates of the model, of shares alone and of chance."""
        from pmlib import chart

        first = self.frame["method"].iloc[0]
        return chart.dots(self.frame, "method", spec=self.columns["estimate"], highlight=[first], ax=ax)


def holdout_check(
    study: Source | None,
    *,
    fit: Callable[[Source], Any] = conditional_logit,
    own: Callable[[Any], Tastes | Absent] | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> HoldoutCheck | Absent:
    """Keep one task of each respondent back, fit the others, and foretell those kept back.

    Parameters
    ----------
    study : choices; roles chooser, occasion, chosen and what the model needs.
    fit : what fits a model to a table of choices, such as `conditional_logit`; keywords go in with
        `functools.partial`.
    own : what gives each respondent's own tastes from that model, such as `individual_tastes` of a
        `mixed_logit`; they come from the tasks that were not kept back.
    level : of the intervals, over respondents. seed : of which task is kept back.

    Returns
    -------
    HoldoutCheck : frame has the rows Own tastes (where asked for), Model (tastes of all), Shares alone (each
        label by its share in the other tasks) and Chance: method, estimate, low, high (hit rate, 0-1),
        log_score (mean logarithm of the probability given to what was taken), gain, gain_low, gain_high (of
        the first row's log score over the method's).

    Raises
    ------
    ValueError : what the fit refuses.
    """
    check_level(level)
    laid = lay_out(TITLE, study)
    if isinstance(laid, Absent):
        return laid
    assert study is not None
    if not laid.repeated or "chooser" not in laid.frame:
        return Absent(
            title=TITLE,
            reason=f"Nobody of the data ({study.title}) chose twice, so no task can be kept back.",
        )
    held = _kept_back(laid, seed)
    if held.sum() < 2:
        return Absent(title=TITLE, reason="Only one task can be kept back: one person chose more than once.")
    rows = laid.sets.spread(held)
    source = replace(study, frame=laid.frame.loc[~rows, list(study.frame)].reset_index(drop=True))
    model = fit(source)
    if isinstance(model, Absent):
        return Absent(title=TITLE, reason=model.reason)
    test = laid.frame[rows].reset_index(drop=True)
    sets, chosen = Sets.of(test["set"].to_numpy()), laid.chosen[rows]
    chances = {MODEL: foretold(model, test, laid.label, len(sets))}
    if own is not None:
        tastes = own(model)
        if isinstance(tastes, Absent):
            return Absent(title=TITLE, reason=tastes.reason)
        chances = {OWN: foretold_each(model, tastes, test, sets, laid.label)} | chances
    first = next(iter(chances))
    if laid.label:
        chances[SHARES] = _shares(laid, rows, test, sets)
    chances[CHANCE] = sets.spread(1 / sets.lengths)
    frame = _scores(chances, chosen, sets, level)
    return HoldoutCheck(
        title=_title(frame),
        subtitle=f"Share of {count(len(sets))} tasks, one kept back of each respondent, in which the "
        f"likeliest offer was taken; {level_words(level)}",
        finding=_finding(frame),
        frame=frame,
        columns={
            "method": Column("Foretold by"),
            "estimate": Column("Foretold rightly", "%", 0),
            "low": Column("Low", "%", 0),
            "high": Column("High", "%", 0),
            "log_score": Column("Log score", "", 3),
        },
        source=laid.source.line,
        numbers=(
            Number(
                name="hit_rate", label="of choices kept back were foretold", unit="%", level=level,
                value=float(frame["estimate"].iloc[0]), low=float(frame["low"].iloc[0]),
                high=float(frame["high"].iloc[0]), source=laid.source.name,
            ),
        ),
        checks=_checks(frame),
        predicted=test[["chooser", "occasion"]].assign(chosen=chosen, probability=chances[first]),
    )  # fmt: skip


def foretold(model: ChoiceModel, test: pd.DataFrame, label: str, sets: int) -> np.ndarray:
    """Give the chance of each offer of tasks that the model has not seen, rows as in `test`."""
    return model.demand.on(offers(test, label), np.ones(sets)).probabilities


def foretold_each(model: ChoiceModel, own: Tastes, test: pd.DataFrame, sets: Sets, label: str) -> np.ndarray:
    """Give the same from each chooser's own tastes."""
    matrix = model.demand.design.matrix(offers(test, label))
    at = own.wide.index.get_indexer(test["chooser"])
    if (at < 0).any():
        raise ValueError(f"own has no tastes of chooser {test['chooser'].iloc[int((at < 0).argmax())]}")
    chance = probabilities(np.einsum("nk,nkr->nr", matrix, own.draws[at]), sets)
    return np.einsum("nr,nr->n", chance, own.weights[at])


def _kept_back(laid: Choices, seed: int) -> np.ndarray:
    # One set of each chooser who has two or more, drawn at random.
    order = np.random.default_rng(seed).permutation(len(laid.sets))
    first = np.unique(laid.choosers[order], return_index=True)[1]
    held = np.zeros(len(laid.sets), bool)
    held[order[first]] = True
    return held & (np.bincount(laid.choosers)[laid.choosers] > 1)


def _shares(laid: Choices, rows: np.ndarray, test: pd.DataFrame, sets: Sets) -> np.ndarray:
    seen = laid.frame.loc[~rows, "constant"]
    taken = pd.Series(laid.chosen[~rows]).groupby(seen.to_numpy()).mean()
    rate = test["constant"].map(taken).fillna(0.0).to_numpy() + 1e-9
    return rate / sets.spread(sets.sum(rate))


def _scores(chances: dict[str, np.ndarray], chosen: np.ndarray, sets: Sets, level: float) -> pd.DataFrame:
    def means(values: np.ndarray) -> tuple[float, float, float]:
        reach = float(stdtrit(len(values) - 1, 0.5 + level / 2)) * values.std(ddof=1) / np.sqrt(len(values))
        return float(values.mean()), float(values.mean() - reach), float(values.mean() + reach)

    rows, logs, first = [], dict[str, np.ndarray](), next(iter(chances))
    for method, chance in chances.items():
        best = chance >= sets.spread(sets.max(chance)) - 1e-12
        hits = sets.sum((best & chosen).astype(float)) / sets.sum(best.astype(float))
        logs[method] = np.log(np.maximum(chance[chosen], 1e-300))
        middle, low, high = means(hits)
        gain = means(logs[first] - logs[method])
        rows.append((method, middle, max(0.0, low), min(1.0, high), float(logs[method].mean()), *gain))
    columns = ["method", "estimate", "low", "high", "log_score", "gain", "gain_low", "gain_high"]
    return pd.DataFrame(rows, columns=columns)


def _rate(row: Any) -> str:
    digits = min(1, interval_digits(row["low"], row["high"], "%"))
    return number(row["estimate"], "%", digits)


def _title(frame: pd.DataFrame) -> str:
    guesses = frame["method"].isin([SHARES, CHANCE])
    beaten = bool((frame.loc[guesses, "gain_low"] > 0).all())
    return (
        "The model foretells choices it has not seen" if beaten else "The model does not beat simple guesses"
    )


def _finding(frame: pd.DataFrame) -> str:
    own, chance = frame.iloc[0], frame.iloc[-1]
    ends = interval(own["low"], own["high"], "%", 0)
    return (
        f"Of choices the model had not seen it foretold {_rate(own)} ({ends}); chance would foretell "
        f"{number(chance['estimate'], '%', 0)}."
    )


def _checks(frame: pd.DataFrame) -> tuple[Check, ...]:
    checks = []
    for row in frame.iloc[1:].to_dict("records"):
        saw = f"log score {interval(row['gain_low'], row['gain_high'], '', 3)} higher a choice"
        first = frame["method"].iloc[0]
        label = f"{first} {'beat' if first == OWN else 'beats'} {row['method'].lower()}"
        if row["method"] == MODEL:
            label = "Own tastes beat those of all"
        checks.append(Check(label, bool(row["gain_low"] > 0), saw))
    return tuple(checks)
