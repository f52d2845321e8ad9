"""From the whole market to the part that can be won: TAM, SAM, SOM, and what each cut takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data.words import shown
from pmlib.given import ungiven
from pmlib.parameters import check_level, check_names, check_seed
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.drivers import words
from pmlib.sizing.drivers.draws import draws
from pmlib.sizing.drivers.lineage import sources
from pmlib.sizing.drivers.node import Node
from pmlib.sizing.drivers.tree import Tree
from pmlib.sizing.method_drivers import product
from pmlib.table import Column, decimals, interval, number, percentage

TITLE = "From the whole market to ours"
ROUNDING = 1e-9  # a level may pass the one above by this part of it
MEANT = {"tam": "the whole market", "sam": "what we could serve", "som": "what we could win"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Funnel(Result):
    """Levels of a market, each inside the one above.

    frame : a row a level: level, estimate, low, high, kept, kept_low, kept_high (share of the level above,
        0-1), cut (what leads to it, in words), definition (its note in the tree).
    """

    def plot(self, ax: Any = None) -> Any:
        """Draw a bar a level and what is cut between two of them."""
        from pmlib import chart

        last = [str(self.frame["level"].iloc[-1])]
        return chart.waterfall(
            self.frame, "level", "cut", spec=self.columns["estimate"], highlight=last, ax=ax
        )


def funnel(
    market: Tree | Absent | None, levels: Sequence[str] = (), *, level: float = 0.8, seed: int = 1
) -> Funnel | Absent:
    """Go down from the whole market to what can be won, with a range at each level.

    Parameters
    ----------
    market : a driver tree.
    levels : names of its nodes, the largest first, as in ["tam", "sam", "som"]; a comment behind a
        node defines it.
    level : of the ranges. seed : of the draws.

    Returns
    -------
    Funnel : see there; Absent where no levels are named.

    Raises
    ------
    ValueError : a level that is no node, is named twice, or has another unit than the first.
    """
    check_level(level)
    check_seed(seed)
    if absent := ungiven(TITLE, market, "driver tree"):
        return absent
    if not isinstance(market, Tree):
        raise TypeError(
            f"a driver tree is needed, found a {type(market).__name__}; make one: sizing.tree(text)"
        )
    check_names("levels", levels)
    if isinstance(levels, str):
        raise ValueError(f'levels is the text {shown(levels)}; write a list of names: ["tam", "sam", "som"]')
    if not levels:
        return Absent(title=TITLE, reason="No levels were named.")
    nodes = _checked(market, levels)
    every = draws(market, seed=seed)
    found = np.array([every[node.name] for node in nodes])
    unit = nodes[0].unit.column("").unit
    frame = _frame(market, nodes, found, every, level)
    numbers = tuple(_number(row, node, unit, level) for row, node in zip(_rows(frame), nodes, strict=True))
    return Funnel(
        title=_title(frame),
        subtitle=f"{TITLE}{f', in {unit}' if unit else ''}; {percentage(level)} ranges.",
        finding=_finding(frame, unit, level),
        headline=_headline(frame, unit, level),
        frame=frame,
        columns={
            "level": Column("Level"),
            "estimate": Column("Size", unit),
            "low": Column("Low", unit),
            "high": Column("High", unit),
            "cut": Column("Cut"),
            "definition": Column("What it is"),
        },
        numbers=numbers[::-1][:2] + numbers[:-2][:1],
        checks=_checks(nodes, found),
        source=sources(market, *levels),
    )


def _checked(market: Tree, levels: Sequence[str]) -> list[Node]:
    nodes = [market.node(name) for name in levels]
    for i, node in enumerate(nodes):
        if node.name in levels[:i]:
            raise ValueError(f"level {node.name} is named twice; name each level once, the largest first")
        if node.unit != nodes[0].unit:
            raise ValueError(
                f"level {node.name} is in [{node.unit}], {nodes[0].name} in [{nodes[0].unit}]; "
                f"a part has the unit of the whole: write `... in {nodes[0].unit}`"
            )
    return nodes


def _frame(
    market: Tree, nodes: Sequence[Node], found: np.ndarray, every: dict[str, np.ndarray], level: float
) -> pd.DataFrame:
    tails = [0.5, (1 - level) / 2, (1 + level) / 2]
    rows = []
    for i, node in enumerate(nodes):
        kept, cut = np.array([np.nan] * 3), ""
        if i:
            with np.errstate(divide="ignore", invalid="ignore"):
                kept = np.nanquantile(found[i] / found[i - 1], tails)
            cut = _cut(market, node, nodes[i - 1], kept)
        rows.append((words.label(node), *np.quantile(found[i], tails), *kept, cut, _definition(node)))
    columns = ["level", "estimate", "low", "high", "kept", "kept_low", "kept_high", "cut", "definition"]
    return pd.DataFrame(rows, columns=columns)


def _definition(node: Node) -> str:
    return node.note or MEANT.get(node.name, "")


def _cut(market: Tree, node: Node, above: Node, kept: np.ndarray) -> str:
    """Say what leads from one level to the next: × 23% (20% to 26%): small cars."""
    share = f"× {_share(float(kept[0]))}"
    if kept[2] > kept[1]:
        digits = decimals(float(kept[0]) * 100, 2)
        share += f" ({interval(float(kept[1]), float(kept[2]), '%', digits)})"
    through = _between(market, node.name, above.name)
    named = [words.inside(market.nodes[name]) for name in through]
    return f"{share}: {' × '.join(named)}" if named else share


def _between(market: Tree, name: str, above: str) -> list[str]:
    """List the factors by which a level is made of the one above, none if it is not so."""
    formula = market.nodes[name].formula
    own = product(formula.steps) if formula else None
    if own is None:
        return []
    if above in own:
        return [factor for factor in own if factor != above] if own[above] == 1 else []
    for factor, power in own.items():
        if power == 1 and (further := _between(market, factor, above)):
            return [*further, *(other for other in own if other != factor)]
    return []


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _number(row: dict[str, Any], node: Node, unit: str, level: float) -> Number:
    meant = MEANT.get(node.name)
    varies = row["high"] > row["low"]
    return Number(
        name=node.name,
        label=f"{row['level']}: {meant}" if meant else row["level"],
        value=float(row["estimate"]),
        low=float(row["low"]) if varies else None,
        high=float(row["high"]) if varies else None,
        level=level if varies else None,
        unit=unit,
        source=node.source,
    )


def _title(frame: pd.DataFrame) -> str:
    first, last = frame.iloc[0], frame.iloc[-1]
    if len(frame) == 1:
        return f"{first['level']}, uncut"
    share = last["estimate"] / first["estimate"] if first["estimate"] else np.nan
    return f"{last['level']} is {_share(float(share))} of {first['level']}"


def _share(share: float) -> str:
    return number(share, "%", decimals(share * 100, 2))


def _finding(frame: pd.DataFrame, unit: str, level: float) -> str:
    said = []
    for i, row in enumerate(_rows(frame)):
        size = words.estimate(row["estimate"], row["low"], row["high"], unit, level)
        meant = f" ({row['definition']})" if row["definition"] else ""
        said.append(f"{row['level']}{meant} is {size}" if i == 0 else f"{row['level']}{meant} {size}")
    return f"{'; '.join(said)}."


def _headline(frame: pd.DataFrame, unit: str, level: float) -> str:
    """Say what is left first, and what of."""
    *above, last = _rows(frame)
    meant = f": {words.lower(last['definition'])}" if last["definition"] else ""
    size = words.estimate(last["estimate"], last["low"], last["high"], unit, level)
    wholes = [f"{row['level']} is {number(row['estimate'], words.spoken(unit))}" for row in reversed(above)]
    return f"{last['level']} is {size}{meant}. {f'{words.listed(wholes)}.' if wholes else ''}".strip()


def _checks(nodes: Sequence[Node], found: np.ndarray) -> tuple[Check, ...]:
    checks = []
    for above, node, whole, part in zip(nodes, nodes[1:], found, found[1:], strict=False):
        beyond = part > whole + ROUNDING * np.abs(whole)
        label = f"{words.label(node)} lies inside {words.label(above)} in every draw"
        saw = f"it passes it in {beyond.mean():.1%} of draws" if beyond.any() else f"in all {len(part):,}"
        checks.append(Check(label, not beyond.any(), saw))
    negative = [words.label(node) for node, own in zip(nodes, found, strict=True) if own.min() < 0]
    checks.append(Check("No level falls below zero", not negative, words.listed(negative) or "none does"))
    return tuple(checks)
