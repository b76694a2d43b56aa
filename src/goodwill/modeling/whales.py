"""Few customers who bring more than all others: their amounts are capped where a fit would follow them."""

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
_CAPPED_FROM = 0.999


def without_whales(amounts: F, among: F | None = None, weight: F | None = None) -> F:
    """Return amounts, none above the .999 quantile; as they are where there is none to tell it.

    Parameters
    ----------
    amounts : (n,), or (n, k) of k kinds, each capped on its own.
    among : those whose quantile counts; all when None.
    weight : how much each of those counts; all the same when None.

    Examples
    --------
    >>> without_whales(np.array([1.0, 2.0, 1e6]), among=np.array([1.0, 2.0]), weight=np.array([1.0, 3.0]))
    array([1., 2., 2.])
    """
    among = amounts if among is None else among
    if len(among) == 0:
        return amounts
    if weight is None:
        return np.minimum(amounts, np.quantile(among, _CAPPED_FROM, axis=0))
    return np.minimum(amounts, np.quantile(among, _CAPPED_FROM, weights=weight, method="inverted_cdf"))
