"""The plain model of orders: buy-till-you-die when, Gamma-Gamma how much, both of histories alone."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import FitError
from goodwill.features.columns import Table, numbers
from goodwill.modeling.btyd import BGNBD, GammaGamma, ParetoNBD
from goodwill.modeling.histories import DAYS_PER_WEEK, histories_of, margin_rate, repeat_histories
from goodwill.modeling.shrinking import fitted_or_shrunk

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
BTYD_KINDS: dict[str, type[BGNBD | ParetoNBD]] = {"bgnbd_gg": BGNBD, "pareto_nbd_gg": ParetoNBD}


class BuyTillYouDie:
    """A purchase model (when) times Gamma-Gamma (how much), fitted on the histories known at one day.

    Parameters
    ----------
    name : "bgnbd_gg" (Fader, Hardie & Lee 2005) or "pareto_nbd_gg" (Schmittlein, Morrison & Colombo 1987).

    Examples
    --------
    >>> BuyTillYouDie("bgnbd_gg").targets
    ('p_churn', 'clv')
    >>> contracts = pd.DataFrame({"horizon_days": [30], "n_contracts": [1]})
    >>> BuyTillYouDie("bgnbd_gg").fit(contracts, contracts, contracts)
    Traceback (most recent call last):
        ...
    goodwill.errors.FitError: No order among 1 rows...
    """

    targets = ("p_churn", "clv")

    def __init__(self, name: str) -> None:
        self.name = name

    def fit(self, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame) -> Self:  # noqa: ARG002 - the baselines share one signature
        """Fit on the histories of `now`.

        Raises
        ------
        FitError
            If the data do not identify the model; the message says why.
        """
        check_orders(now)
        histories = repeat_histories(now)
        self._purchases = fitted_or_shrunk(BTYD_KINDS[self.name], histories)
        self._spend, self._mean_spend = _spend_model(histories, now)
        self._margin_rate = margin_rate(now)
        return self

    def predict(self, X: Table) -> dict[str, F]:
        """Return `p_churn` and `clv`, each (n,)."""
        histories, weeks = histories_of(X), numbers(X, "horizon_days") / DAYS_PER_WEEK
        n_orders, margin = self.parts(X)
        return {
            "p_churn": self._purchases.p_no_purchase(histories, t=weeks),
            "clv": np.maximum(n_orders * margin, 0.0),
        }

    def parts(self, X: Table) -> tuple[F, F]:
        """Return the two factors of `clv`: expected orders, and the margin of one, each (n,)."""
        histories, weeks = histories_of(X), numbers(X, "horizon_days") / DAYS_PER_WEEK
        n_orders = self._purchases.expected_purchases(histories, t=weeks)
        known = np.full(len(X), self._mean_spend)
        spend = known if self._spend is None else self._spend.conditional_mean(histories)
        return n_orders, spend * self._margin_rate

    def to_dict(self) -> Stored:
        """Return what is needed to predict again."""
        return {
            "purchases": self._purchases.to_dict(),
            "spend": None if self._spend is None else self._spend.to_dict(),
            "mean_spend": self._mean_spend,
            "margin_rate": self._margin_rate,
        }

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored model."""
        purchases, spend = stored["purchases"], stored["spend"]
        model = cls(next(name for name, kind in BTYD_KINDS.items() if kind.__name__ == purchases["model"]))
        model._purchases = BTYD_KINDS[model.name].from_dict(purchases)
        model._spend = None if spend is None else GammaGamma.from_dict(spend)
        model._mean_spend, model._margin_rate = float(stored["mean_spend"]), float(stored["margin_rate"])
        return model


def check_orders(X: pd.DataFrame) -> None:
    """Refuse features of customers of whom none ever ordered."""
    if "days_since_last_order" not in X or X["days_since_last_order"].isna().all():
        raise FitError(
            f"No order among {len(X)} rows, so there is no order history to learn from. "
            "Map transactions, or judge contracts by the past window."
        )


def _spend_model(histories: pd.DataFrame, now: pd.DataFrame) -> tuple[GammaGamma | None, float]:
    """Return Gamma-Gamma, or nothing but the mean spend where spend does not vary enough to fit it."""
    mean_spend = float(now["spend_mean"].mean())
    try:
        return fitted_or_shrunk(GammaGamma, histories), mean_spend
    except FitError:
        return None, mean_spend
