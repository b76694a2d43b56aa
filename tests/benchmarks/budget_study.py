"""The budget allocation: against every choice tried one by one, and at a million customers.

usage: python tests/benchmarks/budget_study.py [CUSTOMERS]
"""

import resource
import sys
import time
from itertools import product

import numpy as np
import pandas as pd

import goodwill as gw
from goodwill.decisions.allocation import NOBODY, Allocation
from goodwill.decisions.budget_dual import shadow_prices
from goodwill.decisions.budget_repair import repaired
from goodwill.decisions.budget_solution import best_choice
from goodwill.errors import UsageError

OFFERS = [
    gw.Offer("mail", 0.5, "email", effect="mail"),
    gw.Offer("voucher", 3.0, "email", effect="voucher"),
    gw.Offer("letter", 1.5, "post", effect="letter"),
    gw.Offer("gift", 6.0, "post", effect="gift"),
    gw.Offer("call", 9.0, "phone", effect="call", eligible={"p_churn": {"min": 0.3}}),
]


def small(seed: int) -> Allocation:
    """Return seven customers and three options under limits that bind, floors among them in every third."""
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 6, 3).astype(float)
    gain = rng.normal(3, 4, (3, 7)).round(2) - cost[:, None]
    gain[rng.random((3, 7)) < 0.2] = -np.inf
    groups = (rng.integers(0, 2, 7), np.array([1.0, 1.0])) if seed % 3 == 0 else (None, None)
    budget = float(rng.integers(6, 15))
    return Allocation(gain, cost, np.array([0, 0, 1]), budget, np.array([np.inf, 2.0]), *groups)


def tried(problem: Allocation) -> float:
    """Return the gain of the best of all choices, tried one by one."""
    choices = (np.array(choice) for choice in product((NOBODY, 0, 1, 2), repeat=problem.n))
    return max((problem.total(choice) for choice in choices if problem.is_feasible(choice)), default=-np.inf)


def is_refused(problem: Allocation) -> bool:
    """Tell whether floors that no choice fills are refused."""
    try:
        best_choice(problem)
    except UsageError:
        return True
    return False


def small_cases(n: int) -> None:
    """Print how many optima are those of trying all, and how far the relaxation and its repair are off."""
    equal, below, above = 0, [], []
    for seed in range(n):
        problem = small(seed)
        best, dual = tried(problem), shadow_prices(problem)
        if np.isneginf(best):
            equal += is_refused(problem)
            continue
        equal += abs(problem.total(best_choice(problem).choice) - best) < 1e-9
        plan = repaired(problem, dual)
        below.append(1 - problem.total(plan) / best if plan is not None and best > 0 else np.nan)
        above.append(dual.bound - best)
    sys.stdout.write(
        f"{n} small cases: {equal} optima equal to trying all 16,384 choices; the bound is never below "
        f"(least {min(above):.2g}); repair alone is {np.nanmean(below):.2%} below on average\n"
    )


def customers(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return scores and the uplift of five offers, heavy in the tails."""
    rng = np.random.default_rng(0)
    ids = pd.Series(np.arange(n)).astype(str)
    clv, p_churn = rng.lognormal(3, 1.2, n), rng.beta(2, 2, n)
    scores = pd.DataFrame({"customer_id": ids, "p_churn": p_churn, "clv": clv})
    reach = {"mail": 0.01, "voucher": 0.04, "letter": 0.025, "gift": 0.06, "call": 0.09}
    effects = {name: clv * p_churn * share * rng.lognormal(0, 0.6, n) for name, share in reach.items()}
    return scores, pd.DataFrame({"customer_id": ids, **effects})


def large_case(n: int) -> None:
    """Print time, memory, gap and prices of one large allocation."""
    scores, uplift = customers(n)
    limits = gw.Limits(capacity={"post": n // 20, "phone": n // 50})
    began = time.monotonic()
    plan = gw.allocate_budget(scores, OFFERS, budget=0.4 * n, limits=limits, uplift=uplift)
    seconds, peak = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sys.stdout.write(
        f"{n:,} customers × 5 offers: {seconds:.1f} s, peak {peak:.2f} GiB, gap {plan.gap:.5%}\n"
    )
    sys.stdout.write(f"prices: budget {plan.budget_price:.4f}, {plan.channel_prices}\n")
    sys.stdout.write(pd.DataFrame(plan.comparisons).T.round(0).to_string() + "\n")
    sys.stdout.write(pd.DataFrame(plan.curve).round(0).to_string() + "\n")


if __name__ == "__main__":
    small_cases(200)
    large_case(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
