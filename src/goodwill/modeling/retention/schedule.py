"""When the contracts of a snapshot are next to be renewed, and what each renewal brings."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.payments import PLACES

F = NDArray[np.float64]
_MONTH_DAYS, _YEAR_DAYS = 30.0, 365.25
_READ = (
    "horizon_days", "n_contracts_running", "n_periods", "contract_price_total", "contract_period_days",
    "days_to_next_payment",
)  # fmt: skip
_ENDS = ("days_to_end", *(f"contract_{place}_days_to_end" for place in PLACES))


@dataclass(frozen=True)
class Schedule:
    """The renewals that fall due after `as_of`, all vectors (n,), times in days from `as_of`.

    Renewal j (0, 1, …) falls due at `first + j · period` and pays `price` if the contract lives to see it.

    Parameters
    ----------
    has_contract : whether one runs. Several at once have a schedule each (`apart`).
    first : days to the next renewal. period : days between two.
    price : money per period. number : of the period at hand, from 1.
    known_end : days to the end where notice was given, missing else.
    horizon : days that are asked about.

    Examples
    --------
    >>> X = pd.DataFrame({"n_contracts_running": [1, 0], "contract_price_total": [10.0, 0.0]})
    >>> X = X.assign(days_to_next_payment=[12.0, np.nan], contract_period_days=[30.0, np.nan])
    >>> X = X.assign(n_periods=3, horizon_days=90)
    >>> schedule = Schedule.of(X)
    >>> schedule.n_due.tolist(), schedule.has_contract.tolist(), float(schedule.elapsed[0])
    ([3, 0], [True, False], 0.6)
    """

    has_contract: NDArray[np.bool_]
    first: F
    period: F
    price: F
    number: F
    known_end: F
    horizon: F

    @classmethod
    def of(cls, X: pd.DataFrame) -> Self:
        """Read the schedule off the features of a snapshot (n, ...)."""
        n_running, period = _column(X, "n_contracts_running", 0.0), _column(X, "contract_period_days")
        first = _column(X, "days_to_next_payment")
        # Without a period a contract is paid once, and judged by the month.
        has_period = period > 0
        has_contract = (n_running == 1) & (~has_period | (first >= 0))
        has_period &= has_contract
        period = np.where(has_period, period, _MONTH_DAYS)
        first = np.where(has_period, first, _MONTH_DAYS / 2)
        monthly = np.where(has_period, np.nan_to_num(_column(X, "contract_price_total")), 0.0)
        notices, end = _column(X, "n_contracts_cancelled", 0.0), _column(X, "days_to_end")
        return cls(
            has_contract=has_contract,
            first=first,
            period=period,
            price=monthly * period / _MONTH_DAYS,
            number=np.maximum(np.nan_to_num(_column(X, "n_periods"), nan=1.0), 1.0),
            known_end=np.where(has_contract & (notices >= n_running), end, np.nan),
            horizon=_column(X, "horizon_days"),
        )

    @cached_property
    def n_due(self) -> NDArray[np.int64]:
        """How many renewals fall due in the horizon."""
        n = np.maximum(np.ceil((self.horizon - self.first) / self.period), 0.0)
        return np.where(self.has_contract, n, 0.0).astype(np.int64)

    @cached_property
    def elapsed(self) -> F:
        """The part of the period at hand that is over at `as_of`."""
        return np.clip(1 - self.first / self.period, 0.0, 1.0)

    @property
    def has_notice(self) -> NDArray[np.bool_]:
        """Whether the end is known."""
        return np.isfinite(self.known_end)

    def n_kept(self, contract_days: F) -> NDArray[np.int64]:
        """Return how many of the renewals due came to be, for contracts that ran so many days (n,)."""
        kept = np.ceil((contract_days - self.first) / self.period)
        return np.clip(np.nan_to_num(kept), 0, self.n_due).astype(np.int64)

    def due(self, row: NDArray[np.intp], step: NDArray[np.int64]) -> F:
        """Return the day of renewal `step` of contract `row`."""
        return self.first[row] + step * self.period[row]

    def paid(self, n_renewals: NDArray[np.int64]) -> tuple[F, F]:
        """Return money of the first so many renewals, and that money times the years until it is paid."""
        total = self.price * n_renewals
        days = self.first * n_renewals + self.period * n_renewals * (n_renewals - 1) / 2
        return total, self.price * days / _YEAR_DAYS


def read_of(X: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns of X that tell when contracts are renewed and what for, notices aside."""
    return tuple(name for name in _READ if name in X)


def as_one(X: pd.DataFrame) -> pd.DataFrame:
    """Return features in which several contracts of one customer count as one, renewed with the largest.

    Notice counts where all of them have it, and then the last end that is known.

    Examples
    --------
    >>> X = pd.DataFrame({"n_contracts_running": [2], "days_to_next_payment": [3.0]})
    >>> as_one(X.assign(days_to_largest_payment=200.0)).iloc[0].tolist()
    [1.0, 200.0, 200.0]
    """
    several = X["n_contracts_running"] > 1
    n_running = X["n_contracts_running"].mask(several, 1)
    one = X.assign(n_contracts_running=n_running, **_notice_of_all(X, several))
    if "days_to_largest_payment" not in X:
        return one
    first = X["days_to_next_payment"].mask(several, X["days_to_largest_payment"])
    return one.assign(days_to_next_payment=first)


def _notice_of_all(X: pd.DataFrame, several: "pd.Series[bool]") -> "dict[str, pd.Series[float]]":
    if "n_contracts_cancelled" not in X:
        return {}
    notices, ends = X["n_contracts_cancelled"], X.reindex(columns=[*_ENDS]).astype(float)
    all_end = (notices >= X["n_contracts_running"]).astype(float)
    goes_on = several & (notices > 0) & (all_end == 0)
    end = ends["days_to_end"].mask(several, ends.max(axis=1)).mask(goes_on)
    return {"n_contracts_cancelled": notices.mask(several, all_end), "days_to_end": end}


def _column(X: pd.DataFrame, name: str, missing: float = np.nan) -> F:
    return X[name].to_numpy(float) if name in X else np.full(len(X), missing)
