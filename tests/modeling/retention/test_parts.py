"""The parts of the contract model: schedule, curves by plan, notices, worth, landmarks, number of trees."""

import json

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.boosting import Plan
from goodwill.modeling.retention.landmarks import Landmarks, blocks, open_share, running_survival
from goodwill.modeling.retention.notice import NoticeRule
from goodwill.modeling.retention.schedule import Schedule
from goodwill.modeling.retention.tenure_curves import TenureCurves, plans_of
from goodwill.modeling.retention.tree_choice import TreeChoice
from goodwill.modeling.retention.worth import Worth

GRID = np.linspace(0, 1, 21)
AT_THE_END = np.where(GRID < 1, 0.0, 1.0)


def one(**columns: object) -> pd.DataFrame:
    known = {"n_contracts_running": 1, "contract_price_total": 10.0, "contract_period_days": 30.0}
    known |= {
        "days_to_next_payment": 10.0,
        "n_periods": 2,
        "horizon_days": 70,
        "as_of": pd.Timestamp("2024-01-01"),
    }
    return pd.DataFrame({**known, **columns}, index=[0])


def test_a_renewal_on_the_last_day_is_not_in_the_horizon() -> None:
    assert [Schedule.of(one(horizon_days=days)).n_due[0] for days in (10, 11, 40, 41)] == [0, 1, 1, 2]


def test_of_several_contracts_no_renewal_is_known() -> None:
    schedule = Schedule.of(one(n_contracts_running=2, contract_period_days=365.0))
    assert (schedule.has_contract[0], schedule.n_due[0]) == (False, 0)


def test_a_contract_without_a_period_pays_no_more() -> None:
    schedule = Schedule.of(one(contract_period_days=np.nan))
    assert (schedule.has_contract[0], schedule.price[0]) == (True, 0.0)
    never = Schedule.of(one(contract_period_days=np.nan, days_to_next_payment=np.nan))
    assert (never.has_contract[0], never.price[0], never.n_due[0]) == (True, 0.0, 2)


def test_a_day_of_payment_that_nobody_knows_foresees_none() -> None:
    assert Schedule.of(one(days_to_next_payment=np.nan)).n_due[0] == 0


def test_the_price_of_a_period_is_that_of_its_days() -> None:
    assert Schedule.of(one(contract_period_days=90.0)).price[0] == 30.0


def test_a_notice_counts_where_the_contract_has_one() -> None:
    found = [Schedule.of(one(n_contracts_cancelled=n, days_to_end=10.0)).has_notice[0] for n in (1, 0)]
    assert found == [True, False]


@pytest.mark.parametrize(("days", "kept"), [(5, 0), (10, 0), (11, 1), (40, 1), (70, 2)])
def test_a_renewal_is_kept_by_who_runs_beyond_it(days: float, kept: int) -> None:
    assert Schedule.of(one()).n_kept(np.array([float(days)]))[0] == kept


def test_payments_and_their_years() -> None:
    paid, years = Schedule.of(one()).paid(np.array([2]))
    assert paid[0] == 20.0
    assert years[0] * 365.25 == pytest.approx(10 * 10 + 10 * 40)


def test_a_plan_with_few_ends_shares_the_curve_of_all() -> None:
    plan, period = np.array(["a"] * 400 + ["b"] * 20), np.tile([1.0, 2.0], 210)
    curves = TenureCurves.fit("beta_discrete_weibull", plan, period, (np.arange(420) % 4 == 0).astype(float))
    assert sorted(curves.curves) == ["", "a"]
    again = TenureCurves.from_dict(json.loads(json.dumps(curves.to_dict())))
    np.testing.assert_array_equal(again.logit(plan, period), curves.logit(plan, period))


def test_without_plans_the_period_is_the_plan() -> None:
    assert plans_of(one()).tolist() == ["30"]
    assert plans_of(pd.DataFrame({"x": [1]})).tolist() == ["0"]


def test_the_share_of_notices_is_learned_from_those_who_end() -> None:
    elapsed = np.random.default_rng(0).random(4000)
    rule = NoticeRule.fit(
        elapsed, np.random.default_rng(1).random(4000) < elapsed, np.ones(9), np.zeros(99, bool)
    )
    np.testing.assert_allclose(np.exp(rule.log_hidden(np.array([0.2, 0.5, 0.8]))), [0.8, 0.5, 0.2], atol=0.05)
    assert rule.p_back == pytest.approx(0.005)


def test_no_notices_hide_nothing() -> None:
    rule = NoticeRule.fit(np.ones(50), np.zeros(50, bool), np.ones(9), np.zeros(0, bool))
    assert rule.log_hidden(np.array([0.9]))[0] == 0
    assert rule.p_back == 0.5


def test_ends_inside_a_period_come_before_the_next_renewal() -> None:
    rule = NoticeRule(0 * GRID, GRID, p_back=0.0)
    found = rule.ended_between(np.array([0.0, 0.5, 1.0]), np.array([0.5, 0.75, 1.0]))
    np.testing.assert_allclose(found, [0.5, 0.5, 0.0], atol=0.03)


def test_the_end_of_the_horizon_cuts_a_period_open() -> None:
    steady = NoticeRule(0 * GRID, GRID, p_back=0.0)
    assert open_share(Schedule.of(one(horizon_days=26)), steady)[0] == pytest.approx(0.5)
    assert open_share(Schedule.of(one(horizon_days=26)), NoticeRule(0 * GRID, AT_THE_END, p_back=0.0))[0] == 0
    not_due = Schedule.of(one(horizon_days=6, days_to_next_payment=15.0))
    assert open_share(not_due, steady)[0] == pytest.approx(1 / 3, abs=0.01)


def test_worth_survives_storage() -> None:
    worth = Worth(0.5, 0.1, 0.01)
    assert Worth.from_dict(worth.to_dict()) == worth


def test_worth_finds_margin_discount_and_servicing() -> None:
    draw = np.random.default_rng(0)
    paid, days = draw.uniform(0, 500, 2000), draw.choice([30.0, 90.0, 180.0], 2000)
    years = paid * draw.uniform(0, 0.5, 2000)
    worth = Worth.fit(paid, years, days, value=0.7 * paid - 0.05 * years - 0.02 * days)
    assert vars(worth) == pytest.approx({"margin": 0.7, "per_year": 0.05, "servicing": 0.02}, rel=1e-6)


def test_a_few_who_bring_more_bend_no_part_of_worth() -> None:
    draw = np.random.default_rng(0)
    paid, days = draw.integers(0, 4, 3000) * 9.9, draw.choice([31.0, 90.0], 3000)
    value = paid + np.where(np.arange(3000) % 1500 == 0, 99.0, 0.0)
    worth = Worth.fit(paid, paid * 0.1, days, value=value)
    assert vars(worth) == pytest.approx({"margin": 1.0, "per_year": 0.0, "servicing": 0.0}, abs=1e-9)


def test_what_contracts_cost_is_spread_over_their_days() -> None:
    draw = np.random.default_rng(0)
    paid, days = draw.integers(0, 4, 9000) * 9.9, draw.choice([31.0, 90.0], 9000)
    costs = draw.poisson(days / 200) * 4.0
    worth = Worth.fit(paid, paid * 0.1, days, value=0.7 * paid - costs)
    assert worth.margin == pytest.approx(0.7, abs=1e-6)
    assert worth.of(paid, paid * 0.1, days).sum() == pytest.approx((0.7 * paid - costs).sum())


def test_the_days_of_a_term_are_told() -> None:
    ahead = Landmarks.ahead(one(days_to_end=40.0), pd.DataFrame({"a": [1.0]}), np.array([2]))
    assert ahead.frame()["term_left_days"].tolist() == [30.0, 0.0]
    assert ahead.frame()["renewals_ahead"].tolist() == [0.0, 1.0]


def test_survival_starts_anew_with_each_contract() -> None:
    found = running_survival(np.array([0, 1, 1, 2]), np.array([0.5, 0.1, 0.1, 1.0]))
    np.testing.assert_allclose(found, [0.5, 0.9, 0.81, 0.0], atol=2e-5)


def test_blocks_hold_every_row_once() -> None:
    counts = np.random.default_rng(0).integers(1, 9, 100)
    rows = [row for part in blocks(counts, most=20) for row in range(part.start, part.stop)]
    assert rows == list(range(100))


def test_payments_are_worth_something_where_most_windows_hold_none() -> None:
    draw = np.random.default_rng(0)
    paid = np.where(draw.random(2000) < 0.2, draw.uniform(200, 900, 2000), 0.0)
    days = draw.choice([60.0, 180.0], 2000)
    another_contract = np.where(draw.random(2000) < 0.05, 500.0, 0.0)
    worth = Worth.fit(paid, paid * 0.2, days, value=paid + another_contract)
    assert worth.margin == pytest.approx(1.0, abs=1e-6)


def test_no_trace_of_a_cost_is_left_where_contracts_cost_nothing() -> None:
    draw = np.random.default_rng(2)
    days, price = draw.choice([63.0, 180.0], 3000), draw.choice([264.0, 290.4], 3000)
    paid = draw.integers(0, 2, 3000) * price
    dearer = np.where((paid > 0) & (draw.random(3000) < 0.05), 20.0 * draw.random(3000), 0.0)
    worth = Worth.fit(paid, paid * draw.random(3000), days, value=1.1 * paid + dearer)
    assert worth.of(np.zeros(1), np.zeros(1), np.array([180.0])).tolist() == [0.0]


def test_trees_are_worth_growing_where_a_column_tells() -> None:
    draw = np.random.default_rng(0)
    rows, ids = pd.DataFrame({"told": draw.random(3000)}), pd.Series(np.arange(3000) // 2)
    ended = (draw.random(3000) < rows["told"]).astype(float).to_numpy()
    choice = TreeChoice(Plan("binary:logistic", {"trees": 50}, {}))
    assert choice.n_worth(rows, ended, ids, np.zeros(3000)) == 50
