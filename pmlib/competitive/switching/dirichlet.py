"""The NBD-Dirichlet: how often brands would be bought if only their size set them apart.

Households buy the category at Poisson rates that are spread as a gamma (mean M, shape K), and choose brands
with probabilities of their own that are spread as a Dirichlet (shares times S), whatever their rate.
Goodhardt, Ehrenberg and Chatfield (1984), "The Dirichlet: A Comprehensive Model of Buying Behaviour", JRSS A
147(5).
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import betainc, betaln, gammaln

TAIL = 1e-12  # of households, who buy more often than is counted


@dataclass(frozen=True, kw_only=True, eq=False)
class Dirichlet:
    """The model's numbers; arrays by brand, in the order of `brands`.

    M : category purchases a household. K : of the gamma; infinite where all buy alike, missing where
    `category` is observed. S : of the Dirichlet; the larger, the more alike households choose. category :
    probability of 0, 1, 2, ... category purchases. S_brand : each brand's own S (missing where none gives its
    penetration).
    """

    brands: tuple[str, ...]
    shares: np.ndarray
    category: np.ndarray
    M: float
    K: float
    S: float
    S_brand: np.ndarray

    @property
    def penetration(self) -> np.ndarray:
        """Share of households that buy the brand."""
        return 1 - self._none(self.shares)

    @property
    def purchases(self) -> np.ndarray:
        """Purchases of the brand a buyer of it."""
        return self.M * self.shares / self.penetration

    @property
    def category_rate(self) -> np.ndarray:
        """Purchases of the category a buyer of the brand."""
        times = np.arange(len(self.category))
        return times * self.category @ (1 - never(self.shares, self.S, len(times))) / self.penetration

    @property
    def requirements(self) -> np.ndarray:
        """Share of its buyers' category purchases that the brand gets."""
        return self.purchases / self.category_rate

    @property
    def loyals(self) -> np.ndarray:
        """Share of the brand's buyers who buy no other."""
        return self._only().sum(axis=0) / self.penetration

    @property
    def loyal_purchases(self) -> np.ndarray:
        """Purchases of the brand by one who buys no other."""
        only = self._only()
        return np.arange(1, len(only) + 1) @ only / only.sum(axis=0)

    @property
    def repeat(self) -> np.ndarray:
        """Share of the brand's buyers who buy it again in a next period as long; missing without K."""
        if np.isnan(self.K):
            return np.full(len(self.shares), np.nan)
        return 2 - self.over(2).penetration / self.penetration

    @property
    def duplication(self) -> np.ndarray:
        """Of the row brand's buyers, the share who also buy the column brand; 1 on the diagonal."""
        both = self._none(np.add.outer(self.shares, self.shares).ravel()).reshape(2 * [len(self.shares)])
        none = self._none(self.shares)
        shared = 1 - none[:, None] - none + both
        np.fill_diagonal(shared, self.penetration)
        return shared / self.penetration[:, None]

    def distribution(self, most: int = 6) -> np.ndarray:
        """Share of households that buy the brand 0, 1, ... times, the last column `most` times or more."""
        n = np.arange(len(self.category))[:, None]
        found = np.empty((len(self.shares), most + 1))
        for brand, share in enumerate(self.shares):
            a, b = self.S * share, self.S * (1 - share)
            r = np.arange(most)
            rest = np.maximum(n - r, 0)
            log = gammaln(n + 1) - gammaln(r + 1) - gammaln(rest + 1) + betaln(a + r, b + rest) - betaln(a, b)
            found[brand, :most] = self.category @ np.where(n >= r, np.exp(log), 0)
        found[:, most] = 1 - found[:, :most].sum(axis=1)
        return found

    def among(self, least: int, most: int) -> tuple[np.ndarray, np.ndarray]:
        """Give penetration and purchases a buyer among households that buy the category so many times."""
        n = np.arange(len(self.category))
        part = np.where((least <= n) & (n <= most), self.category, 0.0)
        buy = part @ (1 - never(self.shares, self.S, len(n)))
        return buy / part.sum(), (n @ part) * self.shares / buy

    def over(self, periods: float) -> "Dirichlet":
        """Give the same households over so many periods.

        Raises
        ------
        ValueError : the category's purchases are as observed, so that no other period's are known.
        """
        if np.isnan(self.K):
            raise ValueError(
                "the category's purchases are as observed, not a model's; give how many bought none"
            )
        return replace(self, M=self.M * periods, category=nbd(self.M * periods, self.K))

    def frame(self) -> pd.DataFrame:
        """Lay the model's numbers out, one row a brand."""
        return pd.DataFrame(
            {
                "brand": self.brands,
                "share": self.shares,
                "penetration": self.penetration,
                "purchases": self.purchases,
                "category_rate": self.category_rate,
                "requirements": self.requirements,
                "loyals": self.loyals,
                "repeat": self.repeat,
            }
        )

    def _none(self, shares: np.ndarray) -> np.ndarray:
        return self.category @ never(shares, self.S, len(self.category))

    def _only(self) -> np.ndarray:
        # Probability of n purchases, n = 1, 2, ..., all of the brand.
        return self.category[1:, None] * never(1 - self.shares, self.S, len(self.category))[1:]


def nbd(mean: float, shape: float) -> np.ndarray:
    """Give the probability of 0, 1, 2, ... category purchases."""
    bought = mean / (shape + mean)
    most = int(mean + 10)
    while betainc(most + 1, shape, bought) > TAIL:
        most = int(most * 1.5)
    n = np.arange(most + 1)
    log = gammaln(n + shape) - gammaln(n + 1) - gammaln(shape)
    return np.exp(log + n * np.log(bought) - shape * np.log1p(mean / shape))


def never(shares: np.ndarray, s: float, length: int) -> np.ndarray:
    """Give the probability that none of n purchases is the brand's: n = 0, 1, ... down, brands across."""
    i = np.arange(length - 1)[:, None]
    steps = (s * (1 - np.asarray(shares, float)) + i) / (s + i)
    return np.vstack([np.ones(steps.shape[1]), steps.cumprod(axis=0)])
