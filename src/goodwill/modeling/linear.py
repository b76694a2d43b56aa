"""A ridge logistic regression that may only grow with chosen columns; it goes on where trees stand still."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
_FARTHEST = 4.0


@dataclass(frozen=True)
class BoundedLogistic:
    """Coefficients on standardised columns: missing values at the median, outliers at 4 deviations.

    Parameters
    ----------
    columns : the k columns it reads, in order.
    fillings, means, spreads, coefficients : (k,) medians for missing values, standardisation, and weights.
    intercept : the logit of a row of means.

    Examples
    --------
    >>> design = pd.DataFrame({"idle": [1.0, 2.0, 3.0, 4.0], "horizon": [30.0, 90.0, 30.0, np.nan]})
    >>> y = np.array([1.0, 1.0, 0.0, 0.0])
    >>> model = BoundedLogistic.fit(design, y, signs={"idle": 1}, penalty=0.1)
    >>> model.coefficients.round(1), bool(BoundedLogistic.fit(design, y, {}).coefficients[0] < 0)
    (array([0. , 1.4]), True)
    """

    columns: tuple[str, ...]
    fillings: F
    means: F
    spreads: F
    coefficients: F
    intercept: float

    @classmethod
    def fit(
        cls,
        design: pd.DataFrame,
        y: F,
        signs: Mapping[str, int],
        penalty: float = 20.0,
        weight: F | None = None,
    ) -> Self:
        """Fit by maximum penalised likelihood.

        Parameters
        ----------
        design : (n, k) columns, with missing values.
        y : (n,) of 0 and 1, both present.
        signs : 1 where the answer may only grow with a column, -1 where it may only fall.
        penalty : weight of the squared coefficients, in customers.
        weight : (n,) how much each row counts, 1 on average; all the same when None.
        """
        raw = design.to_numpy(float)
        is_empty = np.isnan(raw).all(axis=0)
        fillings = np.nanmedian(np.where(is_empty, 0.0, raw), axis=0)
        filled = np.where(np.isnan(raw), fillings, raw)
        names = tuple(str(name) for name in design)
        start = cls(
            names, fillings, filled.mean(axis=0), filled.std(axis=0) + 1e-9, np.zeros(len(names)), 0.0
        )
        Z, counts = start._standardised(raw), np.ones(len(y)) if weight is None else weight
        intercept, *coefficients = _maximised(Z, y, counts, _bounds(names, signs), penalty)
        return cls(names, fillings, start.means, start.spreads, np.array(coefficients), float(intercept))

    def logit(self, design: pd.DataFrame) -> F:
        """Return the logit of each row (n,)."""
        read = design if tuple(design.columns.tolist()) == self.columns else design[list(self.columns)]
        return self._standardised(read.to_numpy()) @ self.coefficients + self.intercept

    def terms(self, design: pd.DataFrame) -> F:
        """Return each column's part of the logit (n, k); the intercept is the rest."""
        return self._standardised(design[list(self.columns)].to_numpy(float)) * self.coefficients

    def _standardised(self, raw: F) -> F:
        scaled = (raw - self.means) / self.spreads
        usual = np.broadcast_to((self.fillings - self.means) / self.spreads, raw.shape)
        np.copyto(scaled, usual, where=np.isnan(raw))
        return np.clip(scaled, -_FARTHEST, _FARTHEST, out=scaled)

    def to_dict(self) -> Stored:
        """Return the model as plain JSON values."""
        arrays = {
            name: getattr(self, name).tolist() for name in ("fillings", "means", "spreads", "coefficients")
        }
        return {"columns": list(self.columns), "intercept": self.intercept, **arrays}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored model."""
        fields = ("fillings", "means", "spreads", "coefficients")
        arrays = {name: np.array(stored[name], dtype=float) for name in fields}
        return cls(columns=tuple(stored["columns"]), intercept=float(stored["intercept"]), **arrays)


def _bounds(names: tuple[str, ...], signs: Mapping[str, int]) -> list[tuple[float | None, float | None]]:
    ranges: dict[int, tuple[float | None, float | None]] = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    return [(None, None), *(ranges[signs.get(name, 0)] for name in names)]


def _maximised(Z: F, y: F, weight: F, bounds: list[tuple[float | None, float | None]], penalty: float) -> F:
    n, ridge, mean = len(y), penalty / len(y), np.average(y, weights=weight)

    def loss(parameters: F) -> tuple[float, F]:
        logit = Z @ parameters[1:] + parameters[0]
        residual = weight * (expit(logit) - y) / n
        gradient = np.concatenate([[residual.sum()], Z.T @ residual + ridge * parameters[1:]])
        fit = float(np.mean(weight * (np.logaddexp(0.0, logit) - y * logit)))
        return fit + ridge / 2 * float(parameters[1:] @ parameters[1:]), gradient

    start = np.concatenate([[np.log(mean / (1 - mean))], np.zeros(Z.shape[1])])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200})
    return np.asarray(found.x, dtype=float)
