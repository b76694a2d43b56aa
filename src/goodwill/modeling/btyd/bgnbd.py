"""BG/NBD (Fader, Hardie and Lee 2005) and MBG/NBD (Batislam, Denizel and Filiztekin 2007)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import digamma, expit, gammaln

from goodwill.modeling.btyd.purchase_model import PurchaseModel
from goodwill.modeling.btyd.quadrature import beta_nodes
from goodwill.modeling.btyd.rows import Rows
from goodwill.modeling.btyd.shifts import at_shift
from goodwill.modeling.btyd.simulation import Latent, coin_lives, histories

F = NDArray[np.float64]


@dataclass(frozen=True)
class CoinTerms:
    """What the coins add to the log-likelihood if alive and if not, and how steeply in a and b."""

    value: F
    log_died: F
    slope: F
    slope_b: F
    slope_b_died: F


def coin_terms(a: F, b: F, coins: F) -> CoinTerms:
    """Return the terms of B(a, b + coins) / B(a, b) and the log-odds of a last coin that fell on stop."""
    last = np.where(coins > 0, b + coins - 1, np.inf)
    shared = digamma(a + b) - at_shift(digamma, a + b, coins)
    value = at_shift(gammaln, b, coins) - at_shift(gammaln, a + b, coins) - gammaln(b) + gammaln(a + b)
    with np.errstate(divide="ignore"):
        log_died = np.log(a) - np.log(last)
    slope_b = shared + at_shift(digamma, b, coins) - digamma(b)
    return CoinTerms(value, log_died, shared, slope_b, 1 / last)


def geometric_log_likelihood(log_params: F, rows: Rows, coins: F) -> tuple[F, F]:
    """Return log-likelihoods (n,) and gradients (4, n) in log r, log alpha, log a, log b.

    A customer buys at a gamma(r, alpha) rate and tosses a beta(a, b) coin that ends the relationship after
    each repeat purchase (`coins` = x, BG/NBD, eq. 6) or at time zero too (`coins` = x + 1, MBG/NBD).
    """
    r, alpha, a, b = np.exp(log_params)
    x, coin = rows.x, coin_terms(a, b, coins)
    log_T, log_t_x = np.log(alpha + rows.T), np.log(alpha + rows.t_x)
    odds = (r + x) * (log_t_x - log_T) - coin.log_died
    # One exp and one log instead of two logistic functions and a logaddexp: half the time of a fit.
    rare = np.exp(-np.abs(odds))
    alive, dead = np.where(odds < 0, rare, 1.0) / (1 + rare), np.where(odds < 0, 1.0, rare) / (1 + rare)
    value = at_shift(gammaln, r, x) - gammaln(r) + r * log_params[1] - (r + x) * log_T
    gradient = [
        r * (at_shift(digamma, r, x) - digamma(r) + log_params[1] - alive * log_T - dead * log_t_x),
        r - (r + x) * alpha * (alive / (alpha + rows.T) + dead / (alpha + rows.t_x)),
        a * coin.slope + dead,
        b * (coin.slope_b - dead * coin.slope_b_died),
    ]
    return value + coin.value + np.maximum(-odds, 0.0) + np.log(1 + rare), np.array(gradient)


def stopped_purchases(log_params: F, rows: Rows, coins: F) -> F:
    """Return the expected purchases in (T, T + t] if alive at T after `coins` tosses.

    With rate l and coin p they are (1 - exp(-l p t)) / p. The mean over l ~ gamma(r + x, alpha + T) is
    closed; that over p ~ beta(a, b + coins) is a quadrature in place of the hypergeometric function of eq.
    10, which fails at a = 1.
    """
    r, alpha, a, b = np.exp(log_params)
    p, weight, place = posterior_coins(a, b, coins)
    span = (rows.t / (alpha + rows.T))[:, None]
    p = p[place]
    bought = -np.expm1(-(r + rows.x)[:, None] * np.log1p(span * p)) / p
    return np.einsum("ij,ij->i", bought, weight[place])


def posterior_coins(a: F, b: F, coins: F) -> tuple[F, F, NDArray[np.intp]]:
    """Return nodes and weights of beta(a, b + coins), and which of their rows each customer takes."""
    if a.size > 1:
        p, weight = beta_nodes(a, b + coins)
        return p, weight, np.arange(coins.size)
    distinct, place = np.unique(coins, return_inverse=True)
    p, weight = beta_nodes(np.broadcast_to(a, distinct.shape), b + distinct)
    return p, weight, place


class BGNBD(PurchaseModel):
    """BG/NBD: purchases at a gamma-distributed rate, a beta-distributed chance to stop after each repeat one.

    One-time buyers are alive by construction; `MBGNBD` and `ParetoNBD` do without that assumption.

    Notes
    -----
    Covariates: alpha = alpha0 exp(-g'z), a = a0 exp(g'z), b = b0 exp(g'z).

    Examples
    --------
    >>> histories = BGNBD.from_params(r=0.25, alpha=4.0, a=0.8, b=2.5).simulate(n=4000, T=40.0, seed=1)
    >>> model = BGNBD().fit(histories)
    >>> model.converged_
    True
    >>> model.expected_purchases(histories.head(2), t=10.0).shape
    (2,)
    """

    names = ("r", "alpha", "a", "b")
    time_names = ("alpha",)
    covariate_signs: ClassVar[Mapping[str, float]] = {"alpha": -1.0, "a": 1.0, "b": 1.0}
    first_coin: ClassVar[float] = 0.0

    def starts(self, rate: float) -> F:
        """Return starting log-parameters (n_starts, n_params) for a purchase rate per unit of time."""
        shapes = np.array([[0.3, 1.0, 3.0], [1.0, 1.0, 1.0], [2.0, 0.3, 4.0]])
        alpha = shapes[:, 0] / (2 * rate)
        return np.log(np.column_stack([shapes[:, 0], alpha, shapes[:, 1:]]))

    def row_log_likelihood(self, log_params: F, rows: Rows) -> tuple[F, F]:
        """Return each row's log-likelihood (n,) and its gradient (n_params, n) in the log-parameters."""
        return geometric_log_likelihood(log_params, rows, rows.x + self.first_coin)

    def row_p_alive(self, log_params: F, rows: Rows) -> F:
        """Return each row's probability of being alive at T."""
        r, alpha, a, b = np.exp(log_params)
        ages = np.log(alpha + rows.t_x) - np.log(alpha + rows.T)
        return expit((r + rows.x) * ages - coin_terms(a, b, rows.x + self.first_coin).log_died)

    def row_expected_if_alive(self, log_params: F, rows: Rows) -> F:
        """Return each row's expected purchases in (T, T + t] if alive at T."""
        return stopped_purchases(log_params, rows, rows.x + self.first_coin)

    def row_p_no_purchase(self, log_params: F, rows: Rows) -> F:
        """Return each row's probability of no purchase in (T, T + t], in which no coin is tossed."""
        r, alpha, _, _ = np.exp(log_params)
        some = -np.expm1(-(r + rows.x) * np.log1p(rows.t / (alpha + rows.T)))
        return 1 - self.row_p_alive(log_params, rows) * some

    def row_simulate_purchases(self, log_params: F, rows: Rows, rng: np.random.Generator) -> F:
        """Return a draw of each row's purchases in (T, T + t]."""
        r, alpha, a, b = np.exp(log_params)
        n = len(rows)
        most = coin_lives(rng.beta(a, b + rows.x + self.first_coin), first_coin=0.0, rng=rng)
        most = np.where(rng.random(n) < self.row_p_alive(log_params, rows), most, 0.0)
        rate = rng.gamma(r + rows.x, 1 / (alpha + rows.T))
        latent = Latent(rate=rate, death=np.full(n, np.inf), most=most)
        return histories(latent, rows.t, horizon=0.0, rng=rng)["frequency"].to_numpy()

    def row_simulate(
        self, log_params: F, rows: Rows, *, horizon: float, rng: np.random.Generator
    ) -> pd.DataFrame:
        """Return a simulated history per row, with its T."""
        r, alpha, a, b = np.exp(log_params)
        n = len(rows)
        most = coin_lives(rng.beta(a, b, n), first_coin=self.first_coin, rng=rng)
        latent = Latent(rate=rng.gamma(r, 1 / alpha, n), death=np.full(n, np.inf), most=most)
        return histories(latent, rows.T, horizon=horizon, rng=rng)


class MBGNBD(BGNBD):
    """MBG/NBD: as BG/NBD, with a chance of stopping right after the first purchase too.

    Examples
    --------
    >>> model = MBGNBD.from_params(r=0.5, alpha=6.0, a=0.9, b=1.6)
    >>> round(float(model.p_alive(model.simulate(n=2, T=0.0, seed=1))[0]), 2) == round(1.6 / 2.5, 2)
    True
    """

    first_coin = 1.0
