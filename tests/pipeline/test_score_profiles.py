"""Scoring a ready-made table whose columns are not those of the training."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.config import Config
from goodwill.errors import TableError
from goodwill.pipeline.outcome import Outcome
from goodwill.pipeline.score import Request, score_customers
from goodwill.predictor import ProfilePredictor
from goodwill.wording import told

RNG = np.random.default_rng(0)
X = pd.DataFrame(
    {
        "customer_id": [f"c{i:03}" for i in range(200)],
        "age": RNG.integers(18, 80, 200) * 1.0,
        "charges": RNG.gamma(2, 20, 200),
        "plan": RNG.choice(["basic", "gold"], 200),
    }
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    y = pd.DataFrame({"churned": RNG.random(200) < X["age"] / 80})
    place = tmp_path_factory.mktemp("model") / "predictor"
    ProfilePredictor(segments=2, served_by={"churn": "logistic"}).fit(X, y).save(place)
    return place


def scored(frame: pd.DataFrame, model: Path, folder: Path, **section: object) -> Outcome:
    path = folder / "members.parquet"
    frame.to_parquet(path)
    source = {"profiles": {"source": str(path), **section}}
    config = Config.model_validate({"name": "club", "tables": source, "output": str(folder / "out")})
    return score_customers(config, Request(model=str(model)))


@pytest.mark.parametrize("odd", ["{:.0f} years", "{:.0f},5"])
def test_text_where_training_had_numbers_is_named_and_counted(odd: str, model: Path, tmp_path: Path) -> None:
    frame = X.assign(age=X["age"].map(odd.format))
    with pytest.raises(TableError, match=r"Of 200 rows, .* training had numbers: age \(200\)\. .*\{age: "):
        scored(frame, model, tmp_path)


def test_text_that_is_numbers_scores_as_numbers_do(model: Path, tmp_path: Path) -> None:
    texts = X.assign(age=X["age"].astype(str), charges=X["charges"].where(X["age"] > 20))
    texts["charges"] = texts["charges"].map(lambda paid: "NA" if np.isnan(paid) else str(paid))
    numbers = X.assign(charges=X["charges"].where(X["age"] > 20))
    answers = []
    for name, frame in {"texts": texts, "numbers": numbers}.items():
        (tmp_path / name).mkdir()
        scored(frame, model, tmp_path / name)
        answers.append(pd.read_parquet(tmp_path / name / "out/scores.parquet").filter(regex="^(?!reason)"))
    pd.testing.assert_frame_equal(*answers)


def test_absent_columns_are_told_once(model: Path, tmp_path: Path) -> None:
    answer = scored(X.drop(columns=["age", "plan"]), model, tmp_path)
    said = "Columns that the model reads and the table lacks count as missing (2): age, plan."
    assert answer.notes.count(said) == 1
    assert answer.data["absent_columns"] == ["age", "plan"]
    assert told(said, "zh") == "模型所用、但表中没有的 2 列按缺失处理：age, plan。"


def test_a_model_that_reads_what_the_config_drops_is_not_to_be_trusted(model: Path, tmp_path: Path) -> None:
    said = "The model in use reads columns that `drop` leaves out (1): charges. Without them its scores"
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    assert not [note for note in scored(X, model, first).notes if "`drop`" in note]
    answer = scored(X, model, second, drop=["charges"])
    (note,) = [note for note in answer.notes if "`drop`" in note]
    assert note.startswith(said)
    assert not [note for note in answer.notes if "the table lacks" in note]
    assert answer.data["absent_columns"] == []
    assert all(Path(place).is_file() for place in answer.data["files"])
    assert told(note, "zh").startswith("当前使用的模型读取了 `drop` 排除的 1 列：charges")


def test_a_config_that_drops_all_that_the_model_reads_is_refused(model: Path, tmp_path: Path) -> None:
    text = (
        r"^profiles: `drop` leaves out age, charges of the 3 columns that the model reads, and the table "
        r"lacks the others \(plan\): take them off `drop`, or score with a model that learned without them\.$"
    )
    with pytest.raises(TableError, match=text):
        scored(X.drop(columns="plan"), model, tmp_path, drop=["age", "charges"])


def test_where_nobody_has_a_class_no_strategies_are_announced(model: Path, tmp_path: Path) -> None:
    assert all(sheet.rows for sheet in scored(X, model, tmp_path).sheets)


def test_a_table_without_any_feature_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(
        TableError, match=r"none of the 3 columns that the model reads is in the table .age, charges, plan"
    ):
        scored(X[["customer_id"]].assign(other=1), model, tmp_path)
