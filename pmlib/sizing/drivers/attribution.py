"""A change of a function divided among its inputs, without a remainder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from pmlib.sizing.drivers.orders import Step, every_step, sampled_steps

EVERY_GROUP = 12  # changed inputs up to which every group of them is tried; beyond, sampled orders
ORDERS = 64  # each also walked backwards


@dataclass(frozen=True)
class Attribution:
    """What each input did to a change from `before` to `now`.

    logs : of now over before, by input; they add up to its logarithm. None where a step on the way is not
        positive, so that there is no logarithm. parts : of now − before, by input; they add up to it.
    """

    before: float
    now: float
    logs: dict[str, float] | None
    parts: dict[str, float]


def attribution(
    function: Callable[[Mapping[str, np.ndarray]], np.ndarray],
    before: Mapping[str, float],
    now: Mapping[str, float],
) -> Attribution:
    """Attribute the change of a function to those inputs that changed.

    An input's part is what changing it does, averaged over all orders in which the inputs could have changed
    (Shapley), in logarithms wherever all steps are of one sign: for a product, the logarithm of the input's
    own ratio, to which the log-mean Divisia index comes too. Logarithms become amounts by the log-mean of
    before and now. Of more than 12 changed inputs 128 orders are sampled, which add up as exactly.

    Parameters
    ----------
    function : takes values by name, each an array, and gives an array. before, now : the inputs' values.

    References
    ----------
    Ang (2004), "Decomposition analysis for policymaking in energy", Energy Policy 32(9): log-mean Divisia.
    """
    changed = [name for name in now if before[name] != now[name]]
    count = len(changed)
    steps = list(every_step(count) if count <= EVERY_GROUP else sampled_steps(count, ORDERS, seed=1))
    taken = [group for known, new, _ in steps for group in (known, known | {new})]
    groups = list(dict.fromkeys([frozenset[int](), frozenset(range(count)), *taken]))
    inputs = {name: np.full(len(groups), value) for name, value in before.items()}
    for i, name in enumerate(changed):
        inputs[name] = np.where([i in group for group in groups], now[name], before[name])
    values = np.broadcast_to(np.asarray(function(inputs), float), len(groups))
    at = dict(zip(groups, values, strict=True))
    first, last = (float(at[group]) for group in (frozenset[int](), frozenset(range(count))))
    if first != 0 and (values * first > 0).all():
        logs = _divided(changed, steps, {group: log(abs(value)) for group, value in at.items()})
        mean = first if first == last else (last - first) / log(last / first)
        return Attribution(first, last, logs, {name: mean * part for name, part in logs.items()})
    return Attribution(first, last, None, _divided(changed, steps, at))


def _divided(
    names: Sequence[str], steps: Sequence[Step], at: Mapping[frozenset[int], float]
) -> dict[str, float]:
    parts = dict.fromkeys(names, 0.0)
    for group, new, weight in steps:
        parts[names[new]] += weight * (at[group | {new}] - at[group])
    return parts
