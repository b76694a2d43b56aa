"""Orders: how many, how regular, and never outside a customer's life."""

import numpy as np
import pandas as pd
import pytest

from goodwill.data.simulate import Simulated, simulate_frames, world_from

FLAT = {"yearly_amplitude": 0, "gift_factor": 1, "weekly": [1, 1, 1, 1, 1, 1, 1]}


def day_of(times: pd.Series) -> pd.Series:
    return (times - pd.Timestamp("2022-07-01")) / pd.Timedelta(days=1)


@pytest.fixture(scope="module")
def shop() -> Simulated:
    return simulate_frames(customers=4_000, seed=21)


def test_orders_lie_between_joining_and_leaving(shop: Simulated) -> None:
    orders = shop.tables["transactions"].query("amount > 0").merge(shop.truth["customers"], on="customer_id")
    day = day_of(orders["time"])
    assert (day >= orders["signup_day"] - 1e-4).all()
    assert (day <= orders["alive_until_day"]).all()
    assert day.max() < 1096


def test_a_buyer_s_first_order_is_the_moment_of_joining(shop: Simulated) -> None:
    first = shop.tables["transactions"].groupby("customer_id")["time"].min()
    joined = shop.tables["customers"].set_index("customer_id")["signup_time"]
    assert (first == joined[first.index]).all()


def test_prospects_never_buy(shop: Simulated) -> None:
    buyers = set(shop.tables["transactions"]["customer_id"])
    prospects = set(shop.truth["customers"].query("is_prospect")["customer_id"])
    assert len(prospects) > 40
    assert not buyers & prospects
    assert len(buyers) == 4_000 - len(prospects)


def test_regular_customers_have_gaps_of_erlang_spread() -> None:
    steady = {"dropouts_per_year": 0, "orders_per_year": 60, "rate_shape": 200}
    gap_spreads = []
    for k in (1, 4):
        world = world_from({"purchases": steady | {"regularity": k}, "seasons": FLAT, "interactions": None,
                            "acquisition": {"channels": [{"name": "all", "share": 1}]}})  # fmt: skip
        rows = simulate_frames(customers=60, seed=3, world=world).tables["transactions"].query("amount > 0")
        days = day_of(rows.groupby(["customer_id", "order_id"])["time"].first()).groupby("customer_id")
        gaps = days.diff().dropna()
        gap_spreads.append(gaps.std() / gaps.mean())
    assert gap_spreads == pytest.approx([1.0, 0.5], abs=0.06)


def test_rates_and_lifetimes_have_the_stated_means() -> None:
    plain = {"acquisition": {"channels": [{"name": "all", "share": 1}], "prospect_share": 0}}
    truth = simulate_frames(customers=20_000, seed=4, world=world_from(plain)).truth["customers"]
    assert truth["rate_per_day"].mean() * 365.25 == pytest.approx(5.0, rel=0.03)
    assert truth["dropout_per_day"].mean() * 365.25 == pytest.approx(0.6, rel=0.04)
    assert truth["rate_per_day"].var() == pytest.approx((5.0 / 365.25) ** 2 / 0.9, rel=0.08)


def test_complaints_come_before_leaving(shop: Simulated) -> None:
    truth = shop.truth["customers"]
    assert np.corrcoef(truth["complaints_per_day"], truth["dropout_per_day"])[0, 1] > 0.3
    assert np.corrcoef(truth["satisfaction"], np.log(truth["complaints_per_day"]))[0, 1] == pytest.approx(-1)


def test_joining_grows_with_time_or_fills_a_window() -> None:
    growing = simulate_frames(customers=4_000, world=world_from({"acquisition": {"growth_per_year": 1.0}}))
    early = simulate_frames(
        customers=400, world=world_from({"acquisition": {"join_days": 30, "growth_per_year": 0}})
    )
    assert (growing.truth["customers"]["signup_day"] > 548).mean() == pytest.approx(0.818, abs=0.02)
    assert early.truth["customers"]["signup_day"].max() < 30


def test_a_shop_of_prospects_sells_nothing() -> None:
    world = world_from({"acquisition": {"prospect_share": 1.0}, "spend": {"rate_correlation": 0.5}})
    assert simulate_frames(customers=20, world=world).tables["transactions"].empty
