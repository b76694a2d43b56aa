"""What serves: the learned model, or for a target where another was better out of time, that one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import FitError, UsageError
from goodwill.features.columns import Columns, Table, numbers
from goodwill.features.snapshot import levelled
from goodwill.modeling.baselines import BASELINES, Baseline, baseline, stored_baseline
from goodwill.modeling.blend import Predicted
from goodwill.modeling.calibration import Calibration
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.histories import DAYS_PER_WEEK
from goodwill.modeling.lessons import Grow
from goodwill.modeling.lifetime import beyond_horizon
from goodwill.modeling.outcomes import if_churned_beside
from goodwill.modeling.retention import ContractModel, Renewals, half_left_days
from goodwill.modeling.season_clock import SeasonClock
from goodwill.modeling.timing import Timing

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
LEARNED, HAZARD = "model", "hazard"
_SURE = 1e-6


class ServedModel:
    """A customer value model in which each target is served by what predicted it best.

    Parameters
    ----------
    served_by : "churn" and "clv" to "model", "hazard" (contracts; who holds none is served by the model) or
        the name of a baseline; the learned model when absent.
    parameters : as in `CustomerValueModel`.
    seed : same data and seed, same predictions.
    clock : of the season, as in `CustomerValueModel`.

    Attributes
    ----------
    calibration : what `p_churn` is put through last; set by who has seen it win, `clv` does not move.

    Examples
    --------
    >>> X = pd.DataFrame({"customer_id": range(200), "as_of": pd.Timestamp("2024-01-01")})
    >>> X = X.assign(horizon_days=[30, 90] * 100, value_past_window=5.0)
    >>> y = pd.DataFrame({"churned": [True, False] * 100, "value": [0.0, 8.0] * 100})
    >>> served = ServedModel(served_by={"clv": "past_window"}, parameters={"trees": 3}).fit(X, y, X)
    >>> served.predict(X.head(2)).clv
    array([5., 5.])
    """

    def __init__(
        self,
        *,
        served_by: Mapping[str, str] | None = None,
        parameters: Mapping[str, float] | None = None,
        seed: int = 0,
        clock: SeasonClock | None = None,
    ) -> None:
        self.served_by = dict(served_by or {})
        self.learned = CustomerValueModel(parameters=parameters, seed=seed, clock=clock)
        self.renewals: ContractModel | None = None
        self.baselines: dict[str, Baseline] = {}
        self.calibration = Calibration()

    def fit(self, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame, grow: Grow | None = None) -> Self:
        """Fit the learned model and the baselines that serve; parameters as in `CustomerValueModel.fit`.

        Raises
        ------
        UsageError
            If `served_by` names a target or a model that there is not.
        FitError
            As `CustomerValueModel.fit` does, and where what serves cannot be fitted.
        """
        _check_served(self.served_by)
        self.learned.fit(X, y, now, grow)
        X, y = levelled(X, y)
        names = set(self.served_by.values()) - {LEARNED, HAZARD}
        self.baselines = {name: baseline(name).fit(X, y, now) for name in sorted(names)}
        self.renewals = None
        try:
            if HAZARD in self.served_by.values() or _pays_by_contract_alone(X):
                self.renewals = ContractModel(seed=self.learned.seed).fit(X, y)
        except FitError:
            # No renewal failed or none fell due: nothing is known of single payments, and none need be.
            if HAZARD in self.served_by.values():
                raise
        return self

    @property
    def contracts(self) -> ContractModel | None:
        """The model of renewals, where it serves."""
        return self.renewals if HAZARD in self.served_by.values() else None

    def predict(self, X: Table) -> Predicted:
        """Return what is expected of each row of `X`, each target from what serves it."""
        return self.predict_over(X, [1.0])[0]

    def predict_over(self, X: Table, shares: Sequence[float]) -> list[Predicted]:
        """Return what is expected in each share of the horizon of each row; cheaper than one by one."""
        said = self._uncalibrated(X, shares)
        if self.calibration.kind == "none":
            return said
        return [_joined(self.calibration(part.p_churn), part) for part in said]

    def _uncalibrated(self, X: Table, shares: Sequence[float]) -> list[Predicted]:
        said = self.learned.predict_over(X, shares)
        if not self.baselines and self.renewals is None:
            return said
        known = Columns.of(X)
        # Past windows are as long as the horizon: of half of it they hold half.
        lengths = [name for name in ("horizon_days", "value_past_window") if name in X]
        horizons = [known.having({name: numbers(X, name) * share for name in lengths}) for share in shares]
        return [self._replaced(*pair) for pair in zip(horizons, said, strict=True)]

    def level_error(self, now: pd.DataFrame) -> float:
        """Return `CustomerValueModel.level_error`; NaN where another model serves the value."""
        is_learned = self.served_by.get("clv", LEARNED) == LEARNED
        return self.learned.level_error(now) if is_learned else float("nan")

    def dropping_out(self, X: Table, *, years: float, annual_discount_rate: float) -> F | None:
        """Return `beyond_horizon` of each row of `X`; None of contracts, and without a trusted model."""
        expectations = self.learned.columns_.expectations
        if expectations is None or not self.learned.blend_.trusts_expected or "n_contracts_running" in X:
            return None
        age = np.nan_to_num(Timing.of(X, self.learned.clock).age) / DAYS_PER_WEEK
        return beyond_horizon(
            expectations.purchases,
            age,
            self.lasting(X),
            lifetime_years=years,
            annual_discount_rate=annual_discount_rate,
        )

    def sent_back(self, X: Table, p_churn: F, share: float) -> F:
        """Return the part of `clv` that is what comes back of earlier orders in a share of the horizon (n,).

        That is nothing, or less: nothing where another model serves the value.
        """
        if self.served_by.get("clv", LEARNED) != LEARNED:
            return np.zeros(len(X))
        return self.learned.accruals_.sent_back(X, p_churn, numbers(X, "horizon_days") * share)

    def lasting(self, X: Table) -> F:
        """Return how long each row's horizon is (n,): in days of the season, where it is known.

        An average year has as many of them as of the calendar's. What a busy horizon brings is not what every
        later one will, and a clock of the season says how much longer an average one takes.
        """
        is_learned = self.served_by.get("clv", LEARNED) == LEARNED
        return Timing.of(X, self.learned.clock if is_learned else None).horizon

    def beyond(self, X: Table, p_churn: F, *, years: float, annual_discount_rate: float) -> F | None:
        """Return `ContractModel.beyond`, missing where no contract runs; None where orders pay too."""
        if self.renewals is None or not _pays_by_contract_alone(X):
            return None
        frame = Columns.of(X).frame()
        value = self.renewals.beyond(frame, p_churn, years=years, annual_discount_rate=annual_discount_rate)
        return np.where(numbers(X, "n_contracts_running") > 0, value, np.nan)

    def half_left(self, X: Table, *, years: float) -> F | None:
        """Return `half_left_days`; None where orders pay too, or no renewal ever failed."""
        if self.renewals is None or not _pays_by_contract_alone(X):
            return None
        return half_left_days(self.renewals, Columns.of(X).frame(), years=years)

    def _replaced(self, X: Columns, said: Predicted) -> Predicted:
        if self.renewals is not None:
            said = _renewed(said, self.renewals.predict(X.frame()), self.served_by)
            if not _pays_by_contract_alone(X):
                said = replace(said, payments=None)
        churn, clv = (self.baselines.get(self.served_by.get(target, LEARNED)) for target in ("churn", "clv"))
        p_churn = said.p_churn if churn is None else _sure(churn.predict(X)["p_churn"])
        if clv is None:
            return _joined(p_churn, said)
        value = clv.predict(X)
        p_own = _sure(value["p_churn"]) if "p_churn" in value else said.p_churn
        other = replace(said, p_churn=p_own, clv=value["clv"], clv_if_churned=np.zeros_like(p_own))
        return _joined(p_churn, other)

    def to_parts(self) -> tuple[Stored, dict[str, bytes]]:
        """Return the model as plain JSON values and trees."""
        learned, trees = self.learned.to_parts()
        baselines = {name: fitted.to_dict() for name, fitted in self.baselines.items()}
        contracts, more = (None, {}) if self.renewals is None else self.renewals.to_parts()
        described: Stored = {"served_by": self.served_by, "baselines": baselines, "learned": learned}
        described["calibration"] = self.calibration.to_dict()
        return {**described, "contracts": contracts}, {**trees, **more}

    @classmethod
    def from_parts(cls, described: Stored, trees: Mapping[str, bytes]) -> Self:
        """Return the stored model."""
        model = cls(served_by=described["served_by"])
        model.learned = CustomerValueModel.from_parts(described["learned"], trees)
        model.baselines = {
            name: stored_baseline(name, stored) for name, stored in described["baselines"].items()
        }
        if "calibration" in described:
            model.calibration = Calibration.from_dict(described["calibration"])
        contracts = described.get("contracts")
        model.renewals = None if contracts is None else ContractModel.from_parts(contracts, trees)
        return model


def _sure(p_churn: F) -> F:
    return np.clip(p_churn, _SURE, 1 - _SURE)


def _joined(p_churn: F, said: Predicted) -> Predicted:
    return replace(said, p_churn=p_churn, clv_if_churned=if_churned_beside(p_churn, said))


def _check_served(served_by: Mapping[str, str]) -> None:
    for target, name in served_by.items():
        column = {"churn": "p_churn", "clv": "clv"}.get(target)
        known = (LEARNED, HAZARD, *(plain for plain in BASELINES if column in baseline(plain).targets))
        if column is None or name not in known:
            names = ", ".join(known) if column else "churn and clv can be served"
            raise UsageError(f"served_by: {target!r} by {name!r}, but there is: {names}. Choose one of them.")


def _renewed(said: Predicted, renewals: Renewals, served_by: Mapping[str, str]) -> Predicted:
    """Put what the hazard says in the place of the targets it serves; who holds no contract keeps his."""

    def better(own: F, other: F, target: str) -> F:
        return np.where(np.isnan(other), own, other) if served_by.get(target) == HAZARD else own

    clv = better(said.clv, renewals.clv, "clv")
    # Where another model tells what comes without a renewal: who renews brings no less than that.
    churned = np.minimum(said.clv_if_churned, clv) if served_by.get("clv") == HAZARD else said.clv_if_churned
    value = Predicted(
        better(said.p_churn, renewals.p_churn, "clv"),
        clv,
        better(churned, renewals.clv_if_churned, "clv"),
        renewals.ahead,
    )
    return _joined(better(said.p_churn, renewals.p_churn, "churn"), value)


def _pays_by_contract_alone(X: Table) -> bool:
    return "n_contracts_running" in X and not {"n_orders", "balance_total"} & set(X.columns)
