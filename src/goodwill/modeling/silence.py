"""Who brings nothing, where that is not what churn means.

Without contracts a customer churns by buying nothing. Whoever holds a contract stays while it runs, and may
pay nothing for a year: there the mass of values at zero is learned for itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray
from scipy.special import logit

from goodwill.features.columns import Table, numbers
from goodwill.modeling.boosting import as_bytes, loaded
from goodwill.modeling.out_of_sample import OutOfSample, Predictions
from goodwill.modeling.small_trees import small_trees

F = NDArray[np.float64]
Stored = Mapping[str, Any]  # JSON as it comes
BOOSTER = "silence"
_N_TREES = 60
_TREES = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.15, "min_child_weight": 20}
_COMMON, _EDGE, _SMALLEST = 0.05, 1e-3, 1e-6
_READ = (
    *("n_order_days", "days_since_last_order", "n_orders_180d", "gap_last_days", "horizon_days"),
    *("n_contracts_running", "days_to_next_payment", "contract_period_days", "contract_price_total"),
    *("contract_largest_payment", "days_to_largest_payment"),
)


@dataclass(frozen=True)
class Silence:
    """The chance of each customer to bring nothing, or less.

    Parameters
    ----------
    trees : of its logit.
    brings : money; the mean value of those who bring nothing or less, where nothing tells them apart.
    typical : money; the median expected value.
    of_churned : what they bring over what was expected of them if churned, where goods come back.

    Examples
    --------
    >>> n = np.arange(400)
    >>> X = pd.DataFrame({"horizon_days": 30, "days_to_next_payment": np.where(n % 2, 20.0, 200.0)})
    >>> held = OutOfSample(n, np.full(400, 0.1), np.full(400, 5.0), np.zeros(400))
    >>> silence = Silence.fit(X, held, np.where(n % 2, 10.0, 0.0), np.zeros(400, bool))
    >>> silence.seen_in(X, held).p_churn[:2].round().tolist()
    [1.0, 0.0]
    """

    trees: xgb.Booster
    brings: float
    typical: float
    of_churned: float = 0.0  # as stored where it was not told

    @classmethod
    def fit(
        cls, X: pd.DataFrame, predicted: OutOfSample, value: F, churned: NDArray[np.bool_], seed: int = 0
    ) -> Self | None:
        """Learn from rows held out; None where hardly anybody who stays brings nothing.

        Parameters
        ----------
        X : (n, ...) features. predicted : what was said of them. value, churned : (n,) what came.
        """
        is_silent = value <= 0
        if not np.mean(is_silent[~churned]) > _COMMON or is_silent.all():
            return None
        typical = float(np.median(np.abs(predicted.clv)))
        trees = small_trees(_design(X, predicted, typical), is_silent, _TREES, n=_N_TREES, seed=seed)
        brings, lost = float(value[is_silent].sum()), float(predicted.clv_if_churned[is_silent].sum())
        if brings < 0 and lost < 0:
            return cls(trees, 0.0, typical, brings / lost)
        return cls(trees, brings / int(is_silent.sum()), typical)

    def seen_in(self, X: Table, predicted: Predictions) -> OutOfSample:
        """Return what is predicted with the chance to bring nothing in the place of that to churn."""
        p = self.trees.inplace_predict(_design(X, predicted, self.typical)).astype(float)
        # Who brings something brings no less than nothing.
        most = np.minimum(self.brings + self.of_churned * predicted.clv_if_churned, predicted.clv)
        return OutOfSample(np.arange(len(X)), np.clip(p, _EDGE, 1 - _EDGE), predicted.clv, most)

    def to_parts(self) -> tuple[dict[str, float], bytes]:
        """Return plain JSON values, and the trees."""
        told = {"brings": self.brings, "typical": self.typical, "of_churned": self.of_churned}
        return told, as_bytes(self.trees)

    @classmethod
    def from_parts(cls, stored: Stored, trees: bytes) -> Self:
        """Return the stored chances."""
        of_churned = float(stored.get("of_churned", 0.0))
        return cls(loaded(trees), float(stored["brings"]), float(stored["typical"]), of_churned)


def _design(X: Table, predicted: Predictions, typical: float) -> NDArray[np.float32]:
    """Return what the chance may depend on (n, 14), missing where X does not say."""
    ahead = numbers(X, "days_to_next_payment") - numbers(X, "horizon_days")
    stays, worth = np.clip(predicted.p_churn, _EDGE, 1 - _EDGE), predicted.clv / max(typical, _SMALLEST)
    columns = [numbers(X, name) for name in _READ]
    return np.stack([logit(stays), np.arcsinh(worth), ahead, *columns], axis=1).astype(np.float32)
