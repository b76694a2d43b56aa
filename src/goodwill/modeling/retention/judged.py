"""The contracts that a model of renewals learns from: one by one, and put together by customer."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import FitError
from goodwill.features.columns import ensure_frame
from goodwill.features.payments import PLACES
from goodwill.modeling.given_values import check_lengths
from goodwill.modeling.retention.apart import apart
from goodwill.modeling.retention.schedule import Schedule
from goodwill.modeling.retention.tenure_curves import plans_of
from goodwill.modeling.retention.unpaid import Unpaid
from goodwill.modeling.retention.worth import Worth

F = NDArray[np.float64]
MAX_PERIODS = 400_000
_LABELS = ("_days", "_churned", "_owner")


@dataclass(frozen=True)
class Judged:
    """What became of n contracts of the windows' rows.

    Parameters
    ----------
    X : (n, ...) features of each contract, as if it ran alone.
    days : (n,) until it ended, at most the horizon. churned : (n,) whether it did.
    owner : (n,) the row that holds it. horizon, value : (n_rows,) days, and what the row brought.
    is_whole : (n_rows,) whether all contracts of the row are here.
    """

    X: pd.DataFrame
    days: F
    churned: NDArray[np.bool_]
    owner: NDArray[np.intp]
    horizon: F
    value: F
    is_whole: NDArray[np.bool_]

    @classmethod
    def of(cls, X: pd.DataFrame, y: pd.DataFrame, seed: int) -> Self:
        """Return the contracts that were judged, of as many rows as have `MAX_PERIODS` renewals between them.

        Raises
        ------
        FitError
            If there are none.
        """
        ensure_frame("X", X, ["horizon_days"])
        ensure_frame("y", y, ["churned", "value"])
        check_lengths(X=X, y=y)
        days, churned = _label(y, "contract_days"), y["churned"].to_numpy(bool)
        single = np.flatnonzero(np.isfinite(days) & Schedule.of(X).has_contract)
        frames = [X.iloc[single].copy().assign(_days=days[single], _churned=churned[single], _owner=single)]
        for name, (rows, frame) in zip(PLACES, apart(X), strict=False):
            own = _label(y, f"{name}_contract_days")[rows]
            ended = own < frame["horizon_days"].to_numpy(float)
            frames.append(frame.assign(_days=own, _churned=ended, _owner=rows)[np.isfinite(own)])
        held = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
        if held.empty:
            raise FitError(
                f"contracts: none of {len(X)} rows is of a running contract whose end is the churn that is "
                "asked about. Map contracts, and set churn.kind to auto or contract."
            )
        n_running = X.get("n_contracts_running", pd.Series(0, X.index)).to_numpy(float)
        is_whole = np.bincount(held["_owner"], minlength=len(X)) == n_running
        held = _drawn(held, seed)
        owner, days = held["_owner"].to_numpy(np.intp), held["_days"].to_numpy(float)
        horizon, value = (frame.to_numpy(float) for frame in (X["horizon_days"], y["value"]))
        features, churned = held.drop(columns=list(_LABELS)), held["_churned"].to_numpy(bool)
        return cls(features, days, churned, owner, horizon, value, is_whole)

    def worths(self, paid: F, paid_years: F) -> tuple[Worth, Worth]:
        """Return what payments (n,) were worth to customers with one contract, and to those with several.

        A payment is worth the same to both; what else comes and goes, such as contracts yet to be signed, is
        not.

        Raises
        ------
        FitError
            If every customer holds more contracts than are told apart.
        """
        paid, paid_years, kinds = self._paid(paid, paid_years)
        if not kinds[0].any():
            raise FitError(
                f"contracts: each of {len(np.unique(self.owner))} rows that were judged holds more than "
                f"{len(PLACES)}, so that nothing tells what one payment is worth. Let the model serve."
            )
        parts = [(paid[rows], paid_years[rows], self.horizon[rows]) for rows in kinds]
        values = [self.value[rows] for rows in kinds]
        both = Worth.fit(*parts[0], value=values[0])
        one, several = (both.levelled(*parts[kind], value=values[kind]) for kind in (1, 2))
        return one, several

    def beside(self, paid: F, paid_years: F, worths: tuple[Worth, Worth]) -> tuple[NDArray[np.intp], F]:
        """Return which rows, of the kinds that bring more than payments, brought what beside them (n,)."""
        paid, paid_years, (_, *kinds) = self._paid(paid, paid_years)
        left, told = np.zeros(len(self.value)), np.zeros(len(self.value), bool)
        for worth, rows in zip(worths, kinds, strict=True):
            if worth.servicing < 0:
                payments = replace(worth, servicing=0.0).of(paid[rows], paid_years[rows], self.horizon[rows])
                left[rows], told[rows] = self.value[rows] - payments, True
        return np.flatnonzero(told), left[told]

    def _paid(self, paid: F, paid_years: F) -> tuple[F, F, list[NDArray[np.bool_]]]:
        """Return payments (n,) by row, and which rows tell of them: all, with one contract, with several."""
        n_held = np.bincount(self.owner, minlength=len(self.value))
        whole = self.is_whole & (n_held > 0)
        # What follows a contract without a price is no worth of payments.
        pays = whole & (np.bincount(self.owner, self._price, len(n_held)) > 0)
        whole = pays if pays.any() else whole
        sums = [np.bincount(self.owner, each, len(n_held)).astype(float) for each in (paid, paid_years)]
        return sums[0], sums[1], [whole, whole & (n_held == 1), whole & (n_held > 1)]

    def unpaid(self, kept: NDArray[np.int64]) -> Unpaid:
        """Return what only contracts that have no price bring, by the renewals (n,) that came to be."""
        is_only = (np.bincount(self.owner)[self.owner] == 1) & self.is_whole[self.owner]
        free, value = is_only & (self._price <= 0), self.value[self.owner]
        found = Unpaid.fit(plans_of(self.X)[free], kept[free], value[free])
        paid = is_only & (self._price > 0)
        days = float(self.days[paid].sum())
        return replace(found, paid_per_day=max(float(value[paid].sum()) / days, 0.0) if days > 0 else None)

    @property
    def _price(self) -> F:
        return Schedule.of(self.X).price


def _drawn(held: pd.DataFrame, seed: int) -> pd.DataFrame:
    owner, n_due = held["_owner"].to_numpy(np.intp), Schedule.of(held).n_due
    drawn = np.random.default_rng(seed).permutation(np.unique(owner))
    periods = np.bincount(owner, n_due + 1)[drawn].cumsum()
    stays = np.isin(owner, drawn[periods <= max(MAX_PERIODS, periods[0])])
    return held[stays].reset_index(drop=True)


def _label(y: pd.DataFrame, name: str) -> F:
    return np.asarray(y.get(name, pd.Series(np.nan, y.index)), dtype=float)
