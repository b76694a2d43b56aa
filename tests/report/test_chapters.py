"""Chapters: the numbers first, checked by hand; what is missing is left out or said."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.report import Material
from goodwill.report.chapters import (
    classes,
    decisions,
    drivers,
    groups,
    movement,
    people,
    perceived,
    quality,
    trust,
    worth,
)
from goodwill.report.exhibit import Exhibit
from goodwill.report.story import chapters_of
from goodwill.report.words import Words, words_of
from goodwill.value.migration import migration


@pytest.fixture
def words() -> Words:
    return words_of("en", "USD")


def column(exhibit: Exhibit, name: str) -> list[object]:
    place = [one.name for one in exhibit.table.columns].index(name)
    return [row[place] for row in exhibit.table.rows]


def cells(exhibit: Exhibit, words: Words) -> list[list[str]]:
    return exhibit.table.shown(words)


def test_the_range_of_the_total_is_that_of_the_scoring(material: Material, words: Words) -> None:
    facts = worth.exhibits(material, words)[0].facts
    assert [fact.detail for fact in facts if "range" in fact.detail] == ["80% range: 9,000 to 11,000"]


def test_without_totals_no_range_is_told(material: Material, words: Words) -> None:
    told = worth.exhibits(replace(material, totals=pd.DataFrame()), words)[0]
    assert "range:" not in " ".join(fact.detail for fact in told.facts)
    assert any("no range" in note for note in told.notes)


def test_value_at_risk_that_lies_with_customers_as_good_as_gone_is_told(
    material: Material, words: Words
) -> None:
    rows = material.scores.assign(p_churn=0.2, value_at_risk=1.0)
    gone = np.arange(len(rows)) % 2 == 0
    half = replace(material, scores=rows.assign(p_churn=np.where(gone, 0.99, 0.2)))
    said = [
        worth.exhibits(each, words)[0].facts[-1].detail for each in (half, replace(material, scores=rows))
    ]
    assert words("worth.at_risk_detail") in said[0]
    assert "90%" in said[0]
    assert said[1] == words("worth.at_risk_detail")


def test_every_customer_is_in_one_band_of_risk(material: Material, words: Words) -> None:
    total, _, risk = worth.exhibits(material, words)
    assert sum(column(risk, "customers")) == 400
    assert total.facts[0].figure == "400"


def test_lift_is_told_by_tenth_and_folded(material: Material, words: Words) -> None:
    found = {one.key: one for one in quality.exhibits(material, words)}
    churn, clv = found["quality-churn_lift"], found["quality-clv_lift"]
    assert column(churn, "churned_n") == material.evidence["churn_lift"]["outcome_total"].tolist()
    assert column(clv, "held_share")[-1] == pytest.approx(1)
    assert churn.is_folded
    assert clv.is_folded


def test_a_bias_is_told_in_the_direction_it_had(material: Material, words: Words) -> None:
    high = replace(material, metrics={"clv": {"bias": 0.25}})
    notes = worth.exhibits(high, words)[0].notes
    assert "25.0% too high: for every 100 predicted, 80 came" in " ".join(notes)


def test_classes_add_up_to_everybody(material: Material, words: Words) -> None:
    tier, matrix, lifecycle = classes.exhibits(material, words)
    assert [sum(column(one, "customers")) for one in (tier, matrix, lifecycle)] == [400] * 3
    assert column(tier, "name") == ["Platinum", "Gold", "Iron", "Lead"]
    assert sum(column(tier, "value_share")) == pytest.approx(1)
    assert "could not be classed" in lifecycle.notes[0]


def test_a_dimension_that_nobody_has_is_left_out(words: Words) -> None:
    scores = pd.DataFrame({"tier": ["not_computable"] * 3, "clv": [1.0, 2.0, 3.0]})
    assert classes.exhibits(Material("shop", scores=scores), words) == []


def test_names_and_strategies_of_a_config_are_told(material: Material, words: Words) -> None:
    own = replace(material, strategies={"tier": {"gold": "Call them."}})
    assert classes.exhibits(own, words)[0].points == ["Gold: Call them."]


def test_flows_reconcile_with_both_days() -> None:
    before = pd.DataFrame({"customer_id": list("abcd"), "tier": ["gold", "gold", "lead", "lead"]})
    after = pd.DataFrame({"customer_id": list("bcde"), "tier": ["gold", "gold", "lead", "lead"]})
    flows = movement.flows(migration(before, after, "tier"))
    assert flows.loc[flows["came_from"] != "newcomer", "customers"].sum() == 4
    assert flows.loc[flows["went_to"] != "left", "customers"].sum() == 4
    assert flows.groupby("came_from")["share"].sum().tolist() == [1.0, 1.0, 1.0]


def test_one_day_of_scores_moves_nobody(material: Material, words: Words) -> None:
    assert movement.exhibits(replace(material, earlier=None), words) == []


@pytest.mark.parametrize(("horizon_days", "is_told"), [(90, True), (30, False)])
def test_value_lost_is_told_of_two_days_over_one_horizon(
    material: Material, words: Words, *, horizon_days: int, is_told: bool
) -> None:
    assert material.scores is not None
    assert material.earlier is not None
    days = {"scores": material.scores.assign(horizon_days=90.0)}
    days["earlier"] = material.earlier.assign(horizon_days=float(horizon_days))
    said = [note for made in movement.exhibits(replace(material, **days), words) for note in made.points]
    assert any("of expected value lost" in note for note in said) is is_told


def test_cross_validation_is_no_backtest(words: Words) -> None:
    metrics = {
        "backtest": {"n_customers": 7043},
        "churn": {"roc_auc": 0.85},
        "served_by": {"churn": "logistic"},
    }
    (exhibit,) = quality.exhibits(Material("telco", metrics=metrics), words)
    assert exhibit.how.startswith("Judged by cross-validation: 7,043 customers.")
    assert exhibit.notes == ["A plain model was better here, so it serves: logistic regression."]


@pytest.mark.parametrize(("language", "plain"), [("en", "plain"), ("zh", "简单")])
def test_the_model_of_renewals_is_no_plain_model(language: str, plain: str) -> None:
    metrics = {"backtest": {}, "churn": {"roc_auc": 0.8}, "served_by": {"churn": "hazard"}}
    (exhibit,) = quality.exhibits(Material("shop", metrics=metrics), words_of(language))
    assert plain not in exhibit.notes[0]


def test_gaps_are_told_in_points_and_coverage_of_customers(material: Material, words: Words) -> None:
    told = {exhibit.key: exhibit for exhibit in quality.exhibits(material, words)}
    assert told["quality-calibration"].says.endswith(" percentage points.")
    (note,) = told["quality-clv-beside"].notes
    assert note.startswith("What came lay inside its interval for 81.0% of customers; 40.0% of customers")


ONE_TENTH = {"decile_mape": 0.2, "ci": {"decile_mape": [0.1, 0.4]}, "baselines": {}}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "untold",
    [
        {"decile_mape": None, "ngini": 0.5},
        {"ci": {"decile_mape": None}},
        {"baselines": {"past_window": {"decile_mape": None}}},
    ],
)
def test_why_an_error_of_tenths_is_not_told_is_said(language: str, untold: dict[str, object]) -> None:
    words = words_of(language)
    notes = [
        quality.exhibits(Material("shop", metrics={"clv": {**ONE_TENTH, **one}}), words)[-1].notes
        for one in (untold, {})
    ]
    assert notes == [[words("quality.tenths_not", metric=words.code("metrics", "decile_mape"))], []]


def test_the_gate_names_no_champion_where_there_may_be_none() -> None:
    for language in ("en", "zh"):
        gate = words_of(language).texts["codes"]["gate"]
        assert [
            text for text in (gate["keep"], gate["no_evidence"]) if "stays" in text or "保留" in text
        ] == []


def test_one_group_is_no_comparison(material: Material, words: Words) -> None:
    alone = replace(material, scores=material.scores.assign(branch_id="one"))
    assert groups.exhibits(alone, words) == []
    unknown = replace(material, scores=material.scores.assign(branch_id=None))
    assert groups.exhibits(unknown, words) == []


def test_reasons_count_whatever_their_figures() -> None:
    scored = pd.DataFrame({"reason_1": ["silent for 84 days", "silent for 9.5 days", "not_computable"]})
    scored["reason_2"] = ["new", None, "not_computable"]
    counts = drivers.reason_counts(scored, ["reason_1", "reason_2"])
    assert counts[["reason", "customers"]].to_numpy().tolist() == [["silent for … days", 2], ["new", 1]]


def test_names_with_digits_stay_apart() -> None:
    names = [
        "branch: B01",
        "branch: B02",
        "branch: North 2",
        "branch：分店3",
        "plan A12, billed every 30 days",
    ]
    numbers = ["age: 34", "age: 41", "已84天未下单", "已9天未下单", "spend: -1,234.5", "spend: 7"]
    counts = drivers.reason_counts(pd.DataFrame({"reason_1": names + numbers}), ["reason_1"])
    kept = [*names[:4], "plan A12, billed every … days", "age: …", "已…天未下单", "spend: -…"]
    assert set(kept) <= set(counts["reason"])
    assert counts.set_index("reason").loc[["age: …", "已…天未下单"], "customers"].tolist() == [2, 2]


def test_importance_is_told_where_training_left_it(words: Words) -> None:
    evidence = {"importance": pd.DataFrame({"column": ["n_orders", "x"], "importance": [0.7, 0.3]})}
    (exhibit,) = drivers.exhibits(Material("shop", evidence=evidence), words)
    assert column(exhibit, "column") == ["Orders", "X"]


def test_only_an_allowed_page_names_customers(material: Material, words: Words) -> None:
    assert people.exhibits(material, words) == []
    (exhibit,) = people.exhibits(replace(material, identifiers=True), words)
    untold = material.scores.assign(reason_1="not_computable")
    (unknown,) = people.exhibits(replace(material, identifiers=True, scores=untold), words)
    assert column(unknown, "reason_1") == [None] * 50
    risks = column(exhibit, "value_at_risk")
    assert (len(risks), risks) == (50, sorted(risks, reverse=True))


def test_findings_are_told_in_the_readers_language() -> None:
    found = [{"name": "whales", "level": "ok", "value": 0.13, "text": "Steady enough."}]
    found += [{"name": "leakage", "level": "ok", "value": None, "text": "Nothing leaks."}]
    material = Material("shop", findings={"check": {"findings": found, "tables": {}}})
    (exhibit,) = trust.exhibits(material, words_of("zh"))
    assert column(exhibit, "text") == ["足够平稳。", "Nothing leaks."]


def test_what_monitoring_found_is_told(words: Words) -> None:
    calm = {"name": "psi", "value": 0.01, "limit": 0.25, "is_alarm": False, "text": "As before."}
    alarm = {"name": "ece", "value": None, "limit": 0.05, "is_alarm": True, "text": "Off its level."}
    findings = {"monitor": {"verdict": "re_train", "evidence": [calm, alarm]}}
    (exhibit,) = trust.exhibits(Material("shop", findings=findings), words)
    assert (exhibit.how, exhibit.points) == ("Monitoring says: train it again.", ["Off its level."])
    assert column(exhibit, "verdict") == ["ok", "problem"]


def test_a_verdict_without_evidence_is_told_alone(words: Words) -> None:
    (exhibit,) = trust.exhibits(Material("shop", findings={"monitor": {"verdict": "keep"}}), words)
    assert exhibit.table is None


def test_facts_of_a_table_are_written_as_what_they_are(words: Words) -> None:
    facts = {
        "rows_read": 1000,
        "refund_share": 0.031,
        "is_sorted": True,
        "dropped": {"ids": 3},
        "first_time": None,
    }
    material = Material("shop", findings={"check": {"tables": {"orders": facts}}})
    (exhibit,) = trust.exhibits(material, words)
    assert column(exhibit, "value") == ["1,000", "Ids: 3", "3.1%", "yes"]


def test_a_config_with_a_survey_alone_misses_no_scores(words: Words) -> None:
    told = chapters_of(Material("survey", has_customers=False), words)
    assert [chapter.key for chapter in told] == ["source"]
    assert [exhibit.key for exhibit in told[0].exhibits] == ["source-facts"]


PLAN = json.loads(Path(__file__).with_name("plan.json").read_text(encoding="utf-8"))


def test_a_plan_stands_beside_simple_rules(words: Words) -> None:
    plan, policies, curve = decisions.exhibits(Material("shop", findings={"plan": PLAN}), words)
    assert plan.facts[-1].figure == "200 USD"
    assert "the best simple rule, “Highest value first”, 120 USD" in policies.says
    assert column(curve, "gain") == [150.0, 200.0]


def test_a_best_plan_is_not_said_to_be_zero_percent_off(words: Words) -> None:
    (plan, *_) = decisions.exhibits(Material("shop", findings={"plan": {**PLAN, "gap": 0.0}}), words)
    assert plan.notes[0] == words("decisions.best")


def test_a_plan_without_rivals_and_curve_is_told_alone(words: Words) -> None:
    bare = {**PLAN, "comparisons": {}, "curve": [], "by_offer": []}
    (plan,) = decisions.exhibits(Material("shop", findings={"plan": bare}), words)
    assert plan.table is None


def test_recommended_actions_are_counted(words: Words) -> None:
    actions = pd.DataFrame({"action": ["Call them.", "Leave them."], "customers": [3, 1]})
    (exhibit,) = decisions.exhibits(Material("shop", evidence={"actions": actions}), words)
    assert column(exhibit, "customers_share") == [0.75, 0.25]


def test_effects_say_when_lot_does_not_explain_them(words: Words) -> None:
    row = {"campaign": "mail", "arm": "men", "outcome": "spend", "estimate": 0.7, "low": 0.4, "high": 1.0}
    failed = {"name": "balance: men", "value": 0.7, "p_value": 1e-9, "is_passed": False}
    unsound = {"effects": [row], "campaigns": {"mail": {"checks": [failed], "level": 0.95}}}
    tests, exhibit = decisions.exhibits(Material("shop", findings={"effects": unsound}), words)
    assert cells(tests, words) == [["balance: men", "0.7000", "< 0.001", "not by lot"]]
    assert exhibit.title == "mail: effect on spend"
    assert exhibit.notes == ["men: 0.7000 (0.4000 to 1.0000).", words("decisions.unsound")]


def effects_of(**facts: object) -> Material:
    row = {"campaign": "mail", "arm": "men", "outcome": "spend", "estimate": 0.7, "low": 0.4, "high": 1.0}
    return Material("shop", findings={"effects": {"effects": [row], "campaigns": {"mail": facts}}})


LATE = (
    "mail: 3 of 80 customers were treated at or after as_of (2025-01-01): the effects count orders that no "
    "model or score of that day knows of."
)


def test_campaigns_that_have_not_ended_stand_below_the_effects(words: Words) -> None:
    effects = {**effects_of().findings["effects"], "unfinished": {"summer": "2025-09-01"}}
    _, waiting = decisions.exhibits(Material("shop", findings={"effects": effects}), words)
    assert waiting.title == "Campaigns that have not ended"
    assert waiting.notes[0].startswith("summer: can be measured from 2025-09-01 on")


def test_caveats_stand_above_the_effects(words: Words) -> None:
    caveats, effect = decisions.exhibits(effects_of(caveats=[LATE]), words)
    assert (caveats.title, caveats.notes) == ("mail: before its effects are used", [LATE])
    assert effect.title == "mail: effect on spend"


def test_caveats_are_told_in_the_language_of_the_reader() -> None:
    caveats, _ = decisions.exhibits(effects_of(caveats=[LATE]), words_of("zh"))
    assert caveats.title == "mail：使用效果之前须知"
    assert "80 名客户中有 3 名在 as_of（2025-01-01）当日或之后被处理" in caveats.notes[0]


RULES = [
    {"name": "by uplift", "treated_share": 0.57, "value": 15.07, "low": 12.97, "high": 17.17},
    {"name": "men for all", "treated_share": 1.0, "value": 14.54, "low": 12.41, "high": 16.67},
]


@pytest.mark.parametrize(("language", "rule"), [("en", "by uplift"), ("zh", "按提升效果")])
def test_choosing_whom_to_treat_stands_beside_one_rule_for_all(language: str, rule: str) -> None:
    uplift = {"spend": {"policies": RULES}, "visit": {"policies": []}}
    _, rules = decisions.exhibits(effects_of(uplift=uplift), words_of(language, "USD"))
    assert column(rules, "estimate") == [15.07, 14.54]
    assert column(rules, "policy")[0] == rule
    assert rule in rules.says
    assert "15.1 USD" in rules.says


def judged(low: float, high: float) -> dict[str, object]:
    at = {"estimate": 2.0, "low": 1.0, "high": 3.0}
    mean = {"estimate": 1.0, "low": 0.5, "high": 1.5}
    qini = {"estimate": (low + high) / 2, "low": low, "high": high}
    return {"men": {"dr": {"uplift_at": {"0.1": at, "0.5": at}, "mean_effect": mean, "qini": qini}}}


def test_the_gain_of_treating_some_stands_beside_as_many_by_lot(words: Words) -> None:
    uplift = {"spend": {"policies": [], "qini": judged(0.1, 0.2)}}
    _, reacts = decisions.exhibits(effects_of(uplift=uplift), words)
    assert column(reacts, "treated_share") == [0.0, 0.1, 0.5, 1.0]
    assert column(reacts, "uplift_gain") == [0.0, 0.2, 1.0, 1.0]
    assert column(reacts, "by_lot") == [0.0, 0.1, 0.5, 1.0]
    drawn, by_lot = reacts.figure["data"]
    assert drawn["error_y"]["array"] == pytest.approx([0.0, 0.1, 0.5, 0.5])
    assert by_lot["name"] == "men, by lot"


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.1, 0.2, "finds who reacts"),
        (-0.1, 0.2, "may be no better than lot"),
        (-0.2, -0.1, "is worse than lot"),
    ],
)
def test_whether_an_order_finds_who_reacts_is_said(
    low: float, high: float, verdict: str, words: Words
) -> None:
    uplift = {"spend": {"policies": [], "qini": judged(low, high)}}
    _, reacts = decisions.exhibits(effects_of(uplift=uplift), words)
    assert reacts.says.startswith(
        "men: the tenth expected to react most changes by 2.0000 (1.0000 to 3.0000)"
    )
    assert reacts.says.endswith(f"the order {verdict}.")


def test_customers_are_counted_by_what_treatment_changes() -> None:
    uplift = {"spend": {"policies": [], "classes": {"men": {"lost_cause": 3, "persuadable": 5}}}}
    _, kinds = decisions.exhibits(effects_of(uplift=uplift), words_of("zh"))
    assert column(kinds, "uplift_class") == ["可说服", "无可挽回"]
    assert column(kinds, "customers") == [5, 3]


def test_groups_that_were_not_drawn_by_lot_are_compared(words: Words) -> None:
    overlap = {"arm": "men", "n": 900, "n_kept": 800, "covariate": "age"}
    overlap |= {"difference_before": 0.8, "difference_after": 0.2}
    cause = {
        "arm": "men",
        "outcome": "retention",
        "robustness": 0.1,
        "robustness_limit": 0.05,
        "strongest": "age",
    }
    cause |= {"strongest_treatment": 0.2, "strongest_outcome": 0.01, "e_value": None, "e_value_limit": None}
    placebo = {"name": "before: men, spend", "value": 0.1, "p_value": 0.5, "is_passed": True}
    facts = {"overlap": [overlap], "sensitivity": [cause], "placebo": [placebo]}
    before, compared, causes, _ = decisions.exhibits(effects_of(**facts), words)
    assert cells(before, words) == [["before: men, spend", "0.1000", "0.500", "alike"]]
    assert cells(compared, words) == [["men", "800", "900", "age", "0.80", "0.20", "unbalanced"]]
    assert cells(causes, words)[0][1:4] == ["retention", "10.0%", "5.0%"]


def test_no_effect_is_told_with_a_p_value_of_zero(words: Words) -> None:
    row = {"campaign": "mail", "arm": "men", "outcome": "spend", "estimate": 0.7, "low": 0.4, "high": 1.0}
    effects = {"effects": [{**row, "p_holm": 4e-9}]}
    (exhibit,) = decisions.exhibits(Material("shop", findings={"effects": effects}), words)
    assert exhibit.table is not None
    assert exhibit.table.shown(words)[0][-1] == "< 0.001"


def test_chinese_sentences_follow_each_other_without_a_space() -> None:
    rows = [
        {"campaign": "mail", "arm": arm, "outcome": "spend", "estimate": 0.7, "low": 0.4, "high": 1.0}
        for arm in ("men", "women")
    ]
    (exhibit,) = decisions.exhibits(Material("shop", findings={"effects": {"effects": rows}}), words_of("zh"))
    assert "。women：" in exhibit.says


def test_the_return_on_cost_stands_above_the_effects(words: Words) -> None:
    brought = {"arm": "men", "outcome": "margin", "cost": 0.5, "margin": 0.7, "roi": 0.4, "low": -0.2}
    returned, _ = decisions.exhibits(effects_of(returns=[{**brought, "high": None}], caveats=[LATE]), words)
    assert returned.title == "mail: what it returned for its cost"
    assert returned.table is not None
    assert returned.table.shown(words) == [["men", "margin", "0.50", "0.70", "40.0%", "−20.0%", "–"]]
    assert returned.notes == [LATE]


@pytest.mark.parametrize(
    ("outcome", "axis", "said"),
    [
        ("revenue", "difference per customer (USD)", "men: 0.70 USD (0.40 USD to 1.00 USD)."),
        ("orders", "difference per customer (orders)", "men: 0.7000 (0.4000 to 1.0000)."),
        ("retention", "difference in the share of customers", "men: 0.7000 (0.4000 to 1.0000)."),
    ],
)
def test_the_axis_of_an_effect_has_its_unit(outcome: str, axis: str, said: str, words: Words) -> None:
    row = {"campaign": "mail", "arm": "men", "outcome": outcome, "estimate": 0.7, "low": 0.4, "high": 1.0}
    (exhibit,) = decisions.exhibits(Material("shop", findings={"effects": {"effects": [row]}}), words)
    assert axis in json.dumps(exhibit.figure)
    assert exhibit.says == said


SURVEY = json.loads(Path(__file__).with_name("survey.json").read_text(encoding="utf-8"))


def test_every_part_of_a_survey_is_told(words: Words) -> None:
    told = perceived.exhibits(Material("shop", findings={"survey": SURVEY}), words)
    assert [exhibit.key.partition("-")[2] for exhibit in told] == [
        "dimensions", "index", "gaps", "map", "needs-course", "kano", "satisfaction", "drivers", "response",
        "themes", "themes-course", "rivals", "leads",
    ]  # fmt: skip
    assert [fact.figure for fact in told[0].facts] == ["200", "60", "12"]
    assert told[3].figure["data"][0]["text"][:2] == ["1", "2"]
    assert told[5].figure["data"][0]["text"] == ["refunds"]


def by_group(**figures: float | str | list[float] | list[str] | None) -> list[dict[str, object]]:
    """Return rows of two tiers and a city, each with the figures of its place."""
    who = pd.DataFrame({"grouping": ["tier", "tier", "city"], "group": ["gold", "lead", "lead"]})
    return who.assign(**figures).to_dict("records")


GROUPED = {
    "value": by_group(figure="index", mean=[61.0, 48.0, 55.0], low=50, high=64, n=[80, 90, 30]),
    "dimensions": by_group(dimension="quality", score=[70.0, 52.0, 60.0], low=50, high=74),
    "dimension_gaps": by_group(dimension="quality", gap=[-0.5, -1.5, -1.0], low=-2, high=0),
    "drivers": by_group(dimension="quality", share=[0.5, 0.4, 0.3], share_low=None, share_high=None),
    "needs_map": [
        *by_group(dimension="quality", wave="1", priority=[9.0, 9.0, 9.0]),
        *by_group(dimension="quality", wave="2", priority=[0.1, 0.2, 0.3]),
    ],
    "kano": by_group(
        item="app",
        label=None,
        category=["must_be", "attractive", "must_be"],
        n=9,
        certainty=0.9,
        better=0.5,
        worse=-0.4,
        p_adjusted=0.01,
    ),
    "satisfaction": by_group(
        item="csat",
        label="happy",
        unit="share",
        estimate=[0.6, 0.4, 0.5],
        low=0.5,
        high=0.7,
        difference=[0.1, -0.1, 0.0],
        p_adjusted=0.2,
        n=9,
    ),
}


def test_that_small_groups_are_left_out_is_said(words: Words) -> None:
    scores = pd.DataFrame({"branch_id": [f"b{i}" for i in range(30)] * 2, "clv": range(60)})
    told = Material("shop", scores=scores.assign(status="scored"), carried=["branch_id"])
    (exhibit,) = groups.exhibits(told, words)
    assert exhibit.notes[1].startswith("Only the 25 groups with the most customers are compared here, of 30;")


def test_groups_of_a_survey_lie_beside_each_other(words: Words) -> None:
    told = perceived.exhibits(Material("shop", findings={"survey": {"by_group": GROUPED}}), words)
    assert [exhibit.key.removeprefix("perceived-groups") for exhibit in told] == [
        "", "-dimensions", "-gaps", "-needs", "-kano", "-outcomes", "-drivers",
    ]  # fmt: skip
    index, scores, _, needs, kano, outcomes, _ = told
    assert column(index, "group") == ["city: lead", "Value tier: Gold", "Value tier: Lead"]
    assert index.says == "Highest: Value tier: Gold (61); lowest: Value tier: Lead (48)."
    assert scores.figure["data"][0]["z"] == [[60.0], [70.0], [52.0]]
    assert column(needs, "priority") == [0.3, 0.1, 0.2]
    assert len(column(kano, "group")) == 3
    assert column(outcomes, "from_others") == [0.0, 10.0, -10.0]


def test_features_that_groups_see_differently_by_chance_are_not_told_apart(words: Words) -> None:
    alike = [row | {"p_adjusted": 0.3} for row in GROUPED["kano"]]
    survey = {"by_group": {"kano": alike}}
    (exhibit,) = perceived.exhibits(Material("shop", findings={"survey": survey}), words)
    assert exhibit.table is None
    assert exhibit.notes == ["No feature is seen differently by groups beyond chance."]


def test_each_group_is_told_what_to_mend_in_its_own_last_wave(words: Words) -> None:
    waves = {"a": ["1", "2"], "b": ["1"]}
    needs = [
        {"grouping": "city", "group": group, "wave": wave, "dimension": "quality", "priority": float(wave)}
        for group, known in waves.items()
        for wave in known
    ]
    survey = {"by_group": {"needs_map": needs}}
    (exhibit,) = perceived.exhibits(Material("shop", findings={"survey": survey}), words)
    assert column(exhibit, "wave") == ["2", "1"]
    assert column(exhibit, "priority") == [2.0, 1.0]


def test_the_largest_groups_are_shown_and_no_class_is_none(words: Words) -> None:
    names = ["not_computable", *(f"g{n:02}" for n in range(40))]
    who = pd.DataFrame({"grouping": "tier", "group": names, "n": [999, *range(40)], "figure": "index"})
    rows = who.assign(mean=50.0, low=40.0, high=60.0).to_dict("records")
    survey = {"by_group": {"value": rows}}
    (exhibit,) = perceived.exhibits(Material("shop", findings={"survey": survey}), words)
    assert column(exhibit, "n") == [float(n) for n in range(16, 40)]
    assert exhibit.notes == ["The 24 largest of 41 groups are shown; all of them are in survey.json."]


def test_a_feature_that_nobody_could_place_is_told_without_figures(words: Words) -> None:
    blank = dict.fromkeys([*(row for row in SURVEY["kano"]["features"][0]), "better", "worse"])
    row = blank | {"item": "app", "n": 0, "category": "not_computable"}
    survey = {"kano": {"features": [row]}}
    (exhibit,) = perceived.exhibits(Material("shop", findings={"survey": survey}), words)
    assert column(exhibit, "worse") == [None]


def test_groups_of_no_class_alone_are_not_told(words: Words) -> None:
    rows = [{"grouping": "tier", "group": "not_computable", "figure": "index", "mean": 50.0, "n": 9}]
    assert (
        perceived.exhibits(Material("shop", findings={"survey": {"by_group": {"value": rows}}}), words) == []
    )


def test_the_score_of_a_cost_is_no_praise(words: Words) -> None:
    scores = {"quality": (60.0, "benefit"), "service": (50.0, "benefit"), "price": (80.0, "cost")}
    rows = [
        {"dimension": name, "kind": kind, "score": score, "n": 9, "low": score, "high": score, "weight": 1.0}
        for name, (score, kind) in scores.items()
    ]
    survey = {"dimensions": rows, "weights_from": "equal"}
    (exhibit,) = perceived.exhibits(Material("shop", findings={"survey": survey}), words)
    assert exhibit.says == "Highest: Quality (60); lowest: Service (50)."


def test_how_well_questions_measure_is_told_by_side(words: Words) -> None:
    row = {"dimension": "quality", "side": "score", "n_items": 3, "alpha": 0.8, "alpha_low": 0.7,
           "alpha_high": 0.9, "omega": None, "verdict": "good"}  # fmt: skip
    survey = {"reliability": {"reliability": [row]}}
    (exhibit,) = perceived.exhibits(Material("shop", findings={"survey": survey}), words)
    assert exhibit.table is not None
    assert exhibit.table.shown(words) == [
        ["Quality", "Score", "3", "0.8000", "0.7000", "0.9000", "–", "Good"]
    ]


def test_parts_that_were_not_asked_are_not_there(words: Words) -> None:
    assert perceived.exhibits(Material("shop", findings={"survey": {"missing": {"kano": "no"}}}), words) == []


def test_missing_figures_are_gaps_and_not_zeros(words: Words) -> None:
    scores = pd.DataFrame({"tier": ["gold", "lead"], "clv": [0.0, 0.0], "p_churn": [np.nan, 0.5]})
    (exhibit,) = classes.exhibits(Material("shop", scores=scores), words)
    assert column(exhibit, "value_share") == [None, None]


def test_a_survey_of_one_wave_has_no_course(words: Words) -> None:
    needs = {"themes": [{"theme": "waiting", "wave": "2024", "share": 0.4}], "dimensions": []}
    told = perceived.exhibits(Material("shop", findings={"survey": {"needs": needs}}), words)
    assert told == []


def test_where_more_of_a_dimension_pays_no_longer_is_said(words: Words) -> None:
    told = perceived.exhibits(Material("shop", findings={"survey": SURVEY}), words)
    (curves,) = [exhibit for exhibit in told if exhibit.key == "perceived-response"]
    assert [point.split(": ")[1][:4] for point in curves.points] == ["pays", "more"]


def test_the_value_map_has_its_line_of_fair_value(words: Words) -> None:
    brands = [{"brand": "us", "n": 9, "relative_benefit": 1.1, "relative_price": 1.0, "fair_benefit": 1.0}]
    told = perceived.exhibits(Material("shop", findings={"survey": {"rivals": {"map": brands}}}), words)
    assert told[0].figure["data"][1]["y"] == [1.0]


def test_themes_are_told_by_their_names_and_their_share(material: Material, words: Words) -> None:
    themes, _ = drivers.exhibits(material, words)
    assert column(themes, "name") == ["How long ago and how regularly they buy", "A column of their own"]
    assert column(themes, "importance") == [0.7, 0.3]


def test_shares_of_a_survey_are_told_on_the_scale_of_its_points(words: Words) -> None:
    asked = [("csat", 0.594, "share"), ("nps", -6.9, "points")]
    rows = [
        {"item": measure, "label": None, "measure": measure, "n": 9, "unit": unit}
        | dict.fromkeys(("estimate", "low", "high"), estimate)
        for measure, estimate, unit in asked
    ]
    material = Material("shop", findings={"survey": {"satisfaction": {"outcomes": rows}}})
    (exhibit,) = perceived.exhibits(material, words)
    assert (column(exhibit, "estimate"), column(exhibit, "unit")) == ([59.4, -6.9], ["%", "points"])


def test_a_response_in_shares_is_drawn_as_shares(words: Words) -> None:
    curve = [{"dimension": "price", "score": score, "response": score / 100, "low": 0.1, "high": 0.9}
             for score in (20.0, 80.0)]  # fmt: skip
    material = Material("shop", findings={"survey": {"utility": {"curves": curve}}})
    (exhibit,) = perceived.exhibits(material, words)
    axis = exhibit.figure["layout"]["yaxis"]
    assert (axis["tickformat"], axis["title"]["text"]) == (".0%", "share satisfied or agreeing")


def test_a_base_without_value_shows_customers_in_its_matrix(material: Material, words: Words) -> None:
    broke = replace(material, scores=material.scores.assign(clv=0.0))
    (matrix,) = (one for one in classes.exhibits(broke, words) if one.key == "class-matrix")
    cells = [cell for row in matrix.figure["data"][0]["z"] for cell in row]
    assert sum(cells) == pytest.approx(1)


def test_a_theme_that_is_a_column_goes_by_its_words() -> None:
    importance = [
        {"theme": theme, "importance": 0.5, "low": 0.4, "high": 0.6} for theme in ("rhythm", "branch_id")
    ]
    material = Material("shop", findings={"drivers": {"importance": importance}})
    (exhibit,) = drivers.exhibits(material, words_of("zh"))
    assert column(exhibit, "name") == ["购买间隔与规律", "网点"]


def test_what_is_driven_goes_by_its_label() -> None:
    outcome = {"item": "overall", "label": "整体服务优秀", "measure": "overall", "estimate": 1.0, "low": 1.0,
               "high": 1.0, "n": 9}  # fmt: skip
    driver = {"dimension": "price", "outcome": "overall", "share": 1.0, "share_low": 0.9, "share_high": 1.0}
    survey = {"satisfaction": {"outcomes": [outcome]}, "drivers": [driver]}
    exhibits = perceived.exhibits(Material("shop", findings={"survey": survey}), words_of("zh"))
    assert [one.title for one in exhibits] == ["满意度与忠诚度", "整体服务优秀的驱动因素"]


def test_what_the_run_warned_of_is_told_in_the_language_of_the_reader() -> None:
    survey = {"notes": {"en": ["2 answers count as none."], "zh": ["2 个回答按未回答处理。"]}}
    (exhibit,) = perceived.exhibits(Material("shop", findings={"survey": survey}), words_of("zh"))
    assert (exhibit.title, exhibit.points) == ("解读须知", ["2 个回答按未回答处理。"])


def test_a_cost_below_what_was_expected_is_no_shortfall(words: Words) -> None:
    known = {"n": 9, "expectation": 4.0, "perception": 4.0, "p_adjusted": 0.01}
    rows = [
        known | {"item": item, "label": item, "gap": gap, "low": gap, "high": gap, "verdict": verdict}
        for item, gap, verdict in (("price", -2.0, "surplus"), ("wait", 1.5, "shortfall"))
    ]
    limits = [{"dimension": "price", "rise": -8.0, "pays_up_to": None}]
    curves = [{"dimension": "price", "score": 1.0, "response": 50.0, "low": 1.0, "high": 99.0}]
    survey = {"gaps": {"items": rows}, "utility": {"limits": limits, "curves": curves}}
    gaps, response = perceived.exhibits(Material("shop", findings={"survey": survey}), words)
    assert "wait" in gaps.notes[0]
    assert response.points == ["Price: the less, the better."]
    kept = {"gaps": {"items": rows[:1]}}
    (gaps,) = perceived.exhibits(Material("shop", findings={"survey": kept}), words)
    assert gaps.notes == ["No item falls clearly short of what was expected."]


def test_the_strongest_driver_comes_with_its_interval(words: Words) -> None:
    driver = {"dimension": "price", "outcome": "overall", "share": 0.4, "share_low": 0.3, "share_high": 0.5}
    (exhibit,) = perceived.exhibits(Material("shop", findings={"survey": {"drivers": [driver]}}), words)
    assert exhibit.notes == ["Strongest: Price, 40.0% of what is explained (30.0% to 50.0%)."]


def test_a_share_without_an_interval_is_told_alone(words: Words) -> None:
    driver = {"outcome": "overall", "share_low": None, "share_high": None}
    shares = [driver | {"dimension": "price", "share": 0.4}, driver | {"dimension": "quality", "share": 0.6}]
    (exhibit,) = perceived.exhibits(Material("shop", findings={"survey": {"drivers": shares}}), words)
    assert exhibit.notes == ["Strongest: Quality, 60.0% of what is explained."]


def test_what_a_survey_adds_to_behaviour_is_told_as_association(words: Words) -> None:
    window = {"as_of": "2024-07-05", "horizon_days": 180}
    loss = {"mean": -0.02, "low": -0.03, "high": -0.01, "relative": -0.04, "n_customers": 393}
    judged = {"target": "churn", "customers": "surveyed", "verdict": "helps"}
    tier = {"tier": "lead", "n_customers": 9, "mean": 4.9, "low": 4.7, "high": 5.1, "surveyed_share": 0.1}
    behaviour = {
        "differences": [loss | judged | window],
        "by_tier": [tier | {"side": "perception", "as_of": "2024-07-05"}],
    }
    material = Material("shop", findings={"survey": {"behaviour": behaviour}})
    gain, tiers = perceived.exhibits(material, words)
    assert gain.points == ["Churn, the surveyed: the survey helps (loss −4.0%)."]
    assert "2024-07-05" in gain.how
    assert "association" in gain.notes[0]
    assert tiers.table is not None
    assert tiers.table.rows[0][0] == "Lead"


@pytest.mark.parametrize(
    ("rise", "low", "high"), [(4.4, -3.3, 12.2), (-4.4, -12.2, 3.3), (4.4, 0.0, 8.8), (0.0, None, None)]
)
def test_a_rise_that_may_be_chance_does_not_pay_up_to_anything(
    words: Words, rise: float, low: float | None, high: float | None
) -> None:
    points = pd.DataFrame({"score": [0.0, 100.0], "response": [50.0, 54.0]}).assign(low=49.0, high=55.0)
    curves = points.assign(dimension="service").to_dict("records")
    limits = [{"dimension": "service", "rise": rise, "rise_low": low, "rise_high": high, "pays_up_to": 83.0}]
    survey = {"utility": {"limits": limits, "curves": curves}}
    (response,) = perceived.exhibits(Material("shop", findings={"survey": survey}), words)
    assert response.points == ["Service: no clear rise; it may be chance."]
