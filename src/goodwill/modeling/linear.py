"""Ridge regressions that may only grow with chosen columns; they go on where trees stand still."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.modeling.cells import Design, cells_of
from goodwill.modeling.penalised import CACHED_ROWS, Loss, PenalisedLoss, logistic, minimised, sign_limits

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
_FARTHEST = 4.0


@dataclass(frozen=True)
class BoundedLinear:
    """Coefficients on standardised columns: missing values at the median, outliers at 4 deviations.

    Parameters
    ----------
    columns : the k columns it reads, in order.
    fillings, means, spreads, coefficients : (k,) medians for missing values, standardisation, and weights.
    intercept : the margin (a logit, or the log of a mean) of a row of means.

    Examples
    --------
    >>> design = pd.DataFrame({"idle": [1.0, 2.0, 3.0, 4.0], "horizon": [30.0, 90.0, 30.0, np.nan]})
    >>> y = np.array([1.0, 1.0, 0.0, 0.0])
    >>> model = BoundedLinear.fit(design, y, signs={"idle": 1}, penalty=0.1)
    >>> model.coefficients.round(1), bool(BoundedLinear.fit(design, y, {}).coefficients[0] < 0)
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
        loss: Loss = logistic,
        penalty: float = 20.0,
        weight: F | None = None,
    ) -> Self:
        """Fit by maximum penalised likelihood.

        Parameters
        ----------
        design : (n, k) columns, with missing values.
        y : (n,) as the loss reads it.
        signs : 1 where the answer may only grow with a column, -1 where it may only fall.
        loss : `logistic` or `gamma`.
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
        share, mean = penalty / len(y), float(np.average(y, weights=counts))
        penalties = np.concatenate([[0.0], np.full(len(names), share)])
        at_mean = np.log(mean / (1 - mean)) if loss is logistic else np.log(mean)
        known = np.concatenate([[at_mean], np.zeros(len(names))])
        total = PenalisedLoss(loss, Z, y, counts / len(y), penalties)
        intercept, *coefficients = minimised(total, known, *sign_limits(signs.get(name, 0) for name in names))
        return cls(names, fillings, start.means, start.spreads, np.array(coefficients), float(intercept))

    def margin(self, design: Design) -> F:
        """Return the margin of each row (n,)."""
        raw, (low, high, slopes) = cells_of(design, self.columns), self._line
        found = np.full(len(raw), self.intercept - self.means @ slopes)
        for start in range(0, len(raw), CACHED_ROWS):
            rows = slice(start, start + CACHED_ROWS)
            bounded = np.minimum(np.maximum(raw[rows], low), high)  # twice as quick as to clip
            np.copyto(bounded, self.fillings, where=np.isnan(bounded))
            found[rows] += bounded @ slopes
        return found

    def terms(self, design: pd.DataFrame) -> F:
        """Return each column's part of the margin (n, k); the intercept is the rest."""
        return self._standardised(design[list(self.columns)].to_numpy(float)) * self.coefficients

    def _standardised(self, raw: NDArray[np.floating]) -> F:
        scaled = (raw - self.means) / self.spreads
        np.copyto(scaled, self._usual, where=np.isnan(raw))
        return np.clip(scaled, -_FARTHEST, _FARTHEST, out=scaled)

    @cached_property
    def _line(self) -> tuple[F, F, F]:
        """The bounds of each column, and what the margin rises by with it, not standardised (k,)."""
        far = _FARTHEST * self.spreads
        return self.means - far, self.means + far, self.coefficients / self.spreads

    @cached_property
    def _usual(self) -> F:
        return (self.fillings - self.means) / self.spreads

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
