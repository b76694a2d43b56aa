"""Who gets which offer: the expected gain of all offers together, as high as budget and limits allow."""

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.arguments import as_number
from goodwill.decisions.allocation import Allocation
from goodwill.decisions.budget_curve import return_curve
from goodwill.decisions.budget_effects import Effects, effects_of
from goodwill.decisions.budget_limits import Limits, channels_of, check_floors, grouped, is_barred
from goodwill.decisions.budget_plan import Menu, Plan, by_offer, compared, rows_of
from goodwill.decisions.budget_policies import simple_choices
from goodwill.decisions.budget_solution import best_choice
from goodwill.decisions.offers import Offer, is_eligible, offer_of
from goodwill.errors import UsageError

F = NDArray[np.float64]
B = NDArray[np.bool_]
NO_LIMITS = Limits()


def allocate_budget(
    scores: pd.DataFrame,
    offers: Sequence[Offer | Mapping[str, object]],
    *,
    budget: float,
    limits: Limits = NO_LIMITS,
    uplift: pd.DataFrame | None = None,
    caution: float = 0.0,
) -> Plan:
    """Return who gets which offer so that expected incremental margin less cost is as high as can be.

    Each customer gets one offer at one level or nothing; treating nobody is always allowed (less only where
    floors ask for more). Small problems are solved exactly (HiGHS), large ones by Lagrangian relaxation with
    a repair, and `gap` says how far below the proven bound the plan can be at most.

    Parameters
    ----------
    scores : (n, ...) as a predictor returns them, one row per customer; rows whose `status` is not `scored`
        are left out.
    offers : offers, or their settings as in YAML.
    budget : money for all offers together.
    limits : channel capacities, people not to be contacted, floors.
    uplift : frame of `customer_id` and a column of money per offer, with `_low` and `_high` where known.
    caution : 0 maximises the expectation, 1 the lower bounds, between them a mixture.

    Returns
    -------
    Plan
        `rows`, a row per treated customer, and what it costs, gains and compares with.

    Raises
    ------
    UsageError
        If an offer, the budget or a limit is impossible; the message says which and what to do.

    Examples
    --------
    >>> scores = pd.DataFrame({"customer_id": ["1", "2"], "clv": [90.0, 40.0], "value_at_risk": [60.0, 10.0]})
    >>> call = Offer("call", cost=4.0, channel="phone", assumed_save_rate=0.2)
    >>> plan = allocate_budget(scores, [call], budget=10.0)
    >>> plan.rows[["customer_id", "offer", "cost", "expected_margin"]].values.tolist(), plan.profit
    ([['1', 'call', 4.0, 12.0]], 8.0)
    >>> allocate_budget(scores, [call], budget=1.0)
    Traceback (most recent call last):
    goodwill.errors.UsageError: budget is 1.00 and the cheapest offer (call) costs 4.00, ...
    """
    known = [offer_of(given) for given in offers]
    budget, caution = ensure_affordable(known, budget, caution)
    customers = _customers(scores)
    channels, capacity = channels_of(known, limits.capacity)
    menu, effects = Menu.of(known, channels), effects_of(customers, known, uplift)
    _check_caution(known, uplift, caution)
    group, floor, names = grouped(customers, limits.floors)
    allowed = _allowed(customers, known, limits)
    problem = Allocation(
        _gain(menu, effects, allowed, caution), menu.cost, menu.channel, budget, capacity, group, floor
    )
    check_floors(problem, names)
    found = best_choice(problem)
    rows = rows_of(customers["customer_id"], menu, effects, found.choice)
    prices = [float(price) for price in found.prices]
    choices = {"plan": found.choice, **simple_choices(problem, customers, seed=0)}
    return Plan(
        rows=rows,
        budget=float(budget),
        spend=float(rows["cost"].sum()),
        expected_margin=float(rows["expected_margin"].sum()),
        gap=found.gap(problem),
        method=found.method,
        budget_price=prices[0],
        channel_prices=dict(zip(channels, prices[1:], strict=False)),
        by_offer=by_offer(rows, menu),
        comparisons=compared(menu, effects, choices),
        curve=return_curve(problem, expected=_gain(menu, effects, allowed, 0.0)),
        notices=_notices(known, allowed, effects),
    )


def ensure_affordable(
    offers: Sequence[Offer | Mapping[str, object]], budget: float, caution: float = 0.0
) -> tuple[float, float]:
    """Return budget and caution as plain numbers.

    Raises
    ------
    UsageError
        If there is no offer, two have one name, the budget pays for none, or a number is impossible.

    Examples
    --------
    >>> ensure_affordable([Offer("call", cost=4.0, channel="phone", assumed_save_rate=0.2)], float("inf"))
    Traceback (most recent call last):
    goodwill.errors.UsageError: budget: inf is not finite. Give a number.
    """
    budget, caution = as_number("budget", budget), as_number("caution", caution)
    _check([offer_of(given) for given in offers], budget, caution)
    return budget, caution


def _check(offers: Sequence[Offer], budget: float, caution: float) -> None:
    if not offers:
        raise UsageError("offers: there is none. Give at least one.")
    names = [offer.name for offer in offers]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"offers: {', '.join(twice)} stands there twice; each needs its own name.")
    if not budget >= 0:
        raise UsageError(f"budget is {budget}; it must be 0 or more.")
    cheapest = min(offers, key=lambda offer: offer.cost * min(offer.levels))
    least = cheapest.cost * min(cheapest.levels)
    if budget < least:
        raise UsageError(
            f"budget is {budget:,.2f} and the cheapest offer ({cheapest.name}) costs {least:,.2f}, "
            "so nobody can be treated. Raise the budget, or add a cheaper offer."
        )
    if not 0 <= caution <= 1:
        raise UsageError(f"caution is {caution}; it lies between 0 (expectation) and 1 (lower bounds).")


def _check_caution(offers: Sequence[Offer], uplift: pd.DataFrame | None, caution: float) -> None:
    columns = [] if uplift is None else [offer.effect or offer.name for offer in offers]
    bare = [name for name in columns if uplift is not None and name in uplift and f"{name}_low" not in uplift]
    if caution and bare:
        raise UsageError(
            f"caution is {caution}, and the uplift has no column {bare[0]}_low to be cautious by. Add it, or "
            "set caution to 0."
        )


def _customers(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scored customers, one row each."""
    if "customer_id" not in scores:
        raise UsageError(
            "scores: there is no column customer_id. Give the scores as a predictor returns them."
        )
    scored = scores[scores["status"] == "scored"] if "status" in scores else scores
    n_twice = int(scored["customer_id"].duplicated().sum())
    if n_twice:
        raise UsageError(f"scores: {n_twice} of {len(scored)} rows repeat a customer. Keep one horizon.")
    if scored.empty:
        raise UsageError(f"scores: none of {len(scores)} rows is scored, so there is nobody to plan for.")
    return scored.reset_index(drop=True)


def _allowed(customers: pd.DataFrame, offers: Sequence[Offer], limits: Limits) -> B:
    """Return who may get which offer, (n_offers, n)."""
    barred = {
        channel: is_barred(customers["customer_id"], channel, limits.barred)
        for channel in {offer.channel for offer in offers}
    }
    allowed = np.stack([is_eligible(customers, offer) & ~barred[offer.channel] for offer in offers])
    if not allowed.any():
        conditions = "; ".join(f"{offer.name}: {_asked(offer)}" for offer in offers)
        raise UsageError(
            f"offers: none of {len(customers)} customers may get any of them ({conditions}), opt-outs and "
            "contact limits included. Widen `eligible`, or look at the contact rules."
        )
    return allowed


def _asked(offer: Offer) -> str:
    """Return in words whom an offer is for."""
    asked = []
    for column, wanted in offer.eligible.items():
        if isinstance(wanted, Mapping):
            signs = {"min": ">=", "max": "<="}
            asked += [
                f"{column} {signs[side]} {limit:,}" for side, limit in wanted.items() if isfinite(limit)
            ]
        else:
            asked.append(f"{column}: {', '.join(map(str, wanted))}")
    return "; ".join(asked) or "anybody"


def _gain(menu: Menu, effects: Effects, allowed: B, caution: float) -> F:
    """Return the net gain of each option, -inf where it is not allowed or its effect is not known."""
    gain = np.empty((len(menu.cost), allowed.shape[1]))
    for option, offer in enumerate(menu.offer):
        expected, low = effects.expected[offer], effects.low[offer]
        judged = expected if caution == 0 else (1 - caution) * expected + caution * low
        net = menu.strength[option] * judged - menu.cost[option]
        gain[option] = np.where(allowed[offer] & np.isfinite(net), net, -np.inf)
    return gain


def _notices(offers: Sequence[Offer], allowed: B, effects: Effects) -> list[str]:
    found, n = [], allowed.shape[1]
    for offer, may, expected in zip(offers, allowed, effects.expected, strict=True):
        if not may.any():
            why = _asked(offer) if offer.eligible else "opt-outs and contact limits"
            found.append(f"offers.{offer.name}: none of {n} customers may get it ({why}).")
        n_known = int(np.isfinite(expected).sum())
        if n_known < n:
            found.append(
                f"offers.{offer.name}: its effect is known of {n_known} of {n} customers; no other gets it."
            )
    return found
