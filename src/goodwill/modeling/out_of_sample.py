"""Predictions for past windows by models that had not seen the customers they speak of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.evaluation.bootstrap import log_loss_per_customer
from goodwill.modeling.calibration import Calibration
from goodwill.modeling.outcomes import Said, if_churned_beside
from goodwill.modeling.payments_ahead import PaymentsAhead

F = NDArray[np.float64]
Rows = NDArray[np.intp]
MAX_ROWS = 60_000


class Predictions(Said, Protocol):
    """What the point model says of each row (n,)."""

    @property
    def clv_if_active(self) -> F:
        """Expected value if active."""

    @property
    def payments(self) -> PaymentsAhead | None:
        """The payments of contracts one by one, where contracts are all that pays."""


class PointModel(Protocol):
    """A model of customer value, as `customer_value` has it."""

    def fit(self, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame) -> Self:
        """Fit on past windows."""

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Return what is expected of each row."""


@dataclass(frozen=True)
class OutOfSample:
    """Predictions for customers that the predicting model had not seen.

    Parameters
    ----------
    rows : (n,) positions in the training frame.
    p_churn, clv, clv_if_churned : (n,) what was predicted for them.
    payments : of n contracts, as `Predictions` has them.
    """

    rows: Rows
    p_churn: F
    clv: F
    clv_if_churned: F
    payments: PaymentsAhead | None = None

    @property
    def clv_if_active(self) -> F:
        """Expected value if active (n,)."""
        return (self.clv - self.p_churn * self.clv_if_churned) / (1 - self.p_churn)

    def calibrated(self, calibration: Calibration) -> Self:
        """Return the same predictions with other probabilities."""
        if calibration.kind == "none":
            return self
        p_churn = calibration(self.p_churn)
        return replace(self, p_churn=p_churn, clv_if_churned=if_churned_beside(p_churn, self))

    def window_errors(self, X: pd.DataFrame, y: pd.DataFrame) -> pd.DataFrame:
        """Return how far off the predictions were in each past window.

        Parameters
        ----------
        X, y : features and labels of past windows, of which `rows` were predicted.

        Returns
        -------
        A row per `as_of, horizon_days`: `log_loss`, `churn_error` (mean p_churn less the share that churned)
        and `clv_bias` (total predicted over what came, less 1; missing where nothing came).

        Examples
        --------
        >>> said = OutOfSample(np.arange(2), np.array([0.5, 0.5]), np.array([3.0, 6.0]), np.zeros(2))
        >>> X = pd.DataFrame({"as_of": pd.Timestamp("2024-01-01"), "horizon_days": [30, 30]})
        >>> y = pd.DataFrame({"churned": [True, True], "value": [4.0, 2.0]})
        >>> said.window_errors(X, y)[["churn_error", "clv_bias"]].to_numpy().tolist()
        [[-0.5, 0.5]]
        """
        churned, value = (y[name].to_numpy(float)[self.rows] for name in ("churned", "value"))
        told = (
            X[["as_of", "horizon_days"]]
            .iloc[self.rows]
            .assign(
                log_loss=log_loss_per_customer(churned, self.p_churn),
                churn_error=self.p_churn - churned,
                value=value,
                clv=self.clv,
            )
        )
        by = told.groupby(["as_of", "horizon_days"])
        total = by[["value", "clv"]].sum()
        bias = total["clv"] / total["value"].where(total["value"] > 0) - 1
        return by[["log_loss", "churn_error"]].mean().assign(clv_bias=bias).reset_index()


def out_of_sample(
    model_factory: Callable[[], PointModel],
    X: pd.DataFrame,
    y: pd.DataFrame,
    now: pd.DataFrame,
    *,
    folds: int = 2,
    seed: int = 0,
) -> OutOfSample:
    """Return predictions for past windows by models that had not seen the customers they speak of.

    Parameters
    ----------
    model_factory : makes an unfitted model.
    X, y, now : what the model is fitted on; at most `MAX_ROWS` rows, drawn at random, are used.
    folds : number of parts; no customer is in two of them.

    Examples
    --------
    >>> class Mean:
    ...     def fit(self, X, y, now):
    ...         self.mean = y["value"].mean()
    ...         return self
    ...     def predict(self, X):
    ...         zeros = np.zeros(len(X))
    ...         return OutOfSample(np.arange(len(X)), zeros + 0.5, zeros + self.mean, zeros)
    >>> X = pd.DataFrame({"customer_id": ["a", "a", "b", "b"]})
    >>> out_of_sample(Mean, X, pd.DataFrame({"value": [1.0, 3.0, 7.0, 9.0]}), X).clv
    array([8., 8., 2., 2.])
    """
    rows = drawn_rows(len(X), MAX_ROWS, seed)
    fold = dealt(X["customer_id"].iloc[rows], folds, seed)
    said, payments = np.empty((3, len(rows))), []
    for held in range(folds):
        learned = rows[fold != held]
        model = model_factory().fit(_taken(X, learned), _taken(y, learned), now)
        predicted = model.predict(_taken(X, rows[fold == held]))
        said[:, fold == held] = predicted.p_churn, predicted.clv, predicted.clv_if_churned
        payments.append(predicted.payments)
    told = [part for part in payments if part is not None]
    p_churn, clv, clv_if_churned = said
    if len(told) < folds:
        return OutOfSample(rows, p_churn, clv, clv_if_churned)
    back = np.argsort(np.argsort(fold, kind="stable"))
    return OutOfSample(rows, p_churn, clv, clv_if_churned, PaymentsAhead.joined(told).taken(back))


def dealt(customer_id: pd.Series, folds: int, seed: int) -> Rows:
    """Return the part of each row, where customers are dealt at random into parts of equal size.

    Parameters
    ----------
    customer_id : (n,) a customer's rows all go into one part.

    Examples
    --------
    >>> dealt(pd.Series(["a", "b", "a", "c"]), folds=2, seed=0)
    array([0, 0, 0, 1])
    """
    codes, customers = pd.factorize(customer_id)
    parts = np.arange(len(customers)) % folds
    return np.random.default_rng(seed).permutation(parts)[codes]


def drawn_rows(n: int, limit: int, seed: int) -> Rows:
    """Return all of n rows, or at most `limit` of them drawn at random, in order.

    Examples
    --------
    >>> drawn_rows(3, 5, seed=0).tolist(), len(drawn_rows(9, 5, seed=0))
    ([0, 1, 2], 5)
    """
    if n <= limit:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, limit, replace=False))


def _taken(frame: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    return frame.iloc[rows].reset_index(drop=True)
