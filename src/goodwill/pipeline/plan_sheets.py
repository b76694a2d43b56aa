"""What a person reads after planning: the plan, its rivals, its prices, and who is recommended what."""

from collections.abc import Collection

import pandas as pd

from goodwill.decisions.budget_plan import Plan
from goodwill.evaluation.economics import AS_GOOD_AS_GONE, WORTH_A_WORD
from goodwill.pipeline.outcome import Sheet
from goodwill.wording.figures import NOTHING

_POLICIES = {
    "plan": "this plan",
    "mail_all": "mail all",
    "top_clv": "highest clv first",
    "top_churn": "highest p_churn first",
    "random": "by lot",
}
_ROUNDING = 1e-9


def plan_sheets(plan: Plan, actions: pd.DataFrame, money: str) -> list[Sheet]:
    """Return the tables of a plan."""
    return [
        _offers(plan, money),
        _comparison(plan, money),
        _prices(plan, money),
        _curve(plan, money),
        _actions(actions),
    ]


def gone_sentences(plan: Plan, scores: pd.DataFrame, assumed: Collection[str]) -> list[str]:
    """Return how many of the offers that rest on an assumed save rate go to customers as good as gone.

    Parameters
    ----------
    assumed : the offers whose effect is assumed, not measured.
    """
    rows = plan.rows[plan.rows["offer"].isin(assumed)]
    if rows.empty or "p_churn" not in scores:
        return []
    churn = scores.set_index("customer_id")["p_churn"].reindex(rows["customer_id"])
    n = int((churn >= AS_GOOD_AS_GONE).sum())
    if n < WORTH_A_WORD * len(rows):
        return []
    rule = f"{{p_churn: {{max: {AS_GOOD_AS_GONE}}}}}"
    said = (
        f"{n:,} of {len(rows):,} offers go to customers as good as gone (p_churn of {AS_GOOD_AS_GONE:.0%} or "
        "more), of whom hardly any may be saved, whatever rate is assumed. To leave them out, set "
        f"`eligible: {rule}` for the offer."
    )
    return [said]


def plan_sentence(plan: Plan, money: str) -> str:
    """Return the plan in a sentence or two."""
    proof = (
        "proven to be the best"
        if plan.gap <= _ROUNDING
        else f"at most {plan.gap:.3%} below the best there is"
    )
    said = (
        f"{len(plan.rows):,} customers get an offer: {plan.spend:,.2f} {money} of {plan.budget:,.2f} spent, "
        f"{plan.profit:z,.2f} {money} expected beyond the cost. The plan is {proof}."
    )
    left = plan.budget - plan.spend
    if plan.budget_price > 0 or left <= 0:
        return said
    return (
        f"{said} {left:z,.2f} {money} stay unspent: no further offer is expected to bring more than it costs."
    )


def _offers(plan: Plan, money: str) -> Sheet:
    rows = [
        (
            str(one["offer"]),
            str(one["channel"]),
            f"{one['customers']:,}",
            f"{one['spend']:z,.2f}",
            f"{one['expected_margin']:z,.2f}",
            NOTHING if one["roi"] is None else f"{one['roi']:.2f}",
        )
        for one in plan.by_offer
    ]
    heads = (
        "offer", "channel", "customers", f"cost ({money})", f"expected margin ({money})", "return per unit",
    )  # fmt: skip
    return Sheet("Plan", heads, rows)


def _comparison(plan: Plan, money: str) -> Sheet:
    rows = [
        (_POLICIES[name], f"{one['customers']:,}", f"{one['spend']:z,.2f}", f"{one['profit']:z,.2f}")
        for name, one in plan.comparisons.items()
    ]
    heads = ("policy", "customers", f"cost ({money})", f"expected profit ({money})")
    return Sheet("The same budget spent otherwise", heads, rows)


def _prices(plan: Plan, money: str) -> Sheet:
    rows = [("one more unit of budget", f"{plan.budget_price:,.3f}")]
    rows += [(f"one more contact by {name}", f"{price:,.3f}") for name, price in plan.channel_prices.items()]
    return Sheet("What more would bring", ("", f"gain ({money})"), rows)


def _curve(plan: Plan, money: str) -> Sheet:
    rows = [tuple(f"{point[name]:z,.2f}" for name in ("budget", "spend", "gain")) for point in plan.curve]
    heads = (f"budget ({money})", f"spent ({money})", f"gain ({money})")
    return Sheet("Return against budget", heads, rows)


def _actions(actions: pd.DataFrame) -> Sheet:
    counts = actions.groupby("strategy", sort=False).agg(n=("action", "size"), action=("action", "first"))
    counts = counts.sort_values("n", ascending=False, kind="stable")
    rows = [(str(name), f"{n:,}", str(action)) for name, n, action in counts.itertuples()]
    return Sheet("Recommended actions", ("strategy", "customers", "action"), rows)
