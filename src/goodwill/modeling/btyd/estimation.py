"""From a row likelihood to an estimate: weights, covariates, penalty, starts and standard errors."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from goodwill.errors import FitError, UsageError
from goodwill.modeling.btyd.fitting import Fit, Objective, maximise
from goodwill.modeling.btyd.rows import Rows, in_chunks, unique_rows
from goodwill.modeling.btyd.scaling import Scaling, carried
from goodwill.modeling.btyd.stored_fit import Estimate
from goodwill.modeling.given_values import weights

F = NDArray[np.float64]
_SAMPLE = 2_000
_THOROUGH = 4_000


@dataclass(frozen=True)
class Likelihood:
    """A model's row likelihood, the names of its parameters and how covariates move them."""

    names: tuple[str, ...]
    time_names: tuple[str, ...]
    covariate_signs: Mapping[str, float]
    covariates: tuple[str, ...]
    row_log_likelihood: Callable[[F, Rows], tuple[F, F]]

    @property
    def all_names(self) -> list[str]:
        """Names of the parameters, then of the coefficients in the order of their parameters."""
        return [
            *self.names,
            *(f"{name}:{column}" for name in self.covariate_signs for column in self.covariates),
        ]

    def theta(self, params: Mapping[str, float]) -> F:
        """Return log-parameters and coefficients as one vector."""
        values = np.array([params[name] for name in self.all_names])
        n_params = len(self.names)
        return np.concatenate([np.log(values[:n_params]), values[n_params:]])

    def row_params(self, theta: F, rows: Rows) -> F:
        """Return log-parameters (n_params, 1), or (n_params, n) with covariates."""
        n_params, n_columns = len(self.names), len(self.covariates)
        log_params = theta[:n_params, None]
        if not n_columns:
            return log_params
        log_params = np.repeat(log_params, len(rows), axis=1)
        coefficients = theta[n_params:].reshape(-1, n_columns)
        for (name, sign), coefficient in zip(self.covariate_signs.items(), coefficients, strict=True):
            log_params[self.names.index(name)] += sign * coefficient @ rows.extra[:n_columns]
        return log_params

    def total(self, theta: F, rows: Rows, weight: F) -> tuple[float, F]:
        """Return the weighted log-likelihood of `rows` and its gradient in theta."""
        value, gradient = self.row_log_likelihood(self.row_params(theta, rows), rows)
        weighted = gradient * weight
        moved = [
            sign * weighted[self.names.index(name)] @ rows.extra[: len(self.covariates)].T
            for name, sign in self.covariate_signs.items()
        ]
        return float(value @ weight), np.concatenate([weighted.sum(axis=1), *moved])


def estimate(
    likelihood: Likelihood,
    rows: Rows,
    weight: npt.ArrayLike | None,
    *,
    starts: Callable[[float], F],
    penalty: float,
    chunk: int,
) -> Estimate:
    """Return the penalised maximum-likelihood estimate with standard errors by the delta method."""
    if not _is_weight(penalty):
        msg = f"`penalty` is {penalty!r}; it weighs a prior. Use 0 for none, or a positive number such as 1."
        raise UsageError(msg)
    rows, weight = _distinct(rows, weights("sample_weight", weight, len(rows)))
    rate, scale = _rate_and_scale(rows, weight, penalty)
    scaling = Scaling.of(rows, weight, likelihood.covariates)
    rows = scaling.scaled(rows)
    offset = np.array(
        [np.log(scale) if name in likelihood.time_names else 0.0 for name in likelihood.all_names]
    )
    objective = _objective(likelihood, rows, weight, offset=offset, penalty=penalty, chunk=chunk)
    sample = objective
    if len(rows) > _THOROUGH:
        sample = _objective(likelihood, *_sampled(rows, weight), offset=offset, penalty=penalty, chunk=chunk)
    begin = np.zeros((len(starts(rate)), offset.size))
    begin[:, : len(likelihood.names)] = starts(rate)
    fit = maximise(objective, sample, begin - offset)
    message = _message(fit, likelihood.all_names)
    if not fit.converged:
        advice = "Predictions may still serve; for stable parameters set a `penalty` such as 1."
        warnings.warn(f"The fit did not converge: {message}. {advice}", ConvergenceWarning, stacklevel=3)
    way_back = scaling.way_back(likelihood.names, likelihood.covariate_signs)
    theta, n_params = way_back @ (fit.theta + offset), len(likelihood.names)
    scaling.check(theta[:n_params])
    value = np.concatenate([np.exp(theta[:n_params]), theta[n_params:]])
    slope = np.concatenate([np.exp(theta[:n_params]), np.ones(theta.size - n_params)])
    error = slope * carried(way_back, fit.covariance)
    return Estimate(
        params=dict(zip(likelihood.all_names, value.tolist(), strict=True)),
        standard_errors=dict(zip(likelihood.all_names, error.tolist(), strict=True)),
        log_likelihood=objective(fit.theta)[0] + penalty / 2 * float(fit.theta @ fit.theta),
        n_customers=float(weight.sum()),
        converged=fit.converged,
        message=message,
    )


def _is_weight(penalty: object) -> bool:
    return isinstance(penalty, Real) and 0 <= float(penalty) < np.inf


def _message(fit: Fit, names: list[str]) -> str:
    stuck = [name for name, is_stuck in zip(names, fit.at_bound, strict=True) if is_stuck]
    return fit.message.replace("a parameter", f"{' and '.join(stuck)} (no limit in the data)")


def _distinct(rows: Rows, weight: F) -> tuple[Rows, F]:
    reduced = unique_rows(rows.table)
    if reduced is None:
        return rows, weight
    counts = np.zeros(reduced[0].shape[1])
    np.add.at(counts, reduced[1], weight)
    return Rows(reduced[0]), counts


def _rate_and_scale(rows: Rows, weight: F, penalty: float) -> tuple[float, float]:
    purchases, exposure = float(weight @ rows.x), float(weight @ rows.T)
    if not exposure or not (purchases or penalty):
        msg = (
            f"{weight.sum():g} customers made {purchases:g} repeat purchases in {exposure:g} units of "
            "time, from which no rate can be learned. Use a longer history, or set a `penalty` such as 1."
        )
        raise FitError(msg)
    return max(purchases, 0.5) / exposure, exposure / float(weight.sum())


def _sampled(rows: Rows, weight: F) -> tuple[Rows, F]:
    places = (np.arange(_SAMPLE) + 0.5) / _SAMPLE * weight.sum()
    chosen, counts = np.unique(np.searchsorted(np.cumsum(weight), places), return_counts=True)
    return Rows(rows.table[:, chosen]), counts.astype(np.float64) * (weight.sum() / _SAMPLE)


def _objective(
    likelihood: Likelihood, rows: Rows, weight: F, *, offset: F, penalty: float, chunk: int
) -> Objective:
    def objective(phi: F) -> tuple[float, F]:
        theta = phi + offset

        def work(part: slice) -> tuple[float, F]:
            # A trial step may go where nothing is finite; the climb then takes a shorter one.
            with np.errstate(all="ignore"):
                return likelihood.total(theta, Rows(rows.table[:, part]), weight[part])

        value, gradient = -penalty / 2 * float(phi @ phi), -penalty * phi
        for part_value, part_gradient in in_chunks(work, len(rows), chunk=chunk):
            value, gradient = value + part_value, gradient + part_gradient
        return value, gradient

    return objective
