import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from goodwill.modeling.btyd import GammaGamma
from goodwill.modeling.histories import later_over_first, margin_rate, repeat_histories

F = NDArray[np.float64]


def orders(**changed: object) -> pd.DataFrame:
    """Return a customer of 70 days with orders of 10, 20 and 30, the last of them 14 days ago."""
    known: dict[str, object] = {
        "n_order_days": 3,
        "n_orders": 3,
        "days_since_first_order": 70,
        "days_since_last_order": 14,
        "spend_mean": 20.0,
        "spend_first": 10.0,
    }
    return pd.DataFrame({name: [value] for name, value in (known | changed).items()})


def test_histories_count_repeats_in_weeks() -> None:
    assert repeat_histories(orders()).to_numpy().tolist() == [[2, 8, 10, 25]]


def test_orders_of_one_day_are_one_purchase() -> None:
    assert repeat_histories(orders(n_orders=5, spend_mean=22.0))["frequency"].tolist() == [2]


def test_a_one_time_buyer_has_no_repeat_spend() -> None:
    once = orders(n_order_days=1, n_orders=1, days_since_last_order=70, spend_mean=10.0)
    assert repeat_histories(once).to_numpy().tolist() == [[0, 0, 10, 0]]


def test_who_never_ordered_starts_today() -> None:
    never = orders(n_order_days=0, n_orders=0).assign(
        days_since_first_order=np.nan, days_since_last_order=np.nan, spend_mean=np.nan, spend_first=np.nan
    )
    assert repeat_histories(never).to_numpy().tolist() == [[0, 0, 0, 0]]


def test_cents_lost_in_rounding_beside_a_fortune_stay_above_zero() -> None:
    first = 1e12
    rich = orders(spend_mean=(first + 2e-9) / 3 - 1e-4, spend_first=first)
    histories = repeat_histories(rich)
    assert histories["monetary_value"].iloc[0] > 0
    mean = GammaGamma.from_params(p=6.25, q=3.74, v=15.44).conditional_mean(histories)
    assert 0 < mean[0] < 36


def test_the_index_is_kept() -> None:
    assert repeat_histories(orders().set_axis([7])).index.tolist() == [7]


@pytest.mark.parametrize(
    ("value", "spend", "rate"), [(3.0, 6.0, 0.5), (0.0, 0.0, 1.0), (9.0, 0.0, 1.0), (-2.0, 6.0, 1e-6)]
)
def test_the_margin_rate_is_value_over_spend(value: float, spend: float, rate: float) -> None:
    X = pd.DataFrame({"value_past_window": [value, 0.0], "spend_past_window": [0.0, spend]})
    assert margin_rate(X.assign(n_orders=2, spend_mean=5.0, spend_total=10.0)) == rate


def test_what_is_sent_back_on_a_later_day_is_no_margin() -> None:
    X = orders(value_past_window=3.0, spend_past_window=6.0, spend_total=45.0)
    returned_only = orders(n_orders=0, n_order_days=0, spend_mean=np.nan, spend_total=-6.0)
    many = pd.concat([X] * 400, ignore_index=True)
    assert margin_rate(many) == pytest.approx(0.5 * 45 / 60)
    assert margin_rate(pd.concat([many, *[returned_only] * 100])) == pytest.approx(0.5 * 43.5 / 60, rel=1e-3)
    one = many.assign(spend_total=[-500.0] + [60.0] * 399)
    assert margin_rate(one) == 0.5
    assert margin_rate(returned_only.assign(value_past_window=0.0, spend_past_window=0.0)) == 1.0


def shoppers(later: F, first: F) -> pd.DataFrame:
    return pd.concat([orders()] * len(first), ignore_index=True).assign(
        spend_mean=(2 * later + first) / 3, spend_first=first
    )


def ratio_of(X: pd.DataFrame) -> float:
    return later_over_first(repeat_histories(X)["monetary_value"].to_numpy(), X["spend_first"].to_numpy())


def test_later_orders_are_set_beside_first_ones_of_the_same_customers() -> None:
    purse = np.random.default_rng(0).lognormal(3, 1, 500)
    X = shoppers(1.5 * purse, purse)
    once = orders(n_orders=1, n_order_days=1, days_since_last_order=70, spend_mean=9.0, spend_first=9.0)
    assert ratio_of(pd.concat([X, *[once] * 500])) == pytest.approx(1.5)


def test_a_difference_that_chance_explains_is_none() -> None:
    rng = np.random.default_rng(1)
    first = rng.lognormal(3, 1, 40)
    assert ratio_of(shoppers(1.02 * rng.permutation(first), first)) == 1.0
    assert ratio_of(orders(n_orders=1, n_order_days=1)) == 1.0
    assert ratio_of(shoppers(np.full(9, 2.0), np.full(9, 1.0)).assign(n_orders=1)) == 1.0
