"""A shop where three lines in ten come back: who is charged for it, and what intervals say."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from goodwill.data.simulate import World, expected_value, simulate_frames
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.features.snapshot import Snapshot, snapshot, snapshots
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.intervals import ValueIntervals, out_of_sample
from goodwill.predictor import CustomerValuePredictor

FEW = {"trees": 60}
Shop = tuple[Snapshot, Snapshot, pd.DataFrame]


def unfitted() -> CustomerValueModel:
    return CustomerValueModel(parameters=FEW)


@pytest.fixture(scope="module")
def shop() -> Shop:
    """What a shop learned from and what it asks, where three lines in ten come back; and the truth."""
    calm = {"yearly_amplitude": 0.0, "gift_factor": 1.0}
    world = World.model_validate({"shop": {"refund_share": 0.3}, "seasons": calm})
    made = simulate_frames(customers=1500, seed=0, world=world)
    orders = in_memory(made.tables["transactions"], connect(), "transactions")
    tables = Tables(transactions=orders)
    train = snapshots(tables, until="2024-10-01", horizon_days=30).scored
    test = snapshot(tables, as_of="2024-10-01", horizon_days=30, complete_until="2024-10-31").scored
    truth = expected_value(made.truth, date(2024, 10, 1), 30).set_index("customer_id")["expected_margin"]
    return train, test, truth[test.X["customer_id"]]


def test_who_left_long_ago_does_not_pay_for_what_others_send_back(shop: Shop) -> None:
    train, test, truth = shop
    model = unfitted().fit(train.X, train.y, train.now)
    p, idle = model.predict(test.X), test.X["days_since_last_order"]
    assert p.clv_if_churned[idle > 200].min() > -0.02
    assert p.clv[idle > 200].min() > 0
    assert p.clv_if_churned[idle <= 20].mean() < -1
    assert p.clv.sum() == pytest.approx(truth.sum(), rel=0.15)
    again = CustomerValueModel.from_parts(*model.to_parts()).predict(test.X)
    np.testing.assert_array_equal(again.clv, p.clv)


def test_who_orders_again_pays_for_what_comes_back_of_earlier_orders(shop: Shop) -> None:
    train, test, _ = shop
    said = unfitted().fit(train.X, train.y, train.now).predict(test.X)
    value, lately = test.y["value"].to_numpy(), (test.X["days_since_last_order"] <= 14).to_numpy()
    assert said.clv[lately].sum() == pytest.approx(value[lately].sum(), rel=0.15)
    assert said.clv[~lately].sum() == pytest.approx(value[~lately].sum(), rel=0.15)


def test_intervals_tell_what_comes_back_of_those_who_ordered_lately(shop: Shop) -> None:
    train, test, _ = shop
    held = out_of_sample(unfitted, train.X, train.y, train.now)
    intervals = ValueIntervals().fit(train.X, train.y, held)
    said = unfitted().fit(train.X, train.y, train.now).predict(test.X)
    low, _ = intervals.bounds(test.X, said, 0.8)
    value, lately = test.y["value"], (test.X["days_since_last_order"] <= 28).to_numpy()
    assert (value < low)[lately].mean() < 0.15 < (value < 0)[lately].mean()
    assert (low[lately] < 0).mean() > 0.4
    assert low[~lately].min() >= 0


@pytest.mark.no_cover
def test_what_comes_back_soon_is_not_carried_on_over_a_lifetime(shop: Shop) -> None:
    train, test, _ = shop
    predictor = CustomerValuePredictor(parameters=FEW).fit(train)
    said = predictor.predict(test.X)
    lately = (test.X["days_since_last_order"] <= 7).to_numpy()
    assert (said["clv_lifetime"] > said["clv"] + 1)[lately].mean() > 0.9
    if_churned = (said["clv"] - (1 - said["p_churn"]) * said["clv_if_active"]) / said["p_churn"]
    of_new_orders, windows_of_five_years = said["clv"] - if_churned, 5 * 365.25 / 30
    assert (of_new_orders > said["clv"] + 1)[lately].mean() > 0.9
    assert (said["clv_lifetime"] < windows_of_five_years * of_new_orders)[lately].mean() > 0.95
