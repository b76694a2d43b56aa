"""Churn and value of contract holders from the renewals that fall due after each snapshot.

Every renewal that falls due in a window is a row: what was known at the window's `as_of`, the number of the
period and how far ahead it lies (a landmark model: van Houwelingen 2007). Trees learn its hazard on top of a
retention curve by tenure and plan. A contract's chance to outlive the window is the product over its
renewals, and its expected payments follow from the same product, whatever the horizon.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from goodwill.features.columns import ensure_read
from goodwill.modeling.boosting import Plan
from goodwill.modeling.encoding import Encoding
from goodwill.modeling.payments_ahead import PaymentsAhead
from goodwill.modeling.retention.apart import apart, has_several_apart
from goodwill.modeling.retention.beside import NAME, Beside
from goodwill.modeling.retention.expected import valued
from goodwill.modeling.retention.hazard import DiscreteHazard
from goodwill.modeling.retention.judged import Judged
from goodwill.modeling.retention.landmarks import Landmarks, blocks, noticed, open_share, running_survival
from goodwill.modeling.retention.later_renewals import LaterRenewals
from goodwill.modeling.retention.notice import NoticeRule, notice_rule
from goodwill.modeling.retention.renewals import Renewals
from goodwill.modeling.retention.schedule import Schedule, as_one, read_of
from goodwill.modeling.retention.tenure_curves import Kind, TenureCurves
from goodwill.modeling.retention.tree_choice import TreeChoice
from goodwill.modeling.retention.unpaid import Unpaid
from goodwill.modeling.retention.worth import Worth

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
# A renewal is seen from several snapshots, so that leaves hold fewer contracts than rows.
DEFAULTS: Mapping[str, float] = {"trees": 150, "max_depth": 3, "min_child_weight": 40}
_SURE = 1e-5
_NOT_KNOWN_SO = ("value_past_window", "spend_past_window")


class ContractModel(BaseEstimator):
    """Churn and value of contract holders.

    Parameters
    ----------
    kind : the retention curve from which trees go on.
    parameters : XGBoost parameters and `trees`, the most there may be, over the defaults; 0 for none.
    seed : same data and seed, same predictions.

    Attributes
    ----------
    curves_, notice_, hazard_ : the fitted parts; `hazard_` is None where trees do not help.
    encoding_ : of the columns that trees read.
    worth_, worth_of_several_ : of the payments of one contract, and of several at once. unpaid_ : of
        contracts without a price. beside_ : what comes beside payments; None where it is spread evenly.

    Examples
    --------
    >>> n = 400
    >>> X = pd.DataFrame({"customer_id": np.arange(n), "n_periods": 1 + np.arange(n) % 9})
    >>> X = X.assign(n_contracts_running=1, contract_price_total=10.0, contract_period_days=30.0)
    >>> X = X.assign(days_to_next_payment=15.0, as_of=pd.Timestamp("2024-01-01"), horizon_days=60)
    >>> days = np.where(np.arange(n) % 5 == 0, 15.0, np.where(np.arange(n) // 5 % 5 == 0, 45.0, 60.0))
    >>> y = pd.DataFrame({"churned": days < 60, "contract_days": days})
    >>> y = y.assign(value=10.0 * (days > 15) + 10.0 * (days > 45))
    >>> said = ContractModel().fit(X, y).predict(X)
    >>> [float(part.mean().round(2)) for part in (said.p_renewal, said.p_churn, said.clv)]
    [0.8, 0.36, 14.4]
    """

    def __init__(
        self,
        *,
        kind: Kind = "beta_discrete_weibull",
        parameters: Mapping[str, float] | None = None,
        seed: int = 0,
    ) -> None:
        self.kind, self.parameters, self.seed = kind, parameters, seed

    def fit(self, X: pd.DataFrame, y: pd.DataFrame) -> Self:
        """Fit on past windows.

        Parameters
        ----------
        X, y : features and labels of snapshots with contracts; rows without a `contract_days` are left out.

        Raises
        ------
        FitError
            If no contract was judged, no renewal fell due, or none failed.
        UsageError
            If there is no such `kind`, or X and y differ in length.
        """
        X_rows, judged = X, Judged.of(X, y, self.seed)
        X, days, churned = judged.X, judged.days, judged.churned
        schedule, self.reads_ = Schedule.of(X), read_of(X_rows)
        kept = schedule.n_kept(days)
        has_failed = churned & (kept < schedule.n_due)
        self.encoding_ = Encoding.fit(X, skip=_NOT_KNOWN_SO)
        seen = Landmarks.ahead(X, self.encoding_.encode(X), np.minimum(kept + 1, schedule.n_due))
        ended = (has_failed[seen.row] & (seen.step == kept[seen.row])).astype(float)
        self.curves_ = TenureCurves.fit(self.kind, seen.plans, seen.number, ended)
        self.notice_ = notice_rule(schedule, days, churned, has_failed & (kept == 0))
        paid, paid_years = schedule.paid(kept)
        self.worth_, self.worth_of_several_ = worths = judged.worths(paid, paid_years)
        self.unpaid_ = judged.unpaid(kept)
        self.beside_ = self._beside(X_rows, *judged.beside(paid, paid_years, worths))
        # Who has given notice needs no trees.
        learns = ~(schedule.has_notice[seen.row] & (seen.step == 0))
        self.hazard_ = self._hazard(seen.only(learns), ended[learns])
        return self

    def predict(self, X: pd.DataFrame) -> Renewals:
        """Return what is expected of each row of `X` (n, ...) in its `horizon_days`.

        Of several contracts it is what each pays, and their sum; of the chance that all end, nothing is said.
        A column that tells of renewals or prices must be there where `fit` had it (UsageError).
        """
        check_is_fitted(self, "worth_")
        ensure_read(X, self.reads_)
        found, nothing = self._alone(X, self.worth_, self.unpaid_), Unpaid({})
        each = [(rows, self._alone(alone, self.worth_of_several_, nothing)) for rows, alone in apart(X)]
        found = found.beside(each) if each else found
        if self.beside_ is None:
            return found
        evenly = -self.worth_.servicing, -self.worth_of_several_.servicing
        return found.bringing(self.beside_.more(self.encoding_.encode(X), X, evenly=evenly))

    def _alone(self, X: pd.DataFrame, worth: Worth, unpaid: Unpaid) -> Renewals:
        """Return what is expected of single contracts, block by block."""
        schedule, known = Schedule.of(X), self.encoding_.encode(X)
        n_ahead = schedule.n_due + 1
        parts = [
            self._predicted(Landmarks.ahead(X.iloc[block], known.iloc[block], n_ahead[block]), worth, unpaid)
            for block in blocks(n_ahead)
        ]
        p_churn, p_renewal, clv, clv_if_churned, payments = np.hstack(
            [np.empty((5, 0)), *(told for told, _ in parts)]
        )
        ahead = PaymentsAhead.joined([due for _, due in parts])
        return Renewals(p_churn, p_renewal, clv, clv_if_churned, payments, ahead).where(schedule.has_contract)

    def beyond(self, X: pd.DataFrame, p_churn: F, *, years: float, annual_discount_rate: float) -> F:
        """Return the value (n,) expected from the end of the horizon on, up to `years` from `as_of`.

        The renewals go on as the curve of tenure and plan does, and a contract that is likelier to fail at
        the first one than its curve says stays so, in odds. Several contracts go on each for itself, or as
        one (`as_one`) where they cannot be told apart.

        Parameters
        ----------
        p_churn : (n,) probability to end within the horizon; of several contracts that of each counts.
        annual_discount_rate : money in t years counts (1 + rate)^(-t).
        """
        told = {"years": years, "annual_discount_rate": annual_discount_rate}
        later = self._later(as_one(X), p_churn)
        value, each = later.value(later.gain(self.worth_, self.unpaid_), **told), apart(X)
        value[has_several_apart(X)] = 0.0
        worth, nothing = self.worth_of_several_, Unpaid({})
        for rows, alone in each:
            later = self._later(alone, self._alone(alone, worth, nothing).p_churn)
            value[rows] += later.value(later.gain(worth, nothing), **told)
            # What comes and goes beside payments is the customer's, and counts once.
            worth = replace(worth, servicing=0.0)
        return value

    def _later(self, X: pd.DataFrame, p_churn: F) -> LaterRenewals:
        schedule = Schedule.of(X)
        ahead = Landmarks(X, self.encoding_.encode(X), schedule, np.arange(len(X)), schedule.n_due)
        hazard = self.hazards(ahead)
        shift = logit(np.clip(hazard, _SURE, 1 - _SURE)) - ahead.start(self.curves_, self.notice_)
        open_hazard = hazard * open_share(schedule, self.notice_)
        comes = (1 - p_churn) * (1 - hazard) / np.maximum(1 - open_hazard, _SURE)
        comes = noticed(ahead, self.notice_, np.zeros(len(X), bool), comes)
        return LaterRenewals(ahead, comes, shift, self.curves_)

    def survival(self, X: pd.DataFrame, days: list[int]) -> F:
        """Return the probability (n, n_days) that each contract still runs so many days after `as_of`."""
        return np.column_stack([1 - self.predict(X.assign(horizon_days=day)).p_churn for day in days])

    def to_parts(self) -> tuple[Stored, dict[str, bytes]]:
        """Return plain JSON values, and the trees in XGBoost's format."""
        hazard, trees = (None, {}) if self.hazard_ is None else self.hazard_.to_parts()
        beside, more = (None, {}) if self.beside_ is None else self.beside_.to_parts()
        return {
            "reads": list(self.reads_),
            "curves": self.curves_.to_dict(),
            "notice": self.notice_.to_dict(),
            "worth": self.worth_.to_dict(),
            "worth_of_several": self.worth_of_several_.to_dict(),
            "unpaid": self.unpaid_.to_dict(),
            "encoding": self.encoding_.to_dict(),
            "hazard": hazard,
            "beside": beside,
        }, {**trees, **more}

    @classmethod
    def from_parts(cls, described: Stored, trees: Mapping[str, bytes]) -> Self:
        """Return the stored model."""
        model, hazard = cls(), described["hazard"]
        model.curves_, model.reads_ = TenureCurves.from_dict(described["curves"]), described.get("reads", ())
        model.notice_ = NoticeRule.from_dict(described["notice"])
        model.worth_ = Worth.from_dict(described["worth"])
        # Predictors stored before knew one worth.
        model.worth_of_several_ = Worth.from_dict(described.get("worth_of_several") or described["worth"])
        model.unpaid_ = Unpaid.from_dict(described.get("unpaid", {}))
        model.encoding_, beside = Encoding.from_dict(described["encoding"]), described.get("beside")
        model.beside_ = None if beside is None else Beside.from_parts(beside, trees[NAME])
        model.hazard_ = None if hazard is None else DiscreteHazard.from_parts(hazard, trees)
        return model

    def _beside(self, X: pd.DataFrame, rows: NDArray[np.intp], brought: F) -> Beside | None:
        if self._settings["trees"] <= 0:
            return None
        told = X.iloc[rows].reset_index(drop=True)
        return Beside.fit(self.encoding_.encode(told), brought, told, self.seed)

    def _hazard(self, seen: Landmarks, ended: F) -> DiscreteHazard | None:
        rows, start = seen.frame(), seen.start(self.curves_, self.notice_)
        choice = TreeChoice(Plan("binary:logistic", self._settings, {}, self.seed))
        n = choice.n_worth(rows, ended, seen.X["customer_id"].iloc[seen.row], start)
        hazard = DiscreteHazard(parameters={**self._settings, "trees": n}, seed=self.seed)
        return hazard.fit(rows, ended, start=start) if n else None

    @property
    def _settings(self) -> Mapping[str, float]:
        return {**DEFAULTS, **(self.parameters or {})}

    def hazards(self, ahead: Landmarks) -> F:
        """Return the chance of each renewal to fail, of contracts without notice (m,)."""
        start = ahead.start(self.curves_, self.notice_)
        return expit(start) if self.hazard_ is None else self.hazard_.hazard(ahead.frame(), start=start)

    def _predicted(self, ahead: Landmarks, worth: Worth, unpaid: Unpaid) -> tuple[F, PaymentsAhead]:
        schedule, hazard = ahead.schedule, self.hazards(ahead)
        is_last, is_next = ahead.step == schedule.n_due[ahead.row], ahead.step == 0
        first, is_end = ahead.only(is_next), np.zeros(is_next.sum(), bool)
        renews = noticed(first, self.notice_, is_end, 1 - hazard[is_next])
        hazard[is_last] *= open_share(schedule, self.notice_)
        survival = noticed(ahead, self.notice_, is_last, running_survival(ahead.row, hazard))
        lives = np.clip(survival[is_last], _SURE, 1 - _SURE)
        due = ahead.only(~is_last)
        p_churn, *told, ahead_of = valued(due, survival[~is_last], lives, worth, unpaid)
        return np.stack([p_churn, renews, *told]), ahead_of
