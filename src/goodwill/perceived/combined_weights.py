"""Derived weights steadied by what people say matters, as far as what they say can be trusted."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, softmax

from goodwill.errors import TableError
from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.moments import F
from goodwill.perceived.weights import DerivedWeights

_FEWEST = 4
# Places of equal chance before the answers speak.
_PLACES = (np.arange(32) + 0.5) / 32
_LEAST_VARIANCE, _LEAST_TOTAL = 1e-12, 0.5
_HALVINGS = 40
_REACH = 4.0


def combined_weights(derived: DerivedWeights, stated: pd.Series, level: float = 0.95) -> pd.DataFrame:
    """Return weights that lean on stated importance where derived ones are uncertain.

    Parameters
    ----------
    derived : as `derived_weights` returns them.
    stated : mean stated importance by dimension, on any scale on which more is more important.

    Returns
    -------
    A row per dimension: `weight` (they add up to 1), `low`, `high`, and `derived_share`: how much of the
    weight is derived, the rest being what stated importance foretells. Below four dimensions, where
    everything is equally important, or where what lowers the outcome weighs more than half of what raises
    it, derived weights stand alone.

    Notes
    -----
    A line of weights over stated importance with a variance around it (Fay and Herriot 1979, J. Am. Stat.
    Assoc. 74, eq. 2.2), of derived weights with their covariance, among weights that add up to 1. People
    state nearly equal importance for everything; the line stretches it to what it predicts. It never falls,
    and never below zero, which no weight is: all slopes from equal weights to the one at which the least
    important dimension weighs nothing are as likely beforehand.

    A handful of dimensions hardly tells the spread τ around the line, so it is averaged over what is likely:
    for the weights with the prior s / (s + τ)², s² the harmonic mean of the variances of the derived ones,
    which needs no constant (DuMouchel and Normand 2000). Intervals shall hold also where stated importance
    misleads, so no τ is favoured in theirs (uniform: Gelman 2006, Bayesian Analysis 1); where it is exactly
    right they cover more often than `level`.

    Raises
    ------
    TableError : a dimension without stated importance.

    Examples
    --------
    >>> names = ["a", "b", "c", "d", "e"]
    >>> table = pd.DataFrame({"signed": [0.42, 0.18, 0.2, 0.14, 0.06]}, index=names)
    >>> covariance = pd.DataFrame(0.05**2 * (np.eye(5) - 1 / 5), names, names)
    >>> stated = pd.Series([5.7, 5.5, 5.4, 5.25, 5.15], index=names)
    >>> combined_weights(DerivedWeights(table, covariance), stated)["weight"].round(2).tolist()
    [0.38, 0.24, 0.2, 0.12, 0.06]
    """
    ensure_level(level)
    table = derived.table
    known = stated.reindex(table.index).to_numpy(dtype=float)
    absent = table.index[~np.isfinite(known)].tolist()
    if absent:
        raise TableError(f"{', '.join(map(str, absent))}: no stated importance. Ask for it, or leave it out.")
    if len(table) < _FEWEST or not np.ptp(known) or table["signed"].sum() < _LEAST_TOTAL:
        return table[["weight", "low", "high"]].assign(derived_share=1.0)
    likely = _likely(*_shares(derived), known)
    odds = softmax(likely.chance)
    mean = odds @ likely.means
    even = softmax(likely.chance - 2 * np.repeat(np.log1p(-_PLACES), len(_PLACES)))
    low, high = (_quantile(even, likely, (1 + side * level) / 2) for side in (-1, 1))
    parts = np.column_stack([mean, np.minimum(low, mean), np.maximum(high, mean)])
    parts = np.clip(parts, 0, None) / np.clip(mean, 0, None).sum()
    found = pd.DataFrame(parts, index=table.index, columns=["weight", "low", "high"])
    return found.assign(derived_share=odds @ likely.own)


def _shares(derived: DerivedWeights) -> tuple[F, F]:
    """Return signed weights divided by their sum, and the covariance of that (delta method)."""
    signed = derived.table["signed"].to_numpy(dtype=float)
    total = signed.sum()
    slope = (np.eye(len(signed)) - (signed / total)[:, None]) / total
    return signed / total, np.asarray(slope @ derived.covariance.to_numpy(dtype=float) @ slope.T, dtype=float)


@dataclass(frozen=True)
class _Likely:
    """What each spread around the line, with each slope of it, makes of the weights.

    Parameters
    ----------
    chance : (cases,) log-likelihood, and the log of how many slopes a case stands for.
    means, errors, own : (cases, p) of each weight, and how much of it is derived.
    """

    chance: F
    means: F
    errors: F
    own: F


def _likely(signed: F, covariance: F, stated: F) -> _Likely:
    """Return the weights for each of the likely spreads around the line and each of its likely slopes.

    Weights that add up to 1 differ from equal ones in p − 1 directions; the line is one of them.
    """
    p, n = len(signed), len(_PLACES)
    across = _contrasts(p)
    found, line = across.T @ signed, across.T @ stated
    error = across.T @ covariance @ across + _LEAST_VARIANCE * np.eye(p - 1)
    typical = np.sqrt((p - 1) / np.trace(np.linalg.inv(error)))
    around = (typical * _PLACES / (1 - _PLACES))[:, None, None] ** 2 * np.eye(p - 1)
    inverse = np.linalg.inv(error + around)
    scaled = inverse @ line
    slopes, width = _slopes(scaled @ found, scaled @ line, 1 / (p * (stated.mean() - stated.min())))
    rest = found - slopes[:, :, None] * line
    misfit = np.einsum("smi,sij,smj->sm", rest, inverse, rest)
    chance = np.log(width) + 0.5 * (np.linalg.slogdet(inverse)[1][:, None] - misfit)
    share = around @ inverse
    means = slopes[:, :, None] * line + np.einsum("sij,smj->smi", share, rest)
    variances, own = (np.einsum("ij,sjk,ik->si", across, each, across) for each in (share @ error, share))
    errors, own = (np.repeat(each, n, axis=0) for each in (np.sqrt(variances), own / (1 - 1 / p)))
    return _Likely(chance.ravel(), 1 / p + means.reshape(-1, p - 1) @ across.T, errors, own)


def _slopes(pull: F, precision: F, steepest: float) -> tuple[F, F]:
    """Return (spreads, slopes) between 0 and the steepest, about the likeliest, and their width."""
    reach = _REACH / np.sqrt(precision)
    middle = np.clip(pull / precision, 0, steepest)
    low, high = np.maximum(middle - reach, 0), np.minimum(middle + reach, steepest)
    return low[:, None] + (high - low)[:, None] * _PLACES, (high - low)[:, None]


def _contrasts(p: int) -> F:
    """Return (p, p - 1) orthonormal columns that each add up to 0."""
    return np.asarray(np.linalg.qr(np.eye(p)[:, 1:] - 1 / p)[0], dtype=float)


def _quantile(odds: F, likely: _Likely, chance: float) -> F:
    """Return a quantile of each weight, a mixture of normals, by halving."""
    reach = 10 * likely.errors
    low, high = (likely.means - reach).min(axis=0), (likely.means + reach).max(axis=0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_below = odds @ ndtr((middle - likely.means) / likely.errors) < chance
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return np.asarray((low + high) / 2, dtype=float)
