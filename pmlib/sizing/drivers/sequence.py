"""The order in which nodes can be computed, and the circle where there is none."""

from collections.abc import Mapping

from pmlib.sizing.drivers.node import Node
from pmlib.sizing.drivers.refusal import TreeError


def sequence(nodes: Mapping[str, Node]) -> tuple[str, ...]:
    """Order the names of nodes, each after what it is made of.

    Raises
    ------
    TreeError : a node is made of itself; says by which way.
    """
    waits = {name: set(node.formula.names if node.formula else ()) for name, node in nodes.items()}
    users: dict[str, list[str]] = {name: [] for name in nodes}
    for name, needed in waits.items():
        for other in needed:
            users[other].append(name)
    ready = [name for name, needed in waits.items() if not needed]
    for name in ready:  # grows while it is walked
        for user in users[name]:
            waits[user].discard(name)
            if not waits[user]:
                ready.append(user)
    if len(ready) < len(nodes):
        circle = _circle({name: needed for name, needed in waits.items() if needed})
        first = nodes[circle[0]]
        way = " → ".join([*circle[:6], *(["…"] if len(circle) > 6 else []), circle[0]])
        raise TreeError(f"{first.place}: it is made of itself, {way}; break the circle with a value")
    return tuple(ready)


def _circle(waits: Mapping[str, set[str]]) -> list[str]:
    path = [next(iter(waits))]
    while True:
        following = min(name for name in waits[path[-1]] if name in waits)
        if following in path:
            return path[path.index(following) :]
        path.append(following)
