"""What was known at a day beside what came after it, as one query: rows to learn from where they lie."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Self

import numpy as np
import pandas as pd
from ibis.expr import types as ir

from goodwill.data.tables import Tables
from goodwill.features.known import Known
from goodwill.features.labels import ALL_IS_MARGIN, ValueRule, labels_within
from goodwill.features.population import ChurnKind, fill_counts
from goodwill.features.windows import Window

_AHEAD = ("n_orders", "value", "is_running")


@dataclass(frozen=True)
class Matured:
    """The question that training asks of one day: what was known then, and what came in each horizon.

    Parameters
    ----------
    known : the question of what was known, over the horizons that began that day.
    until : the day before which the future is known; no horizon ends after it.

    Examples
    --------
    >>> import goodwill as gw
    >>> from goodwill.engine import to_frame
    >>> asked = Matured(Known(date(2024, 6, 1), (30, 90)), date(2025, 1, 1))
    >>> X, y = asked.frames(to_frame(asked.query(gw.simulate(customers=50, seed=0))))
    >>> X["horizon_days"].value_counts().nunique(), len(X) == len(y), bool(y["churned"].any())
    (1, True, True)
    """

    known: Known
    until: date

    @classmethod
    def of(
        cls,
        windows: Iterable[Window],
        until: date,
        active_days: int | None = None,
        churn: ChurnKind = "auto",
        value: ValueRule = ALL_IS_MARGIN,
    ) -> list[Self]:
        """Return the questions of windows that end at or before `until`, one for each day they begin."""
        days = groupby(sorted(windows), key=lambda window: window.as_of)
        asked = {as_of: tuple(window.horizon_days for window in begun) for as_of, begun in days}
        return [cls(Known(day, ahead, active_days, churn, value), until) for day, ahead in asked.items()]

    def query(self, tables: Tables) -> ir.Table:
        """Return the rows of `Known.query` that models score, with `ahead_<what>_<i>` of each horizon."""
        asked, known = self.known, self.known.query(tables)
        known = known.filter(known.status == "scored")
        future = tables.before(self.until).tables.within(asked.as_of, max(asked.horizons))
        did = labels_within(future, asked.value, [(0, days) for days in asked.horizons])
        places = range(len(asked.horizons))
        ahead = {_ahead(what, i): did[f"{what}_{i}"].cast("float64") for i in places for what in _AHEAD}
        joined = known.left_join(did.select(ahead_id=did.customer_id, **ahead), [("customer_id", "ahead_id")])
        return joined.select(*known.columns, **{name: joined[name].fill_null(0.0) for name in ahead})

    def frames(
        self, rows: pd.DataFrame, columns: Sequence[str] | None = None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return rows of the query as X and y of snapshots, the customers of one horizon below the other.

        Parameters
        ----------
        columns : of X, where other days know other columns; those of the rows when None.
        """
        places = range(len(self.known.horizons))
        known = rows.drop(columns=[_ahead(what, i) for i in places for what in _AHEAD])
        did = rows.rename(columns={_ahead(what, i): f"{what}_{i}" for i in places for what in _AHEAD})
        is_held = judged_by_contract(known, self.known.churn)
        y = pd.concat([outcome(did, i, is_held) for i in places], ignore_index=True)
        X = self.known.frame(known)
        return (X if columns is None else fill_counts(X.reindex(columns=list(columns)))), y


def judged_by_contract(known: pd.DataFrame, churn: ChurnKind) -> pd.Series:
    """Return whose churn is the end of a contract (n,): of those who hold one, unless silence is churn."""
    return (known.get("n_contracts_running", pd.Series(0, known.index)) > 0) & (churn != "silence")


def outcome(did: pd.DataFrame, i: int, is_held: pd.Series) -> pd.DataFrame:
    """Return what came in the span at position i, a row per customer: `churned`, `n_orders`, `value`.

    Parameters
    ----------
    did : labels of several spans, as `labels_within` has them, in the order of the customers.
    is_held : `judged_by_contract` of them.
    """
    n_orders, is_running = did[f"n_orders_{i}"].astype("int64"), did[f"is_running_{i}"] > 0
    churned = np.where(is_held, ~is_running, n_orders == 0)
    return pd.DataFrame({"churned": churned, "n_orders": n_orders, "value": did[f"value_{i}"]})


def _ahead(what: str, i: int) -> str:
    return f"ahead_{what}_{i}"
