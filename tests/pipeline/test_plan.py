"""Planning: from the latest scores to a plan within limits, in the output folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from goodwill.errors import ArtefactError, ConfigError, SourceError, UsageError
from goodwill.pipeline.plan import plan_offers
from goodwill.wording import told

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
        "horizon_days": 90,
        "tier": ["platinum", "gold", "lead", "lead"],
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


def test_no_plan_is_made_with_scores_that_are_damaged(scored: Shop) -> None:
    place = scored.output / "scores.parquet"
    pd.read_parquet(place).to_parquet(place, compression=None, write_page_checksum=True)
    place.write_bytes(place.read_bytes().replace(b"platinum", b"platinux"))
    with pytest.raises(ArtefactError, match=r"scores\.parquet is damaged"):
        plan_offers(scored.config(OFFERS), 2.0)


def test_offers_to_customers_as_good_as_gone_are_told_with_a_remedy(scored: Shop) -> None:
    place = scored.output / "scores.parquet"
    pd.read_parquet(place).assign(p_churn=[0.99, 0.5, 0.2, 0.2]).to_parquet(place)
    said = plan_offers(scored.config(OFFERS), 2.0).notes
    assert any(note.startswith("1 of 2 offers go to customers as good as gone") for note in said)
    chinese = [told(note, "zh") for note in said if "as good as gone" in note]
    assert "`eligible: {p_churn: {max: 0.9}}`" in chinese[0]
    assert "gone" not in chinese[0]
    later = OFFERS.replace("0.5}", "0.5, eligible: {p_churn: {max: 0.9}}}")
    assert not any("gone" in note for note in plan_offers(scored.config(later), 2.0).notes)


def test_customers_are_scored_first_where_there_are_no_scores(copied: Shop) -> None:
    answer = plan_offers(copied.config(OFFERS), 20.0)
    assert "did not exist; the customers were scored first" in answer.notes[1]
    assert 0 < len(rows(copied)) <= 20


def test_opt_outs_are_left_alone(scored: Shop) -> None:
    rules = pd.DataFrame({"customer_id": ["a"], "opted_out_at": [pd.Timestamp("2024-05-01")]})
    rules.to_parquet(scored.folder / "rules.parquet")
    plan_offers(scored.config(OFFERS, f"tables.contact_rules.source={scored.folder}/rules.parquet"), 2.0)
    assert rows(scored) == ["b", "c"]


def with_opt_out(scored: Shop, time: str, channel: str, *settings: str) -> list[str]:
    rules = pd.DataFrame({"customer_id": ["a"], "opted_out_at": [pd.Timestamp(time)], "channel": [channel]})
    rules.to_parquet(scored.folder / "rules.parquet")
    place = f"tables.contact_rules.source={scored.folder}/rules.parquet"
    return plan_offers(scored.config(OFFERS, place, *settings), 2.0).notes


@pytest.mark.parametrize("written", ["e-mail", "E-Mail", " EMAIL ", ""])
def test_an_opt_out_holds_however_its_channel_is_written(scored: Shop, written: str) -> None:
    with_opt_out(scored, "2024-05-01", written)
    assert rows(scored) == ["b", "c"]


def test_an_opt_out_after_the_day_of_the_scores_holds(scored: Shop) -> None:
    with_opt_out(scored, "2025-02-01", "email")
    assert rows(scored) == ["b", "c"]


def test_an_opt_out_of_a_channel_that_no_contact_uses_is_told(scored: Shop) -> None:
    notes = with_opt_out(scored, "2024-05-01", "fax")
    assert rows(scored) == ["a", "b"]
    assert any("contact_rules.channel: opt-outs of fax (1) bar nobody" in note for note in notes)


def test_floors_of_the_config_hold(scored: Shop) -> None:
    plan_offers(scored.config(OFFERS, "plan.floors={column: branch_id, share: 0.5}"), 2.0)
    assert rows(scored) == ["a", "c"]


def test_uplift_is_read_from_its_file(scored: Shop, tmp_path: Path) -> None:
    pd.DataFrame({"customer_id": ["d"], "mail": [9.0]}).to_parquet(tmp_path / "uplift.parquet")
    plan_offers(scored.config(OFFERS, f"plan.uplift={tmp_path}/uplift.parquet"), 2.0)
    assert rows(scored) == ["d"]


def test_the_outcome_of_the_config_must_be_that_of_the_uplift(scored: Shop, tmp_path: Path) -> None:
    known = pd.DataFrame({"customer_id": ["d"], "mail": [9.0], "outcome": "margin", "unit": "margin"})
    known.to_parquet(tmp_path / "uplift.parquet")
    uplift = f"plan.uplift={tmp_path}/uplift.parquet"
    plan_offers(scored.config(OFFERS, uplift, "plan.outcome=margin"), 2.0)
    assert rows(scored) == ["d"]
    with pytest.raises(UsageError, match=r"plan\.outcome is visit; the uplift holds the outcomes margin"):
        plan_offers(scored.config(OFFERS, uplift, "plan.outcome=visit"), 2.0)


def test_an_unreadable_uplift_is_told(scored: Shop, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"plan\.uplift: there is no file nowhere\.parquet\. .*measure"):
        plan_offers(scored.config(OFFERS, "plan.uplift=nowhere.parquet"), 2.0)
    (tmp_path / "text.parquet").write_text("text")
    with pytest.raises(SourceError, match=r"plan\.uplift: .*text\.parquet cannot be read as Parquet"):
        plan_offers(scored.config(OFFERS, f"plan.uplift={tmp_path}/text.parquet"), 2.0)


def test_the_reason_of_an_action_is_told_in_chinese(scored: Shop) -> None:
    when = "{tier: [platinum], branch_id: [x], p_churn: {min: 0.1}}"
    strategies = f"strategies: [{{name: call, action: {{zh: 致电}}, when: {when}}}]"
    (scored.folder / "own.yaml").write_text(strategies, encoding="utf-8")
    plan_offers(scored.config(OFFERS, "language=zh", f"playbook.file={scored.folder}/own.yaml"), 2.0)
    first = pd.read_parquet(scored.output / "actions.parquet").iloc[0]
    assert (first["action"], first["reason"]) == ("致电", "价值等级 铂金, 网点 x, 流失概率 0.50")


def test_lists_that_cannot_be_made_leave_no_plan_behind(scored: Shop) -> None:
    (scored.output / "plan.parquet").unlink(missing_ok=True)
    with pytest.raises(UsageError, match=r"audiences: there is no column email.*score\.carry"):
        plan_offers(scored.config(OFFERS, "audiences.by=[offer]", "audiences.identifier=email"), 2.0)
    assert not (scored.output / "plan.parquet").exists()


def test_everybody_is_recommended_an_action_and_the_offer_is_the_contact(scored: Shop) -> None:
    answer = plan_offers(scored.config(OFFERS), 2.0)
    actions = pd.read_parquet(scored.output / "actions.parquet")
    assert actions["strategy"].tolist() == ["save_the_best", "save_the_best", "keep", "keep"]
    assert actions["channel"].isna().tolist() == [False, False, True, True]
    assert actions["channel"].tolist()[:2] == ["email", "email"]
    assert actions["offer"].isna().tolist() == [False, False, True, True]
    assert answer.sheets[-1].rows[0][:2] == ("save_the_best", "2")


def test_an_offer_may_ask_for_a_strategy(scored: Shop) -> None:
    offer = (
        "offers=[{name: mail, cost: 1, channel: email, assumed_save_rate: 0.5, eligible: {strategy: [keep]}}]"
    )
    plan_offers(scored.config(offer), 5.0)
    assert rows(scored) == ["c"]


def test_a_playbook_of_ones_own_counts(scored: Shop, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("strategies: [{name: wait, action: Wait.}]", encoding="utf-8")
    plan_offers(scored.config(OFFERS, f"playbook.file={tmp_path}/mine.yaml"), 2.0)
    assert set(pd.read_parquet(scored.output / "actions.parquet")["strategy"]) == {"wait"}
    plan_offers(scored.config(OFFERS, "playbook.industry=subscription"), 2.0)
    assert "remind_of_value" in set(pd.read_parquet(scored.output / "actions.parquet")["strategy"])


def test_the_stated_industry_of_the_classes_has_its_own_playbook(scored: Shop) -> None:
    plan_offers(scored.config(OFFERS, "classes.industry=subscription"), 2.0)
    assert "remind_of_value" in set(pd.read_parquet(scored.output / "actions.parquet")["strategy"])
    plan_offers(scored.config(OFFERS, "classes.industry=subscription", "playbook.industry=retail"), 2.0)
    assert "remind_of_value" not in set(pd.read_parquet(scored.output / "actions.parquet")["strategy"])


def test_lists_are_written_where_asked(scored: Shop) -> None:
    answer = plan_offers(scored.config(OFFERS, "audiences={by: [offer, tier], hashed: true}"), 2.0)
    (listed,) = (scored.output / "audiences/offer").iterdir()
    assert len(listed.read_text().split()) == 3
    assert any("audiences/tier: 3 lists (gold 1, lead 2, platinum 1)." in note for note in answer.notes)


@pytest.mark.parametrize(("channel", "listed"), [("", "none"), ("Ads", "none"), ("email", "platinum 1")])
def test_who_opted_out_of_all_or_of_its_channel_is_in_no_list(
    scored: Shop, channel: str, listed: str
) -> None:
    notes = with_opt_out(scored, "2025-02-01", channel, "audiences={by: [tier], channel: ads}")
    lists = [note for note in notes if "audiences/tier" in note]
    assert ("platinum 1" in lists[0]) == (listed != "none")
    said = "Customers in no list, as they opted out: 1."
    assert (said in notes) == (listed == "none")
    assert told(said, "zh").startswith("因拒绝联系")


def test_lists_without_a_channel_leave_out_who_opted_out_of_all(scored: Shop) -> None:
    with_opt_out(scored, "2024-05-01", "", "audiences.by=[tier]")
    assert not list((scored.output / "audiences/tier").glob("*platinum.csv"))


def test_next_products_are_listed_where_asked(scored: Shop) -> None:
    plan_offers(scored.config(OFFERS, "plan.products=2"), 2.0)
    assert set(pd.read_parquet(scored.output / "next_best.parquet")["rank"]) == {1, 2}


def test_next_products_are_worth_the_margin_of_the_config(scored: Shop) -> None:
    place, said = scored.folder / "data/transactions.parquet", []
    pd.read_parquet(place).drop(columns="cost").to_parquet(place)
    for rate in (1.0, 0.25):
        plan_offers(scored.config(OFFERS, "plan.products=1", f"value.margin_rate={rate}"), 2.0)
        said.append(pd.read_parquet(scored.output / "next_best.parquet")["expected_margin"].sum())
    assert said[1] == pytest.approx(said[0] / 4)


def test_the_day_of_the_scores_is_told(scored: Shop) -> None:
    said = plan_offers(scored.config(OFFERS), 2.0).notes[1]
    assert said.startswith("Planned with ")
    assert said.endswith("scores.parquet. They look from 2025-01-01.")


def test_the_longest_horizon_counts(scored: Shop) -> None:
    place = scored.output / "scores.parquet"
    scores = pd.read_parquet(place)
    pd.concat([scores, scores.assign(horizon_days=30)]).to_parquet(place)
    answer = plan_offers(scored.config(OFFERS), 2.0)
    assert rows(scored) == ["a", "b"]
    assert "The scores hold several horizons; 90 days counts." in answer.notes


def test_money_that_gains_nothing_stays_unspent(scored: Shop) -> None:
    answer = plan_offers(scored.config(OFFERS), 50.0)
    assert "47.00 USD stay unspent" in answer.notes[0]


def test_a_config_without_offers_is_told_how_to_add_them(scored: Shop) -> None:
    with pytest.raises(ConfigError, match="offers: the config has none"):
        plan_offers(scored.config("offers=[]"), 2.0)


@pytest.mark.parametrize(("budget", "said"), [(-1.0, "budget is -1"), (float("nan"), "budget: nan is not")])
def test_an_impossible_budget_is_refused_before_anything_is_read(
    copied: Shop, budget: float, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        plan_offers(copied.config(OFFERS, "tables.transactions.source=nowhere.parquet"), budget)


def test_a_group_without_a_column_is_refused_before_tables_are_read(scored: Shop) -> None:
    asked = ["plan.floors={column: nowhere, share: 0.5}", "tables.transactions.source=nowhere.parquet"]
    with pytest.raises(UsageError, match=r"floors\.column: the scores have no column nowhere"):
        plan_offers(scored.config(OFFERS, *asked), 2.0)


def test_what_fails_leaves_no_plan(scored: Shop) -> None:
    with pytest.raises(UsageError, match=r"budget is 0\.50 and the cheapest offer"):
        plan_offers(scored.config(OFFERS), 0.5)
    assert not (scored.output / "plan.parquet").exists()
