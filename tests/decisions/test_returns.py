import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.effect import randomised_effects
from goodwill.decisions.effect_observed import observed_effects
from goodwill.decisions.returns import returns

ROWS = pd.DataFrame({
    "treatment": ["letter", "call", None] * 100,
    "spend": np.tile([3.0, 2.0, 1.0, 2.0, 4.0, 2.0], 50),
    "price": np.tile([0.5, 9.0, 0.0, 1.5, 11.0, 0.0], 50),
})  # fmt: skip


def brought(costs: dict[str, float] | str, margin_rate: float = 1.0) -> dict[str, float]:
    campaign = Campaign(ROWS, {"spend": "money"}, costs=costs)
    return {
        one.arm: one.roi for one in returns(campaign, randomised_effects(campaign), {"spend": margin_rate})
    }


def test_return_is_margin_less_cost_over_cost() -> None:
    assert brought({"letter": 0.5, "call": 3.0}) == pytest.approx({"letter": 1.0, "call": -0.5})
    assert brought({"letter": 0.5}, margin_rate=0.5) == pytest.approx({"letter": 0.0})


def test_costs_may_differ_between_customers() -> None:
    assert brought("price") == pytest.approx({"letter": 0.0, "call": -0.85})


def test_what_cost_nothing_has_no_return() -> None:
    assert brought({"letter": 0.0}) == {}


def test_who_has_no_counterpart_counts_neither_in_cost_nor_in_margin() -> None:
    rng = np.random.default_rng(0)
    need = np.append(rng.normal(size=999), 40.0)
    is_called = rng.random(1_000) < 1 / (1 + np.exp(-need))
    rows = pd.DataFrame({"need": need, "treatment": np.where(is_called, "call", "control")})
    rows["price"] = np.where(need < 30, 2.0, 5_000.0) * is_called
    rows["spend"] = 3.0 * is_called + need + rng.normal(size=1_000)
    campaign = Campaign(rows, {"spend": "money"}, is_randomised=False, covariates=("need",), costs="price")
    (call,) = returns(campaign, observed_effects(campaign).effects, {"spend": 1.0})
    assert call.cost == 2.0
    assert call.roi == pytest.approx(0.5, abs=0.2)
