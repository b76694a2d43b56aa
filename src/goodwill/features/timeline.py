"""What happened with one customer, table by table: what a dossier tells."""

from datetime import date

import ibis
import pandas as pd
from ibis import _
from ibis.expr import types as ir

from goodwill.data.tables import Past, Tables
from goodwill.engine import to_frame
from goodwill.features.occasions import occasions, order_lines

# The column that says what kind of event a row is, and the one that holds money or a figure.
_KINDS = {"interactions": "kind", "treatments": "treatment", "comments": "source", "surveys": "item"}
_FIGURES = {"interactions": "value", "treatments": "cost", "surveys": "value", "contracts": "price"}


def only_customer(tables: Tables, customer_id: str) -> Tables:
    """Return the tables with the rows of one customer alone; tables about nobody stay whole."""
    one = {
        name: table.filter(table.customer_id == customer_id)
        for name, table in tables.present.items()
        if "customer_id" in table.columns
    }
    return _replaced(tables, one)


def orders_of(past: Past) -> pd.DataFrame:
    """Return a row per day with net money: day (datetime64), amount, is_occasion."""
    days = occasions(order_lines(past.tables, past.as_of), past.tables.occasion)
    found = to_frame(days.select("age_days", "amount", "is_occasion"), order_by="age_days")
    day = pd.Timestamp(past.as_of) - pd.to_timedelta(found["age_days"], unit="D")
    made = found.assign(day=day, amount=found["amount"].astype(float))[["day", "amount", "is_occasion"]]
    return made.sort_values("day", ignore_index=True)


def events_of(past: Past) -> pd.DataFrame:
    """Return every other event known: time, table, kind, figure; of all customers in `past`, oldest first."""
    parts = [
        _events(table, name)
        for name, table in past.tables.present.items()
        if name in {*_KINDS, "contracts", "referrals"}
    ]
    if not parts:
        return pd.DataFrame(columns=["time", "table", "kind", "figure"])
    return to_frame(ibis.union(*parts) if len(parts) > 1 else parts[0], order_by="time")


def answers_of(tables: Tables, as_of: date) -> pd.DataFrame:
    """Return each item's answers of one customer beside the mean of all: item, side, own, mean, n.

    Parameters
    ----------
    tables : with `customer_id` of surveys of everybody. as_of : answers at or after it are left out.
    """
    surveys = tables.before(as_of).tables.surveys
    if surveys is None or "customer_id" not in surveys.columns or "value" not in surveys.columns:
        return pd.DataFrame(columns=["customer_id", "item", "side", "own", "mean", "n"])
    rated = surveys.drop_null("value")
    means = rated.group_by(["item", "side"]).agg(mean=_.value.cast("float64").mean(), n=_.count())
    own = rated.group_by(["customer_id", "item", "side"]).agg(own=_.value.cast("float64").mean())
    return to_frame(own.inner_join(means, ["item", "side"]), order_by="item")


def _events(table: ir.Table, name: str) -> ir.Table:
    time = "start" if name == "contracts" else "time"
    kind, figure = _KINDS.get(name), _FIGURES.get(name)
    nothing = ibis.null("string")
    return table.select(
        time=table[time].cast("timestamp"),
        table=ibis.literal(name),
        kind=table[kind].cast("string") if kind in table.columns else nothing,
        figure=table[figure].cast("float64") if figure in table.columns else ibis.null("float64"),
    )


def _replaced(tables: Tables, changed: dict[str, ir.Table]) -> Tables:
    kept = {name: table for name, table in tables.present.items() if name not in changed}
    return Tables(
        **{**kept, **changed},
        occasion=tables.occasion,
        known_at_signup=tables.known_at_signup,
        fixed_term=tables.fixed_term,
    )
