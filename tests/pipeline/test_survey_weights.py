import numpy as np
import pandas as pd
import pytest

from goodwill.config.surveys import SurveysSection
from goodwill.errors import FitError
from goodwill.perceived.intake import Item, Survey, read_wide
from goodwill.pipeline.survey_weights import weights_of

DERIVED = SurveysSection(weights="derived")
OVERALL = Item("overall", measure="overall", scale=(1, 7), columns={"score": "overall"})


def survey_of(columns: dict[str, np.ndarray], dimensions: dict[str, str]) -> Survey:
    asked = [Item(name, dimensions[name], scale=(1, 7), columns={"score": name}) for name in dimensions]
    return read_wide(pd.DataFrame(columns), [*asked, OVERALL])


def derived(survey: Survey) -> pd.Series:
    found = weights_of(survey, DERIVED, seed=0)
    assert found is not None
    return found["weight"]


def planted(n: int = 300) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(2)
    good, dear = rng.integers(1, 8, n).astype(float), rng.integers(1, 8, n).astype(float)
    return {"good": good, "dear": dear, "overall": np.clip(4 + 0.5 * (good - 4) - 0.25 * (dear - 4), 1, 7)}


def test_a_cost_weighs_by_how_much_it_hurts() -> None:
    survey = survey_of(planted(), {"good": "quality", "dear": "price"})
    assert derived(survey).to_dict() == pytest.approx({"quality": 2 / 3, "price": 1 / 3}, abs=0.03)


def test_reliabilities_that_contradict_the_correlations_are_left_out() -> None:
    rng = np.random.default_rng(0)
    mood = rng.normal(size=400)
    columns = {name: 4 + mood + 1.5 * rng.normal(size=400) for name in ("a1", "a2")}
    shared = (columns["a1"] + columns["a2"]) / 2
    columns |= {"b1": shared, "b2": 4 + 0.2 * (shared - 4) + rng.normal(size=400)}
    columns["overall"] = np.clip(4 + mood, 1, 7)
    survey = survey_of({name: np.clip(x, 1, 7) for name, x in columns.items()},
                       {"a1": "a", "a2": "a", "b1": "b", "b2": "b"})  # fmt: skip
    assert derived(survey).sum() == pytest.approx(1)


def test_dimensions_that_lower_the_outcome_alone_have_no_weights() -> None:
    columns = planted()
    survey = survey_of({"good": 8 - columns["good"], "overall": columns["good"]}, {"good": "quality"})
    with pytest.raises(FitError, match="none of 1 dimensions raises the outcome"):
        derived(survey)


def scored(name: str, dimension: str | None = None, measure: str | None = None) -> Item:
    return Item(name, dimension, measure=measure, scale=(1, 7), columns={"score": name})


def test_without_a_question_of_overall_value_all_that_follow_it_count() -> None:
    columns, rng = planted(), np.random.default_rng(4)
    value, measures = columns.pop("overall"), ("csat", "recommend", "repurchase")
    columns |= {name: np.clip(np.rint(value + rng.normal(size=300)), 1, 7) for name in measures}
    asked = [scored("good", "quality"), scored("dear", "price"), *(scored(x, measure=x) for x in measures)]
    one, three = (weights_of(read_wide(pd.DataFrame(columns), asked[:n]), DERIVED, seed=0) for n in (3, 5))
    assert one is not None
    assert three is not None
    assert (three["high"] - three["low"]).mean() < 0.8 * (one["high"] - one["low"]).mean()


def test_combined_weights_use_stated_importance() -> None:
    weights, rng = pd.Series({"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1}), np.random.default_rng(3)
    felt, said = rng.normal(size=(2, 300, 4))
    answers = np.column_stack(
        [felt, 4 * weights.to_numpy() + said, 2 * felt @ weights + rng.normal(size=300)]
    )
    columns = [*weights.index, *(f"{name} matters" for name in weights.index), "overall"]
    sides = {name: {"perception": name, "importance": f"{name} matters"} for name in weights.index}
    asked = [Item(name, name, scale=(1, 7), columns=sides[name]) for name in weights.index]
    frame = pd.DataFrame(np.clip(np.rint(4 + answers), 1, 7), columns=columns)
    found = weights_of(read_wide(frame, [*asked, OVERALL]), SurveysSection(weights="combined"), seed=0)
    assert found is not None
    np.testing.assert_allclose(found["weight"], weights, atol=0.06)
    assert found["derived_share"].between(0, 0.99).all()
