"""The model of customer value: P(active) and expected value, from many past windows at several horizons.

Boosted trees win the ranking, linear models extrapolate, and buy-till-you-die models hold the level when
customers grow older than any in training. So trees of money start from what Pareto/NBD with Gamma-Gamma
expects of the active (`base_margin`), or from a log-linear regression where nothing can be expected, and the
three kinds are blended: logits for P(active), money for value. Each member grows with the horizon by
constraint, so the blend does.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from goodwill.errors import UsageError
from goodwill.features.columns import Table, numbers
from goodwill.modeling.accruals import Accruals, Accrued
from goodwill.modeling.blend import Blend, Predicted, Rows
from goodwill.modeling.boosting import Booster
from goodwill.modeling.expectations import total_error
from goodwill.modeling.histories import HISTORY_COLUMNS
from goodwill.modeling.joint_boosting import Boosters
from goodwill.modeling.lessons import Grow
from goodwill.modeling.level import Level, level_of
from goodwill.modeling.linear import BoundedLinear
from goodwill.modeling.member_columns import MemberColumns
from goodwill.modeling.member_fits import MemberFits
from goodwill.modeling.season_clock import SeasonClock
from goodwill.modeling.steady_fits import SteadyFits
from goodwill.modeling.timing import on_clock

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
_SURE = 1e-5


class CustomerValueModel(BaseEstimator):
    """P(active) and expected value of customers, learned from many past windows.

    Parameters
    ----------
    parameters : XGBoost parameters over the defaults, shared by all boosters.
    seed : same data and seed, same predictions.
    clock : how fast time passes in each season, as `SeasonClock.fit` learns it.

    Attributes
    ----------
    columns_ : what is fitted of the columns that members read, the buy-till-you-die start among it.
    sign_ : 1 where a longer horizon makes activity likelier, -1 where it does not.
    boosters_ : the fitted trees, `by_name`. linear_ : the logistic regression. blend_ : their weights.
    spend_linear_ : the log-linear regression that trees of money start from, None beside expectations.
    grown_rows_ : how many rows the trees learned from, where they learned from others than the rest did.
    active_share_ : share of the training rows that were active.
    level_ : the factor that makes values add up. level_share_ : how far its logarithm may lie off by chance.
    accruals_ : what accrues beside new orders.

    Examples
    --------
    >>> X = pd.DataFrame({"customer_id": range(200), "as_of": pd.Timestamp("2024-01-01")})
    >>> X = X.assign(horizon_days=[30, 90] * 100, n_contracts=[1, 1, 2, 2] * 50)
    >>> y = pd.DataFrame({"churned": [True, False] * 100, "value": [0.0, 8.0] * 100})
    >>> model = CustomerValueModel(parameters={"trees": 3}).fit(X, y, X)
    >>> said = model.predict(X.head(2))
    >>> bool(said.p_churn[0] > said.p_churn[1]), bool(said.clv[0] < said.clv[1])
    (True, True)
    """

    def __init__(
        self,
        *,
        parameters: Mapping[str, float] | None = None,
        seed: int = 0,
        clock: SeasonClock | None = None,
    ) -> None:
        self.parameters, self.seed, self.clock = parameters, seed, clock

    def fit(self, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame, grow: Grow | None = None) -> Self:
        """Fit on past windows.

        Parameters
        ----------
        X, y : features and labels of past windows, scored customers only; rows count by `weight` of y.
        now : features at the day up to which the past is known.
        grow : what fits the trees, to other rows than these; to these when None.

        Raises
        ------
        FitError
            If nobody churned, or everybody did.
        UsageError
            If a label is missing, or X and y differ in length.
        """
        return self.fit_beside(self.steady_fits(X, y, now), grow)

    def steady_fits(self, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame) -> SteadyFits:
        """Return what `fit` fits before trees; models of other parameters can be fitted beside the same.

        Parameters and errors as in `fit`.
        """
        return SteadyFits.of(X, y, now, clock=self.clock, seed=self.seed)

    def fit_beside(self, steady: SteadyFits, grow: Grow | None = None) -> Self:
        """Fit trees beside what `steady_fits` returned, and blend all members."""
        self.columns_, self.sign_, self.active_share_ = steady.columns, steady.sign, steady.active_share
        self.linear_, self.spend_linear_ = steady.linear, steady.spend_linear
        self.accruals_ = steady.accruals
        members = MemberFits(steady, self.parameters or {})
        grown = None if grow is None else grow(members.teaching(self))
        self.grown_rows_ = None if grown is None else grown.n_rows
        trees = members.boosters(self.starts(steady.rows)) if grown is None else grown.by_name
        self.boosters_ = Boosters(trees)
        self.blend_ = members.stacked()
        self.level_, self.level_share_ = self._level(steady)
        return self

    def _level(self, steady: SteadyFits) -> Level:
        """Return by how much predictions, trees above all, miss the total that the active brought."""
        y, weight, rows, accrued = steady.ordered, steady.weight, steady.rows, steady.accrued
        p_active, said = self._said(rows, accrued)
        told = {"value": np.where(y["churned"], 0.0, y["value"]), "said": said}
        if rows.expected_value is not None and self.blend_.trusts_expected:
            told["expected"] = rows.expected_value - (1 - p_active) * np.minimum(accrued.to_churned, 0.0)
        money = pd.DataFrame(told).mul(1.0 if weight is None else weight, axis=0)
        return level_of(money.assign(customer_id=steady.X["customer_id"], is_new=steady.is_new))

    def level_error(self, now: pd.DataFrame) -> float:
        """Return how far the logarithm of the level may lie off, as one standard deviation.

        NaN where the level is not that of a buy-till-you-die model, corrected where customers contradict it.
        Only a model that was fitted here can tell, a loaded one cannot.

        Parameters
        ----------
        now : as in `fit`.
        """
        if self.columns_.expectations is None or not self.blend_.trusts_expected:
            return float("nan")
        return float(np.hypot(self.level_share_, total_error(on_clock(now, self.clock), self.seed)))

    def predict(self, X: Table) -> Predicted:
        """Return what is expected of each row of `X` (n, ...) in its `horizon_days`.

        Raises
        ------
        UsageError
            If `X` has no horizon, or no order history while the model learned from one. Other columns that
            it lacks count as missing.
        """
        return self.predict_over(X, [1.0])[0]

    def predict_over(self, X: Table, shares: Sequence[float]) -> list[Predicted]:
        """Return what is expected of each row of `X` in each share of its horizon, as `predict` does."""
        check_is_fitted(self, "boosters_")
        self._check_columns(X)
        parts = zip(*(self.accrued(X, share) for share in shares), strict=True)
        accrued = Accrued(*(np.concatenate(part) for part in parts))
        return self._predicted(self.columns_.rows_over(X, shares), accrued).split(len(shares))

    def _predicted(self, rows: Rows, accrued: Accrued) -> Predicted:
        p_active, value = self._said(rows, accrued)
        clv = self.level_ * value + (1 - p_active) * accrued.to_churned + accrued.to_all
        return Predicted(1 - p_active, clv, accrued.if_churned)

    def _said(self, rows: Rows, accrued: Accrued) -> tuple[F, F]:
        """Return P(active) and the value of new orders, before its level."""
        said = self.boosters_.margins(rows.full, self.starts(rows))
        trees = (said["active_plain"] + said["active_full"]) / 2
        logit = self.blend_.active_logit(trees, self.linear_.margin(rows.full), rows.start("active_logit"))
        p_active = np.clip(expit(logit), _SURE, 1 - _SURE)
        spend, money = np.exp(said["spend"]), np.exp(said["value"])
        lost = (1 - p_active) * np.minimum(accrued.to_churned, 0.0)
        return p_active, self.blend_.value(p_active * spend, money, rows.expected_value, lost)

    def to_parts(self) -> tuple[Stored, dict[str, bytes]]:
        """Return what `predict` needs: plain JSON values, and the trees in XGBoost's format."""
        boosters = self.boosters_.by_name
        described: Stored = {
            "sign": self.sign_,
            **self.columns_.to_dict(),
            "linear": self.linear_.to_dict(),
            "spend_linear": None if self.spend_linear_ is None else self.spend_linear_.to_dict(),
            "active_share": self.active_share_,
            "level": self.level_,
            "blend": vars(self.blend_),
            **self.accruals_.to_dict(),
            "boosters": {name: booster.to_dict() for name, booster in boosters.items()},
            "grown_rows": self.grown_rows_,
        }
        return described, {name: booster.to_bytes() for name, booster in boosters.items()}

    @classmethod
    def from_parts(cls, described: Stored, trees: Mapping[str, bytes]) -> Self:
        """Return the stored model."""
        columns, spend = MemberColumns.from_dict(described), described["spend_linear"]
        model = cls(clock=columns.clock)
        model.columns_, model.sign_ = columns, int(described["sign"])
        model.linear_ = BoundedLinear.from_dict(described["linear"])
        model.spend_linear_ = None if spend is None else BoundedLinear.from_dict(spend)
        model.active_share_, model.level_ = float(described["active_share"]), float(described["level"])
        model.accruals_ = Accruals.from_dict(described)
        model.blend_, model.grown_rows_ = Blend(**described["blend"]), described.get("grown_rows")
        stored = {name: Booster.from_parts(one, trees[name]) for name, one in described["boosters"].items()}
        model.boosters_ = Boosters(stored)
        return model

    def starts(self, rows: Rows) -> dict[str, F | None]:
        """Return the log of money that the trees of `spend` and `value` start from (n,); None from nothing.

        Both start from money if active, which may lie beyond any in training. What the chance of being active
        takes off lies between 0 and 1, and trees learn that alone.
        """
        if self.spend_linear_ is None:
            if_active = rows.start("log_value_if_active")
        else:
            if_active = self.spend_linear_.margin(rows.plain)
        share = np.log(self.active_share_)
        return {"spend": if_active, "value": None if if_active is None else if_active + share}

    def _check_columns(self, X: Table) -> None:
        history = HISTORY_COLUMNS if "log_idle" in self.linear_.columns else ()
        absent = [name for name in ("horizon_days", *history) if name not in X]
        if absent:
            raise UsageError(
                f"X lacks {', '.join(absent)}, which this model learned from. "
                "Score frames that `snapshot` or `score_frame` made from the same tables."
            )

    def accrued(self, X: Table, share: float = 1.0) -> Accrued:
        """Return what accrues to each row of `X` in a share of its horizon, beside new orders."""
        return self.accruals_.of(X, numbers(X, "horizon_days") * share)

    def rows(self, X: Table) -> Rows:
        """Return what the members read of each row of `X`."""
        return self.columns_.rows(X)
