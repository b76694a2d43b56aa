"""What a training leaves of customers' lives for the report: tracking, cohorts of contracts, acquisition."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.data.tables import Past, Tables
from goodwill.features.labels import ValueRule
from goodwill.features.lives import acquired, contract_spans, daily_orders, income
from goodwill.modeling.btyd import ParetoNBD
from goodwill.modeling.season_clock import SeasonClock
from goodwill.monitoring.cohorts import contract_retention
from goodwill.monitoring.tracking import cumulative_tracking
from goodwill.predictor import CustomerValuePredictor, Predictor
from goodwill.value.acquisition import acquisition_table

F = NDArray[np.float64]
Frames = dict[str, pd.DataFrame]


def life_frames(
    tables: Tables, as_of: date | None, predictor: Predictor, fitted_until: date | None = None
) -> Frames:
    """Return predicted beside actual orders by week, and the retention of contracts, where there are any.

    Parameters
    ----------
    predictor : whose model of purchases is tracked.
    fitted_until : the day up to which it knew the tables; all weeks up to `as_of` after it are a test.
    """
    if as_of is None or not isinstance(predictor, CustomerValuePredictor):
        return {}
    past, found = tables.before(as_of), Frames()
    learned = predictor.model_.learned
    if tables.transactions is not None and learned.columns_.expectations is not None:
        purchases = learned.columns_.expectations.purchases
        found["tracking"] = _tracking(past, purchases, learned.clock, fitted_until or as_of)
    spans = contract_spans(past) if tables.contracts is not None else pd.DataFrame()
    if len(spans):
        table = contract_retention(spans, as_of)
        table["cohort"] = table["cohort"].dt.strftime("%Y-%m")
        names = {"period": "months_since", "n_customers": "customers", "n_active": "active"}
        found["contract_cohorts"] = table.rename(columns={**names, "retained_share": "retention"})
    return found


def acquisition_frames(tables: Tables, as_of: date, value: ValueRule, scores: pd.DataFrame | None) -> Frames:
    """Return CLV : CAC and payback by channel, where the customers table tells channel, cost and sign-up."""
    won = acquired(tables, as_of)
    if won is None or won.empty or scores is None or "clv_lifetime" not in scores:
        return {}
    ahead = scores.drop_duplicates("customer_id").set_index("customer_id")["clv_lifetime"]
    known = won.assign(clv_lifetime=won["customer_id"].map(ahead))
    return {"acquisition": acquisition_table(known, _aged(income(tables.before(as_of), value), won))}


def _aged(paid: pd.DataFrame, won: pd.DataFrame) -> pd.DataFrame:
    """Count ages from sign-up, as those of customers do; what came before it came at once."""
    signup = paid["customer_id"].map(won.set_index("customer_id")["signup_day"])
    ages = (paid["day"] - signup).dt.days
    return paid.assign(age_days=ages.clip(lower=0)).dropna(subset="age_days")


def _tracking(past: Past, model: ParetoNBD, clock: SeasonClock | None, fitted_until: date) -> pd.DataFrame:
    """Return the tracking of all who ever bought, in days before `past.as_of`, on the model's clock."""
    days = daily_orders(past)
    day = -days["age_days"].to_numpy()
    born, repeats = (np.repeat(day, days[name]) for name in ("n_new", "n_repeats"))
    known = (fitted_until - past.as_of).days

    def expected(weeks: F) -> F:
        return np.asarray(model.expected_purchases_new(t=weeks), dtype=float)

    def shown(moments: F) -> F:
        start = np.full(len(moments), past.as_of, dtype="datetime64[D]")
        return moments if clock is None else clock.ahead(start, moments)

    return cumulative_tracking(expected, born, repeats, fitted_until=known, until=0, clock=shown)
