"""Whether lot can have been drawn among clusters, such as stores: each in one group, and enough of them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import DataError

FEWEST_CLUSTERS = 6


def ensure_clusters(name: str, clusters: pd.Series, groups: NDArray[np.str_]) -> None:
    """Refuse clusters that cannot tell what a treatment caused.

    Parameters
    ----------
    name : of the column. clusters : (n,) what each customer belongs to. groups : (n,) what each got.

    Raises
    ------
    DataError
        If a cluster is missing or lies in several groups, or a group has too few of them.

    Examples
    --------
    >>> ensure_clusters("store", pd.Series(["a", "b"]), np.array(["letter", "control"]))
    Traceback (most recent call last):
    goodwill.errors.DataError: cluster: the group 'control' has 1 cluster (store); at least 6 are needed ...
    """
    n_missing = int(clusters.isna().sum())
    if n_missing:
        raise DataError(
            f"cluster: {n_missing:,} of {len(clusters):,} customers have no {name}. Fill it in, or leave "
            "them out with `where`."
        )
    pairs = pd.DataFrame({"cluster": clusters.astype(str).to_numpy(), "group": groups}).drop_duplicates()
    n_clusters, n_split = pairs["cluster"].nunique(), int((pairs["cluster"].value_counts() > 1).sum())
    if n_split:
        raise DataError(
            f"cluster: {n_split:,} of {n_clusters:,} values of {name} hold customers of several groups, so "
            "that lot was not drawn among them. Name what was treated as a whole, or leave `cluster` out."
        )
    sizes = pairs["group"].value_counts().sort_index()
    if sizes.min() < FEWEST_CLUSTERS:
        counted = f"{sizes.min()} cluster{'s' * int(sizes.min() > 1)}"
        raise DataError(
            f"cluster: the group {sizes.idxmin()!r} has {counted} ({name}); at least {FEWEST_CLUSTERS} are "
            "needed in every group, as customers of a cluster share what befalls it and count together. "
            f"Treat smaller units than {name}, or more of them."
        )
