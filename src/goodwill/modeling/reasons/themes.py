"""Which columns speak of the same thing: the themes that reasons are told in."""

import re
from collections.abc import Sequence

from goodwill.features.engagement import SUPPORT_KINDS

# The first pattern that matches a model's column names its theme.
_PATTERNS = (
    (
        "rhythm",
        r"h_expected_(orders|active)|expected_alive|(log_)?idle|h_idles|h_gaps|(log_)?gap|active_share",
    ),
    ("rhythm", r"last_gap|overdue|days_since_last_order|late"),
    ("refunds", r"n_refunds|refund_"),
    ("spend", r"expected_spend|h_spend|h_decayed_spend|spend|margin_|value_past_window"),
    (
        "orders",
        r"log_repeats|log_rate|h_orders|h_rate|h_decayed_orders|h_last_year|orders_|n_order|order_trend",
    ),
    ("tenure", r"age_share|h_ages|days_since_signup|days_since_first_order"),
    ("tenure", r"days_since_(first|last)_contract|n_periods|n_renewals"),
    (
        "basket",
        r"log_lines|lines_per|n_lines|quantity|n_products|product_top|n_categories|category_top|weekend_",
    ),
    ("complaints", rf"(n_interactions|days_since_interaction)_{SUPPORT_KINDS}"),
    ("contact", r"n_interactions|days_since_interaction|days_since_last_interaction|interaction_"),
    ("channel", r"channel_last|n_channels"),
    ("plan", r"plan|contract_period_days"),
    ("contract_price", r"contract_(price|largest)|monthly_price"),
    ("payment_due", r"days_to_(next|largest)_payment"),
    ("notice", r"days_to_end|n_contracts_cancelled|days_since_cancellation"),
    ("contract", r"contract_|days_to_|n_contracts|n_payments|payment"),
    ("holdings", r"balance|n_holdings|days_since_last_balance"),
    ("offers", r"n_treatments|n_campaign|days_since_last_treatment"),
    ("referrals", r"n_referrals|days_since_last_referral|is_referred"),
    ("opinion", r"(n_|days_since_last_)?survey|n_comments|comment_need|days_since_last_comment|nps|csat"),
    ("horizon", r"h_(days_)?log|horizon_days"),
)
THEMES = tuple(dict.fromkeys(name for name, _ in _PATTERNS))


def theme_of(column: str) -> str:
    """Return the theme of a model's column; a column that belongs to none is a theme by its own name.

    Examples
    --------
    >>> [theme_of(name) for name in ("log_idle", "h_expected_orders", "spend_14d", "branch_id=B01", "income")]
    ['rhythm', 'rhythm', 'spend', 'branch_id', 'income']
    """
    return next((name for name, pattern in _PATTERNS if re.match(pattern, column)), column.partition("=")[0])


def themes_of(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the themes of some columns, each once, in their order."""
    return tuple(dict.fromkeys(theme_of(column) for column in columns))
