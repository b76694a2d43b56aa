"""Calibration of churn: Platt's line, beta calibration or isotonic regression, where one wins later on.

A blend of logits weighed out of sample is calibrated already, so that most often none of them wins. Each is
learned on windows that had ended when the windows began on which it is judged, from predictions for customers
that the model had not seen, and serves only where it beats leaving probabilities alone beyond chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

from goodwill.evaluation.bootstrap import log_loss_per_customer
from goodwill.features.windows import newer_half

F = NDArray[np.float64]
Mask = NDArray[np.bool_]
Kind = Literal["none", "platt", "beta", "isotonic"]
KINDS: tuple[Kind, ...] = ("none", "platt", "beta", "isotonic")
_SURE = 1e-5
_CHANCE = 1.645


@dataclass(frozen=True)
class Calibration:
    """A map from predicted to calibrated probabilities that never turns the order of two.

    Parameters
    ----------
    kind : what it is; "none" leaves probabilities as they are.
    weights : c, a and b of logit = c + a log p - b log(1 - p); for Platt's line a = b (Kull, Silva Filho and
        Flach 2017, Electronic Journal of Statistics 11, equation 7).
    knots, levels : of isotonic regression (Zadrozny and Elkan 2002), with straight lines between the centres
        of its steps, so that no two customers are tied for it (Oron and Flournoy 2017).

    Examples
    --------
    >>> too_sure, churned = np.array([0.02, 0.98] * 300), np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0] * 100)
    >>> Calibration.fit("platt", too_sure, churned)(np.array([0.02, 0.5, 0.98])).round(2)
    array([0.33, 0.5 , 0.67])
    """

    kind: Kind = "none"
    weights: tuple[float, float, float] = (0.0, 1.0, 1.0)
    knots: tuple[float, ...] = ()
    levels: tuple[float, ...] = ()

    @classmethod
    def fit(cls, kind: Kind, p_churn: F, churned: F) -> Self:
        """Learn a map of one kind from predictions (n,) and what came true (n,), 0 or 1."""
        if kind == "isotonic":
            knots, levels = _steps(p_churn, churned)
            return cls(kind, knots=knots, levels=levels)
        return cls() if kind == "none" else cls(kind, _weights(kind, p_churn, churned))

    def __call__(self, p_churn: F) -> F:
        """Return calibrated probabilities (n,), above 0 and below 1."""
        if self.kind == "none":
            return p_churn
        if self.kind == "isotonic":
            return np.clip(np.interp(p_churn, self.knots, self.levels), _SURE, 1 - _SURE)
        logit = _terms(p_churn) @ np.array(self.weights)
        return np.clip(expit(logit), _SURE, 1 - _SURE)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return a stored map."""
        c, a, b = stored["weights"]
        return cls(stored["kind"], (c, a, b), tuple(stored["knots"]), tuple(stored["levels"]))


@dataclass(frozen=True)
class CalibrationChoice:
    """The map that serves, and what decided.

    Parameters
    ----------
    calibration : learned from all rows.
    log_loss : of each kind, on rows that it was not learned from; empty where there was nothing to judge.
    """

    calibration: Calibration = Calibration()
    log_loss: Mapping[Kind, float] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        """What serves and what decided, as plain JSON values."""
        return {"kind": self.calibration.kind, "log_loss": dict(self.log_loss)}

    @classmethod
    def by_later_windows(cls, X: pd.DataFrame, p_churn: F, churned: F) -> Self:
        """Choose on the newer half of the windows what was learned from those that had ended before.

        Parameters
        ----------
        X : (n, ...) with `customer_id`, `as_of` and `horizon_days` of past windows.
        p_churn, churned : (n,) what was predicted of customers that the model had not seen, and came true.

        Examples
        --------
        >>> days = pd.to_datetime(["2024-01-01", "2024-06-01"] * 300)
        >>> X = pd.DataFrame({"customer_id": range(600), "as_of": days, "horizon_days": 60})
        >>> too_sure, churned = np.array([0.02, 0.98] * 300), np.tile([0.0, 1.0, 1.0, 1.0, 0.0, 0.0], 100)
        >>> CalibrationChoice.by_later_windows(X, too_sure, churned).calibration.kind
        'platt'
        """
        is_later = newer_half(X)
        ends = X["as_of"] + pd.to_timedelta(X["horizon_days"], unit="D")
        has_ended = (ends <= X["as_of"][is_later].min()).to_numpy()
        return cls.by_rows(p_churn, churned, [(has_ended, is_later)], pd.factorize(X["customer_id"])[0])

    @classmethod
    def by_halves(cls, p_churn: F, churned: F, seed: int) -> Self:
        """Choose on each half of the customers (n,) what the other taught, where there is no time axis."""
        first = np.random.default_rng(seed).permutation(len(churned)) % 2 == 0
        return cls.by_rows(p_churn, churned, [(first, ~first), (~first, first)])

    @classmethod
    def by_rows(
        cls,
        p_churn: F,
        churned: F,
        splits: Sequence[tuple[Mask, Mask]],
        customer: NDArray[np.intp] | None = None,
    ) -> Self:
        """Choose on the second rows (n,) of each split what was learned from the first, then learn from all.

        Parameters
        ----------
        customer : (n,) whose row it is, where one has several: they err together. Each has one when None.
        """
        if any(len(np.unique(churned[seen])) < 2 or not held.any() for seen, held in splits):  # noqa: PLR2004 - both outcomes
            return cls()
        judged = np.concatenate([np.flatnonzero(held) for _, held in splits])
        customer = judged if customer is None else customer[judged]
        losses = {kind: _judged(kind, p_churn, churned, splits) for kind in KINDS}
        lost: dict[Kind, float] = {kind: float(loss.mean()) for kind, loss in losses.items()}
        wins = [kind for kind in KINDS[1:] if _wins(losses[kind] - losses["none"], customer)]
        best: Kind = min(wins, key=lost.__getitem__, default="none")
        return cls(Calibration.fit(best, p_churn, churned), lost)


def _judged(kind: Kind, p_churn: F, churned: F, splits: Sequence[tuple[Mask, Mask]]) -> F:
    """Return the losses of the second rows of all splits, one below the other."""
    parts = [
        log_loss_per_customer(
            churned[held], Calibration.fit(kind, p_churn[seen], churned[seen])(p_churn[held])
        )
        for seen, held in splits
    ]
    return np.concatenate(parts)


def _wins(difference: F, customer: NDArray[np.intp]) -> bool:
    """Tell whether a mean difference of losses lies below 0 beyond chance, as customers were drawn."""
    total = np.bincount(pd.factorize(customer)[0], difference)
    return bool(total.sum() < -_CHANCE * np.sqrt(np.sum(total**2)))


def _steps(p_churn: F, churned: F) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the centre of each isotonic step and its share, half a churner in one customer more added.

    Without them a step in which nobody churned would be certain.
    """
    fitted = IsotonicRegression().fit_transform(p_churn, churned)
    step = np.unique(fitted, return_inverse=True)[1]
    n = np.bincount(step)
    shares = (np.bincount(step, churned) + 0.5) / (n + 1)
    centres = np.bincount(step, p_churn) / n
    return tuple(centres.tolist()), tuple(np.maximum.accumulate(shares).tolist())


def _terms(p_churn: F) -> F:
    p = np.clip(p_churn, _SURE, 1 - _SURE)
    return np.column_stack([np.ones(len(p)), np.log(p), -np.log1p(-p)])


def _weights(kind: Kind, p_churn: F, churned: F) -> tuple[float, float, float]:
    """Return c, a and b of the greatest likelihood; neither slope is negative, which would turn the order."""
    # Platt's line has one slope for both logarithms.
    shared = np.eye(3) if kind == "beta" else np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    columns = _terms(p_churn) @ shared

    def loss(w: F) -> tuple[float, F]:
        logit = columns @ w
        gradient = columns.T @ (expit(logit) - churned) / len(churned)
        return float(np.mean(np.logaddexp(0, logit) - churned * logit)), gradient

    start = np.r_[0.0, np.ones(columns.shape[1] - 1)]
    bounds = [(None, None), *[(0.0, None)] * (len(start) - 1)]
    c, a, b = shared @ minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(c), float(a), float(b)
