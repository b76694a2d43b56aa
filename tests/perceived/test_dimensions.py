import pandas as pd
import pytest

from goodwill.perceived.dimensions import dimensions_of, on_index, rated_answers, rated_otherwise, rated_sides
from goodwill.perceived.intake import Item, read_long, read_wide


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
    assert rated_sides(survey).unique().tolist() == [side]


def test_each_dimension_is_rated_on_the_side_of_its_own_items() -> None:
    said = pd.DataFrame({"A": [1.0, 2.0], "B": [3.0, 4.0]})
    sides = {"A": ("quality", "performance"), "B": ("price", "score")}
    asked = [Item(name, of, columns={side: name}) for name, (of, side) in sides.items()]
    survey = read_wide(said, asked)
    assert rated_answers(survey).to_dict("list") == said.to_dict("list")
    assert rated_otherwise(survey) == ()


def test_an_item_rated_otherwise_than_its_dimension_is_named() -> None:
    both = Item("a", "quality", columns={"performance": "A", "score": "B"})
    survey = read_wide(
        pd.DataFrame({"A": [1], "B": [2]}), [both, Item("b", "quality", columns={"score": "B"})]
    )
    assert rated_answers(survey).to_dict("list") == {"a": [1.0]}
    assert rated_otherwise(survey) == ("b",)


def test_dimensions_stand_in_the_order_of_the_items() -> None:
    survey = read_long(
        rows(("b", "score", 3.0)), [Item("b", "price"), Item("a", "quality"), Item("c", "price")]
    )
    assert dimensions_of(survey).to_dict("index") == {
        "price": {"kind": "cost", "n_items": 2}, "quality": {"kind": "benefit", "n_items": 1}
    }  # fmt: skip


def test_an_outcome_is_not_named_as_rated_otherwise() -> None:
    asked = [
        Item("a", "quality", columns={"performance": "A"}),
        Item("nps", "quality", measure="nps", columns={"score": "B"}),
    ]
    assert rated_otherwise(read_wide(pd.DataFrame({"A": [1], "B": [9]}), asked)) == ()
