"""What `goodwill init` makes of a survey's file: the config that it writes reads the answers as they are."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from goodwill.config import Config
from goodwill.data.guess import guess_config
from goodwill.errors import UsageError

N = 60
RNG = np.random.default_rng(0)
ONE_TO_FIVE = np.resize([1, 2, 3, 4, 5, 5, 4], N)


def guessed(tmp_path: Path, **columns: object) -> dict[str, object]:
    file = tmp_path / "answers.csv"
    pd.DataFrame({name.replace("_", " "): values for name, values in columns.items()}).to_csv(
        file, index=False
    )
    return dict(yaml.safe_load(guess_config([file])))


def items(config: dict[str, object]) -> dict[str, dict[str, object]]:
    Config.model_validate(config)
    return {item.pop("item"): item for item in config["surveys"]["items"]}


def test_questions_have_what_their_headers_say(tmp_path: Path) -> None:
    likely = np.resize(np.arange(11), N)
    asked = {"Friendly_staff": ONE_TO_FIVE, "Fair_prices": ONE_TO_FIVE, "Likely_to_recommend_us": likely}
    found = items(guessed(tmp_path, id=range(N), **asked))
    assert found["friendly_staff"] == {
        "dimension": "service", "column": "Friendly staff", "label": "Friendly staff",
    }  # fmt: skip
    assert found["fair_prices"]["dimension"] == "economic"
    assert found["likely_to_recommend_us"]["measure"] == "nps"
    assert found["likely_to_recommend_us"]["scale"] == [0, 10]


def test_who_answered_when_and_what_they_wrote_are_told_apart(tmp_path: Path) -> None:
    config = guessed(
        tmp_path,
        Respondent_ID=range(100, 100 + N),
        Submitted=pd.date_range("2024-01-01", periods=N).strftime("%d/%m/%Y"),
        Gender=np.resize(["f", "m"], N),
        Age=np.resize(np.arange(18, 80), N),
        weight=np.linspace(0.5, 1.5, N),
        Quality=ONE_TO_FIVE,
        Service=ONE_TO_FIVE,
        Price=ONE_TO_FIVE,
        Anything_else=[f"I waited {day} days for an answer" for day in range(N)],
    )
    assert config["surveys"]["wide"] == {
        "source": str(tmp_path / "answers.csv"),
        "respondent": "Respondent ID",
        "time": "strptime(Submitted, '%d/%m/%Y')",
        "weight": "weight",
    }
    assert config["surveys"]["groups"] == {"gender": "Gender"}
    assert config["tables"]["comments"]["columns"] == {"respondent": "Respondent ID", "text": "Anything else"}
    assert list(items(config)) == ["quality", "service", "price"]


def test_sides_of_a_question_stand_together(tmp_path: Path) -> None:
    names = ("speed_expectation", "speed_perception", "staff_expectation", "staff_perception")
    found = items(guessed(tmp_path, **dict.fromkeys(names, ONE_TO_FIVE)))
    assert found["speed"]["columns"] == {"expectation": "speed expectation", "perception": "speed perception"}
    assert list(found) == ["speed", "staff"]


def test_a_number_with_its_label_is_a_rating(tmp_path: Path) -> None:
    told = pd.Series(ONE_TO_FIVE).map({1: "1 - 非常不满意", 2: "2", 3: "3", 4: "4", 5: "5（非常满意）"})
    config = guessed(tmp_path, 客服态度=told, 产品质量=told, 总体满意度=told)
    assert config["language"] == "zh"
    assert {name: (one.get("dimension"), one.get("measure")) for name, one in items(config).items()} == {
        "客服态度": ("service", None), "产品质量": ("quality", None), "总体满意度": (None, "csat"),
    }  # fmt: skip


@pytest.mark.parametrize(("top", "scale"), [(5, [1, 5]), (6, [1, 7]), (9, [1, 10])])
def test_a_scale_is_the_least_usual_one_that_holds_all_answers(
    tmp_path: Path, top: int, scale: list[int]
) -> None:
    answers = np.resize(np.arange(1, top + 1), N)
    assert guessed(tmp_path, Quality=answers, Service=answers)["surveys"]["scale"] == scale


def test_zero_below_a_scale_is_no_answer_and_is_said(tmp_path: Path) -> None:
    answers = np.resize([0, 1, 2, 3, 4, 5], N)
    found = items(guessed(tmp_path, Quality=answers, Service=ONE_TO_FIVE))
    assert found["quality"]["not_applicable"] == [0]
    assert "not_applicable" not in found["service"]
    assert "0 was answered too" in guess_config([tmp_path / "answers.csv"])


def test_orders_and_labelled_customers_stay_what_they_are(tmp_path: Path) -> None:
    rated = dict.fromkeys(("quality", "service", "speed"), ONE_TO_FIVE)
    labelled = guessed(tmp_path, customer_id=range(N), Exited=np.resize([0, 1], N), **rated)
    assert "profiles" in labelled["tables"]
    days = pd.date_range("2024-01-01", periods=N)
    orders = guessed(
        tmp_path, customer_id=np.resize(range(20), N), date=days, amount=RNG.gamma(2, 9, N), **rated
    )
    assert "transactions" in orders["tables"]


def test_codes_and_yes_or_no_are_no_ratings(tmp_path: Path) -> None:
    two = np.resize([1, 2], N)
    with pytest.raises(UsageError, match=r"no table to predict from.*A survey.*answered by numbers"):
        guessed(tmp_path, id=range(N), gender=two, newsletter=two, age_group=ONE_TO_FIVE, visits=ONE_TO_FIVE)


def test_names_and_addresses_are_neither_comments_nor_groups(tmp_path: Path) -> None:
    config = guessed(
        tmp_path,
        id=range(N),
        Full_name=[f"Somebody with a very long name, even of {n} words and more" for n in range(N)],
        Manager=np.resize(["a@b.de", "c@d.de"], N),
        Source=np.resize(["10.0.0.1", "10.0.0.2"], N),
        Quality=ONE_TO_FIVE,
        Service=ONE_TO_FIVE,
        Price=ONE_TO_FIVE,
        Reason=[f"I waited {n} minutes" for n in range(N)],
    )
    assert config["tables"]["comments"]["columns"]["text"] == "Reason"
    assert "groups" not in config["surveys"]


@pytest.mark.parametrize(
    "header",
    ["Geschlecht", "Altersgruppe", "hhsize", "educ", "Which brand do you use most?", "年代", "Store"],
)
def test_codes_of_people_are_groups(tmp_path: Path, header: str) -> None:
    found = guessed(tmp_path, Quality=ONE_TO_FIVE, Service=ONE_TO_FIVE, **{header: ONE_TO_FIVE})
    assert list(items(found)) == ["quality", "service"]
    assert list(found["surveys"]["groups"].values()) == [header]


@pytest.mark.parametrize(
    ("code", "mark"), [(99, 99), (9, 9), (-1, -1), ("Don't know", "Don't know"), ("98 - n/a", 98)]
)
def test_codes_of_no_answer_are_none(tmp_path: Path, code: object, mark: object) -> None:
    answers = np.resize(np.array([1, 2, 3, 4, 5, code], dtype=object), N)
    found = items(guessed(tmp_path, Quality=answers, Service=ONE_TO_FIVE))
    assert found["quality"]["not_applicable"] == [mark]
    assert "scale" not in found["quality"]
    assert "stand apart from the scale" in guess_config([tmp_path / "answers.csv"])


def test_a_scale_may_begin_with_zero(tmp_path: Path) -> None:
    answers = np.resize([0, 1, 2, 3, 4], N)
    config = guessed(tmp_path, Quality=answers, Service=answers)
    assert config["surveys"]["scale"] == [0, 4]
    assert all("not_applicable" not in one for one in items(config).values())


@pytest.mark.parametrize(
    ("first", "second", "sides"),
    [
        ("E{}", "P{}", {"expectation": "E1", "perception": "P1"}),
        ("s{} imp", "s{} perf", {"importance": "s1 imp", "performance": "s1 perf"}),
        ("w{} (functional)", "w{} (dysfunctional)",
         {"functional": "w1 (functional)", "dysfunctional": "w1 (dysfunctional)"}),
        ("How important is s{} to you?", "How satisfied are you with s{}?",
         {"importance": "How important is s1 to you?", "performance": "How satisfied are you with s1?"}),
    ],
)  # fmt: skip
def test_sides_are_told_by_pairs(tmp_path: Path, first: str, second: str, sides: dict[str, str]) -> None:
    headers = [form.format(number) for form in (first, second) for number in (1, 2)]
    found = items(guessed(tmp_path, **dict.fromkeys(headers, ONE_TO_FIVE)))
    assert len(found) == 2
    assert next(iter(found.values()))["columns"] == sides


def test_questions_of_a_matrix_are_called_by_their_rows(tmp_path: Path) -> None:
    headers = ("How happy are you [Price]", "How happy are you [Our staff]")
    found = items(guessed(tmp_path, **dict.fromkeys(headers, ONE_TO_FIVE)))
    assert {name: one["dimension"] for name, one in found.items()} == {
        "price": "economic", "our_staff": "service",
    }  # fmt: skip


def test_half_points_are_ratings(tmp_path: Path) -> None:
    halves = np.resize([1, 1.5, 2.5, 4.5, 5], N)
    assert guessed(tmp_path, Quality=halves, Service=halves)["surveys"]["scale"] == [1, 5]


def test_a_brand_is_what_was_rated_and_no_group(tmp_path: Path) -> None:
    config = guessed(tmp_path, brand=np.resize(["a", "b"], N), Quality=ONE_TO_FIVE, Service=ONE_TO_FIVE)
    assert config["surveys"]["wide"]["brand"] == "brand"
    assert "groups" not in config["surveys"]


def test_burdens_are_named(tmp_path: Path) -> None:
    guessed(tmp_path, Waiting_time=ONE_TO_FIVE, Quality=ONE_TO_FIVE)
    text = guess_config([tmp_path / "answers.csv"])
    assert "sounds like a burden, or like the opposite of good: waiting_time\n" in text


def test_two_columns_of_small_numbers_alone_make_no_survey(tmp_path: Path) -> None:
    counts = np.resize([0, 1, 2, 3, 6], N)
    with pytest.raises(UsageError, match="no table to predict from"):
        guessed(tmp_path, x=counts, t_x=counts, custs=range(N))


@pytest.mark.parametrize(
    ("words", "top"),
    [
        (("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"), 5),
        (("Strongly disagree", "Disagree", "Agree", "Strongly agree"), 4),
        (("非常不满意", "不满意", "一般", "满意", "非常满意"), 5),
        (
            (
                "stimme gar nicht zu",
                "stimme eher nicht zu",
                "teils/teils",
                "stimme eher zu",
                "stimme voll zu",
            ),
            5,
        ),
    ],
)
def test_wordings_are_numbers(tmp_path: Path, words: tuple[str, ...], top: int) -> None:
    answers = np.resize([*words, "N/A "], N)
    config = guessed(tmp_path, Quality=answers, Service=np.resize(words, N))
    assert config["surveys"]["scale"] == [1, top]
    assert sorted(config["surveys"]["numbers"], key=config["surveys"]["numbers"].get) == list(words)
    assert list(items(config)) == ["quality", "service"]


def test_a_wording_of_two_scales_means_a_number_in_each(tmp_path: Path) -> None:
    five = ["very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"]
    degrees = ["strongly {}", "{}", "somewhat {}"]
    seven = [*(one.format("disagree") for one in degrees), "neutral"]
    seven += [one.format("agree") for one in reversed(degrees)]
    found = items(guessed(tmp_path, Quality=np.resize(five, N), Service=np.resize(seven, N)))
    assert found["service"]["numbers"] == {word: place for place, word in enumerate(seven, start=1)}
    assert "numbers" not in found["quality"]


def test_a_side_in_brackets_is_no_name_and_an_id_no_rating(tmp_path: Path) -> None:
    headers = ("价格（重要性）", "价格（满意度）", "product_id", "质量", "服务")
    found = items(guessed(tmp_path, **dict.fromkeys(headers, ONE_TO_FIVE)))
    assert list(found) == ["价格", "质量", "服务"]
