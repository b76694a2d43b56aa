"""Person-periods, curves from hazards, and what they bring."""

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
