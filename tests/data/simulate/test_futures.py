"""Other futures: they scatter around the expectation, and are whole worlds of their own."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from goodwill.data.simulate import draw_future, expected_value, simulate_frames, world_from
from goodwill.errors import HistoryError

AS_OF = date(2024, 10, 1)


@pytest.mark.parametrize("regularity", [1, 3])
def test_futures_scatter_around_the_expectation(regularity: int) -> None:
    world = world_from(
        {"purchases": {"regularity": regularity, "orders_per_year": 12}, "shop": {"refund_share": 0.2}}
    )
    truth = simulate_frames(customers=1_000, seed=3, world=world).truth
    expected = expected_value(truth, AS_OF, 120)[
        ["expected_orders", "expected_revenue", "expected_margin"]
    ].sum()
    totals = [
        draw_future(truth, AS_OF, 120, seed=s)[["orders", "revenue", "margin"]].sum() for s in range(40)
    ]
    totals = np.array(totals)
    gap = (totals.mean(axis=0) - expected.to_numpy()) / (totals.std(axis=0) / np.sqrt(len(totals)))
    assert np.abs(gap).max() < 3


def test_the_same_seed_gives_the_same_future() -> None:
    truth = simulate_frames(customers=100, seed=3).truth
    first, again, other = (draw_future(truth, AS_OF, 120, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert first["revenue"].sum() != other["revenue"].sum()


def test_the_dead_order_nothing_in_any_future() -> None:
    truth = simulate_frames(customers=500, seed=3).truth
    is_alive = expected_value(truth, AS_OF, 120)["is_alive"]
    assert draw_future(truth, AS_OF, 120, seed=0)["orders"][~is_alive].sum() == 0


def test_a_campaign_at_work_is_refused() -> None:
    truth = simulate_frames(customers=20, world=world_from({"campaigns": [{"day": 800}]})).truth
    with pytest.raises(HistoryError, match=r"campaigns \['spring'\] are at work in or near the window"):
        draw_future(truth, AS_OF, 120, seed=0)
