"""What the chance of a purchase depends on: the score, how the customer buys, since when, and what sells."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from goodwill.decisions.next_best_model import F, ItemModel, NextBestRule, top_products

DEEP = 50
_LEAST_SCORE, _LEAST_MARGIN = 1e-3, 0.01


class Shortlist(NamedTuple):
    """The best products of some customers by score, best first: matrices (n_rows, n_listed)."""

    columns: NDArray[np.intp]
    scores: F
    p_by_score: F
    is_new: NDArray[np.bool_]


@dataclass(frozen=True)
class Market:
    """An item model on a day, with the habits of customers and the sales of products.

    Parameters
    ----------
    model : who owns what, and what goes with it.
    habits : (n_customers, 4) logarithms of the products bought in the last window and ever, the days since
        the last purchase, and the windows since the first. Where a history begins abruptly, what is
        new to it is not new to the customer; the longer one is known, the rarer are first purchases.
    sales : (n_products, 3) logarithms of the share of customers who bought it in the last window and ever,
        and of its margin.
    margins : (n_products,) mean margin of a purchase.
    is_offered : (n_products,) False for what is no product.
    """

    model: ItemModel
    habits: F
    sales: F
    margins: F
    is_offered: NDArray[np.bool_]

    @classmethod
    def of(cls, lines: pd.DataFrame, day: date, horizon_days: int, rule: NextBestRule) -> Self:
        """Fit to a row per customer and product bought before `day`; the last window has `horizon_days`."""
        model = ItemModel.fit(lines, rule)
        recent = lines[lines["last_time"] >= pd.Timestamp(day - timedelta(days=horizon_days))]
        margins = lines.groupby("product_id")["margin_mean"].mean().reindex(model.owned.products)
        habits = _habits(model, lines, recent, (day, horizon_days))
        sales = _sales(model, recent, margins.to_numpy(float))
        is_offered = ~model.owned.products.isin(rule.not_offered)
        return cls(model, habits, sales, margins.to_numpy(float), np.asarray(is_offered))

    def shortlist(
        self, rows: NDArray[np.intp], by_score: IsotonicRegression, rule: NextBestRule
    ) -> Shortlist:
        """Return the products of the customers `rows` that come first, as the rule asks."""
        owned = self.model.owned.bought[rows]
        scores = self.model.scores(owned)
        is_new = np.isfinite(scores) & self.is_offered & (np.diff(owned.indptr) > 0)[:, None]
        known = np.where(is_new, scores, 0.0)
        p = np.asarray(by_score.predict(known.ravel())).reshape(scores.shape)
        worth = np.where(is_new, p * self.margins if rule.rank_by == "margin" else scores, -np.inf)
        top = top_products(worth, max(rule.n, DEEP))
        listed, p_listed, is_new = (np.take_along_axis(values, top, 1) for values in (known, p, is_new))
        return Shortlist(top, listed, np.where(is_new, p_listed, 0.0), is_new)

    def facts(self, rows: NDArray[np.intp], found: Shortlist) -> F:
        """Return (n_rows * n_listed, 9) facts that tell the chance of each pair listed."""
        scores, columns = found.scores.ravel(), found.columns.ravel()
        of_scores = np.column_stack([scores, np.log(np.maximum(scores, _LEAST_SCORE))])
        habits = np.repeat(self.habits[rows], found.columns.shape[1], axis=0)
        return np.hstack([of_scores, habits, self.sales[columns]])


def _habits(model: ItemModel, lines: pd.DataFrame, recent: pd.DataFrame, window: tuple[date, int]) -> F:
    day, horizon_days = window
    known = lines.groupby("customer_id").agg(first=("first_time", "min"), last=("last_time", "max"))
    known = known.reindex(model.owned.customers)
    n_recent = recent.groupby("customer_id").size().reindex(model.owned.customers).fillna(0)
    first, last = ((pd.Timestamp(day) - known[at]).dt.total_seconds() / 86_400 for at in ("first", "last"))
    n_owned = np.diff(model.owned.bought.indptr)
    return np.log1p(np.column_stack([n_recent, n_owned, last, first / horizon_days]))


def _sales(model: ItemModel, recent: pd.DataFrame, margins: F) -> F:
    n_recent = recent.groupby("product_id").size().reindex(model.owned.products).fillna(0)
    n_owners = np.asarray(model.owned.bought.sum(axis=0)).ravel()
    shares = (np.column_stack([n_recent, n_owners]) + 1.0) / len(model.owned.customers)
    typical = max(float(np.abs(margins).mean()), np.finfo(float).tiny)
    return np.log(np.column_stack([shares, np.maximum(margins / typical, _LEAST_MARGIN)]))
