"""What goes with winning a deal, other things equal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from pmlib.competitive.deals.drivers import FEW as LEAST
from pmlib.competitive.deals.drivers import Design, Driver, design
from pmlib.competitive.deals.identified import telling
from pmlib.competitive.deals.logistic import Logit, NoFit, fit_logit, slope, switch
from pmlib.competitive.deals.table import decided, undecided
from pmlib.competitive.deals.validated import Validated, validated
from pmlib.competitive.market import check_firms
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words, listed, lower, names
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, number, plain

TITLE = "What goes with winning"
FEW, TOO_FEW = 10, 3  # rarer outcomes for each term: below the first, penalised; below the second, refused
# Peduzzi et al. (1996), J. Clinical Epidemiology 49(12), for the first.
CHANCE = Column("Change of the chance to win", "points", 0)
ENDS = ("estimate", "low", "high")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WinDrivers(Result):
    """Drivers with the change of the chance to win that goes with each.

    model : the fit on the deals compared; `names` are its columns, the constant first. penalised : whether
        estimates are Firth's. validated : how well it tells deals left out, None where too few.
    ratio_p : the chance of a likelihood ratio as large if no driver mattered.
    """

    model: Logit
    names: tuple[str, ...]
    penalised: bool
    validated: Validated | None
    ratio_p: float

    def plot(self, ax: Any = None) -> Any:
        """Draw each driver's change with its interval, the largest first."""
        from pmlib import chart

        known = self.frame.dropna(subset="estimate").head(10)
        clear = known.loc[(known["low"] > 0) | (known["high"] < 0), "label"].tolist()
        return chart.dots(known, "label", spec=CHANCE, highlight=clear or known["label"].tolist(), ax=ax)


def win_drivers(
    deals: Source,
    *,
    focal: str | None = None,
    rivals: Sequence[str] = (),
    penalty: Literal["auto", "none", "firth"] = "auto",
    level: float = 0.95,
    seed: int = 1,
) -> WinDrivers | Absent:
    """Compare deals that are alike but for one driver: a logistic regression of winning.

    Drivers are the attributes (numbers, flags, categories against their most frequent level), the rivals met
    (those with 10 deals or more) and time. A level whose deals were all won, or all lost, has no finite
    effect: its row says so and its deals are set aside. Where numbers or several columns together tell every
    outcome nothing is estimated, and they are named.

    Parameters
    ----------
    deals : as for win_loss, with attributes or firm. focal : whose deals they are, in words.
    rivals : those to keep apart; all with enough deals when none are named.
    penalty : "auto" is Firth's where there are fewer than 10 of the rarer outcome for each term (below 3
        nothing is shown), "none" is plain maximum likelihood, "firth" is always Firth's.
    level : of the intervals. seed : of the folds on which predictions are tested.

    Returns
    -------
    WinDrivers : frame has one row a driver, the largest change first: term, label, base, step (units of a
        number that the change is for: one standard deviation; a year for time), estimate, low, high (average
        marginal effect: change of the chance to win, a difference of fractions; delta method), odds,
        odds_low, odds_high (ratio, of one unit), coefficient, error (HC1, or clustered by `chooser`),
        classical_error, slope, slope_error (average marginal effect of one unit, of a yes/no or level as a
        slope too), note.

    Raises
    ------
    ValueError : an unknown rival or penalty; a deal both won and lost, or given twice.
    """
    check_level(level)
    if penalty not in ("auto", "none", "firth"):
        raise ValueError(f'penalty is {penalty!r}; write "auto", "none" or "firth"')
    if (absent := undecided(TITLE, deals, *(["firm"] if rivals else []))) is not None:
        return absent
    table = decided(deals)
    named = check_firms(deals, None, rivals) if rivals else []
    parts = design(deals, table, named, set_aside=penalty != "firth")
    rarer = int(min(parts.won.sum(), len(parts.won) - parts.won.sum()))
    if reason := _unfit(parts, rarer, penalty):
        return Absent(title=TITLE, reason=reason)
    penalised = penalty == "firth" or (penalty == "auto" and rarer < FEW * len(parts.drivers))
    try:
        model = fit_logit(parts.columns, parts.won, parts.customers, penalised=penalised)
    except (NoFit, np.linalg.LinAlgError):
        return Absent(title=TITLE, reason="No finite effects fit these deals best; leave some drivers out.")
    frame = _frame(parts, model, level)
    tested = validated(parts.columns, parts.won, parts.customers, penalised=penalised, seed=seed)
    when = table.when
    return WinDrivers(
        title=_title(frame, focal),
        finding=_finding(frame, len(parts.won)),
        headline=_finding(frame, len(parts.won)),
        unknown="What goes with winning need not cause it: sellers choose which deals they pursue.",
        subtitle=f"Change of the chance to win in percentage points, other drivers equal"
        f"{', ' + when if when else ''}; numbers: one typical step more; {level_words(level)}",
        frame=frame,
        columns={
            "label": Column("Driver"),
            "base": Column("Compared with"),
            "estimate": CHANCE,
            "low": Column("Low", "points", 0),
            "high": Column("High", "points", 0),
            "ratio": Column("Odds ratio"),
        },
        source=deals.line,
        numbers=_numbers(frame, deals, when, level),
        checks=(*table.checks, *parts.checks, *_checks(parts, rarer, tested, penalised)),
        model=model,
        names=("(constant)", *(driver.term for driver in parts.drivers)),
        penalised=penalised,
        validated=tested,
        ratio_p=_ratio_p(model),
    )


def _unfit(parts: Design, rarer: int, penalty: str) -> str:
    terms = len(parts.drivers)
    if not terms:
        told = "; ".join(f"{driver.label}: {_all_of(n, won)}" for driver, n, won in parts.told)
        return f"No driver varies among the deals compared{': ' + told if told else ''}."
    if not rarer:
        return "All deals compared went one way; there is nothing to compare."
    customers = terms + 2 if parts.customers is None else int(parts.customers.max()) + 1
    if customers < terms + 2:
        return f"Too few: {count(customers)} customers for {count(terms)} terms; name fewer drivers."
    if penalty == "auto" and rarer < TOO_FEW * terms:
        return (
            f"Too few: {count(rarer)} deals of the rarer outcome for {count(terms)} terms "
            f"({count(TOO_FEW * terms)} are needed); name fewer drivers."
        )
    if penalty == "firth" or not _suspect(parts):
        return ""
    found = [parts.drivers[j].label for j in telling(parts.columns, parts.won)]
    tells = "tells" if len(found) == 1 else "together tell"
    return f"{listed(found)} {tells} which deals are won, without error; leave it out." if found else ""


def _suspect(parts: Design) -> bool:
    # Only where plain Newton finds no best fit can some columns tell every outcome.
    try:
        fitted = fit_logit(parts.columns, parts.won).probability
    except (NoFit, np.linalg.LinAlgError):
        return True
    return bool(np.minimum(fitted, 1 - fitted).min() < 1e-6)


def _frame(parts: Design, model: Logit, level: float) -> pd.DataFrame:
    rows = [_row(parts, model, j, level) for j in range(len(parts.drivers))]
    frame = pd.DataFrame(rows).sort_values("estimate", key=abs, ascending=False, kind="stable")
    told = []
    for driver, deals, won in parts.told:
        said = dict.fromkeys(("ratio", "note"), _all_of(deals, won))
        told.append(_named(driver) | dict.fromkeys(ENDS, np.nan) | said | {"deals": deals})
    return pd.concat([frame, pd.DataFrame(told)], ignore_index=True) if told else frame.reset_index(drop=True)


def _all_of(deals: int, won: bool) -> str:
    return f"all {count(deals)} {'won' if won else 'lost'}"


def _named(driver: Driver) -> dict[str, Any]:
    return {
        "term": driver.term,
        "label": driver.label,
        "phrase": driver.phrase,
        "base": driver.base,
        "step": driver.step,
    }


def _row(parts: Design, model: Logit, j: int, level: float) -> dict[str, Any]:
    driver, column = parts.drivers[j], j + 1
    half = model.half(level)
    per_unit, slope_error = slope(model, column)
    if driver.form == "number":
        effect, error = driver.step * per_unit, driver.step * slope_error
    else:
        together = [
            k + 1
            for k, other in enumerate(parts.drivers)
            if k == j or (driver.form == "level" and other.attribute == driver.attribute)
        ]
        effect, error = switch(model, column, together)
    coefficient, spread = float(model.coefficients[column]), float(model.errors[column])
    log_odds = coefficient + half * spread * np.array([0, -1, 1])
    odds, odds_low, odds_high = np.exp(log_odds)
    ratio, *ends = (plain(v, "", 2) for v in np.exp(driver.step * log_odds))
    inside = parts.columns[:, j] == 1
    return _named(driver) | {
        "estimate": effect,
        "low": effect - half * error,
        "high": effect + half * error,
        "ratio": f"{ratio} ({' to '.join(ends)})",
        "odds": odds,
        "odds_low": odds_low,
        "odds_high": odds_high,
        "coefficient": coefficient,
        "error": spread,
        "classical_error": float(model.classical_errors[column]),
        "slope": per_unit,
        "slope_error": slope_error,
        "deals": len(parts.won) if driver.form == "number" else int(inside.sum()),
        "note": "",
    }


def _ratio_p(model: Logit) -> float:
    from scipy.special import chdtrc  # upper tail of the chi-square

    ratio = max(0.0, 2 * (model.log_likelihood - model.null))
    return float(chdtrc(len(model.coefficients) - 1, ratio))


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame["note"] != "") & (frame["deals"] >= LEAST)]


def _clear(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame["low"] > 0) | (frame["high"] < 0)]


def _title(frame: pd.DataFrame, focal: str | None) -> str:
    told, clear = _told(frame), _clear(frame)
    if len(told):
        return f"{told.iloc[0]['label']}: {told.iloc[0]['note']}"
    if clear.empty:
        return "No driver clearly goes with winning"
    row = clear.iloc[0]
    won = f"{focal}: won" if focal else "Won"
    return f"{won} {'more' if row['estimate'] > 0 else 'less'} often, {lower(row['label'])}"


def _finding(frame: pd.DataFrame, deals: int) -> str:
    told, clear = _told(frame), _clear(frame).head(2)
    said = [f"{_size(row)} {row.phrase} ({_range(row)})" for row in clear.itertuples()]
    words = f"Other things equal, the chance to win is {listed(said)}"
    if not said:
        words = f"Among {count(deals)} deals no driver clearly goes with winning"
    apart = [f"{lower(row.label)}: {row.note}" for row in told.head(2).itertuples()]
    return f"{'; '.join([words, *apart])}."


def _size(row: Any) -> str:
    return f"{number(abs(row.estimate), 'points', 0)} {'higher' if row.estimate > 0 else 'lower'}"


def _range(row: Any) -> str:
    low, high = sorted(map(abs, (row.low, row.high)))  # both on one side of 0
    return f"{plain(low, 'points', 0)} to {plain(high, 'points', 0)}"


def _numbers(frame: pd.DataFrame, deals: Source, when: str, level: float) -> tuple[Number, ...]:
    known = frame.dropna(subset="estimate")
    named = names(known["term"])
    return tuple(
        Number(
            name=f"driver_{named[row.term]}",
            label=f"change of the chance to win: {lower(row.label)}",
            value=float(row.estimate),
            low=float(row.low),
            high=float(row.high),
            level=level,
            unit="points",
            period=when,
            source=deals.name,
        )
        for row in known.head(3).itertuples()
    )


def _checks(parts: Design, rarer: int, tested: Validated | None, penalised: bool) -> list[Check]:
    each = rarer / len(parts.drivers)
    saw = f"{number(each)} of the rarer outcome for each term{', so estimates are penalised' * penalised}"
    checks = [
        Check("Deals are many enough for the drivers", each >= FEW, saw),
        Check(
            "No level tells every outcome",
            not parts.told,
            listed([f"{driver.label}: {_all_of(n, won)}" for driver, n, won in parts.told]) or "none does",
        ),
    ]
    if tested is None:
        return [
            *checks,
            Check("Predictions were tested on deals left out", False, "too few to leave any out"),
        ]
    ranked = f"{number(tested.ranked, '%', 0)} of pairs of a won and a lost deal are ranked right"
    slope_ = f"slope {number(tested.slope, '', 2)}; 1 is right, below is too bold"
    return [
        *checks,
        Check("Deals left out are told better than by one rate", tested.brier < tested.plain, ranked),
        Check("Chances of deals left out are not too bold", tested.slope >= 0.7, slope_),
    ]
