"""How much each dimension counts in an outcome: linear weights, freed from errors of measurement."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.errors import FitError
from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.importance import interval
from goodwill.perceived.moments import F, Moments, moments

_POSSIBLE = 1e-9


@dataclass(frozen=True)
class DerivedWeights:
    """How much each dimension counts in an outcome, and how sure that is.

    Parameters
    ----------
    table : a row per dimension: `weight` of one standard deviation of the dimension (they add up to 1), `low`
        and `high`; `signed`, the weight where it may be below zero.
    covariance : of the signed weights, dimension × dimension. Together they are 1, so one that is too high
        leaves the others too low.
    """

    table: pd.DataFrame
    covariance: pd.DataFrame


def derived_weights(
    X: pd.DataFrame,
    y: npt.ArrayLike,
    *,
    reliability: pd.Series | None = None,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> DerivedWeights:
    """Return how much each dimension counts in an outcome, as weights that add up to 1, with intervals.

    Parameters
    ----------
    X, y, weights, level : as in `relative_importance`, but any number of columns.
    reliability : of each column's score: of `dimension_factors`, or of means of items Cronbach's α or
        McDonald's ω. Without it, scores measured poorly lose weight to their neighbours.

    Notes
    -----
    Coefficients of standardised scores, corrected for errors in variables (Fuller 1987, Measurement Error
    Models, eq. 2.2.12: the error variance is taken off the diagonal of the covariance). Coefficients below
    zero count as 0. Intervals and covariance are those of bootstrap resamples of respondents.

    Raises
    ------
    FitError : a reliability outside (0, 1], or so low that the corrected correlations contradict each other;
        or no dimension with a positive weight.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.normal(size=(400, 2)), columns=["quality", "price"])
    >>> found = derived_weights(X, 3 * X["quality"] + X["price"])
    >>> found.table["weight"].round(2).to_dict()
    {'quality': 0.75, 'price': 0.25}
    """
    ensure_level(level)
    found = moments(X, y, weights, seed=seed)
    keeps = _reliability(found, reliability)
    whole, drawn = _slopes(found.whole[None], keeps), _slopes(found.drawn, keeps)
    if not len(whole):
        raise FitError(
            f"the reliabilities of {', '.join(found.names)} are lower than their correlations allow. "
            "Join dimensions that measure the same, or call without reliability."
        )
    drawn = drawn[(drawn > 0).any(axis=1)]
    if not (whole > 0).any() or len(drawn) < 2:  # noqa: PLR2004 - one resample has no spread
        raise FitError(
            f"none of {len(found.names)} dimensions raises the outcome. "
            "Reverse the items that are asked the other way round."
        )
    (signed,), drawn_signed = (
        slopes / np.clip(slopes, 0, None).sum(axis=1, keepdims=True) for slopes in (whole, drawn)
    )
    names = pd.Index(found.names, name="dimension")
    table = pd.DataFrame({"weight": np.clip(signed, 0, None)}, index=names)
    table["low"], table["high"] = interval(np.clip(drawn_signed, 0, None), level)
    covariance = np.atleast_2d(np.cov(drawn_signed, rowvar=False))
    return DerivedWeights(table.assign(signed=signed), pd.DataFrame(covariance, names, names))


def _reliability(found: Moments, reliability: pd.Series | None) -> F:
    if reliability is None:
        return np.ones(len(found.names))
    keeps = reliability.reindex(list(found.names)).to_numpy(dtype=float)
    wrong = [name for name, keep in zip(found.names, keeps, strict=True) if not 0 < keep <= 1]
    if wrong:
        raise FitError(
            f"reliability of {', '.join(wrong)} is missing or not above 0 and at most 1. "
            "Leave that dimension out, or call without reliability."
        )
    return keeps


def _slopes(covariance: F, reliability: F) -> F:
    """Return effects of one true standard deviation, of the covariances that allow it."""
    variances = np.einsum("bii->bi", covariance)[:, :-1] * reliability
    varies = (variances > _POSSIBLE).all(axis=1)
    covariance, spread = covariance[varies], np.sqrt(variances[varies])
    p = spread.shape[1]
    across = covariance[:, :p, p] / spread
    true = covariance[:, :p, :p] / spread[:, :, None] / spread[:, None, :]
    true[:, np.arange(p), np.arange(p)] = 1.0
    is_possible = np.linalg.eigvalsh(true)[:, 0] > _POSSIBLE
    slopes = np.linalg.solve(true[is_possible], across[is_possible, :, None])[..., 0]
    return np.asarray(slopes, dtype=float)
