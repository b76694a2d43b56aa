from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.perceived.intake import Item, Survey, read_long, read_wide
from goodwill.perceived.kano import CATEGORIES, EVALUATION, kano, kano_by_group
from goodwill.perceived.kano_continuous import kano_continuous
from goodwill.perceived.kano_pairs import pair_counts

Build = Callable[..., Survey]
MUST, ONE, ATTRACTIVE, INDIFFERENT = (
    ("neutral", "dislike"),
    ("like", "dislike"),
    ("like", "neutral"),
    ("neutral", "neutral"),
)
REVERSE, QUESTIONABLE = ("dislike", "like"), ("like", "like")


def test_the_evaluation_table_is_that_of_berger() -> None:
    letters = np.array(list("MOAIRQ"))[EVALUATION]
    assert ["".join(row) for row in letters] == ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]


@pytest.mark.parametrize(
    ("pair", "category"),
    list(zip((MUST, ONE, ATTRACTIVE, INDIFFERENT, REVERSE, QUESTIONABLE), CATEGORIES, strict=True)),
)
def test_each_pair_falls_into_its_category(felt: Build, pair: tuple[str, str], category: str) -> None:
    assert kano(felt([pair] * 5)).loc["app", "category"] == category


def test_shares_coefficients_and_strengths_by_hand(felt: Build) -> None:
    row = kano(
        felt([MUST] * 2 + [ONE] * 3 + [ATTRACTIVE] * 1 + [INDIFFERENT] * 2 + [REVERSE, QUESTIONABLE])
    ).loc["app"]
    assert row[list(CATEGORIES)].astype(float).tolist() == pytest.approx([0.2, 0.3, 0.1, 0.2, 0.1, 0.1])
    assert (row["better"], row["worse"]) == pytest.approx((4 / 8, -5 / 8))
    assert (row["category_strength"], row["total_strength"]) == pytest.approx((0.1, 0.6))
    assert (row["n"], row["timko_category"]) == (10, "one_dimensional")


def test_of_equal_categories_the_more_demanding_counts(felt: Build) -> None:
    assert kano(felt([ATTRACTIVE, MUST, INDIFFERENT])).loc["app", "category"] == "must_be"


def test_blauth_looks_at_wanted_answers_first(felt: Build) -> None:
    row = kano(felt([INDIFFERENT] * 4 + [MUST] * 3 + [ONE] * 2)).loc["app"]
    assert (row["category"], row["blauth_category"]) == ("indifferent", "must_be")


def test_fongs_test_by_hand(felt: Build) -> None:
    # a + b = 100 of n = 100: 1.65 * sqrt(100 * 100 / 200) = 11.67
    assert not kano(felt([MUST] * 55 + [ONE] * 45)).loc["app", "is_clear_winner"]
    assert kano(felt([MUST] * 56 + [ONE] * 44)).loc["app", "is_clear_winner"]


def test_intervals_hold_the_estimate_and_are_not_certain_of_zero(felt: Build) -> None:
    row = kano(felt([MUST] * 20)).loc["app"]
    assert row["better_low"] < 0.01 < row["better_high"] < 0.25
    assert -1 <= row["worse_low"] < row["worse_high"] < -0.8
    assert row["certainty"] == 1


def test_weights_count_as_people_of_an_effective_number(felt: Build) -> None:
    row = kano(felt([MUST, ONE], weights=[3, 1])).loc["app"]
    assert (row["must_be"], row["n"]) == (pytest.approx(0.75), 2)
    assert pair_counts(felt([MUST, ONE], weights=[3, 1])).cells.sum() == pytest.approx(16 / 10)


def test_half_a_pair_is_no_pair_and_nobody_has_no_category(felt: Build) -> None:
    row = kano(felt([("like", None), (None, "dislike")])).loc["app"]
    assert (row["n"], row["category"], row["timko_category"]) == (0, "not_computable", "not_computable")
    assert row[["better", "must_be", "category_strength"]].isna().all()
    assert (
        kano_continuous(felt([("like", None), (None, "dislike")])).loc["app", "category"] == "not_computable"
    )


def test_a_feature_asked_from_one_side_is_named() -> None:
    asked = [
        Item("app", columns={"functional": "F"}),
        Item("web", columns={"functional": "F", "dysfunctional": "F"}),
    ]
    counts = pair_counts(read_wide(pd.DataFrame({"F": ["like"]}), asked))
    assert (counts.features, counts.one_sided) == (("web",), ("app",))


def test_groups_are_counted_apart(felt: Build) -> None:
    survey = felt([MUST, MUST, ONE])
    groups = pd.Series(["old", "old", "young"], index=survey.respondents)
    table = kano_by_group(survey, groups)
    assert table.set_index("group")["category"].to_dict() == {"old": "must_be", "young": "one_dimensional"}
    assert kano_by_group(survey, groups.where(groups == "?")).empty


def test_an_interval_holds_its_share_at_the_end_of_the_scale(felt: Build) -> None:
    row = kano(felt([MUST] * 240)).iloc[0]
    assert (row["worse"], row["worse_low"], row["better"], row["better_low"]) == (-1, -1, 0, 0)
    assert row["worse_high"] > -1
    assert row["better_high"] > 0


def test_groups_that_see_a_feature_differently_are_told_from_chance(felt: Build) -> None:
    apart = felt([MUST] * 30 + [ATTRACTIVE] * 30)
    alike = felt([MUST, ATTRACTIVE] * 30)
    halves = pd.Series(["a"] * 30 + ["b"] * 30, index=apart.respondents)
    assert kano_by_group(apart, halves)["p_adjusted"].max() < 0.001
    assert kano_by_group(alike, halves)["p_adjusted"].min() == 1


def test_dumouchel_by_hand(felt: Build) -> None:
    row = kano_continuous(felt([ONE, ATTRACTIVE, MUST, INDIFFERENT])).loc["app"]
    assert (row["functional"], row["dysfunctional"]) == ((4 + 4 + 0 + 0) / 4, (4 + 0 + 4 + 0) / 4)
    assert row["functional_low"] == pytest.approx(2 - 3.1824 * np.sqrt(16 / 3) / 2, abs=1e-3)


@pytest.mark.parametrize(
    ("pair", "category"),
    [(ONE, "one_dimensional"), (ATTRACTIVE, "attractive"), (MUST, "must_be"), (INDIFFERENT, "indifferent"),
     (("dislike", "like"), "reverse")],
)  # fmt: skip
def test_dumouchels_quadrants(felt: Build, pair: tuple[str, str], category: str) -> None:
    assert kano_continuous(felt([pair, pair])).loc["app", "category"] == category


def test_two_features_of_the_kiosk_counted_by_hand(data_dir: Path) -> None:
    # 27, gloves: like with must-be 5, neutral 22, live-with 130; 2: must-be 108 and neutral 9 with dislike
    table = pd.read_parquet(data_dir / "kiosk_servqual_kano/derived_long.parquet")
    rows = (
        table[table["instrument"] == "kano"].rename(columns={"kano_answer": "answer"}).drop(columns="score")
    )
    found = kano(read_long(rows))
    assert len(found) == 29
    assert found.loc[["27", "2"], "category"].tolist() == ["attractive", "must_be"]
    assert found.loc["27", "attractive"] == pytest.approx(157 / 207)
    assert found.loc["2", "must_be"] == pytest.approx(117 / 207)


def test_weights_do_not_tell_groups_apart_that_differ_by_chance() -> None:
    export = pd.DataFrame({
        "F": ["like"] * 12, "D": ["dislike"] * 6 + ["neutral"] * 6,
        "half": ["a"] * 5 + ["b"] + ["a"] + ["b"] * 5, "weight": [9.0] + [1.0] * 10 + [9.0],
    })  # fmt: skip
    app = Item("app", columns={"functional": "F", "dysfunctional": "D"})
    survey = read_wide(export, [app], groups=["half"])
    table = kano_by_group(survey, survey.groups["half"])
    n = 14**2 / 86
    assert table["n_effective"].tolist() == pytest.approx([n, n])
    assert table["p_value"].min() > 0.3
