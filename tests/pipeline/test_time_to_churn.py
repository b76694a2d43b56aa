"""Days to churn beside the scores: told, at a steady pace where no renewal is known, or refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from goodwill.config.scoring import ScoreSection
from goodwill.errors import UsageError
from goodwill.pipeline.score import Request, score_customers
from goodwill.pipeline.score_columns import refuse_on_executors
from goodwill.pipeline.time_to_churn import with_time_to_churn

if TYPE_CHECKING:
    from conftest import Shop

LIFETIME = 2
SCORES = pd.DataFrame({"p_churn": [0.2, 0.75, 1e-6, np.nan]})
X = pd.DataFrame({"horizon_days": [90, 90, 90, 90]})


def served(told: list[float] | None) -> SimpleNamespace:
    days = None if told is None else np.array(told)
    model = SimpleNamespace(half_left=lambda _, years: days if years == LIFETIME else None)
    return SimpleNamespace(lifetime_years=LIFETIME, model_=model)


def test_every_score_has_days_and_no_other_row() -> None:
    found = with_time_to_churn(SCORES, X, served([120.0, np.nan, np.nan, 30.0]))["time_to_churn_days"]
    np.testing.assert_allclose(found, [120.0, 45.0, 730.5, np.nan])


def test_customers_who_order_have_none(copied: Shop) -> None:
    with pytest.raises(UsageError, match="customers who live by contracts alone"):
        score_customers(copied.config("score.time_to_churn=true"), Request())


@pytest.mark.parametrize("asked", ["data_contribution", "time_to_churn"])
def test_what_executors_cannot_tell_is_refused(asked: str) -> None:
    wanted = ScoreSection(**{asked: True})
    with pytest.raises(UsageError, match="told by `engine: duckdb` alone"):
        refuse_on_executors(wanted)
