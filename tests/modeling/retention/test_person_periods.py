"""Person-periods, curves from hazards, and what they bring."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.modeling.retention import (
    cumulative_incidence,
    expected_margin,
    person_periods,
    survival_curves,
)


def test_a_row_per_period_at_risk() -> None:
    rows, ended = person_periods(pd.DataFrame({"plan": ["a", "b"]}), [2, 3], [2, 0], n_entered=[0, 1])
    assert rows["period"].tolist() == [1, 2, 2, 3]
    assert rows["plan"].tolist() == ["a", "a", "b", "b"]
    assert rows.index.tolist() == [0, 0, 1, 1]
    assert ended.tolist() == [0, 2, 0, 0]


def test_a_contract_cannot_end_before_it_was_seen() -> None:
    with pytest.raises(UsageError, match="Count periods from 1"):
        person_periods(pd.DataFrame({"plan": ["a"]}), [0], [1])


def test_lengths_that_differ_are_told() -> None:
    with pytest.raises(UsageError, match="Lengths differ: 2 contracts, 1 n_periods, 1 end_reason"):
        person_periods(pd.DataFrame({"plan": ["a", "b"]}), [1], [1])


def test_what_is_no_frame_of_contracts_is_told() -> None:
    with pytest.raises(UsageError, match=r"The contracts are a ndarray\. Give a frame"):
        person_periods(np.ones((1, 2)), [1], [1])


def test_a_column_of_the_name_period_is_told() -> None:
    with pytest.raises(UsageError, match=r"have a column `period`.* Rename it"):
        person_periods(pd.DataFrame({"period": [1]}), [1], [1])


@pytest.mark.parametrize(("curves", "axes"), [(survival_curves, "period"), (cumulative_incidence, "reason")])
def test_hazards_have_their_axes(curves: Callable[[list], np.ndarray], axes: str) -> None:
    with pytest.raises(UsageError, match=rf"hazards has the shape \(2,\); its axes are contract.* {axes}\."):
        curves([0.1, 0.2])


def test_incidences_and_survival_add_up_to_1() -> None:
    hazards = np.random.default_rng(0).uniform(0, 0.3, (5, 9, 2))
    alive = survival_curves(hazards.sum(axis=2))
    np.testing.assert_allclose(cumulative_incidence(hazards).sum(axis=2) + alive, 1.0)


def test_a_perpetuity_is_worth_its_closed_form() -> None:
    years = np.arange(1, 4000) / 12
    keep, yearly = 0.97, 1.1
    worth = expected_margin(
        keep ** np.arange(1, 4000)[None, :], [[5.0]], years=years, annual_discount_rate=0.1
    )
    step = keep * yearly ** (-1 / 12)
    assert worth[0] == pytest.approx(5 * step / (1 - step))
