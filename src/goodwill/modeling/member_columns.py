"""From features to the columns that the members of the customer value model read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import Table
from goodwill.modeling.blend import Rows
from goodwill.modeling.design import horizon_columns_over, order_columns
from goodwill.modeling.encoding import Encoding
from goodwill.modeling.expectations import Expectations, Expected

F = NDArray[np.float64]


@dataclass(frozen=True)
class MemberColumns:
    """What is fitted of the columns: the first day of the history, levels, and what is expected of a row.

    Parameters
    ----------
    since : the first day of the history.
    encoding : of the columns that are not of the order history.
    expectations : None where no buy-till-you-die model could be fitted.
    """

    since: pd.Timestamp
    encoding: Encoding
    expectations: Expectations | None

    def rows(self, X: Table) -> Rows:
        """Return the columns of each row of `X` (n, ...), for its horizon."""
        return self.rows_over(X, [1.0])[0]

    def rows_over(self, X: Table, shares: Sequence[float]) -> list[Rows]:
        """Return the columns for each share of the horizon; what no horizon changes is computed once."""
        history = order_columns(X, self.since) if "n_order_days" in X else {}
        encoded = self.encoding.columns(X)
        expected = self.expectations.over(X, shares) if self.expectations else [None] * len(shares)
        horizons = horizon_columns_over(X, shares)
        index = X.index if isinstance(X, pd.DataFrame) else pd.RangeIndex(len(X))
        return [
            _rows({**history, **ahead, **encoded}, said, index)
            for ahead, said in zip(horizons, expected, strict=True)
        ]


def _rows(plain: dict[str, F], expected: Expected | None, index: pd.Index) -> Rows:
    columns = plain if expected is None else plain | expected.columns
    # Row by row in memory, as trees read it.
    cells = np.empty((len(index), len(columns)), dtype=np.float32)
    for place, column in enumerate(columns.values()):
        cells[:, place] = column
    # Names as objects: each member compares them, and text of pandas' own type is slow to read.
    names = pd.Index(list(columns), dtype=object)
    return Rows(pd.DataFrame(cells, index=index, columns=names, copy=False), expected)
