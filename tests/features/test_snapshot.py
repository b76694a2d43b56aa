"""Snapshots: who is in them, what they hold, and what they refuse."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from goodwill.data.tables import Tables
from goodwill.errors import HistoryError, UsageError
from goodwill.features.labels import ValueRule
from goodwill.features.population import ChurnKind
from goodwill.features.snapshot import Snapshot, score_frame, snapshot, snapshots

Shop = Callable[..., Tables]
ORDERS = [
    ("loyal", "2024-01-01", 10.0),
    ("loyal", "2024-02-20", 30.0),
    ("loyal", "2024-03-10", 40.0),
    ("loyal", "2024-03-11", -15.0),
    ("silent", "2024-02-01", 20.0),
    ("returns", "2024-02-05", -5.0),
    ("newcomer", "2024-03-20", 99.0),
    ("newcomer", "2024-03-31", 1.0),
]
VISITS = [("looks", "2024-02-02", "visit"), ("loyal", "2024-02-03", "visit")]


@pytest.fixture(scope="module")
def tables(shop: Shop) -> Tables:
    return shop(
        transactions=("customer_id time amount", ORDERS), interactions=("customer_id time kind", VISITS)
    )


@pytest.fixture(scope="module")
def march(tables: Tables) -> Snapshot:
    return snapshot(tables, as_of=date(2024, 3, 1), horizon_days=31)


def test_everyone_known_has_a_row_and_newcomers_have_none(march: Snapshot) -> None:
    status = dict(zip(march.X["customer_id"], march.X["status"], strict=True))
    assert status == {"looks": "prospect", "loyal": "scored", "returns": "refund_only", "silent": "scored"}


def test_keys_come_first(march: Snapshot) -> None:
    assert march.X.columns[:5].tolist() == [
        "customer_id",
        "as_of",
        "horizon_days",
        "status",
        "value_past_window",
    ]
    assert march.X["as_of"].unique().tolist() == [pd.Timestamp("2024-03-01")]
    assert march.X["horizon_days"].unique().tolist() == [31]


def test_labels_stand_beside_features(march: Snapshot) -> None:
    loyal = march.y[march.X["customer_id"] == "loyal"]
    assert loyal.to_dict("records") == [{"churned": False, "n_orders": 1, "value": 25.0}]


def test_who_does_nothing_has_churned_at_no_value(march: Snapshot) -> None:
    silent = march.y[march.X["customer_id"] == "silent"]
    assert silent.to_dict("records") == [{"churned": True, "n_orders": 0, "value": 0.0}]


def test_the_past_window_is_what_carrying_it_forward_would_predict(tables: Tables) -> None:
    X = score_frame(tables, as_of="2024-03-01", horizons=[31, 60])
    loyal = X[X["customer_id"] == "loyal"].set_index("horizon_days")["value_past_window"]
    assert loyal.to_dict() == {31: 30.0, 60: 40.0}


def test_counts_of_who_has_no_rows_are_zero_and_means_missing(march: Snapshot) -> None:
    looks = march.X.set_index("customer_id").loc["looks"]
    assert looks[["n_orders", "spend_total", "spend_90d", "n_orders_30d"]].tolist() == [0, 0, 0, 0]
    assert looks[["spend_mean", "days_since_last_order", "gap_mean_days"]].isna().all()


def test_active_days_bounds_the_population(tables: Tables) -> None:
    at_risk = score_frame(tables, as_of="2024-03-01", horizons=[30], active_days=15)
    assert dict(zip(at_risk["customer_id"], at_risk["status"], strict=True))["silent"] == "inactive"


def test_scored_keeps_the_population_alone(march: Snapshot) -> None:
    assert march.scored.X["customer_id"].tolist() == ["loyal", "silent"]
    assert march.scored.y["churned"].tolist() == [False, True]


def test_windows_are_shown(march: Snapshot) -> None:
    assert march.windows.to_dict("records") == [
        {
            "as_of": pd.Timestamp("2024-03-01"),
            "horizon_days": 31,
            "n_customers": 2,
            "churn_share": 0.5,
            "value_mean": 12.5,
        }
    ]


def test_value_follows_the_rule(tables: Tables) -> None:
    half = snapshot(tables, as_of="2024-03-01", horizon_days=31, value=ValueRule(margin_rate=0.5))
    assert half.y["value"].sum() == 12.5


def test_every_training_window_ends_by_until(tables: Tables) -> None:
    train = snapshots(tables, until="2024-01-04", horizon_days=20)
    assert train.until == date(2024, 1, 4)
    assert len(train.windows) > 1
    assert train.now["as_of"].unique().tolist() == [pd.Timestamp("2024-01-04")]
    assert train.now["horizon_days"].tolist() == [20]


def test_value_adds_up_to_what_spend_total_gained(tables: Tables) -> None:
    before, after = (
        score_frame(tables, as_of=day, horizons=[31]).set_index("customer_id")["spend_total"]
        for day in ("2024-03-01", "2024-04-01")
    )
    march = snapshot(tables, as_of="2024-03-01", horizon_days=31)
    gained = (after - before).dropna()
    assert dict(zip(march.X["customer_id"], march.y["value"], strict=True)) == gained.to_dict()


@pytest.mark.parametrize(
    ("as_of", "horizon_days", "reason"),
    [
        ("2023-06-01", 30, "does not lie within the history, 2024-01-01 to 2024-03-31"),
        ("2024-04-01", 30, "does not lie within the history"),
        ("2024-03-01", 300, "past the last order or contract"),
        ("soon", 30, "'soon' is not a day"),
    ],
)
def test_a_window_outside_the_history_is_refused(
    tables: Tables, as_of: str, horizon_days: int, reason: str
) -> None:
    with pytest.raises(HistoryError, match=reason):
        snapshot(tables, as_of=as_of, horizon_days=horizon_days)


@pytest.mark.parametrize("days", [0, -30, 45.5, "90", 10**9, True])
@pytest.mark.parametrize("name", ["horizon_days", "active_days"])
def test_lengths_are_whole_days(tables: Tables, name: str, days: object) -> None:
    with pytest.raises(UsageError, match=f"{name}: {days!r} is no whole number of days from 1 to"):
        snapshot(tables, **{"as_of": date(2024, 3, 1), "horizon_days": 30} | {name: days})
    with pytest.raises(UsageError, match=f"{name}: {days!r} is no whole number of days from 1 to"):
        snapshots(tables, **{"until": date(2024, 3, 1), "horizon_days": 30} | {name: days})


def test_days_may_be_counted_by_numpy(tables: Tables, march: Snapshot) -> None:
    counted = snapshot(tables, as_of=date(2024, 3, 1), horizon_days=np.int64(31))
    pd.testing.assert_frame_equal(counted.X, march.X)


@pytest.mark.parametrize("horizons", [[], [30, 30]])
def test_a_scoring_asks_for_each_horizon_once(tables: Tables, horizons: list[int]) -> None:
    with pytest.raises(UsageError, match="must name at least one horizon, and each once"):
        score_frame(tables, as_of=date(2024, 3, 1), horizons=horizons)


def test_an_unknown_kind_of_churn_is_refused(tables: Tables) -> None:
    with pytest.raises(UsageError, match="churn: 'magic' is none of auto, silence, contract"):
        snapshot(tables, as_of=date(2024, 3, 1), horizon_days=30, churn="magic")


def test_scoring_before_all_data_is_refused(tables: Tables) -> None:
    with pytest.raises(HistoryError, match="no customer was known before that day"):
        score_frame(tables, as_of="2023-01-01", horizons=[30])


CONTRACTS = [
    ("stays", "2024-01-01", None, 10.0, 30),
    ("leaves", "2024-01-01", "2024-03-20", 10.0, 30),
    ("renews", "2024-01-01", "2024-03-20", 10.0, 30),
    ("renews", "2024-03-25", None, 10.0, 30),
    ("later", "2024-03-20", None, 10.0, 30),
]


@pytest.mark.parametrize(
    ("churn", "gone"),
    [
        ("auto", {"leaves", "silent"}),
        ("silence", {"leaves", "renews", "silent", "stays"}),
        ("contract", {"leaves"}),
    ],
)
def test_churn_is_judged_by_contract_where_one_runs(shop: Shop, churn: ChurnKind, gone: set[str]) -> None:
    tables = shop(
        transactions=("customer_id time amount", ORDERS),
        contracts=("customer_id start end price period_days", CONTRACTS),
    )
    march = snapshot(tables, as_of="2024-03-01", horizon_days=31, churn=churn).scored
    assert set(march.X.loc[march.y["churned"], "customer_id"]) == gone


def test_who_leaves_may_still_pay(shop: Shop) -> None:
    tables = shop(contracts=("customer_id start end price period_days", CONTRACTS))
    march = snapshot(tables, as_of="2024-03-01", horizon_days=31).scored
    leaves = march.y[march.X["customer_id"] == "leaves"]
    assert leaves[["churned", "n_orders", "value", "contract_days"]].to_numpy().tolist() == [
        [True, 0, 10.0, 19]
    ]


def test_each_window_is_discounted_to_its_own_start(tables: Tables) -> None:
    rule = ValueRule(annual_discount_rate=0.1)
    X = score_frame(tables, as_of="2024-03-01", horizons=[31, 60], value=rule)
    loyal = X[X["customer_id"] == "loyal"].set_index("horizon_days")["value_past_window"]
    assert loyal[31] == pytest.approx(30 * 1.1 ** (-21 / 365.25), abs=1e-3)
    assert loyal[60] == pytest.approx(10 + 30 * 1.1 ** (-50 / 365.25), abs=1e-3)


def test_training_is_the_same_on_a_file_cut_at_until(shop: Shop) -> None:
    columns = "customer_id time amount known_at"
    early = [("a", "2024-01-01", 5.0, "2024-01-01"), ("a", "2024-01-02", 7.0, "2024-01-02")]
    later = [
        ("a", "2024-01-03", 70.0, "2024-01-05"),
        ("old", "2023-01-01", 5.0, "2024-01-05"),
        ("new", "2024-01-05", 9.0, "2024-01-05"),
    ]
    full, cut = (shop(transactions=(columns, rows)) for rows in (early + later, early))
    trained, again = (snapshots(tables, until="2024-01-04", horizon_days=20) for tables in (full, cut))
    for name in ("X", "y", "now"):
        pd.testing.assert_frame_equal(getattr(trained, name), getattr(again, name))


def test_a_matured_window_may_end_quietly(shop: Shop) -> None:
    rows = [(who, day, amount, day) for who, day, amount in ORDERS] + [
        ("loyal", "2024-04-02", 70.0, "2025-01-01")
    ]
    tables = shop(transactions=("customer_id time amount known_at", rows))
    matured = snapshot(tables, as_of="2024-03-31", horizon_days=60, complete_until=date(2024, 6, 1))
    assert matured.scored.y["churned"].tolist() == [True, False, True]
