"""A linear model of ramps: every column may bend at its quantiles, and may be held to one direction."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from goodwill.modeling.penalised import Loss, PenalisedLoss, minimised, sign_limits

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
KNOTS = 9
_FEW = 6


@dataclass(frozen=True)
class Ramps:
    """Columns cut at their quantiles into standardised ramps; missing cells get a column of their own.

    Parameters
    ----------
    knots : the cuts of each column, from its lowest to its highest value; beyond them a ramp is level.
    fill : the median of each column, taken where a cell is missing.
    flagged : the columns that had missing cells.
    centre, spread : mean and standard deviation of each ramp.
    """

    knots: Mapping[str, Sequence[float]]
    fill: Mapping[str, float]
    flagged: Sequence[str]
    centre: Sequence[float] = ()
    spread: Sequence[float] = ()

    @classmethod
    def fit(cls, design: pd.DataFrame, n_knots: int = KNOTS) -> Self:
        """Learn cuts from (n, k) float columns; with two knots each column stays a straight line."""
        known = {str(name): column.dropna().to_numpy(float) for name, column in design.items()}
        known = {name: values for name, values in known.items() if len(values)}
        raw = cls(
            {name: _knots(values, n_knots) for name, values in known.items()},
            {name: float(np.median(values)) for name, values in known.items()},
            [name for name, values in known.items() if len(values) < len(design)],
        )
        ramps = raw._ramps(design)
        spread = ramps.std(axis=0)
        centre, spread = ramps.mean(axis=0).tolist(), np.where(spread > 0, spread, 1.0).tolist()
        return cls(raw.knots, raw.fill, raw.flagged, centre, spread)

    def transform(self, design: pd.DataFrame) -> F:
        """Return (n, n_ramps) standardised ramps, then the flags of missing cells."""
        return (self._ramps(design) - np.asarray(self.centre)) / np.asarray(self.spread)

    def signs(self, wanted: Mapping[str, int]) -> list[int]:
        """Return, per ramp, the sign its coefficient must have: 1, -1 or 0 for any."""
        ramps = [wanted.get(name, 0) for name, knots in self.knots.items() for _ in knots[1:]]
        return ramps + [0] * len(self.flagged)

    def _ramps(self, design: pd.DataFrame) -> F:
        columns = [design[name].isna().to_numpy(float) for name in self.flagged]
        ramps = []
        for name, knots in self.knots.items():
            filled = design[name].fillna(self.fill[name]).to_numpy(float)
            ramps += [
                (np.clip(filled, low, high) - low) / (high - low) for low, high in itertools.pairwise(knots)
            ]
        return np.column_stack([*ramps, *columns]) if ramps or columns else np.zeros((len(design), 0))


@dataclass(frozen=True)
class Linear:
    """A fitted linear model of ramps: `constant + ramps @ coefficients`, a logit or money.

    Examples
    --------
    >>> from goodwill.modeling.penalised import squared
    >>> design = pd.DataFrame({"age": np.arange(100.0)})
    >>> model = Linear.fit(design, np.minimum(design["age"].to_numpy(), 50.0), squared, penalty=0.001)
    >>> model.margin(pd.DataFrame({"age": [10.0, 60.0, 500.0]})).round(1).tolist()
    [10.0, 50.0, 50.0]
    """

    ramps: Ramps
    coefficients: Sequence[float]
    constant: float

    @classmethod
    def fit(cls, design: pd.DataFrame, y: F, loss: Loss, penalty: float) -> Self:
        """Fit to `y` (n,), True as 1; `penalty` weighs half the squared coefficients."""
        return cls.path(design, y, loss, (penalty,))[0]

    @classmethod
    def path(
        cls,
        design: pd.DataFrame,
        y: F,
        loss: Loss,
        penalties: Sequence[float],
        *,
        signs: Mapping[str, int] | None = None,
        n_knots: int = KNOTS,
    ) -> list[Self]:
        """Return a model for each penalty, each started from the one before it.

        Parameters
        ----------
        signs : 1 where the answer may only grow with a column, -1 where it may only fall.
        """
        ramps = Ramps.fit(design, n_knots)
        rows, limits = ramps.transform(design), sign_limits(ramps.signs(signs or {}))
        n, n_ramps = rows.shape
        found = [np.zeros(n_ramps + 1)]
        for penalty in penalties:
            shares = np.array([0.0, *[penalty / n] * n_ramps])
            total = PenalisedLoss(loss, rows, y, np.full(n, 1 / n), shares)
            found.append(minimised(total, found[-1], *limits))
        return [cls(ramps, solution[1:].tolist(), float(solution[0])) for solution in found[1:]]

    def margin(self, design: pd.DataFrame) -> F:
        """Return the answer (n,) for encoded rows."""
        return self.constant + self.ramps.transform(design) @ np.asarray(self.coefficients)

    def to_dict(self) -> Stored:
        """Return the model as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return a stored model."""
        return cls(Ramps(**stored["ramps"]), stored["coefficients"], stored["constant"])


def rescaled(margin: F, y: F, prior: float) -> tuple[float, float]:
    """Return (intercept, slope) of the logit that make probabilities true, the slope drawn towards 1.

    Platt (1999), Probabilistic outputs for support vector machines, with a normal prior of weight `prior`
    around a slope of 1, so that few rows change little. It is never negative: that would turn every order.

    Examples
    --------
    >>> too_sure, churned = np.array([-4.0, 4.0] * 300), np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0] * 100)
    >>> round(rescaled(too_sure, churned, prior=1.0)[1], 2)
    0.17
    """

    def loss(w: F) -> tuple[float, F]:
        logit = w[0] + w[1] * margin
        residual = expit(logit) - y
        penalty = prior * (w[1] - 1) ** 2 / 2
        gradient = np.array([residual.sum(), residual @ margin + prior * (w[1] - 1)])
        return float(np.sum(np.logaddexp(0, logit) - y * logit) + penalty), gradient

    fit = partial(minimize, loss, np.array([0.0, 1.0]), jac=True, method="L-BFGS-B")
    intercept, slope = fit().x
    if slope < 0:
        intercept, slope = fit(bounds=[(None, None), (0.0, None)]).x
    return float(intercept), float(slope)


def _knots(values: F, n_knots: int) -> list[float]:
    """Return distinct cuts; where most values are one, the others are cut by themselves."""
    knots = np.unique(np.quantile(values, np.linspace(0, 1, n_knots)))
    if n_knots > _FEW > len(knots):
        distinct = np.unique(values)
        knots = np.unique(np.concatenate([knots, np.quantile(distinct, np.linspace(0, 1, _FEW))]))
    return knots.tolist()
