"""Pareto/NBD (Schmittlein, Morrison and Colombo 1987; notation of Fader and Hardie 2005)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray
from scipy.special import digamma, exprel, gammaln

from goodwill.features.columns import Table
from goodwill.modeling.btyd.purchase_model import PurchaseModel
from goodwill.modeling.btyd.quadrature import exponential_integral, legendre_nodes
from goodwill.modeling.btyd.rows import Rows
from goodwill.modeling.btyd.shifts import at_shift
from goodwill.modeling.btyd.simulation import Latent, histories

F = NDArray[np.float64]
_NATS = 37.0


@dataclass(frozen=True)
class _Paths:
    """Alive at T, and died at y in (t_x, T), over a common factor exp(log_base) lest they overflow."""

    log_base: F
    alive: F
    died: F
    age_alpha: F
    age_beta: F
    density: F

    @property
    def total(self) -> F:
        return self.alive + self.died


def _paths(log_params: F, rows: Rows) -> _Paths:
    """Split the likelihood of the history, up to its constants, over survival and the unseen time of death.

    Death at y in (t_x, T) has density s (alpha + y)^-(r + x) (beta + y)^-(s + 1). Its integral, in the
    literature two hypergeometric functions, is taken by 24 Gauss-Legendre nodes in log(min(alpha, beta) +
    y), where the integrand's next singularity is pi away, cut where it has fallen by 37 nats.
    """
    r, alpha, s, beta = np.exp(log_params)
    rx = r + rows.x
    start_alpha, start_beta = alpha + rows.t_x, beta + rows.t_x
    start = np.minimum(start_alpha, start_beta)
    with np.errstate(over="ignore", divide="ignore"):
        fall = np.minimum(
            start_alpha * np.expm1(_NATS / np.maximum(rx - 1, 0)),
            start_beta * np.expm1(_NATS / np.maximum(s - 1, 0)),
        )
    reach = np.minimum(rows.T - rows.t_x, np.where(np.isnan(fall), np.inf, fall))
    node, weight = legendre_nodes()
    half = np.log1p(reach / start)[:, None] / 2
    delay = start[:, None] * np.expm1(half * node)
    step_alpha, step_beta = np.log1p(delay / start_alpha[:, None]), np.log1p(delay / start_beta[:, None])
    log_base = -rx * np.log(start_alpha) - s * np.log(start_beta)
    span = rows.T - rows.t_x
    alive = np.exp(-rx * np.log1p(span / start_alpha) - s * np.log1p(span / start_beta))
    shape = np.exp(half * node - rx[:, None] * step_alpha - (s[:, None] + 1) * step_beta)
    density = shape * (half * weight) * (s * start / start_beta)[:, None]
    return _Paths(
        log_base,
        alive,
        density.sum(axis=1),
        age_alpha=start_alpha[:, None] + delay,
        age_beta=start_beta[:, None] + delay,
        density=density,
    )


def pareto_log_likelihood(log_params: F, rows: Rows) -> tuple[F, F]:
    """Return log-likelihoods (n,) and gradients (4, n) in log r, log alpha, log s, log beta."""
    r, alpha, s, beta = np.exp(log_params)
    x, paths = rows.x, _paths(log_params, rows)
    total = paths.total
    value = at_shift(gammaln, r, x) - gammaln(r) + r * log_params[1] + s * log_params[3]
    value = value + paths.log_base + np.log(total)
    alive = paths.alive / total
    share = paths.density / total[:, None]

    def mean(at_T: F, at_death: F) -> F:
        return alive * at_T + np.einsum("ij,ij->i", share, at_death)

    gradient = np.array(
        [
            r
            * (
                at_shift(digamma, r, x)
                - digamma(r)
                + log_params[1]
                - mean(np.log(alpha + rows.T), np.log(paths.age_alpha))
            ),
            r - (r + x) * alpha * mean(1 / (alpha + rows.T), 1 / paths.age_alpha),
            1 - alive + s * (log_params[3] - mean(np.log(beta + rows.T), np.log(paths.age_beta))),
            s
            - beta
            * (
                s * mean(1 / (beta + rows.T), 1 / paths.age_beta)
                + np.einsum("ij,ij->i", share, 1 / paths.age_beta)
            ),
        ]
    )
    return value, gradient


def _time_alive(s: F | float, beta: F | float, T: F, t: F) -> F:
    """Return the mean of the time alive in (T, T + t] of who is alive at T (the limit at s = 1 included)."""
    span = np.log1p(t / (beta + T))
    return np.asarray((beta + T) * span * exprel((1 - s) * span))


@dataclass(frozen=True)
class Outlook:
    """What is ahead of each customer (n,), as the methods of these names return it."""

    p_alive: F
    p_no_purchase: F
    expected_purchases: F


class ParetoNBD(PurchaseModel):
    """Pareto/NBD: purchases at a gamma-distributed rate, death at another gamma-distributed rate.

    Notes
    -----
    Covariates: alpha = alpha0 exp(-g'z), beta = beta0 exp(-g'z) (Fader and Hardie 2007).

    Examples
    --------
    >>> model = ParetoNBD.from_params(r=0.55, alpha=10.6, s=0.6, beta=11.7)
    >>> round(float(model.expected_purchases_new(t=52.0)), 2)
    1.47
    """

    names = ("r", "alpha", "s", "beta")
    time_names = ("alpha", "beta")
    covariate_signs: ClassVar[Mapping[str, float]] = {"alpha": -1.0, "beta": -1.0}
    chunk = 1_024

    def starts(self, rate: float) -> F:
        """Return starting log-parameters (n_starts, n_params) for a purchase rate per unit of time."""
        shapes = np.array([[0.5, 0.5], [1.0, 1.0], [2.0, 0.3]])
        alpha = shapes[:, 0] / (2 * rate)
        return np.log(np.column_stack([shapes[:, 0], alpha, shapes[:, 1], alpha]))

    def row_log_likelihood(self, log_params: F, rows: Rows) -> tuple[F, F]:
        """Return each row's log-likelihood (n,) and its gradient (n_params, n) in the log-parameters."""
        return pareto_log_likelihood(log_params, rows)

    def row_p_alive(self, log_params: F, rows: Rows) -> F:
        """Return each row's probability of being alive at T."""
        paths = _paths(log_params, rows)
        return paths.alive / paths.total

    def row_p_no_purchase(self, log_params: F, rows: Rows) -> F:
        """Return each row's probability of no purchase in (T, T + t]."""
        return np.minimum(_paths(log_params, rows.after(rows.t)).total / _paths(log_params, rows).total, 1.0)

    def row_expected_if_alive(self, log_params: F, rows: Rows) -> F:
        """Return each row's expected purchases in (T, T + t] if alive at T (the limit at s = 1 included)."""
        r, alpha, s, beta = np.exp(log_params)
        return (r + rows.x) / (alpha + rows.T) * _time_alive(s, beta, rows.T, rows.t)

    def time_alive(self, T: F, t: F) -> F:
        """Return how much of the next `t` a customer who is alive at age `T` lives through, on average.

        What is expected of a customer grows with it, whatever the history (Fader and Hardie 2005).

        Parameters
        ----------
        T, t : units of time, of shapes that broadcast; the model has no covariates.

        Examples
        --------
        >>> model = ParetoNBD.from_params(r=0.55, alpha=10.6, s=0.6, beta=11.7)
        >>> model.time_alive(np.array([39.0, 390.0]), np.array([52.0, 52.0])).round(1)
        array([41.4, 50.1])
        """
        return _time_alive(self.params_["s"], self.params_["beta"], T, t)

    def outlooks(self, X: Table, *, t: npt.ArrayLike, shares: Sequence[float] = (1.0,)) -> list[Outlook]:
        """Return what is ahead in each share of (T, T + t], sharing the work that the answers have in common.

        Examples
        --------
        >>> model = ParetoNBD.from_params(r=0.55, alpha=10.6, s=0.6, beta=11.7)
        >>> history = pd.DataFrame({"frequency": [2.0], "recency": [30.0], "T": [39.0]})
        >>> whole, half = model.outlooks(history, t=39.0, shares=[1.0, 0.5])
        >>> bool(half.expected_purchases == model.expected_purchases(history, t=19.5))
        True
        """

        def answers(log_params: F, rows: Rows) -> F:
            return np.column_stack(self._row_outlooks(log_params, rows, shares))

        p_alive, *others = self._answer(X, answers, t=t).T
        return [Outlook(p_alive, *pair) for pair in zip(others[::2], others[1::2], strict=True)]

    def _row_outlooks(self, log_params: F, rows: Rows, shares: Sequence[float]) -> list[F]:
        ahead = [rows.within(rows.t * share) for share in shares]
        # One below the other: for one customer each call takes as long as for a thousand.
        stages = Rows(np.hstack([rows.table, *(part.after(part.t).table for part in ahead)]))
        each = log_params if log_params.shape[1] == 1 else np.tile(log_params, len(shares) + 1)
        paths = _paths(each, stages)
        now, *later = np.split(paths.total, len(shares) + 1)
        p_alive = paths.alive[: len(rows)] / now
        found = [p_alive]
        for part, silent in zip(ahead, later, strict=True):
            if_alive = self.row_expected_if_alive(log_params, part)
            found += [np.minimum(silent / now, 1.0), p_alive * if_alive]
        return found

    def row_dert(self, log_params: F, rows: Rows, rate: float) -> F:
        """Return each row's discounted purchases (Fader, Hardie and Lee 2005, RFM and CLV, eq. 2)."""
        r, alpha, s, beta = np.exp(log_params)
        tail = exponential_integral(np.broadcast_to(s, rows.T.shape), rate * (beta + rows.T))
        if_alive = (r + rows.x) * (beta + rows.T) / (alpha + rows.T) * tail
        return self.row_p_alive(log_params, rows) * if_alive

    def row_simulate_purchases(self, log_params: F, rows: Rows, rng: np.random.Generator) -> F:
        """Return a draw of each row's purchases in (T, T + t]."""
        r, alpha, s, beta = np.exp(log_params)
        n = len(rows)
        with np.errstate(divide="ignore"):
            death = rng.standard_exponential(n) / rng.gamma(s, 1 / (beta + rows.T))
        death = np.where(rng.random(n) < self.row_p_alive(log_params, rows), death, 0.0)
        rate = rng.gamma(r + rows.x, 1 / (alpha + rows.T))
        latent = Latent(rate=rate, death=death, most=np.full(n, np.inf))
        return histories(latent, rows.t, horizon=0.0, rng=rng)["frequency"].to_numpy()

    def row_simulate(
        self, log_params: F, rows: Rows, *, horizon: float, rng: np.random.Generator
    ) -> pd.DataFrame:
        """Return a simulated history per row, with its T."""
        r, alpha, s, beta = np.exp(log_params)
        n = len(rows)
        with np.errstate(divide="ignore"):
            death = rng.standard_exponential(n) / rng.gamma(s, 1 / beta, n)
        latent = Latent(rate=rng.gamma(r, 1 / alpha, n), death=death, most=np.full(n, np.inf))
        return histories(latent, rows.T, horizon=horizon, rng=rng)
