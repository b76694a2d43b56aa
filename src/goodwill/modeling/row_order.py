"""The order in which rows are learned from, the same however they come: folds and draws go by place."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import ensure_frame
from goodwill.modeling.given_values import check_lengths

_KEY = "customer_id"


def steady_order(X: pd.DataFrame, *beside: pd.DataFrame | pd.Series) -> NDArray[np.intp]:
    """Return the places of rows, (n,), in an order that does not depend on the one they come in.

    It is that of `customer_id` where there is one, else a shuffled one that follows from what rows hold; rows
    that are alike in everything may change places, which changes nothing.

    Parameters
    ----------
    X : (n, ...) of any columns.
    beside : (n, ...) what else is known of the rows, such as labels.

    Examples
    --------
    >>> steady_order(pd.DataFrame({"customer_id": ["b", "c", "a"]})).tolist()
    [2, 0, 1]
    >>> X = pd.DataFrame({"age": [30, 20, 40]})
    >>> X.iloc[steady_order(X)].equals(X[::-1].iloc[steady_order(X[::-1])])
    True
    """
    ids = [pd.factorize(X[_KEY].astype(str), sort=True)[0]] if _KEY in X else []
    if ids and len(np.unique(ids[0])) == len(X):
        return np.argsort(ids[0])
    content = [_hashed(pd.DataFrame(part)) for part in (*beside, X)]
    return np.lexsort([*content, *ids])


def in_steady_order(X: pd.DataFrame, y: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows and their labels in `steady_order`.

    Raises
    ------
    UsageError
        If one of them is no frame, or they differ in length.
    """
    ensure_frame("X", X, [])
    ensure_frame("y", y, [])
    check_lengths(X=X, y=y)
    order = steady_order(X, y)
    return X.iloc[order], y.iloc[order]


def _hashed(part: pd.DataFrame) -> NDArray[np.uint64]:
    """Return a number (n,) that stands for what each row holds; cells may be lists, which have no hash."""
    found = np.zeros(len(part), dtype=np.uint64)
    for place in range(part.shape[1]):
        column = part.iloc[:, place]
        plain = column.map(str) if column.dtype == object else column
        # Odd, so that no column's part is lost; numbers wrap around.
        own = pd.util.hash_pandas_object(plain, index=False).to_numpy(np.uint64)
        found = np.add(found * np.uint64(1_000_003), own, dtype=np.uint64)
    return found
