"""Gamma-Gamma model of spend per purchase (Fader and Hardie 2013, "The Gamma-Gamma model")."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray
from scipy.special import digamma, gammaln
from scipy.stats import spearmanr

from goodwill.errors import FitError, TableError, UsageError
from goodwill.features.columns import Table
from goodwill.modeling.btyd.estimation import Likelihood, estimate
from goodwill.modeling.btyd.rows import Rows, read_columns
from goodwill.modeling.btyd.stored_fit import StoredFit
from goodwill.modeling.given_values import weights

F = NDArray[np.float64]
_CHUNK, _NAMES = 4_096, ("p", "q", "v")


@dataclass(frozen=True)
class Independence:
    """How far the number of purchases and the spend per purchase hang together among repeat buyers."""

    pearson: float
    spearman: float
    p_value: float
    n_repeat_buyers: int

    @property
    def holds(self) -> bool:
        """True if the rank correlation is weak (below .1) or may be chance (p at or above .05).

        False where there is none to speak of: too few repeat buyers, or all alike.
        """
        return abs(self.spearman) < 0.1 or self.p_value >= 0.05  # noqa: PLR2004 - explained in the docstring


def gamma_gamma_log_likelihood(log_params: F, rows: Rows) -> tuple[F, F]:
    """Return log-likelihoods (n,) and gradients (3, n) in log p, log q, log v (eq. 1a).

    `rows.t_x` holds the mean spend.
    """
    p, q, v = np.exp(log_params)
    x, m = rows.x, rows.t_x
    shape, spent = p * x, x * m
    log_sum = np.log(v + spent)
    value = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * log_params[2]
    value = value + shape * (np.log(spent) - log_sum) - np.log(m) - q * log_sum
    both = digamma(shape + q)
    gradient = np.array(
        [
            shape * (both - digamma(shape) + np.log(spent) - log_sum),
            q * (both - digamma(q) + log_params[2] - log_sum),
            q - (shape + q) * v / (v + spent),
        ]
    )
    return value, gradient


def with_a_mean(log_params: F, rows: Rows) -> tuple[F, F]:
    """Return `gamma_gamma_log_likelihood` and its gradient in log p, log(q - 1), log v: a mean exists."""
    log_p, log_excess, log_v = log_params
    q = 1 + np.exp(log_excess)
    value, gradient = gamma_gamma_log_likelihood(np.array([log_p, np.log(q), log_v]), rows)
    gradient[1] *= (q - 1) / q
    return value, gradient


class GammaGamma(StoredFit):
    """Spend per purchase: gamma within a customer, its scale gamma between customers, free of frequency.

    Histories are frames with the columns frequency (repeat purchases) and monetary_value (mean spend of the
    repeat purchases, in money; ignored where frequency is 0). Fitted on repeat buyers.

    Parameters
    ----------
    penalty : weight of a normal prior with mean 0 and variance 1 / penalty on log p, log(q - 1) and log v
        (money measured in mean spend per purchase), so that a mean spend exists; 0 is maximum likelihood.

    Examples
    --------
    >>> model = GammaGamma.from_params(p=6.25, q=3.74, v=15.44)
    >>> histories = pd.DataFrame({"frequency": [0, 4], "monetary_value": [0.0, 50.0]})
    >>> model.conditional_mean(histories).round(2)
    array([35.22, 48.54])
    """

    def __init__(self, *, penalty: float = 0.0) -> None:
        self.penalty = penalty

    covariates: Sequence[str] = ()

    def fit(
        self,
        X: pd.DataFrame,
        y: None = None,  # noqa: ARG002 - scikit-learn's signature
        *,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit to the repeat buyers of `X`.

        Raises
        ------
        FitError if there are no repeat buyers, their spend does not vary, or q <= 1 (no mean spend exists;
        with a penalty it always does).
        """
        rows = read_spends(X)
        is_repeat = rows.x > 0
        weight = weights("sample_weight", sample_weight, len(rows))[is_repeat]
        rows = Rows(rows.table[:, is_repeat])
        _check_spread(rows, weight)
        likelihood = Likelihood(
            names=_NAMES,
            time_names=("v",),
            covariate_signs={},
            covariates=(),
            row_log_likelihood=with_a_mean if self.penalty else gamma_gamma_log_likelihood,
        )
        fitted = estimate(likelihood, rows, weight, starts=_starts, penalty=self.penalty, chunk=_CHUNK)
        if self.penalty:
            fitted = replace(fitted, params=fitted.params | {"q": 1 + fitted.params["q"]})
        if fitted.params["q"] <= 1:
            msg = (
                f"q is {fitted.params['q']:.3f}; at or below 1 the mean spend is infinite (a few customers "
                "spend nearly everything). Cap extreme amounts, set a `penalty`, or use a supervised model."
            )
            raise FitError(msg)
        self._store(fitted)
        return self

    def conditional_mean(self, X: Table) -> F:
        """Return each customer's expected spend per purchase (eq. 5), the population's for frequency 0."""
        p, q, v = self._known()
        rows = read_spends(X)
        return p * (v + rows.x * rows.t_x) / (p * rows.x + q - 1)

    def population_mean(self) -> float:
        """Return the mean spend per purchase of a customer not yet known, p v / (q - 1)."""
        p, q, v = self._known()
        return p * v / (q - 1)

    @staticmethod
    def independence(X: pd.DataFrame) -> Independence:
        """Return how frequency and spend correlate among repeat buyers; the model says not at all."""
        rows = read_spends(X)
        is_repeat = rows.x > 0
        x, m = rows.x[is_repeat], rows.t_x[is_repeat]
        if x.size < 3 or np.ptp(x) == 0 or np.ptp(m) == 0:  # noqa: PLR2004 - no correlation of two points
            return Independence(np.nan, np.nan, np.nan, int(x.size))
        rank = spearmanr(x, m)
        return Independence(
            float(np.corrcoef(x, m)[0, 1]), float(rank.statistic), float(rank.pvalue), int(x.size)
        )

    def simulate_like(self, X: pd.DataFrame, *, seed: int) -> pd.DataFrame:
        """Return `X` with simulated mean spends of customers who made these numbers of repeat purchases."""
        self._check_fitted()
        rng = np.random.default_rng(seed)
        count = read_columns(X, ["frequency"])[0]
        scale = rng.gamma(self.params_["q"], 1 / self.params_["v"], count.size)
        spend = rng.gamma(self.params_["p"] * count, 1.0) / np.where(count > 0, scale * count, 1.0)
        return X.assign(monetary_value=spend)

    def _known(self) -> tuple[float, float, float]:
        self._check_fitted()
        p, q, v = (self.params_[name] for name in _NAMES)
        if q <= 1:
            msg = f"q is {q:g}; at or below 1 the mean spend does not exist. Give a larger one, or fit it."
            raise UsageError(msg)
        return p, q, v

    def _param_names(self) -> dict[str, bool]:
        return dict.fromkeys(_NAMES, True)

    def _settings(self) -> dict[str, int | float | list[str]]:
        return {"penalty": self.penalty}


def _starts(rate: float) -> F:
    mean = 1 / rate
    return np.log([[p, q, mean * max(q - 1, 0.5) / p] for p, q in ((1.0, 2.0), (6.0, 4.0), (20.0, 3.0))])


def read_spends(X: Table) -> Rows:
    """Return frequency and mean spend of histories, of which the likelihood is asked; refuse odd ones."""
    x, m = read_columns(X, ["frequency", "monetary_value"])
    is_bad = ~np.isfinite(x) | (x < 0) | (x != np.floor(x)) | ((x > 0) & ~(np.isfinite(m) & (m > 0)))
    if is_bad.any():
        msg = (
            f"{int(is_bad.sum())} of {x.size} histories have a frequency that is no count, or repeat "
            "purchases with a monetary_value that is missing, infinite or not above 0. Net refunds by day, "
            "or leave such customers out."
        )
        raise TableError(msg)
    m = np.where(x > 0, m, 0.0)
    return Rows(np.array([x, m, x * m, np.zeros_like(x)]))


def _check_spread(rows: Rows, weight: F) -> None:
    if weight.sum() > 1 and np.ptp(rows.t_x) > 1e-9 * rows.t_x.max():
        return
    msg = (
        f"{weight.sum():g} repeat buyers with {np.unique(rows.t_x).size} distinct mean spends cannot show "
        "how spend varies. Use a longer history, or the plain mean."
    )
    raise FitError(msg)
