from itertools import product

import numpy as np
import pandas as pd
import pytest

import goodwill as gw
from goodwill.decisions.allocation import NOBODY, Allocation
from goodwill.decisions.budget_effects import uplift_by_offer
from goodwill.decisions.budget_solution import best_choice
from goodwill.errors import UsageError

MAIL = gw.Offer("mail", cost=1.0, channel="email", assumed_save_rate=0.1)
CALL = gw.Offer("call", cost=5.0, channel="phone", assumed_save_rate=0.25)


def effect(**columns: object) -> pd.DataFrame:
    """Give effects of the offer `mail` on two customers."""
    return pd.DataFrame({"customer_id": ["00", "01"], "mail": [4.0, 2.0], **columns})


def small(seed: int) -> Allocation:
    """Return six customers and three options with a budget, a capacity and sometimes floors that bind."""
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 6, 3).astype(float)
    gain = rng.normal(3, 4, (3, 6)).round(2) - cost[:, None]
    gain[rng.random((3, 6)) < 0.2] = -np.inf
    group, floor = (rng.integers(0, 2, 6), np.array([1.0, 0.0])) if seed % 2 else (None, None)
    return Allocation(
        gain, cost, np.array([0, 0, 1]), float(rng.integers(4, 12)), np.array([np.inf, 1.0]), group, floor
    )


def enumerated(problem: Allocation) -> float:
    """Return the gain of the best of all choices, one by one; -inf where none is feasible."""
    tried = (np.array(choice) for choice in product((NOBODY, 0, 1, 2), repeat=problem.n))
    return max((problem.total(choice) for choice in tried if problem.is_feasible(choice)), default=-np.inf)


@pytest.mark.parametrize("seed", range(20))
def test_the_optimum_is_that_of_trying_every_choice(seed: int) -> None:
    problem = small(seed)
    found = best_choice(problem)
    assert problem.is_feasible(found.choice)
    assert problem.total(found.choice) == pytest.approx(enumerated(problem), abs=1e-9)


def test_money_goes_where_it_gains_most(scores: pd.DataFrame) -> None:
    plan = gw.allocate_budget(scores, [CALL, MAIL], budget=11.0)
    assert plan.rows[["customer_id", "offer"]].to_numpy().tolist() == [
        ["00", "call"], ["01", "call"], ["02", "mail"],
    ]  # fmt: skip
    assert plan.spend == 11.0
    assert plan.expected_margin == pytest.approx(15.0 + 12.5 + 4.0)
    assert plan.method == "exact"
    assert plan.gap < 1e-9


def test_nobody_is_treated_at_a_loss(scores: pd.DataFrame) -> None:
    plan = gw.allocate_budget(scores, [CALL], budget=1000.0)
    assert plan.rows["customer_id"].tolist() == ["00", "01", "02", "03"]
    assert plan.spend == 20.0


def test_a_useless_offer_reaches_nobody(scores: pd.DataFrame) -> None:
    useless = gw.Offer("poster", cost=50.0, channel="email", assumed_save_rate=0.1)
    plan = gw.allocate_budget(scores, [useless], budget=1000.0)
    assert (len(plan.rows), plan.spend, plan.roi) == (0, 0.0, None)


def test_bounds_follow_the_interval_of_the_value(scores: pd.DataFrame) -> None:
    first = gw.allocate_budget(scores, [CALL], budget=5.0).rows.iloc[0]
    assert (first["expected_margin"], first["low"], first["high"]) == (15.0, 7.5, 30.0)


def test_a_cautious_plan_counts_the_low_bounds(scores: pd.DataFrame) -> None:
    plan = gw.allocate_budget(scores, [CALL], budget=1000.0, caution=1.0)
    assert plan.rows["customer_id"].tolist() == ["00", "01"]


def test_a_channel_holds_no_more_than_its_capacity(scores: pd.DataFrame) -> None:
    limits = gw.Limits(capacity={"phone": 1})
    plan = gw.allocate_budget(scores, [CALL, MAIL], budget=1000.0, limits=limits)
    assert plan.rows["channel"].tolist() == ["phone", "email", "email", "email", "email"]
    assert plan.channel_prices["phone"] > 0
    assert plan.budget_price == 0.0


def test_who_is_barred_from_a_channel_gets_no_offer_through_it(scores: pd.DataFrame) -> None:
    barred = pd.DataFrame({"customer_id": ["00", "01"], "channel": ["phone", None]})
    plan = gw.allocate_budget(scores, [CALL, MAIL], budget=1000.0, limits=gw.Limits(barred=barred))
    got = dict(zip(plan.rows["customer_id"], plan.rows["offer"], strict=True))
    assert got["00"] == "mail"
    assert "01" not in got


def test_a_higher_level_is_bought_where_it_still_pays(scores: pd.DataFrame) -> None:
    offer = gw.Offer("mail", cost=2.0, channel="email", assumed_save_rate=0.1, levels={1: 1.0, 2: 1.5})
    plan = gw.allocate_budget(scores, [offer], budget=1000.0)
    assert plan.rows["level"].tolist() == [2.0, 2.0, 1.0, 1.0]
    assert plan.rows["cost"].tolist() == [4.0, 4.0, 2.0, 2.0]


def test_floors_treat_every_group(scores: pd.DataFrame) -> None:
    halves = scores.assign(branch_id=[1.0] * 3 + [2.0] * 4)
    limits = gw.Limits(floors=gw.Floors("branch_id", 0.3))
    plan = gw.allocate_budget(halves, [CALL], budget=10.0, limits=limits)
    assert plan.rows["customer_id"].tolist() == ["00", "03"]


def test_uplift_counts_before_an_assumed_rate(scores: pd.DataFrame) -> None:
    uplift = pd.DataFrame({"customer_id": ["05", "04"], "call": [9.0, 7.0], "call_low": [1.0, 6.0]})
    plan = gw.allocate_budget(scores, [CALL], budget=5.0, uplift=uplift)
    assert plan.rows[["customer_id", "expected_margin", "low", "high"]].to_numpy().tolist() == [
        ["05", 9.0, 1.0, 9.0]
    ]
    bold = gw.allocate_budget(scores, [CALL], budget=5.0, uplift=uplift, caution=1.0)
    assert bold.rows["customer_id"].tolist() == ["04"]


def test_the_plan_beats_the_simple_policies_under_the_same_budget(scores: pd.DataFrame) -> None:
    plan = gw.allocate_budget(scores, [CALL, MAIL], budget=11.0)
    rivals = {name: found["profit"] for name, found in plan.comparisons.items() if name != "plan"}
    assert set(rivals) == {"mail_all", "top_clv", "top_churn", "random"}
    assert max(rivals.values()) <= plan.comparisons["plan"]["profit"] == pytest.approx(plan.profit)
    assert all(found["spend"] <= 11.0 for found in plan.comparisons.values())


def test_the_curve_of_a_cautious_plan_tells_what_is_expected() -> None:
    scores = pd.DataFrame({"customer_id": ["00", "01"], "clv": 1.0, "value_at_risk": 1.0})
    unsure = effect(mail_low=[2.0, 1.5], mail_high=[6.0, 2.5])
    plan = gw.allocate_budget(scores, [MAIL], budget=1.0, uplift=unsure, caution=1.0)
    (point,) = (point for point in plan.curve if point["budget"] == 1.0)
    assert point["gain"] == plan.profit == 3.0


def test_the_curve_rises_and_flattens(scores: pd.DataFrame) -> None:
    curve = gw.allocate_budget(scores, [CALL, MAIL], budget=11.0).curve
    gains = [point["gain"] for point in curve]
    assert gains == sorted(gains)
    assert gains[-1] == gains[-2]


def test_return_on_investment_is_told_by_offer(scores: pd.DataFrame) -> None:
    plan = gw.allocate_budget(scores, [CALL, MAIL], budget=5.0)
    call, mail = plan.by_offer
    assert call["roi"] is None
    assert mail["roi"] == pytest.approx((6.0 + 5.0 + 4.0 + 3.0 + 2.0 - 5.0) / 5.0)
    assert plan.to_dict()["customers"] == 5


def test_an_offer_for_nobody_is_told_and_left_out(scores: pd.DataFrame) -> None:
    gift = gw.Offer("gift", 1.0, "email", 0.5, eligible={"tier": ["platinum"]})
    plan = gw.allocate_budget(scores, [gift, MAIL], budget=5.0)
    assert plan.notices == ["offers.gift: none of 6 customers may get it (tier: platinum)."]


def test_of_how_many_customers_an_effect_is_known_is_told(scores: pd.DataFrame) -> None:
    plan = gw.allocate_budget(scores, [MAIL], budget=5.0, uplift=effect())
    assert plan.rows["customer_id"].tolist() == ["00", "01"]
    assert plan.notices == ["offers.mail: its effect is known of 2 of 6 customers; no other gets it."]


def test_offers_without_gain_are_left_unspent(scores: pd.DataFrame) -> None:
    plan = gw.allocate_budget(scores, [MAIL], budget=5.0, uplift=effect(mail=[-1.0, 0.5]))
    assert plan.rows.empty
    assert plan.spend == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"budget": 0.5}, r"budget is 0.50 and the cheapest offer \(mail\) costs 1.00"),
        ({"budget": -1.0}, "budget is -1.0; it must be 0 or more"),
        ({"budget": float("nan")}, "budget: nan is not finite"),
        ({"offers": []}, "offers: there is none"),
        ({"offers": [MAIL, MAIL]}, "mail stands there twice"),
        ({"offers": [{"name": "mail", "cost": -2, "channel": "x"}]}, "cost is -2; it must be"),
        ({"offers": [gw.Offer("mail", 1.0, "email")]}, "its effect is not known"),
        ({"offers": [gw.Offer("mail", 1.0, "email", 0.1, "mailing")]}, "uplift frame with a column mailing"),
        ({"offers": [gw.Offer("mail", 1.0, "x", 0.1, eligible={"tier": ["lost"]})]}, "none of 6 customers"),
        ({"offers": [gw.Offer("mail", 1.0, "email", 0.1, eligible={"age": {"min": 5}})]}, "no column age"),
        ({"caution": 2.0}, "caution is 2.0"),
        ({"limits": gw.Limits(capacity={"letter": 5})}, "no offer uses the channel letter"),
        ({"limits": gw.Limits(capacity={"email": -5})}, "capacity.email is -5"),
        ({"limits": gw.Limits(floors=gw.Floors("tier", 0.9))}, "costs at least 6.00, the budget is 5.00"),
        ({"limits": gw.Limits(floors=gw.Floors("tier", 1.5))}, "floors.share is 1.5"),
        ({"limits": gw.Limits(floors=gw.Floors("city", 0.5))}, "no column city"),
        ({"uplift": pd.DataFrame({"id": []})}, "no column customer_id"),
        ({"uplift": pd.DataFrame({"customer_id": ["1", "1"]})}, "1 of 2 rows repeat a customer_id"),
        ({"uplift": effect(customer_id=["x00", "x01"])}, "no effect on any of the 6 customers"),
        ({"uplift": effect(mail=[None, None])}, "no effect on any of the 6 customers"),
        ({"uplift": effect(mail=["1 USD", "2"])}, "uplift.mail: 1 of 6 values are no amounts of money"),
        ({"uplift": effect(mail=[float("inf"), 2.0])}, "uplift.mail: 1 of 6 values are no amounts"),
        ({"uplift": effect(mail_low=[None, 1.0])}, "of 2 customers with an effect 1 lack a limit, and 0"),
        ({"uplift": effect(mail_high=[1.0, 3.0])}, "0 lack a limit, and 1 have one on the wrong side"),
        ({"uplift": effect(), "caution": 0.5}, "the uplift has no column mail_low to be cautious by"),
    ],
)  # fmt: skip
def test_the_impossible_is_told(scores: pd.DataFrame, change: dict[str, object], said: str) -> None:
    asked: dict[str, object] = {"offers": [MAIL], "budget": 5.0} | change
    scores = scores.assign(tier=["a", "b", "c", "d", "e", "f", "g"])
    with pytest.raises(UsageError, match=said):
        gw.allocate_budget(scores, **asked)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda scores: scores.drop(columns="customer_id"), "no column customer_id"),
        (lambda scores: pd.concat([scores, scores]), "6 of 12 rows repeat a customer"),
        (lambda scores: scores.tail(1), "none of 1 rows is scored"),
        (lambda scores: scores.drop(columns="value_at_risk"), "no column value_at_risk"),
        (lambda scores: scores.assign(value_at_risk=np.nan), "value_at_risk: none of 6 scored customers has"),
    ],
)
def test_scores_that_cannot_be_planned_with_are_told(scores: pd.DataFrame, change: object, said: str) -> None:
    assert callable(change)
    with pytest.raises(UsageError, match=said):
        gw.allocate_budget(change(scores), [MAIL], budget=5.0)


def test_what_was_measured_becomes_a_column_per_offer() -> None:
    wide = pd.DataFrame({"customer_id": ["1"], "mail": [3.0]})
    assert uplift_by_offer(wide).equals(wide)
    measured = pd.DataFrame({
        "customer_id": ["1", "2", "1"], "arm": "mail", "effect": [3.0, 4.0, 0.1],
        "outcome": ["spend", "spend", "visit"],
    })  # fmt: skip
    assert uplift_by_offer(measured, outcome="spend")["mail"].tolist() == [3.0, 4.0]
    assert uplift_by_offer(measured.drop(columns="outcome").head(2))["mail"].tolist() == [3.0, 4.0]


def test_an_outcome_is_chosen_from_columns_of_offers_too() -> None:
    both = pd.DataFrame({"customer_id": "1", "mail": [3.0, 0.1], "outcome": ["margin", "revenue"]})
    assert uplift_by_offer(both, outcome="revenue").to_dict("records") == [{"customer_id": "1", "mail": 0.1}]
    with pytest.raises(UsageError, match="the uplift holds the outcomes margin, revenue"):
        uplift_by_offer(both)


def test_an_outcome_that_no_column_tells_is_refused() -> None:
    with pytest.raises(UsageError, match=r"plan\.outcome is spend, and the uplift has no column outcome"):
        uplift_by_offer(effect(), outcome="spend")


@pytest.mark.parametrize("outcome", [None, "visit"])
def test_effects_that_are_no_money_are_refused(outcome: str | None) -> None:
    with pytest.raises(UsageError, match="it holds effects on visit in units of its own"):
        uplift_by_offer(effect(outcome="visit", unit="outcome"), outcome=outcome)


@pytest.mark.parametrize("outcome", [None, "orders"])
def test_an_unclear_outcome_is_told(outcome: str | None) -> None:
    measured = pd.DataFrame({"customer_id": "1", "arm": "a", "effect": 1.0, "outcome": ["spend", "visit"]})
    with pytest.raises(UsageError, match="the uplift holds the outcomes spend, visit"):
        uplift_by_offer(measured, outcome=outcome)


def test_effects_in_margin_are_not_taken_for_revenue() -> None:
    measured = pd.DataFrame({"customer_id": ["1"], "arm": "call", "effect": 8.0, "unit": "margin"})
    assert uplift_by_offer(measured, margin_rate=0.5)["call"].tolist() == [8.0]


def test_rows_without_an_outcome_are_counted() -> None:
    measured = pd.DataFrame({"customer_id": "1", "arm": "a", "effect": 1.0, "outcome": ["margin", None]})
    with pytest.raises(UsageError, match="outcome: 1 of 2 rows name none"):
        uplift_by_offer(measured)


def test_nobody_eligible_is_told_in_words() -> None:
    scores = pd.DataFrame({"customer_id": ["00"], "tier": "iron", "p_churn": 0.5, "value_at_risk": 9.0})
    asked = {"p_churn": {"min": 0.9, "max": np.inf}, "tier": ["gold", "lead"]}
    call = gw.Offer("call", cost=1.0, channel="phone", assumed_save_rate=0.1, eligible=asked)
    told = r"none of 1 customers may get .*call: p_churn >= 0\.9; tier: gold, lead"
    with pytest.raises(UsageError, match=told):
        gw.allocate_budget(scores, [call], budget=5.0)
