"""Which offers stand together: nests given as a column or product by product, checked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import CONSTANT
from pmlib.competitive.choice.nests import Nested
from pmlib.competitive.choice.table import NAMED, Choices
from pmlib.competitive.words import listed

NEST = "nest"  # column of the offers, where nests are given product by product


def nested_by(laid: Choices, nests: str | Mapping[str, Sequence[str]]) -> tuple[Choices, str]:
    """Give laid-out choices a column of nests, and say what it is called."""
    frame, source = laid.frame, laid.source
    if isinstance(nests, str):
        if nests not in frame:
            raise ValueError(f"{source.name} has no column {nests!r} of nests; it has {list(source.frame)}")
        if (blank := frame[nests].isna()).any():
            raise ValueError(
                f"{source.name}: {int(blank.sum())} rows have no {nests}, so no nest; fill it or name the "
                "products of each nest"
            )
        return laid, nests
    if not laid.label:
        raise ValueError(f"{source.name} has no product or firm to name; give a column of nests")
    labels = sorted(set(frame[CONSTANT]))
    of: dict[str, str] = {}
    for nest, members in nests.items():
        for member in [members] if isinstance(members, str) else members:
            if member not in labels:
                raise ValueError(
                    f'nests: "{member}" is no {laid.label} of {source.name}; it has {labels[:8]}'
                )
            if of.setdefault(member, nest) != nest:
                raise ValueError(f'nests: "{member}" is both in "{of[member]}" and in "{nest}"')
    if both := sorted({label for label in labels if label not in of} & set(nests)):
        raise ValueError(f'nests: "{both[0]}" is a {laid.label} that stands alone; call the nest otherwise')
    column = NEST if NEST not in frame else f"{NEST} of {laid.label}"
    named = frame[CONSTANT].map(lambda label: of.get(label, label)).astype("str")
    return replace(laid, frame=frame.assign(**{column: named})), column


def sorted_by_nest(laid: Choices, column: str, dissimilarity: str) -> tuple[Nested, dict[str, int]]:
    """Sort choices by nest, and say which dissimilarity each nest has that has one."""
    codes, labels = pd.factorize(laid.frame[column].astype("str"), sort=True)
    rows = np.lexsort((codes, laid.sets.spread(np.arange(len(laid.sets)))))
    codes = codes[rows]
    found = Nested(
        laid.matrix[rows], laid.chosen[rows], laid.sets, codes, np.full(len(labels), -1), laid.choosers
    )
    # A nest tells its dissimilarity in sets where it has two members or more, and company.
    company = found.outer.spread(found.outer.lengths > 1)
    telling = sorted(set(found.nest[found.inner.starts][(found.inner.lengths > 1) & company]))
    source = laid.source.name
    if not telling:
        several = (
            "no nest has two members in a choice set" if len(labels) > 1 else "all offers are in one nest"
        )
        raise ValueError(f"{source}: {several}, so nests tell nothing; group the offers otherwise")
    group = np.full(len(labels), -1)
    group[telling] = np.arange(len(telling)) if dissimilarity == "each" else 0
    if dissimilarity == "each":
        chosen = set(codes[found.chosen])
        if never := [labels[i] for i in telling if i not in chosen]:
            raise ValueError(
                f"{source}: nothing was chosen from the nest {listed(never[:NAMED])}; take one dissimilarity "
                "for all nests"
            )
    return replace(found, group=group), {str(labels[i]): int(group[i]) for i in telling}
