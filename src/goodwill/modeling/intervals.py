"""Prediction intervals of the value each customer realises in the horizon, learned from earlier windows.

The spread around the expected value is learned on predictions for customers that the model had not seen
(`out_of_sample`), so that it holds the model's own error. Median and spreads of the ratio value / expected
come from boosted quantiles; the shape beyond them is read off standardised residuals of customers that
the quantiles in turn had not seen: conformalised quantile regression (Romano, Patterson and Candès 2019)
with a whole distribution in place of two bounds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray
from scipy.special import logit, ndtr, ndtri

from goodwill.errors import UsageError
from goodwill.modeling.design import order_columns
from goodwill.modeling.value_distribution import Churned, Shape, ValueDistribution, squeeze

F = NDArray[np.float64]
Rows = NDArray[np.intp]
Stored = Mapping[str, Any]  # JSON as it comes
MAX_ROWS = 60_000
LEVELS = (0.5, 0.99)
TREES = 40
BOOSTER = "intervals.ubj"
_QUANTILES = (0.1, 0.5, 0.9)
_ORDER_COLUMNS = (
    *("log_repeats", "log_idle", "log_age", "gap_cv"),
    *("spend_mean", "spend_max", "spend_last_mean", "spend_log_std"),
)
_NARROWEST = 0.02
_EDGE = 1e-5
# Where the mass at zero leaves the lower tail unused, an interval to the level's upper quantile covers too
# many, one to the quantile at the level itself has a poor interval score: half way does well by both.
_UNUSED_ABOVE = 0.5


class Predictions(Protocol):
    """What the point model says of each row (n,)."""

    @property
    def p_churn(self) -> F:
        """Probability of churn."""

    @property
    def clv(self) -> F:
        """Expected value."""

    @property
    def clv_if_churned(self) -> F:
        """Expected value if churned."""

    @property
    def clv_if_active(self) -> F:
        """Expected value if active."""


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
    """

    rows: Rows
    p_churn: F
    clv: F
    clv_if_churned: F

    @property
    def clv_if_active(self) -> F:
        """Expected value if active (n,)."""
        return (self.clv - self.p_churn * self.clv_if_churned) / (1 - self.p_churn)


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
    rows = _drawn(len(X), seed)
    fold = _folds(X["customer_id"].iloc[rows], folds, seed)
    said = np.empty((3, len(rows)))
    for held in range(folds):
        learned = rows[fold != held]
        model = model_factory().fit(_taken(X, learned), _taken(y, learned), now)
        predicted = model.predict(_taken(X, rows[fold == held]))
        said[:, fold == held] = predicted.p_churn, predicted.clv, predicted.clv_if_churned
    return OutOfSample(rows, *said)


class ValueIntervals:
    """The distribution of each customer's realised value around what a point model expects.

    Attributes
    ----------
    quantiles_ : boosted quantiles of the squeezed ratio value / clv_if_active of active customers.
    shape_, churned_ : what is common to all customers.
    smallest_scale_ : money; an expected value below counts as this much.
    drift_share_ : by how much the level of whole windows differed from what was predicted, as a standard
        deviation of its logarithm, beyond chance. All intervals are widened by it.
    """

    def fit(self, X: pd.DataFrame, y: pd.DataFrame, predicted: Predictions, seed: int = 0) -> Self:
        """Learn from past windows.

        Parameters
        ----------
        X, y : (n, ...) features and labels; `out_of_sample(...).rows` of the training frame.
        predicted : out-of-sample predictions for the same rows.
        """
        is_active, value = ~y["churned"].to_numpy(bool), y["value"].to_numpy(float)
        self.smallest_scale_ = _smallest_scale(value[is_active])
        scale = self._scale(predicted)
        ratio = squeeze(value / scale)
        design, fold = _design(X, predicted)[is_active], _folds(X["customer_id"], 2, seed)[is_active]
        residuals = _residuals(design, ratio[is_active], fold, seed)
        self.shape_, self.churned_ = _shape(residuals), _churned(ratio[~is_active])
        self.quantiles_ = _boosted(design, ratio[is_active], seed)
        self.drift_share_ = _drift(X, value, predicted.clv)
        return self

    def distribution(self, X: pd.DataFrame, predicted: Predictions) -> ValueDistribution:
        """Return the distribution of the value of each row of `X`, for which `predicted` is what is expected."""
        median, down, up = _asked(self.quantiles_, _design(X, predicted))
        p_churn, scale = np.clip(predicted.p_churn, _EDGE, 1 - _EDGE), self._scale(predicted)
        exact = ValueDistribution(p_churn, scale, median, down, up, self.shape_, self.churned_)
        return exact.widened(self.drift_share_)

    def bounds(self, X: pd.DataFrame, predicted: Predictions, level: float) -> tuple[F, F]:
        """Return the interval (low, high) of each row, which holds its realised value in `level` of all cases.

        `low` leaves (1 - level) / 2 below it. Where it is 0 with a mass on it, less lies below; half of what
        is left unused there lies above `high` instead, which is why such intervals cover a little more than
        `level`, and those of customers who are nearly certain to churn are [0, 0].

        Raises
        ------
        UsageError
            If `level` is below 0.5 or above 0.99.
        """
        if not LEVELS[0] <= level <= LEVELS[1]:
            raise UsageError(f"level: {level} is outside {LEVELS[0]} to {LEVELS[1]}. Choose for example 0.8.")
        values, tail = self.distribution(X, predicted), (1 - level) / 2
        low = values.quantile(tail)
        unused = np.maximum(tail - values.below(low), 0.0)
        return low, np.maximum(low, values.quantile(1 - tail - _UNUSED_ABOVE * unused))

    def to_parts(self) -> tuple[dict[str, object], dict[str, bytes]]:
        """Return what is needed to predict again: plain JSON values, and boosters by file name."""
        stored: dict[str, object] = {
            "scores": self.shape_.scores.tolist(),
            "residuals": self.shape_.residuals.tolist(),
            "churned_zero_share": self.churned_.zero_share,
            "churned_p": self.churned_.p.tolist(),
            "churned_ratios": self.churned_.ratios.tolist(),
            "smallest_scale": self.smallest_scale_,
            "drift_share": self.drift_share_,
        }
        return stored, {BOOSTER: bytes(self.quantiles_.save_raw("ubj"))}

    @classmethod
    def from_parts(cls, stored: Stored, boosters: Mapping[str, bytes]) -> Self:
        """Return stored intervals."""
        intervals = cls()
        intervals.shape_ = Shape(np.array(stored["scores"], float), np.array(stored["residuals"], float))
        churned = (np.array(stored[f"churned_{name}"], float) for name in ("p", "ratios"))
        intervals.churned_ = Churned(float(stored["churned_zero_share"]), *churned)
        intervals.smallest_scale_ = float(stored["smallest_scale"])
        intervals.drift_share_ = float(stored["drift_share"])
        intervals.quantiles_ = xgb.Booster()
        intervals.quantiles_.load_model(bytearray(boosters[BOOSTER]))
        return intervals

    def _scale(self, predicted: Predictions) -> F:
        return np.maximum(predicted.clv_if_active, self.smallest_scale_)


def _design(X: pd.DataFrame, predicted: Predictions) -> pd.DataFrame:
    money = np.log(np.maximum(predicted.clv_if_active, 0.01))
    horizon = X["horizon_days"].to_numpy(float) if "horizon_days" in X else np.full(len(X), np.nan)
    p_churn = np.clip(predicted.p_churn, _EDGE, 1 - _EDGE)
    columns = {"log_value_if_active": money, "churn_logit": logit(p_churn), "log_horizon": np.log(horizon)}
    if "n_order_days" in X:
        history = order_columns(X)
        columns |= {name: history[name] for name in _ORDER_COLUMNS}
        columns["orders_worth"] = money - history["spend_mean"]
    return pd.DataFrame(columns).astype(np.float32)


def _boosted(design: pd.DataFrame, ratio: F, seed: int) -> xgb.Booster:
    settings = {
        "objective": "reg:quantileerror",
        "quantile_alpha": _QUANTILES,
        "max_depth": 2,
        "eta": 0.2,
        "min_child_weight": 50,
        "subsample": 0.7,
        "max_bin": 64,
        "reg_lambda": 5.0,
        "tree_method": "hist",
        "seed": seed,
    }
    return xgb.train(settings, xgb.QuantileDMatrix(design, label=ratio, max_bin=64), TREES)


def _asked(quantiles: xgb.Booster, design: pd.DataFrame) -> tuple[F, F, F]:
    """Return median, distance to the 10 % and distance to the 90 % quantile, of each row."""
    low, median, high = np.sort(quantiles.predict(xgb.DMatrix(design)).astype(float), axis=1).T
    return median, np.maximum(median - low, _NARROWEST), np.maximum(high - median, _NARROWEST)


def _residuals(design: pd.DataFrame, ratio: F, fold: Rows, seed: int) -> F:
    """Return standardised residuals of customers by quantiles that had not seen them."""
    residuals = np.empty(len(ratio))
    for held in (0, 1):
        seen = fold != held if (fold != held).any() else fold == held
        median, down, up = _asked(_boosted(design[seen], ratio[seen], seed), design[fold == held])
        distance = ratio[fold == held] - median
        residuals[fold == held] = distance / np.where(distance > 0, up, down)
    return residuals


def _shape(residuals: F) -> Shape:
    n = len(residuals)
    farthest = min(3.0, float(-ndtri(1 / (n + 2))))
    scores = np.linspace(-farthest, farthest, 61)
    levels = np.quantile(residuals, ndtr(scores))
    return Shape(scores, np.maximum.accumulate(levels) + 1e-6 * np.arange(len(scores)))
