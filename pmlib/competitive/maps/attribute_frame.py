"""The frame of an attribute map: attributes, firms, products and the widest empty place, one row each."""

import numpy as np
import pandas as pd

from pmlib.competitive.comparable import is_flag, is_ordered
from pmlib.competitive.maps.ellipses import SHAPE, centre_ellipses
from pmlib.competitive.maps.empty import Empty
from pmlib.competitive.maps.offers import Offers, called
from pmlib.competitive.maps.plane import PLACED, place
from pmlib.competitive.maps.principal import PrincipalComponents
from pmlib.competitive.maps.separation import separation
from pmlib.data import Source
from pmlib.table import Column


def attribute_rows(
    source: Source,
    laid: Offers,
    found: PrincipalComponents,
    own: np.ndarray,
    others: np.ndarray,
    level: float,
) -> pd.DataFrame:
    """Place the attributes, and compare two groups of products on each; no means of a category's steps."""
    frame = place(found.columns, "attribute")
    gaps = separation(found.standardised, own, others, level).reset_index(drop=True)
    table = laid.table.loc[found.standardised.index, found.means.index]
    for name, which in (("own", own), ("others", others)):
        means = table[which].mean()
        gaps[name] = [np.nan if is_ordered(source.frame[a]) else mean for a, mean in means.items()]
    labels = [source.columns.get(name, Column(name)).label for name in found.means.index]
    return frame.join(gaps).assign(label=labels, kind="attribute")


def firm_rows(
    found: PrincipalComponents, firms: pd.Series, focal: str, level: float, seed: int
) -> pd.DataFrame:
    """Place each firm at the mean of its products."""
    scores = found.rows.principal.iloc[:, :2].groupby(firms).mean()
    away = (found.standardised.groupby(firms).mean() ** 2).sum(axis=1)
    shape = centre_ellipses(found, firms, level=level, seed=seed)
    names = scores.index.to_series()
    frame = pd.DataFrame(
        {
            "point": names,
            "label": names,
            "kind": "firm",
            "side": np.where(names == focal, "focal firm", "firm"),
            "firm": names,
            "mass": firms.value_counts(normalize=True).reindex(scores.index),
            "x": scores[1],
            "y": scores[2],
            "quality": (scores**2).sum(axis=1) / away.where(away > 0),
        }
    )
    return frame.join(shape).reset_index(drop=True)


def product_rows(laid: Offers, found: PrincipalComponents, firms: pd.Series, focal: str) -> pd.DataFrame:
    """Place the products."""
    names = laid.sold.loc[firms.index, "name"].astype("str").to_numpy()
    frame = place(found.rows, "product").assign(
        point=names, label=names, kind="product", firm=firms.to_numpy()
    )
    return frame.assign(side=np.where(frame["firm"] == focal, "own product", "product"))


def gap_row(empty: Empty | None) -> pd.DataFrame:
    """Place the widest empty place, where there is one."""
    row = {"point": "(empty)", "label": "empty", "kind": "empty place", "side": "gap"}
    return pd.DataFrame([row | {"x": empty.place[0], "y": empty.place[1]}] if empty else [])


def together(*parts: pd.DataFrame) -> pd.DataFrame:
    """Put the parts below each other, columns in one order."""
    order = [*PLACED, "firm", *SHAPE, "own", "others", "estimate", "low", "high"]
    return pd.concat([part.reindex(columns=order) for part in parts if len(part)], ignore_index=True)


def described(source: Source, found: PrincipalComponents, where: np.ndarray, least: float) -> list[str]:
    """Say what a product at a place of the map would be like, in the two attributes that tell most."""
    like = pd.Series(found.columns.standard.iloc[:, :2].to_numpy() @ where, found.means.index)
    telling = like[like.abs() >= least].abs().nlargest(2).index
    words = []
    for name in telling:
        high, low = ("", "no ") if is_flag(source.frame[name]) else ("more ", "less ")
        words.append((high if like[name] > 0 else low) + called(source, name))
    return words
