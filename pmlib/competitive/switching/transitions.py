"""First-order switching in numbers: counts, rates, flows and the steady state, each with its interval."""

from dataclasses import dataclass

import numpy as np

from pmlib.competitive.switching.cluster import (
    even_interval,
    ratio,
    ratio_interval,
    share_interval,
    standard_error,
)
from pmlib.competitive.switching.purchases import Purchases, tally


@dataclass(frozen=True, eq=False)
class Estimates:
    """Numbers of one kind with their intervals, in arrays of one shape."""

    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Transitions:
    """What was bought after what; in every matrix bought before is down, bought next across.

    counts : transitions. rates : shares of a row. leavers : shares of a row without its diagonal. flows : net
    of both directions, as a share of all transitions (positive: the row's brand gives to the column's).
    share : of all purchases. steady : where the shares settle when these rates go on; missing where
    `trapped` says that there is no one such place. drift : steady less share. gain : what each brand won
    from all others less what it lost to them, as a share of all transitions.
    households : of each row, who bought its brand and went on to buy. choosers : with a transition.
    trapped : brands that cannot be reached from every other, or from which not every other can be reached.
    """

    counts: np.ndarray
    rates: Estimates
    leavers: Estimates
    flows: Estimates
    share: Estimates
    steady: Estimates
    drift: Estimates
    gain: Estimates
    households: np.ndarray
    choosers: int
    trapped: np.ndarray


def pairs(bought: Purchases) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List transitions: whose, bought before, bought next."""
    same = bought.chooser[1:] == bought.chooser[:-1]
    return bought.chooser[1:][same], bought.brand[:-1][same], bought.brand[1:][same]


def transitions(bought: Purchases, level: float = 0.95) -> Transitions:
    """Count what was bought after what, and estimate what follows from it."""
    who, before, after = pairs(bought)
    many, households = len(bought.brands), bought.choosers
    counts = tally(before, after, many, many)
    total = np.bincount(who, minlength=households)
    held = bought.counts()
    share = ratio(held, held.sum(axis=1))
    trapped = unsettled(counts)
    pull_of_rates = np.zeros((households, many))  # each household's pull on the steady state
    steady, response = (np.full(many, np.nan), np.eye(many)) if trapped.any() else settle(counts)
    rates, leavers, flows, given = [], [], [], []
    for brand in range(many):
        out = tally(who[before == brand], after[before == brand], households, many)
        back = tally(who[after == brand], before[after == brand], households, many)
        row, left = ratio(out, out.sum(axis=1)), np.delete(out, brand, axis=1)
        pull_of_rates += steady[brand] * row.pull @ response
        others = ratio(left, left.sum(axis=1))
        rates.append((row.estimate, *ratio_interval(row, level)))
        leavers.append(
            np.insert(np.array([others.estimate, *ratio_interval(others, level)]), brand, np.nan, axis=1)
        )
        flow = ratio(out - back, total)
        flows.append(
            (flow.estimate, *even_interval(flow.estimate, flow.error, np.array(flow.freedom), level))
        )
        given.append(row.households)
    ends = np.zeros((households, many))  # a brand's net gain: who ended with it, less who began with it
    np.add.at(ends, (who, after), 1)
    np.add.at(ends, (who, before), -1)
    gain = ratio(ends, total)
    error = standard_error(pull_of_rates, share.households)
    pull = pull_of_rates - share.pull
    return Transitions(
        counts=counts,
        rates=_stack(rates),
        leavers=_stack(leavers),
        flows=_stack(flows),
        share=Estimates(share.estimate, *ratio_interval(share, level)),
        steady=Estimates(
            steady, *share_interval(steady, error, np.array(share.households), np.array(share.freedom), level)
        ),
        drift=_even(
            steady - share.estimate, standard_error(pull, share.households), share.households - 1, level
        ),
        gain=_even(gain.estimate, gain.error, gain.households - 1, level),
        households=np.array(given),
        choosers=int((total > 0).sum()),
        trapped=trapped,
    )


def unsettled(counts: np.ndarray) -> np.ndarray:
    """Tell which brands keep a chain from having one steady state in which every brand has a share."""
    leads = (counts > 0) | np.eye(len(counts), dtype=bool)
    for _ in range(len(counts).bit_length()):  # in 1, 2, 4, ... steps
        leads = leads @ leads
    both = leads & leads.T
    return ~both[both.sum(axis=1).argmax()]


def settle(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the steady state of a chain that has one, and how a change of a row's rates moves it.

    Returns
    -------
    shares, and the matrix by which a change of row i's rates, times share i, is multiplied (the fundamental
    matrix; Schweitzer 1968, J. Appl. Prob. 5).
    """
    rates = counts / counts.sum(axis=1, keepdims=True)
    many = len(rates)
    held = np.ones(many)
    system = np.vstack([(np.eye(many) - rates).T[1:], held])
    shares = np.linalg.solve(system, np.eye(many)[-1])
    shares = np.clip(shares, 0, None) / np.clip(shares, 0, None).sum()
    return shares, np.linalg.inv(np.eye(many) - rates + np.outer(held, shares))


def _even(estimate: np.ndarray, error: np.ndarray, freedom: float, level: float) -> Estimates:
    return Estimates(estimate, *even_interval(estimate, error, np.array(freedom), level))


def _stack(rows: list) -> Estimates:
    return Estimates(*np.swapaxes(np.array(rows, float), 0, 1))
