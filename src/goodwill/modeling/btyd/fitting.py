"""Maximum likelihood on the log scale: several starts on a sample, BFGS on all rows, a verdict."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodwill.errors import FitError

F = NDArray[np.float64]
Objective = Callable[[F], tuple[float, F]]
BOUND = 12.0  # e^12: beyond it a parameter means "none" or "infinite" and the data cannot tell
_STEP = 1e-4
_FLAT = 1e-10  # smallest to largest curvature, below which a direction counts as flat
_CURVED = 1e-2  # a standard error of 10 on the log scale: the data say nothing
_LOOSE = 1e-3  # share of a flat direction that leaves a parameter undetermined
_DOUBTFUL = 1e-3  # .04 standard errors
_ROUGH, _FINE = 1e-2, 1e-8  # what a further step may still add to the log-likelihood


@dataclass(frozen=True)
class Fit:
    """A maximum: where it lies, how curved it is there and whether it can be trusted."""

    theta: F
    covariance: F
    at_bound: NDArray[np.bool_]
    converged: bool
    message: str


def maximise(full: Objective, sample: Objective, starts: F) -> Fit:
    """Return the maximum of `full`, climbing from each of `starts` on the cheaper `sample` first.

    Both return (log-likelihood, gradient) and have their maxima near each other. The sample's curvature
    steers the first steps on the full data, so that ten million rows need about fifteen passes.

    Raises
    ------
    FitError if no start has a finite likelihood.

    Examples
    --------
    >>> parabola = lambda theta: (-float(((theta - 1) ** 2).sum()), -2 * (theta - 1))
    >>> fit = maximise(parabola, parabola, np.array([[0.0], [3.0]]))
    >>> fit.converged, fit.theta.round(6), fit.covariance.round(3)
    (True, array([1.]), array([[0.5]]))
    """
    climbs = [_climb(sample, start, curvature(sample, start), enough=_ROUGH) for start in starts]
    climbs = [climb for climb in climbs if np.isfinite(climb[1])]
    if not climbs:
        msg = (
            f"None of {len(starts)} starts gave a finite likelihood. Check the histories for extreme values."
        )
        raise FitError(msg)
    theta = max(climbs, key=lambda climb: climb[1])[0]
    theta, value, gradient = _climb(full, theta, curvature(sample, theta), enough=_FINE)
    for _ in range(4):
        hessian = curvature(full, theta)
        gain = float(gradient @ _ascent(_inverse(hessian), theta, gradient)) / 2
        if gain < _smallest_gain(value, _FINE):
            break
        theta, value, gradient = _climb(full, theta, hessian, enough=_FINE)
    return _verdict(theta, hessian, gain)


def curvature(objective: Objective, theta: F) -> F:
    """Return the matrix of second derivatives by central differences of the gradient."""
    steps = _STEP * np.eye(theta.size)
    columns = [(objective(theta + step)[1] - objective(theta - step)[1]) / (2 * _STEP) for step in steps]
    matrix = np.array(columns)
    return np.nan_to_num((matrix + matrix.T) / 2)


def _climb(objective: Objective, theta: F, hessian: F, *, enough: float) -> tuple[F, float, F]:
    # Textbook BFGS: SciPy's L-BFGS-B starts BLAS threads, which cost more than the model on a busy machine.
    inverse = _inverse(hessian)
    value, gradient = objective(theta)
    for _ in range(200):
        step = _ascent(inverse, theta, gradient)
        if gradient @ step < 2 * _smallest_gain(value, enough):
            break
        moved = _backtrack(objective, theta, step, value + 1e-4 * float(gradient @ step))
        if moved is None:
            break
        inverse = _updated(inverse, moved[0] - theta, gradient - moved[2])
        theta, value, gradient = moved
    return theta, value, gradient


def _smallest_gain(value: float, enough: float) -> float:
    # Rounding in a sum over ten million customers exceeds the absolute tolerance.
    return max(enough, 1e-13 * abs(value))


def _inverse(hessian: F) -> F:
    size, axes = np.linalg.eigh(hessian)
    size = np.maximum(np.abs(size), _FLAT * np.abs(size).max() + 1e-300)
    return (axes / size) @ axes.T


def _ascent(inverse: F, theta: F, gradient: F) -> F:
    free = ~(((theta >= BOUND) & (gradient > 0)) | ((theta <= -BOUND) & (gradient < 0)))
    step = inverse @ (gradient * free) * free
    return step * min(1.0, 2.0 / (np.abs(step).max() + 1e-300))


def _backtrack(objective: Objective, theta: F, step: F, least: float) -> tuple[F, float, F] | None:
    for _ in range(12):
        trial = np.clip(theta + step, -BOUND, BOUND)
        value, gradient = objective(trial)
        if value > least:
            return trial, value, gradient
        step = step / 3
    return None


def _updated(inverse: F, step: F, bend: F) -> F:
    work = float(step @ bend)
    if work <= 1e-12 * float(step @ step):
        return inverse
    tilt = np.eye(step.size) - np.outer(step, bend) / work
    return tilt @ inverse @ tilt.T + np.outer(step, step) / work


def _verdict(theta: F, hessian: F, gain: float) -> Fit:
    at_bound = np.abs(theta) >= BOUND
    free = np.flatnonzero(~at_bound)
    covariance = np.full((theta.size, theta.size), np.nan)
    covariance[np.ix_(free, free)], is_flat = _covariance(-hessian[np.ix_(free, free)])
    faults = {
        "a parameter ran to its bound": bool(at_bound.any()),
        "the likelihood is flat in some direction": is_flat,
        f"another step would still add {gain:.1e} to the log-likelihood": gain > _DOUBTFUL,
    }
    message = "; ".join(fault for fault, found in faults.items() if found)
    return Fit(theta, covariance, at_bound, converged=not message, message=message or "converged")


def _covariance(information: F) -> tuple[F, bool]:
    """Return the inverse information, nan for parameters along a flat direction, and if there is one."""
    size, axes = np.linalg.eigh(information)
    is_curved = size > _CURVED
    covariance = (axes[:, is_curved] / size[is_curved]) @ axes[:, is_curved].T
    is_loose = (axes[:, ~is_curved] ** 2).sum(axis=1) > _LOOSE
    covariance[is_loose, :] = np.nan
    covariance[:, is_loose] = np.nan
    return covariance, not is_curved.all()
