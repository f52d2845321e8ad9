"""What prices are compared on: attributes of all priced products, laid out once for every price analysis."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.competitive.market import newest
from pmlib.competitive.prices import prices
from pmlib.competitive.regression import FEW, is_constant, unexplained
from pmlib.competitive.words import count, listed, lower
from pmlib.data import Source
from pmlib.result import Absent, Check
from pmlib.table import Column

REPEATED = 1e-5  # a column repeats others when they leave less than this share of its variation unexplained
KNOWN = 0.5  # share of products whose attribute must be known, or the attribute is left out instead of them
NEGLIGIBLE = 0.0005  # a price difference up to here is written as none
SAME, UNKNOWN, TOO_MUCH = "the same for all", "mostly unknown", "too much for so few products"
GAP = Column("Price against comparable products", "%")


@dataclass(frozen=True)
class Term:
    """One column of the comparison.

    name : of the column. attribute : where it comes from ("" for the years). label : in words.
    form : "log", "yes/no", "level X" or "linear". better : "higher", "lower" or "", as declared.
    """

    name: str
    attribute: str
    label: str
    form: str
    better: str = ""


Columns = list[tuple[Term, pd.Series]]
YEARS = Term("(years)", "", "Time", "linear")


@dataclass(frozen=True)
class Comparables:
    """Products with a price and all attributes, ready to be compared.

    rows : as sold, in the source's order. log_price : their ln(price). matrix : one centred column a term.
    groups : number of the product each row belongs to; a product that returns in later periods is one group.
    left : attributes not compared on, and why.
    """

    rows: pd.DataFrame
    log_price: np.ndarray
    matrix: pd.DataFrame
    terms: tuple[Term, ...]
    groups: np.ndarray
    left: Mapping[str, str]
    checks: tuple[Check, ...]

    @property
    def basis(self) -> str:
        """The attributes in words, or how many there are."""
        labels = dict.fromkeys(lower(t.label.partition(":")[0]) for t in self.terms if t.attribute)
        return listed(list(labels)) if len(labels) <= 4 else f"{count(len(labels))} attributes"

    @property
    def attributes(self) -> tuple[str, ...]:
        """Those compared on, as declared."""
        return tuple(dict.fromkeys(term.attribute for term in self.terms if term.attribute))

    @property
    def complete(self) -> bool:
        """Whether no attribute is missing that would tell products apart."""
        return not {UNKNOWN, TOO_MUCH} & set(self.left.values())


def comparables(
    title: str, source: Source, *, all_periods: bool = False, extra: int = 0
) -> Comparables | Absent:
    """Lay out the products that can be compared, of the newest period unless all periods are asked for.

    Positive numbers enter as logarithms, flags as 0 and 1, categories as one column a level against the most
    frequent one, several periods as a trend in years. An attribute is left out, and a Check says so, when it
    is the same for all, repeats others, is unknown for most products, or leaves fewer than FEW products a
    term; those declared first come first.

    Parameters
    ----------
    title : of the section, for the line that says why it is absent.
    extra : how many terms the analysis will add.

    Raises
    ------
    ValueError : a price is not above 0; an attribute mixes numbers and texts.
    """
    rows, check = prices(source)
    rows = rows if all_periods else newest(rows)
    _check_attributes(source)
    if not source.attributes:
        return Absent(title=title, reason=f"The data ({source.title}) declare no attributes to compare on.")
    if rows["price"].nunique() < 2:
        return Absent(title=title, reason="All priced products have the same price, or there is only one.")
    kept, known, left = _choose(source, rows, extra)
    if not kept:
        why = listed([f"{_label(source, name)} is {reason}" for name, reason in left.items()])
        found = f"{count(len(rows))} priced products do not suffice to compare"
        return Absent(title=title, reason=f"{found}: {why}.")
    rows = rows[known]
    if _several(rows):
        kept.append((YEARS, rows["period"].dt.year + (rows["period"].dt.day_of_year - 1) / 365.25))
    matrix, terms, repeats = _independent([(term, values[known]) for term, values in kept], source)
    left |= repeats
    return Comparables(
        rows=rows,
        log_price=np.log(rows["price"].to_numpy(float)),
        matrix=matrix,
        terms=tuple(terms),
        groups=_products(rows),
        left=left,
        checks=(
            *([] if check.passed else [check]),
            all_known(int((~known).sum()), len(known)),
            all_used(source, left),
        ),
    )


def is_ordered(values: pd.Series) -> bool:
    """Tell whether a category's levels are declared from one end to the other."""
    return bool(getattr(values.dtype, "ordered", False))


def levels(values: pd.Series) -> list:
    """List a category's levels, in their declared order where there is one."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return list(values.cat.categories)
    return sorted(values.dropna().unique(), key=str)


def all_known(unknown: int, products: int) -> Check:
    """Check that no product was left out for an unknown attribute."""
    saw = f"{count(unknown)} of {count(products)} products left out" if unknown else count(products)
    return Check("Products compared have all attributes", not unknown, saw)


def all_used(source: Source, left: Mapping[str, str]) -> Check:
    """Check that every attribute is compared on; `left` says why one is not."""
    named = [f"{_label(source, name)} ({why})" for name, why in left.items()]
    saw = f"left out: {', '.join(named)}" if named else f"all {count(len(source.attributes))} are"
    return Check("Every attribute is compared on", not named, saw)


def verdict(estimate: float, low: float, high: float, *, otherwise: str) -> str:
    """Name a price difference "dearer" or "cheaper" where its interval says so and it is not negligible."""
    if abs(estimate) <= NEGLIGIBLE:
        return otherwise
    return "dearer" if low > 0 else "cheaper" if high < 0 else otherwise


def is_flag(values: pd.Series) -> bool:
    """Tell whether a column says yes (1) or no (0)."""
    numeric = pd.api.types.is_numeric_dtype(values.dtype)
    return numeric and set(values.dropna().astype(float)) <= {0.0, 1.0}


def _choose(source: Source, rows: pd.DataFrame, extra: int) -> tuple[Columns, pd.Series, dict[str, str]]:
    kept: Columns = []
    known = pd.Series(True, index=rows.index)
    left: dict[str, str] = {}
    several = _several(rows)
    for name in source.attributes:
        columns = _columns(name, rows[name], source.columns.get(name, Column(name)))
        told = rows[name].notna()
        more = known & told
        products = len(np.unique(_products(rows[more]))) if several else int(more.sum())
        if told.mean() < KNOWN:
            left[name] = UNKNOWN
        elif not columns:
            left[name] = SAME
        elif products < FEW * (len(kept) + len(columns) + extra + several):
            left[name] = TOO_MUCH
        else:
            kept += columns
            known = more
    return kept, known, left


def _columns(name: str, values: pd.Series, spec: Column) -> Columns:
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.astype(float)
        found = np.unique(numbers.dropna())
        if len(found) < 2:
            return []
        form = "yes/no" if set(found) == {0, 1} else "log" if found[0] > 0 else "linear"
        term = Term(name, name, spec.label, form, spec.better)
        return [(term, np.log(numbers) if form == "log" else numbers)]
    if values.nunique() < 2:
        return []
    texts = values.astype(str).where(values.notna())
    order = [text for text in map(str, levels(values)) if (texts == text).any()]
    base = texts.value_counts().reindex(order).idxmax()
    columns: Columns = []
    for text in [text for text in order if text != base]:
        upward = (order.index(text) > order.index(base)) == (spec.better == "higher")
        better = ("higher" if upward else "lower") if spec.better and is_ordered(values) else ""
        term = Term(f"{name}={text}", name, f"{spec.label}: {text}", f"level {text}", better)
        columns.append((term, (texts == text).astype(float)))
    return columns


def _independent(columns: Columns, source: Source) -> tuple[pd.DataFrame, list[Term], dict[str, str]]:
    matrix = np.empty((len(columns[0][1]), 0))
    terms: list[Term] = []
    repeats: dict[str, str] = {}
    for term, values in columns:
        centred = values.to_numpy() - values.mean()
        if unexplained(centred, matrix) > REPEATED:
            matrix = np.column_stack([matrix, centred])
            terms.append(term)
        elif is_constant(centred):
            repeats[term.attribute] = SAME
        else:
            repeats[term.attribute] = _given_by(term, centred, matrix, terms, source)
    gone = repeats.keys() - {"", *(term.attribute for term in terms)}
    frame = pd.DataFrame(matrix, columns[0][1].index, [term.name for term in terms])
    return frame, terms, {name: why for name, why in repeats.items() if name in gone}


def _given_by(term: Term, values: np.ndarray, matrix: np.ndarray, terms: list[Term], source: Source) -> str:
    parts = np.linalg.lstsq(matrix / matrix.std(axis=0), values / values.std(), rcond=None)[0]
    names = {t.attribute for t, part in zip(terms, parts, strict=True) if abs(part) > 100 * REPEATED}
    labels = [_label(source, name) for name in source.attributes if name in names - {term.attribute}]
    return f"given by {listed(labels)}"


def _products(rows: pd.DataFrame) -> np.ndarray:
    # Over several periods a product is known by firm and name: its id often changes with the model year.
    if _several(rows):
        return rows.groupby(["firm", "name"], sort=False).ngroup().to_numpy()
    return np.arange(len(rows))


def _several(rows: pd.DataFrame) -> bool:
    return bool(rows["period"].min() < rows["period"].max())


def _label(source: Source, name: str) -> str:
    return lower(source.columns.get(name, Column(name)).label)


def _check_attributes(source: Source) -> None:
    for name in source.attributes:
        values = source.frame[name].dropna()
        if pd.api.types.is_numeric_dtype(values.dtype):
            continue
        texts = values.map(lambda value: isinstance(value, str)).astype(bool)
        if texts.any() and not texts.all():
            row = source.frame.loc[texts[texts].index[0]]
            product = row.get("name", row.get("product", row["firm"]))
            found = f'{name} of "{product}" is the text "{row[name]}" among numbers'
            raise ValueError(f"{source.name}: {found}; correct it, or leave it empty")
