"""Profit, threshold and expected maximum profit, by hand and by integrating the definition."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta

from goodwill.errors import UsageError
from goodwill.evaluation.economics import (
    RetentionOffer,
    contact_profit,
    contact_threshold,
    expected_maximum_profit,
    maximum_profit,
)

OFFER = RetentionOffer(offer_cost=10.0, contact_cost=1.0, success_rate=0.3)
MONEY = {"value": 200.0, "offer_cost": 10.0, "contact_cost": 1.0}


def test_a_sure_churner_and_a_sure_stayer() -> None:
    np.testing.assert_allclose(contact_profit([1.0, 0.0], [200.0, 200.0], OFFER), [0.3 * 190 - 1, -11])


def test_at_the_threshold_a_contact_neither_pays_nor_costs() -> None:
    value = np.array([60.0, 200.0, 2000.0])
    np.testing.assert_allclose(contact_profit(contact_threshold(value, OFFER), value, OFFER), 0, atol=1e-12)


def test_who_is_worth_less_than_the_offer_is_never_contacted() -> None:
    assert contact_threshold([5.0, -3.0], OFFER).tolist() == [1.0, 1.0]


def test_a_missing_value_has_no_threshold() -> None:
    np.testing.assert_array_equal(contact_threshold([np.nan, 5.0], OFFER), [np.nan, 1.0])


def test_the_expected_maximum_is_the_mean_of_the_maxima() -> None:
    draw = np.random.default_rng(0)
    score = draw.random(300).round(2)
    churned = draw.random(300) < score * 0.6

    def best(rate: float) -> float:
        offer = RetentionOffer(offer_cost=10.0, contact_cost=1.0, success_rate=rate)
        return maximum_profit(churned, score, value=200.0, offer=offer).profit * beta.pdf(rate, 6, 14)

    integral = quad(best, 1e-9, 1, limit=400, epsabs=1e-6)[0]
    assert expected_maximum_profit(churned, score, **MONEY).profit == pytest.approx(integral, rel=1e-4)


def test_a_constant_score_is_contacted_whole_or_not_at_all() -> None:
    best = expected_maximum_profit([1, 0, 0, 0], np.zeros(4), **MONEY)
    turn = (1 + 11 * 3) / 190
    assert best.share == pytest.approx(beta.sf(turn, 6, 14))


def test_the_order_of_the_rows_does_not_count() -> None:
    churned, score = np.array([1, 0, 1, 0, 0]), np.array([0.5, 0.5, 0.2, 0.2, 0.1])
    found = [
        expected_maximum_profit(churned[order], score[order], **MONEY)
        for order in ([0, 1, 2, 3, 4], [3, 1, 4, 0, 2])
    ]
    assert found[0] == found[1]


def test_a_better_ranking_earns_more() -> None:
    churned = np.array([1, 1, 0, 0, 0, 0])
    good, bad = (expected_maximum_profit(churned, s, **MONEY).profit for s in (-np.arange(6), np.arange(6)))
    assert good > bad


def test_no_contact_earns_nothing_where_every_contact_costs() -> None:
    offer = RetentionOffer(offer_cost=500.0, contact_cost=1.0, success_rate=0.3)
    assert maximum_profit([1, 0], [0.9, 0.1], value=200.0, offer=offer).profit == 0


@pytest.mark.parametrize(
    "cost",
    [
        {"offer_cost": -1},
        {"contact_cost": -1},
        {"success_rate": 0},
        {"success_rate": 2},
    ],
)
def test_an_impossible_offer_is_refused(cost: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="Correct the offer"):
        RetentionOffer(**{"offer_cost": 1.0, "contact_cost": 1.0, "success_rate": 0.3, **cost})


def test_the_cost_of_an_offer_is_finite() -> None:
    with pytest.raises(UsageError, match="offer_cost: nan is not finite"):
        RetentionOffer(offer_cost=float("nan"), contact_cost=1.0, success_rate=0.3)


@pytest.mark.parametrize(("churned", "value"), [([0, 0], 200.0), ([1, 1], 200.0), ([1, 0], 5.0)])
def test_both_outcomes_and_a_value_above_the_offer_are_needed(churned: list[int], value: float) -> None:
    with pytest.raises(UsageError, match="both outcomes are needed"):
        expected_maximum_profit(churned, [0.1, 0.2], value=value, offer_cost=10.0, contact_cost=1.0)


def test_a_contact_that_costs_nothing_is_made_with_all() -> None:
    best = expected_maximum_profit([1, 0, 1, 0], [0.9, 0.8, 0.3, 0.1], value=44, offer_cost=0, contact_cost=0)
    assert best.profit == pytest.approx(44 * 0.5 * 0.3)
    assert best.share == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("churned", "score", "told"),
    [
        ([1, 0], [0.1, np.nan], "score: 1 of 2 values are missing"),
        ([1, 0], [0.1], "Arrays of different lengths"),
        ([1, 0, 2], [0.1, 0.2, 0.3], "churned: 1 of 3 values are neither 0 nor 1"),
    ],
)
def test_outcomes_and_scores_must_fit(churned: list[float], score: list[float], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        expected_maximum_profit(churned, score, **MONEY)
    with pytest.raises(UsageError, match=told):
        maximum_profit(churned, score, value=200.0, offer=OFFER)


@pytest.mark.parametrize("shape", [(0, 0), (-1, 2), (6, np.nan)])
def test_the_success_rate_has_a_shape(shape: tuple[float, float]) -> None:
    with pytest.raises(UsageError, match=r"success_shape: .* not both above 0"):
        expected_maximum_profit([1, 0], [0.9, 0.1], **MONEY, success_shape=shape)


def test_a_value_in_words_is_named() -> None:
    with pytest.raises(UsageError, match="value holds text or times"):
        contact_threshold(["much"], RetentionOffer(offer_cost=1.0, contact_cost=1.0, success_rate=0.3))
