"""Customers like one customer, by what segments are found on: their outcome is known, the one's is not."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.errors import UsageError
from goodwill.modeling.segments.columns import choose_columns, encode, fit_columns


def nearest(X: pd.DataFrame, one: pd.DataFrame, n: int = 50) -> npt.NDArray[np.intp]:
    """Return the positions in `X` of the customers most like `one`, the nearest first.

    Parameters
    ----------
    X : (n_customers, ...) features as they were known on an earlier day.
    one : (1, ...) features of the customer as known today; the same columns.
    n : how many; fewer where `X` has fewer.

    Notes
    -----
    Distance is Euclidean over the columns that segments stand on: the purchase history where there is one,
    skewed figures logged, tails cut, all scaled to one standard deviation.

    Examples
    --------
    >>> X = pd.DataFrame({"age": [20, 30, 40, 50], "visits": [4.0, 3.0, 2.0, 1.0]})
    >>> nearest(X, pd.DataFrame({"age": [38], "visits": [2.0]}), n=2).tolist()
    [2, 1]
    """
    if len(one) != 1:
        raise UsageError(f"nearest compares one customer with others; found {len(one)} rows.")
    columns = fit_columns(X, choose_columns(X))
    gaps = encode(columns, X) - encode(columns, one)
    distance = np.sqrt((gaps**2).sum(axis=1))
    return np.argsort(distance, kind="stable")[:n]
