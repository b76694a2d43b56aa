"""Snapshots: what was known about each customer before `as_of`, beside what each one did after it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from goodwill.data.asked_days import as_date, whole_days, whole_horizons
from goodwill.data.tables import Tables
from goodwill.features.calendar import known_season, no_calendar, order_calendar
from goodwill.features.history import ensure_complete, history
from goodwill.features.known import Known
from goodwill.features.labels import ALL_IS_MARGIN, ValueRule
from goodwill.features.population import ChurnKind
from goodwill.features.reading import Reading, Rules
from goodwill.features.sample import Sample
from goodwill.features.windows import Window, training_windows


@dataclass(frozen=True)
class Snapshot:
    """What we knew about each customer before `as_of`, beside what each one did in the horizon after it.

    Parameters
    ----------
    X : a row per customer, date and horizon: `customer_id`, `as_of` (datetime64), `horizon_days` (int),
        `status`, `value_past_window` (the value of the window of the same length that ended at `as_of`: what
        carrying it forward would predict), `spend_past_window` (what was paid in it), then the features.
        Prospects, refund-only and inactive customers have rows too.
    y : aligned with X: `churned` (bool), `n_orders` (int) and `value` (float, money of the horizon as
        `ValueRule` counts it); with contracts also `contract_days` (days of the horizon until the last one
        ended) and the same of those with the two largest payments, missing where churn is not judged by a
        contract; of a sample also `weight`, how many customers the row stands for.
    now : X of the day up to which these snapshots may know the past, over the horizon asked for: what
        histories, segments and limits are fitted on. Of a single snapshot, its own X.
    calendar : when repeat orders came before that day, as `order_calendar` returns it; what seasons are
        learned from. Empty where nothing is learned.
    season : (12 k,) how busy each month of whole years was, from January on, where that is known from
        elsewhere.
    """

    X: pd.DataFrame
    y: pd.DataFrame
    now: pd.DataFrame
    calendar: pd.DataFrame = field(default_factory=no_calendar)
    season: tuple[float, ...] | None = None

    @property
    def scored(self) -> "Snapshot":
        """The part the models are fitted to and judged on: customers whose status is `scored`."""
        is_scored, is_scored_now = (frame["status"] == "scored" for frame in (self.X, self.now))
        X, y = (frame[is_scored].reset_index(drop=True) for frame in (self.X, self.y))
        return replace(self, X=X, y=y, now=self.now[is_scored_now].reset_index(drop=True))

    @property
    def levelled(self) -> "Snapshot":
        """A part in which every customer counts the same: all of them, but where there are weights."""
        X, y = levelled(self.X, self.y)
        return replace(self, X=X, y=y)

    @property
    def until(self) -> date:
        """The first day that no outcome window reaches into."""
        ends = self.X["as_of"] + pd.to_timedelta(self.X["horizon_days"], unit="D")
        return ends.max().date()

    @property
    def windows(self) -> pd.DataFrame:
        """The outcome windows with their n_customers, churn_share and value_mean, of scored customers."""
        scored = self.scored.levelled
        rows = pd.concat([scored.X[["as_of", "horizon_days"]], scored.y[["churned", "value"]]], axis=1)
        return (
            rows.groupby(["as_of", "horizon_days"])
            .agg(n_customers=("value", "size"), churn_share=("churned", "mean"), value_mean=("value", "mean"))
            .reset_index()
        )


def snapshot(  # noqa: PLR0913 - the question has six parts; how far the data reach is none of them
    tables: Tables,
    *,
    as_of: date | str,
    horizon_days: int,
    active_days: int | None = None,
    churn: ChurnKind = "auto",
    value: ValueRule = ALL_IS_MARGIN,
    complete_until: date | str | None = None,
) -> Snapshot:
    """Return one snapshot: features before `as_of`, labels in the `horizon_days` from it on.

    Parameters
    ----------
    complete_until : the day before which the tables are known to hold everything; a window that ends by
        then is matured however quiet its last days are, and its labels are what was known by that day.
        Without it, the last event speaks.

    Raises
    ------
    HistoryError
        If the history does not hold the whole horizon, so that silence would be read as churn.
    UsageError
        If `horizon_days` or `active_days` is no whole number of days, or there is no such `churn`.
    """
    window = Window(as_date(as_of), whole_days("horizon_days", horizon_days))
    happened = tables
    if complete_until is not None and window.end <= (known_until := as_date(complete_until)):
        happened = tables.before(known_until).tables
    else:
        ensure_complete(tables, window)
    X, y = Reading(tables, happened, Rules(active_days, churn, value)).joined([window])
    return Snapshot(X, y, X)


def snapshots(  # noqa: PLR0913 - the question has six parts; whom to learn from, and the season, are none
    tables: Tables,
    *,
    until: date | str,
    horizon_days: int,
    active_days: int | None = None,
    churn: ChurnKind = "auto",
    value: ValueRule = ALL_IS_MARGIN,
    sample: Sample | None = None,
    season: Sequence[float] | None = None,
) -> Snapshot:
    """Return training snapshots of many dates and horizons, every outcome window ending at or before `until`.

    The dates and horizons follow from the history (`training_windows`) and stand in `Snapshot.windows`.
    Features of a date are computed once and joined with the labels of every horizon. Nothing that was
    learned at or after `until` plays a part: a file cut there gives the same snapshots.

    Parameters
    ----------
    sample : the customers whose windows are read, with their weights; all when None. `now` is of all.
    season : (12 k,) what customers who had bought before ordered in each month of whole years, from January
        on, in any unit; for histories of less than two years, which do not tell a season well. Growth from
        year to year is taken out.

    Raises
    ------
    HistoryError
        If no outcome window fits before `until`.
    UsageError
        As of `snapshot`, or if `season` is no whole years of numbers, none below 0 and one above in each.
    """
    day, rules, months = as_date(until), Rules(active_days, churn, value), known_season(tables, season)
    horizon_days = whole_days("horizon_days", horizon_days)
    first, _ = history(tables.before(day).tables)
    read = tables if sample is None else sample.tables
    reading = Reading(read, read.before(day).tables, rules)
    X, y = reading.joined(training_windows(first, day, horizon_days))
    if sample is not None:
        y["weight"] = X["customer_id"].map(sample.weights).fillna(0.0)
    of_all = reading if sample is None else Reading(tables, tables, rules)
    now = of_all.known_over(of_all.known(day), day, (horizon_days,))
    return Snapshot(X, y, now, order_calendar(tables.before(day)), months)


def levelled(X: pd.DataFrame, y: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of a part of the customers in which every one counts the same, without weights.

    A customer stays with a probability in proportion to the weight, all rows together; who stays follows from
    the id. Without weights all rows stay.

    Examples
    --------
    >>> X = pd.DataFrame({"customer_id": ["a", "b", "c", "d"]})
    >>> levelled(X, pd.DataFrame({"weight": [1.0, 2.0, 2.0, 0.1]}))[0]["customer_id"].tolist()
    ['b', 'c']
    """
    if "weight" not in y:
        return X, y
    dice = pd.util.hash_array(X["customer_id"].to_numpy(object)) / 2.0**64
    stays = dice * y["weight"].max() < y["weight"]
    X, y = (frame[stays].reset_index(drop=True) for frame in (X, y))
    return X, y.drop(columns="weight")


def score_frame(
    tables: Tables,
    *,
    as_of: date | str,
    horizons: Sequence[int],
    active_days: int | None = None,
    churn: ChurnKind = "auto",
    value: ValueRule = ALL_IS_MARGIN,
) -> pd.DataFrame:
    """Return what is known at `as_of`, a row per customer and horizon: the X of a snapshot, to be scored."""
    rules = Rules(active_days, churn, value)
    return Known(as_date(as_of), whole_horizons(horizons), rules.active_days, churn, value).read(tables)
