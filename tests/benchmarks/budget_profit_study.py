"""What a plan really brings: simulated campaigns whose effect on every customer is known.

usage: python tests/benchmarks/budget_profit_study.py [SEED ...]

In the world `campaign_two_arms` a letter and a coupon were sent by lot. Their effect on a customer's orders
is learned from what came of it, times what an order of theirs is worth; the plan spends a budget on a next
round, in which the effects are the same. The oracle plans with the true effects. Profit is the true effect of
what each policy does, less its cost.
"""

import sys

import numpy as np
import pandas as pd
from simulated_campaigns import WORLDS, drawn, simulated
from uplift_study import MODERATORS, by_value

import goodwill as gw
from goodwill.decisions.budget import allocate_budget
from goodwill.decisions.budget_plan import Plan
from goodwill.decisions.uplift import UpliftModel

WORLD = "campaign_two_arms"
PRIOR_ORDERS = 3.0


def learned(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return scores of the customers of a campaign, and the effect of each arm in money as learned."""
    found = drawn(WORLD, seed)
    rows = found.campaign.rows
    X = rows[[*found.campaign.before.values(), *found.campaign.covariates]]
    model = UpliftModel(moderators=MODERATORS["two"]).fit(X, rows["orders"], rows["treatment"])
    n, mean = rows["n_orders"].fillna(0.0), rows["spend_mean"]
    overall = float(np.average(mean.fillna(0.0), weights=n))
    worth = (n * mean.fillna(0.0) + PRIOR_ORDERS * overall) / (n + PRIOR_ORDERS)
    effects = model.predict(X).mul(worth, axis=0)
    ids = rows["customer_id"].reset_index(drop=True)
    scores = pd.DataFrame({"customer_id": ids, **by_value(found)})
    return scores, pd.DataFrame({"customer_id": ids, **effects.reset_index(drop=True)})


def truth(seed: int, ids: pd.Series) -> pd.DataFrame:
    """Return the true effect of each arm on each customer's money."""
    frame = simulated(WORLD, seed, 0).truth["treatments"]
    wide = frame.pivot_table(index="customer_id", columns="treatment", values="effect_value", observed=True)
    return wide.reindex(ids).reset_index()


def realised(plan: Plan, effects: pd.DataFrame) -> float:
    """Return the true profit of a plan."""
    true = effects.melt("customer_id", var_name="offer", value_name="true")
    got = plan.rows.merge(true, on=["customer_id", "offer"], how="left")["true"]
    return float(got.sum() - plan.spend)


def simple(
    scores: pd.DataFrame, effects: pd.DataFrame, costs: dict[str, float], budget: float
) -> dict[str, float]:
    """Return the true profit of the simple policies, each with the better of the two offers."""
    rng, n = np.random.default_rng(0), len(scores)
    orders = {
        "mail_all": np.arange(n),
        "top_clv": np.argsort(-scores["clv"].to_numpy()),
        "top_churn": np.argsort(-scores["p_churn"].to_numpy()),
        "random": rng.permutation(n),
    }
    found = {}
    for policy, order in orders.items():
        each = [
            float(
                effects[arm].to_numpy()[order[: int(budget / cost)]].sum() - cost * min(n, int(budget / cost))
            )
            for arm, cost in costs.items()
        ]
        found[policy] = max(each)
    return found


def study(seed: int) -> dict[str, float]:
    """Return profits at a budget that treats about a third of the customers with the dearer offer."""
    arms = WORLDS[WORLD].world.campaigns[0].arms
    costs = {arm.name: arm.cost for arm in arms}
    offers = [gw.Offer(name, cost, "mail", effect=name) for name, cost in costs.items()]
    scores, effects = learned(seed)
    true = truth(seed, scores["customer_id"])
    budget = 0.8 * len(scores)
    plan, oracle = (allocate_budget(scores, offers, budget=budget, uplift=one) for one in (effects, true))
    ours, best = realised(plan, true), realised(oracle, true)
    return {
        "n": len(scores),
        "oracle": best,
        "plan": ours,
        "share": ours / best,
        **simple(scores, true, costs, budget),
    }


def main() -> None:
    """Print each seed's profits."""
    seeds = [WORLDS[WORLD].seed, *map(int, sys.argv[1:])]
    results = pd.DataFrame({seed: study(seed) for seed in seeds}).T
    sys.stdout.write(f"{results.round(3).to_string()}\nmean share {results['share'].mean():.4f}\n")


if __name__ == "__main__":
    main()
