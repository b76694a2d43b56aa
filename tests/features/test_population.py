"""Who is in a snapshot, and what is refused."""

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.errors import HistoryError, TableError, UsageError
from goodwill.features.population import features, fill_counts

AS_OF = date(2024, 3, 1)
Shop = Callable[..., Tables]
CONTRACTS = [
    ("holder", "2024-01-01", None, 10.0, 30),
    ("left", "2023-01-01", "2023-06-01", 10.0, 30),
    ("starts", "2024-03-01", None, 10.0, 30),
]


@pytest.fixture(scope="module")
def tables(shop: Shop) -> Tables:
    return shop(
        transactions=(
            "customer_id time amount",
            [("buyer", "2024-01-10", 5.0), ("holder", "2023-01-10", 5.0)],
        ),
        contracts=("customer_id start end price period_days", CONTRACTS),
        referrals=("referrer_id customer_id time", [("friend", "buyer", "2024-01-01")]),
    )


def statuses(known: pd.DataFrame) -> dict[str, str]:
    return dict(zip(known["customer_id"], known["status"], strict=True))


def test_a_running_contract_or_an_occasion_is_scored(tables: Tables) -> None:
    found = statuses(to_frame(features(tables.before(AS_OF))))
    assert found == {"buyer": "scored", "friend": "prospect", "holder": "scored", "left": "inactive"}


def test_a_contract_outlasts_active_days(tables: Tables) -> None:
    found = statuses(to_frame(features(tables.before(AS_OF), active_days=10)))
    assert found["buyer"] == "inactive"
    assert found["holder"] == "scored"


def test_contract_churn_scores_holders_alone(tables: Tables) -> None:
    found = statuses(to_frame(features(tables.before(AS_OF), churn="contract")))
    assert [name for name, status in found.items() if status == "scored"] == ["holder"]


def test_contract_churn_without_contracts_is_refused(shop: Shop) -> None:
    only = shop(transactions=("customer_id time amount", [("buyer", "2024-01-10", 5.0)]))
    with pytest.raises(UsageError, match="churn: 'contract' needs the table contracts, and there are trans"):
        features(only.before(AS_OF), churn="contract")


def test_active_days_means_nothing_without_orders(shop: Shop) -> None:
    only = shop(contracts=("customer_id start end price period_days", CONTRACTS))
    assert statuses(to_frame(features(only.before(AS_OF), active_days=10)))["holder"] == "scored"


def test_no_table_with_customers_is_refused(shop: Shop) -> None:
    lone = shop(products=("product_id", [("p1",)]))
    with pytest.raises(HistoryError, match="need a table with customer_id; got products"):
        features(lone.before(AS_OF))


def test_an_attribute_may_not_take_the_name_of_a_feature(shop: Shop) -> None:
    clash = shop(
        transactions=("customer_id time amount", [("a", "2024-01-10", 5.0)]),
        customers=("customer_id n_orders status", [("a", 1, "gold")]),
        options={"known_at_signup": ("n_orders", "status")},
    )
    with pytest.raises(TableError, match="the attributes n_orders, status have the names"):
        features(clash.before(AS_OF))


def test_counts_a_date_had_no_column_for_are_zero() -> None:
    known = pd.DataFrame({"n_calls_30d": [1.0, None], "days_since_call": [3.0, None], "note": ["a", None]})
    filled = fill_counts(known)
    assert filled["n_calls_30d"].tolist() == [1.0, 0.0]
    assert filled[["days_since_call", "note"]].isna().sum().tolist() == [1, 1]
