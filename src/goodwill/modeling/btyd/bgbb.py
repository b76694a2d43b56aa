"""BG/BB for discrete opportunities (Fader, Hardie and Shang 2010, "Discrete-time noncontractual setting")."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betaln, digamma, gammaln

from goodwill.errors import TableError, UsageError
from goodwill.features.columns import Table
from goodwill.modeling.btyd.purchase_model import PurchaseModel
from goodwill.modeling.btyd.quadrature import beta_nodes
from goodwill.modeling.btyd.rows import Rows

F = NDArray[np.float64]


def bgbb_log_likelihood(log_params: F, rows: Rows) -> tuple[F, F]:
    """Return log-likelihoods (n,) and gradients (4, n) in log alpha, beta, gamma, delta (eq. 5).

    The history is a mixture: alive through all T opportunities, or dead right after the i-th one, i = t_x
    to T - 1. Of the latter, death right after t_x is the likeliest.
    """
    alpha, beta, gamma, delta = np.exp(log_params)
    alive, slope = _part(log_params, rows, rows.T, died=0.0)
    top = np.maximum(alive, _part(log_params, rows, rows.t_x, died=1.0)[0])
    kept = np.exp(alive - top)
    gone, skips, tries, stays, lives = _deaths(log_params, rows, top)
    moved = [
        digamma(alpha + rows.x) * gone - tries,
        skips - tries,
        digamma(gamma + 1) * gone - lives,
        stays - lives,
    ]
    value = top + np.log(kept + gone) - betaln(alpha, beta) - betaln(gamma, delta)
    gradient = (slope * kept + np.exp(log_params) * np.array(moved)) / (kept + gone)
    return value, gradient - _prior_slopes(log_params)


def _deaths(log_params: F, rows: Rows, top: F) -> F:
    """Return sums (5, n) over the opportunities i after which a customer may have died.

    Of the likelihood over exp(top), and of it times the digammas of beta + skipped, alpha + beta + i, delta +
    i and gamma + delta + i + 1. There is a term per customer and opportunity; its parts are read from tables,
    for they depend on one count each.
    """
    alpha, beta, gamma, delta = np.exp(log_params)
    spans = (rows.T - rows.t_x).astype(np.intp)
    begin, row = np.cumsum(spans) - spans, np.repeat(np.arange(len(rows)), spans)
    last = np.arange(row.size) + (rows.t_x.astype(np.intp) - begin)[row]
    places = [last - rows.x.astype(np.intp)[row], last, last, last]
    steps = np.arange(rows.T.max(initial=0.0) + 1)
    starts = [beta, alpha + beta, delta, gamma + delta + 1]
    skips, tries, stays, lives = (gammaln(start + steps) for start in starts)
    own = gammaln(alpha + rows.x) + gammaln(gamma + 1) - top
    share = np.exp(own[row] + skips[places[0]] + (stays - tries - lives)[last])
    sums, is_long = np.zeros((5, len(rows))), spans > 0
    if row.size:
        sums[0, is_long] = np.add.reduceat(share, begin[is_long])
        for i, (start, place) in enumerate(zip(starts, places, strict=True), start=1):
            slope = digamma(start + steps)[place]
            sums[i, is_long] = np.add.reduceat(share * slope, begin[is_long])
    return sums


def _part(log_params: F, rows: Rows, end: F, *, died: float) -> tuple[F, F]:
    alpha, beta, gamma, delta = np.exp(log_params)
    bought, skipped = alpha + rows.x, beta + end - rows.x
    stopped, stayed = gamma + died, delta + end
    value = betaln(bought, skipped) + betaln(stopped, stayed)
    tries, lives = digamma(bought + skipped), digamma(stopped + stayed)
    slopes = [
        digamma(bought) - tries,
        digamma(skipped) - tries,
        digamma(stopped) - lives,
        digamma(stayed) - lives,
    ]
    return value, np.exp(log_params) * np.array(np.broadcast_arrays(*slopes))


def _prior_slopes(log_params: F) -> F:
    alpha, beta, gamma, delta = np.exp(log_params)
    tries, lives = digamma(alpha + beta), digamma(gamma + delta)
    slopes = [digamma(alpha) - tries, digamma(beta) - tries, digamma(gamma) - lives, digamma(delta) - lives]
    return np.exp(log_params) * np.array(slopes)


class BGBB(PurchaseModel):
    """BG/BB: a beta-distributed chance to buy at each opportunity, another to stop before each.

    Time counts opportunities (years, mailings, sessions): frequency is how many were taken after the first
    purchase, recency the number of the last one taken, T how many there were. `t` is a whole number of them.
    A discount `rate` stays continuous, per opportunity: a discount factor 1 / (1 + d) is rate = log(1 + d).

    Parameters
    ----------
    penalty : weight of a normal prior with mean 0 and variance 1 / penalty on each log-parameter.

    Examples
    --------
    >>> model = BGBB.from_params(alpha=1.2, beta=0.75, gamma=0.66, delta=2.78)
    >>> histories = pd.DataFrame({"frequency": [6, 0], "recency": [6, 0], "T": [6, 6]})
    >>> model.expected_purchases(histories, t=5).round(2)
    array([3.75, 0.07])
    """

    names = ("alpha", "beta", "gamma", "delta")
    time_names = ()
    covariate_signs: ClassVar[Mapping[str, float]] = {}
    covariates: Sequence[str] = ()
    chunk = 512

    def __init__(self, *, penalty: float = 0.0) -> None:
        self.penalty = penalty

    def starts(self, rate: float) -> F:
        """Return starting log-parameters (n_starts, n_params) for a purchase rate per opportunity."""
        odds = rate / max(1 - rate, 0.05)
        return np.log([[odds, 1.0, 0.5, 2.0], [2 * odds, 2.0, 1.0, 10.0], [odds / 2, 0.5, 1.0, 1.0]])

    def row_log_likelihood(self, log_params: F, rows: Rows) -> tuple[F, F]:
        """Return each row's log-likelihood (n,) and its gradient (n_params, n) in the log-parameters."""
        return bgbb_log_likelihood(log_params, rows)

    def row_p_alive(self, log_params: F, rows: Rows) -> F:
        """Return each row's probability of being alive at opportunity T + 1 (eq. 11)."""
        alpha, beta, gamma, delta = np.exp(log_params)
        alive = betaln(alpha + rows.x, beta + rows.T - rows.x) + betaln(gamma, delta + rows.T + 1)
        prior = betaln(alpha, beta) + betaln(gamma, delta)
        return np.exp(alive - prior - bgbb_log_likelihood(log_params, rows)[0])

    def row_expected_if_alive(self, log_params: F, rows: Rows) -> F:
        """Return each row's expected purchases in the next t opportunities if alive at T + 1 (eq. 13)."""
        alpha, beta, gamma, delta = np.exp(log_params)
        stay, total = np.ones(len(rows)), np.zeros(len(rows))
        for step in range(1, int(rows.t.max(initial=0.0)) + 1):
            total = total + np.where(step <= rows.t, stay, 0.0)
            stay = stay * (delta + rows.T + step) / (gamma + delta + rows.T + step)
        return total * (alpha + rows.x) / (alpha + beta + rows.T)

    def row_dert(self, log_params: F, rows: Rows, rate: float) -> F:
        """Return each row's discounted purchases (eq. 14), its 2F1 taken as a mean over a beta."""
        alpha, beta, gamma, delta = np.exp(log_params)
        stop, weight = beta_nodes(np.broadcast_to(gamma, rows.T.shape), delta + rows.T + 1)
        stream = (weight / (np.expm1(rate) + stop)).sum(axis=1)
        return self.row_p_alive(log_params, rows) * stream * (alpha + rows.x) / (alpha + beta + rows.T)

    def row_simulate(
        self, log_params: F, rows: Rows, *, horizon: float, rng: np.random.Generator
    ) -> pd.DataFrame:
        """Return a simulated history per row, observed for T opportunities and `horizon` more."""
        alpha, beta, gamma, delta = np.exp(log_params)
        buy, stop = rng.beta(alpha, beta, len(rows)), rng.beta(gamma, delta, len(rows))
        lives = rng.geometric(np.maximum(stop, 1e-12)) - 1.0
        frequency, recency, after = np.zeros((3, len(rows)))
        for now in range(1, int(rows.T.max(initial=0.0) + horizon) + 1):
            is_bought = (rng.random(len(rows)) < buy) & (now <= lives)
            is_seen = is_bought & (now <= rows.T)
            frequency += is_seen
            recency[is_seen] = now
            after += is_bought & (now > rows.T) & (now <= rows.T + horizon)
        return pd.DataFrame(
            {"frequency": frequency, "recency": recency, "T": rows.T, "purchases_after": after}
        )

    def row_simulate_purchases(self, log_params: F, rows: Rows, rng: np.random.Generator) -> F:
        """Return a draw of each row's purchases at the next t opportunities."""
        alpha, beta, gamma, delta = np.exp(log_params)
        buy = rng.beta(alpha + rows.x, beta + rows.T - rows.x)
        lives = rng.geometric(np.maximum(rng.beta(gamma, delta + rows.T + 1), 1e-12))
        lives = np.where(rng.random(len(rows)) < self.row_p_alive(log_params, rows), lives, 0)
        return rng.binomial(np.minimum(lives, rows.t).astype(np.int64), buy).astype(np.float64)

    def _read(self, X: Table, *, t: npt.ArrayLike = 0.0) -> Rows:
        rows = super()._read(X, t=t)
        if (rows.t != np.floor(rows.t)).any():
            msg = "The horizon must be a whole number of opportunities. Use a continuous model for fractions."
            raise UsageError(msg)
        is_bad = (rows.table[:3] != np.floor(rows.table[:3])).any(axis=0) | (rows.x > rows.t_x)
        if is_bad.any():
            msg = (
                f"{int(is_bad.sum())} of {len(rows)} histories have fractions of opportunities, or more "
                "purchases than opportunities to the last. Count whole opportunities, one purchase in each."
            )
            raise TableError(msg)
        return rows

    def _settings(self) -> dict[str, int | float | list[str]]:
        return {"penalty": self.penalty}
