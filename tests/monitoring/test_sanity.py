"""What a sane and an insane model are told."""

import json

import numpy as np
import pandas as pd
import pytest

from goodwill.monitoring.sanity import (
    Sanity,
    assumption_costs,
    more_spend_more_value,
    one_time_above_repeaters,
    sanity_report,
    stability,
)

N = 2000
Shop = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def shop() -> Shop:
    """Customers whose chance and value are known, and scores that know both."""
    draw = np.random.default_rng(4)
    n, spend = draw.integers(1, 6, N), draw.gamma(4, 10, N)
    p = 0.9 - 0.15 * n
    churned = draw.random(N) < p
    X = pd.DataFrame({
        "as_of": pd.Timestamp("2024-07-01"), "n_order_days": n, "spend_mean": spend, "gap_mean_days": 30.0,
        "days_since_last_order": draw.integers(1, 90, N), "days_since_first_order": draw.integers(90, 400, N),
    })  # fmt: skip
    y = pd.DataFrame({"churned": churned, "value": np.where(churned, 0.0, spend)})
    return X, y, pd.DataFrame({"p_churn": p, "clv": (1 - p) * spend})


@pytest.fixture(scope="module")
def report(shop: Shop) -> Sanity:
    return sanity_report(*shop)


def levels(report: Sanity) -> dict[str, str]:
    return {finding.name: finding.level for finding in report.findings}


def test_a_model_that_knows_the_truth_passes(report: Sanity) -> None:
    assert set(levels(report).values()) == {"ok"}
    assert sorted(report.calibration) == ["cohort", "decile of clv", "decile of p_churn", "stage"]


def test_intervals_that_hold_too_little_are_told_by_group(shop: Shop) -> None:
    X, y, scores = shop
    right, wrong = (
        sanity_report(X, y, scores.assign(clv_low=0.0, clv_high=high)) for high in (X["spend_mean"], 0.0)
    )
    assert levels(right)["intervals_by_stage"] == levels(right)["intervals_by_decile"] == "ok"
    told = {finding.name: finding for finding in wrong.findings}["intervals_by_stage"]
    assert told.level == "problem"
    assert "(asked 80%, held " in told.text
    held = wrong.calibration["stage"]
    assert (held["covered_share"] == held["nothing_share"]).all()


def test_a_model_without_level_is_told_where_and_by_how_much(shop: Shop) -> None:
    X, y, scores = shop
    found = sanity_report(
        X, y, scores.assign(p_churn=scores["p_churn"] * 0.5, clv=scores["clv"] * 2), currency="EUR"
    )
    told = {finding.name: finding for finding in found.findings}
    assert told["churn_by_stage"].level == "problem"
    assert told["value_by_decile"].level == "problem"
    assert "; worst group: " in told["value_by_decile"].text
    assert " EUR, came " in told["value_by_cohort"].text


def test_the_report_is_plain_json(report: Sanity) -> None:
    again = json.loads(json.dumps(report.to_dict()))
    assert again["findings"]["churn_by_stage"]["level"] == "ok"
    assert again["calibration"]["stage"][0]["n_customers"] > 0


def test_contracts_have_no_question_about_orders(shop: Shop) -> None:
    X, y, scores = shop
    contracts = X[["as_of"]].assign(days_since_first_contract=400, contract_period_days=30.0)
    assert "one_time_above_repeaters" not in levels(sanity_report(contracts, y, scores))


def test_one_time_buyers_below_repeaters_are_as_expected() -> None:
    rows = pd.DataFrame({"recency": [1, 1], "n": [1, 2], "clv": [1.0, 2.0], "value": [1.0, 1.0]})
    assert one_time_above_repeaters(rows).value == 0


def test_overrated_one_time_buyers_are_priced() -> None:
    rows = pd.DataFrame({"recency": [1, 1], "n": [1, 2], "clv": [9.0, 2.0], "value": [1.0, 1.0]})
    assert "predicted 8 above what came" in one_time_above_repeaters(rows).text


def test_buyers_of_one_kind_cannot_be_compared() -> None:
    rows = pd.DataFrame({"recency": [1, 1], "n": [1, 1], "clv": [1.0, 2.0], "value": [1.0, 1.0]})
    found = one_time_above_repeaters(rows)
    assert (found.level, found.value) == ("warning", None)


def test_a_model_that_ignores_spend_is_told() -> None:
    draw = np.random.default_rng(0)
    spend = draw.random(500)
    rows = pd.DataFrame(
        {"n": 3, "spend": spend, "clv": draw.random(500), "value": spend + 0.1 * draw.random(500)}
    )
    assert more_spend_more_value(rows).level == "problem"


def test_spend_that_does_not_vary_cannot_be_compared() -> None:
    rows = pd.DataFrame({"n": 3, "spend": 5.0, "clv": range(40), "value": range(40)})
    found = more_spend_more_value(rows)
    assert (found.level, found.value) == ("warning", None)


def test_few_customers_cannot_be_judged(shop: Shop) -> None:
    X, y, scores = (frame.head(30) for frame in shop)
    found = {finding.name: finding for finding in sanity_report(X, y, scores).findings}
    assert found["churn_by_stage"].text == "No stage holds enough customers to be judged."
    assert found["value_by_stage"].value is None
    assert {found["churn_by_stage"].level, found["value_by_stage"].level} == {"warning"}


def test_windows_are_compared_at_the_longest_horizon(shop: Shop) -> None:
    windows = pd.DataFrame({
        "as_of": [1, 2, 3, 4], "horizon_days": [90, 90, 90, 30], "n_customers": 5, "churn_share": 0.5,
        "value_mean": [10.0, 11.0, 10.0, 99.0],
    })  # fmt: skip
    assert sanity_report(*shop, windows=windows).findings[-1].value == pytest.approx(1 / 31 * 3)


def test_one_window_cannot_be_compared() -> None:
    windows = pd.DataFrame({"as_of": [1], "horizon_days": [90], "churn_share": [0.5], "value_mean": [1.0]})
    found = stability(windows)
    assert (found.level, found.value) == ("warning", None)


def test_the_cost_of_an_assumption_is_the_error_it_adds(shop: Shop) -> None:
    report = {"clv": {"mae": 10.0, "baselines": {"bgnbd_gg": {"mae": 12.5}, "past_window": {"mae": 1.0}}}}
    (finding,) = assumption_costs(shop[0], report)
    assert finding.name == "spend_independence"
    assert "Serving bgnbd_gg instead would change the mean error of value by +2.50." in finding.text


def test_without_such_a_model_no_assumption_costs(shop: Shop) -> None:
    assert assumption_costs(shop[0], {"clv": {"mae": 10.0, "baselines": {}}}) == []


def test_stability_tells_how_far_off_predictions_were_where_that_is_known() -> None:
    windows = pd.DataFrame({"as_of": [1, 2], "horizon_days": 90, "value_mean": [10.0, 11.0]})
    windows = windows.assign(churn_share=0.5, n_customers=9, clv_bias=[-0.04, 0.1], log_loss=[0.4, 0.42])
    text = "were off by -4% to +10% in total, with a log-loss of 0.400 to 0.420."
    assert stability(windows).text.endswith(text)
    assert "log-loss" not in stability(windows.assign(clv_bias=[np.nan, 0.1])).text


def test_one_label_alone_can_be_asked_about(shop: Shop) -> None:
    X, y, scores = shop
    report = sanity_report(X[["as_of"]], y[["churned"]], scores[["p_churn"]])
    assert [finding.name for finding in report.findings] == ["churn_by_decile"]
    assert "clv_total" not in report.calibration["decile of p_churn"]


def test_too_few_customers_of_as_many_orders_are_not_said_to_spend_alike() -> None:
    rows = pd.DataFrame({"n": range(30), "spend": range(30), "clv": range(30), "value": range(30)})
    found = more_spend_more_value(rows.assign(n=rows["n"] // 5))
    assert (found.level, found.text) == (
        "warning",
        "Too few customers with as many orders: nothing to compare.",
    )
    alike = more_spend_more_value(rows.assign(n=1, spend=5.0))
    assert alike.text == "Spend hardly varies: nothing to compare."
