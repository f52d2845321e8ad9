"""What scenarios come to, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

import pandas as pd

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.whatif.scenario import Change, Scenario, Step
from pmlib.competitive.words import capital, count, level_words, names
from pmlib.result import Check, Number
from pmlib.table import interval, interval_digits, number

SAID = 3  # scenarios that a finding tells
EXACT = 1e-9  # an interval narrower than this is none: what the model says there hangs on no parameter
AS_IF = "As if prices had moved for no other reason"
UNTOLD = "cannot be told"


def causes(demand: Demand) -> Check:
    """Check that a model's effect of price may be read as what a price change does."""
    return Check(
        "Prices may be read as causes",
        demand.causal,
        "as the model takes them" if demand.causal
        else "nothing shows that: dear products may sell for what the data do not tell",
    )  # fmt: skip


def points_range(low: float, high: float) -> str:
    """Write the interval of a difference of shares, "" where there is none."""
    return (
        ""
        if not high - low > EXACT
        else interval(low, high, "points").replace(" points", "").replace(" point", "")
    )


def focal_row(frame: pd.DataFrame, scenario: str, focal: str, owner: Mapping[str, str]) -> pd.DataFrame:
    """Take the row of the focal product or firm; of the merged firm where it is a part of one."""
    rows = frame[frame["scenario"] == scenario]
    own = rows[rows["who"] == focal]
    if own.empty:
        joint = [firm for firm in owner.values() if focal in firm.split(" + ")]
        own = rows[(rows["kind"] == "firm") & rows["who"].isin(joint)]
    return own.sort_values("kind", key=lambda kind: kind != "firm").head(1)


@dataclass(frozen=True, kw_only=True)
class Telling:
    """The words of a result.

    own : a row a scenario: the focal share before and after. responding : scenarios in which firms set prices
    anew. Where buyers may buy none of the products, what counts is how much more or less the focal one sells;
    else its share.
    """

    demand: Demand
    focal: str
    own: pd.DataFrame
    scenarios: Sequence[Scenario]
    responding: Sequence[Scenario]
    sold: str
    level: float

    @property
    def relative(self) -> bool:
        """Whether effects are told as a percentage of what is sold."""
        return self.demand.observed is not None or bool((self.own["before"] < 0.01).all())

    def _ends(self, row: pd.Series) -> tuple[float, float, float]:
        names = (
            ("relative", "relative_low", "relative_high") if self.relative else ("estimate", "low", "high")
        )
        middle, low, high = (float(row[name]) for name in names)
        if high - low > EXACT:
            return middle, low, high
        return (0.0 if abs(middle) < EXACT else middle), nan, nan

    def _effect(self, row: pd.Series, *, brief: bool = False) -> str:
        middle, low, high = self._ends(row)
        unit = "%" if self.relative else "points"
        if pd.isna(middle):
            return UNTOLD
        if middle < 0:
            low, high = -high, -low
        digits = None if pd.isna(low) else min(2, interval_digits(low, high, unit))
        size = number(abs(middle), unit, digits)
        deed = "loses" if middle < 0 else "gains"
        words = f"sells {size} {'less' if middle < 0 else 'more'}" if self.relative else f"{deed} {size}"
        if brief or pd.isna(low):
            return words
        spread = interval(low, high, unit).replace(" points", "").replace(" point", "")
        if low < 0 < high:
            return f"{words}, or the other way round ({spread})"
        return f"{words} ({spread})"

    def _sentence(self, scenario: Scenario, row: pd.Series) -> str:
        reply = " and firms set their other prices anew" if scenario in self.responding else ""
        who = row["who"]
        effect = self._effect(row)
        if effect == UNTOLD:
            return f"If {scenario.said()}{reply}, what becomes of {who} cannot be told"
        return f"If {scenario.said()}{reply}, {who} {effect}"

    def finding(self) -> str:
        """Tell the first few scenarios."""
        pairs = list(zip(self.scenarios, self.own.to_dict("records"), strict=True))
        said = ". ".join(self._sentence(one, pd.Series(row)) for one, row in pairs[:SAID])
        left = len(pairs) - SAID
        more = f" {count(left)} more scenario{'s follow' if left > 1 else ' follows'}." if left > 0 else ""
        return f"{said}.{more}" if self.demand.causal else f"{AS_IF}: {said[:1].lower()}{said[1:]}.{more}"

    def headline(self) -> str:
        """Tell the first scenario; nothing where prices are only described."""
        if self.demand.causal:
            return self._sentence(self.scenarios[0], self.own.iloc[0]) + "."
        return f"We cannot tell what a price change would do to {self.focal}: nothing shows why prices moved."

    def title(self) -> str:
        """Tell the strongest scenario in a few words."""
        if not self.demand.causal:
            return f"What prices went with, for {self.focal}: no forecast"
        size = self.own["relative" if self.relative else "estimate"].abs()
        if size.isna().all():
            return "No prices were found that firms would keep"
        row = self.own.iloc[int(size.fillna(-1).to_numpy().argmax())]
        often = " in the strongest case" if len(self.own) > 1 else ""
        words = self._effect(row, brief=True).replace("sells", "would sell").replace("gains", "would gain")
        return f"{row['who']} {words.replace('loses', 'would lose')}{often}"

    def subtitle(self, *, drawn: bool) -> str:
        """Say what is measured."""
        of = "all who could buy" if self.demand.outside else "choices"
        what = f"share of {of}, difference to today"
        if self.relative:
            what = f"change of what {self.focal} sells against today"
        if self.sold:
            what = f"{self.sold}: {what}"
        held = "other prices stay" if not self.responding else "other prices stay unless said otherwise"
        if self.responding and len(self.responding) == len(self.scenarios):
            held = "firms set the other prices anew"
        how = "" if drawn else " by the delta method"
        return f"{capital(what)}; {held}; {level_words(self.level)}{how}"

    def advice(self, measures: pd.DataFrame) -> str:
        """Say what the focal firm's own price moves bring in revenue, the clearest of them.

        Not in profit: costs that prices imply make today's prices the best by assumption.
        """
        own = set(self.own["who"])
        offers = self.demand.offers
        held = offers["firm"].astype("str").isin(own) if "firm" in offers else offers["product"].isin(own)
        ours = own | set(offers.loc[held, "product"]) | {self.focal}
        moves = [one for one in self.scenarios if all(_prices(step, ours) for step in one.steps)]
        rows = measures[(measures["measure"] == "revenue") & measures["who"].isin(own)].set_index("scenario")
        rows = rows.loc[[one.name for one in moves if one.name in rows.index]]
        clear = rows[(rows["relative_low"] > 0) | (rows["relative_high"] < 0)]
        if clear.empty or not self.demand.causal:
            return ""
        best = clear.loc[clear["relative"].idxmax()]
        low, high = sorted(abs(best[end]) for end in ("relative_low", "relative_high"))
        way = "more" if best["relative"] > 0 else "less"
        size = number(abs(best["relative"]), "%", interval_digits(low, high, "%"))
        (said,) = (one.said() for one in moves if one.name == best.name)
        spread = interval(low, high, "%")
        return f"If {said}, revenue is {size} {way} ({spread}); whether it pays hangs on costs."

    def unknown(self) -> str:
        """Say what would change this."""
        if not self.demand.causal:
            return "What a price change does: a price test, or costs that moved prices, would tell."
        if not self.responding:
            return "What rivals would do: here they hold their prices."
        return "Whether rivals price for profit alone, as is taken here."

    def numbers(self) -> tuple[Number, ...]:
        """Make the first few scenarios Numbers; none where prices are only described."""
        if not self.demand.causal:
            return ()
        called = names([one.name for one in self.scenarios])
        found = []
        for scenario, (_, row) in list(zip(self.scenarios, self.own.iterrows(), strict=True))[:SAID]:
            middle, low, high = self._ends(row)
            if pd.isna(middle):
                continue
            what = "what it sells" if self.relative else "its share"
            found.append(
                Number(
                    name=f"what_if_{called[scenario.name]}",
                    label=f"{row['who']}: change of {what} if {scenario.said()}",
                    value=float(middle), low=None if pd.isna(low) else float(low),
                    high=None if pd.isna(high) else float(high), level=None if pd.isna(low) else self.level,
                    unit="%" if self.relative else "points", source=self.demand.source,
                )
            )  # fmt: skip
        return tuple(found)


def _prices(step: Step, ours: set[str]) -> bool:
    # What else is changed costs something that nobody has said.
    return isinstance(step, Change) and step.who in ours and all(s.column == "price" for s in step.settings)
