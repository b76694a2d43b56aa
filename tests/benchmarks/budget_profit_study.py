"""What a plan really brings: simulated campaigns whose effect on every customer is known.

usage: python tests/benchmarks/budget_profit_study.py [SEED ...]

In the world `campaign_two_arms` a letter and a coupon were sent by lot. Their effect on a customer's money is
learned from what came of it; the plan spends a budget on a next round, in which the effects are the same.
Profit is the true effect of what each policy does, less its cost. Planned with the same budget are

- `money`: goodwill, by effects learned from revenue, as `goodwill measure` writes them;
- `orders`: goodwill, by effects learned from orders, times what an order is worth;
- `oracle`: the best rule there is for who knows the world and sees what was known of each customer before
  treatment (Qian and Murphy 2011; Athey and Wager 2021). It knows every customer's reaction, and expects of
  each the money that the exact law of the world leaves to be expected after their history
  (`latent_posterior.py`). No table holds more, so that no program can plan better;
- `oracle, our value`: the oracle with goodwill's expectation of each customer's money;
- `omniscient`: sees besides what no table holds: whether each customer still lives, and their own rate of
  orders and mean order.

The simple policies spend the budget from the top of a list with the better of the two offers. It pays the
coupon for everybody, and where that is the better one, mail-all, top-churn and random are one policy.
"""

import sys

import numpy as np
import pandas as pd
from latent_posterior import expected_money, histories
from simulated_campaigns import WORLDS, drawn, simulated
from uplift_study import MODERATORS, by_value

import goodwill as gw
from goodwill.decisions.budget import allocate_budget
from goodwill.decisions.budget_plan import Plan
from goodwill.decisions.uplift import UpliftModel

WORLD, LEVEL = "campaign_two_arms", 0.9
SEEDS = (WORLDS[WORLD].seed, 401, 402, 403, 404)
WORLDLY = WORLDS[WORLD].world.campaigns[0]
ARMS = {arm.name: arm.cost for arm in WORLDLY.arms}


def study(seed: int) -> dict[str, float]:
    """Return profits at a budget that treats about a third of the customers with the dearer offer."""
    found = drawn(WORLD, seed)
    rows, day = found.campaign.rows, found.day
    ids = rows["customer_id"].reset_index(drop=True)
    frames = simulated(WORLD, seed, 0)
    true, rates = (truth(frames.truth["treatments"], ids, what) for what in ("effect_value", "effect_rate"))
    known = histories(frames, WORLDS[WORLD].world, ids, day)
    usual = expected_money(WORLDS[WORLD].world, known, WORLDLY.day, WORLDLY.window_days)
    models = {name: learned(rows, name) for name in ("revenue", "orders")}
    worth = (rows["expected_revenue"] / rows["expected_orders"]).to_numpy()
    effects = {
        "omniscient": true,
        "oracle": rates.mul(usual, axis=0),
        "oracle, our value": rates.mul(models["revenue"].learned_from_.usual, axis=0),
        "money": effects_of(models["revenue"]),
        "orders": effects_of(models["orders"]).mul(worth, axis=0),
    }
    scores = pd.DataFrame({"customer_id": ids, **by_value(found)})
    budget = 0.8 * len(ids)
    profits = {
        name: realised(planned(scores, one, budget), true.assign(customer_id=ids))
        for name, one in effects.items()
    }
    plain = simple(scores, true, budget)
    held = coverage(models["revenue"], rates.mul(usual, axis=0))
    return {"customers": len(ids), **profits, **plain, **ratios(profits, plain), "interval": held}


def ratios(profits: dict[str, float], plain: dict[str, float]) -> dict[str, float]:
    """Return what part of the best plans' profit each reaches, and how often that of each simple policy."""
    ours = ("money", "orders")
    of_oracle = {f"{name} / oracle": profits[name] / profits["oracle"] for name in ours}
    of_omniscient = {
        f"{name} / omniscient": profits[name] / profits["omniscient"]
        for name in ("oracle", "oracle, our value", *ours)
    }
    of_plain = {f"money / {policy}": profits["money"] / profit for policy, profit in plain.items()}
    return {**of_oracle, **of_omniscient, **of_plain}


def learned(rows: pd.DataFrame, outcome: str) -> UpliftModel:
    """Fit as `goodwill measure` does with two stated moderators."""
    names = [
        name
        for name in rows
        if name not in {"customer_id", "treatment", "cost", "propensity", "day", "as_of"}
    ]
    X = rows[[name for name in names if name not in {"horizon_days", "status", *OUTCOMES}]]
    model = UpliftModel(anchor=f"expected_{outcome}", moderators=MODERATORS["two"])
    return model.fit(X, rows[outcome], rows["treatment"])


OUTCOMES = ("revenue", "margin", "retention", "orders", "refunds")


def effects_of(model: UpliftModel) -> pd.DataFrame:
    """Return effects on those it was fitted to, by outcomes expected by models that have not seen them."""
    return model.effects(model.learned_from_)[list(ARMS)]


def coverage(model: UpliftModel, expected: pd.DataFrame) -> float:
    """Return the share of intervals that hold the effect to expect, given the history."""
    limits = model.limits(model.learned_from_, LEVEL)
    held = [expected[arm].between(limits[f"{arm}_low"], limits[f"{arm}_high"]).mean() for arm in ARMS]
    return float(np.mean(held))


def planned(scores: pd.DataFrame, effects: pd.DataFrame, budget: float) -> Plan:
    """Plan a budget by effects aligned with the scores."""
    offers = [gw.Offer(name, cost, "mail", effect=name) for name, cost in ARMS.items()]
    uplift = effects.assign(customer_id=scores["customer_id"])
    return allocate_budget(scores, offers, budget=budget, uplift=uplift)


def truth(frame: pd.DataFrame, ids: pd.Series, what: str) -> pd.DataFrame:
    """Return the true effect of each arm on each customer's money, or on the rate of orders."""
    wide = frame.pivot_table(index="customer_id", columns="treatment", values=what, observed=True)
    return wide.reindex(ids).reset_index(drop=True)[list(ARMS)]


def realised(plan: Plan, effects: pd.DataFrame) -> float:
    """Return the true profit of a plan."""
    true = effects.melt("customer_id", var_name="offer", value_name="true")
    got = plan.rows.merge(true, on=["customer_id", "offer"], how="left")["true"]
    return float(got.sum() - plan.spend)


def simple(scores: pd.DataFrame, effects: pd.DataFrame, budget: float) -> dict[str, float]:
    """Return the true profit of the simple policies, each with the better of the two offers."""
    rng, n = np.random.default_rng(0), len(scores)
    orders = {
        "mail-all": np.arange(n),
        "top-CLV": np.argsort(-scores["clv"].to_numpy()),
        "top-churn": np.argsort(-scores["p_churn"].to_numpy()),
        "random": rng.permutation(n),
    }
    found = {}
    for policy, order in orders.items():
        treated = {arm: order[: int(budget / cost)] for arm, cost in ARMS.items()}
        found[policy] = max(
            float(effects[arm].to_numpy()[who].sum() - ARMS[arm] * len(who)) for arm, who in treated.items()
        )
    return found


def main() -> None:
    """Print each seed's profits, and their means."""
    results = pd.DataFrame({seed: study(seed) for seed in [*map(int, sys.argv[1:])] or SEEDS})
    sys.stdout.write(f"{results.assign(mean=results.mean(axis=1)).round(3).to_string()}\n")


if __name__ == "__main__":
    main()
