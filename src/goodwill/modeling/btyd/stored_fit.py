"""A fit as plain numbers: parameters with standard errors, comparison of fits, JSON instead of pickle."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypedDict

import numpy as np
from scipy.stats import chi2
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from goodwill.errors import ArtefactError, UsageError
from goodwill.modeling.given_params import check_params


@dataclass(frozen=True)
class Estimate:
    """What a fit leaves behind."""

    params: dict[str, float]
    standard_errors: dict[str, float]
    log_likelihood: float
    n_customers: float
    converged: bool
    message: str


@dataclass(frozen=True)
class RatioTest:
    """A likelihood-ratio test: twice the gain in log-likelihood, degrees of freedom and p-value."""

    statistic: float
    degrees: int
    p_value: float


class StoredModel(TypedDict):
    """What JSON keeps of a fit."""

    model: str
    settings: dict[str, int | float | list[str]]
    params: dict[str, float]
    standard_errors: dict[str, float | None]
    log_likelihood: float | None
    n_customers: float
    converged: bool
    message: str


class StoredFit(BaseEstimator):
    """The fitted attributes, and what can be said from them alone."""

    penalty: float
    covariates: Sequence[str]

    def _store(self, estimate: Estimate) -> None:
        self.params_ = estimate.params
        self.standard_errors_ = estimate.standard_errors
        self.log_likelihood_ = estimate.log_likelihood
        self.n_customers_ = estimate.n_customers
        self.converged_ = estimate.converged
        self.message_ = estimate.message

    def _check_fitted(self) -> None:
        if not hasattr(self, "params_"):
            msg = f"This {type(self).__name__} is not fitted yet. Call `fit` with histories first."
            raise NotFittedError(msg)

    @classmethod
    def from_params(cls, **params: float) -> Self:
        """Return a model with known parameters, for simulation and for questions without a fit."""
        return cls().with_params(**params)

    def with_params(self, **params: float) -> Self:
        """Return this model with known parameters in place of a fit.

        Raises
        ------
        UsageError if a parameter is missing, unknown, or not above 0 where it must be.

        Examples
        --------
        >>> from goodwill.modeling.btyd import GammaGamma
        >>> GammaGamma.from_params(p=6.25, q=3.74)
        Traceback (most recent call last):
            ...
        goodwill.errors.UsageError: GammaGamma takes the parameters p, q, v; missing: v. Give each one.
        """
        check_params(type(self).__name__, self._param_names(), params)
        unknown = dict.fromkeys(params, float("nan"))
        self._store(Estimate(params, unknown, float("nan"), 0.0, converged=False, message="parameters given"))
        return self

    @abstractmethod
    def _param_names(self) -> dict[str, bool]:
        """Return the parameters' names, and whether each must be above 0."""

    def aic(self) -> float:
        """Return Akaike's information criterion, 2 k - 2 log L; smaller is better."""
        self._check_fitted()
        return 2 * len(self.params_) - 2 * self.log_likelihood_

    def bic(self) -> float:
        """Return the Bayesian information criterion, k log n - 2 log L; smaller is better."""
        self._check_fitted()
        if not self.n_customers_:
            return float("nan")
        return len(self.params_) * float(np.log(self.n_customers_)) - 2 * self.log_likelihood_

    def likelihood_ratio_test(self, other: Self) -> RatioTest:
        """Return the test of the simpler of two nested fits to the same customers against the richer."""
        if not isinstance(other, StoredFit):
            raise UsageError(f"other is a {type(other).__name__}. Give a fitted model of the same kind.")
        self._check_fitted()
        other._check_fitted()
        small, large = sorted((self, other), key=lambda fit: len(fit.params_))
        degrees = len(large.params_) - len(small.params_)
        if type(self) is not type(other) or not set(small.params_) < set(large.params_):
            msg = (
                f"{type(small).__name__}{sorted(small.params_)} is not nested in "
                f"{type(large).__name__}{sorted(large.params_)}. Compare them by `aic` or `bic`."
            )
            raise UsageError(msg)
        if not np.isclose(small.n_customers_, large.n_customers_):
            seen = f"{small.n_customers_:g} and {large.n_customers_:g}"
            msg = f"The fits saw {seen} customers. Fit both to the same customers."
            raise UsageError(msg)
        statistic = max(2 * (large.log_likelihood_ - small.log_likelihood_), 0.0)
        return RatioTest(statistic, degrees, float(chi2.sf(statistic, degrees)))

    def to_dict(self) -> StoredModel:
        """Return settings and fit as plain JSON values (nan becomes null); no data, no pickle."""
        self._check_fitted()
        return StoredModel(
            model=type(self).__name__,
            settings=self._settings(),
            params=dict(self.params_),
            standard_errors={name: _finite(error) for name, error in self.standard_errors_.items()},
            log_likelihood=_finite(self.log_likelihood_),
            n_customers=self.n_customers_,
            converged=self.converged_,
            message=self.message_,
        )

    def _settings(self) -> dict[str, int | float | list[str]]:
        return {"penalty": self.penalty, "covariates": list(self.covariates)}

    @classmethod
    def from_dict(cls, stored: StoredModel) -> Self:
        """Return the model that `to_dict` described.

        Raises
        ------
        ArtefactError if the description is of another model or lacks a part.
        """
        if set(stored) != set(StoredModel.__annotations__) or stored["model"] != cls.__name__:
            msg = (
                f"Expected a stored {cls.__name__} with {sorted(StoredModel.__annotations__)}, got "
                f"{stored.get('model')!r} with {sorted(stored)}. Load it with the class that stored it."
            )
            raise ArtefactError(msg)
        estimate = Estimate(
            params=dict(stored["params"]),
            standard_errors={name: _number(error) for name, error in stored["standard_errors"].items()},
            log_likelihood=_number(stored["log_likelihood"]),
            n_customers=stored["n_customers"],
            converged=stored["converged"],
            message=stored["message"],
        )
        settings = stored["settings"].items()
        model = cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in settings})
        known, found = list(model._param_names()), list(estimate.params)
        if set(known) != set(found):
            msg = f"A stored {cls.__name__} has the parameters {known}, not {found}. Load one that is whole."
            raise ArtefactError(msg)
        model._store(estimate)
        return model


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
