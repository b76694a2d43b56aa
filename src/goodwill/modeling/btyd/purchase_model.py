"""What the buy-till-you-die models share: a scikit-learn estimator around one row likelihood."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray

from goodwill.arguments import as_number, ensure_names, ensure_whole
from goodwill.errors import UsageError
from goodwill.evaluation.samples import as_numbers
from goodwill.features.columns import Table
from goodwill.modeling.btyd.estimation import Likelihood, estimate
from goodwill.modeling.btyd.quadrature import discount_nodes
from goodwill.modeling.btyd.rows import Rows, check_columns, in_chunks, read_rows, unique_rows
from goodwill.modeling.btyd.stored_fit import StoredFit

F = NDArray[np.float64]
Quantity = Callable[[F, Rows], F]


class PurchaseModel(StoredFit):
    """A model of when customers buy and when they silently stop.

    Histories are frames with the columns frequency (repeat purchases), recency (age at the last purchase)
    and T (age at the end of the observation), in any unit of time; `t` and every answer are in that same
    unit, rates per that unit. A child states its parameters and its row likelihood; all answers follow from
    it.

    Parameters
    ----------
    penalty : weight of a normal prior with mean 0 and variance 1 / penalty on each log-parameter (times
        measured in mean T) and each covariate's coefficient (per standard deviation); 0 is maximum
        likelihood. For small or homogeneous data.
    covariates : names of numeric columns of X that do not change in time and multiply the parameters
        (Fader and Hardie 2007, "Incorporating time-invariant covariates").

    Attributes
    ----------
    params_, standard_errors_ : by parameter name; a covariate's coefficients are named "parameter:covariate".
    log_likelihood_ : without the penalty. n_customers_ : sum of weights.
    converged_, message_ : the verdict; standard errors are nan for a parameter that the data do not
        determine.
    """

    names: ClassVar[tuple[str, ...]]
    time_names: ClassVar[tuple[str, ...]]
    covariate_signs: ClassVar[Mapping[str, float]]
    chunk: ClassVar[int] = 4_096

    def __init__(self, *, penalty: float = 0.0, covariates: Sequence[str] = ()) -> None:
        self.penalty = penalty
        self.covariates = covariates

    @abstractmethod
    def row_log_likelihood(self, log_params: F, rows: Rows) -> tuple[F, F]:
        """Return each row's log-likelihood (n,) and its gradient (n_params, n) in the log-parameters."""

    @abstractmethod
    def row_p_alive(self, log_params: F, rows: Rows) -> F:
        """Return each row's probability of being alive at T."""

    @abstractmethod
    def row_expected_if_alive(self, log_params: F, rows: Rows) -> F:
        """Return each row's expected purchases in (T, T + t] if alive at T."""

    @abstractmethod
    def starts(self, rate: float) -> F:
        """Return starting log-parameters (n_starts, n_params) for a purchase rate per unit of time."""

    @abstractmethod
    def row_simulate(
        self, log_params: F, rows: Rows, *, horizon: float, rng: np.random.Generator
    ) -> pd.DataFrame:
        """Return a simulated history per row, with its T."""

    @abstractmethod
    def row_simulate_purchases(self, log_params: F, rows: Rows, rng: np.random.Generator) -> F:
        """Return a draw of each row's purchases in (T, T + t]."""

    def fit(
        self,
        X: pd.DataFrame,
        y: None = None,  # noqa: ARG002 - scikit-learn's signature
        *,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit by maximum likelihood; `sample_weight` counts how many customers a row stands for.

        Raises
        ------
        FitError if there is no repeat purchase or no finite likelihood.
        """
        rows = self._read(X)
        estimated = estimate(
            self._likelihood(),
            rows,
            sample_weight,
            starts=self.starts,
            penalty=self.penalty,
            chunk=self.chunk,
        )
        self._store(estimated)
        return self

    def p_alive(self, X: pd.DataFrame) -> F:
        """Return the probability that each customer is alive at T (a latent state, not a churn label)."""
        return self._answer(X, self.row_p_alive)

    def expected_purchases(self, X: Table, *, t: npt.ArrayLike) -> F:
        """Return each customer's expected purchases in (T, T + t]; `t` is one number or one per row."""
        return self._answer(X, self._row_expected, t=t)

    def p_no_purchase(self, X: Table, *, t: npt.ArrayLike) -> F:
        """Return the exact probability of no purchase in (T, T + t], L(x, t_x, T + t) / L(x, t_x, T)."""
        return self._answer(X, self.row_p_no_purchase, t=t)

    def expected_purchases_new(self, *, t: npt.ArrayLike) -> F | float:
        """Return the expected repeat purchases in (0, t] of a new customer, whose covariates are all 0."""
        horizon = np.atleast_1d(as_numbers("t", t))
        newcomers = pd.DataFrame(
            0.0, index=range(horizon.size), columns=["frequency", "recency", "T", *self.columns]
        )
        expected = self.expected_purchases(newcomers, t=horizon)
        return expected if np.ndim(t) else float(expected[0])

    def dert(self, X: pd.DataFrame, *, rate: float) -> F:
        """Return the discounted expected residual transactions: purchases after T × exp(-rate × delay).

        `rate` is continuous, per unit of T: an annual discount of 10 % is log(1.1) / 52 in weeks.
        """
        rate = as_number("rate", rate)
        if not rate > 0:
            msg = (
                f"`rate` is {rate}; it must be positive, for the undiscounted sum of residual purchases "
                "need not exist. Use log(1 + annual rate) per unit of T, or `expected_purchases`."
            )
            raise UsageError(msg)
        return self._answer(X, lambda log_params, rows: self.row_dert(log_params, rows, rate))

    def simulate(self, *, n: int, T: npt.ArrayLike, seed: int, horizon: float = 0.0) -> pd.DataFrame:
        """Return `n` simulated histories observed for `T` (one number, or n of them), covariates all 0.

        `purchases_after` counts what they bought in (T, T + horizon].
        """
        ensure_whole(0, n=n)
        ages = as_numbers("T", T)
        if ages.shape not in {(), (n,)}:
            raise UsageError(
                f"T has the shape {ages.shape} beside n = {n}. Give one number, or one per history."
            )
        columns = ["frequency", "recency", "T", *self.columns]
        return self.simulate_like(
            pd.DataFrame(0.0, index=range(n), columns=columns).assign(T=ages), seed=seed, horizon=horizon
        )

    def simulate_like(self, X: pd.DataFrame, *, seed: int, horizon: float = 0.0) -> pd.DataFrame:
        """Return simulated histories of customers with the T and the covariates of `X`."""
        self._check_fitted()
        ensure_whole(0, seed=seed)
        rng = np.random.default_rng(seed)
        check_columns(X, ["T", *self.covariates])
        rows = self._read(X.assign(frequency=0.0, recency=0.0), t=horizon)
        likelihood = self._likelihood()
        log_params = likelihood.row_params(likelihood.theta(self.params_), rows)
        simulated = self.row_simulate(log_params, rows, horizon=horizon, rng=rng)
        return simulated.set_index(X.index).assign(**{name: X[name] for name in self.covariates})

    def simulate_purchases(self, X: pd.DataFrame, *, t: npt.ArrayLike, seed: int) -> F:
        """Return one draw of what each customer of `X` buys in (T, T + t], given the history.

        Draws from many seeds show how far a total may stray while the parameters are right.
        """
        self._check_fitted()
        ensure_whole(0, seed=seed)
        rows, likelihood = self._read(X, t=t), self._likelihood()
        log_params = likelihood.row_params(likelihood.theta(self.params_), rows)
        return self.row_simulate_purchases(log_params, rows, np.random.default_rng(seed))

    def row_p_no_purchase(self, log_params: F, rows: Rows) -> F:
        """Return each row's probability of no purchase in (T, T + t]."""
        later = self.row_log_likelihood(log_params, rows.after(rows.t))[0]
        return np.minimum(np.exp(later - self.row_log_likelihood(log_params, rows)[0]), 1.0)

    def row_dert(self, log_params: F, rows: Rows, rate: float) -> F:
        """Return each row's discounted purchases by parts, the integral of exp(-v) E(v / rate) over v > 0."""
        total = np.zeros(len(rows))
        for node, weight in zip(*discount_nodes(), strict=True):
            values = rows.table.copy()
            values[3] = node / rate
            total += weight * self.row_expected_if_alive(log_params, Rows(values))
        return total * self.row_p_alive(log_params, rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the extra columns of X that predictions read."""
        ensure_names(covariates=self.covariates)
        return tuple(self.covariates)

    def _likelihood(self) -> Likelihood:
        return Likelihood(
            names=self.names,
            time_names=self.time_names,
            covariate_signs=self.covariate_signs,
            covariates=tuple(self.covariates),
            row_log_likelihood=self.row_log_likelihood,
        )

    def _param_names(self) -> dict[str, bool]:
        return {name: name in self.names for name in self._likelihood().all_names}

    def _read(self, X: Table, *, t: npt.ArrayLike = 0.0) -> Rows:
        return read_rows(X, t=t, extra=self.columns)

    def _row_expected(self, log_params: F, rows: Rows) -> F:
        return self.row_p_alive(log_params, rows) * self.row_expected_if_alive(log_params, rows)

    def _answer(self, X: Table, quantity: Quantity, *, t: npt.ArrayLike = 0.0) -> F:
        self._check_fitted()
        rows = self._read(X, t=t)
        reduced = unique_rows(rows.table)
        distinct = rows if reduced is None else Rows(reduced[0])
        likelihood = self._likelihood()
        theta = likelihood.theta(self.params_)

        def work(part: slice) -> F:
            piece = Rows(distinct.table[:, part])
            return quantity(likelihood.row_params(theta, piece), piece)

        parts = list(in_chunks(work, len(distinct), chunk=self.chunk))
        answer = np.concatenate(parts) if parts else np.empty(0)
        return answer if reduced is None else answer[reduced[1]]
