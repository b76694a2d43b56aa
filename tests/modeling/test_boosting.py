import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from goodwill.errors import UsageError
from goodwill.modeling.boosting import Booster, Objective, Plan

RNG = np.random.default_rng(0)
DESIGN = pd.DataFrame({"h_days": RNG.uniform(1, 90, 600), "noise": RNG.normal(size=600)}).astype(np.float32)
MONEY = np.exp(DESIGN["h_days"].to_numpy(float) / 50 + RNG.normal(0, 0.2, 600))


def plan(objective: Objective = "reg:squarederror", trees: int = 30, sign: int = 0, seed: int = 0) -> Plan:
    return Plan(objective, {"trees": trees, "eta": 0.2}, {"h_days": sign}, seed)


@pytest.mark.parametrize(
    ("objective", "y", "answer"),
    [
        ("reg:squarederror", MONEY, MONEY.mean()),
        ("reg:gamma", MONEY, np.log(MONEY.mean())),
        ("reg:tweedie", MONEY, np.log(MONEY.mean())),
        ("binary:logistic", (MONEY > 3).astype(float), np.log((MONEY > 3).mean() / (MONEY <= 3).mean())),
    ],
)
def test_a_constant_stands_before_the_first_tree(objective: Objective, y: np.ndarray, answer: float) -> None:
    booster = plan(objective, trees=0).fit(DESIGN, y)
    assert booster.constant == pytest.approx(answer)
    assert booster.margin(DESIGN) == pytest.approx(np.full(600, answer), abs=1e-6)


def test_trees_learn_what_money_grows_with() -> None:
    margin = plan("reg:gamma").fit(DESIGN, MONEY).margin(DESIGN)
    assert np.corrcoef(margin, DESIGN["h_days"])[0, 1] > 0.95
    assert np.exp(margin).mean() == pytest.approx(MONEY.mean(), rel=0.05)


def test_trees_go_on_from_a_start() -> None:
    start = DESIGN["h_days"].to_numpy(float) / 50
    booster = plan("reg:gamma", trees=3).fit(DESIGN, MONEY, start)
    assert booster.constant is None
    np.testing.assert_allclose(
        booster.margin(DESIGN, start + 7) - booster.margin(DESIGN, start), 7, atol=1e-5
    )
    assert np.abs(booster.margin(DESIGN, start) - start).max() < 0.3


@pytest.mark.parametrize("sign", [1, -1])
def test_an_answer_bound_to_a_column_never_turns(sign: int) -> None:
    is_late = (DESIGN["h_days"] > 45).to_numpy(float)
    grid = pd.DataFrame({"h_days": np.linspace(1, 90, 200), "noise": 0.0}, dtype=np.float32)
    steps = np.diff(plan("binary:logistic", sign=sign).fit(DESIGN, is_late).margin(grid))
    assert (sign * steps >= 0).all()
    assert (steps.max() > 0) == (sign > 0)


def test_weights_count() -> None:
    y, weight = np.tile([0.0, 1.0], 300), np.tile([1.0, 3.0], 300)
    p = expit(plan("binary:logistic", trees=60).fit(DESIGN, y, weight=weight).margin(DESIGN))
    assert p.mean() == pytest.approx(0.75, abs=0.05)


def test_fitting_stops_where_held_rows_get_no_better() -> None:
    half = slice(0, 300), slice(300, 600)
    seen, held = ((DESIGN[part], RNG.normal(size=300)) for part in half)
    booster = plan(trees=200).fit_until_worse(seen, held, patience=5)
    assert 1 <= booster.n_best < 50
    assert booster.trees.num_boosted_rounds() <= booster.n_best + 5


def test_the_first_trees_alone_answer_as_if_no_more_had_been_fitted() -> None:
    many, few = plan(trees=30).fit(DESIGN, MONEY), plan(trees=4).fit(DESIGN, MONEY)
    np.testing.assert_array_equal(many.first(4).margin(DESIGN), few.margin(DESIGN))
    np.testing.assert_array_equal(few.first(99).margin(DESIGN), few.margin(DESIGN))


def test_the_seed_decides() -> None:
    one, again, other = (plan(seed=seed).fit(DESIGN, MONEY).to_bytes() for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_stored_trees_answer_the_same_whatever_the_order_of_columns() -> None:
    booster = plan().fit(DESIGN, MONEY)
    again = Booster.from_parts(booster.to_dict(), booster.to_bytes())
    np.testing.assert_array_equal(again.margin(DESIGN[["noise", "h_days"]]), booster.margin(DESIGN))


@pytest.mark.parametrize("name", ["tres", "lambda", "objective"])
def test_a_parameter_that_would_be_passed_over_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=rf"`parameters` holds \['{name}'\]; there are .*'reg_lambda'"):
        Plan("binary:logistic", {name: 3}, {})


def test_fewer_than_no_trees_are_refused() -> None:
    with pytest.raises(UsageError, match="`parameters` holds -1 trees"):
        Plan("binary:logistic", {"trees": -1}, {})
