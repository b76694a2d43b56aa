import pandas as pd
import pytest

from goodwill.perceived.dimensions import dimensions_of, on_index, rated_side
from goodwill.perceived.intake import Item, read_long


def rows(*answers: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(answers, columns=["item", "side", "value"]).assign(
        respondent=[str(n) for n in range(len(answers))]
    )


def test_an_undeclared_scale_runs_between_the_answers_given() -> None:
    survey = read_long(rows(("a", "score", 2.0), ("a", "score", 4.0), ("a", "score", 3.0)))
    assert on_index(survey.wide("score"), survey)["a"].tolist() == [0, 100, 50]


def test_an_item_with_one_answer_has_no_place() -> None:
    survey = read_long(rows(("a", "score", 2.0)))
    assert on_index(survey.wide("score"), survey)["a"].isna().all()


@pytest.mark.parametrize(
    ("asked", "side"), [(("score", "performance"), "performance"), (("score",), "score"), ((), "perception")]
)
def test_the_side_that_rates_us(asked: tuple[str, ...], side: str) -> None:
    survey = read_long(
        rows(("free", "score", 1.0), *(("a", name, 3.0) for name in asked)), [Item("a", "quality")]
    )
    assert rated_side(survey) == side


def test_dimensions_stand_in_the_order_of_the_items() -> None:
    survey = read_long(
        rows(("b", "score", 3.0)), [Item("b", "price"), Item("a", "quality"), Item("c", "price")]
    )
    assert dimensions_of(survey).to_dict("index") == {
        "price": {"kind": "cost", "n_items": 2}, "quality": {"kind": "benefit", "n_items": 1}
    }  # fmt: skip
