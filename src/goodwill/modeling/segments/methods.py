"""Two more ways to group customers beside k-means: a mixture of normals, and regions of high density."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from sklearn.cluster import HDBSCAN
from sklearn.mixture import GaussianMixture

from goodwill.evaluation.ranking import FloatArray
from goodwill.modeling.out_of_sample import drawn_rows

IntArray = npt.NDArray[np.intp]
Method = Literal["kmeans", "mixture", "hdbscan"]
_MIXTURE_ROWS, _DENSITY_ROWS, _LEAST_SHARE, _LEAST_MEMBERS = 20_000, 4_000, 0.03, 5


def mixture_labels(Z: FloatArray, k: int, seed: int) -> IntArray:
    """Return the likelier of k normals of each row, columns being independent within each.

    Fitted to at most 20,000 rows.

    Examples
    --------
    >>> found = mixture_labels(np.array([[0.0], [0.1], [9.0], [9.1]]), 2, seed=0)
    >>> bool(found[0] == found[1] != found[2] == found[3])
    True
    """
    model = GaussianMixture(k, covariance_type="diag", n_init=3, reg_covar=1e-3, random_state=seed)
    found: IntArray = model.fit(Z[drawn_rows(len(Z), _MIXTURE_ROWS, seed)]).predict(Z)
    return np.unique(found, return_inverse=True)[1]


def density_labels(Z: FloatArray, seed: int) -> IntArray:
    """Return the dense region of each row, -1 where it lies in none or was not looked at.

    HDBSCAN (Campello, Moulavi and Sander 2013) on at most 4,000 rows; a region holds at least 3 % of them.

    Examples
    --------
    >>> rows = np.concatenate([np.linspace(0, 1, 50), np.linspace(9, 10, 50), [500.0]])[:, None]
    >>> found = density_labels(rows, seed=0)
    >>> int(found[-1]), len(set(found[:-1]))
    (-1, 2)
    """
    rows = drawn_rows(len(Z), _DENSITY_ROWS, seed)
    labels = np.full(len(Z), -1, dtype=np.intp)
    least = min(max(int(_LEAST_SHARE * len(rows)), _LEAST_MEMBERS), len(rows))
    if least > 1:
        labels[rows] = HDBSCAN(min_cluster_size=least, copy=True).fit_predict(Z[rows])
    return labels
