"""MBG/CNBD-k for regular timing (Reutterer, Platzer and Schröder 2021, "Leveraging purchase regularity")."""

import warnings
from collections.abc import Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray
from scipy.special import digamma, gammaln
from sklearn.exceptions import ConvergenceWarning

from goodwill.errors import TableError, UsageError
from goodwill.modeling.btyd.bgnbd import MBGNBD, coin_terms, posterior_coins
from goodwill.modeling.btyd.rows import HISTORY, Rows, check_columns, read_columns
from goodwill.modeling.btyd.shifts import at_shift
from goodwill.modeling.btyd.simulation import Latent, coin_lives, histories
from goodwill.modeling.given_values import weights

F = NDArray[np.float64]


def _stages(log_params: F, rows: Rows, k: int) -> tuple[F, F]:
    """Return log-weights (k, n) of j = 0 to k - 1 stages passed since the last purchase, and (n,) of death.

    A gap between purchases is k exponential stages long; all lack the factors that they share with every
    history.
    """
    r, alpha, a, b = np.exp(log_params)
    count, log_T = k * rows.x, np.log(alpha + rows.T)
    with np.errstate(divide="ignore"):
        log_wait = np.log(rows.T - rows.t_x)
    alive = [at_shift(gammaln, r, count) - (r + count) * log_T]
    for j in range(1, k):
        term = at_shift(gammaln, r, count + j) - (r + count + j) * log_T - gammaln(j + 1)
        alive.append(j * log_wait + term)
    died = at_shift(gammaln, r, count) - (r + count) * np.log(alpha + rows.t_x)
    return np.array(alive), died + coin_terms(a, b, rows.x + 1).log_died


def erlang_log_likelihood(log_params: F, rows: Rows, k: int) -> tuple[F, F]:
    """Return log-likelihoods (n,) and gradients (4, n) in log r, log alpha, log a, log b.

    Factors without these parameters, which hold the single gaps, are left out.
    """
    r, alpha, a, b = np.exp(log_params)
    alive, died = _stages(log_params, rows, k)
    coin = coin_terms(a, b, rows.x + 1)
    total = np.logaddexp(np.logaddexp.reduce(alive, axis=0), died)
    share, dead = np.exp(alive - total), np.exp(died - total)
    lived = share.sum(axis=0)
    count, stages = k * rows.x, share.T @ np.arange(k)
    slopes = [share[j] * at_shift(digamma, r, count + j) for j in range(k)]
    log_rate = np.sum(slopes, axis=0) + dead * at_shift(digamma, r, count) - digamma(r) + log_params[1]
    gradient = [
        r * (log_rate - lived * np.log(alpha + rows.T) - dead * np.log(alpha + rows.t_x)),
        r
        - alpha
        * (((r + count) * lived + stages) / (alpha + rows.T) + (r + count) * dead / (alpha + rows.t_x)),
        a * coin.slope + dead,
        b * (coin.slope_b - dead * coin.slope_b_died),
    ]
    return total + coin.value - gammaln(r) + r * log_params[1], np.array(gradient)


def expected_given_coin(p: F, shape: F, span: F, share: F) -> F:
    """Return the expected purchases given the coins p (n, n_nodes); `shape` and `span` are (n, 1).

    `share` (k, n) holds the chances of having passed j of k stages. With M stages in the horizon there are
    N = floor((M + j) / k) purchases if the coins allow, (1 - E (1 - p)^N) / p in the mean. The k-th roots of
    unity turn that mean into k values of the closed E z^M = (1 + span (1 - z))^-(shape + j).
    """
    k = len(share)
    log_q = np.log1p(-p)
    none = np.zeros_like(p)
    for root in range(k // 2 + 1):
        # A root and its conjugate give conjugate terms: take the real part of one, twice.
        twice = 1 if 2 * root in {0, k} else 2
        log_z = log_q / k + (2j * np.pi * root / k if root else 0.0)
        factor = twice / k * np.expm1(-log_q) / np.expm1(-log_z)
        spread = 1 - span * np.expm1(log_z)
        ratio, mixture = np.exp(log_z) / spread, share[k - 1][:, None]
        for chance in share[-2::-1]:
            mixture = mixture * ratio + chance[:, None]
        none = none + (factor * np.exp(-shape * np.log(spread)) * mixture).real
    return (1 - none) / p


class MBGCNBD(MBGNBD):
    """MBG/CNBD-k: as MBG/NBD, but a customer's gaps are Erlang-k distributed, more regular than chance.

    Parameters
    ----------
    k : stages of a gap; 1 is MBG/NBD, 2 or 3 are common in shops with a rhythm. `choose_regularity`
        proposes one.
    penalty, covariates : as in the other models.

    Notes
    -----
    `log_likelihood_` can be compared between values of k if X has the column log_gap_sum, the sum of the
    natural logarithms of a customer's gaps between purchases.

    Examples
    --------
    >>> regular = MBGCNBD.from_dict(MBGCNBD(k=3).with_params(r=1.0, alpha=4.0, a=0.5, b=3.0).to_dict())
    >>> choose_regularity(regular.simulate(n=3000, T=40.0, seed=1), largest=4)
    3
    """

    def __init__(self, *, k: int = 2, penalty: float = 0.0, covariates: Sequence[str] = ()) -> None:
        super().__init__(penalty=penalty, covariates=covariates)
        self.k = k

    def fit(
        self,
        X: pd.DataFrame,
        y: None = None,
        *,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit by maximum likelihood; `sample_weight` counts how many customers a row stands for."""
        if self.k < 1 or self.k != int(self.k):
            msg = f"`k` is {self.k}; it counts stages. Use 1 (no regularity), 2, 3, …"
            raise UsageError(msg)
        check_columns(X, [*HISTORY, *self.columns])
        gaps = self._gaps(X) if "log_gap_sum" in X else np.zeros(len(X))
        super().fit(X, y, sample_weight=sample_weight)
        self.log_likelihood_ += float((gaps * weights("sample_weight", sample_weight, len(X))).sum())
        return self

    def _gaps(self, X: pd.DataFrame) -> F:
        frequency, log_gaps = read_columns(X, ["frequency", "log_gap_sum"])
        n_bad = int((~np.isfinite(log_gaps)).sum())
        if n_bad:
            msg = (
                f"log_gap_sum: {n_bad} of {log_gaps.size} values are missing or infinite. Sum the natural "
                "logarithms of the gaps between purchase days, 0 without any, or drop the column."
            )
            raise TableError(msg)
        return (self.k - 1) * log_gaps - frequency * gammaln(self.k)

    def row_log_likelihood(self, log_params: F, rows: Rows) -> tuple[F, F]:
        """Return each row's log-likelihood (n,) and its gradient (n_params, n) in the log-parameters."""
        return erlang_log_likelihood(log_params, rows, self.k)

    def row_p_alive(self, log_params: F, rows: Rows) -> F:
        """Return each row's probability of being alive at T."""
        alive, died = _stages(log_params, rows, self.k)
        alive = np.logaddexp.reduce(alive, axis=0)
        return np.exp(alive - np.logaddexp(alive, died))

    def row_p_no_purchase(self, log_params: F, rows: Rows) -> F:
        """Return each row's probability of no purchase in (T, T + t]."""
        now, died = _stages(log_params, rows, self.k)
        later, _ = _stages(log_params, rows.after(rows.t), self.k)
        now, later = (np.logaddexp(np.logaddexp.reduce(alive, axis=0), died) for alive in (now, later))
        return np.minimum(np.exp(later - now), 1.0)

    def row_expected_if_alive(self, log_params: F, rows: Rows) -> F:
        """Return each row's expected purchases in (T, T + t] if alive at T, by quadrature over the coin."""
        r, alpha, a, b = np.exp(log_params)
        p, weight, place = posterior_coins(a, b, rows.x + 1)
        # Rounding in 1 - E q^n costs 1e-16 / p, and the clipped ends hold next to nothing.
        p, weight = np.clip(p, 1e-7, 1 - 1e-6)[place], weight[place]
        share = self._stage_shares(log_params, rows)
        shape, span = (r + self.k * rows.x)[:, None], (rows.t / (alpha + rows.T))[:, None]
        expected = (weight * expected_given_coin(p, shape, span, share)).sum(axis=1)
        return np.where(rows.t > 0, np.maximum(expected, 0.0), 0.0)

    def row_simulate_purchases(self, log_params: F, rows: Rows, rng: np.random.Generator) -> F:
        """Return a draw of each row's purchases in (T, T + t]."""
        r, alpha, a, b = np.exp(log_params)
        n, cuts = len(rows), self._stage_shares(log_params, rows).cumsum(axis=0)
        passed = (rng.random(n) > cuts[:-1]).sum(axis=0)
        most = coin_lives(rng.beta(a, b + rows.x + 1), first_coin=0.0, rng=rng)
        most = np.where(rng.random(n) < self.row_p_alive(log_params, rows), most, 0.0)
        rate = rng.gamma(r + self.k * rows.x + passed, 1 / (alpha + rows.T))
        latent = Latent(rate=rate, death=np.full(n, np.inf), most=most, stages=self.k, passed=passed)
        return histories(latent, rows.t, horizon=0.0, rng=rng)["frequency"].to_numpy()

    def row_simulate(
        self, log_params: F, rows: Rows, *, horizon: float, rng: np.random.Generator
    ) -> pd.DataFrame:
        """Return a simulated history per row, with its T and log_gap_sum."""
        r, alpha, a, b = np.exp(log_params)
        n = len(rows)
        most = coin_lives(rng.beta(a, b, n), first_coin=self.first_coin, rng=rng)
        latent = Latent(rate=rng.gamma(r, 1 / alpha, n), death=np.full(n, np.inf), most=most, stages=self.k)
        return histories(latent, rows.T, horizon=horizon, rng=rng)

    def _stage_shares(self, log_params: F, rows: Rows) -> F:
        alive, _ = _stages(log_params, rows, self.k)
        return np.exp(alive - np.logaddexp.reduce(alive, axis=0))

    def _settings(self) -> dict[str, int | float | list[str]]:
        return {"k": self.k, "penalty": self.penalty, "covariates": list(self.covariates)}


def choose_regularity(X: pd.DataFrame, *, largest: int = 6) -> int:
    """Return the k from 1 to `largest` whose MBG/CNBD-k makes the histories most likely.

    Raises
    ------
    TableError if X lacks log_gap_sum, without which no two values of k can be compared.
    """
    check_columns(X, HISTORY)
    if "log_gap_sum" not in X.columns:
        msg = (
            f"Regularity shows in single gaps, but the columns are {list(X.columns)}. Add `log_gap_sum`, the "
            "sum of the natural logarithms of each customer's gaps between purchases (0 without any)."
        )
        raise TableError(msg)
    with warnings.catch_warnings():
        # A wrong k may well drive a parameter to its bound; only the best one's verdict matters, at its fit.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fits = [MBGCNBD(k=k).fit(X) for k in range(1, largest + 1)]
    return max(fits, key=lambda model: model.log_likelihood_).k
