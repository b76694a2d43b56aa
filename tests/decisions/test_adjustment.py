import numpy as np
import pytest
from scipy import stats

from goodwill.decisions.adjustment import adjusted_difference, plain_difference

RNG = np.random.default_rng(1)
LOT = np.arange(600) % 3 == 0
NEED = RNG.normal(size=600)
SPEND = 2 * NEED + 0.5 * LOT * (1 + NEED) + RNG.normal(size=600)


def test_plain_difference_is_welchs() -> None:
    found = plain_difference(SPEND, LOT)
    test = stats.ttest_ind(SPEND[LOT], SPEND[~LOT], equal_var=False)
    assert found.estimate == pytest.approx(SPEND[LOT].mean() - SPEND[~LOT].mean())
    assert found.estimate / found.error == pytest.approx(test.statistic)


def test_adjustment_is_the_interacted_regression() -> None:
    x = NEED - NEED.mean()
    design = np.column_stack([np.ones(600), LOT, x, LOT * x])
    slope = np.linalg.lstsq(design, SPEND, rcond=None)[0][1]
    assert adjusted_difference(SPEND, LOT, NEED[:, None]).estimate == pytest.approx(slope)


def test_adjustment_takes_the_error_of_what_is_known_away() -> None:
    plain, adjusted = plain_difference(SPEND, LOT), adjusted_difference(SPEND, LOT, NEED[:, None])
    assert adjusted.error < 0.5 * plain.error
    assert adjusted.interval(0.95)[0] < 0.5 < adjusted.interval(0.95)[1]


def test_a_column_twice_changes_nothing() -> None:
    once, twice = (adjusted_difference(SPEND, LOT, np.column_stack([NEED] * k)) for k in (1, 2))
    assert (twice.estimate, twice.error) == pytest.approx((once.estimate, once.error))


@pytest.mark.parametrize("beside", [0.0, 1.0])
def test_a_column_that_speaks_of_one_customer_alone_is_left_out(beside: float) -> None:
    odd = beside * NEED + np.where(np.arange(600) == 7, 5.0, 0.0)
    known = adjusted_difference(SPEND, LOT, NEED[:, None])
    found = adjusted_difference(SPEND, LOT, np.column_stack([NEED, odd]))
    assert (found.estimate, found.error) == (known.estimate, known.error)


def test_a_small_campaign_uses_the_first_columns_alone() -> None:
    few = np.arange(0, 600, 8)
    columns = np.column_stack([NEED, RNG.normal(size=(600, 50))])[few]
    found = adjusted_difference(SPEND[few], LOT[few], columns)
    assert found.estimate == adjusted_difference(SPEND[few], LOT[few], columns[:, :1]).estimate
    assert adjusted_difference(SPEND[:15], LOT[:15], NEED[:15, None]).method == "difference in means"


def test_nothing_left_to_chance_is_certain() -> None:
    found = plain_difference(LOT.astype(float), LOT)
    assert (found.estimate, found.p_value, found.error) == (1.0, 0.0, 0.0)
