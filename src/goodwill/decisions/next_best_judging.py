"""How good the next best products are: found again among what was bought later, as often as was said."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.data.asked_days import as_date
from goodwill.data.tables import Tables
from goodwill.decisions.next_best import next_best_offers
from goodwill.decisions.next_best_items import Baskets, bought_lines
from goodwill.decisions.next_best_model import DEFAULT, ItemModel, NextBestRule, top_products
from goodwill.errors import HistoryError


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
    offered = Baskets.of(
        next_best_offers(tables, as_of=day, horizon_days=horizon_days, rule=rule), model.owned.products
    )
    listed = offered.rows(model.owned.customers[who]).toarray() > 0
    popular = np.where(
        model.owned.bought[who].toarray() > 0, -np.inf, model.owned.bought.sum(axis=0)[None, :]
    )
    first = np.zeros(listed.shape, bool)
    first[np.arange(len(who))[:, None], top_products(popular, rule.n)] = True
    return {
        name: _judged(those, is_new[who], rule.n)
        for name, those in (("model", listed), ("popularity", first))
    }


def next_best_calibration(
    tables: Tables, *, as_of: date | str, horizon_days: int = 90, rule: NextBestRule = DEFAULT, parts: int = 5
) -> pd.DataFrame:
    """Return how often the products offered were said to be bought in the window, and were.

    Returns
    -------
    Frame of `pairs, said, came`, a row for each of `parts` equal parts of the pairs of customer and product,
    the likeliest last.

    Examples
    --------
    >>> import goodwill as gw
    >>> found = next_best_calibration(gw.simulate(customers=300, seed=0), as_of="2025-01-01", parts=2)
    >>> found["pairs"].tolist(), bool(found["said"].is_monotonic_increasing)
    ([1205, 1205], True)
    """
    day = as_date(as_of)
    found = next_best_offers(tables, as_of=day, horizon_days=horizon_days, rule=rule)
    bought = bought_lines(tables.within(day, horizon_days).tables)
    pairs = found.merge(bought[["customer_id", "product_id"]], how="left", indicator="found")
    pairs = pairs.assign(came=pairs["found"].eq("both"), said=pairs["p_buy"]).sort_values(
        "said", kind="stable"
    )
    part = np.arange(len(pairs)) * parts // max(len(pairs), 1)
    return pairs.groupby(part).agg(pairs=("said", "size"), said=("said", "mean"), came=("came", "mean"))


def _judged(listed: NDArray[np.bool_], is_new: NDArray[np.bool_], n: int) -> dict[str, float]:
    hits = (listed & is_new).sum(axis=1)
    recall = hits / np.minimum(is_new.sum(axis=1), n)
    return {
        "recall": float(recall.mean()),
        "any_hit": float((hits > 0).mean()),
        "customers": float(len(is_new)),
    }
