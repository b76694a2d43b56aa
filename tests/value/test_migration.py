"""Migration: every customer of either date is somewhere, and no more than once."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.value.migration import LEFT, NEWCOMER, Migration, migration, moved_customers

TIERS = ["platinum", "gold", "lead"]


def scored(ids: range, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    tiers = pd.Categorical(rng.choice(TIERS, len(ids)), categories=TIERS)
    clv = np.where(rng.random(len(ids)) < 0.1, np.nan, rng.lognormal(3, 1, len(ids)))
    return pd.DataFrame({"customer_id": [f"c{i}" for i in ids], "tier": tiers, "clv": clv})


BEFORE, AFTER = scored(range(500), 1), scored(range(40, 560), 2)


@pytest.fixture(scope="module")
def moved() -> Migration:
    return migration(BEFORE, AFTER, "tier")


def test_counts_reconcile_with_both_populations(moved: Migration) -> None:
    rows, columns = moved.counts.sum(axis=1), moved.counts.sum()
    assert rows[TIERS].to_dict() == BEFORE["tier"].value_counts().to_dict()
    assert columns[TIERS].to_dict() == AFTER["tier"].value_counts().to_dict()
    assert (rows[NEWCOMER], columns[LEFT]) == (60, 40)
    assert moved.counts.loc[NEWCOMER, LEFT] == 0


def test_value_reconciles_with_both_dates(moved: Migration) -> None:
    assert moved.value_before.to_numpy().sum() == pytest.approx(BEFORE["clv"].sum())
    assert moved.value_after.to_numpy().sum() == pytest.approx(AFTER["clv"].sum())


def test_rows_of_the_transition_matrix_add_up_to_one(moved: Migration) -> None:
    assert moved.shares.sum(axis=1).tolist() == pytest.approx([1.0] * 3)
    assert moved.shares.index.tolist() == TIERS


def test_the_next_period_by_hand() -> None:
    before = pd.DataFrame({"customer_id": list("abcd"), "tier": ["gold", "gold", "lead", "lead"]})
    after = pd.DataFrame({"customer_id": list("abce"), "tier": ["gold", "lead", "lead", "gold"]})
    expected = migration(before, after, "tier").expected
    assert expected.loc["gold"].tolist() == [2, 1.0, 1, 2.0]
    assert expected.loc["lead"].tolist() == [2, 2.0, 0, 2.0]


def test_a_class_that_is_new_is_taken_to_stay() -> None:
    before = pd.DataFrame({"customer_id": ["a"], "tier": ["gold"]})
    after = pd.DataFrame({"customer_id": ["a", "b"], "tier": ["gold", "lead"]})
    assert migration(before, after, "tier").expected.loc["lead", "from_present"] == 1


def test_net_flows_name_each_pair_once(moved: Migration) -> None:
    net = moved.net_flows.set_index(["from", "to"])["customers"]
    assert (net > 0).all()
    counts = moved.counts
    for (a, b), n in net.items():
        back = counts.loc[b, a] if b in counts.index and a in counts.columns else 0
        assert n == counts.loc[a, b] - back


def test_value_at_stake_is_what_those_who_fell_have_lost() -> None:
    before = pd.DataFrame({"customer_id": ["a", "b"], "tier": ["platinum"] * 2, "clv": [90.0, 80.0]})
    after = pd.DataFrame({"customer_id": ["a", "b"], "tier": ["gold", "platinum"], "clv": [30.0, 99.0]})
    (row,) = migration(before, after, "tier").watch_list.to_dict("records")
    assert (row["why"], row["customers"], row["value_before"], row["value_at_stake"]) == (
        "moved down from the top",
        1,
        90.0,
        60.0,
    )


def test_who_moved_is_named_on_request() -> None:
    found = moved_customers(BEFORE, AFTER, "tier", [("platinum", "lead"), ("gold", LEFT)])
    assert set(zip(found["from"], found["to"], strict=True)) == {("platinum", "lead"), ("gold", LEFT)}
    assert found["value_before"].is_monotonic_decreasing
    assert found["customer_id"].is_unique


def test_flows_tell_the_most_lost_value_first(moved: Migration) -> None:
    assert moved.flows["customers"].sum() == 560
    assert moved.flows["value_change"].is_monotonic_increasing


def test_classes_stand_in_the_order_of_the_rules_and_segments_by_name() -> None:
    plain = BEFORE.astype({"tier": str}).assign(segment=BEFORE["tier"].astype(str))
    assert migration(plain, plain, "tier").shares.index.tolist() == TIERS
    assert migration(plain, plain, "segment").shares.index.tolist() == sorted(TIERS)


def test_an_unknown_dimension_names_those_there_are() -> None:
    with pytest.raises(
        UsageError, match=r"teir: the scores before have no such column. Name one of behaviour"
    ):
        migration(BEFORE, AFTER, "teir")


def test_several_rows_of_a_customer_are_refused() -> None:
    with pytest.raises(UsageError, match=r"after hold 3 customers more than once. Choose the rows of one"):
        migration(BEFORE, pd.concat([AFTER, AFTER[:3]]), "tier")


def test_nobody_moves_among_nobody() -> None:
    assert migration(BEFORE[:0], AFTER[:0], "tier").counts.to_numpy().sum() == 0
