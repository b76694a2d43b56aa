import numpy as np
import pandas as pd
import pytest

from goodwill.value.measures import Measure
from goodwill.value.measuring import Facts, behind

X = pd.DataFrame({"a": [1.0, np.nan, np.nan], "b": [5.0, 7.0, np.nan], "text": ["x", "y", "z"]})


def of(combine: str, *columns: str) -> list[float] | None:
    measure = Measure(columns=columns, combine=combine, levels=("l", "h"), limits={"absolute": [1]})
    status = pd.DataFrame({"status": ["scored", "inactive", "prospect"], "clv": [9.0, np.inf, np.nan]})
    found = Facts(X, status).measured(measure)
    return None if found is None else np.nan_to_num(found, nan=-1).tolist()


@pytest.mark.parametrize(
    ("combine", "expected"),
    [("first", [1, 7, -1]), ("sum", [6, 7, -1]), ("max", [5, 7, -1]), ("min", [1, 7, -1])],
)
def test_columns_are_combined_and_absent_ones_passed_over(combine: str, expected: list[float]) -> None:
    assert of(combine, "nowhere", "a", "b") == expected


def test_infinite_values_are_unknown() -> None:
    assert of("first", "clv") == [9, -1, -1]


def test_the_status_is_a_fact() -> None:
    assert of("first", "is_inactive") == [0, 1, 0]
    assert of("first", "is_prospect") == [0, 0, 1]


def test_absent_and_text_columns_measure_nothing() -> None:
    assert of("first", "nowhere", "text") is None


@pytest.mark.parametrize(
    "kind",
    ["customer_service", "customercare", "call_center_contact", "helpline", "ticket_opened", "在线报修"],
)
def test_whoever_calls_for_help_by_another_name_does_not_use_anything(kind: str) -> None:
    wanted = f"n_interactions_{kind}_30d"
    assert behind("n_uses_30d", [wanted, "n_interactions_ticket_sale_30d"])[1:] == [wanted]


def test_support_tickets_and_complaints_are_no_use() -> None:
    columns = {"n_interactions_90d": [9.0, 4.0, np.nan], "n_interactions_visit_90d": [2.0, 0.0, np.nan]}
    of_help = {
        "n_interactions_support_ticket_90d": [3.0, np.nan, np.nan],
        "n_interactions_投诉_90d": [1.0, 4, 0],
    }
    X = pd.DataFrame({**columns, **of_help, "n_interactions_support_ticket_30d": 1.0})
    uses = Measure(columns=("n_uses_90d",), levels=("quiet", "active"), limits={"absolute": [1]})
    assert np.nan_to_num(Facts(X, X).measured(uses), nan=-1).tolist() == [5.0, 0.0, -1.0]
    assert Facts(X[["n_interactions_visit_90d"]], X[[]]).measured(uses) is None
