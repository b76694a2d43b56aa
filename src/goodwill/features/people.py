"""What was known about a customer when they signed up."""

from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.features.ages import age_days


def people(past: Past) -> ir.Table:
    """Return each customer's sign-up facts: the attributes named in `known_at_signup`, and no other.

    Returns
    -------
    A row per customer: text as it is, numbers and Booleans as float, times as `days_since_<name>`; and
    `days_since_signup`.
    """
    facts = past.tables.present["customers"]
    times = {"signup_time": "days_since_signup"} if "signup_time" in facts.columns else {}
    columns = {}
    for name in facts.drop("customer_id").columns:
        column = facts[name]
        if column.type().is_timestamp() or column.type().is_date():
            columns[times.get(name, f"days_since_{name}")] = age_days(column.cast("timestamp"), past.as_of)
        else:
            columns[name] = column if column.type().is_string() else column.cast("float64")
    return facts.select("customer_id", **columns)
