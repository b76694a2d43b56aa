"""Whether items measure one thing: a factor model with one factor, and how well it fits."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from goodwill.perceived.estimates import F

_LEAST = 0.005
# With fewer items any three correlations fit exactly.
TESTABLE = 4


@dataclass(frozen=True)
class OneFactor:
    """A one-factor model of a correlation matrix, by maximum likelihood.

    Parameters
    ----------
    loadings : (k,) standardised, with a positive sum.
    discrepancy : the minimum of the fitting function; n − 1 times it is the χ² of the fit.
    is_proper : False where a unique variance ran to its lower limit (a Heywood case).
    """

    loadings: F
    discrepancy: float
    is_proper: bool


def one_factor(correlation: F) -> OneFactor:
    """Fit one common factor (Jöreskog 1967, Psychometrika 32, sec. 5; unique variances bounded below).

    Examples
    --------
    >>> loadings = np.array([0.9, 0.8, 0.7, 0.6])
    >>> planted = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    >>> one_factor(planted).loadings.round(3).tolist()
    [0.9, 0.8, 0.7, 0.6]
    """
    k = len(correlation)
    start = np.clip(1 / np.diag(np.linalg.pinv(correlation)), 0.1, 0.9)
    found = optimize.minimize(
        _discrepancy, start, args=(correlation,), jac=_slope, method="L-BFGS-B", bounds=[(_LEAST, 1.0)] * k,
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1_000},
    )  # fmt: skip
    loadings = _loadings(found.x, correlation)
    is_proper = bool((found.x > _LEAST * (1 + 1e-6)).all())
    return OneFactor(loadings, float(max(found.fun, 0.0)), is_proper)


def fit_indices(fit: OneFactor, correlation: F, n: float) -> dict[str, float]:
    """Return how well one factor explains the correlations: `rmsea`, `cfi`, `srmr` and `p_value`.

    NaN where there is nothing to test: fewer than four items.

    Notes
    -----
    RMSEA: Steiger (1990); CFI: Bentler (1990); χ² with Bartlett's (1951) correction of n.
    """
    k = len(correlation)
    if k < TESTABLE:
        return dict.fromkeys(("rmsea", "cfi", "srmr", "p_value"), np.nan)
    df, df_null = k * (k - 3) / 2, k * (k - 1) / 2
    size = max(n - 1 - (2 * k + 5) / 6 - 2 / 3, 1.0)
    chi2 = size * fit.discrepancy
    excess = max(chi2 - df, 0.0)
    excess_null = max(-size * float(np.linalg.slogdet(correlation)[1]) - df_null, excess)
    left = correlation - np.outer(fit.loadings, fit.loadings)
    apart = left[np.tril_indices(k, -1)]
    return {
        "rmsea": float(np.sqrt(excess / (df * size))),
        "cfi": 1 - excess / excess_null if excess_null > 0 else 1.0,
        "srmr": float(np.sqrt((apart**2).mean())),
        "p_value": float(stats.chi2.sf(chi2, df)),
    }


def _roots(unique: F, correlation: F) -> tuple[F, F]:
    scale = 1 / np.sqrt(unique)
    return np.linalg.eigh(correlation * np.outer(scale, scale))


def _discrepancy(unique: F, correlation: F) -> float:
    roots = np.maximum(_roots(unique, correlation)[0][:-1], np.finfo(float).tiny)
    return float((roots - np.log(roots) - 1).sum())


def _slope(unique: F, correlation: F) -> F:
    loadings = _loadings(unique, correlation)
    return (loadings**2 + unique - np.diag(correlation)) / unique**2


def _loadings(unique: F, correlation: F) -> F:
    roots, vectors = _roots(unique, correlation)
    loadings = np.sqrt(unique) * vectors[:, -1] * np.sqrt(max(roots[-1] - 1, 0.0))
    return -loadings if loadings.sum() < 0 else loadings
