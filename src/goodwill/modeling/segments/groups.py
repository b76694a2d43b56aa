"""Groups of features to segment on: what customers are, do, bring and want, and how close they are."""

import re
from collections.abc import Sequence
from typing import Literal, get_args

import pandas as pd

from goodwill.arguments import ensure_choice
from goodwill.errors import UsageError

FeatureGroup = Literal["characteristics", "behaviour", "value", "relationship", "need"]
GROUPS: tuple[FeatureGroup, ...] = get_args(FeatureGroup)

# The features of each group; what no pattern knows is a fact known at sign-up: a characteristic.
_PATTERNS = {
    "behaviour": r"days_since_last_order|n_order_days|gap_mean_days|n_products|n_categories|n_channels"
    r"|channel_last|weekend_share|late_order_share|lines_per_order|n_interactions_(?!complaint)\w+_365d",
    "value": r"spend_total|spend_mean|value_past_window|refund_share|contract_price_total|balance_total",
    "relationship": r"days_since_first_order|days_since_signup|days_since_first_contract|n_contracts_running"
    r"|n_renewals|n_interactions_365d|days_since_last_interaction|n_referrals|n_holdings",
    "need": r"survey_(?!gap)\w+_mean|survey_gap_mean|n_comments|comment_need"
    r"|n_interactions_complaint_365d|category_top",
}
_MADE = re.compile(
    r"customer_id|as_of|status|horizon_days|(n|is|has|days|survey|spend|gap|value|contract|balance|order"
    r"|interaction|comment|channel|category|product|refund|late|weekend|lines|overdue|quantity|margin|plan)(_\w+)?"
)
_NEEDED = {
    "characteristics": "attributes of tables.customers listed in known_at_signup",
    "behaviour": "transactions or interactions",
    "value": "transactions, contracts or balances",
    "relationship": "transactions, contracts, interactions or referrals",
    "need": "surveys, comments or complaints with a time",
}


def columns_in(X: pd.DataFrame, groups: Sequence[str]) -> list[str]:
    """Return the features of the groups named, in the order of `X`.

    Raises
    ------
    UsageError : a group is unknown, or `X` holds no feature of it.

    Examples
    --------
    >>> X = pd.DataFrame({"customer_id": ["a"], "spend_mean": [9.0], "n_order_days": [1], "region": ["n"]})
    >>> columns_in(X, ["value"]), columns_in(X, ["behaviour", "characteristics"])
    (['spend_mean'], ['n_order_days', 'region'])
    >>> columns_in(X, ["need"])
    Traceback (most recent call last):
    goodwill.errors.UsageError: segments.features: there is no feature of need; add surveys, comments or ...
    """
    for group in groups:
        ensure_choice("segments.features", group, GROUPS)
    group_of = {str(name): _group_of(str(name)) for name in X}
    absent = [group for group in groups if group not in group_of.values()]
    if absent:
        raise UsageError(
            f"segments.features: there is no feature of {absent[0]}; add {_NEEDED[absent[0]]}, "
            "or leave it out."
        )
    return [name for name, group in group_of.items() if group in groups]


def _group_of(name: str) -> str | None:
    found = next((group for group, pattern in _PATTERNS.items() if re.fullmatch(pattern, name)), None)
    return found or (None if _MADE.fullmatch(name) else "characteristics")
