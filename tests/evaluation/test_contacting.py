"""Rules of contact: what they promised, what they would have returned, and against which limits."""

import numpy as np
import pytest

from goodwill.errors import UsageError
from goodwill.evaluation.contacting import Stakes, contact_policies, uncertain_maximum
from goodwill.evaluation.economics import RetentionOffer

# Three customers: two leave, one with 5 still to pay; who stays brings half of what was expected of him.
FEW = Stakes(
    p_churn=np.array([0.5, 0.2, 0.1]),
    clv_if_active=np.array([100.0, 100.0, 40.0]),
    clv_if_churned=np.array([0.0, 10.0, 0.0]),
    churned=np.array([1.0, 1.0, 0.0]),
    value=np.array([0.0, 5.0, 20.0]),
)
OFFER = RetentionOffer(offer_cost=0.0, contact_cost=4.0, success_rate=0.2)


def many() -> Stakes:
    rng = np.random.default_rng(0)
    p_churn, active = rng.random(500), rng.lognormal(3, 1, 500)
    churned = (rng.random(500) < p_churn).astype(float)
    return Stakes(p_churn, active, 0 * active, churned, (1 - churned) * active)


def test_keeping_is_worth_what_was_expected_at_the_level_of_those_who_stayed() -> None:
    assert FEW.level == 0.5
    assert FEW.worth_as_it_came[:2].tolist() == [50.0, 45.0]


def test_each_rule_is_told_before_and_after() -> None:
    found = contact_policies(FEW, OFFER)
    before = {name: round(told["expected_profit"], 9) for name, told in found.items()}
    after = {name: round(told["profit"], 9) for name, told in found.items()}
    assert before == {"per_customer": 6.0, "one_threshold": 5.6, "everybody": 2.4, "nobody": 0.0}
    assert after == {"per_customer": 6.0, "one_threshold": 11.0, "everybody": 7.0, "nobody": 0.0}
    assert found["one_threshold"]["threshold"] == 0.2


def test_no_rule_promises_more_than_a_threshold_for_each() -> None:
    found = contact_policies(many(), OFFER)
    best = found["per_customer"]
    assert best["expected_profit"] == max(told["expected_profit"] for told in found.values())
    assert best["profit"] > found["everybody"]["profit"]


def test_where_no_threshold_pays_nobody_is_contacted() -> None:
    dear = RetentionOffer(offer_cost=0.0, contact_cost=1e4, success_rate=0.2)
    assert contact_policies(many(), dear)["one_threshold"] == {
        "contacted_share": 0.0, "expected_profit": 0.0, "profit": 0.0, "threshold": None,
    }  # fmt: skip


def test_a_rate_that_is_sure_is_the_limit_of_one_that_is_nearly_so() -> None:
    sure, nearly = (RetentionOffer(offer_cost=0.0, contact_cost=4.0, success_rate=r) for r in (1, 1 - 1e-6))
    found = uncertain_maximum(many(), sure)
    assert found.profit == pytest.approx(uncertain_maximum(many(), nearly).profit, rel=1e-3)


def test_doubt_about_the_rate_is_worth_something_when_the_ranking_may_still_be_cut() -> None:
    mean = FEW.worth_as_it_came[:2].mean()
    sure = 2 / 3 * (0.2 * mean - 4)
    assert uncertain_maximum(FEW, OFFER).profit > sure


def test_customers_of_no_worth_are_refused() -> None:
    nothing = Stakes(FEW.p_churn, FEW.clv_if_active, FEW.clv_if_churned, FEW.churned, FEW.value * [1, 100, 0])
    with pytest.raises(UsageError, match="Keeping a customer who left was worth"):
        uncertain_maximum(nothing, OFFER)
