import logging

import numpy as np
import pandas as pd
import pytest

from goodwill.features.snapshot import Snapshot
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.reasons import Contributions
from goodwill.modeling.reasons.columns import REASONS, ReasonRule, reason_columns, told
from goodwill.modeling.served import ServedModel


def test_the_strongest_reason_comes_first_in_points_and_money_together() -> None:
    points, money = np.array([[0.1, -0.02, 0.0, 0.3]]), np.array([[1.0, 50.0, 2.0, 0.0]])
    why = Contributions(("orders", "spend", "city", "horizon"), points, money, np.zeros(1), np.zeros(1))
    reasons = told(why, pd.DataFrame({"city": ["York"]}), "zh").iloc[0].tolist()
    assert reasons == [
        "消费金额（流失 -2.0 个百分点，clv +50.00）",
        "订单数量（流失 +10.0 个百分点，clv +1.00）",
        "city：York（流失 +0.0 个百分点，clv +2.00）",
    ]


def test_what_shows_in_no_figure_is_no_reason() -> None:
    points, money = np.array([[0.1, 0.0004, -0.0004]]), np.array([[1.0, -0.004, -0.03]])
    why = Contributions(("orders", "spend", "city"), points, money, np.zeros(1), np.zeros(1))
    assert told(why, pd.DataFrame({"city": ["York"]})).iloc[0].tolist() == [
        "the number of orders (churn +10.0 points, clv +1.00)",
        "city: York (churn +0.0 points, clv -0.03)",
        "not_computable",
    ]


def test_a_served_model_gives_three_reasons_to_everybody(
    shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    model = ServedModel()
    model.learned = shop_model
    reasons = reason_columns(model, shop_test.X, ReasonRule("approximate"))
    assert list(reasons) == list(REASONS)
    assert reasons.apply(lambda column: column.str.contains("points, clv")).all(axis=None)


@pytest.mark.parametrize(("mode", "n_rows"), [("off", 3), ("auto", 0)])
def test_where_there_are_no_reasons_it_is_said(mode: str, n_rows: int) -> None:
    X = pd.DataFrame(index=range(n_rows))
    assert (reason_columns(ServedModel(), X, ReasonRule(mode)) == "not_computable").all(axis=None)  # type: ignore[arg-type]  # parametrised text


@pytest.mark.parametrize(
    ("n_rows", "mode", "said"),
    [
        (50_001, "approximate", "Reasons of 50,001 rows are approximate"),
        (1_000_001, "off", "Reasons are left out"),
    ],
)
def test_what_is_less_than_exact_is_noticed(
    caplog: pytest.LogCaptureFixture, n_rows: int, mode: str, said: str
) -> None:
    with caplog.at_level(logging.WARNING, logger="goodwill"):
        assert ReasonRule().used(n_rows) == mode
    assert said in caplog.text
    assert ReasonRule("exact").used(n_rows) == "exact"
