"""Non-negative factors of comments that are too short to share words."""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.decomposition import NMF, non_negative_factorization
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import normalize

from goodwill.perceived.moments import F

Places = npt.NDArray[np.intp]
STEPS, CHUNK = 3, 20_000


@dataclass(frozen=True)
class Topics:
    """Topics learned from comments.

    Parameters
    ----------
    spread : (n_terms, n_terms) where a term leads to in three steps along the terms' co-occurrence.
    factors : (k, n_terms) of the spread comments.
    """

    spread: F
    factors: F

    def assign(self, table: csr_matrix) -> tuple[Places, F]:
        """Return each comment's topic, and the share of the comment that is this topic (0 to 1)."""
        parts = [self._shares(table[start : start + CHUNK]) for start in range(0, table.shape[0], CHUNK)]
        shares = np.concatenate(parts)
        return shares.argmax(axis=1), shares.max(axis=1)

    def _shares(self, table: csr_matrix) -> F:
        said = normalize(table @ self.spread)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            parts, _, _ = non_negative_factorization(
                said, H=self.factors, update_H=False, n_components=len(self.factors), max_iter=300, tol=1e-3
            )
        held = parts * self.factors.sum(axis=1)
        return held / np.maximum(held.sum(axis=1, keepdims=True), 1e-12)


def learn_topics(table: csr_matrix, k: int) -> Topics:
    """Return k topics of comments.

    Parameters
    ----------
    table : (n, n_terms) TF-IDF.

    Notes
    -----
    A short comment holds few of its topic's words: "parcel" and "courier" may never meet in one. They meet in
    what is said of both. So each comment is first spread three steps along the terms' co-occurrence (a random
    walk), then factorised (Lee and Seung 1999, Nature 401).

    Examples
    --------
    >>> table = csr_matrix([[1.0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]])
    >>> first, _ = learn_topics(table, 2).assign(table)
    >>> bool(first[0] == first[1] != first[2] == first[3])
    True
    """
    step = normalize((table.T @ table).toarray(), norm="l1")
    spread = np.linalg.matrix_power(step, STEPS)
    model = NMF(k, init="nndsvda", random_state=0, max_iter=300, tol=1e-3)
    with warnings.catch_warnings():
        # Factors of too many topics may not settle: `stability` then tells against that number.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(normalize(table @ spread))
    return Topics(spread, model.components_)


def stability(table: csr_matrix, tried: Iterable[int], halves: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return how well topics learned from half-samples agree with those learned from all.

    Returns
    -------
    A row per number of topics: `k`, `agreement` (mean adjusted Rand index on the half-sample) and its
    `standard_error`.

    Notes
    -----
    After Lange, Roth, Braun and Buhmann (2004), Neural Computation 16: too many topics depend on the sample,
    and so do too few, as they must choose which to merge.

    Examples
    --------
    >>> table = csr_matrix(np.kron(np.eye(3), np.ones((20, 4))))
    >>> found = stability(table, [2, 3], 4, np.random.default_rng(0))
    >>> float(found.set_index("k").loc[3, "agreement"])
    1.0
    """
    drawn = [rng.permutation(table.shape[0])[: table.shape[0] // 2] for _ in range(halves)]
    rows = []
    for k in tried:
        whole, _ = learn_topics(table, k).assign(table)
        again = [
            adjusted_rand_score(learn_topics(table[half], k).assign(table[half])[0], whole[half])
            for half in drawn
        ]
        error = float(np.std(again) / np.sqrt(halves))
        rows.append({"k": k, "agreement": float(np.mean(again)), "standard_error": error})
    return pd.DataFrame(rows, columns=["k", "agreement", "standard_error"])
