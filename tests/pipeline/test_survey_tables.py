"""Surveys of a config as customers' answers: declared questions, long and wide."""

from pathlib import Path

import pandas as pd
import pytest

from goodwill.config import Config, read_config
from goodwill.config.surveys import SurveysSection
from goodwill.engine import to_frame
from goodwill.features.population import features
from goodwill.pipeline.record import digests_of
from goodwill.pipeline.tables import open_tables

WIDE = """
name: shop
tables:
  transactions: {{source: {folder}/orders.csv}}
snapshot: {{as_of: 2024-03-01, horizon_days: 30}}
surveys:
  wide: {{source: {folder}/survey.csv, respondent: "Customer No", time: Day, where: "Q1 <> 'test'"}}
  brand: Us
  items:
    - {{item: tell, scale: [0, 10], measure: nps, column: Q1}}
    - {{item: wallet, scale: [0, 100], measure: share_of_wallet, column: Q2}}
    - {{item: seat, dimension: quality, scale: [1, 5], not_applicable: [0], side: perception, column: Q3}}
    - {{item: tv, dimension: quality, columns: {{functional: K1, dysfunctional: K2}}}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    orders = [("007", "2024-01-05", 10.0), ("008", "2024-01-09", 20.0), ("009", "2024-02-01", 5.0)]
    pd.DataFrame(orders, columns=["customer_id", "time", "amount"]).to_csv(
        tmp_path / "orders.csv", index=False
    )
    answers = [
        ("007", "2024-02-10", "10", 80, 4, "like", "dislike"),
        ("008", "2024-02-10", "n/a", 20, 0, "like", None),
        ("009", "2024-03-01", "10", 90, 5, "like", "like"),
        ("009", "2024-02-10", "test", 90, 5, "like", "like"),
    ]
    columns = ["Customer No", "Day", "Q1", "Q2", "Q3", "K1", "K2"]
    pd.DataFrame(answers, columns=columns).to_csv(tmp_path / "survey.csv", index=False)
    (tmp_path / "shop.yaml").write_text(WIDE.format(folder=tmp_path), encoding="utf-8")
    return read_config(tmp_path / "shop.yaml")


def test_a_wide_file_with_ids_and_days_becomes_features_of_what_was_known(config: Config) -> None:
    past = open_tables(config).tables.before(pd.Timestamp("2024-03-01").date())
    found = to_frame(features(past), order_by="customer_id").set_index("customer_id")
    assert found["n_survey_answers"].tolist() == [5, 3, 0]
    assert found["survey_recommends"].dropna().to_dict() == {"007": 1.0}
    assert found["survey_share_of_wallet"].dropna().to_dict() == {"007": 0.8, "008": 0.2}
    assert found["survey_perception_mean"].dropna().to_dict() == {"007": 4.0}


@pytest.mark.parametrize("cell", ["10 - Extremely likely", "10分", "Extremely likely (10)", "Yes,  ALWAYS"])
def test_a_labelled_number_is_a_feature(config: Config, cell: str) -> None:
    place = Path(str(config.surveys.wide.source if config.surveys.wide else ""))
    pd.read_csv(place, dtype=str).replace({"Q1": {"10": cell}}).to_csv(place, index=False)
    surveys = config.surveys.model_copy(update={"numbers": {"yes, always": 10.0}})
    past = open_tables(config.model_copy(update={"surveys": surveys})).tables.before(
        pd.Timestamp("2024-03-01").date()
    )
    found = to_frame(features(past), order_by="customer_id").set_index("customer_id")
    assert found["survey_recommends"].dropna().to_dict() == {"007": 1.0}


def test_a_question_of_a_wide_file_stands_in_the_column_of_its_name() -> None:
    items = [{"item": "Q 1", "column": None}, {"item": "tv", "column": "Q2"}]
    items += [{"item": "seat", "columns": {"score": "Q3"}}]
    wide = {"wide": {"source": "survey.csv"}, "items": items}
    found = Config.model_validate({"name": "shop", "surveys": wide}).surveys.items
    assert [item.places for item in found] == [{"score": "Q 1"}, {"score": "Q2"}, {"score": "Q3"}]
    assert SurveysSection.model_validate({"items": items}).items[0].places == {}


def test_the_digest_of_a_wide_file_is_told_with_its_source(config: Config) -> None:
    found = digests_of(config, open_tables(config).tables)
    assert {name: Path(str(told["source"])).name for name, told in found.items()} == {
        "transactions": "orders.csv",
        "surveys": "survey.csv",
    }


@pytest.mark.parametrize("missing", ["respondent", "time"])
def test_a_wide_file_that_does_not_say_who_or_when_is_no_feature(config: Config, missing: str) -> None:
    wide = config.surveys.wide
    assert wide is not None
    unknown = config.surveys.model_copy(update={"wide": wide.model_copy(update={missing: None})})
    assert open_tables(config.model_copy(update={"surveys": unknown})).tables.surveys is None


LONG = """
name: shop
tables:
  transactions: {{source: {folder}/orders.csv}}
  surveys: {{source: {folder}/answers.csv}}
snapshot: {{as_of: 2024-03-01, horizon_days: 30}}
surveys:
  not_applicable: [0 - Cannot say]
  items:
    - {{item: tell, measure: nps, scale: [0, 10], numbers: {{"Yes, always": 10}}}}
    - {{item: wallet, measure: share_of_wallet, scale: [0, 100]}}
"""


@pytest.mark.parametrize(
    "said", ["10 - Extremely likely", "10分", "Extremely likely (10)", "Yes,  ALWAYS", "10"]
)
def test_a_long_answer_in_words_is_the_number_that_the_survey_reads(config: Config, said: str) -> None:
    place = Path(str(config.surveys.wide.source if config.surveys.wide else "")).parent
    rows = [("007", "tell", said), ("007", "tv", "like"), ("008", "tell", "0 - Cannot say")]
    answers = pd.DataFrame(rows, columns=["customer_id", "item", "answer"]).assign(time="2024-02-10")
    answers["side"] = ["score", "functional", "score"]
    answers.to_csv(place / "answers.csv", index=False)
    (place / "long.yaml").write_text(LONG.format(folder=place), encoding="utf-8")
    past = open_tables(read_config(place / "long.yaml")).tables.before(pd.Timestamp("2024-03-01").date())
    found = to_frame(features(past), order_by="customer_id").set_index("customer_id")
    assert found["survey_recommends"].dropna().to_dict() == {"007": 1.0}
    assert found["survey_score_tell_mean"].dropna().to_dict() == {"007": 10.0}
    assert found["n_survey_answers"].tolist() == [2, 1, 0]
