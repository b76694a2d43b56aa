"""Two curves of retention: the shifted-beta-geometric distribution and its discrete Weibull extension."""

import warnings
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize
from scipy.special import gammaln
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from goodwill.arguments import as_rate, ensure_numbers, ensure_whole
from goodwill.errors import FitError, UsageError
from goodwill.modeling.given_params import check_params
from goodwill.modeling.given_values import periods_ahead
from goodwill.modeling.retention.kaplan_meier import columns_of

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
_STARTS = ((0.0, 0.0, 0.0), (0.0, 2.0, 0.0), (2.0, 4.0, 0.0), (-0.5, 0.5, -0.5), (1.0, 3.0, 0.5))
_BOUNDS = ((-9.0, 9.0), (-9.0, 9.0), (-2.5, 2.5))
_STEP, _NEAR, _LARGE = 1e-3, 1e-2, 1e8


class BetaDiscreteWeibull(BaseEstimator):
    """Retention of contracts whose chance to end differs between them, and changes as they last.

    A contract outlives t periods with probability (1 - θ)^(t^c), and θ is beta-distributed over contracts,
    so that S(t) = B(α, β + t^c) / B(α, β) (Fader, Hardie, Liu, Davin & Steenburgh 2018). With c > 1
    the single contract grows likelier to end, with c < 1 less likely; the average one may do otherwise.

    Parameters
    ----------
    penalty : weight of a normal prior of variance 1 on the log-parameters; for small tables.

    Attributes
    ----------
    params_ : the estimates by name. standard_errors_ : theirs, by the delta method.
    log_likelihood_ : at the estimates. converged_ : whether they are a maximum inside the bounds.

    Examples
    --------
    >>> alive = [1000, 869, 743, 653, 593, 551, 517, 491]
    >>> table = pd.DataFrame({"period": range(1, 8), "at_risk": alive[:-1], "ended": -np.diff(alive)})
    >>> model = BetaDiscreteWeibull().fit(table)
    >>> model.survival([0, 7]).round(3).tolist()
    [1.0, 0.491]
    """

    names: ClassVar[tuple[str, ...]] = ("alpha", "beta", "c")

    def __init__(self, *, penalty: float = 0.0) -> None:
        self.penalty = penalty

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:  # noqa: ARG002 - scikit-learn's signature
        """Fit to a life table by maximum likelihood.

        Parameters
        ----------
        X : as `life_table` returns it: `period`, `at_risk`, `ended`. Contracts may have been seen from a
            later period on: each row says what happened to those who came to its end.

        Raises
        ------
        FitError
            If nobody ended, or nobody outlived a period: then no curve is likelier than a flat one.
        """
        ensure_numbers(penalty=self.penalty)
        if not self.penalty >= 0:
            raise UsageError(f"`penalty` is {self.penalty}; it weighs a prior. Use 0 for none, or 1.")
        period, at_risk, ended = columns_of(X)
        if not 0 < ended.sum() < at_risk.sum():
            raise FitError(
                f"{ended.sum():g} of {at_risk.sum():g} periods at risk ended with the contract, from which "
                "no rate can be learned. Use a longer history, or leave the curve out."
            )
        is_seen = at_risk > 0
        table = period[is_seen], at_risk[is_seen], ended[is_seen]

        def loss(theta: F) -> float:
            return self.penalty / 2 * float(theta @ theta) - self._log_likelihood(theta, *table)

        n, best = len(self.names), None
        for start in _STARTS:
            found = minimize(loss, np.array(start[:n]), method="L-BFGS-B", bounds=_BOUNDS[:n])
            best = found if best is None or found.fun < best.fun else best
        self._store(best, loss)
        self.log_likelihood_ = self._log_likelihood(np.log(list(self.params_.values())), *table)
        return self

    @classmethod
    def from_params(cls, **params: float) -> Self:
        """Return a model with known parameters.

        Raises
        ------
        UsageError
            If a parameter is missing, unknown or not above 0.
        """
        check_params(cls.__name__, dict.fromkeys(cls.names, True), params)
        model = cls()
        model.params_ = {name: float(params[name]) for name in cls.names}
        model.standard_errors_ = dict.fromkeys(cls.names, float("nan"))
        model.log_likelihood_, model.converged_ = float("nan"), False
        return model

    def survival(self, n_periods: npt.ArrayLike, *, outlived: npt.ArrayLike = 0) -> F:
        """Return the probability to outlive `n_periods` more periods, given that `outlived` are over.

        Raises
        ------
        UsageError
            If a number of periods is missing or below 0.
        """
        begin, steps = periods_ahead(outlived=outlived, n_periods=n_periods)
        return np.exp(self._log_survival(begin + steps) - self._log_survival(begin))

    def hazard(self, period: npt.ArrayLike) -> F:
        """Return the probability to end at the end of each period (1, 2, …), given that it was reached."""
        (reached,) = periods_ahead(period=period)
        if (reached < 1).any():
            raise UsageError("period: the first period is 1. Count from it.")
        return 1 - self.survival(1, outlived=reached - 1)

    def residual_lifetime(
        self, outlived: npt.ArrayLike, discount_rate: float, *, n_periods: int = 2_000
    ) -> F:
        """Return the discounted expected renewals that are still to come (DERL), paid in advance.

        The sum over t = 1, 2, … of S(outlived + t) / S(outlived) / (1 + d)^(t - 1): a contract that is about
        to be renewed pays at once (Fader & Hardie 2010, Marketing Science 29(1)).

        Parameters
        ----------
        outlived : (n,) periods that are over, the renewal at the end of the last one yet to be decided
            counting as t = 1.
        discount_rate : d per period.
        n_periods : terms of the sum; what lies beyond is left out.

        Examples
        --------
        >>> model = ShiftedBetaGeometric.from_params(alpha=1.0, beta=1e6)  # hardly anybody ends
        >>> model.residual_lifetime([0], discount_rate=1.0).round(3).tolist()
        [2.0]
        """
        ensure_whole(1, n_periods=n_periods)
        discount_rate = as_rate("discount_rate", discount_rate)
        steps = np.arange(1, n_periods + 1)
        curve = self.survival(steps[None, :], outlived=np.atleast_1d(outlived)[:, None])
        return curve @ (1 + discount_rate) ** -(steps - 1.0)

    def to_dict(self) -> Stored:
        """Return the fit as plain JSON values."""
        self._check_fitted()
        return {
            "params": self.params_,
            "standard_errors": {k: v if np.isfinite(v) else None for k, v in self.standard_errors_.items()},
            "log_likelihood": self.log_likelihood_ if np.isfinite(self.log_likelihood_) else None,
            "converged": self.converged_,
        }

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored model."""
        model = cls.from_params(**stored["params"])
        errors = stored["standard_errors"].items()
        model.standard_errors_ = {name: float("nan") if error is None else error for name, error in errors}
        found = stored["log_likelihood"]
        model.log_likelihood_ = float("nan") if found is None else found
        model.converged_ = bool(stored["converged"])
        return model

    def _log_survival(self, t: F) -> F:
        self._check_fitted()
        return _log_survival(np.log([self.params_[name] for name in self.names]), t)

    def _log_likelihood(self, theta: F, period: F, at_risk: F, ended: F) -> float:
        keep = _log_survival(theta, period) - _log_survival(theta, period - 1)
        end = np.log(np.maximum(-np.expm1(keep), 1e-300))
        return float(ended @ end + (at_risk - ended) @ keep)

    def _store(self, found: OptimizeResult, loss: Any) -> None:  # noqa: ANN401 - a closure over the table
        theta, n = np.asarray(found.x), len(self.names)
        low, high = np.transpose(_BOUNDS[:n])
        is_stuck = (theta < low + _NEAR) | (theta > high - _NEAR)
        values = np.exp(theta)
        self.params_ = dict(zip(self.names, values.tolist(), strict=True))
        self.converged_ = bool(found.success) and not is_stuck.any()
        errors = np.full(n, np.nan)
        if self.converged_:
            errors = values * np.sqrt(np.maximum(np.diag(np.linalg.pinv(_hessian(loss, theta))), 0.0))
        else:
            stuck = [name for name, stays in zip(self.names, is_stuck, strict=True) if stays]
            said = f"{' and '.join(stuck)} has no limit in the data" if stuck else str(found.message)
            advice = "The curve may still serve; for stable parameters set a `penalty` such as 1."
            warnings.warn(f"The fit did not converge: {said}. {advice}", ConvergenceWarning, stacklevel=3)
        self.standard_errors_ = dict(zip(self.names, errors.tolist(), strict=True))

    def _check_fitted(self) -> None:
        if not hasattr(self, "params_"):
            raise NotFittedError(
                f"This {type(self).__name__} is not fitted yet. Call `fit` with a life table first."
            )


class ShiftedBetaGeometric(BetaDiscreteWeibull):
    """Retention of contracts that each end with a chance of their own, the same in every period.

    S(t) = B(α, β + t) / B(α, β) (Fader & Hardie 2007, eq. 6): the average contract grows safer as it lasts
    because the others have gone.

    Parameters
    ----------
    penalty : weight of a normal prior of variance 1 on the log-parameters; for small tables.

    Examples
    --------
    >>> alive = [1000, 869, 743, 653, 593, 551, 517, 491]
    >>> table = pd.DataFrame({"period": range(1, 8), "at_risk": alive[:-1], "ended": -np.diff(alive)})
    >>> {name: round(value, 2) for name, value in ShiftedBetaGeometric().fit(table).params_.items()}
    {'alpha': 0.67, 'beta': 3.81}
    """

    names = ("alpha", "beta")


def _log_survival(theta: F, t: F) -> F:
    alpha, beta = np.exp(theta[:2])
    shape = float(np.exp(theta[2])) if len(theta) > 2 else 1.0  # noqa: PLR2004 - α and β alone
    lived = beta + np.asarray(t, dtype=float) ** shape
    # Stirling's series where the difference of two huge numbers would be noise.
    fallen = np.where(lived > _LARGE, -alpha * np.log(lived), gammaln(lived) - gammaln(alpha + lived))
    return fallen - gammaln(beta) + gammaln(alpha + beta)


def _hessian(loss: Any, theta: F) -> F:  # noqa: ANN401 - a closure over the table
    """Return the second derivatives of the loss by central differences."""
    steps = np.eye(len(theta)) * _STEP
    return np.array([
        [
            loss(theta + a + b) - loss(theta + a - b) - loss(theta - a + b) + loss(theta - a - b)
            for b in steps
        ]
        for a in steps
    ]) / (4 * _STEP**2)  # fmt: skip
