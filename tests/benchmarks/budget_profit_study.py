"""What a plan really brings: simulated campaigns whose effect on every customer is known.

usage: python tests/benchmarks/budget_profit_study.py [SEED ...]

In the world `campaign_two_arms` a letter and a coupon were sent by lot. Their effect on a customer's orders
is learned from what came of it by the DR-learner, times what an order of theirs is worth; the plan spends a
budget on a next round, in which the effects are the same. `known rates` plans with the true effect on each
customer's rate, and has to guess what they would buy anyway; the oracle knows that too, from the latent
state, which no table holds. Profit is the true effect of what each policy does, less its cost.
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


def learned(seed: int) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return scores of the customers, and the effect of each arm in money: learned, and by known rates."""
    found = drawn(WORLD, seed)
    rows = found.campaign.rows
    X = rows[[*found.campaign.before.values(), *found.campaign.covariates]]
    model = UpliftModel(moderators=MODERATORS["two"]).fit(X, rows["orders"], rows["treatment"])
    n, mean = rows["n_orders"].fillna(0.0), rows["spend_mean"]
    overall = float(np.average(mean.fillna(0.0), weights=n))
    worth = (n * mean.fillna(0.0) + PRIOR_ORDERS * overall) / (n + PRIOR_ORDERS)
    untreated = np.maximum(model.predict_untreated(X), 0.0)
    ids = rows["customer_id"].reset_index(drop=True)
    rates = truth(seed, ids, "effect_rate").drop(columns="customer_id").set_axis(rows.index)
    scores = pd.DataFrame({"customer_id": ids, **by_value(found)})
    money = {
        "dr": model.predict(X).mul(worth, axis=0),
        "known rates": rates.mul(worth * untreated, axis=0),
    }
    frames = {
        name: pd.DataFrame({"customer_id": ids, **effects.reset_index(drop=True)})
        for name, effects in money.items()
    }
    return scores, frames


def truth(seed: int, ids: pd.Series, what: str = "effect_value") -> pd.DataFrame:
    """Return the true effect of each arm on each customer's money, or on the rate of orders."""
    frame = simulated(WORLD, seed, 0).truth["treatments"]
    wide = frame.pivot_table(index="customer_id", columns="treatment", values=what, observed=True)
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
    plans = {
        name: allocate_budget(scores, offers, budget=budget, uplift=one)
        for name, one in {**effects, "oracle": true}.items()
    }
    profits = {name: realised(plan, true) for name, plan in plans.items()}
    shares = {f"{name} share": profits[name] / profits["oracle"] for name in effects}
    return {"n": len(scores), **profits, **shares, **simple(scores, true, costs, budget)}


def main() -> None:
    """Print each seed's profits."""
    seeds = [WORLDS[WORLD].seed, *map(int, sys.argv[1:])]
    results = pd.DataFrame({seed: study(seed) for seed in seeds}).T
    sys.stdout.write(f"{results.round(3).to_string()}\nmean\n{results.mean().round(3).to_string()}\n")


if __name__ == "__main__":
    main()
