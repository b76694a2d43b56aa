import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.perceived.intake import Item, Survey, read_wide
from goodwill.perceived.value_cost import perceived_value, value_by_group

KINDS = {"works": "functional", "lasts": "quality", "joy": "emotional", "dear": "price", "slow": "time"}


def survey_of(answers: dict[str, list[float | None]], **facts: list[float]) -> Survey:
    asked = [
        Item(name, KINDS[name], scale=(1, 5), columns={"score": name}) for name in answers if name in KINDS
    ]
    return read_wide(pd.DataFrame(answers | facts), asked)


FULL = {"works": [5.0, 3.0], "lasts": [3.0, 3.0], "joy": [1.0, 5.0], "dear": [2.0, 1.0], "slow": [4.0, 1.0]}


def test_benefit_less_cost_by_hand() -> None:
    found = perceived_value(survey_of(FULL)).respondents
    assert found["benefit"].tolist() == pytest.approx([50, 200 / 3])
    assert found["cost"].tolist() == [50, 0]
    assert found["net_value"].tolist() == pytest.approx([0, 200 / 3])
    assert found["index"].tolist() == pytest.approx([50, 50 + 100 / 3])
    assert found["value_ratio"].tolist() == pytest.approx([1, np.nan], nan_ok=True)


def test_explicit_and_implicit_benefits_are_told_apart() -> None:
    found = perceived_value(survey_of(FULL))
    assert found.respondents["explicit"].tolist() == pytest.approx([75, 50])
    assert found.respondents["implicit"].tolist() == pytest.approx([0, 100])
    assert found.total.loc["explicit_less_implicit", "mean"] == pytest.approx(12.5)


def test_a_dimension_that_was_scored_stands_beside_one_whose_performance_was_asked() -> None:
    sides = {"works": "performance", "dear": "score"}
    asked = [Item(name, KINDS[name], scale=(1, 5), columns={side: name}) for name, side in sides.items()]
    found = perceived_value(read_wide(pd.DataFrame({name: FULL[name] for name in sides}), asked))
    assert found.dimensions["score"].to_dict() == {"functional": 75, "price": 12.5}


def test_given_weights_add_up_to_one_within_their_kind() -> None:
    weights = {"functional": 3, "quality": 1, "price": 2}
    found = perceived_value(survey_of(FULL), weights)
    assert found.dimensions["weight"].tolist() == [0.75, 0.25, 0, 1, 0]
    assert found.respondents["benefit"].tolist() == [87.5, 50]
    assert found.dimensions["contribution"].sum() == pytest.approx(found.respondents["net_value"].mean())
    assert found.weights_from == "given"


def test_a_dimension_not_answered_leaves_its_weight_to_the_others() -> None:
    found = perceived_value(survey_of({"works": [5.0, 5.0], "lasts": [1.0, None]}))
    assert found.respondents["benefit"].tolist() == [50, 100]


def test_stated_importance_weighs_where_it_was_asked() -> None:
    asked = [Item(name, KINDS[name], scale=(1, 5), columns={"score": name, "importance": f"{name}!"})
             for name in ("works", "lasts")]  # fmt: skip
    survey = read_wide(pd.DataFrame({"works": [5], "works!": [4], "lasts": [1], "lasts!": [1]}), asked)
    found = perceived_value(survey)
    assert found.dimensions["weight"].tolist() == [0.8, 0.2]
    assert found.weights_from == "stated"


def test_without_costs_the_index_is_the_benefit() -> None:
    found = perceived_value(survey_of({"works": [5.0, 3.0, 2.0]}))
    assert found.respondents["index"].tolist() == [100, 50, 25]
    assert np.isnan(found.total.loc["net_value", "mean"])
    assert np.isnan(found.total.loc["value_ratio", "mean"])


def test_the_ratio_is_that_of_the_means_with_an_interval() -> None:
    rng = np.random.default_rng(0)
    answers = {"works": rng.integers(3, 6, 300), "dear": rng.integers(2, 5, 300)}
    row = perceived_value(survey_of(answers)).total.loc["value_ratio"]
    assert row["mean"] == pytest.approx((answers["works"].mean() - 1) / (answers["dear"].mean() - 1))
    resampled = [(w.mean() - 1) / (d.mean() - 1) for place in rng.integers(0, 300, (2_000, 300))
                 for w, d in [(answers["works"][place], answers["dear"][place])]]  # fmt: skip
    assert row[["low", "high"]].tolist() == pytest.approx(np.quantile(resampled, [0.025, 0.975]), abs=0.02)


def test_intervals_stay_on_the_scale() -> None:
    found = perceived_value(survey_of({"works": [5.0, 5.0, 4.0], "dear": [1.0, 2.0, 1.0]}))
    assert (found.dimensions["high"].max(), found.dimensions["low"].min()) == (100, 0)
    assert found.total.loc["benefit", "high"] == 100
    assert found.total.loc["net_value", "high"] == 100
    assert found.total.loc["cost", "low"] == 0


def test_groups_have_figures_of_their_own() -> None:
    survey = survey_of({"works": [5.0, 5.0, 1.0, 1.0]})
    found = perceived_value(survey)
    table = value_by_group(found, survey.weights(), pd.Series(list("aabb"), index=survey.respondents))
    index = table[table["figure"] == "index"].set_index("group")["mean"]
    assert index.to_dict() == {"a": 100, "b": 0}
    assert value_by_group(found, survey.weights(), pd.Series([], dtype="str")).empty


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"service": 1.0}, "service is no dimension with answers; these are functional"),
        ({"quality": -1.0}, "quality is -1"),
    ],
)
def test_weights_that_mean_nothing_are_refused(weights: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        perceived_value(survey_of(FULL), weights)


def test_items_in_no_dimension_have_no_value() -> None:
    survey = read_wide(pd.DataFrame({"x": [1, 2]}), [Item("x", columns={"score": "x"})])
    with pytest.raises(UsageError, match="no answered item belongs to a dimension"):
        perceived_value(survey)
