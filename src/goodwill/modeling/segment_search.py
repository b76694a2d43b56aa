"""Groups of alike customers, and how many: k-means in which columns that separate nothing lose their say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import kmeans_plusplus
from sklearn.metrics import adjusted_rand_score, silhouette_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from goodwill.evaluation.ranking import FloatArray

IntArray = npt.NDArray[np.intp]

_MOST_K, _SEARCHED_ROWS, _JUDGED_ROWS, _RESAMPLES = 8, 4_000, 1_500, 10
# A group below this share is taken for outliers and divided among the others.
LEAST_SHARE = 0.03
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
        precision = self.weights_used / self.spreads
        score = Z**2 @ (-0.5 * precision).T
        score += Z @ (self.centres * precision).T
        score += np.log(self.shares) - 0.5 * (
            self.centres**2 * precision + self.weights_used * np.log(self.spreads)
        ).sum(axis=1)
        return score.argmax(axis=1)

    @property
    def weights_used(self) -> FloatArray:
        """Return 1 for a column that separates the groups, 0 for one that does not."""
        return (self.weights >= 0.05).astype(float)  # noqa: PLR2004 (a twentieth of the best column)


def search_k(Z: FloatArray, seed: int, ks: Sequence[int] = range(2, _MOST_K + 1)) -> pd.DataFrame:
    """Return silhouette and stability of each number of groups, and which one is chosen.

    Parameters
    ----------
    Z : (n_customers, n_encoded), comparable columns. At most 4,000 rows are searched.
    ks : numbers of groups to try; those beyond the number of different customers are left out.

    Returns
    -------
    frame with k, silhouette (columns weighted by how much they separate), stability (mean adjusted Rand
    index between the groups and those of ten bootstrap resamples), smallest_share, is_chosen. Chosen is the
    largest k that is nearly as stable as the most stable and nearly as well separated as the best: fewer
    groups are nearly always stable too, but tell less. A k with a group of mere outliers is chosen only if
    none else was tried.
    """
    rng = np.random.default_rng(seed)
    rows = Z if len(Z) <= _SEARCHED_ROWS else Z[rng.choice(len(Z), _SEARCHED_ROWS, replace=False)]
    n_distinct = len(np.unique(rows, axis=0))
    # BLAS wakes its threads for each of thousands of small products: five times slower on busy processors.
    with threadpool_limits(limits=1, user_api="blas"):
        partitions = {k: _partition(rows, k, seed, restarts=4) for k in ks if 1 < k <= n_distinct}
        # One ruler for all k: each would else be judged in the columns that flatter it.
        ruler = (
            np.sqrt(np.mean([weights for _, weights in partitions.values()], axis=0))
            if partitions
            else rows[:1]
        )
        judged = [_judged(rows, k, found, ruler, rng) for k, found in partitions.items()]
    found = pd.DataFrame(judged, columns=["k", "silhouette", "stability", "smallest_share"])
    good = found if len(found) == 1 else found[found["smallest_share"] >= LEAST_SHARE]
    good = good[good["stability"] >= good["stability"].max() - _STEADY_WITHIN]
    good = good[good["silhouette"] >= _SHARP_WITHIN * good["silhouette"].max()]
    return found.assign(is_chosen=found.index.isin(good.index[-1:]))


def groups_of(Z: FloatArray, k: int, seed: int) -> Groups:
    """Return k groups of all rows; groups too small to be more than outliers are divided among the others."""
    with threadpool_limits(limits=1, user_api="blas"):
        labels, weights = _partition(Z, k, seed, restarts=5)
        groups = _described(Z, labels, weights)
        for _ in range(3):
            groups = _described(Z, groups.assign(Z), weights)
    return groups


def _judged(
    Z: FloatArray,
    k: int,
    partition: tuple[IntArray, FloatArray],
    ruler: FloatArray,
    rng: np.random.Generator,
) -> dict[str, float]:
    labels, weights = partition
    judged = rng.permutation(len(Z))[:_JUDGED_ROWS]
    can_judge = 1 < len(np.unique(labels[judged])) < len(judged)
    silhouette = silhouette_score(Z[judged] * ruler, labels[judged]) if can_judge else 0.0
    return {
        "k": k,
        "silhouette": float(silhouette),
        "stability": _stability(Z, labels, weights, rng),
        "smallest_share": float(np.bincount(labels, minlength=k).min() / len(Z)),
    }


def _stability(Z: FloatArray, labels: IntArray, weights: FloatArray, rng: np.random.Generator) -> float:
    k, agreements = int(labels.max()) + 1, []
    for _ in range(_RESAMPLES):
        drawn = Z[rng.integers(0, len(Z), len(Z))]
        again, reweighted = _partition(drawn, k, int(rng.integers(2**31)), 3, weights)
        centres = _centres(drawn, again, k) * np.sqrt(reweighted)
        agreements.append(adjusted_rand_score(labels, _nearest(Z * np.sqrt(reweighted), centres)))
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


def _described(Z: FloatArray, labels: IntArray, weights: FloatArray) -> Groups:
    counts = np.bincount(labels)
    kept = np.flatnonzero(counts >= max(LEAST_SHARE * len(Z), 1))
    members = np.isin(labels, kept)
    labels = np.searchsorted(kept, labels[members])
    k, Z = len(kept), Z[members]
    centres, shares = _centres(Z, labels, k), np.bincount(labels, minlength=k) / len(Z)
    own = _centres((Z - centres[labels]) ** 2, labels, k)
    # A fifth of each spread is borrowed from all groups: a spike (one order each) would else have none.
    return Groups(shares, centres, 0.8 * own + 0.2 * (shares @ own) + 0.02, weights)
