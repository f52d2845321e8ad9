"""What claims about rivals say of their offers, as a market that parity and the price ladder can read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from pmlib.age import days
from pmlib.competitive.facts.claims import alike, claims
from pmlib.competitive.words import count, listed
from pmlib.data import Source, source
from pmlib.data.rule import ROLES
from pmlib.table import Column

YES = {"yes", "y", "true", "included", "available", "✓", "✔"}
NO = {"no", "n", "false", "none", "not included", "not available", "✗", "✘"}


def facts_market(
    facts: Source,
    *,
    as_of: str | date | None = None,
    max_age: str = "180 days",
    better: Mapping[str, str] | None = None,
) -> Source:
    """Turn the newest claims about each firm into a market: one row a product, one attribute a feature.

    A claim with a price is about a plan: the plan is a product (where the table has a product column, that is
    the product instead). The other claims are about features, of the product they name, or of all the firm's.
    "yes" and "no" become 1 and 0, numbers stay numbers; a feature of other words is left out, and so are
    stale claims. Our own products take part where the table has claims about our own firm.

    Parameters
    ----------
    facts : as for rival_facts. as_of : the day; the newest of the table when None.
    max_age : beyond it a claim is stale, and what it says is not known.
    better : "higher" or "lower" by feature; having one is better than not unless this says otherwise.

    Returns
    -------
    Source : product, name, firm, price (where any is known) and attributes, with a better direction where one
        is known. What was left out stands in `said`.

    Raises
    ------
    ValueError : no claims of these roles; as for rival_facts.
    """
    for role in facts.lacks("firm", "topic", "period"):
        raise ValueError(f"{facts.name} has no {role} column; give one that role")
    known = claims(facts, as_of)
    current = known.current
    fresh = current[current["age"] <= days(max_age)]
    plans, features = fresh[fresh["price"].notna()], fresh[fresh["price"].isna()]
    frame = _products(fresh, plans)
    said = [f"{count(len(current) - len(fresh))} stale claims"] if len(fresh) < len(current) else []
    if (several := plans.duplicated(["firm", "product"]) & (plans["product"] != "")).any():
        row = plans[several].iloc[-1]
        said.append(f"all but the newest price of {row['firm']} {row['product']}")
    columns: dict[str, Column] = {"price": facts.columns.get("price", Column("Price"))}
    names = []
    for topic in sorted(features["topic"].unique()):
        cells = features[features["topic"] == topic]
        values = cells["claim"].map(_value)
        if values.isna().any():
            odd = cells.loc[values.isna(), "claim"].iloc[0]
            said.append(f"{topic} (“{odd}” is neither yes, no nor a number)")
            continue
        name = topic if topic not in (*ROLES, "attribute", "instrument") else f"{topic} (feature)"
        frame[name] = _spread(frame, cells, values)
        flag = set(values) <= {0.0, 1.0}
        columns[name] = Column(topic, better=(better or {}).get(topic, "higher" if flag else ""))
        names.append(name)
    if frame["price"].isna().all():
        frame = frame.drop(columns="price")
    if (frame.get("price", pd.Series(dtype=float)) == 0).any():
        frame["price"] = frame["price"].where(frame["price"] > 0)
        said.append("the price of what is free")
    made = source(
        frame,
        facts.name,
        columns={name: column for name, column in columns.items() if name in frame},
        attributes=names,
        line=facts.line,
    )
    return replace(
        made, title=facts.title, licence=facts.licence, note=facts.note, said=(*facts.said, *_left(said))
    )


def _left(said: list[str]) -> tuple[str, ...]:
    return (f"left out: {listed(said)}",) if said else ()


def _value(claim: str) -> float:
    words = alike(claim)
    if words in YES | NO:
        return float(words in YES)
    try:
        value = float(words.replace(",", ""))
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan


def _products(fresh: pd.DataFrame, plans: pd.DataFrame) -> pd.DataFrame:
    # A plan where one is priced; else what the table calls a product; a firm of neither is its own product.
    named = fresh.loc[fresh["product"] != "", ["firm", "product"]].drop_duplicates()
    priced = plans.assign(product=plans["product"].where(plans["product"] != "", plans["topic"]))
    priced = priced.groupby(["firm", "product"], as_index=False, sort=True)["price"].last()
    frame = named.merge(priced, on=["firm", "product"], how="outer")
    alone = sorted(set(fresh["firm"]) - set(frame["firm"]))
    frame = pd.concat(
        [frame, pd.DataFrame({"firm": alone, "product": alone, "price": np.nan})], ignore_index=True
    )
    frame = frame.sort_values(["firm", "product"], ignore_index=True)
    name = frame["firm"] + " " + frame["product"]
    return frame.assign(name=name.where(frame["firm"] != frame["product"], frame["firm"]))


def _spread(frame: pd.DataFrame, cells: pd.DataFrame, values: pd.Series) -> pd.Series:
    given = {(row.firm, row.product): value for row, value in zip(cells.itertuples(), values, strict=True)}
    found = [
        given.get((row.firm, row.product), given.get((row.firm, ""), np.nan)) for row in frame.itertuples()
    ]
    return pd.Series(found, frame.index, dtype=float)
