"""CLV : CAC and payback by channel."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.value.acquisition import acquisition_table, payback_days


@pytest.fixture
def customers() -> pd.DataFrame:
    return pd.DataFrame({
        "customer_id": ["a", "b", "c", "d"], "acquisition_channel": ["ad", "ad", "shop", None],
        "acquisition_cost": [10.0, 30.0, 0.0, 5.0], "age_days": [100, 100, 50, 9],
        "clv_lifetime": [40.0, None, 7.0, 1.0],
    })  # fmt: skip


def test_a_channel_is_the_mean_of_its_customers(customers: pd.DataFrame) -> None:
    income = pd.DataFrame(
        {"customer_id": ["a", "a", "b"], "age_days": [0, 60, 30], "margin": [10.0, 30.0, 20.0]}
    )
    table = acquisition_table(customers, income).set_index("acquisition_channel")
    assert table.loc["ad"].tolist() == [2, 20.0, 30.0, 20.0, 2.5, 60.0]


def test_a_free_channel_is_paid_at_once_and_has_no_ratio(customers: pd.DataFrame) -> None:
    income = pd.DataFrame({"customer_id": [], "age_days": [], "margin": []})
    table = acquisition_table(customers, income).set_index("acquisition_channel")
    assert np.isnan(table.loc["shop", "clv_to_cac"])
    assert table.loc["shop", "payback_days"] == 0
    assert np.isnan(table.loc["ad", "payback_days"])


def test_young_customers_do_not_delay_the_payback() -> None:
    old = payback_days(4.0, [200] * 10, [0, 100] * 10, [2.0] * 20)
    with_young = payback_days(4.0, [200] * 10 + [1] * 90, [0, 100] * 10 + [0] * 90, [2.0] * 110)
    assert old == with_young == 100


def test_a_refund_puts_payback_off() -> None:
    assert payback_days(5.0, [99], [0, 1, 50], [4.0, -3.0, 4.0]) == 50


def test_a_customer_counts_once(customers: pd.DataFrame) -> None:
    income = pd.DataFrame({"customer_id": ["a"], "age_days": [5], "margin": [30.0]})
    with pytest.raises(UsageError, match="customers: 2 of 6 rows repeat a customer"):
        acquisition_table(pd.concat([customers, customers.head(2)]), income)


def test_the_columns_are_named_where_one_is_missing(customers: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match="acquisition_cost, clv_lifetime missing"):
        acquisition_table(customers.drop(columns=["acquisition_cost", "clv_lifetime"]), pd.DataFrame())
