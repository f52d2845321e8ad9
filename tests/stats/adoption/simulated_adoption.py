"""Made-up series of adoption of every kind: many lengths, cut off early or late, quiet and noisy."""

import numpy as np

from pmlib.stats.adoption import CURVES


def simulated(count: int, seed: int = 1):
    """Yield times, sales and launch of Bass curves; a third began before the first year seen.

    p is 0.001 to 0.05, q 0.1 to 0.8, the potential 10 to a million, length 8 to 30 (some end long before
    their peak, others long after); noise is 2, 10 or 30% of sales, or 5% of the peak whatever the sales.
    """
    random = np.random.default_rng(seed)
    for i in range(count):
        length = int(random.integers(8, 31))
        p, q = np.exp(random.uniform(np.log(0.001), np.log(0.05))), random.uniform(0.1, 0.8)
        potential = 10 ** random.uniform(1, 6)
        missed = int(random.integers(1, 6)) if i % 3 == 0 else 0
        edges = np.arange(missed, missed + length + 1.0)
        sales = potential * np.diff(CURVES["bass"].share(edges, p + q, np.log(q / p)))
        share = random.choice([0.02, 0.1, 0.3, 0.0])
        noise = random.normal(size=length)
        sales = sales * np.exp(share * noise) if share else sales + 0.05 * sales.max() * noise
        yield edges[1:], np.maximum(sales, 0), potential, p, q
