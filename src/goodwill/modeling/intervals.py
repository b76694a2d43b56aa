"""Prediction intervals of the value each customer realises in the horizon, learned from earlier windows.

The spread around the expected value is learned on predictions for customers that the model had not seen
(`out_of_sample`), so that it holds the model's own error. Median and spreads of the ratio value / expected
come from boosted quantiles; the shape beyond them is read off standardised residuals of customers that
the quantiles in turn had not seen: conformalised quantile regression (Romano, Patterson and Candès 2019)
with a whole distribution in place of two bounds.
"""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import UsageError
from goodwill.features.columns import Table
from goodwill.modeling import silence
from goodwill.modeling.boosting import as_bytes, loaded
from goodwill.modeling.churned_by_costs import ChurnedByCosts
from goodwill.modeling.out_of_sample import OutOfSample, Predictions, dealt, out_of_sample
from goodwill.modeling.payment_bounds import PaymentBounds
from goodwill.modeling.ratio_quantiles import asked, asked_apart, boosted, design_of, residuals_of
from goodwill.modeling.silence import Silence
from goodwill.modeling.totals import Spread, drift_share, level_share, total_intervals, value_variance
from goodwill.modeling.value_distribution import ValueDistribution
from goodwill.modeling.value_ratio import Churned, Ratio, Shape, farthest, squeeze

__all__ = ["OutOfSample", "Predictions", "ValueIntervals", "out_of_sample"]

F = NDArray[np.float64]
Stored = Mapping[str, Any]  # JSON as it comes
LEVELS = (0.5, 0.99)
BOOSTER = "quantiles"
_SHARES = ("drift_share", "level_share", "variance_share")
_NUMBERS = ("lowest_ratio", "smallest_scale", "typical_scale", *_SHARES)
_EDGE = 1e-5
_MOST_GIVEN_UP = 0.9
_COSTLIEST = 0.05


class ValueIntervals:
    """The distribution of each customer's realised value around what a point model expects.

    Attributes
    ----------
    quantiles_ : boosted quantiles of the squeezed ratio value / clv_if_active of active customers.
    shape_, churned_ : what is common to all customers.
    is_levelled_ : whether the mean of each ratio is divided by; not where values are told better without.
    costing_ : what churned customers bring where they cost something; None where they do not.
    lowest_ratio_, highest_ratio_ : squeezed; of a thousand active customers, the lowest at most 0.
    smallest_scale_ : money; an expected value below counts as this much.
    typical_scale_ : money; the median of `clv_if_active` of active customers.
    drift_share_, level_share_ : what moves all customers together, as standard deviations of logarithms:
        `drift_share` of the windows and what one missed, and the error of the level. A customer's own
        distribution holds both, being learned over all windows; a total must add them.
    variance_share_ : squared errors of the customers held out, over what the distributions say of them.
    silence_ : who brings nothing; None where that is who churns.
    payments_ : of contracts whose payments are told one by one; None where they are not.
    """

    def fit(
        self,
        X: pd.DataFrame,
        y: pd.DataFrame,
        predicted: OutOfSample,
        seed: int = 0,
        *,
        level_error: float = float("nan"),
        missed: float = 0.0,
    ) -> Self:
        """Learn from past windows.

        Parameters
        ----------
        X, y : features and labels of the training windows.
        predicted : what `out_of_sample` says of some of their rows; the others are not read.
        level_error : how far the logarithm of the level may lie off, where the model knows; read off the
            customers learned from when NaN.
        missed : `missed_share` of a later window.
        """
        X, y = X.iloc[predicted.rows], y.iloc[predicted.rows]
        is_active, value = ~y["churned"].to_numpy(bool), y["value"].to_numpy(float)
        self.silence_ = Silence.fit(X, predicted, value, ~is_active, seed)
        is_active = is_active if self.silence_ is None else value > 0
        seen = self._seen(X, predicted)
        self.smallest_scale_ = _smallest_scale(value[is_active])
        scale = self._scale(seen)
        self.typical_scale_ = float(np.median(scale[is_active]))
        ratio = squeeze(value / scale)
        self.lowest_ratio_, self.highest_ratio_ = farthest(ratio[is_active])
        design, fold = design_of(X, seen)[is_active], dealt(X["customer_id"], 2, seed)[is_active]
        told = asked_apart(design, ratio[is_active], fold, seed)
        self.shape_ = Shape.fit(residuals_of(ratio[is_active], *told))
        self.churned_ = Churned.fit(ratio[~is_active])
        self.is_levelled_ = not self._ratio(*told).is_sharper_unlevelled(ratio[is_active])
        self.costing_ = ChurnedByCosts.fit(X[~is_active], value[~is_active])
        self.quantiles_ = boosted(design, ratio[is_active], seed)
        self.drift_share_ = float(np.hypot(drift_share(X, value, predicted.clv), missed))
        is_known = not np.isnan(level_error)
        self.level_share_ = level_error if is_known else level_share(X["customer_id"], value, predicted.clv)
        ahead, self.payments_ = predicted.payments, None
        if ahead is not None and ahead.is_known.any():
            self.payments_ = PaymentBounds.fit(ahead, X, value, predicted.clv)
        said = float(value_variance(self.distribution(X, predicted)).sum())
        self.variance_share_ = float(np.sum((value - predicted.clv) ** 2)) / said if said > 0 else 1.0
        return self

    @property
    def common_share(self) -> float:
        """What moves all customers together, as a standard deviation of its logarithm."""
        return float(np.hypot(self.drift_share_, self.level_share_))

    def distribution(self, X: Table, predicted: Predictions) -> ValueDistribution:
        """Return the distribution of the value of each row of `X`, around what is `predicted` for it.

        The level is the point model's: the mean if active is `clv_if_active`, where `is_levelled_`.
        """
        seen = self._seen(X, predicted)
        ratio = self._ratio(*asked(self.quantiles_, design_of(X, seen)))
        p_churn, scale = np.clip(seen.p_churn, _EDGE, 1 - _EDGE), self._scale(seen)
        scale = scale / ratio.level if self.is_levelled_ else scale
        costing = self.costing_
        churned = self.churned_ if costing is None else costing.of(X, scale)
        return ValueDistribution(p_churn, scale, ratio, churned)

    def bounds(self, X: Table, predicted: Predictions, level: float) -> tuple[F, F]:
        """Return the interval (low, high) of each row that holds its realised value with probability `level`.

        `low` leaves a tail of (1 - level) / 2 below it. Where it is 0, with a mass on it, less lies below,
        and an interval up to the upper quantile covers more than `level`; part of what is left unused then
        lies above `high`. To give up all of it is dear: the interval score counts a miss 2 / (1 - level)
        times, and the likelier a customer is to churn and the more there is to lose, the longer is the tail
        that is cut. So the part falls with both (`_given_up`), which keeps every group near `level` at little
        cost in score. Customers who are nearly certain to churn are given [0, 0].

        Raises
        ------
        UsageError
            If `level` is below 0.5 or above 0.99.
        """
        return self.bounds_and_spread(X, predicted, level)[:2]

    def bounds_and_spread(self, X: Table, predicted: Predictions, level: float) -> tuple[F, F, Spread]:
        """Return `bounds` and how each row's realised value is spread, which totals add up."""
        ensure_covered(level)
        values, tail = self.distribution(X, predicted), (1 - level) / 2
        low = values.quantile(tail)
        unused = np.maximum(tail - values.below(low), 0.0)
        given_up = _given_up(values.p_churn, values.scale / self.typical_scale_)
        high = np.maximum(low, values.quantile(1 - tail - given_up * unused))
        if self.payments_ is not None and predicted.payments is not None:
            known = predicted.payments.is_known
            least, most = self.payments_.of(predicted.payments, X, level)
            # One amount may be nearly sure, and what is expected another: the interval holds both.
            low = np.minimum(np.where(known, least, low), predicted.clv)
            high = np.maximum(np.where(known, most, high), predicted.clv)
        return low, high, self._spread(X, values, predicted)

    def _spread(self, X: Table, values: ValueDistribution, predicted: Predictions) -> Spread:
        variance, p_nothing, costs = self.variance_share_ * value_variance(values), values.p_nothing, None
        if self.costing_ is not None:
            p_nothing = values.cdf(np.zeros(len(values)))
            costs = np.maximum(-values.quantile(_COSTLIEST), 0.0)
        if self.payments_ is None or predicted.payments is None:
            return Spread(variance, p_nothing, costs)
        ahead, known = predicted.payments, predicted.payments.is_known
        variance = np.where(known, self.payments_.variance(ahead, X), variance)
        return Spread(variance, np.where(known, ahead.p_nothing, p_nothing))

    def totals(self, clv: F, spread: Spread, groups: pd.Series, level: float = 0.9) -> pd.DataFrame:
        """Return the expected total of each group of rows, with its interval, as `total_intervals` does."""
        return total_intervals(
            clv,
            spread.variance,
            groups,
            common_share=self.common_share,
            level=level,
            log_nothing=spread.log_nothing,
            loss=spread.loss,
        )

    def to_parts(self) -> tuple[dict[str, object], dict[str, bytes]]:
        """Return what is needed to predict again: plain JSON values, and boosters by name."""
        stored: dict[str, object] = {
            "scores": self.shape_.scores.tolist(),
            "residuals": self.shape_.residuals.tolist(),
            "churned_zero_share": self.churned_.zero_share,
            "churned_p": self.churned_.p.tolist(),
            "churned_ratios": self.churned_.ratios.tolist(),
            "is_levelled": self.is_levelled_,
            **{name: getattr(self, f"{name}_") for name in _NUMBERS},
            "highest_ratio": self.highest_ratio_,
            "costing": None if self.costing_ is None else self.costing_.to_dict(),
            "payments": None if self.payments_ is None else self.payments_.to_dict(),
        }
        boosters = {BOOSTER: as_bytes(self.quantiles_)}
        if self.silence_ is not None:
            stored["silence"], boosters[silence.BOOSTER] = self.silence_.to_parts()
        return stored, boosters

    @classmethod
    def from_parts(cls, stored: Stored, boosters: Mapping[str, bytes]) -> Self:
        """Return stored intervals."""
        intervals = cls()
        intervals.shape_ = Shape(np.array(stored["scores"], float), np.array(stored["residuals"], float))
        churned = (np.array(stored[f"churned_{name}"], float) for name in ("p", "ratios"))
        intervals.churned_ = Churned(float(stored["churned_zero_share"]), *churned)
        intervals.is_levelled_ = bool(stored.get("is_levelled", True))
        intervals.highest_ratio_ = float(stored.get("highest_ratio", np.inf))
        for name in _NUMBERS:
            setattr(intervals, f"{name}_", float(stored[name]))
        payments, costing = stored.get("payments"), stored.get("costing", stored.get("contacted"))
        intervals.payments_ = None if payments is None else PaymentBounds.from_dict(payments)
        intervals.costing_ = None if costing is None else ChurnedByCosts.from_dict(costing)
        trees = boosters.get(silence.BOOSTER)
        intervals.silence_ = None if trees is None else Silence.from_parts(stored["silence"], trees)
        intervals.quantiles_ = loaded(boosters[BOOSTER])
        return intervals

    def _seen(self, X: Table, predicted: Predictions) -> Predictions:
        """Return what is predicted with the mass at zero in the place of churn, where they differ."""
        return predicted if self.silence_ is None else self.silence_.seen_in(X, predicted)

    def _ratio(self, median: F, down: F, up: F) -> Ratio:
        return Ratio(median, down, up, self.shape_, self.lowest_ratio_, self.highest_ratio_)

    def _scale(self, predicted: Predictions) -> F:
        return np.maximum(predicted.clv_if_active, self.smallest_scale_)


def ensure_covered(level: float) -> None:
    """Raise UsageError where `level` lies outside `LEVELS`, whose quantiles are learned."""
    if not LEVELS[0] <= level <= LEVELS[1]:
        raise UsageError(f"level: {level} is outside {LEVELS[0]} to {LEVELS[1]}. Choose for example 0.8.")


def _given_up(p_churn: F, scale: F) -> F:
    """Return which part of an unused lower tail lies above the interval; `scale` in typical ones (n,).

    The density at the upper quantile falls with both, and with it what a little coverage costs; roots of it
    and the factor were chosen on windows of cdnow, for the score and for the coverage of tenths together.
    """
    return np.minimum(_MOST_GIVEN_UP * np.sqrt((1 - p_churn) / np.sqrt(scale)), 1.0)


def _smallest_scale(value: F) -> float:
    """Return a thousandth of the mean value of active customers, so that no ratio divides by nothing."""
    return max(float(np.abs(value).mean()) / 1000, 1e-9) if len(value) else 1e-9
