"""Expected values against what a long simulation realises, and against sums done by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from goodwill.data.simulate import Simulated, expected_value, simulate_frames, world_from
from goodwill.errors import HistoryError

AS_OF, HORIZON_DAYS = date(2024, 10, 1), 150

SHOP: dict[str, object] = {}
REGULAR: dict[str, object] = {"purchases": {"regularity": 3, "orders_per_year": 20}}
RESTLESS: dict[str, object] = {
    "seasons": {"trend_per_year": -0.2, "break_day": 850, "break_factor": 0.6, "yearly_amplitude": 0.5},
    "spend": {
        "inflation_per_year": 0.1,
        "spread": "lognormal",
        "customer_shape": 0.5,
        "rate_correlation": 0.5,
    },
    "shop": {"refund_share": 0.3, "refund_lag_days": 60},
    "acquisition": {"break_day": 300, "break_rate_factor": 0.5, "break_dropout_factor": 2.0},
}


def realised(simulated: Simulated, as_of: date = AS_OF, days: int = HORIZON_DAYS) -> pd.DataFrame:
    """What the customers known at `as_of` did in the window, a row each."""
    known = simulated.truth["customers"]
    known = known[known["signup_day"] < (as_of - date(2022, 7, 1)).days]
    rows = simulated.tables["transactions"]
    begin = pd.Timestamp(as_of)
    rows = rows[(rows["time"] >= begin) & (rows["time"] < begin + pd.Timedelta(days=days))]
    by_customer = rows.assign(margin=rows["amount"] - rows["cost"]).groupby("customer_id")
    orders = rows[rows["amount"] > 0].groupby("customer_id")["order_id"].nunique()
    done = by_customer[["amount", "margin"]].sum().assign(orders=orders)
    return done.reindex(known["customer_id"]).fillna(0.0)


def z_score(expected: pd.Series, actual: pd.Series) -> float:
    """How many standard errors the totals lie apart."""
    gap = np.asarray(actual, float) - np.asarray(expected)
    return float(gap.sum() / np.sqrt((gap**2).sum()))


@pytest.mark.parametrize("parameters", [SHOP, REGULAR, RESTLESS], ids=["shop", "regular", "restless"])
def test_expected_totals_are_realised(parameters: dict[str, object]) -> None:
    simulated = simulate_frames(customers=8_000, seed=11, world=world_from(parameters))
    expected = expected_value(simulated.truth, AS_OF, HORIZON_DAYS)
    actual = realised(simulated)
    assert abs(z_score(expected["expected_orders"], actual["orders"])) < 3
    assert abs(z_score(expected["expected_revenue"], actual["amount"])) < 3
    assert abs(z_score(expected["expected_margin"], actual["margin"])) < 3
    assert abs(z_score(expected["p_no_order"], actual["orders"] == 0)) < 3


def test_expectations_rank_customers_as_the_future_does() -> None:
    simulated = simulate_frames(customers=8_000, seed=12)
    expected = expected_value(simulated.truth, AS_OF, HORIZON_DAYS)
    actual = realised(simulated)["orders"].to_numpy()
    fifth = pd.qcut(expected["expected_orders"].rank(method="first"), 5, labels=False)
    gaps = [
        z_score(expected["expected_orders"][fifth == group], actual[fifth == group]) for group in (2, 3, 4)
    ]
    assert np.abs(gaps).max() < 3


def test_poisson_orders_without_seasons_follow_the_formula() -> None:
    flat = {"seasons": {"yearly_amplitude": 0, "gift_factor": 1, "weekly": [1] * 7}}
    truth = simulate_frames(customers=50, world=world_from(flat)).truth
    known = truth["customers"].query("signup_day < 823 and alive_until_day > 823")
    rate, leave = known["rate_per_day"].to_numpy(), known["dropout_per_day"].to_numpy()
    found = expected_value(truth, AS_OF, HORIZON_DAYS).query("is_alive")
    alive_days = (1 - np.exp(-leave * HORIZON_DAYS)) / leave
    silent = (leave + rate * np.exp(-(rate + leave) * HORIZON_DAYS)) / (rate + leave)
    np.testing.assert_allclose(found["expected_orders"], rate * alive_days, rtol=1e-9)
    np.testing.assert_allclose(found["p_no_order"], silent, rtol=1e-9)


def test_the_dead_expect_nothing_but_late_refunds() -> None:
    simulated = simulate_frames(customers=2_000, seed=2)
    dead = expected_value(simulated.truth, AS_OF, HORIZON_DAYS).query("not is_alive")
    assert (dead["expected_orders"] == 0).all()
    assert (dead["p_no_order"] == 1).all()
    assert (dead["expected_revenue"] <= 0).all()


def test_longer_horizons_bring_more_orders_and_less_silence() -> None:
    truth = simulate_frames(customers=300, seed=2, world=world_from(REGULAR)).truth
    short, long = (expected_value(truth, AS_OF, days) for days in (60, 400))
    assert (long["expected_orders"] >= short["expected_orders"]).all()
    assert (long["p_no_order"] <= short["p_no_order"] + 1e-12).all()


def test_a_horizon_of_no_days_is_an_error() -> None:
    with pytest.raises(HistoryError, match="horizon_days is 0; it must be 1 or more"):
        expected_value(simulate_frames(customers=3).truth, AS_OF, 0)
