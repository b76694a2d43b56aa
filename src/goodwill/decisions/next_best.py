"""The products to offer a customer next: what goes with the basket, has a margin, and is not owned yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from sklearn.isotonic import IsotonicRegression

from goodwill.data.asked_days import as_date
from goodwill.data.tables import Tables
from goodwill.decisions.next_best_items import Baskets, bought_lines, frequent_products, item_weights
from goodwill.errors import HistoryError, UsageError

F = NDArray[np.float64]
Ranking = Literal["chance", "margin"]
RIDGE, MOST_PRODUCTS = 200.0, 5_000
_BLOCK, _CALIBRATED, _DEEP = 2_000, 5_000, 50


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
    """

    n: int = 10
    rank_by: Ranking = "chance"
    ridge: float = RIDGE
    most_products: int = MOST_PRODUCTS
    not_offered: tuple[str, ...] = ()


DEFAULT = NextBestRule()


def next_best_offers(
    tables: Tables, *, as_of: date | str, horizon_days: int = 90, rule: NextBestRule = DEFAULT
) -> pd.DataFrame:
    """Return the products each customer is likeliest to buy for the first time.

    A linear model of items on items (EASE) scores products by what the customer bought before `as_of`; what
    was ever bought is left out. The same model, made `horizon_days` earlier, is compared with what was bought
    since, which turns scores into chances.

    Parameters
    ----------
    tables : with transactions that name a `product_id`; margin is amount less `cost`, or by the products'
        `margin_rate`, or the amount.
    horizon_days : the window over which `p_buy` is meant.

    Returns
    -------
    Frame of `customer_id, rank` (from 1), `product_id, score, p_buy, expected_margin`, a row per customer and
    product; customers without a purchase of a known product have none.

    Raises
    ------
    TableError
        If no transaction names a product.
    HistoryError
        If nobody bought a product before `as_of`.

    Examples
    --------
    >>> import goodwill as gw
    >>> tables = gw.simulate(customers=300, seed=0)
    >>> found = next_best_offers(tables, as_of="2025-01-01", rule=NextBestRule(n=2))
    >>> list(found.columns), bool(found.groupby("customer_id").size().eq(2).all())
    (['customer_id', 'rank', 'product_id', 'score', 'p_buy', 'expected_margin'], True)
    """
    day = as_date(as_of)
    if rule.n < 1:
        raise UsageError(f"next best offers: n is {rule.n}; ask for 1 product per customer or more.")
    lines = bought_lines(tables.before(day).tables)
    if lines.empty:
        raise HistoryError(f"No product was bought before {day}. Choose a later day.")
    margins = lines.groupby("product_id")["margin_mean"].mean()
    model = ItemModel.fit(lines, rule)
    chance = _chances(tables, day - timedelta(days=horizon_days), lines, rule)
    found = [_best(model, block, rule, (chance, margins)) for block in model.blocks()]
    return pd.concat(found, ignore_index=True)


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

    def blocks(self) -> Iterator[slice]:
        """Yield the customers in blocks that fit in memory."""
        return (slice(first, first + _BLOCK) for first in range(0, len(self.owned.customers), _BLOCK))


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


def _best(
    model: ItemModel, block: slice, rule: NextBestRule, told: tuple[IsotonicRegression, pd.Series]
) -> pd.DataFrame:
    chance, margins = told
    scores = model.scores(model.owned.bought[block])
    margin = margins.reindex(model.owned.products).to_numpy(float)
    is_new = np.isfinite(scores) & ~model.owned.products.isin(rule.not_offered)
    p_buy = np.where(is_new, _predicted(chance, scores), 0.0)
    worth = np.where(is_new, p_buy * margin if rule.rank_by == "margin" else scores, -np.inf)
    top = top_products(worth, rule.n)
    row, rank = np.divmod(np.arange(top.size), top.shape[1])
    column = top.ravel()
    found = pd.DataFrame({
        "customer_id": model.owned.customers[block].to_numpy()[row],
        "rank": rank + 1,
        "product_id": model.owned.products.to_numpy()[column],
        "score": scores[row, column],
        "p_buy": p_buy[row, column],
        "expected_margin": p_buy[row, column] * margin[column],
    })  # fmt: skip
    has_basket = np.diff(model.owned.bought[block].indptr)[row] > 0
    return found[has_basket & is_new[row, column]]


def _predicted(chance: IsotonicRegression, scores: F) -> F:
    finite = np.where(np.isfinite(scores), scores, 0.0)
    return np.asarray(chance.predict(finite.ravel())).reshape(scores.shape)


def _chances(tables: Tables, start: date, lines: pd.DataFrame, rule: NextBestRule) -> IsotonicRegression:
    """Fit the chance to buy a product within the window that began at `start` and has ended, by score."""
    earlier = bought_lines(tables.before(start).tables)
    chance = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    if earlier.empty:
        return chance.fit([0.0, 1.0], [0.0, 0.0])
    model = ItemModel.fit(earlier, rule)
    n = len(model.owned.customers)
    drawn = np.sort(np.random.default_rng(0).permutation(n)[:_CALIBRATED])
    scores = model.scores(model.owned.bought[drawn])
    later = Baskets.of(lines, model.owned.products).rows(model.owned.customers[drawn]).toarray() > 0
    top = top_products(scores, _DEEP)
    said, did = np.take_along_axis(scores, top, 1).ravel(), np.take_along_axis(later, top, 1).ravel()
    known = np.isfinite(said)
    return chance.fit(said[known], did[known].astype(float))
