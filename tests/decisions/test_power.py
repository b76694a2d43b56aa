import numpy as np
import pytest

from goodwill.decisions.power import Plan, Size, customers_for_money, customers_for_rate, power_for_money
from goodwill.errors import UsageError

RNG = np.random.default_rng(0)
EVEN = RNG.normal(100, 20, size=5_000)
HEAVY = np.where(RNG.random(5_000) < 0.02, np.exp(RNG.normal(4, 1, 5_000)), 0.0)


def test_rates_need_what_the_textbook_says() -> None:
    assert customers_for_rate(0.25, 0.15, Plan(power=0.9)).n_treated == 203
    assert customers_for_rate(0.5, 0.1).n_treated == 388


def test_the_planned_power_is_reached() -> None:
    size = customers_for_rate(0.1, 0.03)
    treated = RNG.binomial(size.n_treated, 0.13, 4_000) / size.n_treated
    control = RNG.binomial(size.n_control, 0.1, 4_000) / size.n_control
    pooled = (treated + control) / 2
    z = (treated - control) / np.sqrt(pooled * (1 - pooled) * 2 / size.n_treated)
    assert np.mean(np.abs(z) > 1.96) == pytest.approx(0.8, abs=0.025)


def test_more_arms_need_more_and_share_the_control_group() -> None:
    one, three = customers_for_rate(0.1, 0.02), customers_for_rate(0.1, 0.02, Plan(n_arms=3))
    assert three.n_treated > one.n_treated
    assert three.n_control == pytest.approx(np.sqrt(3) * three.n_treated, rel=0.01)
    assert three.n == 3 * three.n_treated + three.n_control


def test_what_is_known_saves_customers() -> None:
    plain, adjusted = (customers_for_rate(0.1, 0.02, Plan(explained_share=r)) for r in (0.0, 0.5))
    assert adjusted.n_treated == pytest.approx(plain.n_treated / 2, abs=1)


def test_money_needs_what_simulation_confirms() -> None:
    size = customers_for_money(EVEN, 0.05)
    assert power_for_money(EVEN, 0.05, size, seed=1) == pytest.approx(0.8, abs=0.04)
    assert power_for_money(EVEN, 0.05, Size(10_000_000, 10_000_000, 20_000_000)) == 1.0


def test_heavy_tails_need_many_more() -> None:
    assert customers_for_money(HEAVY, 0.5).n_treated > 50 * customers_for_money(EVEN, 0.5).n_treated


def test_simulation_raises_what_the_formula_promises() -> None:
    one_whale, plan = np.r_[np.zeros(200), 1.0], Plan(control_ratio=5.0)
    size = customers_for_money(one_whale, -0.5, plan)
    assert size.n_treated > 2_826  # by the formula, whose simulated power is .767
    assert power_for_money(one_whale, -0.5, size, plan) > 0.77


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: customers_for_rate(0.9, 0.2), r"rate: 0.9 with an effect of 0.2 is no share"),
        (lambda: customers_for_rate(0.1, 0.1, Plan(power=1.0)), r"plan: .*power=1.0.* is impossible"),
        (lambda: customers_for_money(EVEN, 0.0), r"effect: 0.0 is no effect"),
        (lambda: customers_for_money([5.0, 5.0], 0.1), r"spend: 2 amounts that are missing, all alike"),
    ],
)
def test_impossible_plans_are_refused(ask: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ask()


def test_no_group_is_smaller_than_measuring_accepts() -> None:
    spend = np.random.default_rng(0).normal(100, 5, size=500)
    assert customers_for_money(spend, lift=0.5) == Size(10, 10, 20)
    assert customers_for_rate(0.05, 0.9, Plan(control_ratio=0.2)) == Size(10, 10, 20)
