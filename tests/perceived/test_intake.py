from pathlib import Path

import pandas as pd
import pytest

from goodwill.errors import TableError, UsageError
from goodwill.perceived.intake import Item, ReadingRules, Survey, read_long, read_wide

SEAT = Item("seat", dimension="quality", scale=(1, 5), not_applicable=(0, "n/a"), columns={"score": "Q1"})
NOISE = Item("noise", dimension="risk", scale=(1, 5), is_reversed=True, columns={"score": "Q2"})


def long(*rows: tuple[object, ...], columns: str = "respondent item side value") -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


def test_a_column_per_question_becomes_a_row_per_answer() -> None:
    export = pd.DataFrame({"respondent": ["a", "b"], "Q1": [5, 3], "Q2": [1, None]})
    survey = read_wide(export, [SEAT, NOISE])
    shown = survey.answers[["respondent", "item", "side", "value", "weight"]].to_numpy().tolist()
    assert shown == [
        ["a", "seat", "score", 5, 1],
        ["b", "seat", "score", 3, 1],
        ["a", "noise", "score", 1, 1],
    ]
    assert survey.quality.n_missing == 1


def test_wide_turns_reversed_items_and_keeps_silence_missing() -> None:
    export = pd.DataFrame({"respondent": ["a", "b"], "Q1": ["5", "N/A"], "Q2": [1, 5]})
    survey = read_wide(export, [SEAT, NOISE])
    assert survey.wide("score").fillna(-1).to_numpy().tolist() == [[5, 5], [-1, 1]]
    assert survey.quality.n_not_applicable == 1


def test_importance_of_a_reversed_item_is_not_turned() -> None:
    survey = read_long(long(("a", "noise", "importance", 5.0)), [NOISE])
    assert survey.wide("importance").to_numpy().tolist() == [[5]]


def test_long_and_wide_give_the_same_survey() -> None:
    export = pd.DataFrame({"respondent": ["a", "b"], "Q1": [5, 3], "Q2": [2, 4]})
    rows = export.set_axis(["respondent", "seat", "noise"], axis=1).melt("respondent", var_name="item")
    other = read_long(rows.assign(side="score"), [SEAT, NOISE])
    pd.testing.assert_frame_equal(read_wide(export, [SEAT, NOISE]).answers, other.answers)


@pytest.mark.parametrize("value", [6, "often"])
def test_impossible_answers_are_counted_and_missing(value: object) -> None:
    survey = read_wide(pd.DataFrame({"Q1": [4, value, 2]}), [SEAT])
    assert survey.quality.impossible_by_item == {"seat": 1}
    assert survey.wide("score")["seat"].isna().tolist() == [False, True, False]


def test_impossible_answers_can_drop_the_respondent() -> None:
    export = pd.DataFrame({"respondent": ["a", "b"], "Q1": [9, 3], "Q2": [1, 1]})
    survey = read_wide(export, [SEAT, NOISE], rules=ReadingRules(impossible="drop"))
    assert list(survey.respondents) == ["b"]
    assert survey.quality.left_out == {"impossible": 1}


def test_impossible_answers_can_stop_the_reading() -> None:
    with pytest.raises(TableError, match=r"1 of 2 answers are outside their scale.*seat \(1\)"):
        read_wide(pd.DataFrame({"Q1": [9, 3]}), [SEAT], rules=ReadingRules(impossible="error"))


def test_a_word_that_is_no_number_is_impossible_in_a_long_table_too() -> None:
    said = pd.DataFrame({"value": [None, 3.0, None], "answer": ["eh", None, "N/A"]})
    rows = said.assign(respondent=list("abc"), item="seat", side="score")
    quality = read_long(rows, [SEAT]).quality
    assert (quality.n_impossible, quality.n_not_applicable, quality.n_answers) == (1, 1, 1)


def test_a_repeated_interview_counts_as_another_respondent_unless_dropped() -> None:
    export = pd.DataFrame({"respondent": ["a", "a"], "Q1": [1, 5]})
    kept = read_wide(export, [SEAT])
    dropped = read_wide(export, [SEAT], rules=ReadingRules(duplicates="drop"))
    assert (list(kept.respondents), kept.quality.n_duplicated) == (["a", "a#2"], 1)
    assert (kept.quality.left_out, dropped.quality.left_out) == ({}, {"duplicated": 1})
    assert dropped.wide("score")["seat"].to_dict() == {"a": 1.0}


def test_a_repeated_answer_in_a_long_table_is_a_repeated_interview() -> None:
    rows = long(("a", "seat", "score", 1.0), ("a", "seat", "score", 5.0))
    assert list(read_long(rows, [SEAT]).respondents) == ["a", "a#2"]
    dropped = read_long(rows, [SEAT], rules=ReadingRules(duplicates="drop"))
    assert dropped.wide("score")["seat"].to_dict() == {"a": 1.0}


def straight(varied: float) -> pd.DataFrame:
    items = [f"q{n}" for n in range(6)]
    rows = [(who, item, "perception", 4.0) for who in "ab" for item in items]
    return long(*rows, ("b", "q6", "perception", varied), ("c", "q0", "perception", 1.0))


def test_six_equal_ratings_are_a_straight_line() -> None:
    assert read_long(straight(varied=2.0)).quality.n_straight_liners == 1
    left = read_long(straight(varied=4.0), rules=ReadingRules(straight_liners="drop"))
    assert (list(left.respondents), left.quality.left_out) == (["c"], {"straight_liners": 2})


def test_a_straight_line_about_our_brand_is_one_whatever_is_said_of_few_items_of_another() -> None:
    table = straight(varied=2.0).assign(brand="us")
    rival = table[table["item"] == "q0"].assign(brand="them", value=6.0)
    assert read_long(pd.concat([table, rival])).quality.n_straight_liners == 1


def test_kano_words_are_read_through_the_mapping_whatever_their_case() -> None:
    said = pd.DataFrame({"respondent": list("abc"), "answer": ["I LIKE it ", "3", "?"]})
    rules = ReadingRules(answers={"like": ("i like it",), "neutral": ("3",)})
    survey = read_long(said.assign(item="app", side="functional"), rules=rules)
    assert survey.wide_answers("functional")["app"].tolist() == [0, 2, -1]
    assert survey.quality.n_impossible == 1


def test_kano_numbers_are_read_through_the_mapping() -> None:
    app = Item("app", columns={"functional": "F", "dysfunctional": "D"})
    rules = ReadingRules(answers={"like": ("1",), "dislike": ("5",)})
    survey = read_wide(pd.DataFrame({"F": [1, 5], "D": [5.0, None]}), [app], rules=rules)
    assert survey.wide_answers("functional")["app"].tolist() == [0, 4]
    assert survey.wide_answers("dysfunctional")["app"].tolist() == [4, -1]


def two_waves() -> Survey:
    rows = [("a", 5.0, "2024-05-02"), ("a", 3.0, "2024-01-30"), ("b", 1.0, "2024-01-31")]
    table = long(*rows, columns="respondent value time").assign(item="seat", side="score")
    return read_long(table, [SEAT])


def test_waves_are_months_in_the_order_of_time() -> None:
    survey = two_waves()
    assert survey.waves == ("2024-01", "2024-05")
    assert survey.wide("score", wave="2024-01")["seat"].to_dict() == {"a": 3.0, "b": 1.0}


def test_the_latest_answer_counts_where_no_wave_is_asked_for() -> None:
    assert two_waves().wide("score")["seat"].to_dict() == {"a": 5.0, "b": 1.0}


def test_named_waves_stand_in_the_order_of_time() -> None:
    rows = [("a", 5.0, "2024-05-02", "after"), ("b", 3.0, "2024-01-30", "before")]
    table = long(*rows, columns="respondent value time wave").assign(item="seat", side="score")
    assert read_long(table).waves == ("before", "after")
    assert read_long(table.drop(columns="time")).waves == ("after", "before")


def test_named_waves_stand_in_the_order_that_is_given() -> None:
    rows = [("a", 1.0, "autumn"), ("b", 2.0, "spring"), ("c", 2.0, None)]
    table = long(*rows, columns="respondent value wave").assign(item="seat", side="score")
    read = read_long(table, rules=ReadingRules(waves=("spring", "summer", "autumn")))
    assert read.waves == ("spring", "autumn")
    with pytest.raises(TableError, match=r"1 of 3 rows are of a wave .* not name: autumn"):
        read_long(table, rules=ReadingRules(waves=("spring",)))


def test_answers_without_a_brand_are_ours() -> None:
    rows = [("a", 5.0, None), ("a", 2.0, "ours"), ("a", 1.0, "rival")]
    table = long(*rows, columns="respondent value brand").assign(item="seat", side="score")
    survey = read_long(table, rules=ReadingRules(own_brand="ours"))
    own = read_long(table[1:], rules=ReadingRules(own_brand="ours"))
    assert survey.wide("score").iloc[0, 0] == 5
    assert own.wide("score").iloc[0, 0] == 2
    assert survey.wide("score", brand="rival").iloc[0, 0] == 1
    assert read_long(table[1:]).wide("score").empty


def test_weights_and_groups_stand_by_respondent() -> None:
    export = pd.DataFrame({"Q1": [1, 2], "weight": [0.5, 2.0], "sex": ["f", "m"]})
    survey = read_wide(export, [SEAT], groups=["sex"])
    assert survey.weights().to_dict() == {"1": 0.5, "2": 2.0}
    assert survey.groups is not None
    assert survey.groups["sex"].to_dict() == {"1": "f", "2": "m"}


@pytest.mark.parametrize("weight", [[-1.0, 1.0], [None, 1.0], [0.0, 0.0]])
def test_a_weight_that_stands_for_nobody_is_refused(weight: list[float]) -> None:
    with pytest.raises(TableError, match=r"surveys.weight: (1 of 2|all are zero)"):
        read_wide(pd.DataFrame({"Q1": [1, 2], "weight": weight}), [SEAT])


def test_customer_ids_come_before_respondents() -> None:
    rows = long((17850.0, "x", "seat", "score", 1.0), (None, "y", "seat", "score", 2.0),
                columns="customer_id respondent item side value")  # fmt: skip
    assert list(read_long(rows).respondents) == ["17850", "y"]
    with pytest.raises(TableError, match="1 of 2 rows have no customer_id and no respondent"):
        read_long(rows.drop(columns="respondent"))


def test_labels_fall_back_to_the_other_language_and_the_name() -> None:
    items = [Item("seat", label_en="Seat", label_zh="座椅"), Item("noise", label_en="Noise"), Item("gate")]
    survey = read_long(long(("a", "seat", "score", 1.0)), items)
    assert survey.labels("zh").tolist() == ["座椅", "Noise", "gate"]
    assert survey.quality.unanswered == ("noise", "gate")


def test_items_of_asks_by_side_and_measure() -> None:
    items = [Item("nps", measure="nps"), Item("seat")]
    survey = read_long(long(("a", "seat", "score", 1.0), ("a", "nps", "score", 9.0)), items)
    assert survey.items_of("score") == ("nps", "seat")
    assert survey.items_of("score", "nps") == ("nps",)
    assert survey.items_of("importance") == ()


def test_an_item_that_stands_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="item seat stands twice"):
        read_wide(pd.DataFrame({"Q1": [1]}), [SEAT, SEAT, Item("z", columns={"score": "Q1"})])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"scale": (5, 1)}, "the scale runs from 5 to 1"),
        ({"is_reversed": True}, "a reversed item needs its scale"),
        ({"columns": {"opinion": "Q1"}}, "unknown side 'opinion'"),
        ({"measure": "foo"}, "item a: measure: 'foo' is none of overall, csat, nps"),
        ({"kind": "foo"}, "item a: kind: 'foo' is none of benefit, cost"),
    ],
)
def test_an_item_that_contradicts_itself_is_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Item("a", **settings)


@pytest.mark.parametrize(
    ("answers", "said"),
    [({"love": ("1",)}, "unknown code 'love'"), ({"like": ("1",), "dislike": ("1",)}, "means both")],
)
def test_kano_wordings_that_contradict_themselves_are_refused(
    answers: dict[str, tuple[str]], said: str
) -> None:
    rows = long(("a", "app", "functional", "1"), columns="respondent item side answer")
    with pytest.raises(UsageError, match=said):
        read_long(rows, rules=ReadingRules(answers=answers))


def test_a_missing_column_an_unknown_side_and_an_empty_table_are_refused() -> None:
    with pytest.raises(TableError, match=r"no column 'Q1'. The table has: Q7"):
        read_wide(pd.DataFrame({"Q7": [1]}), [SEAT])
    with pytest.raises(TableError, match="found 'opinion'; sides are score"):
        read_long(long(("a", "seat", "opinion", 1.0)))
    with pytest.raises(TableError, match="found a missing side"):
        read_long(long(("a", "seat", None, 1.0)))
    with pytest.raises(TableError, match="the table has no rows"):
        read_wide(pd.DataFrame({"Q1": []}), [SEAT])
    with pytest.raises(UsageError, match="no question is listed"):
        read_wide(pd.DataFrame({"Q1": [1]}), [])


def test_a_survey_in_which_nothing_applies_is_refused() -> None:
    said = r"no answer is left of 2 cells \(not applicable: 2\)"
    with pytest.raises(TableError, match=said):
        read_wide(pd.DataFrame({"Q1": [0, 0]}), [SEAT])


def test_a_survey_of_blanks_is_refused() -> None:
    with pytest.raises(TableError, match=r"no answer is left of 2 cells \(blank: 2\)"):
        read_wide(pd.DataFrame({"Q1": [None, None]}), [SEAT])


def test_a_survey_outside_its_scale_names_items_and_counts() -> None:
    said = r"no answer is left of 3 cells \(outside their scale or unknown words: 3, in seat \(3\)\)"
    with pytest.raises(TableError, match=said):
        read_wide(pd.DataFrame({"Q1": [9, 8, 7]}), [SEAT])


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ({"weight": ["x", "1"]}, r"surveys.weight: 1 of 2 are missing, no number, negative"),
        ({"time": ["never", "2024-01-31"]}, r"surveys.time: 1 of 2 values are no days such as 2024-01-31"),
        ({"time": ["2024-01-31T10:00+01:00", "2024-07-31T10:00Z"]}, r"2 values are of several time zones"),
        ({"time": ["31.01.2024", None]}, r"Map an expression that reads them, such as strptime"),
        ({"respondent": ["a", None]}, r"1 of 2 rows have no customer_id .* Leave them out by `where`"),
    ],
)
def test_facts_that_cannot_be_read_are_refused(fact: dict[str, list[str | None]], said: str) -> None:
    with pytest.raises(TableError, match=said):
        read_wide(pd.DataFrame({"Q1": [1, 2], **fact}), [SEAT])


def test_blank_days_are_missing_and_spaces_around_days_are_nothing() -> None:
    survey = read_wide(pd.DataFrame({"Q1": [1, 2], "time": [" 2024-01-31 ", " "]}), [SEAT])
    assert survey.answers["wave"].astype("object").fillna("none").tolist() == ["none", "2024-01"]


def test_words_are_not_asked_for_as_numbers_nor_numbers_as_words() -> None:
    survey = read_long(long(("a", "seat", "score", 1.0)))
    with pytest.raises(UsageError, match="side 'functional' is not to be had here"):
        survey.wide("functional")
    with pytest.raises(UsageError, match="Ask for one of functional, dysfunctional"):
        survey.wide_answers("score")
    with pytest.raises(UsageError, match="side 'opinion'"):
        survey.items_of("opinion")


def test_the_kiosk_survey_has_its_published_means(data_dir: Path) -> None:
    table = pd.read_parquet(data_dir / "kiosk_servqual_kano/derived_long.parquet")
    rows = table[table["instrument"] == "servqual"].rename(
        columns={"score": "value", "kano_answer": "answer"}
    )
    survey = read_long(rows, [Item(str(n), scale=(1, 7)) for n in range(1, 25)])
    assert survey.wide("expectation").mean(axis=None) == pytest.approx(5.974, abs=5e-4)
    assert survey.wide("perception").mean(axis=None) == pytest.approx(4.872, abs=5e-4)


LABELLED = [
    "5 - Very satisfied", "5: always", "5 (Very satisfied)", "Very satisfied (5)", "5 stars", "5分", "\uff15",
    "5、非常满意", "非常满意（5分）",
]  # fmt: skip


@pytest.mark.parametrize("cell", LABELLED)
def test_a_number_with_its_label_is_that_number(cell: str) -> None:
    survey = read_wide(pd.DataFrame({"Q1": [cell, "2"]}), [SEAT])
    assert survey.wide("score")["seat"].tolist() == [5, 2]


@pytest.mark.parametrize("cell", ["1-2 times", "3 - 4", "2024-01-05", "10%", "often"])
def test_a_text_with_two_numbers_or_none_is_no_answer(cell: str) -> None:
    survey = read_wide(pd.DataFrame({"Q1": [cell, "2"]}), [SEAT])
    assert survey.quality.impossible_by_item == {"seat": 1}


def test_a_long_table_tells_ratings_in_its_answers_too() -> None:
    rows = [("a", "seat", "score", "4 - good"), ("b", "seat", "score", "n/a")]
    survey = read_long(long(*rows, columns="respondent item side answer"), [SEAT])
    assert survey.answers["value"].tolist() == [4]
    assert survey.quality.n_not_applicable == 1


def test_spellings_of_one_wording_do_not_mean_different_numbers() -> None:
    with pytest.raises(UsageError, match=r"numbers: 'good' means both 4 and 5"):
        Item("glad", numbers={"Good": 4, " good": 5})
    assert Item("glad", numbers={"Good": 4, "good": 4.0}).numbers


def test_wordings_mean_the_numbers_that_are_given() -> None:
    said = {"Very  good": 5, "很差": 1}
    glad = Item("glad", scale=(1, 5), numbers=said, columns={"score": "Q"})
    wide = read_wide(pd.DataFrame({"Q": ["very good", " 很差", "4", "good"]}), [glad])
    assert wide.wide("score")["glad"].dropna().tolist() == [5, 1, 4]
    assert wide.quality.impossible_by_item == {"glad": 1}
    rows = [("a", "glad", "score", "VERY GOOD"), ("b", "dear", "score", "VERY GOOD")]
    told = read_long(long(*rows, columns="respondent item side answer"), [glad])
    assert told.answers["value"].tolist() == [5]
