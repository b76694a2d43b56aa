"""Special functions of `parameter + count`, read from a table because counts repeat."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]


def at_shift(function: Callable[[F], F], start: F, count: F) -> F:
    """Return function(start + count), evaluating it once per distinct count if `start` is one number.

    Examples
    --------
    >>> at_shift(np.log, np.array([1.0]), np.array([0.0, 2.0, 0.0])).round(4)
    array([0.    , 1.0986, 0.    ])
    """
    if start.size > 1 or not count.size:
        return function(start + count)
    top = int(count.max())
    if top < count.size:
        return function(start + np.arange(top + 1.0))[count.astype(np.intp)]
    return function(start + count)
