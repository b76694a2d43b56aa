"""A case as a page: every part that is known, none that is not."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from goodwill.report import Case, Similar, dossier_page, words_of
from goodwill.report.dossier import action, dossier_chapters, outcome_facts, standing

DAY = date(2025, 3, 1)


@pytest.fixture
def case() -> Case:
    days = pd.to_datetime(["2025-01-01", "2025-03-01"])
    scores = pd.DataFrame(
        {
            "customer_id": "a", "as_of": days, "horizon_days": 90.0,
            "p_churn": [0.2, 0.4], "clv": [50.0, 40.0],
            "clv_low": [10.0, 5.0], "clv_high": [90.0, 80.0], "value_at_risk": [10.0, 16.0], "tier": "gold",
            "segment": "recent_frequent", "need": "not_computable", "reason_1": "silent for 60 days",
            "reason_2": "not_computable",
        }
    )  # fmt: skip
    orders = pd.DataFrame(
        {"day": pd.to_datetime(["2024-11-01", "2024-12-01"]), "amount": [20.0, 30.0], "is_occasion": True}
    )
    events = pd.DataFrame(
        {"time": pd.to_datetime(["2024-12-05"]), "table": "interactions", "kind": "<i>visit", "figure": 1.0}
    )
    outcomes = pd.DataFrame({"churned": [True, False], "n_orders": [0, 2], "value": [0.0, 60.0]})
    return Case(
        "a<b>", "shop", scores, DAY, orders=orders, events=events,
        similar=Similar(date(2024, 6, 1), 90, outcomes),
        answers=pd.DataFrame({"item": ["nps"], "side": ["score"], "own": [9.0], "mean": [7.0], "n": [10]}),
        plan=pd.DataFrame({"offer": ["call"], "channel": ["phone"], "cost": [6.0], "expected_margin": [9.0]}),
        strategies={"tier": {"gold": "Lift them."}},
    )  # fmt: skip


def test_a_case_is_told_from_standing_to_action(case: Case) -> None:
    chapters = dossier_chapters(case, words_of("en"))
    assert [chapter.key for chapter in chapters] == ["standing", "history", "similar", "felt", "action"]
    assert [exhibit.key for exhibit in chapters[0].exhibits] == [
        "standing-now",
        "standing-p_churn",
        "standing-clv",
    ]


def test_standing_is_that_of_the_latest_scores(case: Case) -> None:
    found = standing(case, words_of("en"))
    assert [fact.figure for fact in found.facts] == ["40.0%", "40.0 USD", "16.0 USD"]
    assert found.table.rows == (("Segments", "Recent frequent", ""), ("Value pyramid", "Gold", "Lift them."))
    assert found.points == ["Reason: silent for 60 days"]


def test_what_similar_customers_did_is_one_sentence(case: Case) -> None:
    said = outcome_facts(case.similar, words_of("en"))
    assert said.startswith(
        "Of the 2 most similar customers on 2024-06-01, 50.0% churned in the 90 days after;"
    )
    assert said.endswith("brought 15.0 to 45.0 USD.")


def test_how_long_similar_customers_had_been_silent_stands_beside_the_one(case: Case) -> None:
    said = outcome_facts(replace(case.similar, silent_days=2.5, own_silent_days=57.0), words_of("en"))
    assert said.endswith("Their last order lay 2 days back at the median; this customer's lies 57 days back.")


def test_the_playbook_stands_before_the_plan(case: Case) -> None:
    advised = replace(
        case, actions=pd.DataFrame({"action": ["Call."], "channel": ["phone"], "reason": ["silent"]})
    )
    assert [exhibit.key for exhibit in action(advised, words_of("en"))] == ["action-playbook", "action-plan"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_in_a_case_are_harmless(case: Case, language: str) -> None:
    page = dossier_page(replace(case, language=language))
    assert "a&lt;b&gt;" in page
    assert "<i>" not in page.split("<script")[0]


def test_a_ready_made_table_has_standing_alone() -> None:
    scores = pd.DataFrame({"customer_id": ["a"], "as_of": [pd.NaT], "p_churn": [0.2], "segment": ["x"]})
    case = Case("a", "telco", scores)
    assert [chapter.key for chapter in dossier_chapters(case, words_of("en"))] == ["standing"]
    assert action(case, words_of("en")) == []


def test_one_order_has_no_usual_gap(case: Case) -> None:
    once = replace(case, orders=case.orders[:1], events=pd.DataFrame())
    (orders,) = dossier_chapters(once, words_of("en"))[1].exhibits
    assert orders.says == "Orders: 1; 20.0 USD in all."
    assert "yaxis2" not in orders.figure["layout"]


def test_the_usual_gap_is_the_mean_that_reasons_tell(case: Case) -> None:
    days = pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-03", "2025-01-11"])
    told = replace(case, orders=pd.DataFrame({"day": days, "amount": 5.0, "is_occasion": True}))
    (orders, *_) = dossier_chapters(told, words_of("en"))[1].exhibits
    assert orders.says == "Orders: 4; 20.0 USD in all; usually 3 days apart."


def test_classes_in_the_reasons_of_an_advice_go_by_their_names(case: Case) -> None:
    advised = pd.DataFrame({"action": ["Call."], "channel": ["phone"],
                            "reason": ["tier gold, p_churn 0.40; silent for 60 days"]})  # fmt: skip
    (exhibit, _) = action(replace(case, actions=advised), words_of("zh"))
    assert exhibit.table.rows[0][2] == "价值金字塔：黄金；流失概率：0.40；silent for 60 days"


def test_an_advice_without_classes_keeps_its_reason(case: Case) -> None:
    advised = pd.DataFrame({"action": ["Call."], "reason": ["no order for 84 days"]})
    (exhibit, _) = action(replace(case, actions=advised), words_of("zh"))
    assert exhibit.table.rows[0] == ("Call.", "no order for 84 days")
