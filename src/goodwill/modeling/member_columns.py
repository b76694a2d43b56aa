"""From features to the columns that the members of the customer value model read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from goodwill.features.columns import Columns, Table
from goodwill.modeling.blend import Rows
from goodwill.modeling.cells import Cells
from goodwill.modeling.design import horizon_columns_over, order_columns
from goodwill.modeling.encoding import Encoding
from goodwill.modeling.expectations import Expectations, laid_end_to_end
from goodwill.modeling.season_clock import SeasonClock
from goodwill.modeling.timing import Timing

Stored = dict[str, Any]  # JSON as it comes


@dataclass(frozen=True)
class MemberColumns:
    """What is fitted of the columns: the first day of the history, levels, and what is expected of a row.

    Parameters
    ----------
    since : the first day of the history.
    encoding : of the columns that are not of the order history.
    expectations : None where no buy-till-you-die model could be fitted.
    clock : how fast time passes in each season; None where the calendar tells all.
    """

    since: pd.Timestamp
    encoding: Encoding
    expectations: Expectations | None
    clock: SeasonClock | None = None

    def rows(self, X: Table) -> Rows:
        """Return the columns of each row of `X` (n, ...), for its horizon."""
        return self.rows_over(X, [1.0])

    def rows_over(self, X: Table, shares: Sequence[float]) -> Rows:
        """Return the columns for each share of the horizon, as long as the clock says, one below the other.

        What no horizon changes is computed once, and each member is asked once for all shares.
        """
        times = Timing.of(X, self.clock)
        history = order_columns(X, self.since, times) if "n_order_days" in X else {}
        encoded, told = self.encoding.columns(X), times.told_in(Columns.of(X))
        expected = self.expectations.over(told, shares) if self.expectations else None
        parts = [
            {**history, **ahead, **encoded, **(expected[i].columns if expected else {})}
            for i, ahead in enumerate(horizon_columns_over(X, shares, times))
        ]
        return Rows(Cells.of(parts), None if expected is None else laid_end_to_end(expected))

    def to_dict(self) -> Stored:
        """Return plain JSON values."""
        return {
            "since": self.since.isoformat(),
            "clock": None if self.clock is None else self.clock.to_dict(),
            "expectations": None if self.expectations is None else self.expectations.to_dict(),
            "encoding": self.encoding.to_dict(),
        }

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return what `to_dict` described."""
        clock, expected = stored["clock"], stored["expectations"]
        return cls(
            pd.Timestamp(stored["since"]),
            Encoding.from_dict(stored["encoding"]),
            None if expected is None else Expectations.from_dict(expected),
            None if clock is None else SeasonClock.from_dict(clock),
        )
