"""The plain models every learned model must beat out of time, and that serve where it does not."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from goodwill.errors import FitError
from goodwill.features.columns import Table, numbers
from goodwill.modeling.buy_till_you_die import BTYD_KINDS, BuyTillYouDie, check_orders
from goodwill.modeling.retention import RetentionCurve

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes


class PastWindow:
    """Value stays what it was in the window of the same length before `as_of`.

    Examples
    --------
    >>> PastWindow().predict(pd.DataFrame({"value_past_window": [25.0, -5.0]}))
    {'clv': array([25.,  0.])}
    """

    name = "past_window"
    targets = ("clv",)

    def fit(self, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame) -> Self:  # noqa: ARG002 - nothing to learn; the baselines share one signature
        """Learn nothing."""
        return self

    def predict(self, X: Table) -> dict[str, F]:
        """Return `clv` (n,): the margin of the past window, never below zero."""
        return {"clv": np.maximum(numbers(X, "value_past_window"), 0.0)}

    def to_dict(self) -> Stored:
        """Return what is needed to predict again."""
        return {}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:  # noqa: ARG003 - nothing is stored
        """Return the stored model."""
        return cls()


class RecencyRule:
    """Churn grows with the days since the last order, and with nothing else.

    An isotonic regression of churn on `days_since_last_order` in units of the horizon, so that one rule
    serves several horizons. Who never ordered (contracts alone) churns as customers do on average.

    Examples
    --------
    >>> X = pd.DataFrame({"days_since_last_order": [10, 40] * 9, "horizon_days": 20})
    >>> rule = RecencyRule().fit(X, pd.DataFrame({"churned": [False, True] * 9}), X)
    >>> rule.predict(pd.DataFrame({"days_since_last_order": [0, 10, 25, 40], "horizon_days": 20}))["p_churn"]
    array([0.1, 0.1, 0.5, 0.9])
    """

    name = "recency_rule"
    targets = ("p_churn",)

    def fit(self, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame) -> Self:  # noqa: ARG002 - the baselines share one signature
        """Learn the rule from past windows, each weighing the same as its customers.

        Raises
        ------
        FitError
            If nobody ordered.
        """
        check_orders(X)
        idle, churned = _idle_horizons(X), y["churned"].to_numpy(float)
        has_ordered = np.isfinite(idle)
        rule = IsotonicRegression(y_min=0.0, y_max=1.0, increasing=True, out_of_bounds="clip")
        known, did = idle[has_ordered], churned[has_ordered]
        # One more customer at either end who does the opposite, so that the rule is never certain: the value
        # of an active customer is a quotient by 1 - p_churn.
        rule.fit(np.append(known, [known.min(), known.max()]), np.append(did, [1.0, 0.0]))
        self._idle, self._p = np.asarray(rule.X_thresholds_), np.asarray(rule.y_thresholds_)
        self._mean = float(churned.mean())
        return self

    def predict(self, X: Table) -> dict[str, F]:
        """Return `p_churn` (n,)."""
        idle = _idle_horizons(X)
        return {"p_churn": np.where(np.isfinite(idle), np.interp(idle, self._idle, self._p), self._mean)}

    def to_dict(self) -> Stored:
        """Return what is needed to predict again."""
        return {"idle": self._idle.tolist(), "p": self._p.tolist(), "mean": self._mean}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored model."""
        rule = cls()
        rule._idle, rule._p = np.asarray(stored["idle"], float), np.asarray(stored["p"], float)
        rule._mean = float(stored["mean"])
        return rule


Baseline = PastWindow | RecencyRule | BuyTillYouDie | RetentionCurve
_PLAIN: dict[str, type[PastWindow | RecencyRule | RetentionCurve]] = {
    kind.name: kind for kind in (PastWindow, RecencyRule, RetentionCurve)
}
BASELINES = (*_PLAIN, *BTYD_KINDS)


def fitted_baselines(
    X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame
) -> tuple[dict[str, Baseline], dict[str, str]]:
    """Fit every baseline that these data allow.

    Parameters
    ----------
    X, y : features and labels of past outcome windows.
    now : features at the day the baselines will predict from; buy-till-you-die models read histories there.

    Returns
    -------
    The fitted baselines by name, and why the others could not be fitted.

    Examples
    --------
    >>> contracts = pd.DataFrame({"horizon_days": [30], "value_past_window": [9.0]})
    >>> fitted, failed = fitted_baselines(contracts, pd.DataFrame({"churned": [True]}), contracts)
    >>> sorted(fitted), sorted(failed)
    (['past_window'], ['bgnbd_gg', 'pareto_nbd_gg', 'recency_rule'])
    """
    fitted: dict[str, Baseline] = {}
    failed: dict[str, str] = {}
    for name in BASELINES:
        if name == RetentionCurve.name and "n_contracts_running" not in X:
            continue
        try:
            fitted[name] = baseline(name).fit(X, y, now)
        except FitError as error:
            failed[name] = str(error)
    return fitted, failed


def baseline(name: str) -> Baseline:
    """Return the unfitted baseline of that name.

    Examples
    --------
    >>> [baseline(name).name for name in BASELINES]
    ['past_window', 'recency_rule', 'shifted_beta_geometric', 'bgnbd_gg', 'pareto_nbd_gg']
    """
    return BuyTillYouDie(name) if name in BTYD_KINDS else _PLAIN[name]()


def stored_baseline(name: str, stored: Stored) -> Baseline:
    """Return the baseline that `to_dict` described.

    Examples
    --------
    >>> stored_baseline("past_window", PastWindow().to_dict()).name
    'past_window'
    """
    return _PLAIN.get(name, BuyTillYouDie).from_dict(stored)


def _idle_horizons(X: Table) -> F:
    return numbers(X, "days_since_last_order") / numbers(X, "horizon_days")
