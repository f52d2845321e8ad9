"""What is other in the newest period than in the one before: firms, shares, prices, products."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit  # quantiles of Student's t

from pmlib.competitive.proportion import difference

ENDS = ["change", "low", "high"]


def followed(then: pd.DataFrame, now: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Pair the products of two periods.

    A product is followed by its code or, where none returns, by its name; one that several products of a firm
    share in a period is not followed.

    Parameters
    ----------
    then, now : rows of a period: firm, price, volume, and product, name where there are any.

    Returns
    -------
    The column that products are followed by ("" where none can be), and a row for each that is in both
    periods: firm, who (its name), and price and volume ending in _then and _now.
    """
    wanted = ["price", "volume", "name"]
    for key in ("product", "name"):
        if key in then:
            on = ["firm", key]
            old, new = (part[~part.duplicated(on, keep=False)] for part in (then, now))
            old, new = (part[list(dict.fromkeys([*on, *wanted]))] for part in (old, new))
            pairs = old.merge(new, on=on, suffixes=("_then", "_now"))
            if len(pairs):
                return key, pairs.assign(who=pairs["name" if key == "name" else "name_now"])
    return "", pd.DataFrame(columns=["firm", "who", *(f"{c}_{t}" for c in wanted for t in ("then", "now"))])


def share_moves(then: pd.DataFrame, now: pd.DataFrame, *, sampled: bool, level: float) -> pd.DataFrame:
    """Give each firm's share in both periods.

    Returns
    -------
    DataFrame : firm, before, now (shares; missing without sales), change, low, high (Newcombe's interval
        where volumes count what a sample bought), stood, stands (whether it had products then, and has now);
        the largest gain first.
    """
    sides = {"before": then, "now": now}
    firms = sorted(set(then["firm"]) | set(now["firm"]))
    sums = pd.DataFrame({side: part.groupby("firm")["volume"].sum() for side, part in sides.items()})
    sizes, held = sums.sum(), (sums / sums.sum()).reindex(firms)
    known = all(part["volume"].notna().all() for part in sides.values())
    found = (held.fillna(0.0) if known else held * np.nan).rename_axis("firm").reset_index()
    found["change"] = found["now"] - found["before"]
    found["low"] = found["high"] = np.nan
    if sampled and known:
        old, new = sizes["before"], sizes["now"]
        ends = [difference(row.now, new, row.before, old, level)[1:] for row in found.itertuples()]
        found[["low", "high"]] = np.array(ends)
    found["stood"], found["stands"] = (found["firm"].isin(part["firm"]) for part in sides.values())
    return found.sort_values("change", ascending=False, kind="stable", ignore_index=True)


def price_moves(pairs: pd.DataFrame, *, sampled: bool, level: float) -> pd.DataFrame:
    """Give each firm's change of price over its products that are priced in both periods.

    Returns
    -------
    DataFrame : firm, products (how many), change, low, high (a fraction: Törnqvist's index less 1, with an
        interval from the scatter of its products where they are a sample).
    """
    priced = pairs.dropna(subset=["price_then", "price_now"])
    found = []
    for firm, own in priced.groupby("firm"):
        ratio = np.log(own["price_now"] / own["price_then"]).to_numpy(float)
        weight = _weights(own)
        mean, half, items = float(weight @ ratio), np.nan, len(own)
        if sampled and items > 1:
            spread = np.sqrt((weight**2 * (ratio - mean) ** 2).sum() * items / (items - 1))
            half = float(stdtrit(items - 1, 0.5 + level / 2) * spread)
        found.append((firm, items, *np.expm1([mean, mean - half, mean + half])))
    return pd.DataFrame(found, columns=["firm", "products", *ENDS])


def _weights(own: pd.DataFrame) -> np.ndarray:
    # A product's part of the firm's spending, averaged over both periods.
    if own[["volume_then", "volume_now"]].isna().any(axis=None):
        return np.full(len(own), 1 / len(own))
    spent = [own[f"volume_{when}"] * own[f"price_{when}"] for when in ("then", "now")]
    return np.mean([part / part.sum() for part in spent], axis=0)


def product_prices(pairs: pd.DataFrame) -> pd.DataFrame:
    """Give each product's price in both periods, and its change."""
    priced = pairs.dropna(subset=["price_then", "price_now"])
    frame = priced[["who", "firm"]].assign(before=priced["price_then"], now=priced["price_now"])
    return frame.assign(change=frame["now"] / frame["before"] - 1)


def arrivals(then: pd.DataFrame, now: pd.DataFrame, key: str) -> pd.DataFrame:
    """List the products of `now` that are not in `then`, with their share of what was sold."""
    known = pd.MultiIndex.from_frame(then[["firm", key]])
    new = now[~pd.MultiIndex.from_frame(now[["firm", key]]).isin(known)]
    whole = now["volume"].sum() if now["volume"].notna().all() else np.nan
    share = new["volume"] / whole
    grouped = new.assign(share=share).groupby(["firm", key], sort=True)
    return grouped.agg(who=("name", "first"), share=("share", lambda s: s.sum(min_count=1))).reset_index()


def is_news(row: Any, materiality: float) -> bool:
    """Tell whether a change is material and, where it has an interval, beyond it."""
    beyond = row.low != row.low or row.low > 0 or row.high < 0
    # a hair below the bar is the bar: 0.38 - 0.37 is not quite 0.01 in binary
    return bool(abs(row.change) >= materiality - 1e-9 and row.change != 0 and beyond)
