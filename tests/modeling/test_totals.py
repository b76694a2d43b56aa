"""Totals: what errs apart averages away, what errs together does not."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.modeling.totals import missed_share, total_intervals, value_variance
from goodwill.modeling.value_distribution import ValueDistribution
from goodwill.modeling.value_ratio import Churned, Ratio, Shape


def distribution(n: int) -> ValueDistribution:
    shape = Shape(np.array([-1.2816, 1.2816]), np.array([-1.0, 1.0]))
    ratio = Ratio(np.full(n, 3.0), np.full(n, 0.5), np.full(n, 0.5), shape)
    nothing = Churned(1.0, np.empty(0), np.empty(0))
    return ValueDistribution(np.linspace(0.05, 0.9, n), np.full(n, 20.0), ratio, nothing)


def test_the_variance_is_that_of_many_draws() -> None:
    values = distribution(5)
    drawn = np.array([values.sample(seed) for seed in range(20_000)])
    np.testing.assert_allclose(value_variance(values), drawn.var(axis=0), rtol=0.05)


def test_totals_of_groups_add_up_and_hold_their_draws() -> None:
    values, groups = distribution(400), pd.Series(["a", "b"] * 200)
    clv = (1 - values.p_churn) * values.scale * values.ratio.mean()
    found = total_intervals(clv, value_variance(values), groups, common_share=0.0).set_index("group")
    drawn = pd.DataFrame([values.sample(seed) for seed in range(400)]).T.groupby(groups).sum()
    inside = drawn.ge(found["low"], axis=0) & drawn.le(found["high"], axis=0)
    assert found["clv_total"].sum() == pytest.approx(clv.sum())
    assert inside.mean(axis=1).between(0.86, 0.94).all()


@pytest.mark.parametrize("n", [1, 2, 5, 20, 100])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_totals_of_few_hold_though_nobody_may_bring_anything(n: int, level: float) -> None:
    draw, n_groups = np.random.default_rng(n), 20_000 // n
    bought = draw.random((n_groups, n)) < 0.1
    came = (bought * draw.exponential(100.0, (n_groups, n))).sum(axis=1)
    clv, variance, nothing = (np.full(n, value) for value in (10.0, 1900.0, np.log(0.9)))
    found = total_intervals(
        clv, variance, pd.Series(["few"] * n), common_share=0.0, level=level, log_nothing=nothing
    ).iloc[0]
    inside = np.mean((found["low"] <= came) & (came <= found["high"]))
    assert level - 0.03 < inside < max(level + 0.04, 0.9**n + 0.02)


def test_a_variance_that_is_missing_is_refused() -> None:
    with pytest.raises(UsageError, match="missing for 1 of 2 customers"):
        total_intervals(np.ones(2), np.array([1.0, np.nan]), pd.Series(["x", "y"]), common_share=0.0)


def test_what_moves_everybody_does_not_average_away() -> None:
    for n in (100, 1_000_000):
        clv = np.full(n, 10.0)
        found = total_intervals(clv, clv, pd.Series(np.ones(n)), common_share=0.2).iloc[0]
        assert (found["high"] - found["low"]) / found["clv_total"] > 0.6


def test_a_total_below_zero_has_a_normal_interval() -> None:
    found = total_intervals(np.array([-5.0]), np.array([1.0]), pd.Series(["x"]), common_share=0.0, level=0.95)
    assert found[["low", "high"]].to_numpy().ravel() == pytest.approx([-6.96, -3.04], abs=0.01)


def test_customers_without_a_group_are_left_out() -> None:
    found = total_intervals(np.ones(2), np.ones(2), pd.Series(["x", None]), common_share=0.0)
    assert found["n_customers"].tolist() == [1]


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_level_outside_is_refused(level: float) -> None:
    with pytest.raises(UsageError, match="must lie between 0 and 1"):
        total_intervals(np.ones(1), np.ones(1), pd.Series(["x"]), common_share=0.0, level=level)


@pytest.mark.parametrize("factor", [0.05, 0.4, 2.5, 3.5])
def test_a_missed_window_lies_on_the_edge_of_the_widened_interval(factor: float) -> None:
    clv, variance, everyone = np.full(100, 10.0), np.full(100, 100.0), pd.Series(["all"] * 100)
    missed = missed_share(factor * 1000.0, 1000.0, 10_000.0, 0.1)
    found = total_intervals(clv, variance, everyone, common_share=np.hypot(0.1, missed)).iloc[0]
    assert found["low" if factor < 1 else "high"] == pytest.approx(factor * 1000.0)


@pytest.mark.parametrize("value", [-5.0, 0.0, 0.01, 9000.0])
def test_however_far_a_window_lies_what_is_expected_stays_within(value: float) -> None:
    clv, variance, everyone = np.full(100, 10.0), np.full(100, 100.0), pd.Series(["all"] * 100)
    missed = missed_share(value, 1000.0, 10_000.0, 0.1)
    found = total_intervals(clv, variance, everyone, common_share=np.hypot(0.1, missed)).iloc[0]
    assert missed > 1
    assert found["low"] < 1000.0 < found["high"]


@pytest.mark.parametrize(("value", "clv"), [(1000.0, 1010.0), (1100.0, 1000.0), (10.0, -5.0)])
def test_chance_and_what_has_no_logarithm_are_no_miss(value: float, clv: float) -> None:
    assert missed_share(value, clv, 10_000.0, 0.1) == 0.0


def test_what_contacts_cost_lies_within_the_total_of_who_may_bring_nothing() -> None:
    few, many = np.array([0.5, 20.0, -0.2]), np.log([0.9, 1e-6, 0.95])
    groups = pd.Series(["dormant", "sure", "gone"])
    asked = {"common_share": 0.0, "level": 0.8, "log_nothing": many}
    free, dear = (
        total_intervals(few, np.ones(3), groups, **asked, loss=loss) for loss in (None, np.full(3, 5.0))
    )
    assert dear.set_index("group")["low"][["dormant", "gone"]].tolist() == [-5, -5]
    assert dear.set_index("group").loc["sure"].equals(free.set_index("group").loc["sure"])
