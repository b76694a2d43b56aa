"""Least penalised loss of a linear margin between limits: what the linear models are fitted by."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

F = NDArray[np.float64]
# What a margin (n,) says of y: the loss of each row, and its slope and curvature in the margin.
Loss = Callable[[F, F], tuple[F, F, F]]
_STEEP = 30.0
CACHED_ROWS = 1024
_MOST_STEPS, _LEVEL, _PROMISED, _FLAT = 60, 1e-7, 1e-4, 1e-12
_SIZES = 0.5 ** np.arange(14)


def logistic(margin: F, y: F) -> tuple[F, F, F]:
    """Return log-losses of logits, for y of 0 and 1, both present, their slopes and curvatures."""
    p = expit(margin)
    return np.logaddexp(0.0, margin) - y * margin, p - y, p * (1 - p)


def gamma(margin: F, y: F) -> tuple[F, F, F]:
    """Return half the gamma deviances of log means, up to a constant, for y above 0, and as `logistic`."""
    ratio = y * np.exp(-np.clip(margin, -_STEEP, _STEEP))
    return margin + ratio, 1 - ratio, ratio


def squared(margin: F, y: F) -> tuple[F, F, F]:
    """Return half the squared errors, and as `logistic`."""
    return (margin - y) ** 2 / 2, margin - y, np.ones(len(y))


def sign_limits(signs: Iterable[int]) -> tuple[F, F]:
    """Return what intercept and coefficients may not lie below and above (k + 1,), by the sign asked of each.

    Examples
    --------
    >>> sign_limits([1, -1])
    (array([-inf,   0., -inf]), array([inf, inf,  0.]))
    """
    wanted = np.array([0, *signs])
    return np.where(wanted > 0, 0.0, -np.inf), np.where(wanted < 0, 0.0, np.inf)


@dataclass(frozen=True)
class PenalisedLoss:
    """The penalised mean loss of standardised rows, as a function of intercept and coefficients."""

    loss: Loss
    Z: F
    y: F
    weight: F
    penalties: F

    def at(self, parameters: F) -> tuple[float, F, F]:
        """Return the loss, and the weighed slopes and curvatures of the rows (n,)."""
        losses, slopes, curvatures = self.loss(self.Z @ parameters[1:] + parameters[0], self.y)
        penalty = float(self.penalties @ parameters**2) / 2
        return float(self.weight @ losses) + penalty, self.weight * slopes, self.weight * curvatures

    def gradient(self, parameters: F, slopes: F) -> F:
        """Return the slope in each parameter (k + 1,)."""
        return np.concatenate([[slopes.sum()], self.Z.T @ slopes]) + self.penalties * parameters

    def hessian(self, curvatures: F) -> F:
        """Return the curvature in each pair of parameters (k + 1, k + 1)."""
        found = np.diag(self.penalties + _FLAT)
        found[0, 0] += curvatures.sum()
        found[0, 1:] = found[1:, 0] = self.Z.T @ curvatures
        roots = np.sqrt(curvatures)[:, None]
        for start in range(0, len(self.Z), CACHED_ROWS):
            rows = slice(start, start + CACHED_ROWS)
            weighed = self.Z[rows] * roots[rows]
            found[1:, 1:] += weighed.T @ weighed
        return found


def minimised(total: PenalisedLoss, start: F, low: F, high: F) -> F:
    """Return the parameters of least loss between limits, by Newton's steps on those that no limit holds.

    The projected Newton method of Bertsekas (1982), SIAM Journal on Control and Optimization 20: a step that
    leaves the limits is cut off at them, and halved until the loss falls as its slope promises.
    """
    parameters, (value, slopes, curvatures) = start, total.at(start)
    for _ in range(_MOST_STEPS):
        gradient = total.gradient(parameters, slopes)
        is_free = ~(((parameters <= low) & (gradient > 0)) | ((parameters >= high) & (gradient < 0)))
        if np.abs(gradient[is_free]).max(initial=0.0) < _LEVEL:
            break
        step = np.zeros_like(parameters)
        step[is_free] = -np.linalg.solve(
            total.hessian(curvatures)[np.ix_(is_free, is_free)], gradient[is_free]
        )
        for size in _SIZES:
            tried = np.clip(parameters + size * step, low, high)
            found = total.at(tried)
            if found[0] <= value + _PROMISED * min(float(gradient @ (tried - parameters)), 0.0):
                break
        else:
            break
        parameters, (value, slopes, curvatures) = tried, found
    return parameters
