"""Whether clusters that were treated and others were alike before, as lot among clusters makes them."""

import numpy as np
import pandas as pd

from goodwill.decisions.balance import Test
from goodwill.decisions.campaign import B, F
from goodwill.decisions.clusters import Clusters

_REDRAWN = 4_999


def cluster_test(columns: pd.DataFrame, is_treated: B, clusters: Clusters, seed: int) -> Test:
    """Test by lots drawn anew whether the means of clusters differ more than lot makes them.

    With few clusters there are few lots, and the oddest of them is not rare: with 6 and 6 it never fails.

    Parameters
    ----------
    columns : (n, k) covariates.
    is_treated : (n,) of bool, alike within each cluster.

    Returns
    -------
    The root mean square of the covariates' differences, in standard deviations of clusters, and its p-value.

    Examples
    --------
    >>> stores = Clusters.of(np.arange(40).astype(str))
    >>> known = pd.DataFrame({"size": np.arange(40.0)})
    >>> cluster_test(known, np.arange(40) > 19, stores, seed=0).is_passed
    False
    >>> cluster_test(known, np.arange(40) % 2 == 0, stores, seed=0).is_passed
    True
    """
    means = clusters.means(columns.to_numpy(dtype=np.float64).reshape(len(is_treated), -1))
    varied = means[:, means.std(axis=0) > 0]
    if varied.shape[1] == 0:
        return Test("balance", 0.0, 1.0)
    standard = (varied - varied.mean(axis=0)) / varied.std(axis=0)
    lot, rng = is_treated[clusters.first], np.random.default_rng(seed)
    found = _difference(standard, lot)
    redrawn = np.array([_difference(standard, rng.permutation(lot)) for _ in range(_REDRAWN)])
    # A hair less: the same lot drawn again sums up in another order.
    p_value = (1 + (redrawn >= found * (1 - 1e-9)).sum()) / (1 + _REDRAWN)
    return Test("balance", found, float(p_value))


def _difference(standard: F, lot: B) -> float:
    return float(np.sqrt(np.mean((standard[lot].mean(axis=0) - standard[~lot].mean(axis=0)) ** 2)))
