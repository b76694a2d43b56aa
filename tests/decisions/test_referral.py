from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

import goodwill as gw
from goodwill.data.tables import Past, Tables
from goodwill.decisions.referral import referral_value
from goodwill.errors import UsageError
from goodwill.features.labels import ValueRule

AS_OF = date(2025, 1, 1)
REFERRALS = pd.DataFrame({
    "referrer_id": ["a", "a", "b", "b"],
    "customer_id": ["x", "y", "x", "b"],
    "time": pd.to_datetime(["2024-01-02", "2024-12-31", "2024-06-01", "2024-06-01"]),
})  # fmt: skip
ORDERS = pd.DataFrame({
    "customer_id": ["x", "x", "x", "y"],
    "time": pd.to_datetime(["2024-01-02", "2024-12-31", "2023-12-01", "2024-12-31"]),
    "amount": [10.0, 40.0, 99.0, 3.0],
})  # fmt: skip
SCORES = pd.DataFrame({"customer_id": ["a", "b", "x", "y"], "clv": [1.0, 2.0, 20.0, np.nan]})


def past(**frames: pd.DataFrame) -> Past:
    return Tables(**{name: ibis.memtable(frame) for name, frame in frames.items()}).before(AS_OF)


def test_credit_halves_a_half_life_after_the_referral() -> None:
    known = past(referrals=REFERRALS, transactions=ORDERS)
    a = referral_value(known, SCORES, value=ValueRule(margin_rate=0.5), half_life_days=364).iloc[0]
    assert a["n_referred"] == 2
    assert a["referral_brought"] == pytest.approx(0.5 * (10.0 + 40.0 / 2 + 3.0))
    assert a["referral_expected"] == pytest.approx(20.0 * 0.5 ** (365 / 364))
    assert a["clv_referral"] == pytest.approx(a["referral_brought"] + a["referral_expected"])


def test_the_first_referrer_is_credited_and_nobody_refers_themselves() -> None:
    found = referral_value(past(referrals=REFERRALS, transactions=ORDERS), SCORES)
    assert found.iloc[1:].to_numpy().sum() == 0


def test_cost_counts_where_it_is_known() -> None:
    orders = ORDERS.assign(cost=ORDERS["amount"] - 1.0)
    brought = referral_value(past(referrals=REFERRALS, transactions=orders), SCORES, half_life_days=1e9)
    assert brought.loc[0, "referral_brought"] == pytest.approx(3.0)


def brought(known: Past, value: ValueRule) -> float:
    return float(referral_value(known, SCORES, value=value, half_life_days=1e9).loc[0, "referral_brought"])


def test_where_no_cost_is_known_the_product_and_then_the_rule_tell_the_margin() -> None:
    orders = ORDERS.assign(cost=[4.0, None, None, None], product_id=["p", "p", "p", "q"])
    products = pd.DataFrame({"product_id": ["p"], "margin_rate": [0.2]})
    known = past(referrals=REFERRALS, transactions=orders, products=products)
    assert brought(known, ValueRule(margin_rate=0.5)) == pytest.approx(6.0 + 8.0 + 1.5)


def test_what_was_brought_is_net_of_what_serving_costs() -> None:
    contacts = pd.DataFrame({"customer_id": ["x"], "time": [pd.Timestamp("2024-03-01")], "cost": [7.0]})
    known = past(referrals=REFERRALS, transactions=ORDERS, interactions=contacts)
    assert brought(known, ValueRule(order_cost=1.0)) == pytest.approx(53.0 - 3.0 - 7.0)


def test_contracts_of_the_referred_bring_their_payments() -> None:
    running = pd.DataFrame({"customer_id": ["x"], "start": [pd.Timestamp("2024-12-01")], "price": [5.0]})
    running = running.assign(end=pd.Series([pd.NaT], dtype="datetime64[us]"), period_days=30.0)
    known = past(referrals=REFERRALS, contracts=running)
    assert brought(known, ValueRule(margin_rate=0.5)) == pytest.approx(5.0)


def test_the_purchase_of_the_day_of_the_referral_is_credited() -> None:
    late = REFERRALS.assign(time=REFERRALS["time"] + pd.Timedelta(hours=20))
    assert brought(past(referrals=late, transactions=ORDERS), ValueRule()) == pytest.approx(53.0)


def test_each_horizon_has_its_own_expectation_and_the_index_is_kept() -> None:
    both = pd.concat([SCORES.assign(horizon_days=30), SCORES.assign(horizon_days=90, clv=60.0)])
    both.index = pd.RangeIndex(10, 18)
    found = referral_value(past(referrals=REFERRALS), both, half_life_days=1e9)
    assert found.index.tolist() == list(range(10, 18))
    assert found.loc[[10, 14], "referral_expected"].round(3).tolist() == [20.0, 120.0]
    assert (found["referral_brought"] == 0).all()


def test_without_referrals_there_is_no_value_to_tell() -> None:
    tables = gw.simulate(customers=10, seed=0)
    assert tables.referrals is None
    with pytest.raises(UsageError, match=r"needs tables\.referrals"):
        referral_value(tables.before(AS_OF), SCORES)


def test_a_half_life_is_above_nought() -> None:
    with pytest.raises(UsageError, match="half_life_days is 0; it must be above 0"):
        referral_value(past(referrals=REFERRALS), SCORES, half_life_days=0)
