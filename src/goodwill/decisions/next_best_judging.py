"""How good the next best products are: found again among what was bought later for the first time."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from goodwill.data.asked_days import as_date
from goodwill.data.tables import Tables
from goodwill.decisions.next_best import DEFAULT, ItemModel, NextBestRule, top_products
from goodwill.decisions.next_best_items import Baskets, bought_lines
from goodwill.errors import HistoryError

F = NDArray[np.float64]


def next_best_report(
    tables: Tables, *, as_of: date | str, horizon_days: int = 90, rule: NextBestRule = DEFAULT
) -> dict[str, dict[str, float]]:
    """Judge the model on [as_of, as_of + horizon_days), beside popularity with the same exclusion.

    Returns
    -------
    For the `model` and `popularity`: `recall`, the mean over customers of the share of their new products
    (of n at most) that is among the first n, `any_hit`, the share of customers with one at least, and
    `customers` judged: those known before who bought something new.

    Raises
    ------
    HistoryError
        If nobody known bought a new product in the window.

    Examples
    --------
    >>> import goodwill as gw
    >>> report = next_best_report(gw.simulate(customers=300, seed=0), as_of="2025-01-01")
    >>> sorted(report), sorted(report["model"])
    (['model', 'popularity'], ['any_hit', 'customers', 'recall'])
    """
    day = as_date(as_of)
    model = ItemModel.fit(bought_lines(tables.before(day).tables), rule)
    later = Baskets.of(bought_lines(tables.within(day, horizon_days).tables), model.owned.products)
    bought = later.rows(model.owned.customers).toarray() > 0
    is_new = bought & ~(model.owned.bought.toarray() > 0)
    who = np.flatnonzero(is_new.any(axis=1))
    if not len(who):
        raise HistoryError(
            f"Nobody known before {day} bought a new product in the {horizon_days} days after."
        )
    scores = model.scores(model.owned.bought[who])
    popular = np.where(np.isfinite(scores), model.owned.bought.sum(axis=0)[None, :], -np.inf)
    return {
        name: _judged(worth, is_new[who], rule.n)
        for name, worth in (("model", scores), ("popularity", popular))
    }


def _judged(worth: F, is_new: NDArray[np.bool_], n: int) -> dict[str, float]:
    hits = np.take_along_axis(is_new, top_products(worth, n), 1).sum(axis=1)
    recall = hits / np.minimum(is_new.sum(axis=1), n)
    return {
        "recall": float(recall.mean()),
        "any_hit": float((hits > 0).mean()),
        "customers": float(len(is_new)),
    }
