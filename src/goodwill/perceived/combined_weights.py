"""Derived weights steadied by what people say matters, as far as what they say can be trusted."""

import numpy as np
import pandas as pd
from scipy.special import softmax
from scipy.stats import norm

from goodwill.errors import TableError
from goodwill.perceived.moments import F

_FEWEST = 4
# How far a weight is likely to lie from what stated importance foretells, in equal weights.
_LIKELY = 0.15
_PLACES = (np.arange(64) + 0.5) / 64


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
    A line of derived weights over stated importance with a variance around it (Fay and Herriot 1979, J. Am.
    Stat. Assoc. 74, eq. 2.2). A handful of dimensions hardly tells that variance, so it is averaged over what
    is likely, from a half-Cauchy prior on its root (Gelman 2006, Bayesian Analysis 1). People state nearly
    equal importance for everything; the line stretches it to what it predicts.

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
    [0.39, 0.24, 0.2, 0.12, 0.06]
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
    # Places of equal chance before the answers speak.
    spreads = _LIKELY / len(weight) * np.tan(np.pi / 2 * _PLACES)
    given = [_given(spread**2, weight, error, design) for spread in spreads]
    chance, means, variances, own = (np.array(part) for part in zip(*given, strict=True))
    odds = softmax(chance)
    mean = odds @ means
    half = z * np.sqrt(odds @ (variances + (means - mean) ** 2))
    parts = np.clip(np.column_stack([mean, mean - half, mean + half]), 0, None) / np.clip(mean, 0, None).sum()
    found = pd.DataFrame(parts, index=derived.index, columns=["weight", "low", "high"])
    return found.assign(derived_share=odds @ own)


def _given(around: float, weight: F, error: F, design: F) -> tuple[float, F, F, F]:
    """Return what a variance around the line, itself integrated out, makes of the weights.

    The log of their chance, their means and variances, and how much of each is its own derived weight.
    """
    variance = error**2 + around
    line, uncertain = _line(weight, variance, design)
    rest, own = weight - design @ line, around / variance
    chance = 0.5 * (np.linalg.slogdet(uncertain)[1] - np.log(variance).sum() - (rest**2 / variance).sum())
    leverage = np.einsum("ij,jk,ik->i", design, uncertain, design)
    return float(chance), weight - (1 - own) * rest, own * error**2 + (1 - own) ** 2 * leverage, own


def _line(weight: F, variance: F, design: F) -> tuple[F, F]:
    scaled = design / variance[:, None]
    uncertain = np.asarray(np.linalg.inv(scaled.T @ design), dtype=float)
    return uncertain @ (scaled.T @ weight), uncertain
