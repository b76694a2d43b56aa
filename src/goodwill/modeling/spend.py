"""What customers spend per purchase: Gamma-Gamma, held to how much the purchases of one customer vary.

Fader and Hardie's model is fitted to each customer's mean spend alone. Where customers differ by more than
its inverse gamma says, as where purses are lognormal, it puts that down to purchases of the same customer,
and draws small spenders far towards the mean of all. How much those vary is known, and says otherwise.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq

from goodwill.features.columns import Table, numbers
from goodwill.modeling.btyd import GammaGamma
from goodwill.modeling.btyd.estimation import Likelihood, estimate
from goodwill.modeling.btyd.gammagamma import read_spends, with_a_mean
from goodwill.modeling.btyd.rows import Rows
from goodwill.modeling.shrinking import PENALTY, fitted_or_shrunk, without_news

F = NDArray[np.float64]
_FEWEST, _BEYOND_CHANCE = 30, 2.0
_LEAST, _MOST = -6.0, 9.0
_CHUNK = 4_096


def spend_model(spends: pd.DataFrame, X: Table) -> GammaGamma:
    """Return Gamma-Gamma as fitted, or with the `within_shape` of X where the fit lies below beyond chance.

    Parameters
    ----------
    spends : (n, 2) frequency and monetary_value, as `GammaGamma.fit` reads them.
    X : (m, ...) as `within_shape` reads it.

    Raises
    ------
    FitError
        As `fitted_or_shrunk` does.
    """
    fitted, shape = fitted_or_shrunk(GammaGamma, spends), within_shape(X)
    error = fitted.standard_errors_["p"]
    if shape is None or not fitted.params_["p"] + _BEYOND_CHANCE * error < shape:
        return fitted
    return _of_shape(spends, shape)


def within_shape(X: Table) -> float | None:
    """Return the shape p of a gamma distribution whose draws vary as the purchases of one customer do.

    With n purchases, the expected square of their coefficient of variation is n / (n p + 1), whatever the
    customer's mean; p makes that true of all customers together. None where few bought twice, or too evenly
    or unevenly for any.

    Parameters
    ----------
    X : (n, ...) features with `n_orders`, `spend_mean` and `spend_std`.

    Examples
    --------
    >>> draws = pd.DataFrame(np.random.default_rng(0).gamma(4.0, 1.0, (5_000, 3)))
    >>> draws = draws.mul(np.geomspace(1, 1e6, 5_000), axis=0)
    >>> X = pd.DataFrame({"n_orders": 3, "spend_mean": draws.mean(axis=1), "spend_std": draws.std(axis=1)})
    >>> round(within_shape(X), 1)
    4.0
    """
    n, mean, deviation = (numbers(X, name) for name in ("n_orders", "spend_mean", "spend_std"))
    tells = (n > 1) & (mean > 0) & np.isfinite(deviation)
    if tells.sum() < _FEWEST:
        return None
    n, varies = n[tells], np.square(deviation[tells] / mean[tells])

    def missed(log_shape: float) -> float:
        return float(np.sum((n - 1) * (varies - n / (n * np.exp(log_shape) + 1))))

    if not missed(_LEAST) < 0 < missed(_MOST):
        return None
    return float(np.exp(brentq(missed, _LEAST, _MOST)))


def _of_shape(spends: pd.DataFrame, shape: float) -> GammaGamma:
    """Return the penalised fit of q and v, which a mean spend exists of, with a known p."""
    rows = read_spends(spends)
    likelihood = Likelihood(
        names=("q", "v"),
        time_names=("v",),
        covariate_signs={},
        covariates=(),
        row_log_likelihood=_with_shape(np.log(shape)),
    )
    bought = Rows(rows.table[:, rows.x > 0])
    with without_news():
        found = estimate(likelihood, bought, None, starts=_starts, penalty=PENALTY, chunk=_CHUNK).params
    return GammaGamma.from_params(p=shape, q=1 + found["q"], v=found["v"])


def _with_shape(log_p: float) -> Callable[[F, Rows], tuple[F, F]]:
    def log_likelihood(log_params: F, rows: Rows) -> tuple[F, F]:
        value, gradient = with_a_mean(np.vstack([np.full_like(log_params[:1], log_p), log_params]), rows)
        return value, gradient[1:]

    return log_likelihood


def _starts(rate: float) -> F:
    return np.log([[excess, excess / rate] for excess in (0.3, 1.0, 3.0)])
