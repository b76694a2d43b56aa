"""What `goodwill init` makes of exports whose questions stand in rows below the header."""

import csv
from pathlib import Path

import yaml

from goodwill.config import Config
from goodwill.data.guess import guess_config
from goodwill.pipeline.outcome import silent
from goodwill.pipeline.survey_intake import comments_of, survey_of

N = 30


def drafted(tmp_path: Path, *head: list[str]) -> Config:
    file = tmp_path / "export.csv"
    answers = [[f"R_{n}", n % 5 + 1, (n + 1) % 5 + 1, n % 11, f"We waited {n} minutes"] for n in range(N)]
    with file.open("w", newline="", encoding="utf-8") as text:
        csv.writer(text).writerows([*head, *answers])
    return Config.model_validate(yaml.safe_load(guess_config([file])))


def check_answers_alone(config: Config) -> None:
    survey = survey_of(config, silent)
    assert len(survey.respondents) == N
    assert len(survey.answers) == 3 * N
    assert survey.quality.n_impossible == 0
    comments = comments_of(config)
    assert comments is not None
    assert len(comments) == N


def test_questions_of_three_header_rows_are_labels(tmp_path: Path) -> None:
    names = ["ResponseId", "Q1_1", "Q1_2", "Q2", "Q3"]
    asked = ["Response ID", "How good is - Price", "How good is - Staff", "Would you recommend us?", "Why?"]
    config = drafted(tmp_path, names, asked, [f'{{"ImportId":"{name}"}}' for name in names])
    assert [item.label for item in config.surveys.items] == asked[1:4]
    assert [item.measure for item in config.surveys.items] == [None, None, "nps"]
    check_answers_alone(config)


def test_rows_of_a_matrix_stand_in_a_second_header_row(tmp_path: Path) -> None:
    names = ["Respondent ID", "How good are these?", "", "Would you recommend us?", "Why?"]
    config = drafted(tmp_path, names, ["", "Price", "Staff", "Response", "Open-Ended Response"])
    assert [item.item for item in config.surveys.items] == ["price", "staff", "would_you_recommend_us"]
    assert [item.dimension for item in config.surveys.items] == ["economic", "service", None]
    check_answers_alone(config)
