"""The numbers that classes stand on, read off features and scores."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from goodwill.errors import UsageError
from goodwill.evaluation.ranking import FloatArray
from goodwill.features.columns import Table, numbers
from goodwill.features.engagement import SUPPORT_KINDS
from goodwill.value.measures import Measure

_NUMERIC = "biuf"  # Booleans, whole numbers and floats, of numpy or of pandas
# Contacts of some days but those for help: who calls the hotline has not used the service.
USES = re.compile(r"n_uses_(?P<days>\d+)d")
STATUS_FACTS = {"is_inactive": "inactive", "is_prospect": "prospect"}


@dataclass(frozen=True)
class Facts:
    """What is known of customers: features and scores of the same rows, the scores first where both know.

    Parameters
    ----------
    X : (n, ...) features. scores : (n, ...) predictions, with `status` where there is one.
    """

    X: Table
    scores: Table

    def __post_init__(self) -> None:
        if len(self.X) != len(self.scores):
            raise UsageError(
                f"{len(self.X)} rows of features and {len(self.scores)} of scores do not belong together. "
                "Pass the scores of the same rows, in their order."
            )

    def __len__(self) -> int:
        return len(self.X)

    def measured(self, measure: Measure) -> FloatArray | None:
        """Return the measure of each customer, NaN where unknown; None where no column of it is there.

        Examples
        --------
        >>> import pandas as pd
        >>> X = pd.DataFrame({"n_orders": [2.0, np.nan]})
        >>> orders = Measure(columns=("n_orders",), levels=("few", "many"), limits={"absolute": [2]})
        >>> Facts(X, X).measured(orders).tolist()
        [2.0, nan]
        """
        found = [values for name in measure.columns if (values := self._column(name)) is not None]
        return _combined(found, measure.combine) if found else None

    def has(self, name: str) -> bool:
        """Say whether a column is there, as numbers."""
        return self._column(name) is not None

    def _column(self, name: str) -> FloatArray | None:
        if USES.fullmatch(name):
            total, *others = (self._column(column) for column in behind(name, self.X.columns))
            return None if total is None else _without(total, others)
        for table in (self.scores, self.X):
            if name in table and table[name].dtype.kind in _NUMERIC:
                values = numbers(table, name)
                return np.where(np.isinf(values), np.nan, values) if np.isinf(values).any() else values
            if name in STATUS_FACTS and "status" in table:
                return np.where(table["status"] == STATUS_FACTS[name], 1.0, 0.0)
        return None


def behind(name: str, columns: Iterable[object]) -> list[str]:
    """Return the columns that a measured one is made of: itself, or all contacts, then those for help.

    Examples
    --------
    >>> behind("n_uses_30d", ["n_interactions_30d", "n_interactions_visit_30d", "n_interactions_ticket_30d"])
    ['n_interactions_30d', 'n_interactions_ticket_30d']
    >>> behind("n_orders", ["n_orders"])
    ['n_orders']
    """
    window = USES.fullmatch(name)
    if window is None:
        return [name]
    for_help = re.compile(f"n_interactions_{SUPPORT_KINDS}_{window['days']}d")
    found = dict.fromkeys(str(column) for column in columns if for_help.fullmatch(str(column)))
    return [f"n_interactions_{window['days']}d", *found]


def _without(total: FloatArray, others: Iterable[FloatArray | None]) -> FloatArray:
    return np.maximum(total - sum(np.nan_to_num(part) for part in others if part is not None), 0.0)


def _combined(columns: list[FloatArray], combine: str) -> FloatArray:
    first, *others = columns
    for values in others:
        if combine == "first":
            first = np.where(np.isnan(first), values, first)
        elif combine == "sum":
            both = np.nan_to_num(first) + np.nan_to_num(values)
            first = np.where(np.isnan(first) & np.isnan(values), np.nan, both)
        else:
            first = np.fmax(first, values) if combine == "max" else np.fmin(first, values)
    return first
