"""Groups of customers, and predicted beside actual in each."""

import numpy as np
import pandas as pd

from goodwill.monitoring.calibration import calibration_by, cohorts, deciles, large, stages


def test_each_group_is_counted_and_summed() -> None:
    scores = pd.DataFrame({"p_churn": [0.5, 0.5, 0.1], "clv": [1.0, 2.0, 4.0]})
    y = pd.DataFrame({"churned": [True, False, False], "value": [0.0, 5.0, 3.0]})
    table = calibration_by(pd.Series(["a", "a", None]), scores, y)
    assert table[["group", "n_customers", "clv_total", "value_total"]].to_numpy().tolist() == [["a", 2, 3, 5]]
    assert table["churned_low"][0] < 0.5 < table["churned_high"][0]


def test_deciles_are_even_and_ties_go_together() -> None:
    assert np.bincount(deciles(pd.Series(np.arange(100.0))))[1:].tolist() == [10] * 10
    assert len(set(deciles(pd.Series(np.zeros(7))))) == 1


def test_many_cohorts_are_quarters_and_the_oldest_go_together() -> None:
    X = pd.DataFrame({"as_of": pd.Timestamp("2024-12-31"), "days_since_first_order": np.arange(0, 1000, 91)})
    found = cohorts(X)
    assert found.nunique() == 9
    assert found.iloc[0] == "2024Q4"
    assert found.iloc[-1] == "before 2023Q1"


def test_who_has_no_history_has_no_cohort() -> None:
    X = pd.DataFrame({"as_of": pd.Timestamp("2024-12-31"), "days_since_first_contract": [5.0, np.nan]})
    assert cohorts(X)[0] == "2024-12"
    assert cohorts(X).isna().tolist() == [False, True]


def test_without_ages_there_are_no_cohorts_and_no_stages() -> None:
    assert cohorts(pd.DataFrame({"as_of": []})) is None
    assert stages(pd.DataFrame({"as_of": []})) is None


def test_contracts_have_stages_of_their_own() -> None:
    X = pd.DataFrame(
        {"days_since_first_contract": [20, 200, 900], "contract_period_days": [30.0, None, 30.0]}
    )
    assert stages(X).tolist() == ["first period", "first year", "later"]


def test_small_groups_are_not_judged() -> None:
    assert large(pd.DataFrame({"n_customers": [10, 60]}))["n_customers"].tolist() == [60]


def test_a_bound_missed_by_rounding_alone_holds() -> None:
    scores = pd.DataFrame({"clv": [50.0], "clv_low": [50.0 + 1e-13], "clv_high": [50.0 + 2e-13]})
    found = calibration_by(pd.Series(["all"]), scores, pd.DataFrame({"value": [50.0]}))
    assert found["covered_share"].tolist() == [1.0]
