"""Parts of a campaign that judge what the other parts have learned."""

import numpy as np
from numpy.typing import NDArray


def folds(group: NDArray[np.generic], n_folds: int, seed: int) -> NDArray[np.intp]:
    """Return each customer's fold, (n,), every group being spread evenly over the folds.

    Parameters
    ----------
    group : (n,) of labels, such as the treatment.

    Examples
    --------
    >>> lot = np.array([True, False] * 3)
    >>> fold = folds(lot, 3, seed=0)
    >>> sorted(fold[lot].tolist()), sorted(fold[~lot].tolist())
    ([0, 1, 2], [0, 1, 2])
    """
    rng = np.random.default_rng(seed)
    fold = np.empty(len(group), dtype=np.intp)
    for label in np.unique(group):
        rows = np.flatnonzero(group == label)
        fold[rng.permutation(rows)] = np.arange(len(rows)) % n_folds
    return fold
