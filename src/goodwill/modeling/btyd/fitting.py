"""Maximum likelihood on the log scale: several starts on a sample, Newton steps on all rows, a verdict."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from goodwill.errors import FitError

F = NDArray[np.float64]
Objective = Callable[[F], tuple[float, F]]
BOUND = 12.0  # e^12: beyond it a parameter means "none" or "infinite" and the data cannot tell
_STEP = 1e-4
_MAX_NEWTON = 40
_TOLERANCE = 1e-8  # what a further Newton step would add to the log-likelihood
_CONDITION = 1e-10


@dataclass(frozen=True)
class Fit:
    """A maximum: where it lies, how curved it is there and whether it can be trusted."""

    theta: F
    covariance: F
    converged: bool
    message: str


def maximise(full: Objective, sample: Objective, starts: F) -> Fit:
    """Return the maximum of `full`, climbing from the best of `starts` on the cheaper `sample` first.

    Both return (log-likelihood, gradient) and have their maxima near each other. The sample's curvature steers
    the steps on the full data, so that ten million rows need about a dozen passes.

    Examples
    --------
    >>> parabola = lambda theta: (-float(((theta - 1) ** 2).sum()), -2 * (theta - 1))
    >>> fit = maximise(parabola, parabola, np.array([[0.0], [3.0]]))
    >>> fit.converged, fit.theta.round(6), fit.covariance.round(3)
    (True, array([1.]), array([[0.5]]))
    """
    climbs = [_climb(sample, start) for start in starts]
    climbs = [climb for climb in climbs if np.isfinite(climb[1])]
    if not climbs:
        msg = (
            f"None of {len(starts)} starts gave a finite likelihood. Check the histories for extreme values."
        )
        raise FitError(msg)
    theta = max(climbs, key=lambda climb: climb[1])[0]
    theta, gain = _newton(full, sample, theta)
    return _verdict(full, theta, gain)


def _climb(objective: Objective, start: F) -> tuple[F, float]:
    def downhill(theta: F) -> tuple[float, F]:
        value, gradient = objective(theta)
        return -value, -gradient

    with np.errstate(all="ignore"):
        found = minimize(
            downhill,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-BOUND, BOUND)] * start.size,
            options={"maxiter": 500, "ftol": 1e-11, "gtol": 1e-6},
        )
    return found.x, -float(found.fun)


def curvature(objective: Objective, theta: F) -> F:
    """Return the matrix of second derivatives by central differences of the gradient."""
    steps = _STEP * np.eye(theta.size)
    columns = [(objective(theta + step)[1] - objective(theta - step)[1]) / (2 * _STEP) for step in steps]
    matrix = np.array(columns)
    return (matrix + matrix.T) / 2


def _newton(full: Objective, sample: Objective, theta: F) -> tuple[F, float]:
    value, gradient = full(theta)
    gain = np.inf
    hessian = curvature(sample, theta)
    for count in range(_MAX_NEWTON):
        step = _ascent(hessian, gradient, theta)
        gain = float(gradient @ step) / 2
        if gain < _TOLERANCE:
            break
        moved = _backtrack(full, theta, step, value)
        if moved is None:
            hessian = curvature(full, theta)
            continue
        theta, value, gradient = moved
        if full is sample or count % 8 == 7:  # noqa: PLR2004 - the sample's curvature may mislead for long
            hessian = curvature(full, theta)
    return theta, gain


def _ascent(hessian: F, gradient: F, theta: F) -> F:
    blocked = ((theta >= BOUND) & (gradient > 0)) | ((theta <= -BOUND) & (gradient < 0))
    free = np.flatnonzero(~blocked)
    step = np.zeros_like(theta)
    if free.size:
        size, axes = np.linalg.eigh(hessian[np.ix_(free, free)])
        size = np.maximum(np.abs(size), _CONDITION * np.abs(size).max() + 1e-300)
        step[free] = axes @ ((axes.T @ gradient[free]) / size)
    return step * min(1.0, 2.0 / (np.abs(step).max() + 1e-300))


def _backtrack(full: Objective, theta: F, step: F, value: float) -> tuple[F, float, F] | None:
    for _ in range(12):
        trial = np.clip(theta + step, -BOUND, BOUND)
        new_value, gradient = full(trial)
        if new_value > value:
            return trial, new_value, gradient
        step = step / 4
    return None


def _verdict(full: Objective, theta: F, gain: float) -> Fit:
    at_bound = np.abs(theta) >= BOUND
    free = np.flatnonzero(~at_bound)
    information = -curvature(full, theta)[np.ix_(free, free)]
    covariance = np.full((theta.size, theta.size), np.nan)
    size = np.linalg.eigvalsh(information) if free.size else np.ones(1)
    is_curved = bool(size.min() > _CONDITION * size.max())
    if is_curved and free.size:
        covariance[np.ix_(free, free)] = np.linalg.inv(information)
    faults = {
        "a parameter ran to its bound": at_bound.any(),
        "the likelihood is flat in some direction": not is_curved,
        f"the last step would still gain {gain:.1e}": gain > 1e2 * _TOLERANCE,
    }
    message = "; ".join(fault for fault, found in faults.items() if found)
    return Fit(theta, covariance, converged=not message, message=message or "converged")
