"""What contacts cost without an order: each customer's own rate, the horizon, and storage."""

import json

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.churned_by_costs import ChurnedByCosts
from goodwill.modeling.contacts import Contacts
from goodwill.modeling.late_costs import LateCosts
from goodwill.modeling.value_distribution import ValueDistribution
from goodwill.modeling.value_ratio import Ratio, Shape

Frames = tuple[pd.DataFrame, pd.DataFrame]


def contacted(seed: int = 0, n: int = 6000) -> Frames:
    """Churned customers who cost 2 a contact, of rates that differ, in horizons of 30 and 90 days."""
    draw = np.random.default_rng(seed)
    rate, known = draw.gamma(2, 0.005, n), draw.uniform(100, 1000, n)
    days = draw.choice([30, 90], n)
    counts = draw.poisson(rate * known)
    X = pd.DataFrame({"n_interactions_costly": counts, "interaction_cost_total": 2.0 * counts})
    X = X.assign(days_since_signup=known, horizon_days=days, days_since_last_order=known / 2)
    value = -2.0 * draw.poisson(rate * days)
    return X, pd.DataFrame({"churned": True, "value": value, "truth": -2 * rate * days})


def test_a_new_customer_has_the_rate_of_all_and_an_old_one_an_own() -> None:
    X = pd.DataFrame({"n_interactions_costly": [0, 30], "interaction_cost_total": [0.0, 60.0]})
    contacts = Contacts(per_day=0.01, cost_per_day=0.02)
    n, cost = contacts.expected(X.assign(days_since_signup=[0.0, 818.0]), np.full(2, 100.0))
    assert n.tolist() == pytest.approx([1.0, 31.82 / 10])
    assert cost.tolist() == pytest.approx([2.0, 2 * 31.82 / 10])


def test_costs_follow_the_customer_and_the_horizon() -> None:
    X, y = contacted()
    said = LateCosts.fit(X, y).value(X, X["horizon_days"].to_numpy(float))
    assert said.mean() == pytest.approx(y["value"].mean(), rel=1e-6)
    assert np.corrcoef(said, y["truth"])[0, 1] > 0.85
    ratio = said[X["horizon_days"] == 90].mean() / said[X["horizon_days"] == 30].mean()
    assert ratio == pytest.approx(3, rel=0.1)


def test_weights_count_as_so_many_rows() -> None:
    X, y = contacted(n=400)
    thrice = np.where(np.arange(400) < 100, 3, 1)
    weighed = LateCosts.fit(X, y.assign(weight=thrice))
    rows = np.repeat(np.arange(400), thrice)
    repeated = LateCosts.fit(X.iloc[rows], y.iloc[rows])
    days = X["horizon_days"].to_numpy(float)
    np.testing.assert_allclose(weighed.value(X, days), repeated.value(X, days), rtol=0.05)


def test_where_contacts_are_free_there_is_nothing_to_learn() -> None:
    X, y = contacted(n=50)
    assert LateCosts.fit(X.drop(columns="n_interactions_costly"), y) is None
    assert LateCosts.fit(X.assign(n_interactions_costly=0), y) is None
    assert LateCosts.fit(X, y.assign(value=1.0)) is None


def test_stored_costs_say_the_same() -> None:
    X, y = contacted(n=300)
    costs, days = LateCosts.fit(X, y), X["horizon_days"].to_numpy(float)
    again = LateCosts.from_dict(json.loads(json.dumps(costs.to_dict())))
    np.testing.assert_array_equal(again.value(X, days), costs.value(X, days))


def returning(seed: int = 0, n: int = 6000) -> Frames:
    """Churned customers of whose last order, however long ago, half may come back: 5 % of what is left a day.

    One of them is a whale who sends everything back.
    """
    draw = np.random.default_rng(seed)
    spend, idle, days = draw.lognormal(3, 1, n), draw.integers(1, 400, n), draw.choice([10, 90], n)
    X = pd.DataFrame({"days_since_last_order": idle, "horizon_days": days, "refund_total": 1.0})
    X = X.assign(**{f"spend_decayed_{age}d": spend * np.exp(-idle / age) for age in (14, 45, 150)})
    share = 0.5 * np.exp(-0.05 * idle) * -np.expm1(-0.05 * days)
    value = -spend * (draw.random(n) < share)
    value[0] = -1e6
    return X, pd.DataFrame({"churned": True, "value": value, "truth": -spend * share})


def test_what_comes_back_follows_the_order_and_fades() -> None:
    X, y = returning()
    costs = LateCosts.fit(X, y)
    again = LateCosts.from_dict(json.loads(json.dumps(costs.to_dict())))
    said = again.value(X, X["horizon_days"].to_numpy(float))
    assert np.corrcoef(said, y["truth"])[0, 1] > 0.95
    assert said.sum() == pytest.approx(y["truth"].sum(), rel=0.25)
    assert said[X["days_since_last_order"] > 300].min() > -0.5
    longer = again.value(X, np.full(len(X), 90.0)) / again.value(X, np.full(len(X), 10.0))
    assert np.median(longer[X["days_since_last_order"] < 10]) > 2


def test_no_more_comes_back_than_was_bought() -> None:
    X, y = returning(n=300)
    returned = LateCosts.fit(X, y.assign(value=-9 * X["spend_decayed_14d"])).returned
    assert sum(returned.parts) == pytest.approx(1)


def test_one_return_of_more_than_was_ever_bought_is_not_charged_to_others() -> None:
    X, y = returning(n=300)
    X = X.assign(n_orders=1, spend_mean=X["spend_decayed_14d"] * np.exp(X["days_since_last_order"] / 14))
    whale = (X["days_since_last_order"] > 350) & (X.index > 0)
    told = y.assign(value=np.where(X.index == np.argmax(whale), -1e6, y["value"]))
    said = LateCosts.fit(X, told).value(X, X["horizon_days"].to_numpy(float))
    assert said.sum() == pytest.approx(y["truth"].sum(), rel=0.5)
    assert said[X["days_since_last_order"] > 300].min() > -0.5


def test_one_return_of_more_than_was_ever_bought_is_no_cost_of_contacts() -> None:
    X, y = returning(n=600)
    X = X.assign(n_orders=1, spend_mean=X["spend_decayed_14d"] * np.exp(X["days_since_last_order"] / 14))
    X = X.assign(n_interactions_costly=1, interaction_cost_total=2.0, days_since_signup=400)
    value = y["value"].mask(X.index == 0, 0.0) - X["horizon_days"] / 400
    whale = value.mask(X.index == np.argmax(X["days_since_last_order"]), -1e6)
    days = X["horizon_days"].to_numpy(float)
    said = [LateCosts.fit(X, y.assign(value=told)).value(X, days) for told in (value, whale)]
    assert said[1].sum() == pytest.approx(said[0].sum(), rel=0.2)


def test_nothing_comes_back_where_nothing_did() -> None:
    X, y = returning(n=300)
    assert LateCosts.fit(X.assign(refund_total=0.0), y) is None
    assert LateCosts.fit(X.drop(columns="spend_decayed_14d"), y) is None
    assert ChurnedByCosts.fit(X, np.zeros(300)) is None


def test_intervals_hold_for_those_whose_orders_come_back() -> None:
    X, y = returning()
    groups = ChurnedByCosts.fit(X, y["value"].to_numpy())
    later, told = returning(seed=1)
    values = spread(ChurnedByCosts.from_dict(json.loads(json.dumps(groups.to_dict()))), later)
    inside = values.quantile(0.1) <= told["value"]
    idle = later["days_since_last_order"]
    for part in (idle <= 10, (idle > 10) & (idle <= 30), idle > 100):
        assert inside[part].mean() > 0.8
    assert inside[idle <= 10].mean() < 0.98


def test_one_return_of_more_than_was_ever_bought_is_no_group_of_its_own() -> None:
    X, y = returning()
    X = X.assign(n_orders=1, spend_mean=X["spend_decayed_14d"] * np.exp(X["days_since_last_order"] / 14))
    value = y["value"].to_numpy()
    plain = ChurnedByCosts.fit(X, np.where(X.index == 0, 0.0, value))
    assert len(ChurnedByCosts.fit(X, value).edges) == len(plain.edges)


def spread(groups: ChurnedByCosts, X: pd.DataFrame) -> ValueDistribution:
    n = len(X)
    ratio = Ratio(*np.ones((3, n)), Shape(np.array([-1.0, 1.0]), np.array([-1.0, 1.0])))
    scale = np.random.default_rng(1).gamma(2, 20, n)
    return ValueDistribution(np.full(n, 0.999), scale, ratio, groups.of(X, scale))


def test_intervals_hold_for_those_contacted_often_and_seldom() -> None:
    X, y = contacted()
    groups = ChurnedByCosts.fit(X, y["value"].to_numpy())
    later, told = contacted(seed=1)
    values = spread(ChurnedByCosts.from_dict(json.loads(json.dumps(groups.to_dict()))), later)
    value = told["value"].to_numpy()
    inside = values.quantile(0.1) <= value
    often = later["n_interactions_costly"] / later["days_since_signup"] > 0.01
    for part in (often, ~often, later["horizon_days"] == 30, later["horizon_days"] == 90):
        assert 0.88 < inside[part].mean() < 0.99
    zero = values.p_nothing
    assert np.corrcoef(zero, np.exp(told["truth"] / 2))[0, 1] > 0.8


def test_what_customers_bring_if_churned_has_the_quantiles_of_its_distribution() -> None:
    X, y = contacted(n=400)
    values = spread(ChurnedByCosts.fit(X, y["value"].to_numpy()), X)
    for p in (0.02, 0.1, 0.3):
        found = values.quantile(p)
        assert (values.below(found - 1e-4 * values.scale) <= p + 1e-6).all()
        assert (values.cdf(found + 1e-4 * values.scale) >= p - 1e-6).all()


def test_where_all_brought_nothing_there_are_no_groups() -> None:
    X, _ = contacted(n=50)
    assert ChurnedByCosts.fit(X, np.zeros(50)) is None
