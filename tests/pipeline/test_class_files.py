"""Classes read back from kept scores."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.data.tables import Past, Tables
from goodwill.engine import connect, in_memory
from goodwill.pipeline import class_files
from goodwill.pipeline.class_files import kept_sellers, migrations
from goodwill.pipeline.class_report import class_report, class_rows
from goodwill.value.defaults import rules_of
from goodwill.value.fitting import fit_classes
from goodwill.value.migration import migration

TIERS = ["platinum", "gold", "iron", "lead"]


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[str, pd.DataFrame], Path]:
    def keep(name: str, scores: pd.DataFrame) -> Path:
        scores.to_parquet(tmp_path / name, row_group_size=70)
        return tmp_path / name

    return keep


def scores_of(seed: int, ids: range) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    tier = rng.choice(TIERS, len(ids))
    return pd.DataFrame({"customer_id": [f"c{i}" for i in ids], "tier": tier, "clv": rng.random(len(ids))})


def test_moves_read_from_files_are_those_of_frames(kept: Callable[[str, pd.DataFrame], Path]) -> None:
    before, after = scores_of(0, range(200)), scores_of(1, range(20, 230))
    twice = pd.concat([after, after.assign(clv=9.0)])
    found = migrations(kept("a.parquet", before), kept("b.parquet", twice), rules_of("retail"))
    expected = migration(before, after, "tier")
    assert pd.DataFrame(found["tier"]["counts"]).T.to_dict() == expected.counts.to_dict()
    assert list(found["tier"]["counts"]) == [*TIERS, "newcomer"]
    assert [sum(row.values()) for row in found["tier"]["shares"].values()] == pytest.approx([1.0] * 4)


def over(horizon_days: int, tier: str, clv: float) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": ["a"], "tier": tier, "clv": clv, "horizon_days": horizon_days})


def test_values_are_compared_over_the_horizon_that_both_scorings_hold(
    kept: Callable[[str, pd.DataFrame], Path],
) -> None:
    before = pd.concat([over(60, "platinum", 30.0), over(180, "platinum", 90.0)])
    found = migrations(
        kept("a.parquet", before), kept("b.parquet", over(180, "gold", 80.0)), rules_of("retail")
    )
    (watched,) = found["tier"]["watch_list"]
    assert (watched["value_before"], watched["value_at_stake"]) == (90.0, 10.0)


def test_values_over_other_horizons_are_not_compared(kept: Callable[[str, pd.DataFrame], Path]) -> None:
    before, after = kept("a.parquet", over(180, "platinum", 90.0)), kept("b.parquet", over(60, "gold", 30.0))
    (watched,) = migrations(before, after, rules_of("retail"))["tier"]["watch_list"]
    assert (watched["customers"], watched["value_before"], watched["value_at_stake"]) == (1, None, None)


def bought(n: int) -> Past:
    orders = pd.DataFrame({"customer_id": [f"c{i}" for i in range(n)] * 2, "amount": 5.0})
    orders["time"] = pd.Timestamp("2024-01-05")
    orders["product_id"] = ["tea"] * n + ["mug"] * n
    rows = in_memory(orders.assign(known_at=orders["time"]), connect(threads=1), "orders")
    return Past(Tables(transactions=rows), date(2024, 3, 1))


def test_sellers_of_many_are_told_from_a_random_part(
    kept: Callable[[str, pd.DataFrame], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, past = kept("a.parquet", scores_of(0, range(400))), bought(400)
    whole = kept_sellers(place, past)
    monkeypatch.setattr(class_files, "MOST_BUYERS", 100)
    part = kept_sellers(place, past)
    assert sum(row["customers"] for row in whole["sellers"]) == 400
    assert (whole["sellers_by"], "sellers_of" in whole) == ("product_id", False)
    assert 50 < sum(row["customers"] for row in part["sellers"]) < 150
    assert part["sellers_of"] == "a random 25% of the customers"


def test_of_two_products_one_is_a_best_seller(kept: Callable[[str, pd.DataFrame], Path]) -> None:
    found = kept_sellers(kept("a.parquet", scores_of(0, range(400))), bought(400))
    rows = found["sellers"]
    assert found["categories"] == []
    assert [(row["class"], row["kind"]) for row in rows] == [(tier, "best") for tier in sorted(TIERS)]


def test_classes_are_told_from_scores_alone_where_features_stayed_away() -> None:
    scores = scores_of(0, range(100)).assign(matrix="low_low", lifecycle="repeat", p_churn=0.5)
    scores = scores.assign(as_of=pd.Timestamp("2024-03-01"), branch=["x", "y"] * 50)
    limits = fit_classes(scores, scores, rules_of("retail"))
    parts = [class_rows(scores[start : start + 50], None, limits, ["branch"]) for start in (0, 50)]
    told = class_report(parts, {"tier": {"gold": 100}}, limits, ["branch"])
    assert sum(row["customers"] for row in told["pyramid"]) == 100
    assert [row["value"] for row in told["concentration"]] == ["predicted"]
    assert {row["branch"] for row in told["performance"]["branch"]} == {"x", "y"}
    assert (told["cohorts"], told["not_computable"]) == ([], [])


def test_a_part_takes_few_bytes_a_customer() -> None:
    scores = scores_of(0, range(10_000)).assign(matrix="low_low", lifecycle="repeat", p_churn=0.5)
    X = pd.DataFrame({"value_past_window": np.ones(10_000), "days_since_first_order": 5.0})
    limits = fit_classes(scores, scores, rules_of("retail"))
    assert class_rows(scores, X, limits).rows.memory_usage(deep=True).sum() < 50 * 10_000
