"""Whether a class spends another share on a product than everybody does, beyond chance."""

from statistics import NormalDist

import numpy as np
import pandas as pd

_LEVEL = 0.05
FEWEST_EXPECTED = 5.0


def beyond_chance(rows: pd.DataFrame) -> pd.Series:
    """Return for each pair of class and product whether the class's share of it differs beyond chance.

    What a class spends beyond everybody's share is held against how the shares of single customers vary,
    each weighing with what it spends in all: a few large spenders alone decide nothing. The limit is
    Bonferroni's over all pairs, and of a pair with fewer than five buyers expected nothing is said. Of
    simulated shops with one taste for all, where a tenth of the customers spends ten times as much, one in
    ten calls a product slow by it; by shares alone every one does.

    Parameters
    ----------
    rows : customer_id, class, product, spend_total; a customer has one class.

    Returns
    -------
    Series of bool by class and product, of all pairs.

    Examples
    --------
    >>> rows = pd.DataFrame({"customer_id": [f"c{i}" for i in range(80)], "class": ["gold", "lead"] * 40})
    >>> rows = rows.assign(product=["tea", "mug"] * 40, spend_total=5.0)
    >>> beyond_chance(rows).tolist(), beyond_chance(rows.assign(product="tea")).tolist()
    ([True, True, True, True], [False, False])
    """
    spend = rows.groupby(["customer_id", "class", "product"])["spend_total"].sum().reset_index()
    spend["all"] = spend.groupby("customer_id")["spend_total"].transform("sum")
    customers = spend.drop_duplicates("customer_id").groupby("class")["all"]
    of_class, squares = customers.sum(), customers.agg(lambda one: (one**2).sum())
    bought = spend.pivot_table(index="class", columns="product", values="spend_total", aggfunc="sum").fillna(
        0
    )
    share = bought.sum() / of_class.sum()
    apart = bought - np.outer(of_class, share)
    part = of_class / of_class.sum()
    # The class and everybody else both sway the share that the class is held against.
    weight = (1 - part) ** 2 * squares + part**2 * (squares.sum() - squares)
    spread = np.sqrt(np.outer(weight, _variance(spend, share)))
    limit = NormalDist().inv_cdf(1 - _LEVEL / 2 / bought.size)
    # A spread of nothing but rounding is none.
    is_apart = np.abs(apart.to_numpy()) > np.maximum(limit * spread, 1e-9 * of_class.sum())
    buyers = spend.groupby("product").size() / spend["customer_id"].nunique()
    is_told = np.outer(customers.size(), buyers) >= FEWEST_EXPECTED
    pairs = pd.MultiIndex.from_product([bought.index, bought.columns])
    return pd.Series((is_apart & is_told).ravel(), pairs, name="is_clear")


def _variance(spend: pd.DataFrame, share: pd.Series) -> pd.Series:
    """Return how the share of each product varies from customer to customer about everybody's."""
    n = spend["customer_id"].nunique()
    own = spend.assign(share=spend["spend_total"] / spend["all"].where(spend["all"] > 0))
    own = own.assign(square=own["share"] ** 2).groupby("product")[["share", "square"]].sum() / n
    return (own["square"] - 2 * share * own["share"] + share**2).clip(lower=0)
