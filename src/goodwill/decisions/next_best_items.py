"""Who bought what, and which products go with it: a linear model of items on items."""

from dataclasses import dataclass
from datetime import date
from typing import Self

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from goodwill.data.tables import Tables
from goodwill.engine import money, to_frame
from goodwill.errors import TableError
from goodwill.features.occasions import order_lines

F = NDArray[np.float64]
_ANY_DAY = date(2000, 1, 1)  # ages count from it, and none is read


@dataclass(frozen=True)
class Baskets:
    """Which customer bought which product, as 0 and 1.

    Parameters
    ----------
    customers, products : the names of rows and columns.
    bought : (n_customers, n_products) sparse matrix.
    """

    customers: pd.Index
    products: pd.Index
    bought: sparse.csr_array

    @classmethod
    def of(cls, lines: pd.DataFrame, products: pd.Index | None = None) -> Self:
        """Return the baskets of lines with `customer_id` and `product_id`; other products are left out.

        Examples
        --------
        >>> lines = pd.DataFrame({"customer_id": ["1", "1", "2"], "product_id": ["tea", "cup", "tea"]})
        >>> Baskets.of(lines).bought.toarray()
        array([[1., 1.],
               [0., 1.]])
        """
        products = pd.Index(sorted(lines["product_id"].unique())) if products is None else products
        customers = pd.Index(sorted(lines["customer_id"].unique()))
        row, column = (
            names.get_indexer(pd.Index(lines[key]))
            for names, key in ((customers, "customer_id"), (products, "product_id"))
        )
        known = column >= 0
        shape = (len(customers), len(products))
        bought = sparse.csr_array((np.ones(known.sum()), (row[known], column[known])), shape=shape)
        bought.sum_duplicates()
        bought.data[:] = 1.0
        return cls(customers, products, bought)

    def rows(self, customers: pd.Index) -> sparse.csr_array:
        """Return the rows of some customers, empty for one who is unknown."""
        place = customers.get_indexer(self.customers)
        known = np.flatnonzero(place >= 0)
        moved = sparse.csr_array(
            (np.ones(len(known)), (place[known], known)), shape=(len(customers), len(self.customers))
        )
        return sparse.csr_array(moved @ self.bought)


def frequent_products(lines: pd.DataFrame, most: int) -> pd.Index:
    """Return the products bought by most customers, at most `most`, in order of their names."""
    counts = lines.groupby("product_id")["customer_id"].nunique()
    return pd.Index(sorted(counts.sort_values(ascending=False, kind="stable").index[:most]))


def item_weights(bought: sparse.csr_array, ridge: float) -> F:
    """Return (n_products, n_products) weights of owned products (rows) for wanted ones (columns).

    The ridge regression of each product on all others, in closed form (EASE, Steck 2019, eq. 8).

    Examples
    --------
    >>> bought = sparse.csr_array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    >>> np.abs(item_weights(bought, ridge=1.0)).round(2)
    array([[0.  , 0.5 , 0.  ],
           [0.67, 0.  , 0.  ],
           [0.  , 0.  , 0.  ]])
    """
    gram = (bought.T @ bought).toarray()
    gram[np.diag_indices_from(gram)] += ridge
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    weights[np.diag_indices_from(weights)] = 0.0
    return np.asarray(weights)


def bought_lines(tables: Tables, margin_rate: float = 1.0) -> pd.DataFrame:
    """Return a row per customer and product bought: `margin_mean` of a line, `first_time`, `last_time`.

    Parameters
    ----------
    margin_rate : share of an amount that is margin where neither a cost nor the product tells.

    Raises
    ------
    TableError
        If there are no transactions, or they name no product.
    """
    if tables.transactions is None or "product_id" not in tables.transactions.columns:
        raise TableError(
            "transactions: the next best product needs transactions with product_id. Map that column."
        )
    lines = order_lines(tables, _ANY_DAY)
    lines = lines.filter(lines.amount > 0, lines.product_id.notnull())  # noqa: PD004 - an Ibis expression
    margin = lines.amount * margin_rate
    if "margin" in lines.columns:
        margin = ibis.coalesce(lines.margin, margin)
    sums = lines.group_by("customer_id", "product_id").agg(
        margin_mean=money(margin).sum().cast("float64") / lines.count(),
        first_time=lines.time.min(),
        last_time=lines.time.max(),
    )
    return to_frame(sums)
