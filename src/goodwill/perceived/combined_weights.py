"""Derived weights steadied by what people say matters, as far as what they say can be trusted."""

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm

from goodwill.errors import TableError
from goodwill.perceived.moments import F

_FEWEST = 4


def combined_weights(derived: pd.DataFrame, stated: pd.Series, level: float = 0.95) -> pd.DataFrame:
    """Return weights that lean on stated importance where derived ones are uncertain.

    Parameters
    ----------
    derived : as `derived_weights` returns them: `weight`, `low`, `high`, `signed`, `error`, by dimension.
    stated : mean stated importance by dimension, on any scale.

    Returns
    -------
    A row per dimension: `weight` (they add up to 1), `low`, `high`, and `derived_share`: how much of the
    weight is its own derived weight, the rest being what stated importance foretells. Below four dimensions,
    or where everything is equally important, derived weights stand alone.

    Notes
    -----
    Empirical Bayes (Fay and Herriot 1979, J. Am. Stat. Assoc. 74, eq. 2.2): a line of derived weights over
    stated importance, and a variance around it by the moments of Paule and Mandel (1982), J. Res. Natl. Bur.
    Stand. 87. People state nearly equal importance for everything; the line stretches it to what it predicts.

    Raises
    ------
    TableError : a dimension without stated importance.

    Examples
    --------
    >>> names = ["a", "b", "c", "d", "e"]
    >>> derived = pd.DataFrame({"weight": [0.42, 0.18, 0.2, 0.14, 0.06]}, index=names)
    >>> derived = derived.assign(signed=derived["weight"], error=0.05)
    >>> stated = pd.Series([5.7, 5.5, 5.4, 5.25, 5.15], index=names)
    >>> combined_weights(derived, stated)["weight"].round(2).tolist()
    [0.38, 0.25, 0.2, 0.12, 0.06]
    """
    known = stated.reindex(derived.index).to_numpy(dtype=float)
    absent = derived.index[~np.isfinite(known)].tolist()
    if absent:
        raise TableError(f"{', '.join(map(str, absent))}: no stated importance. Ask for it, or leave it out.")
    z = float(norm.ppf((1 + level) / 2))
    weight = derived["signed"].to_numpy(dtype=float)
    error = np.maximum(derived["error"].to_numpy(dtype=float), 1e-9)
    if len(weight) < _FEWEST or not np.ptp(known):
        return derived[["weight", "low", "high"]].assign(derived_share=1.0)
    design = np.column_stack([np.ones(len(known)), known - known.mean()])
    tau = _between(weight, error, design)
    line, uncertain = _line(weight, error**2 + tau, design)
    own = tau / (tau + error**2)
    mean = own * weight + (1 - own) * (design @ line)
    leverage = np.einsum("ij,jk,ik->i", design, uncertain, design)
    half = z * np.sqrt(own * error**2 + (1 - own) ** 2 * leverage)
    parts = np.clip(np.column_stack([mean, mean - half, mean + half]), 0, None) / np.clip(mean, 0, None).sum()
    found = pd.DataFrame(parts, index=derived.index, columns=["weight", "low", "high"])
    return found.assign(derived_share=own)


def _line(weight: F, variance: F, design: F) -> tuple[F, F]:
    scaled = design / variance[:, None]
    uncertain = np.asarray(np.linalg.inv(scaled.T @ design), dtype=float)
    return uncertain @ (scaled.T @ weight), uncertain


def _between(weight: F, error: F, design: F) -> float:
    """Return the variance around the line that makes the residuals as large as they should be."""
    free = len(weight) - design.shape[1]

    def excess(tau: float) -> float:
        line, _ = _line(weight, error**2 + tau, design)
        return float(((weight - design @ line) ** 2 / (error**2 + tau)).sum() - free)

    return float(brentq(excess, 0.0, 10.0)) if excess(0.0) > 0 else 0.0
