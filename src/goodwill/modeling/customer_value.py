"""The model of customer value: P(active) and expected value, from many past windows at several horizons.

Boosted trees win the ranking; buy-till-you-die models hold the level when customers grow older than any in
training. So trees start from what Pareto/NBD with Gamma-Gamma expects (`base_margin`) where that can be
fitted, and several members are averaged: logits for P(active), money for value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from goodwill.errors import FitError
from goodwill.modeling.boosting import Booster, Objective, Plan
from goodwill.modeling.design import horizon_columns, order_columns
from goodwill.modeling.encoding import Encoding
from goodwill.modeling.expectations import Expectations, Expected

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
Start = Literal["active_logit", "log_value", "log_value_if_active"]
MAX_ROWS = 150_000
_CLIP = 1e-5
_CENT = 0.01
_WHALE = 0.999
_ORDER_COLUMN = re.compile(
    r"(n_orders|n_order_days|n_lines|spend|gap|order|late_order|overdue|lines_per|value_past_window|days_since_(first|last)_order)"
)


@dataclass(frozen=True)
class Member:
    """One boosted model of the ensemble.

    Parameters
    ----------
    answers : "active" (a logit), "value" (log money, zeros included) or "value_if_active" (log money).
    start : the expectation its trees start from; None starts from the mean.
    weight : its share in the average.
    """

    name: str
    answers: Literal["active", "value", "value_if_active"]
    objective: Objective
    start: Start | None
    weight: float


MEMBERS = (
    Member("active_plain", "active", "binary:logistic", None, 1.0),
    Member("active_expected", "active", "binary:logistic", "active_logit", 1.0),
    Member("spend_plain", "value_if_active", "reg:gamma", None, 1.0),
    Member("spend_expected", "value_if_active", "reg:gamma", "log_value_if_active", 2.0),
    Member("value_expected", "value", "reg:tweedie", "log_value", 1.0),
)


@dataclass(frozen=True)
class Predicted:
    """What the model says of each row (n,), in money where not a probability."""

    p_churn: F
    clv: F
    clv_if_churned: F

    @property
    def clv_if_active(self) -> F:
        """The value that makes `clv = (1 - p_churn) * clv_if_active + p_churn * clv_if_churned` hold."""
        return (self.clv - self.p_churn * self.clv_if_churned) / (1 - self.p_churn)


class CustomerValueModel:
    """P(active) and expected value of customers, learned from many past windows.

    Parameters
    ----------
    parameters : XGBoost parameters over the defaults, shared by all members.
    seed : same data and seed, same predictions.

    Attributes
    ----------
    expectations_ : the buy-till-you-die start, None where it could not be fitted.
    members_ : the fitted members by name.
    churned_value_ : what accrues on average without an occasion: late refunds, contact costs.
    """

    def __init__(self, *, parameters: Mapping[str, float] | None = None, seed: int = 0) -> None:
        self.parameters, self.seed = dict(parameters or {}), seed

    def fit(self, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame) -> Self:
        """Fit on past windows.

        Parameters
        ----------
        X, y : features and labels of past windows, scored customers only.
        now : features at the day up to which the past is known.

        Raises
        ------
        FitError
            If nobody churned, or everybody did, or nothing was spent.
        """
        _check_labels(y)
        self.expectations_ = Expectations.fit(now)
        self.encoding_ = Encoding.fit(X, skip=_read_by_design(X))
        rows = _drawn(len(X), self.seed)
        X, y = X.iloc[rows].reset_index(drop=True), y.iloc[rows].reset_index(drop=True)
        design, expected = self._design(X), self._expected(X)
        can_start = [member for member in MEMBERS if member.start is None or expected is not None]
        self.members_ = {member.name: self._fitted(member, design, y, expected) for member in can_start}
        self.churned_value_ = float(y["value"][y["churned"]].mean())
        return self

    def predict(self, X: pd.DataFrame) -> Predicted:
        """Return what is expected of each row of `X` (n, ...) in its `horizon_days`."""
        design, expected = self._design(X), self._expected(X)
        p_active = np.clip(expit(self._active_logit(design, expected)), _CLIP, 1 - _CLIP)
        value = self._value(p_active, design, expected)
        churned = np.full(len(X), self.churned_value_)
        return Predicted(1 - p_active, value + (1 - p_active) * churned, churned)

    def to_parts(self) -> tuple[Stored, dict[str, bytes]]:
        """Return what `predict` needs: plain JSON values, and each member's trees in XGBoost's format."""
        members = {
            name: {"columns": list(booster.columns), "constant": booster.constant}
            for name, booster in self.members_.items()
        }
        described: Stored = {
            "expectations": None if self.expectations_ is None else self.expectations_.to_dict(),
            "encoding": self.encoding_.to_dict(),
            "churned_value": self.churned_value_,
            "members": members,
        }
        return described, {name: booster.to_bytes() for name, booster in self.members_.items()}

    @classmethod
    def from_parts(cls, described: Stored, trees: Mapping[str, bytes]) -> Self:
        """Return the stored model."""
        model, expected = cls(), described["expectations"]
        model.expectations_ = None if expected is None else Expectations.from_dict(expected)
        model.encoding_ = Encoding.from_dict(described["encoding"])
        model.churned_value_ = float(described["churned_value"])
        model.members_ = {
            name: Booster.from_bytes(trees[name], tuple(member["columns"]), member["constant"])
            for name, member in described["members"].items()
        }
        return model

    def _fitted(
        self, member: Member, design: pd.DataFrame, y: pd.DataFrame, expected: Expected | None
    ) -> Booster:
        is_active = ~y["churned"].to_numpy(bool)
        value = np.where(is_active, np.maximum(y["value"].to_numpy(float), _CENT), 0.0)
        value = np.minimum(value, np.quantile(value[is_active], _WHALE))
        target = is_active.astype(float) if member.answers == "active" else value
        rows = is_active if member.answers == "value_if_active" else np.ones(len(y), dtype=bool)
        start = None if member.start is None else getattr(expected, member.start)[rows]
        plan = Plan(member.objective, self.parameters, _signs(design), self.seed)
        return plan.fit(design[rows], target[rows], start)

    def _active_logit(self, design: pd.DataFrame, expected: Expected | None) -> F:
        asked = [member for member in self._asked if member.answers == "active"]
        logits = [self._said(member, design, expected) for member in asked]
        return np.average(logits, axis=0, weights=[member.weight for member in asked])

    def _value(self, p_active: F, design: pd.DataFrame, expected: Expected | None) -> F:
        asked = [member for member in self._asked if member.answers != "active"]
        money = [np.exp(self._said(member, design, expected)) for member in asked]
        values = [
            amount * p_active if member.answers == "value_if_active" else amount
            for member, amount in zip(asked, money, strict=True)
        ]
        return np.average(values, axis=0, weights=[member.weight for member in asked])

    @property
    def _asked(self) -> list[Member]:
        return [member for member in MEMBERS if member.name in self.members_]

    def _said(self, member: Member, design: pd.DataFrame, expected: Expected | None) -> F:
        start = None if member.start is None else getattr(expected, member.start)
        return self.members_[member.name].margin(design, start)

    def _expected(self, X: pd.DataFrame) -> Expected | None:
        return None if self.expectations_ is None else self.expectations_.of(X)

    def _design(self, X: pd.DataFrame) -> pd.DataFrame:
        history = order_columns(X) if "n_order_days" in X else {}
        columns = pd.DataFrame({**history, **horizon_columns(X)}, index=X.index)
        return pd.concat([columns, self.encoding_.encode(X)], axis=1).astype(np.float32)


def _signs(design: pd.DataFrame) -> dict[str, int]:
    return {str(name): 1 for name in design if str(name).startswith("h_")}


def _read_by_design(X: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns that the design already holds, in a form that carries over to other ages."""
    return tuple(str(name) for name in X if _ORDER_COLUMN.match(str(name)))


def _drawn(n: int, seed: int) -> NDArray[np.intp]:
    if n <= MAX_ROWS:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, MAX_ROWS, replace=False))


def _check_labels(y: pd.DataFrame) -> None:
    churned = y["churned"].to_numpy(bool)
    if not 0 < churned.sum() < len(churned):
        found = "nobody" if not churned.any() else "everybody"
        raise FitError(
            f"churned: {found} of {len(churned)} customers in the training windows churned, so there is "
            "nothing to learn from. Choose another horizon_days, or check the labels."
        )
