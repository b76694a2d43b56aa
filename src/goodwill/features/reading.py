"""What is read of tables day by day: features, the window before, and what came in each horizon."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import get_args

import pandas as pd
from ibis.expr import types as ir

from goodwill.arguments import ensure_choice
from goodwill.data.asked_days import whole_days
from goodwill.data.tables import Level, Tables
from goodwill.engine import Dated
from goodwill.features.known import Known
from goodwill.features.labels import OF_CONTRACTS, ValueRule, labels_within
from goodwill.features.levels import has_levels, level_counts, most_frequent
from goodwill.features.matured import judged_by_contract, outcome
from goodwill.features.population import ChurnKind, features, fill_counts
from goodwill.features.windows import Window

Horizons = tuple[int, ...]


@dataclass(frozen=True)
class Rules:
    """Who is at risk, what churn is and how money becomes value, as in `snapshot`."""

    active_days: int | None
    churn: ChurnKind
    value: ValueRule

    def __post_init__(self) -> None:
        if self.active_days is not None:
            whole_days("active_days", self.active_days)
        ensure_choice("churn", self.churn, get_args(ChurnKind))


@dataclass(frozen=True)
class Reading:
    """Tables read day by day, by queries that are written once for all days where they may be.

    Parameters
    ----------
    tables : what features are read from. happened : what labels are read from.
    """

    tables: Tables
    happened: Tables
    rules: Rules

    def joined(self, windows: Iterable[Window]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return X and y of snapshots: features of each date with the labels of each of its horizons."""
        X, y = [], []
        for as_of, windows_then in groupby(windows, key=lambda window: window.as_of):
            known, horizons = self.known(as_of), tuple(window.horizon_days for window in windows_then)
            X.append(self.known_over(known, as_of, horizons))
            y += self._outcomes(known, as_of, horizons)
        return fill_counts(pd.concat(X, ignore_index=True)), pd.concat(y, ignore_index=True)

    def known(self, as_of: date) -> pd.DataFrame:
        """Return `customer_id`, `status` and features of every customer known before a day.

        Raises
        ------
        HistoryError
            If nobody was known.
        """
        known = self._dated.to_frame(as_of, self._levels(as_of))
        self._asked(as_of, ()).ensure_somebody(len(known))
        return known

    def known_over(self, known: pd.DataFrame, as_of: date, horizons: Horizons) -> pd.DataFrame:
        """Put date, horizon and the value of the window before beside the features, as `Known.over`."""
        did = _aligned(self._before.to_frame(as_of, horizons), known)
        return self._asked(as_of, horizons).over(known, did)

    def _outcomes(self, known: pd.DataFrame, as_of: date, horizons: Horizons) -> list[pd.DataFrame]:
        """Return the labels of each horizon, a row per known customer."""
        did = _aligned(self._after.to_frame(as_of, horizons), known)
        is_held = judged_by_contract(known, self.rules.churn)
        frames = [outcome(did, i, is_held) for i in range(len(horizons))]
        if "contracts" in self.happened.present:
            for i, frame in enumerate(frames):
                for name in OF_CONTRACTS:
                    frame[name] = did[f"{name}_{i}"].where(is_held)
        return frames

    def _asked(self, day: date, horizons: Horizons) -> Known:
        return Known(day, horizons, self.rules.active_days, self.rules.churn, self.rules.value)

    def _levels(self, day: date) -> tuple[Level, ...]:
        """Return the levels told by a day; columns made of those of another would tell later ones."""
        return most_frequent(self._counts.to_frame(day)) if has_levels(self.tables) else ()

    @property
    def _counts(self) -> Dated:
        query = Dated(lambda day: level_counts(self.tables.before(day)), order_by="level")
        return self.tables.written.setdefault("levels", query)

    @property
    def _dated(self) -> Dated:
        def query(day: date, levels: tuple[Level, ...]) -> ir.Table:
            past = replace(self.tables.before(day), levels=levels)
            return features(past, self.rules.active_days, self.rules.churn)

        return self.tables.written.setdefault(("features", self.rules), Dated(query))

    @property
    def _before(self) -> Dated:
        query = Dated(lambda day, horizons: self._asked(day, horizons).windows_before(self.tables))
        return self.tables.written.setdefault(("before", self.rules), query)

    @property
    def _after(self) -> Dated:
        def query(day: date, horizons: Horizons) -> ir.Table:
            future = self.happened.within(day, max(horizons))
            return labels_within(future, self.rules.value, [(0, horizon_days) for horizon_days in horizons])

        return self.happened.written.setdefault(("after", self.rules), Dated(query))


def _aligned(outcomes: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return outcomes in the order of the customers known; who has no row did nothing."""
    did = outcomes.set_index("customer_id").astype("float64")
    return did.reindex(known["customer_id"], fill_value=0.0).reset_index(drop=True)
