"""What is known at a day, as one query: every feature of a customer beside what the past windows brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from ibis.expr import types as ir

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.errors import HistoryError
from goodwill.features.labels import ALL_IS_MARGIN, ValueRule, growth, labels_within
from goodwill.features.population import ChurnKind, features

_PAST = ("value", "spend")


@dataclass(frozen=True)
class Known:
    """The question that a scoring asks of tables.

    Parameters
    ----------
    as_of : the day from which.
    horizons : how far ahead, in days; a row per customer and horizon.
    active_days, churn, value : as in `snapshot`.

    Examples
    --------
    >>> import goodwill as gw
    >>> X = Known(date(2025, 1, 1), (30, 90)).read(gw.simulate(customers=20, seed=0))
    >>> sorted(X["horizon_days"].unique().tolist())
    [30, 90]
    """

    as_of: date
    horizons: tuple[int, ...]
    active_days: int | None = None
    churn: ChurnKind = "auto"
    value: ValueRule = ALL_IS_MARGIN

    def read(self, tables: Tables) -> pd.DataFrame:
        """Return what is known at `as_of`: the X of a snapshot, to be scored.

        Raises
        ------
        HistoryError
            If nobody was known before that day.
        """
        rows = to_frame(self.query(tables))
        self.ensure_somebody(len(rows))
        return self.frame(rows)

    def query(self, tables: Tables) -> ir.Table:
        """Return a row per customer known: `customer_id, status`, the features, and `past_<what>_<i>`."""
        known = features(tables.before(self.as_of), self.active_days, self.churn)
        did = self.windows_before(tables)
        past = {f"past_{what}_{i}": did[f"{what}_{i}"] for i in range(len(self.horizons)) for what in _PAST}
        joined = known.left_join(did.select(past_id=did.customer_id, **past), [("customer_id", "past_id")])
        return joined.select(*known.columns, **{name: joined[name].fill_null(0.0) for name in past})

    def windows_before(self, tables: Tables) -> ir.Table:
        """Return the labels of the windows that end at `as_of`, one for each horizon, as `labels_within`."""
        longest = max(self.horizons)
        before = tables.before(self.as_of).tables.within(self.as_of - timedelta(days=longest), longest)
        return labels_within(before, self.value, self._spans())

    def frame(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return rows of the query as a snapshot's X: a row per customer and horizon."""
        past = [f"past_{what}_{i}" for i in range(len(self.horizons)) for what in _PAST]
        did = rows[past].rename(columns=lambda name: name.removeprefix("past_"))
        return self.over(rows.drop(columns=past), did)

    def over(self, known: pd.DataFrame, did: pd.DataFrame) -> pd.DataFrame:
        """Return a snapshot's X of known customers and what `windows_before` says of them, in their order."""
        features, frames = known.drop(columns=["customer_id", "status"]), []
        for i, (start, _) in enumerate(self._spans()):
            keys = known[["customer_id"]].assign(
                as_of=pd.Timestamp(self.as_of).as_unit("us"),
                horizon_days=self.horizons[i],
                status=known["status"],
                value_past_window=did[f"value_{i}"] * growth(self.value, start),
                spend_past_window=did[f"spend_{i}"],
            )
            frames.append(pd.concat([keys, features], axis=1))
        return pd.concat(frames, ignore_index=True)

    def ensure_somebody(self, n_customers: int) -> None:
        """Raise where nobody was known."""
        if not n_customers:
            raise HistoryError(
                f"as_of {self.as_of}: no customer was known before that day. "
                "Choose a later date, or check the mapping of times."
            )

    def _spans(self) -> Sequence[tuple[int, int]]:
        longest = max(self.horizons)
        return [(longest - days, longest) for days in self.horizons]
