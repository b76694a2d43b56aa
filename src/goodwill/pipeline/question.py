"""What a config asks of its tables: from which day, how far ahead, of whom, in which money."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from goodwill.config import Config
from goodwill.data.asked_days import as_date
from goodwill.data.tables import Tables
from goodwill.errors import HistoryError, UsageError
from goodwill.features.history import ensure_complete, ensure_known, history
from goodwill.features.known import Known
from goodwill.features.labels import ValueRule
from goodwill.features.population import ChurnKind
from goodwill.features.sample import Sample
from goodwill.features.snapshot import Snapshot, snapshot, snapshots
from goodwill.features.windows import Window, backtest_window
from goodwill.predictor import CustomerValuePredictor, ensure_customers


@dataclass(frozen=True)
class Question:
    """What a config asks of its tables: from which day, how far ahead, of whom, in which money."""

    as_of: date
    horizon_days: int
    active_days: int | None
    churn: ChurnKind
    value: ValueRule
    season: tuple[float, ...] | None = None

    def snapshot(self, tables: Tables, window: Window) -> Snapshot:
        """Return the snapshot of one window."""
        return snapshot(
            tables,
            as_of=window.as_of,
            horizon_days=window.horizon_days,
            active_days=self.active_days,
            churn=self.churn,
            value=self.value,
            complete_until=self.as_of,
        )

    def training(
        self, tables: Tables, until: date, horizon_days: int, sample: Sample | None = None
    ) -> Snapshot:
        """Return training snapshots whose windows end at or before `until`; FitError where nobody bought."""
        train = snapshots(
            tables,
            until=until,
            horizon_days=horizon_days,
            active_days=self.active_days,
            churn=self.churn,
            value=self.value,
            sample=sample,
            season=self.season,
        )
        ensure_customers(train)
        return train

    def known(self, *horizons: int) -> Known:
        """Return the question that a scoring asks: what is known at `as_of` of each customer."""
        return Known(self.as_of, horizons, self.active_days, self.churn, self.value)

    def frame(self, tables: Tables, *horizons: int) -> pd.DataFrame:
        """Return what is known at `as_of`, a row per customer and horizon, to be scored."""
        return self.known(*horizons).read(tables)

    def backtest(self, tables: Tables) -> Window:
        """Return the latest matured window."""
        first, _ = history(tables.before(self.as_of).tables)
        return backtest_window(first, self.as_of, self.horizon_days)

    def holdout(self, tables: Tables) -> Window | None:
        """Return the window from `as_of` on, where the history holds all of it."""
        window = Window(self.as_of, self.horizon_days)
        try:
            ensure_complete(tables, window)
        except HistoryError:
            return None
        return window


def looking_from(config: Config, as_of: str | None) -> Config:
    """Return the config as it is asked from another day, given as ISO text; as it stands without one."""
    if as_of is None:
        return config
    if config.snapshot is None:
        raise UsageError("--as-of: tables.profiles has no time axis; leave the option out.")
    return config.model_copy(
        update={"snapshot": config.snapshot.model_copy(update={"as_of": as_date(as_of)})}
    )


def question_of(config: Config, tables: Tables) -> Question:
    """Return what a config with a snapshot asks; `latest` is midnight after the last event row."""
    wanted, value = config.snapshot, config.value
    if wanted is None:
        raise UsageError("snapshot: as_of and horizon_days are needed here. Add them to the config.")
    as_of = history(tables)[1] + timedelta(days=1) if wanted.as_of == "latest" else wanted.as_of
    ensure_known(tables, as_of)
    rule = ValueRule(value.margin_rate, value.annual_discount_rate, value.order_cost)
    return Question(as_of, wanted.horizon_days, wanted.active_days, config.churn.kind, rule, wanted.season)


def predictor_of(config: Config) -> CustomerValuePredictor:
    """Return the unfitted predictor that a config describes."""
    return CustomerValuePredictor(
        level=config.intervals.level,
        segments=config.segments.model_dump(),
        classes=config.classes.settings,
        lifetime_years=config.value.lifetime_years,
        annual_discount_rate=config.value.annual_discount_rate,
        seed=config.seed,
    )


def scored_rows(X: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the rows of those who can be scored on a day.

    Raises
    ------
    HistoryError : there is nobody.
    """
    known = X[X["status"] == "scored"]
    if known.empty:
        found = ", ".join(f"{n:,} {status}" for status, n in X["status"].value_counts().items())
        raise HistoryError(
            f"as_of {as_of}: none of {len(X):,} customers can be scored ({found or 'there are none'}), so "
            "that nothing can be compared. Look at the tables first, with `goodwill check`."
        )
    return known
