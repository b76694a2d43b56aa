"""Quadrature rules that replace the Gaussian hypergeometric function, which is slow and unstable.

All integrands here are positive and analytic in a strip around the path of integration, so that the
trapezoidal rule on the whole line and Gauss-Legendre on an interval converge geometrically.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit

F = NDArray[np.float64]
_NATS = 37.0  # e^-37 is the last bit of a double
_LOG_TINY = -690.0
_BETA_NODES = 72
_LEGENDRE = np.polynomial.legendre.leggauss(24)


def beta_nodes(a: F, b: F) -> tuple[F, F]:
    """Return nodes p and weights, both of shape (n, n_nodes), for means under Beta(a, b), b from .3 up.

    The logit of p is spread by a sinh around the bend of its density, so that small a or b (a long tail) and
    large ones (a narrow peak) need no more nodes than the plain case.

    Examples
    --------
    >>> p, weights = beta_nodes(np.array([0.8]), np.array([2.5]))
    >>> round(float((p * weights).sum()), 10) == round(0.8 / 3.3, 10)
    True
    """
    a, b = np.asarray(a, dtype=np.float64)[:, None], np.asarray(b, dtype=np.float64)[:, None]
    centre, width = np.log((a + 1) / (b + 1)), np.minimum(np.sqrt(1 / a + 1 / b), 1.5)
    low = -np.arcsinh((_NATS / a + 3.0) / width)
    high = np.arcsinh((_NATS / b + np.log1p(_NATS / a) + 3.0) / width)
    u = low + (high - low) * np.linspace(0.0, 1.0, _BETA_NODES)
    v = centre + width * np.sinh(u)
    log_weight = a * log_expit(v) + b * log_expit(-v) + np.log(np.cosh(u))
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return np.exp(np.maximum(log_expit(v), _LOG_TINY)), weight / weight.sum(axis=1, keepdims=True)


def legendre_nodes() -> tuple[F, F]:
    """Return 24 Gauss-Legendre nodes on (0, 2) and their weights.

    Examples
    --------
    >>> node, weight = legendre_nodes()
    >>> round(float((weight * node**2).sum()), 12)
    2.666666666667
    """
    return _LEGENDRE[0] + 1.0, _LEGENDRE[1]


def discount_nodes() -> tuple[F, F]:
    """Return nodes v and weights for the integral of exp(-v) g(v) over v > 0, for g that vanishes at 0.

    Examples
    --------
    >>> node, weight = discount_nodes()
    >>> round(float((weight * node).sum()), 12)
    1.0
    """
    step = 0.25
    v = np.exp(np.arange(-_NATS / 2, np.log(_NATS) + 0.3, step))
    return v, step * v * np.exp(-v)


def exponential_integral(order: F, c: F) -> F:
    """Return exp(c) E_order(c), the integral of exp(-c v) (1 + v)^-order over v > 0, for real order.

    It equals Tricomi's U(1, 2 - order, c), for which `scipy.special.hyperu` loses digits.

    Examples
    --------
    >>> exponential_integral(np.array([1.0]), np.array([1.0])).round(8)
    array([0.59634736])
    """
    step = 0.25
    low, high = -_NATS, np.log(_NATS + 3.0) - np.log(c)
    n_nodes = int(np.ceil((high.max(initial=0.0) - low) / step)) + 1
    w = high[:, None] - step * np.arange(n_nodes)
    v = np.exp(w)
    return step * np.exp(w - c[:, None] * v - order[:, None] * np.log1p(v)).sum(axis=1)
