"""Comments a customer left: how many, how long ago, and what they say is needed."""

import ibis
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.features.ages import age_days
from goodwill.features.cues import told_kind

# The kinds of need, the lightest first: their place, from 1, is the number in `comment_need`.
NEEDS = ("expectation", "concern", "pain")
_LONGEST_DAYS = 1_000_000


def comments(past: Past) -> ir.Table:
    """Return how many comments each customer left, how long ago, and which need they tell.

    Comments without a time are never features.

    Returns
    -------
    A row per customer who commented: `n_comments`, `days_since_last_comment`, and `comment_need`, the kind
    that most of the comments are by their words (`told_kind`), at a tie the latest, on one day the gravest: 1
    expectation, 2 concern, 3 pain; missing where no comment tells a need. Praise is no need.
    """
    rows = past.tables.present["comments"]
    if "customer_id" not in rows.columns:
        return rows.limit(0).select(customer_id=rows.text)
    told = rows.drop_null("customer_id")
    told = told.select("customer_id", age_days=age_days(told.time, past.as_of), kind=told_kind(told.text))
    counted = told.group_by("customer_id").agg(
        n_comments=told.count(),
        days_since_last_comment=told.age_days.min(),
        **{kind: _weight(told, kind) for kind in NEEDS},
    )
    return counted.select("customer_id", "n_comments", "days_since_last_comment", comment_need=_need(counted))


def _weight(told: ir.Table, kind: str) -> ir.IntegerValue:
    """Order kinds by the number of comments, then by the latest; 0 for a kind that nobody told."""
    is_kind = (told.kind == kind).fill_null(False)  # noqa: FBT003 - ibis takes the fill value by position
    latest = told.age_days.min(where=is_kind).fill_null(0).cast("int64")
    return is_kind.sum().cast("int64") * _LONGEST_DAYS - latest


def _need(counted: ir.Table) -> ir.FloatingValue:
    most = ibis.greatest(*(counted[kind] for kind in NEEDS))
    places = [((counted[kind] == most), float(NEEDS.index(kind) + 1)) for kind in reversed(NEEDS)]
    return ibis.cases((most <= 0, ibis.null("float64")), *places)
