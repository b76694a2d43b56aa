"""A customer's dossier on the terminal."""

import pandas as pd
import pytest

from goodwill.pipeline.dossier_sheets import case_sheets
from goodwill.report import Case


@pytest.mark.parametrize(
    ("day", "columns", "row"),
    [
        (pd.Timestamp("2025-03-01"), ("Day", "Probability of churn"), ("2025-03-01", "40.0%")),
        (pd.NaT, ("Probability of churn",), ("40.0%",)),
    ],
    ids=["of a day", "of a ready-made table"],
)
def test_predictions_have_a_day_where_one_is_known(
    day: object, columns: tuple[str, ...], row: tuple[str, ...]
) -> None:
    scores = pd.DataFrame({"customer_id": ["a"], "as_of": [day], "p_churn": [0.4]})
    sheet = case_sheets(Case("a", "shop", scores))[0]
    assert (sheet.columns, sheet.rows) == (columns, [row])


def test_the_minus_of_a_figure_is_that_of_a_reason() -> None:
    scores = pd.DataFrame({"customer_id": ["a"], "clv": [-0.06]})
    assert case_sheets(Case("a", "shop", scores))[0].rows == [("-0.06",)]
