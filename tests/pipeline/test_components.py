"""The parts of expected value in the scores, on request."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import goodwill as gw
from goodwill.pipeline.components import with_components
from goodwill.pipeline.question import Question
from goodwill.pipeline.score import Request, score_customers

if TYPE_CHECKING:
    from conftest import Shop

PARTS = ["clv_base", "clv_cross_sell", "clv_renewal"]


def test_the_parts_stand_in_the_scores_and_add_up(copied: Shop) -> None:
    score_customers(copied.config("score.components=true"), Request())
    scores = pd.read_parquet(copied.output / "scores.parquet")
    told = scores[scores["status"] == "scored"]
    np.testing.assert_allclose(told[PARTS].sum(axis=1), told["clv"], atol=1e-9)
    assert (told["clv_cross_sell"] > 0).any()


def test_renewals_are_payments_times_margin() -> None:
    contracts = SimpleNamespace(predict=lambda X: SimpleNamespace(payments=np.full(len(X), 50.0)))
    predictor = SimpleNamespace(model_=SimpleNamespace(contracts=contracts))
    rule = gw.ValueRule(margin_rate=0.5)
    question = Question(date(2025, 1, 1), 90, None, "auto", rule)
    scores = pd.DataFrame({"clv": [40.0]})
    found = with_components(scores, pd.DataFrame({"n_contracts": [1]}), predictor, gw.Tables(), question)
    assert found[PARTS].to_numpy().tolist() == [[15.0, 0.0, 25.0]]
