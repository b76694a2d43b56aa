"""Themes in the words of a bank, where they differ from a shop's: it knows transactions, and no baskets."""

from collections.abc import Mapping
from typing import Literal

EN: Mapping[str, tuple[str, ...]] = {
    "rhythm": (
        "{_overdue}no transaction for {days_since_last_order:.0f} days; usually every {gap_mean_days:.0f}",
        "{_on_time}last transaction {days_since_last_order:.0f} days ago; usually every {gap_mean_days:.0f}",
        "one day of transactions, {days_since_last_order:.0f} days ago",
        "the rhythm of transactions",
    ),
    "orders": (
        "transactions: {n_orders_365d:.0f} in the last year, {n_orders:.0f} in all",
        "transactions: {n_orders:.0f}",
        "the number of transactions",
    ),
    "spend": (
        "{spend_mean:,.2f} a transaction; {spend_365d:,.2f} in the last year",
        "{spend_past_window:,.2f} in the window before",
        "the amounts of transactions",
    ),
    "basket": (
        "products used: {n_products:.0f}, kinds: {n_categories:.0f}",
        "products used: {n_products:.0f}",
        "{lines_per_order:.1f} bookings a transaction",
        "which products are used",
    ),
    "refunds": ("reversals: {n_refunds:.0f}", "reversals"),
    "channel": ("last transaction through {channel_last}", "channels used"),
}
ZH: Mapping[str, tuple[str, ...]] = {
    "rhythm": (
        "{_overdue}已{days_since_last_order:.0f}天无交易，平时约{gap_mean_days:.0f}天一次",
        "{_on_time}{days_since_last_order:.0f}天前有交易，平时约{gap_mean_days:.0f}天一次",
        "仅一天有交易，在{days_since_last_order:.0f}天前",
        "交易节奏",
    ),
    "orders": ("近一年交易{n_orders_365d:.0f}笔，共{n_orders:.0f}笔", "共交易{n_orders:.0f}笔", "交易笔数"),
    "spend": (
        "笔均{spend_mean:,.2f}，近一年{spend_365d:,.2f}",
        "上一窗口交易{spend_past_window:,.2f}",
        "交易金额",
    ),
    "basket": (
        "使用{n_categories:.0f}类中的{n_products:.0f}种产品",
        "使用{n_products:.0f}种产品",
        "每笔交易{lines_per_order:.1f}条记录",
        "使用哪些产品",
    ),
    "refunds": ("冲正{n_refunds:.0f}次", "冲正"),
    "channel": ("最近通过{channel_last}交易", "所用渠道"),
}
WORDS: Mapping[Literal["en", "zh"], Mapping[str, tuple[str, ...]]] = {"en": EN, "zh": ZH}
