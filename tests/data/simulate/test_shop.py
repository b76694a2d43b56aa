"""Order lines: cents, refunds, categories, channels and spend."""

import numpy as np
import pytest

from goodwill.data.simulate import Simulated, simulate_frames, world_from


@pytest.fixture(scope="module")
def shop() -> Simulated:
    return simulate_frames(customers=3_000, seed=31)


def test_money_is_whole_cents(shop: Simulated) -> None:
    money = shop.tables["transactions"][["amount", "cost"]].to_numpy()
    np.testing.assert_array_equal(money, np.round(money, 2))


def test_only_refunds_are_negative(shop: Simulated) -> None:
    rows = shop.tables["transactions"]
    assert ((rows["quantity"] > 0) == (rows["amount"] > 0)).all()
    assert (rows["amount"].abs() >= 0.01).all()


def test_every_refund_follows_the_line_it_returns(shop: Simulated) -> None:
    rows = shop.tables["transactions"]
    sold, back = rows[rows["amount"] > 0], rows[rows["amount"] < 0]
    assert len(back) / len(sold) == pytest.approx(0.04, abs=0.005)
    pairs = back.assign(amount=-back["amount"]).merge(sold, on=["order_id", "product_id", "amount"])
    lag = (pairs["time_x"] - pairs["time_y"]).dt.days
    assert set(back["order_id"]) == set(pairs["order_id"])
    assert (lag.min(), lag.max()) == (1, 28)


def test_an_order_has_one_time_and_one_channel(shop: Simulated) -> None:
    orders = shop.tables["transactions"].query("amount > 0").groupby("order_id")
    assert orders[["time", "channel", "customer_id"]].nunique().max().tolist() == [1, 1, 1]


def test_order_values_have_the_customers_own_mean(shop: Simulated) -> None:
    sold = shop.tables["transactions"].query("amount > 0")
    values = sold.groupby(["customer_id", "order_id"])["amount"].sum().reset_index()
    values = values.merge(shop.truth["customers"], on="customer_id")
    relative = values["amount"] / values["order_value_mean"]
    assert relative.mean() == pytest.approx(1.0, abs=0.01)
    assert relative.var() == pytest.approx(1 / 4.0, rel=0.05)


def test_customers_prefer_their_favourite_category(shop: Simulated) -> None:
    rows = shop.tables["transactions"].merge(shop.truth["customers"], on="customer_id")
    assert (rows["category"] == rows["favourite_category"]).mean() == pytest.approx(
        0.5 + 0.5 * 0.24, abs=0.03
    )


def test_margins_are_those_of_the_products(shop: Simulated) -> None:
    rows = shop.tables["transactions"].merge(shop.tables["products"], on=["product_id", "category"])
    assert len(rows) == len(shop.tables["transactions"])
    margin = 1 - rows["cost"].sum() / rows["amount"].sum()
    assert margin == pytest.approx(
        (rows["margin_rate"] * rows["amount"]).sum() / rows["amount"].sum(), abs=1e-4
    )


def test_spend_may_go_with_frequency() -> None:
    together = {"spend": {"spread": "lognormal", "customer_shape": 0.6, "rate_correlation": 1.0}}
    linked, free = (
        simulate_frames(customers=2_000, world=world_from(extra)).truth["customers"].query("rate_per_day > 0")
        for extra in (together, {})
    )
    correlations = [np.log(t[["rate_per_day", "order_value_mean"]]).corr().iloc[0, 1] for t in (linked, free)]
    assert correlations[0] > 0.4
    assert abs(correlations[1]) < 0.08


def test_a_shop_with_fewer_products_than_categories_has_one_each() -> None:
    tables = simulate_frames(customers=30, world=world_from({"shop": {"n_products": 1}})).tables
    assert tables["products"]["category"].is_unique
    assert len(tables["products"]) == 5
