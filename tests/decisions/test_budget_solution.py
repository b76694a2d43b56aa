import numpy as np
import pytest

from goodwill.decisions import budget_solution
from goodwill.decisions.allocation import NOBODY, Allocation
from goodwill.decisions.budget_curve import return_curve
from goodwill.decisions.budget_dual import Dual, at_prices, shadow_prices
from goodwill.decisions.budget_exact import Exact, solved
from goodwill.decisions.budget_repair import repaired
from goodwill.errors import UsageError

NO_LIMIT = np.array([np.inf])


def large(n: int, *, n_groups: int = 0, step: float = 0.0) -> Allocation:
    """Return a problem whose budget, a capacity and floors bind; gains are multiples of `step` if given."""
    rng = np.random.default_rng(n)
    cost, channel = np.array([1.0, 3.0, 4.0]), np.array([0, 0, 1])
    value = rng.lognormal(0, 1, n) * rng.lognormal(1, 0.5, (3, n)) * np.sqrt(cost)[:, None]
    value = np.round(value / step) * step if step else value
    gain = np.where(rng.random((3, n)) < 0.1, -np.inf, value - cost[:, None])
    group = rng.integers(0, n_groups, n) if n_groups else None
    floor = np.full(n_groups, 0.1 * n / n_groups).round() * (np.arange(n_groups) > 0) if n_groups else None
    return Allocation(gain, cost, channel, 0.5 * n, np.array([np.inf, np.ceil(0.03 * n)]), group, floor)


@pytest.mark.parametrize("problem", [large(9_000), large(9_000, n_groups=3), large(9_000, step=5.0)])
def test_large_plans_keep_all_limits_and_lie_within_a_thousandth_of_the_bound(problem: Allocation) -> None:
    found = budget_solution.best_choice(problem)
    assert found.method == "lagrangian"
    assert problem.is_feasible(found.choice)
    assert found.gap(problem) < 1e-3


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_lies_above_the_optimum_and_the_repair_below(seed: int) -> None:
    problem = large(60 + seed)
    exact, dual = solved(problem), shadow_prices(problem)
    assert exact.choice is not None
    choice = repaired(problem, dual)
    assert choice is not None
    assert problem.total(choice) <= problem.total(exact.choice) <= dual.bound + 1e-9
    assert problem.total(choice) > 0.97 * dual.bound


def test_the_price_of_budget_is_what_a_little_more_of_it_gains() -> None:
    problem = large(30_000)
    more = problem.with_budget(problem.budget * 1.01)
    gained = shadow_prices(more).bound - shadow_prices(problem).bound
    assert gained / (more.budget - problem.budget) == pytest.approx(
        shadow_prices(problem).prices[0], rel=0.02
    )


def test_any_prices_give_a_bound() -> None:
    problem = large(50)
    rng = np.random.default_rng(0)
    exact = solved(problem)
    bounds = [at_prices(problem, rng.exponential(1.0, 3) * [1, 0, 1]).bound for _ in range(50)]
    assert min(bounds) >= exact.bound - 1e-9


def test_a_sample_speaks_for_the_curve_of_a_large_problem() -> None:
    problem = large(30_000)
    (point,) = return_curve(problem, shares=(1.0,))
    assert point["gain"] == pytest.approx(
        problem.total(budget_solution.best_choice(problem).choice), rel=0.03
    )


def test_floors_are_filled_where_prices_forgot_them() -> None:
    problem = large(300, n_groups=3)
    nobody = Dual(np.zeros(6), 0.0, np.full(300, NOBODY), np.zeros(300))
    choice = repaired(problem, nobody)
    assert choice is not None
    assert problem.is_feasible(choice)


def test_floors_beyond_the_channel_are_refused() -> None:
    gain, group = np.ones((1, 4)), np.zeros(4, dtype=np.int64)
    problem = Allocation(gain, np.array([1.0]), np.array([0]), 9.0, np.array([1.0]), group, np.array([2.0]))
    assert repaired(problem, shadow_prices(problem)) is None
    with pytest.raises(UsageError, match="no plan was found that fills every floor"):
        budget_solution.best_choice(problem)


def test_floors_are_filled_cheaply_where_the_best_options_are_too_dear() -> None:
    gain = np.array([[1.0, 1.0, 1.0], [9.0, 9.0, 9.0]])
    cost, group = np.array([1.0, 5.0]), np.zeros(3, dtype=np.int64)
    problem = Allocation(gain, cost, np.array([0, 0]), 3.0, NO_LIMIT, group, np.array([3.0]))
    dear = Dual(np.zeros(3), 0.0, np.ones(3, dtype=np.int64), np.zeros(3))
    choice = repaired(problem, dear)
    assert choice is not None
    assert choice.tolist() == [0, 0, 0]


def test_nothing_allowed_is_nothing_chosen() -> None:
    problem = Allocation(np.full((1, 2), -np.inf), np.array([1.0]), np.array([0]), 5.0, NO_LIMIT)
    assert budget_solution.best_choice(problem).choice.tolist() == [NOBODY, NOBODY]


def test_floors_over_nothing_allowed_are_infeasible() -> None:
    group, floor = np.zeros(2, dtype=np.int64), np.array([1.0])
    problem = Allocation(
        np.full((1, 2), -np.inf), np.array([1.0]), np.array([0]), 5.0, NO_LIMIT, group, floor
    )
    assert solved(problem).choice is None


def test_a_solver_that_gives_up_leaves_the_repaired_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = large(60)
    monkeypatch.setattr(budget_solution, "solved", lambda _: Exact(None, np.inf))
    found = budget_solution.best_choice(problem)
    assert problem.is_feasible(found.choice)
    assert 0 <= found.gap(problem) < 0.03
