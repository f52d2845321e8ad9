"""Each attribute with a better direction as one number a product, so that firms can be compared on it."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pmlib.competitive.comparable import SAME, is_flag, is_ordered, levels
from pmlib.data import Source
from pmlib.table import Column


@dataclass(frozen=True)
class Scale:
    """One attribute: of a number its values, of a flag 0 and 1, of an ordered category 1 at its best level.

    term : name of its column in `comparable`. column : its number for each product.
    spec : how a mean over products is written.
    """

    attribute: str
    term: str
    column: pd.Series
    spec: Column

    @property
    def sign(self) -> float:
        """1 where higher is better, -1 where lower is."""
        return -1.0 if self.spec.better == "lower" else 1.0

    def mean(self, which: pd.Series, weights: pd.Series | None) -> float:
        """Average over the products that are known; NaN when there are none or none was sold."""
        known = self.column[which].dropna()
        weigh = pd.Series(1.0, known.index) if weights is None else weights[known.index]
        return float((known * weigh).sum() / weigh.sum()) if weigh.sum() > 0 else np.nan

    @property
    def spread(self) -> float:
        """Standard deviation over products: a typical step."""
        return float(self.column.std(ddof=0))

    def step(self, form: str) -> float:
        """How far a column of `comparable` in this form moves with one typical step better.

        On a logarithm the step is the one from the mean of the products to one spread above it.
        """
        size = np.log1p(self.spread / self.column.mean()) if form == "log" else self.spread
        return self.sign * float(size)


def scales(source: Source, sold: pd.DataFrame) -> tuple[list[Scale], dict[str, str]]:
    """Lay out the attributes that vary and say which direction is better, in declared order.

    Returns
    -------
    The scales, and why each of the other attributes has none.
    """
    found: list[Scale] = []
    left: dict[str, str] = {}
    for name in source.attributes:
        scale = _scale(name, sold[name], source.columns.get(name, Column(name)))
        if isinstance(scale, Scale):
            found.append(scale)
        else:
            left[name] = scale
    return found, left


def _scale(name: str, values: pd.Series, spec: Column) -> Scale | str:
    if spec.better not in ("higher", "lower"):
        return "no better direction declared"
    if values.nunique() < 2:
        return SAME if values.notna().any() else "unknown for all"
    if is_flag(values):
        return Scale(name, name, values.astype(float), replace(spec, unit="%", digits=0))
    if pd.api.types.is_numeric_dtype(values.dtype):
        return Scale(name, name, values.astype(float), spec)
    if not is_ordered(values):
        return "no order of its levels declared"
    best = levels(values)[-1 if spec.better == "higher" else 0]
    if not values.eq(best).any():
        return f"no product has “{best}”"
    share = values.eq(best).astype(float).where(values.notna())
    return Scale(name, f"{name}={best}", share, Column(f"{spec.label}: {best}", "%", 0, "higher"))
