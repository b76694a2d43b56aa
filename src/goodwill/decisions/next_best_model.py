"""What goes with what, and who owns what: the item model behind the next best products."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from goodwill.decisions.next_best_items import Baskets, frequent_products, item_weights

F = NDArray[np.float64]
Ranking = Literal["chance", "margin"]
RIDGE, MOST_PRODUCTS = 200.0, 5_000
BLOCK = 2_000


@dataclass(frozen=True)
class NextBestRule:
    """How products are chosen.

    Parameters
    ----------
    n : products per customer.
    rank_by : "chance" of buying, or expected "margin": the chance times the product's mean margin.
    ridge : weight of the penalty of the item model, in customers.
    most_products : the item model knows the products that most customers bought, so many at most.
    not_offered : products that are none, such as postage and fees; they stay part of the basket.
    margin_rate : share of an amount that is margin where neither a cost nor the product tells.
    """

    n: int = 10
    rank_by: Ranking = "chance"
    ridge: float = RIDGE
    most_products: int = MOST_PRODUCTS
    not_offered: tuple[str, ...] = ()
    margin_rate: float = 1.0


DEFAULT = NextBestRule()


@dataclass(frozen=True)
class ItemModel:
    """What goes with what, and who owns what."""

    owned: Baskets
    weights: F

    @classmethod
    def fit(cls, lines: pd.DataFrame, rule: NextBestRule) -> "ItemModel":
        """Fit to a row per customer and product bought."""
        owned = Baskets.of(lines, frequent_products(lines, rule.most_products))
        return cls(owned, item_weights(owned.bought, rule.ridge))

    def scores(self, owned: sparse.csr_array) -> F:
        """Return (n, n_products) scores of new products; -inf for what is owned."""
        scores = np.asarray(owned @ self.weights)
        row, column = owned.nonzero()
        scores[row, column] = -np.inf
        return scores

    def blocks(self) -> Iterator[NDArray[np.intp]]:
        """Yield the places of the customers in blocks that fit in memory."""
        n = len(self.owned.customers)
        return (np.arange(first, min(first + BLOCK, n)) for first in range(0, n, BLOCK))


def top_products(worth: F, n: int) -> NDArray[np.intp]:
    """Return the places (n_rows, n) of the best columns, best first.

    Examples
    --------
    >>> top_products(np.array([[1.0, 3.0, 2.0]]), 2)
    array([[1, 2]])
    """
    n = min(n, worth.shape[1])
    some = np.argpartition(-worth, n - 1, axis=1)[:, :n]
    order = np.argsort(-np.take_along_axis(worth, some, 1), axis=1, kind="stable")
    return np.take_along_axis(some, order, 1)
