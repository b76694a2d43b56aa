"""Reasons in words: what each theme says of a customer, in the numbers a marketer knows."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from goodwill.features.engagement import SUPPORT_KINDS
from goodwill.modeling.reasons import bank_words
from goodwill.modeling.reasons.themes import THEMES

Language = Literal["en", "zh"]

# For each theme, ways to say it in order of preference: the first whose numbers are all known counts.
_EN = {
    "rhythm": (
        "{_overdue}no order for {days_since_last_order:.0f} days; usually every {gap_mean_days:.0f}",
        "{_on_time}last order {days_since_last_order:.0f} days ago; usually every {gap_mean_days:.0f}",
        "one order, {days_since_last_order:.0f} days ago",
        "the rhythm of orders",
    ),
    "orders": (
        "orders: {n_orders_365d:.0f} in the last year, {n_orders:.0f} in all",
        "orders: {n_orders:.0f}",
        "the number of orders",
    ),
    "spend": (
        "{spend_mean:,.2f} an order; {spend_365d:,.2f} in the last year",
        "{spend_past_window:,.2f} in the window before",
        "what was spent",
    ),
    "tenure": (
        "customer for {days_since_first_order:.0f} days",
        "customer for {days_since_first_contract:.0f} days; billing periods: {n_periods:.0f}",
        "customer for {days_since_first_contract:.0f} days",
        "time as a customer",
    ),
    "basket": (
        "products: {n_products:.0f}, categories: {n_categories:.0f}",
        "products: {n_products:.0f}",
        "{lines_per_order:.1f} lines an order",
        "what is in the basket",
    ),
    "refunds": ("refunds: {n_refunds:.0f}", "refunds"),
    "complaints": ("complaints or calls for support in the last year: {_complaints:.0f}", "complaints"),
    "contact": (
        "contacts in 90 days: {n_interactions_90d:.0f}, the last {days_since_last_interaction:.0f} days ago",
        "contacts in 90 days: {n_interactions_90d:.0f}",
        "contacts",
    ),
    "channel": ("last order through {channel_last}", "channels used"),
    "contract": (
        "contracts running: {n_contracts_running:.0f}, begun: {n_contracts:.0f}",
        "contracts running: {n_contracts_running:.0f}",
        "the number of contracts",
    ),
    "plan": (
        "plan {plan}, billed every {contract_period_days:.0f} days",
        "plan {plan}",
        "billed every {contract_period_days:.0f} days",
        "the plan",
    ),
    "contract_price": ("price {contract_price_total:,.2f} per 30 days", "the price"),
    "payment_due": (
        "{_none_due}no payment due within {horizon_days:.0f} days; the next in {days_to_next_payment:.0f}",
        "next payment due in {days_to_next_payment:.0f} days",
        "when the next payment is due",
    ),
    "notice": (
        (
            "{_some_noticed}notice given for {n_contracts_cancelled:.0f} of {n_contracts_running:.0f} "
            "contracts; the first ends in {days_to_end:.0f} days"
        ),
        "{_some_noticed}notice given for {n_contracts_cancelled:.0f} of {n_contracts_running:.0f} contracts",
        "{_noticed}notice given; ends in {days_to_end:.0f} days",
        "{_noticed}notice given",
        "{_several}the first of {n_contracts_running:.0f} contracts runs out in {days_to_end:.0f} days",
        "runs out in {days_to_end:.0f} days",
        "{_unnoticed}no notice given",
        "no end is known",
    ),
    "holdings": ("holds {balance_total:,.2f}", "what is held"),
    "offers": ("offers so far: {n_treatments:.0f}", "offers so far"),
    "referrals": ("customers referred: {n_referrals:.0f}", "referrals"),
    "opinion": ("what surveys and comments say",),
    "horizon": ("the length of the horizon",),
}  # fmt: skip
_ZH = {
    "rhythm": (
        "{_overdue}已{days_since_last_order:.0f}天未下单，平时约{gap_mean_days:.0f}天一次",
        "{_on_time}{days_since_last_order:.0f}天前下单，平时约{gap_mean_days:.0f}天一次",
        "仅一次下单，在{days_since_last_order:.0f}天前",
        "下单节奏",
    ),
    "orders": ("近一年{n_orders_365d:.0f}单，共{n_orders:.0f}单", "共{n_orders:.0f}单", "订单数量"),
    "spend": (
        "单均{spend_mean:,.2f}，近一年{spend_365d:,.2f}",
        "上一窗口消费{spend_past_window:,.2f}",
        "消费金额",
    ),
    "tenure": (
        "成为客户{days_since_first_order:.0f}天",
        "成为客户{days_since_first_contract:.0f}天，已计费{n_periods:.0f}期",
        "成为客户{days_since_first_contract:.0f}天",
        "客户年限",
    ),
    "basket": (
        "购买{n_categories:.0f}个品类的{n_products:.0f}种商品",
        "购买{n_products:.0f}种商品",
        "每单{lines_per_order:.1f}行",
        "购物篮内容",
    ),
    "refunds": ("退货{n_refunds:.0f}次", "退货"),
    "complaints": ("近一年投诉或求助{_complaints:.0f}次", "投诉"),
    "contact": (
        "近90天互动{n_interactions_90d:.0f}次，最近一次在{days_since_last_interaction:.0f}天前",
        "近90天互动{n_interactions_90d:.0f}次",
        "互动",
    ),
    "channel": ("最近通过{channel_last}下单", "所用渠道"),
    "contract": (
        "现有合同{n_contracts_running:.0f}份，累计签过{n_contracts:.0f}份",
        "现有合同{n_contracts_running:.0f}份",
        "合同数量",
    ),
    "plan": (
        "套餐{plan}，每{contract_period_days:.0f}天计费",
        "套餐{plan}",
        "每{contract_period_days:.0f}天计费",
        "套餐",
    ),
    "contract_price": ("每30天价格{contract_price_total:,.2f}", "价格"),
    "payment_due": (
        "{_none_due}{horizon_days:.0f}天内无须付款，下次在{days_to_next_payment:.0f}天后",
        "下次付款在{days_to_next_payment:.0f}天后",
        "下次付款时间",
    ),
    "notice": (
        (
            "{_some_noticed}{n_contracts_running:.0f}份合同中已有{n_contracts_cancelled:.0f}份提出解约，"
            "最早{days_to_end:.0f}天后终止"
        ),
        "{_some_noticed}{n_contracts_running:.0f}份合同中已有{n_contracts_cancelled:.0f}份提出解约",
        "{_noticed}已提出解约，{days_to_end:.0f}天后终止",
        "{_noticed}已提出解约",
        "{_several}{n_contracts_running:.0f}份合同中最早的{days_to_end:.0f}天后到期",
        "{days_to_end:.0f}天后到期",
        "{_unnoticed}未提出解约",
        "未知终止日期",
    ),
    "holdings": ("持有余额{balance_total:,.2f}", "持有情况"),
    "offers": ("已收到{n_treatments:.0f}次优惠", "以往优惠"),
    "referrals": ("推荐了{n_referrals:.0f}位客户", "推荐"),
    "opinion": ("问卷与评论的反映",),
    "horizon": ("预测期长度",),
}  # fmt: skip
_WORDS: dict[Language, dict[str, tuple[str, ...]]] = {"en": _EN, "zh": _ZH}
# What an industry says otherwise.
_OWN: Mapping[str, Mapping[Language, Mapping[str, tuple[str, ...]]]] = {"bank": bank_words.WORDS}
_FIELD = re.compile(r"\{(\w+)")
_COMPLAINTS = re.compile(rf"n_interactions_{SUPPORT_KINDS}_365d")


def phrases(
    theme: str, X: pd.DataFrame, language: Language = "en", *, industry: str = "retail"
) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Return what a theme says of each row (n,).

    Parameters
    ----------
    theme : one of the known themes, or the name of a column, which is told as it stands.
    X : (n, ...) features; a number that is not there, or missing, is not told.
    industry : whose words: a bank has transactions where a shop has orders.

    Examples
    --------
    >>> X = pd.DataFrame({"days_since_last_order": [84, 5, 9], "gap_mean_days": [21.0, 30.0, None]})
    >>> list(phrases("rhythm", X))
    ['no order for 84 days; usually every 21', 'last order 5 days ago; usually every 30',
     'one order, 9 days ago']
    >>> list(phrases("city", pd.DataFrame({"city": ["Xi'an", None]}), "zh"))
    ["city：Xi'an", 'city：未知']
    >>> list(phrases("orders", pd.DataFrame({"n_orders": [3]}), industry="bank"))
    ['transactions: 3']
    """
    if theme not in THEMES:
        return as_it_stands(theme, X, language)
    told = np.full(len(X), None, dtype=object)
    facts = _facts(theme, X)
    own = _OWN.get(industry, {}).get(language, {})
    for template in own.get(theme, _WORDS[language][theme]):
        fields = _FIELD.findall(template)
        if not set(fields) <= set(facts):
            continue
        known = facts[fields].notna().all(axis=1).to_numpy() & pd.isna(told)
        told[known] = _filled(template, facts.loc[known, fields])
    return told


def _facts(theme: str, X: pd.DataFrame) -> pd.DataFrame:
    """Return the columns a theme tells, with marks for which way of saying fits."""
    if theme == "complaints":
        counts = [name for name in X if _COMPLAINTS.fullmatch(str(name))]
        return X.assign(_complaints=X[counts].sum(axis=1)) if counts else X
    mark = pd.Series("", index=X.index, dtype=object)
    return X.assign(**{name: mark.where(fits) for name, fits in _marks(theme, X).items()})


def _marks(theme: str, X: pd.DataFrame) -> "dict[str, pd.Series[bool]]":
    if theme == "rhythm" and {"days_since_last_order", "gap_mean_days"} <= set(X):
        is_late = X["days_since_last_order"] > X["gap_mean_days"]
        return {"_overdue": is_late, "_on_time": ~is_late & X["gap_mean_days"].notna()}
    if theme == "payment_due" and {"days_to_next_payment", "horizon_days"} <= set(X):
        return {"_none_due": X["days_to_next_payment"] >= X["horizon_days"]}
    if theme == "notice" and "n_contracts_cancelled" in X:
        return _notices(X)
    return {}


def _notices(X: pd.DataFrame) -> "dict[str, pd.Series[bool]]":
    is_noticed = X["n_contracts_cancelled"] > 0
    told = {"_noticed": is_noticed, "_unnoticed": ~is_noticed}
    if "n_contracts_running" not in X:
        return told
    several = X["n_contracts_running"] > 1
    return {**told, "_several": several & ~is_noticed, "_some_noticed": several & is_noticed}


def _filled(template: str, facts: pd.DataFrame) -> Sequence[str]:
    rows = facts.to_dict("records") if len(facts.columns) else [{}] * len(facts)
    return [template.format(**{str(name): value for name, value in row.items()}) for row in rows]


def as_it_stands(
    column: str, X: pd.DataFrame, language: Language = "en"
) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Return a column's name and value of each row (n,), unknown where missing; of no column, the name."""
    if column not in X:
        return np.full(len(X), column, dtype=object)
    between, unknown = ("：", "未知") if language == "zh" else (": ", "unknown")
    told = [unknown if pd.isna(value) else _short(value) for value in X[column].tolist()]
    return np.array([f"{column}{between}{value}" for value in told], dtype=object)


def _short(value: object) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else str(value)
