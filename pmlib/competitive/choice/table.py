"""A table of choices laid out for a model: who chose what, from which alternatives."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import CONSTANT, Design, check_names, design, is_label
from pmlib.competitive.choice.newton import centre, dependent
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.words import count, listed
from pmlib.data import Source
from pmlib.data.source import check_source
from pmlib.given import ungiven
from pmlib.result import Absent, Check

NAMED = 3  # rows, sets or terms that an error names
CHOOSERS = 10  # below which errors that allow for choosers being alike with themselves promise too much
PER_TERM = 10  # choices for each term, below which estimates are shaky


@dataclass(frozen=True, kw_only=True, eq=False)
class Choices:
    """Choice sets, a row an alternative.

    frame : the source's columns, rows of a set together, plus `constant` (whose constant the row has).
    matrix : (n, k) terms as in `design`, each set's mean taken off. chosen : (n,) True for one row a set.
    sets : where sets start. choosers : (S,) code of who chose, from 0. design : what the terms are.
    label : "product" or "firm", what alternatives are called by. base : the label without a constant.
    none : the label of buying none of these, where there is one. checks : what was left out, and doubts.
    """

    source: Source = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    matrix: np.ndarray = field(repr=False)
    chosen: np.ndarray = field(repr=False)
    sets: Sets
    choosers: np.ndarray = field(repr=False)
    design: Design
    label: str
    base: str | None
    none: str | None
    checks: tuple[Check, ...] = ()

    @property
    def repeated(self) -> bool:
        """Whether anybody chose more than once."""
        return int(self.choosers.max()) + 1 < len(self.sets)

    @property
    def clustered(self) -> bool:
        """Whether errors can allow for choices of one chooser being alike: not where there is one."""
        return self.repeated and int(self.choosers.max()) > 0


def lay_out(
    title: str,
    source: Source | None,
    *,
    attributes: Sequence[str] | None = None,
    constants: bool = True,
    base: str | None = None,
    none: str | None = None,
    chooser_terms: Sequence[str] = (),
) -> Choices | Absent:
    """Lay a table of choices out for a model, or say why it holds none.

    Parameters
    ----------
    title : of the section.
    source : one row per alternative of a choice set; roles occasion and chosen; chooser where one chooses
        often; product or firm names the alternative; price and attributes describe it; available = 0 takes it
        out.
    attributes : columns to take; all attributes of the source when None.
    constants : whether each product (or firm) has a utility of its own.
    base : the product or firm whose constant is 0; `none` where there is one, else the one chosen most often.
    none : the product or firm that stands for buying none of these; found where it is called so when None.
    chooser_terms : columns about the chooser, which count differently for every product.

    Raises
    ------
    ValueError : one line that names rows, sets or terms: a set without or with several choices, an
        alternative twice in a set, a blank or negative price, a term that cannot be told from others or
        foretells choices.
    """
    if absent := without_choices(title, source):
        return absent
    assert source is not None
    label = called_by(source)
    for what, given in (("attributes", attributes), ("chooser_terms", chooser_terms)):
        if isinstance(given, str):
            raise ValueError(f'{what} is the text "{given}"; write a list of columns: ["{given}"]')
    if chooser_terms and not (constants and label):
        raise ValueError(
            f"{source.name}: chooser_terms count differently for every product, which takes constants and a "
            "product or firm column"
        )
    taken = list(source.attributes if attributes is None else attributes)
    for column in [*taken, *chooser_terms]:
        if column not in source.frame:
            raise ValueError(f"{source.name} has no column {column!r}; it has {list(source.frame)}")
    check_names(source.name, [*taken, *chooser_terms], ("set", "base", CONSTANT))
    frame, chosen, sets = choice_sets(source, taken, chooser_terms)
    frame, chosen, sets, alone = _several(frame, chosen, sets)
    if len(sets) < 2:
        few = "one choice set" if len(sets) else "no choice set"
        return Absent(title=title, reason=f"{source.title} holds {few} of two alternatives or more.")
    frame[CONSTANT] = text(frame[label]) if label else ""
    none = _none(frame, none)
    base = _base(source, frame, chosen, label, base, none) if constants and label else None
    terms = design(
        frame, price="price" in frame, attributes=[c for c in taken if c not in (label, "price")],
        constants=label if constants and label else None, base=base, none=none, chooser_terms=chooser_terms,
    )  # fmt: skip
    for column in chooser_terms:
        _one_a_set(source, frame, sets, column)
    if not terms.terms:
        return Absent(
            title=title, reason=f"{source.title} has no price, attribute or brand to explain choices by."
        )
    matrix = centre(terms.matrix(frame), sets)
    terms, matrix, dropped = _identified(source, terms, matrix)
    if len(sets) <= len(terms.terms):
        raise ValueError(
            f"{source.name}: {len(sets)} choices cannot tell {len(terms.terms)} terms; give more choices, or "
            "name fewer attributes"
        )
    choosers = frame["chooser"] if "chooser" in frame else frame["set"]
    codes = pd.factorize(choosers.to_numpy()[sets.starts])[0]
    return Choices(
        source=source,
        frame=frame,
        matrix=matrix,
        chosen=chosen,
        sets=sets,
        choosers=codes,
        design=terms,
        label=label,
        base=base,
        none=none,
        checks=(*alone, *dropped, *_choosers(codes, len(sets)), _enough(len(sets), len(terms.terms))),
    )


def without_choices(title: str, source: Source | None) -> Absent | None:
    """Say why a table holds no choices, or None where it does."""
    if absent := ungiven(title, source, "table of choices"):
        return absent
    check_source(source)
    assert source is not None
    if missing := source.lacks("occasion", "chosen"):
        said = " and ".join(f"no {role} column" for role in missing)
        return Absent(title=title, reason=f"The data ({source.title}) have {said}, so no choices.")
    if source.frame.empty:
        return Absent(title=title, reason=f"{source.title} holds no rows, so no choices.")
    return None


def called_by(source: Source) -> str:
    """Name the role that alternatives are called by: product, else firm, else nothing."""
    return "product" if source.has("product") else "firm" if source.has("firm") else ""


def choice_sets(
    source: Source, taken: Sequence[str] = (), chooser_terms: Sequence[str] = ()
) -> tuple[pd.DataFrame, np.ndarray, Sets]:
    """Put the rows of each choice set together: the rows, which were chosen (n,), and the sets.

    Raises
    ------
    ValueError : one line that names rows or sets: nothing or several chosen, a blank, a negative price.
    """
    frame = _sorted(source, called_by(source), taken, chooser_terms)
    sets = Sets.of(frame["set"].to_numpy())
    return frame, _one_chosen(source, frame, sets), sets


def _sorted(source: Source, label: str, taken: Sequence[str], chooser_terms: Sequence[str]) -> pd.DataFrame:
    # Rows of a set together, in the order of the file within it; nothing blank or impossible in what is used.
    frame = source.frame.assign(chosen=_flag(source, "chosen"))
    if "available" in frame:
        off = ~_flag(source, "available")
        if (bad := off & frame["chosen"]).any():
            raise ValueError(f"{_row(source, bad)} was chosen and is not available; correct one of the two")
        if off.all():
            raise ValueError(f"{source.name}: available is 0 in every row; it is 1 for what is on offer")
        frame = frame[~off]
    used = ["occasion", *filter(None, [label]), *taken, *chooser_terms]
    used += [role for role in ("chooser", "price") if role in frame]
    for column in used:
        if (blank := frame[column].isna()).any():
            found = _row(source, blank)
            raise ValueError(f"{found} has no {column}; fill it, or leave the choice set out (with keep)")
    if "price" in frame:
        price = frame["price"].to_numpy(float)
        if (wrong := (price < 0) | np.isinf(price)).any():
            at = int(wrong.argmax())
            raise ValueError(f"{_row(source, wrong, frame)} has price {price[at]:g}; a price is 0 or more")
    for column in [*chooser_terms]:
        if is_label(frame[column]):
            raise ValueError(f"{source.name}: {column} holds labels; give chooser terms as numbers or flags")
    key = [role for role in ("chooser", "occasion") if role in frame]
    codes = frame.groupby(key, sort=True, observed=True).ngroup().to_numpy()
    if (codes[1:] < codes[:-1]).any():
        order = np.argsort(codes, kind="stable")
        frame, codes = frame.iloc[order], codes[order]
    frame = frame.assign(set=codes)
    if label == "product" and (twin := _twice(codes, frame[label])).any():
        found = frame[twin].iloc[0]
        sets = frame.loc[twin, "set"].nunique()
        raise ValueError(
            f"{source.name}: {_set(frame[twin].iloc[[0]])} offers {found[label]!s} twice"
            f"{f', as do {sets - 1} other sets' if sets > 1 else ''}; keep one row of each"
        )
    return frame.astype({"price": float} if "price" in frame else {}).reset_index(drop=True)


def _twice(sets: np.ndarray, labels: pd.Series) -> np.ndarray:
    # Which rows name what an earlier row of their set does.
    codes, found = pd.factorize(labels)
    return pd.Series(sets * len(found) + codes).duplicated().to_numpy()


def text(values: pd.Series) -> pd.Series:
    """Write labels as text, each kind of them once."""
    codes, found = pd.factorize(values)
    return pd.Series(pd.Index(found).astype("str").take(codes), values.index, name=values.name)


def _flag(source: Source, column: str) -> pd.Series:
    # A blank is no 0: whether it was chosen is what all is about.
    values = source.frame[column]
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    if (odd := ~numbers.isin([0, 1])).any():
        at = int(odd.to_numpy().argmax())
        raise ValueError(f"{source.name}, row {at}: {column} is {values.iloc[at]}; it may be 0 or 1")
    return numbers == 1


def _row(source: Source, wrong: "pd.Series | np.ndarray", frame: pd.DataFrame | None = None) -> str:
    held = source.frame if frame is None else frame
    at = held.index[np.asarray(wrong)]
    others = f", and {len(at) - 1} other rows" if len(at) > 1 else ""
    first = held.loc[[at[0]]]
    label = called_by(source)
    offer = f"{first[label].iloc[0]} in " if label and first[label].notna().all() else ""
    return f"{source.name}, row {at[0]} ({offer}{_set(first)}{others})"


def _set(frame: pd.DataFrame) -> str:
    first = frame.iloc[0]
    who = f" of chooser {first['chooser']}" if "chooser" in frame else ""
    return f"occasion {first['occasion']}{who}"


def _one_chosen(source: Source, frame: pd.DataFrame, sets: Sets) -> np.ndarray:
    chosen = frame["chosen"].to_numpy()
    taken = sets.sum(chosen.astype(int))
    for found, wrong in (("nothing was chosen", taken == 0), ("several were chosen", taken > 1)):
        if wrong.any():
            firsts = [_set(frame.iloc[[start]]) for start in sets.starts[wrong][:NAMED]]
            more = f" and {wrong.sum() - NAMED} more" if wrong.sum() > NAMED else ""
            raise ValueError(
                f"{source.name}: {found} in {listed(firsts)}{more}; a choice set has one row with chosen = 1"
            )
    return chosen


def _one_a_set(source: Source, frame: pd.DataFrame, sets: Sets, column: str) -> None:
    # What differs between the offers of a set is no trait of who chooses.
    values = frame[column].to_numpy(float)
    differs = values != sets.spread(values[sets.starts])
    if differs.any():
        found = _set(frame[differs].iloc[[0]])
        raise ValueError(
            f"{source.name}: {column} differs between the offers of {found}, so it is no chooser term; "
            "name it among the attributes"
        )


def _several(
    frame: pd.DataFrame, chosen: np.ndarray, sets: Sets
) -> tuple[pd.DataFrame, np.ndarray, Sets, tuple[Check, ...]]:
    # A set of one alternative says nothing of a choice.
    alone = sets.lengths == 1
    if not alone.any():
        return frame, chosen, sets, ()
    kept = sets.spread(~alone)
    frame = frame[kept].reset_index(drop=True)
    check = Check(
        "Every choice set has two alternatives or more", False, f"{count(int(alone.sum()))} left out"
    )
    if frame.empty:
        return frame, chosen[kept], Sets(np.array([], int), 0), (check,)
    return frame, chosen[kept], Sets.of(frame["set"].to_numpy()), (check,)


def _none(frame: pd.DataFrame, none: str | None) -> str | None:
    labels = set(frame[CONSTANT].unique())
    if none is not None:
        if none not in labels:
            raise ValueError(f'none "{none}" is no label of the alternatives; they are {sorted(labels)[:8]}')
        return none
    return next((label for label in sorted(labels) if label.casefold() in NONE), None)


NONE = ("none", "none of these", "no choice", "no purchase", "outside")


def _base(
    source: Source, frame: pd.DataFrame, chosen: np.ndarray, label: str, base: str | None, none: str | None
) -> str:
    labels = sorted(frame[CONSTANT].unique())
    never = sorted(set(labels) - set(frame.loc[chosen, CONSTANT].unique()))
    if never:
        more = f" and {len(never) - NAMED} more" if len(never) > NAMED else ""
        one = len(never) == 1
        raise ValueError(
            f"{source.name}: {listed(never[:NAMED])}{more} {'was' if one else 'were'} never chosen, so "
            f"{'its constant has' if one else 'their constants have'} no estimate; leave the rows of "
            f"{f'that {label}' if one else f'these {label}s'} out (with drop)"
        )
    if base is not None:
        if base not in labels:
            raise ValueError(f'base "{base}" is no {label} of {source.name}; it may be one of {labels[:8]}')
        return base
    if none is not None:
        return none
    taken = frame.loc[chosen, CONSTANT].value_counts()
    return str(min(taken.index[taken == taken.max()]))


def _identified(
    source: Source, terms: Design, matrix: np.ndarray
) -> tuple[Design, np.ndarray, tuple[Check, ...]]:
    # A term that never differs within a set, or that others add up to, is left out by name.
    found = dependent(matrix)
    if not found:
        return terms, matrix, ()
    names = [terms.names[i] for i in found]
    if len(names) == len(terms.terms):
        raise ValueError(
            f"{source.name}: {listed(names[:NAMED])} never differ within a choice set; nothing to fit"
        )
    kept = [i for i in range(matrix.shape[1]) if i not in found]
    check = Check(
        "Every term can be told from the others", False,
        f"{listed(names)} left out: the same for all alternatives of a set, or a sum of others",
    )  # fmt: skip
    return terms.without(names), matrix[:, kept], (check,)


def _choosers(codes: np.ndarray, sets: int) -> list[Check]:
    # Few choosers say little of how choosers differ.
    several = int(codes.max()) + 1
    if several == sets:
        return []
    return [Check(f"{CHOOSERS} choosers or more", several >= CHOOSERS, f"{several:,} made {sets:,} choices")]


def _enough(sets: int, terms: int) -> Check:
    return Check(
        f"{PER_TERM} choices or more for each term",
        sets >= PER_TERM * terms,
        f"{sets:,} choices, {terms} terms",
    )
