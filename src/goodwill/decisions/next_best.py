"""The products to offer a customer next: what goes with the basket, has a margin, and is not owned yet."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.data.asked_days import as_date
from goodwill.data.tables import Tables
from goodwill.decisions.next_best_chances import Chances
from goodwill.decisions.next_best_items import bought_lines
from goodwill.decisions.next_best_market import Market
from goodwill.decisions.next_best_model import DEFAULT, NextBestRule, top_products
from goodwill.errors import HistoryError, UsageError


def next_best_offers(
    tables: Tables, *, as_of: date | str, horizon_days: int = 90, rule: NextBestRule = DEFAULT
) -> pd.DataFrame:
    """Return the products each customer is likeliest to buy for the first time.

    A linear model of items on items (EASE) scores products by what the customer bought before `as_of`; what
    was ever bought is left out. The same model, made `horizon_days` earlier, is compared with what was bought
    since. Of the products that the same rule would have listed then, that tells the chance by score, by how
    the customer buys, since when they are known, and how the product sells; the list is in order of it.

    Parameters
    ----------
    tables : with transactions that name a `product_id`; margin is amount less `cost`, else by the
        products' `margin_rate`, else by the rule's.
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
    lines = bought_lines(tables.before(day).tables, rule.margin_rate)
    if lines.empty:
        raise HistoryError(f"No product was bought before {day}. Choose a later day.")
    start = day - timedelta(days=horizon_days)
    earlier = bought_lines(tables.before(start).tables, rule.margin_rate)
    chances = Chances.none()
    if not earlier.empty:
        chances = Chances.fit(Market.of(earlier, start, horizon_days, rule), lines, rule)
    market = Market.of(lines, day, horizon_days, rule)
    found = [_best(market, rows, chances, rule) for rows in market.model.blocks()]
    return pd.concat(found, ignore_index=True)


def _best(market: Market, rows: NDArray[np.intp], chances: Chances, rule: NextBestRule) -> pd.DataFrame:
    found = market.shortlist(rows, chances.by_score, rule)
    p_buy = chances.of(market, rows, found)
    margin = p_buy * market.margins[found.columns]
    worth = margin if rule.rank_by == "margin" else p_buy
    if chances.by_facts is None:
        worth = np.broadcast_to(-np.arange(p_buy.shape[1], dtype=float), p_buy.shape)
    top = top_products(np.where(found.is_new, worth, -np.inf), rule.n)
    row, rank = np.divmod(np.arange(top.size), top.shape[1])
    place = row, top.ravel()
    best = pd.DataFrame({
        "customer_id": market.model.owned.customers[rows].to_numpy()[row],
        "rank": rank + 1,
        "product_id": market.model.owned.products.to_numpy()[found.columns[place]],
        "score": found.scores[place],
        "p_buy": p_buy[place],
        "expected_margin": margin[place],
    })  # fmt: skip
    return best[found.is_new[place]]
