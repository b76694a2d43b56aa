"""Groups of alike customers, and how many: columns that separate nothing lose their say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import logsumexp
from sklearn.cluster import kmeans_plusplus
from sklearn.metrics import adjusted_rand_score, silhouette_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from goodwill.evaluation.ranking import FloatArray
from goodwill.modeling.segments.methods import IntArray, Method, density_labels, mixture_labels

_MOST_K, _SEARCHED_ROWS, _JUDGED_ROWS, _RESAMPLES = 8, 4_000, 1_500, 10
# A group below this share is taken for outliers and divided among the others.
LEAST_SHARE = 0.03
# A twentieth of what the best column separates.
_TELLING_WEIGHT = 0.05
_HALF_LOG_2PI = 0.5 * float(np.log(2 * np.pi))
_STEADY_WITHIN, _SHARP_WITHIN, _SETTLED_SHARE = 0.05, 0.75, 0.002


@dataclass(frozen=True)
class Groups:
    """Groups of customers: share, centre and spread per column of each; `weights` say which columns count."""

    shares: FloatArray
    centres: FloatArray
    spreads: FloatArray
    weights: FloatArray

    def assign(self, Z: FloatArray) -> IntArray:
        """Return the most probable group of each row under independent normal columns."""
        return self.log_density(Z).argmax(axis=1)

    def bic(self, Z: FloatArray) -> float:
        """Return the Bayesian information criterion of the groups as a mixture of normals, lower is better.

        Schwarz (1978), Ann. Stat. 6: minus twice the log-likelihood, plus log(n) for each share, centre and
        spread. Of all columns, so that other groups can be compared, which stand on other columns.
        """
        k, d = self.centres.shape
        whole = replace(self, weights=np.ones_like(self.weights))
        n_parameters = k - 1 + 2 * k * d
        log_likelihood = float(logsumexp(whole.log_density(Z), axis=1).sum()) - len(Z) * d * _HALF_LOG_2PI
        return n_parameters * float(np.log(len(Z))) - 2 * log_likelihood

    def log_density(self, Z: FloatArray) -> FloatArray:
        """Return log share and density of each row in each group, up to a constant."""
        precision = self.weights_used / self.spreads
        score = Z**2 @ (-0.5 * precision).T
        score += Z @ (self.centres * precision).T
        score += np.log(self.shares) - 0.5 * (
            self.centres**2 * precision + self.weights_used * np.log(self.spreads)
        ).sum(axis=1)
        return score

    @property
    def weights_used(self) -> FloatArray:
        """Return 1 for a column that separates the groups, 0 for one that does not."""
        return (self.weights >= _TELLING_WEIGHT).astype(float)


def search_k(
    Z: FloatArray, seed: int, ks: Sequence[int] = range(2, _MOST_K + 1), method: Method = "kmeans"
) -> pd.DataFrame:
    """Return silhouette and stability of each number of groups, and which one is chosen.

    Parameters
    ----------
    Z : (n_customers, n_encoded), comparable columns. At most 4,000 rows are searched.
    ks : numbers of groups to try; those beyond the number of different customers are left out.
    method : how groups are found; hdbscan finds their number too, and `ks` is not looked at.

    Returns
    -------
    frame with k, silhouette (columns weighted by how much they separate), bic (of the groups as normals),
    stability (mean adjusted Rand index between the groups and those of ten bootstrap resamples),
    smallest_share, is_chosen. Chosen is, of the k that are nearly as stable as the most stable and nearly as
    well separated as the best, the one with the lowest bic: fewer groups are nearly always stable too, but
    tell less. A k with a group of mere outliers is chosen only if none else was tried.
    """
    rng = np.random.default_rng(seed)
    rows = Z if len(Z) <= _SEARCHED_ROWS else Z[rng.choice(len(Z), _SEARCHED_ROWS, replace=False)]
    n_distinct = len(np.unique(rows, axis=0))
    # BLAS wakes its threads for each of thousands of small products: five times slower on busy processors.
    with threadpool_limits(limits=1, user_api="blas"):
        partitions = _partitions(rows, [k for k in ks if 1 < k <= n_distinct], seed, method)
        # One ruler for all k: each would else be judged in the columns that flatter it.
        ruler = (
            np.sqrt(np.mean([weights for _, weights in partitions.values()], axis=0))
            if partitions
            else rows[:1]
        )
        judged = [_judged(rows, found, ruler, rng, method) for found in partitions.values()]
    found = pd.DataFrame(judged, columns=["k", "silhouette", "bic", "stability", "smallest_share"])
    good = found if len(found) == 1 else found[found["smallest_share"] >= LEAST_SHARE]
    good = good[good["stability"] >= good["stability"].max() - _STEADY_WITHIN]
    good = good[good["silhouette"] >= _SHARP_WITHIN * good["silhouette"].max()]
    return found.assign(is_chosen=found.index.isin(good.sort_values("bic").index[:1]))


def groups_of(Z: FloatArray, k: int, seed: int, method: Method = "kmeans") -> Groups:
    """Return k groups of all rows; groups too small to be more than outliers are divided among the others."""
    with threadpool_limits(limits=1, user_api="blas"):
        if k == 1 or method == "kmeans":
            labels, weights = _partition(Z, k, seed, restarts=5)
        else:
            labels, weights = _found(Z, k, seed, method)
        groups = _described(Z, labels, weights)
        for _ in range(3):
            groups = _described(Z, groups.assign(Z), weights)
    return groups


def _partitions(
    Z: FloatArray, ks: Sequence[int], seed: int, method: Method
) -> dict[int, tuple[IntArray, FloatArray]]:
    if method == "kmeans":
        return {k: _partition(Z, k, seed, restarts=4) for k in ks}
    found = [_found(Z, k, seed, method) for k in (ks[:1] if method == "hdbscan" else ks)]
    # As many groups as were found, which for densities may be one: nothing to judge then.
    return {n: one for one in found if (n := int(one[0].max()) + 1) > 1}


def _found(Z: FloatArray, k: int, seed: int, method: Method) -> tuple[IntArray, FloatArray]:
    """Return groups by mixture or density, once more on the columns that separate, and column weights.

    Rows that no dense group holds go to the most probable one.
    """
    weights = np.ones(Z.shape[1])
    labels = np.zeros(len(Z), dtype=np.intp)
    for _ in range(2):
        told = Z[:, weights >= _TELLING_WEIGHT]
        labels = mixture_labels(told, k, seed) if method == "mixture" else density_labels(told, seed)
        is_held = labels >= 0
        n_groups = int(labels.max()) + 1
        if n_groups < 2:  # noqa: PLR2004 - two groups make a partition
            return np.zeros(len(Z), dtype=np.intp), np.ones(Z.shape[1])
        weights = _between(Z[is_held], labels[is_held], n_groups)
        labels = np.where(is_held, labels, _described(Z[is_held], labels[is_held], weights, 0).assign(Z))
    return labels, weights


def _judged(
    Z: FloatArray,
    partition: tuple[IntArray, FloatArray],
    ruler: FloatArray,
    rng: np.random.Generator,
    method: Method,
) -> dict[str, float]:
    labels, weights = partition
    k = int(labels.max()) + 1
    judged = rng.permutation(len(Z))[:_JUDGED_ROWS]
    can_judge = 1 < len(np.unique(labels[judged])) < len(judged)
    silhouette = silhouette_score(Z[judged] * ruler, labels[judged]) if can_judge else 0.0
    return {
        "k": k,
        "silhouette": float(silhouette),
        "bic": _described(Z, labels, weights, 0).bic(Z),
        "stability": _stability(Z, labels, weights, rng, method),
        "smallest_share": float(np.bincount(labels, minlength=k).min() / len(Z)),
    }


def _stability(
    Z: FloatArray, labels: IntArray, weights: FloatArray, rng: np.random.Generator, method: Method
) -> float:
    k, agreements = int(labels.max()) + 1, []
    for _ in range(_RESAMPLES):
        drawn, seed = Z[rng.integers(0, len(Z), len(Z))], int(rng.integers(2**31))
        if method == "kmeans":
            again, reweighted = _partition(drawn, k, seed, 3, weights)
            centres = _centres(drawn, again, k) * np.sqrt(reweighted)
            agreements.append(adjusted_rand_score(labels, _nearest(Z * np.sqrt(reweighted), centres)))
        else:
            found = _described(drawn, *_found(drawn, k, seed, method), least=0)
            agreements.append(adjusted_rand_score(labels, found.assign(Z)))
    return float(np.mean(agreements))


def _partition(
    Z: FloatArray, k: int, seed: int, restarts: int, weights: FloatArray | None = None
) -> tuple[IntArray, FloatArray]:
    """Return groups and column weights: the share of a column's variance that lies between the groups.

    In the manner of sparse k-means, Witten and Tibshirani (2010), J. Am. Stat. Assoc. 105, section 3.
    """
    rng = np.random.default_rng(seed)
    rounds = 4 if weights is None else 2
    weights = np.ones(Z.shape[1]) if weights is None else weights
    labels = np.zeros(len(Z), dtype=np.intp)
    for _ in range(rounds):
        scaled = Z * np.sqrt(weights)
        runs = [_lloyd(scaled, k, int(rng.integers(2**31))) for _ in range(restarts)]
        labels = min(runs, key=lambda run: run[1])[0]
        weights = _between(Z, labels, k)
    return labels, weights


def _lloyd(Z: FloatArray, k: int, seed: int) -> tuple[IntArray, float]:
    centres, _ = kmeans_plusplus(Z, k, random_state=seed)
    labels = _nearest(Z, centres)
    for _ in range(50):
        centres = _centres(Z, labels, k)
        moved = _nearest(Z, centres)
        n_moved = np.count_nonzero(moved != labels)
        labels = moved
        if n_moved <= _SETTLED_SHARE * len(Z):
            break
    return labels, float(((Z - centres[labels]) ** 2).sum())


def _nearest(Z: FloatArray, centres: FloatArray) -> IntArray:
    return ((centres**2).sum(axis=1) - 2 * Z @ centres.T).argmin(axis=1)


def _centres(Z: FloatArray, labels: IntArray, k: int) -> FloatArray:
    is_member = (labels[:, None] == np.arange(k)).astype(float)
    return is_member.T @ Z / np.maximum(is_member.sum(axis=0), 1)[:, None]


def _between(Z: FloatArray, labels: IntArray, k: int) -> FloatArray:
    shares = np.bincount(labels, minlength=k) / len(Z)
    explained = shares @ (_centres(Z, labels, k) - Z.mean(axis=0)) ** 2 / np.maximum(Z.var(axis=0), 1e-12)
    return explained / max(float(explained.max()), 1e-12)


def _described(Z: FloatArray, labels: IntArray, weights: FloatArray, least: float = LEAST_SHARE) -> Groups:
    counts = np.bincount(labels)
    kept = np.flatnonzero(counts >= max(least * len(Z), 1))
    members = np.isin(labels, kept)
    labels = np.searchsorted(kept, labels[members])
    k, Z = len(kept), Z[members]
    centres, shares = _centres(Z, labels, k), np.bincount(labels, minlength=k) / len(Z)
    own = _centres((Z - centres[labels]) ** 2, labels, k)
    # A fifth of each spread is borrowed from all groups: a spike (one order each) would else have none.
    return Groups(shares, centres, 0.8 * own + 0.2 * (shares @ own) + 0.02, weights)
