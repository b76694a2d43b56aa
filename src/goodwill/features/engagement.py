"""Contacts beyond orders: interactions, treatments received and referrals made."""

from ibis import _
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.engine import money
from goodwill.features.ages import age_days
from goodwill.features.levels import levels_of

WINDOWS_DAYS = (30, 90, 365)
RECENT_DAYS = 90
YEAR_DAYS = 365
# Kinds of contact in which a customer seeks help or complains, as they stand in the names of columns.
SUPPORT_KINDS = (
    r"(?:\w*(?:complaint|support|help_?(?:desk|line)|hotline|call_?cent(?:er|re)|customer_?(?:service|care)"
    r"|ticket_opened|投诉|客服|求助|售后|工单|报修)\w*|tickets?)"
)
# What tables of treatments call those who were left alone, in lower case; a missing treatment does so too.
UNTREATED = ("control", "none", "holdout", "")
# What `interactions` calls the contacts that cost something.
COSTLY = "n_interactions_costly"


def interactions(past: Past) -> ir.Table:
    """Return each customer's interactions: how many, of which kinds, how long ago, at what cost.

    Returns
    -------
    A row per customer with an interaction: `n_interactions` in total, by window and by window and kind
    (`n_interactions_complaint_90d`), `days_since_last_interaction` in total and by kind
    (`days_since_interaction_complaint`), and where the table has them `interaction_value_mean`,
    `interaction_cost_total` and `n_interactions_costly` (that cost something). The kinds are the most
    frequent of the past, at most `MOST` of `levels`; the totals count every kind.
    """
    rows = past.tables.present["interactions"]
    rows = rows.mutate(age_days=age_days(rows.time, past.as_of))
    sums = {"n_interactions": rows.count(), "days_since_last_interaction": rows.age_days.min()}
    sums |= {f"n_interactions_{w}d": (rows.age_days <= w).sum() for w in WINDOWS_DAYS}
    for kind, labels in levels_of(past, "kind").items():
        is_kind = rows.kind.isin(labels)
        sums |= {f"n_interactions_{kind}_{w}d": (is_kind & (rows.age_days <= w)).sum() for w in WINDOWS_DAYS}
        sums[f"days_since_interaction_{kind}"] = rows.age_days.min(where=is_kind)
    if "value" in rows.columns:
        sums["interaction_value_mean"] = money(rows.value).sum().cast("float64") / rows.value.count().nullif(
            0
        )
    if "cost" in rows.columns:
        sums["interaction_cost_total"] = money(rows.cost).sum().cast("float64")
        sums[COSTLY] = (rows.cost > 0).sum()
    return rows.group_by("customer_id").agg(**sums)


def treatments(past: Past) -> ir.Table:
    """Return the treatments each customer received, a null one and those of `UNTREATED` not among them.

    Returns
    -------
    A row per customer in any campaign: `n_treatments`, `n_treatments_90d`, `n_campaign_rows` (controls
    included), `days_since_last_treatment` and a count per treatment (`n_treatments_coupon`), the most
    frequent of the past, at most `MOST` of `levels`. A named control is counted under its name alone.
    """
    rows = past.tables.present["treatments"]
    named = rows.treatment.fill_null("")
    is_treated = ~named.lower().strip().isin(UNTREATED)
    rows = rows.mutate(age_days=age_days(rows.time, past.as_of), is_treated=is_treated)
    sums = {
        "n_campaign_rows": rows.count(),
        "n_treatments": rows.is_treated.sum(),
        "n_treatments_90d": (rows.is_treated & (rows.age_days <= RECENT_DAYS)).sum(),
        "days_since_last_treatment": rows.age_days.min(where=rows.is_treated),
    }
    for treatment, labels in levels_of(past, "treatment").items():
        sums[f"n_treatments_{treatment}"] = named.isin(labels).sum()
    return rows.group_by("customer_id").agg(**sums)


def referrals(past: Past) -> ir.Table:
    """Return how many customers each one brought, and whether somebody brought them.

    Returns
    -------
    A row per customer who referred or was referred: `n_referrals`, `n_referrals_365d`,
    `days_since_last_referral` (all as referrer) and `is_referred` (0 or 1).
    """
    rows = past.tables.present["referrals"]
    rows = rows.mutate(age_days=age_days(rows.time, past.as_of))
    made = rows.select(customer_id="referrer_id", age_days="age_days", is_made=True)
    had = rows.select(customer_id="customer_id", age_days="age_days", is_made=False)
    return (
        made.union(had)
        .drop_null("customer_id")
        .group_by("customer_id")
        .agg(
            n_referrals=_.is_made.sum(),
            n_referrals_365d=(_.is_made & (_.age_days <= YEAR_DAYS)).sum(),
            days_since_last_referral=_.age_days.min(where=_.is_made),
            is_referred=(~_.is_made).any().ifelse(1, 0),
        )
    )
