"""CPU time of a driver tree's draws beside the same tree written in plain numpy.

    python tests/benchmarks/sizing.py [--rounds 5] [--draws 1000000]

The tree has 12 nodes, 8 of them uncertain leaves. The plain version draws each leaf with numpy's generator,
turns it into a lognormal or a logit-normal, and multiplies whole arrays; random and Sobol' draws of the tree
are compared with it, best of the rounds. Printed too: the error of the mean of a product of four lognormals
(closed form) at 1,024 and 16,384 draws, root mean square over seeds.
"""

import argparse
import os
import time
from collections.abc import Callable

import numpy as np
from scipy.special import expit, logit

from pmlib.sizing import tree
from pmlib.sizing.drivers.draws import draws

TREE = """
som [EUR2025/year] = sam * win
sam [EUR2025/year] = buyers * spend
buyers [person] = people * adult * online * reach
spend [EUR2025/person/year] = orders * basket * kept
people [person] = 16 M .. 18 M
adult = 75% .. 80%
online = 92% .. 96%
reach = 4% .. 11%
orders [order/person/year] = 2 .. 6
basket [EUR2025/order] = 38 .. 55
kept = 80% .. 90%
win = 10% .. 30%
"""
LEAVES = {
    "people": (16e6, 18e6),
    "adult": (0.75, 0.80),
    "online": (0.92, 0.96),
    "reach": (0.04, 0.11),
    "orders": (2, 6),
    "basket": (38, 55),
    "kept": (0.80, 0.90),
    "win": (0.10, 0.30),
}
FUNNEL = """
sales = people * reach * orders * basket
people [person] = 8 M .. 12 M
reach [1] = 0.1 .. 0.3
orders [order/person] = 2 .. 6
basket [EUR2025/order] = 20 .. 45
"""
MEAN = 204_803_000
Z = 1.6448536269514722


def main() -> None:
    """Measure each way in turn, round after round, and print the best of each."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--draws", type=int, default=1_000_000)
    given = asked.parse_args()
    market = tree(TREE)
    ways: dict[str, Callable[[], object]] = {
        "plain numpy, random": lambda: plain(given.draws),
        "tree, random": lambda: draws(market, given.draws, method="random"),
        "tree, Sobol'": lambda: draws(market, given.draws),
    }
    best = dict.fromkeys(ways, np.inf)
    for _ in range(given.rounds):
        for name, way in ways.items():
            start = time.process_time()
            way()
            best[name] = min(best[name], time.process_time() - start)
    print(f"{given.draws:,} draws, load {os.getloadavg()[0]:.1f}; {time.strftime('%Y-%m-%d')}\n")
    print("| way | CPU s | x plain |\n|---|---|---|")
    for name, seconds in best.items():
        print(f"| {name} | {seconds:.3f} | {seconds / best['plain numpy, random']:.2f} |")
    print("\n| draws | relative error of the mean, Sobol' | random |\n|---|---|---|")
    for n in (1024, 16_384):
        print(f"| {n:,} | {error(n, 'sobol'):.5f} | {error(n, 'random'):.5f} |")


def plain(n: int) -> dict[str, np.ndarray]:
    """Write the tree as an analyst would without one."""
    random, x = np.random.default_rng(1), {}
    for name, (low, high) in LEAVES.items():
        to, back = (logit, expit) if high < 1 else (np.log, np.exp)
        middle, spread = (to(low) + to(high)) / 2, (to(high) - to(low)) / 2 / Z
        x[name] = back(middle + spread * random.standard_normal(n))
    x["buyers"] = x["people"] * x["adult"] * x["online"] * x["reach"]
    x["spend"] = x["orders"] * x["basket"] * x["kept"]
    x["sam"] = x["buyers"] * x["spend"]
    x["som"] = x["sam"] * x["win"]
    return x


def error(n: int, method: str) -> float:
    """Give the root mean square over 32 seeds of the mean's relative error."""
    market = tree(FUNNEL)
    errors = [draws(market, n, method=method, seed=seed)["sales"].mean() / MEAN - 1 for seed in range(32)]
    return float(np.sqrt(np.mean(np.square(errors))))


if __name__ == "__main__":
    main()
