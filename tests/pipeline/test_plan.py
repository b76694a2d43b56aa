"""Planning: from the latest scores to a plan within limits, in the output folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from goodwill.errors import ConfigError, SourceError, UsageError
from goodwill.pipeline.plan import plan_offers

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Shop

OFFERS = "offers=[{name: mail, cost: 1, channel: email, assumed_save_rate: 0.5}]"


@pytest.fixture
def scored(copied: Shop) -> Shop:
    """A shop with hand-made scores of four customers."""
    scores = pd.DataFrame({
        "customer_id": ["a", "b", "c", "d"],
        "status": "scored",
        "as_of": pd.Timestamp("2025-01-01"),
        "p_churn": 0.5,
        "clv": 10.0,
        "value_at_risk": [8.0, 6.0, 4.0, 1.0],
        "branch_id": ["x", "x", "y", "y"],
    })  # fmt: skip
    copied.output.mkdir(exist_ok=True)
    (copied.output / "scores.parquet").unlink(missing_ok=True)
    scores.to_parquet(copied.output / "scores.parquet")
    return copied


def rows(shop: Shop) -> list[str]:
    return pd.read_parquet(shop.output / "plan.parquet")["customer_id"].tolist()


def test_the_plan_lies_in_the_output_folder(scored: Shop) -> None:
    answer = plan_offers(scored.config(OFFERS), 2.0)
    facts = json.loads((scored.output / "plan.json").read_text())
    assert rows(scored) == ["a", "b"]
    assert (facts["spend"], facts["profit"], facts["method"]) == (2.0, 5.0, "exact")
    assert facts["shadow_prices"]["channels"] == {"email": 0.0}
    assert answer.sheets[0].title == "Plan"
    assert (
        "2 customers get an offer: 2.00 USD of 2.00 spent, 5.00 USD expected beyond the cost"
        in answer.notes[0]
    )


def test_customers_are_scored_first_where_there_are_no_scores(copied: Shop) -> None:
    answer = plan_offers(copied.config(OFFERS), 20.0)
    assert "did not exist; the customers were scored first" in answer.notes[1]
    assert 0 < len(rows(copied)) <= 20


def test_opt_outs_are_left_alone(scored: Shop) -> None:
    rules = pd.DataFrame({"customer_id": ["a"], "opted_out_at": [pd.Timestamp("2024-05-01")]})
    rules.to_parquet(scored.folder / "rules.parquet")
    plan_offers(scored.config(OFFERS, f"tables.contact_rules.source={scored.folder}/rules.parquet"), 2.0)
    assert rows(scored) == ["b", "c"]


def test_floors_of_the_config_hold(scored: Shop) -> None:
    plan_offers(scored.config(OFFERS, "plan.floors={column: branch_id, share: 0.5}"), 2.0)
    assert rows(scored) == ["a", "c"]


def test_uplift_is_read_from_its_file(scored: Shop, tmp_path: Path) -> None:
    pd.DataFrame({"customer_id": ["d"], "mail": [9.0]}).to_parquet(tmp_path / "uplift.parquet")
    plan_offers(scored.config(OFFERS, f"plan.uplift={tmp_path}/uplift.parquet"), 2.0)
    assert rows(scored) == ["d"]


def test_an_unreadable_uplift_is_told(scored: Shop) -> None:
    with pytest.raises(SourceError, match=r"plan\.uplift: nowhere\.parquet cannot be read as Parquet"):
        plan_offers(scored.config(OFFERS, "plan.uplift=nowhere.parquet"), 2.0)


def test_a_config_without_offers_is_told_how_to_add_them(scored: Shop) -> None:
    with pytest.raises(ConfigError, match="offers: the config has none"):
        plan_offers(scored.config(), 2.0)


def test_what_fails_leaves_no_plan(scored: Shop) -> None:
    with pytest.raises(UsageError, match=r"budget is 0\.50 and the cheapest offer"):
        plan_offers(scored.config(OFFERS), 0.5)
    assert not (scored.output / "plan.parquet").exists()
