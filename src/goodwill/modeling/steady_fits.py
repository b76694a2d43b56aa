"""What the customer value model fits before it grows trees, and what no parameter of trees moves."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import numbers
from goodwill.features.contracts import OF_EACH
from goodwill.features.engagement import COSTLY
from goodwill.features.windows import newer_half
from goodwill.modeling.accruals import Accruals, Accrued
from goodwill.modeling.blend import Rows
from goodwill.modeling.design import first_day
from goodwill.modeling.encoding import Encoding
from goodwill.modeling.expectations import Expectations
from goodwill.modeling.linear import BoundedLinear
from goodwill.modeling.member_columns import MemberColumns
from goodwill.modeling.out_of_sample import drawn_rows
from goodwill.modeling.outcomes import (
    capped_value,
    check_labels,
    chosen,
    horizon_sign,
    mean_log_loss,
    weights_of,
)
from goodwill.modeling.penalised import gamma
from goodwill.modeling.season_clock import SeasonClock
from goodwill.modeling.stacking import apart
from goodwill.modeling.timing import on_clock

F = NDArray[np.float64]
MAX_ROWS, MAX_LINEAR_ROWS = 100_000, 60_000
_WORSE = 1.08
_ORDER_COLUMN = re.compile(
    r"(n_orders|n_order_days|n_lines|spend|gap|order|late_order|overdue|lines_per|value_past_window"
    r"|days_since_(first|last)_order)"
)


@dataclass(frozen=True)
class SteadyFits:
    """Rows of past windows, and the members that are no trees; each is fitted once, when it is asked for.

    Parameters
    ----------
    X, y : features and labels.
    columns : what is fitted of the columns.
    accruals : what accrues beside new orders.
    sign : 1 where a longer horizon makes activity likelier, -1 where it does not.
    n_customers : how many customers there are now.
    seed : same data and seed, same members.
    """

    X: pd.DataFrame
    y: pd.DataFrame
    columns: MemberColumns
    accruals: Accruals
    sign: int
    n_customers: int
    seed: int

    @classmethod
    def of(
        cls, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame, *, clock: SeasonClock | None, seed: int
    ) -> Self:
        """Return what is learned from past windows; parameters and errors as of `CustomerValueModel`."""
        check_labels(X, y)
        sign, drawn = horizon_sign(X, y), drawn_rows(len(X), MAX_ROWS, seed)
        skipped = [str(name) for name in X if _ORDER_COLUMN.match(str(name))]
        encoding = Encoding.fit(X, skip=[*skipped, *OF_EACH, COSTLY])
        X, y = X.iloc[drawn].reset_index(drop=True), y.iloc[drawn].reset_index(drop=True)
        accruals = Accruals.fit(X, y)
        expectations = Expectations.fit(on_clock(now, clock), accruals.returned) if sign > 0 else None
        columns = MemberColumns(first_day(now), encoding, expectations, clock)
        return cls(X, y, columns, accruals, sign, now["customer_id"].nunique(), seed)

    @cached_property
    def rows(self) -> Rows:
        """What the members read of X."""
        return self.columns.rows(self.X)

    @cached_property
    def is_active(self) -> NDArray[np.bool_]:
        """Who ordered, or stayed (n,)."""
        return ~self.y["churned"].to_numpy(bool)

    @cached_property
    def accrued(self) -> Accrued:
        """What was to accrue to each row."""
        return self.accruals.of(self.X, numbers(self.X, "horizon_days"))

    @cached_property
    def ordered(self) -> pd.DataFrame:
        """The labels of new orders alone."""
        return self.accrued.ordered(self.y)

    @cached_property
    def value(self) -> F:
        """What new orders of the active brought (n,), outliers capped."""
        return capped_value(self.ordered)

    @cached_property
    def weight(self) -> F | None:
        """How much each row counts (n,); all the same when None."""
        return weights_of(self.y)

    @property
    def active_share(self) -> float:
        """Share of the rows that were active."""
        return float(np.average(self.is_active, weights=self.weight))

    @cached_property
    def linear(self) -> BoundedLinear:
        """A logistic regression of being active."""
        return self._linear(drawn_rows(len(self.X), MAX_LINEAR_ROWS, self.seed))

    @cached_property
    def spend_linear(self) -> BoundedLinear | None:
        """A log-linear regression of the value of the active.

        None beside expectations, which do better, and without a history of orders.
        """
        # Logs and ratios of a history extrapolate; other columns may be anything.
        if self.rows.expected is not None or "log_idle" not in self.plain:
            return None
        active = np.flatnonzero(self.is_active)
        drawn = active[drawn_rows(len(active), MAX_LINEAR_ROWS, self.seed)]
        signs, weight = signs_of(self.plain, 1), chosen(self.weight, drawn)
        return BoundedLinear.fit(self.plain.iloc[drawn], self.value[drawn], signs, loss=gamma, weight=weight)

    @cached_property
    def is_new(self) -> NDArray[np.bool_]:
        """Which rows are of the newer half of the windows (n,)."""
        return newer_half(self.X)

    @cached_property
    def trusts_expected(self) -> bool:
        """Whether a buy-till-you-die model is nearly as good as `linear` on the newer windows."""
        expected = self.rows.start("active_logit")
        if expected is None:
            return False
        is_new = self.is_new
        own, rival = (
            mean_log_loss(logit[is_new], self.is_active[is_new], chosen(self.weight, is_new))
            for logit in (expected, self.linear.margin(self.full))
        )
        return own <= _WORSE * rival

    @cached_property
    def apart(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows that members learn from to be weighed, and rows of others that they are weighed on."""
        return apart(self.X, self.seed)

    @cached_property
    def linear_apart(self) -> F:
        """What a logistic regression that learned from the first part of `apart` says of the second."""
        seen, held = self.apart
        return self._linear(seen).margin(self.full.iloc[held])

    @cached_property
    def plain(self) -> pd.DataFrame:
        """The columns that owe nothing to a buy-till-you-die model, as a frame."""
        return self.rows.plain.frame()

    @cached_property
    def full(self) -> pd.DataFrame:
        """All columns, as a frame."""
        return self.rows.full.frame()

    def _linear(self, seen: NDArray[np.intp]) -> BoundedLinear:
        active, weight = self.is_active[seen].astype(float), chosen(self.weight, seen)
        return BoundedLinear.fit(self.full.iloc[seen], active, signs_of(self.full, self.sign), weight=weight)


def signs_of(names: Iterable[object], sign: int) -> dict[str, int]:
    """Return the sign with which each column of the horizon may count."""
    return {str(name): sign for name in names if str(name).startswith("h_")}
