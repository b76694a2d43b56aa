import numpy as np
import pytest

from goodwill.decisions.sensitivity import e_value, partial_t, robustness_value, shares_explained

RNG = np.random.default_rng(0)


def test_e_value_is_that_of_the_paper() -> None:
    assert e_value(3.9, 1.0) == pytest.approx(7.26, abs=0.005)
    assert e_value(1.0, 3.9) == e_value(3.9, 1.0)


def test_robustness_is_none_where_nothing_is_significant() -> None:
    assert robustness_value(1.0, 500, level=0.95) == 0.0
    assert robustness_value(1.0, 500) > 0


def test_a_hidden_cause_of_that_strength_explains_the_effect_away() -> None:
    d, rest = RNG.normal(size=(2, 500))
    t = partial_t(0.3 * d + rest, d)
    share = robustness_value(t, 499)
    assert share**2 / (1 - share) == pytest.approx(t**2 / 499)  # the bias that equals the estimate


def test_columns_that_others_make_up_explain_nothing_more() -> None:
    x = RNG.normal(size=(500, 2))
    shares = shares_explained(np.column_stack([x, x.sum(axis=1)]), x[:, 0] + RNG.normal(size=500))
    assert (shares > 0).sum() <= 2
    assert (shares == 0).sum() >= 1
