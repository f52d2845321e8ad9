"""What claims about rivals say of their offers, as a market that parity and the price ladder can read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from pmlib.age import days
from pmlib.competitive.facts.claims import alike, claims, unclaimed
from pmlib.competitive.words import count, listed
from pmlib.data import Source, source
from pmlib.data.roles import ROLES
from pmlib.data.source import no_source
from pmlib.given import ungiven
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
    if ungiven("Offers", facts, "table of facts"):
        return no_source()
    if (absent := unclaimed("Offers", facts)) is not None:
        raise ValueError(absent.reason)
    known = claims(facts, as_of)
    current = known.current
    fresh = current[current["age"] <= days(max_age)]
    plans, features = fresh[fresh["price"].notna()], fresh[fresh["price"].isna()]
    stale = len(current) - len(fresh)
    said = [f"{count(stale)} stale claim{'s' * (stale > 1)}"] if stale else []
    if (several := plans.duplicated(["firm", "product"]) & (plans["product"] != "")).any():
        row = plans[several].iloc[-1]
        said.append(f"all but the newest price of {row['firm']} {row['product']}")
    products = _products(fresh, plans)
    if (products["price"] == 0).any():
        products["price"] = products["price"].where(products["price"] > 0)
        said.append("the price of what is free")
    cells, columns, odd = _features(products, features, better or {})
    if products["price"].isna().all():
        products = products.drop(columns="price")
    else:
        columns["price"] = facts.columns["price"]
    made = source(
        pd.concat([products, pd.DataFrame(cells, index=products.index)], axis=1),
        facts.name,
        columns=columns,
        attributes=list(cells),
        line=facts.line,
    )
    return replace(
        made,
        title=facts.title,
        licence=facts.licence,
        note=facts.note,
        said=(*facts.said, *_left([*said, *odd])),
    )


def _features(
    products: pd.DataFrame, features: pd.DataFrame, better: Mapping[str, str]
) -> tuple[dict[str, pd.Series], dict[str, Column], list[str]]:
    # Each feature's value for each product, how it is written, and which are left out.
    found, columns, odd = {}, {}, []
    for topic, claimed in features.groupby("topic", sort=True):
        values = claimed["claim"].map(_value)
        if values.isna().any():
            words = claimed.loc[values.isna(), "claim"].iloc[0]
            odd.append(f"{topic} (“{words}” is neither yes, no nor a number)")
            continue
        name = f"{topic} (feature)" if topic in (*ROLES, "attribute", "instrument") else str(topic)
        flag = set(values) <= {0.0, 1.0}
        found[name] = _spread(products, claimed, values)
        columns[name] = Column(str(topic), better=better.get(str(topic), "higher" if flag else ""))
    return found, columns, odd


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
