"""What a dossier is made of: everything known of one customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd


@dataclass(frozen=True)
class Similar:
    """What the customers most like one did next, as seen from an earlier day.

    Parameters
    ----------
    as_of, horizon_days : the day they were alike on, and how far ahead their outcome is known.
    outcomes : a row per customer, without saying who: churned, n_orders, value.
    silent_days, own_silent_days : days since the last order: their median on that day, and the one's own now;
        None where there are no orders.
    """

    as_of: date
    horizon_days: int
    outcomes: pd.DataFrame
    silent_days: float | None = None
    own_silent_days: float | None = None


@dataclass(frozen=True)
class Case:
    """Everything known of one customer on a day.

    Parameters
    ----------
    customer_id, name, currency, language : who, and of whose base; how to tell it.
    as_of : the day of the latest scores; None of a ready-made table.
    scores : a row per day the customer was scored on, oldest first, as `goodwill score` wrote them.
    orders : day, amount, is_occasion. events : time, table, kind, figure.
    similar : what similar customers did next, where that can be known.
    answers : item, side, own, mean, n of surveys.
    plan : the rows of the plan for this customer: offer, channel, cost, expected_margin, low, high.
    actions : what the playbook recommends: action, channel, reason.
    data : the customer's part of all records, in all and by kind, where 100 is the average customer.
    doubts : sentences to be read before the figures.
    class_names, strategies, industry : as in `Material`.
    """

    customer_id: str
    name: str
    scores: pd.DataFrame
    as_of: date | None = None
    currency: str = "USD"
    language: str = "en"
    orders: pd.DataFrame = field(default_factory=pd.DataFrame)
    events: pd.DataFrame = field(default_factory=pd.DataFrame)
    similar: Similar | None = None
    answers: pd.DataFrame = field(default_factory=pd.DataFrame)
    plan: pd.DataFrame = field(default_factory=pd.DataFrame)
    actions: pd.DataFrame = field(default_factory=pd.DataFrame)
    data: Mapping[str, float] = field(default_factory=dict)
    doubts: Sequence[str] = ()
    class_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    strategies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    industry: str = "retail"

    @property
    def latest(self) -> pd.Series:
        """The latest scores."""
        return self.scores.iloc[-1]
