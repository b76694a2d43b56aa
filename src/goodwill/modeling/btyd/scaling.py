"""Covariates inside a fit: measured from their mean in standard deviations, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodwill.errors import FitError
from goodwill.modeling.btyd.rows import Rows

F = NDArray[np.float64]
_LARGEST = 700.0  # e^709 is the largest float


@dataclass(frozen=True)
class Scaling:
    """Weighted means and standard deviations of the covariates, each (n_columns,).

    A fit in years since 0 or in cents must find what a fit in any other unit finds; the climb and its bounds
    know one scale only.

    Examples
    --------
    >>> rows = Rows(np.array([[0.0, 0.0], [0.0, 0.0], [9.0, 9.0], [0.0, 0.0], [2010.0, 2020.0]]))
    >>> scaling = Scaling.of(rows, np.ones(2), ["year"])
    >>> scaling.scaled(rows).extra.tolist()
    [[-1.0, 1.0]]
    >>> scaling.way_back(("r", "alpha"), {"alpha": -1.0}).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 403.0], [0.0, 0.0, 0.2]]
    """

    columns: tuple[str, ...]
    mean: F
    spread: F

    @classmethod
    def of(cls, rows: Rows, weight: F, columns: Sequence[str]) -> "Scaling":
        """Return the scaling of the first extra columns of `rows`.

        Raises
        ------
        FitError if a column is the same for all customers.
        """
        values = rows.extra[: len(columns), weight > 0]
        alike = [name for name, value in zip(columns, values, strict=True) if np.ptp(value) == 0]
        if alike:
            msg = (
                f"The covariates {alike} are the same for all {weight.sum():g} customers, from which no "
                "coefficient can be learned. Leave them out."
            )
            raise FitError(msg)
        share = weight[weight > 0] / weight.sum()
        mean = values @ share
        away = values - mean[:, None]
        # Squares of huge and of tiny numbers are no numbers any more.
        most = np.abs(away).max(axis=1, initial=0.0)
        return cls(tuple(columns), mean, most * np.sqrt((away / most[:, None]) ** 2 @ share))

    def scaled(self, rows: Rows) -> Rows:
        """Return the histories with covariates of mean 0 and standard deviation 1."""
        if not self.columns:
            return rows
        values = rows.table.copy()
        places = slice(4, 4 + len(self.columns))
        values[places] = (values[places] - self.mean[:, None]) / self.spread[:, None]
        return Rows(values)

    def way_back(self, names: Sequence[str], signs: Mapping[str, float]) -> F:
        """Return the matrix from log-parameters and coefficients of scaled covariates to those of the raw."""
        n_columns = len(self.columns)
        matrix = np.eye(len(names) + len(signs) * n_columns)
        for i, (name, sign) in enumerate(signs.items()):
            places = len(names) + i * n_columns + np.arange(n_columns)
            matrix[names.index(name), places] = -sign * self.mean / self.spread
            matrix[places, places] = 1 / self.spread
        return matrix

    def check(self, log_params: F) -> None:
        """Refuse parameters of a customer with covariates of 0 that are too far away to be written down.

        Raises
        ------
        FitError that tells how far the covariates lie from 0.
        """
        if (np.abs(log_params) < _LARGEST).all():
            return
        far = dict(zip(self.columns, (self.mean / self.spread).round(1).tolist(), strict=True))
        msg = (
            f"The means of the covariates lie {far} standard deviations from 0, so that the parameters of a "
            "customer with 0 overflow. Subtract a usual value of each from it first."
        )
        raise FitError(msg)


def carried(matrix: F, covariance: F) -> F:
    """Return the standard errors (n,) after a linear map, nan where it reads a parameter without one.

    Examples
    --------
    >>> carried(np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[np.nan, np.nan], [np.nan, 4.0]])).tolist()
    [nan, 4.0]
    """
    is_unknown = (matrix != 0) @ np.isnan(np.diag(covariance))
    size = np.abs(matrix).max(axis=1)
    share = matrix / size[:, None]
    variance = np.diag(share @ np.nan_to_num(covariance) @ share.T)
    return np.where(is_unknown, np.nan, size * np.sqrt(variance))
