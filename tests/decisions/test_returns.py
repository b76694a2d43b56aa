import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.effect import randomised_effects
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
