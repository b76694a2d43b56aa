import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.overlap import comparable, overlap_of
from goodwill.errors import DataError

RNG = np.random.default_rng(0)
AGE = RNG.normal(size=4_000)


def chance(tilt: float) -> tuple[np.ndarray, np.ndarray]:
    propensity = 1 / (1 + np.exp(-tilt * AGE))
    return propensity, RNG.random(4_000) < propensity


def test_some_are_left_out_where_they_have_no_counterpart() -> None:
    propensity, is_treated = chance(2.0)
    kept = comparable(propensity, is_treated, "letter")
    assert 0.7 < kept.mean() < 1


def test_weighting_balances_and_costs_customers() -> None:
    propensity, is_treated = chance(1.0)
    kept = comparable(propensity, is_treated, "letter")
    found = overlap_of("letter", pd.DataFrame({"age": AGE}), propensity, is_treated, kept)
    assert found.difference_before > 0.5
    assert found.difference_after < 0.1
    assert found.effective_treated < is_treated.sum()


def test_nothing_known_is_nothing_unbalanced() -> None:
    propensity, is_treated = chance(0.0)
    found = overlap_of("letter", pd.DataFrame(index=range(4_000)), propensity, is_treated, propensity > 0)
    assert (found.covariate, found.difference_after) == ("none", 0.0)


def test_no_overlap_is_refused() -> None:
    propensity, is_treated = chance(40.0)
    with pytest.raises(
        DataError, match=r"letter: no overlap. Only \d+ of 4,000 customers \(\d%\) had a chance"
    ):
        comparable(propensity, is_treated, "letter")


def test_the_remedy_names_what_a_campaign_of_the_tables_has() -> None:
    with pytest.raises(DataError, match=r"`where` of the campaign's file, or of tables\.treatments"):
        comparable(np.full(100, 0.99), np.arange(100) % 2 == 0, "letter")
