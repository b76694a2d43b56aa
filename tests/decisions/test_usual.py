import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.campaign import Kind
from goodwill.decisions.usual import Doubt, fit_usual

RNG = np.random.default_rng(0)
N = 3_000
COLUMNS = pd.DataFrame({"age": RNG.normal(size=N)})
ANCHOR = RNG.gamma(0.5, size=N)
ORDERS = RNG.poisson(3 * ANCHOR * np.exp(0.3 * COLUMNS["age"])).astype(float)


def test_history_and_covariates_are_put_together() -> None:
    usual = fit_usual(COLUMNS, ORDERS, "money", ANCHOR)
    truth = 3 * ANCHOR * np.exp(0.3 * COLUMNS["age"])
    assert np.corrcoef(usual.known, truth)[0, 1] > 0.97
    assert usual.known.sum() == pytest.approx(ORDERS.sum(), rel=0.05)
    assert usual.expected(COLUMNS, ANCHOR) == pytest.approx(usual.known, rel=0.5, abs=0.2)


def test_without_a_history_a_straight_line_and_trees_say_it() -> None:
    usual = fit_usual(COLUMNS, 2 * COLUMNS["age"].to_numpy(), "money")
    assert np.corrcoef(usual.expected(COLUMNS, None), COLUMNS["age"])[0, 1] > 0.99


def test_a_gap_in_history_expects_next_to_nothing() -> None:
    gaps = np.where(np.arange(N) < 10, np.nan, ANCHOR)
    usual = fit_usual(COLUMNS, np.where(np.isnan(gaps), 0.0, ORDERS), "money", gaps)
    assert usual.known[:10].max() < 0.01


def test_chances_are_chances() -> None:
    usual = fit_usual(COLUMNS, (ORDERS > 0).astype(float), "binary", ANCHOR)
    assert 0 < usual.known.min() < usual.known.max() < 1


def test_where_history_and_trees_agree_there_is_no_doubt() -> None:
    assert Doubt.between(ANCHOR, ANCHOR).of(ANCHOR).max() == 0


def test_doubt_is_how_far_two_expectations_lie_apart() -> None:
    doubt = Doubt.between(ANCHOR, ANCHOR * np.where(np.arange(N) % 2, 1.2, 0.8)).of(ANCHOR)
    assert doubt[ANCHOR > 0.3] == pytest.approx(0.2 * ANCHOR[ANCHOR > 0.3], rel=0.1)


def test_doubt_grows_in_proportion_beyond_what_was_seen() -> None:
    doubt = Doubt.between(ANCHOR, 1.2 * ANCHOR)
    assert doubt.of(np.array([100.0])) == pytest.approx([20.0], rel=0.05)


@pytest.mark.parametrize("kind", ["money", "binary"])
def test_a_straight_line_is_the_other_expectation_where_there_is_no_history(kind: Kind) -> None:
    usual = fit_usual(COLUMNS, (COLUMNS["age"].to_numpy() ** 2 > 1).astype(float), kind)
    assert usual.doubt.of(usual.known).mean() > 0.1


def test_few_customers_have_doubts_too() -> None:
    assert Doubt.between(np.array([1.0, 2.0]), np.array([1.5, 2.0])).of(np.array([1.0])) == pytest.approx(0.5)
