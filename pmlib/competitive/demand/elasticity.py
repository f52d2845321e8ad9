"""What a higher price loses, and who gains it: own and cross price elasticities."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.demand.asked import Groups, Model, groups, labels, nameless, unasked
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.uncertainty import delta
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import level_words, listed, slug
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number

TITLE = "What a higher price loses"
ABSURD = 20.0  # an own elasticity beyond this says that the model is wrong, not that buyers are so quick
ALIKE = 1e-9  # difference of elasticities that is none
SHOWN, CELLS = 12, 6  # products in the chart of own elasticities; in the matrix
COLUMNS = {
    "of": Column("Sales of"),
    "price_of": Column("Price of"),
    "estimate": Column("% of sales for 1% of price", "", 2),
    "low": Column("Low", "", 2),
    "high": Column("High", "", 2),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PriceElasticities(Result):
    """By how many percent sales change when a price rises by 1%.

    matrix : the estimates, sales of (rows) by price of (columns). focal : whom the words are about.
    causal : whether it says what a price change does.
    """

    focal: str
    causal: bool
    matrix: pd.DataFrame

    def plot(self, ax: Any = None) -> Any:
        """Draw what each product's own price does, with its interval."""
        from pmlib import chart

        own = self.own
        first = own[own["of"] == self.focal]
        shown = pd.concat([first, own[own["of"] != self.focal]]).head(SHOWN).sort_values("estimate")
        return chart.dots(shown, "of", spec=self.columns["estimate"], highlight=[self.focal], ax=ax)

    @property
    def own(self) -> pd.DataFrame:
        """The rows of each product's own price."""
        return self.frame[self.frame["of"] == self.frame["price_of"]]

    @property
    def cross(self) -> "CrossElasticities":
        """The matrix of the products that sell most, as a figure of its own."""
        names = list(dict.fromkeys([self.focal, *self.matrix.columns]))[:CELLS]
        matrix = self.matrix.loc[[n for n in self.matrix.index if n in names], names]
        gains = self.frame[(self.frame["price_of"] == self.focal) & (self.frame["of"] != self.focal)]
        return CrossElasticities(
            title=_cross_title(gains, self.focal, causal=self.causal),
            subtitle="% of sales (rows) for 1% more on a price (columns); orange: lost, blue: gained",
            finding=_cross_finding(gains, self.focal, causal=self.causal) or self.finding,
            frame=self.frame,
            columns=self.columns,
            source=self.source,
            matrix=matrix,
        )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CrossElasticities(Result):
    """The same as a matrix of the few products that sell most."""

    matrix: pd.DataFrame

    def plot(self, ax: Any = None) -> Any:
        """Draw the matrix."""
        from pmlib import chart

        texts = self.matrix.map(lambda value: number(value, "", 2))
        scale = float(np.abs(self.matrix.to_numpy()).max()) or 1.0
        return chart.heat(self.matrix / scale, texts, ax=ax)


def price_elasticities(
    model: Model | Absent, *, focal: str | None = None, by: str = "product", level: float = 0.95
) -> PriceElasticities | Absent:
    """Say by how many percent sales change when all prices of a product, or of a firm, rise by 1%.

    Sales are added up over all choice sets, so that an elasticity is the mean over sets, weighted with the
    product's share in each.

    Parameters
    ----------
    model : any fitted model with a price; an Absent is passed on.
    focal : product or firm that the words are about; the one that sells most when not given.
    by : "product", or "firm" (all prices of a firm's products rise together, and its sales are added up).
    level : of the intervals (delta method).

    Returns
    -------
    PriceElasticities : frame has a row a pair, own price first, in the order of sales: of (whose sales),
        price_of (whose price), estimate, low, high (% of sales for 1% of price).

    Raises
    ------
    ValueError : an unknown focal, by or level.

    References
    ----------
    Train (2009), Discrete Choice Methods with Simulation, section 3.6.
    """
    check_level(level)
    if (absent := unasked(TITLE, model)) is not None:
        return absent
    assert not isinstance(model, Absent)
    demand = model.demand
    taken = groups(demand, by)
    if (absent := nameless(TITLE, taken)) is not None:
        return absent
    volume = taken.sum(demand.volume)
    at = taken.at(focal, volume, labels(demand) if by == "product" else None)
    middle, low, high = delta(demand, lambda d: elasticities(d, taken), level)
    frame, matrix = _frame(taken, volume, middle, low, high)
    name = taken.names[at]
    own = frame[(frame["of"] == name) & (frame["price_of"] == name)].iloc[0]
    return PriceElasticities(
        title=_title(own, causal=demand.causal),
        subtitle=f"% of sales for 1% more on all prices of a {by}, others' prices held; {level_words(level)}",
        finding=_finding(own, causal=demand.causal),
        headline=_finding(own, causal=demand.causal),
        advice=_advice(own, demand),
        unknown=_unknown(demand),
        frame=frame,
        columns=COLUMNS,
        source=demand.source,
        numbers=(
            Number(
                name=f"own_elasticity_{slug(name)}", label=f"% of sales of {name} for 1% of its price",
                value=float(own["estimate"]), low=float(own["low"]), high=float(own["high"]), level=level,
                source=demand.source,
            ),
        ),
        checks=_checks(frame, causal=demand.causal),
        focal=name,
        causal=demand.causal,
        matrix=matrix,
    )  # fmt: skip


def elasticities(demand: Demand, taken: Groups) -> np.ndarray:
    """Give % of sales of the row for 1% of all prices of the column, (G, G)."""
    moved = taken.sum(demand.summed(demand.offers["price"].to_numpy(float)))
    return moved / taken.sum(demand.volume)[:, None]


def _frame(taken: Groups, volume: np.ndarray, *ends: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    order = sorted(range(len(taken.names)), key=lambda i: (i == taken.none, -volume[i], taken.names[i]))
    priced = [i for i in order if i != taken.none]
    names = np.array(taken.names, dtype=object)
    pairs = [(i, i) for i in priced] + [(i, k) for k in priced for i in order if i != k]
    of, price_of = np.array(pairs).T
    frame = pd.DataFrame({"of": names[of], "price_of": names[price_of]})
    for column, values in zip(("estimate", "low", "high"), ends, strict=True):
        frame[column] = values[of, price_of]
    matrix = pd.DataFrame(ends[0][np.ix_(order, priced)], names[order], names[priced])
    return frame, matrix


def _checks(frame: pd.DataFrame, *, causal: bool) -> tuple[Check, ...]:
    own = frame[frame["of"] == frame["price_of"]]
    rising = own.loc[own["estimate"] >= 0, "of"].to_list()
    absurd = own.loc[own["estimate"].abs() > ABSURD, "of"].to_list()
    span = f"{number(own['estimate'].min(), '', 2)} to {number(own['estimate'].max(), '', 2)}"
    return (
        Check("Dearer goes with fewer sales for every product", not rising, _named(rising) or span),
        Check(
            f"No sale moves by more than {ABSURD:g}% for 1% of price", not absurd, _named(absurd) or span
        ),
        Check(
            "The model may say what a price change does", causal,
            "it takes prices as set apart from demand" if causal
            else "it describes who bought at what price",
        ),
    )  # fmt: skip


def _named(names: list[str]) -> str:
    return listed(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def clear(row: Any) -> bool:
    """Tell whether sales surely fall with the price, by a size that can be believed."""
    return bool(row["high"] < 0 and row["estimate"] >= -ABSURD)


def loss(row: Any) -> tuple[str, str]:
    """Write what 1% of price loses, and its range."""
    low, high = -row["high"] / 100, -row["low"] / 100
    return number(-row["estimate"] / 100, "%", interval_digits(low, high, "%")), interval(low, high, "%")


def _title(own: Any, *, causal: bool) -> str:
    if not clear(own):
        return f"{own['of']}: we cannot tell what price does"
    if not causal:
        return f"{own['of']}: dearer sold less; why, we cannot tell"
    return f"A 1% higher price loses {own['of']} {loss(own)[0]} of sales"


def _finding(own: Any, *, causal: bool) -> str:
    middle, ends = loss(own)
    if own["estimate"] < -ABSURD:
        return f"The model says {middle} of sales for 1% of price ({ends}), which is not to be believed."
    if not clear(own):
        return f"We cannot tell what a 1% higher price loses {own['of']}: {ends} of its sales fit the data."
    if causal:
        lost = f"about {middle} of its sales ({ends})"
        return f"A 1% higher price loses {own['of']} {lost} when others hold theirs."
    return (
        f"With prices 1% higher, sales like those of {own['of']} were about {middle} lower ({ends}); "
        "that is no forecast of what a price change does."
    )


def _advice(own: Any, demand: Demand) -> str:
    if not demand.causal or not clear(own):
        return ""
    if own["high"] < -1:
        return f"A higher price of {own['of']} would lose revenue while rivals hold theirs."
    # Who would then buy none is unknown where only purchases were seen, and only makes sales answer more.
    if own["low"] > -1 and (demand.outside or demand.none):
        return f"A higher price of {own['of']} would bring more revenue while rivals hold theirs."
    return ""


def _unknown(demand: Demand) -> str:
    if not demand.causal:
        return "Prices that moved for a reason of their own, or a price test."
    if not (demand.outside or demand.none):
        return "Who would buy none at a higher price: these data hold purchases only, so more may be lost."
    return ""


def _cross_title(gains: pd.DataFrame, focal: str, *, causal: bool) -> str:
    if len(gains) > 1 and np.ptp(gains["estimate"]) < ALIKE:
        return "The model tells no closer rival from others"
    if gains.empty or not causal:
        return f"How sales go with the price of {focal}"
    return f"{gains.loc[gains['estimate'].idxmax(), 'of']} gains most when {focal} costs more"


def _cross_finding(gains: pd.DataFrame, focal: str, *, causal: bool) -> str:
    if gains.empty:
        return ""
    top = gains.loc[gains["estimate"].idxmax()]
    alike = len(gains) > 1 and np.ptp(gains["estimate"]) < ALIKE
    who = "every rival" if alike else top["of"]
    low, high = top["low"] / 100, top["high"] / 100
    more = number(top["estimate"] / 100, "%", interval_digits(low, high, "%"))
    ends = interval(low, high, "%")
    said = f"Where {focal} costs 1% more, {who} sells about {more} more ({ends})"
    if not causal:
        said = f"With 1% more on the price of {focal}, sales of {who} were about {more} higher ({ends})"
    why = ": by construction of a plain logit, all alike" if alike else ""
    return f"{said}{why}." if causal else f"{said}{why}; that is no forecast."
