"""The effect of a treatment that lot gave to whole clusters of customers, such as stores or regions."""

from collections import Counter
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from goodwill.decisions.adjustment import speaks_of_many
from goodwill.decisions.campaign import B, Campaign, F
from goodwill.decisions.difference import Difference

_CLUSTERS_PER_COLUMN = 10


@dataclass(frozen=True)
class Clusters:
    """Which customers share the lot.

    Parameters
    ----------
    place : (n,) of int, each customer's cluster. first : (k,) of int, the first customer of each.

    Examples
    --------
    >>> stores = Clusters.of(np.array(["b", "a", "b"]))
    >>> stores.place.tolist(), stores.first.tolist(), stores.means(np.array([1.0, 5.0, 3.0])).tolist()
    ([1, 0, 1], [1, 0], [5.0, 2.0])
    >>> stores.gathered(np.array([1.0, 5.0, 3.0])).tolist()
    [4.0, 5.0, 0.0]
    """

    place: NDArray[np.intp]
    first: NDArray[np.intp]

    @classmethod
    def of(cls, names: NDArray[np.str_]) -> Self:
        """Read them off the name of each customer's cluster, (n,)."""
        _, first, place = np.unique(names, return_index=True, return_inverse=True)
        return cls(place.reshape(-1), first)

    @property
    def sizes(self) -> F:
        """The customers of each cluster, (k,)."""
        return np.bincount(self.place).astype(np.float64)

    def means(self, values: F) -> F:
        """Return the mean of each cluster, (k,) or (k, m), of values (n,) or (n, m)."""
        sums = np.zeros((len(self.first), *values.shape[1:]))
        np.add.at(sums, self.place, values)
        return np.asarray((sums.T / self.sizes).T)

    def gathered(self, influence: F) -> F:
        """Return influences (n,) with the sum of each cluster at its first customer, and 0 at the others.

        The sum of their squares is then the variance of what clusters share.
        """
        return self.spread(np.bincount(self.place, weights=influence).astype(np.float64))

    def spread(self, each: F) -> F:
        """Return (n,) of float: what each cluster has (k,) at its first customer, 0 at the others."""
        found = np.zeros(len(self.place))
        found[self.first] = each
        return found


def clusters_of(campaign: Campaign) -> Clusters | None:
    """Return the clusters of a campaign; None where lot decided customer by customer."""
    if campaign.cluster is None:
        return None
    return Clusters.of(campaign.rows[campaign.cluster].astype(str).to_numpy(dtype=np.str_))


def cluster_counts(campaign: Campaign) -> dict[str, int]:
    """Return the clusters of each group; none where lot decided customer by customer."""
    clusters = clusters_of(campaign)
    return {} if clusters is None else dict(Counter(campaign.groups[clusters.first].tolist()))


def clustered_difference(y: F, is_treated: B, columns: F, clusters: Clusters) -> Difference:
    """Return the effect per customer where each cluster was treated, or not, as a whole.

    Means of clusters, weighted by their customers, are adjusted by regression for means of the covariates
    (Su and Ding 2021, J. R. Stat. Soc. B 83), with one slope for both groups and a column for every ten
    clusters at most. Errors are HC3 of clusters, which is what leaving out one cluster after the other finds
    (CR3: Bell and McCaffrey 2002, Survey Methodology 28); degrees of freedom are Welch's, by what clusters
    weigh.

    Parameters
    ----------
    y : (n,) outcome.
    is_treated : (n,) of bool, alike within each cluster.
    columns : (n, k) covariates known before treatment.

    Examples
    --------
    >>> stores = Clusters.of(np.repeat(np.arange(12).astype(str), 2))
    >>> sold, lot = np.repeat([1.0, 3.0, 2.0], 8), np.repeat(np.arange(12) % 2 == 1, 2)
    >>> found = clustered_difference(sold + lot, lot, np.empty((24, 0)), stores)
    >>> round(found.estimate, 3), round(found.error, 3), round(found.freedom, 1)
    (1.0, 0.566, 10.0)
    """
    size, treated, mean = clusters.sizes, is_treated[clusters.first], clusters.means(y)
    known = _few_columns(clusters.means(columns))
    known = known - np.average(known, axis=0, weights=size) if known.shape[1] else known
    design = np.column_stack([np.ones(len(size)), treated, known])
    inverse = np.linalg.pinv(design.T @ (size[:, None] * design), hermitian=True)
    coefficients = inverse @ (design.T @ (size * mean))
    leverage = np.minimum(size * np.einsum("ij,jk,ik->i", design, inverse, design), 1 - 1e-9)
    left = size * (mean - design @ coefficients) / (1 - leverage)
    influence = (design @ inverse) * left[:, None]
    drawn = size * (known @ coefficients[2:]) / size.sum()
    return Difference(
        estimate=float(coefficients[1]),
        influence=clusters.spread(influence[:, 1]),
        control=float(coefficients[0]),
        control_influence=clusters.spread(influence[:, 0] + drawn),
        freedom=max(_freedom(influence[:, 1], size, treated) - known.shape[1], 1.0),
        method="difference in means of clusters, CR3"
        if not known.shape[1]
        else "regression adjustment of clusters, CR3",
    )


def _few_columns(means: F) -> F:
    speaks = means[:, speaks_of_many(means)] if means.shape[1] else means
    return speaks[:, : len(means) // _CLUSTERS_PER_COLUMN]


def _freedom(influence: F, size: F, treated: B) -> float:
    """Return Welch's degrees of freedom, clusters of a group counting as many as they weigh (Kish 1965)."""
    parts = [(np.sum(influence[group] ** 2), size[group]) for group in (treated, ~treated)]
    whole = sum(variance for variance, _ in parts)
    spent = sum(variance**2 / (n.sum() ** 2 / np.sum(n**2) - 1) for variance, n in parts)
    return float(whole**2 / spent) if spent > 0 else float(len(size) - 2)
