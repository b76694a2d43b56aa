import numpy as np
import pandas as pd
import pytest
from scipy import stats

from goodwill.errors import UsageError
from goodwill.perceived.intake import Item, Survey, read_long, read_wide
from goodwill.perceived.satisfaction import (
    nps_interval,
    satisfaction,
    satisfaction_by_group,
    satisfaction_by_wave,
)

TELL = Item("tell", measure="nps", scale=(0, 10), columns={"score": "tell"})
HAPPY = Item("happy", measure="csat", scale=(1, 5), columns={"score": "happy"})
EASE = Item("ease", measure="effort", scale=(1, 7), columns={"score": "ease"})
WALLET = Item("wallet", measure="share_of_wallet", columns={"score": "wallet"})


def survey_of(**answers: list[float | None]) -> Survey:
    asked = [item for item in (TELL, HAPPY, EASE, WALLET) if item.item in answers]
    return read_wide(pd.DataFrame(answers), asked)


def test_each_outcome_in_its_unit() -> None:
    survey = survey_of(
        tell=[10, 9, 7, 0], happy=[5, 4, 3, None], ease=[7, 4, 1, None], wallet=[0.5, 0.1, None, None]
    )
    table = satisfaction(survey)
    assert table["estimate"].to_dict() == pytest.approx(
        {"tell": 25, "happy": 2 / 3, "ease": 50, "wallet": 0.3}
    )
    assert table["unit"].tolist() == ["points", "share", "index", "as answered"]
    assert table.loc["tell", ["promoters", "detractors"]].tolist() == [0.5, 0.25]


def test_top_answers_are_the_upper_quarter_of_any_scale() -> None:
    seven = Item("q", measure="recommend", scale=(1, 7), columns={"score": "q"})
    survey = read_wide(pd.DataFrame({"q": [7, 6, 5, 1]}), [seven])
    assert satisfaction(survey).loc["q", "estimate"] == 0.5


def test_nps_of_a_scale_of_five_is_refused() -> None:
    five = Item("q", measure="nps", scale=(1, 5), columns={"score": "q"})
    with pytest.raises(UsageError, match="NPS needs answers from 0 to 10, the scale is 1 to 5"):
        satisfaction(read_wide(pd.DataFrame({"q": [5, 1]}), [five]))


def test_nps_interval_by_hand_and_never_beyond_the_scale() -> None:
    low, high = nps_interval(pd.Series([0.5, 1.0]), pd.Series([0.3, 0.0]), pd.Series([98.0, 5.0]))
    up, down = 50 / 100, 30.4 / 100
    half = stats.norm.ppf(0.975) * np.sqrt((up + down - (up - down) ** 2) / 100)
    assert (low[0], high[0]) == pytest.approx((100 * (up - down - half), 100 * (up - down + half)))
    assert low[1] < high[1] == 100


def test_nps_intervals_cover_what_they_promise() -> None:
    rng = np.random.default_rng(7)
    counts = rng.multinomial(60, [0.45, 0.35, 0.2], size=4_000)
    low, high = nps_interval(
        pd.Series(counts[:, 0] / 60), pd.Series(counts[:, 2] / 60), pd.Series([60.0] * 4_000)
    )
    assert ((low <= 25) & (high >= 25)).mean() == pytest.approx(0.95, abs=0.012)


def test_a_group_is_compared_with_all_others() -> None:
    survey = survey_of(wallet=[0.1, 0.2, 0.3, 0.7, 0.9, 0.95])
    groups = pd.Series(list("aaabbb"), index=survey.respondents)
    row = satisfaction_by_group(survey, groups).set_index("group").loc["a"]
    welch = stats.ttest_ind([0.1, 0.2, 0.3], [0.7, 0.9, 0.95], equal_var=False)
    assert (row["estimate"], row["difference"]) == pytest.approx((0.2, 0.2 - 0.85))
    assert row["p_value"] == pytest.approx(welch.pvalue)
    assert row["p_adjusted"] == pytest.approx(2 * welch.pvalue)


def test_respondents_of_no_group_are_the_others() -> None:
    survey = survey_of(happy=[5, 5, 1, 1])
    table = satisfaction_by_group(survey, pd.Series(["a", "a"], index=["1", "2"]))
    assert table["difference"].tolist() == [1]
    assert satisfaction_by_group(survey, pd.Series([], dtype="str")).empty


def test_a_wave_is_compared_with_the_one_before() -> None:
    rows = [
        ("a", 9.0, "1"),
        ("b", 5.0, "1"),
        ("c", 7.0, "1"),
        ("a", 9.0, "2"),
        ("d", 10.0, "2"),
        ("e", 8.0, "2"),
    ]
    table = pd.DataFrame(rows, columns=["respondent", "value", "wave"]).assign(item="tell", side="score")
    found = satisfaction_by_wave(read_long(table, [TELL])).set_index("wave")
    assert found["estimate"].tolist() == pytest.approx([0, 200 / 3])
    assert found.loc["1", ["change", "p_value"]].isna().all()
    assert found.loc["2", "change"] == pytest.approx(200 / 3)
    assert satisfaction_by_wave(
        read_long(
            table.drop(columns="wave"),
            [TELL],
        )
    ).empty


def test_weights_count_in_shares() -> None:
    survey = read_wide(pd.DataFrame({"happy": [5, 1], "weight": [3, 1]}), [HAPPY])
    row = satisfaction(survey).loc["happy"]
    assert (row["estimate"], row["n_effective"]) == pytest.approx((0.75, 1.6))


@pytest.mark.parametrize("who", [[True], [[True, False]], [1, 0], ["a", "b"]])
def test_who_counts_is_said_of_each_respondent(who: list[object]) -> None:
    with pytest.raises(UsageError, match=r"who: of the shape .* beside 2 respondents\. Say True or"):
        satisfaction(survey_of(tell=[10, 3]), who=np.array(who))


@pytest.mark.parametrize("answers", [[1, 3, 5], [2, 7, 6], [0, 50, 100]])
def test_nps_without_a_scale_is_not_told_of_answers_on_another(answers: list[int]) -> None:
    tell = Item("tell", measure="nps", columns={"score": "Q"})
    with pytest.raises(UsageError, match=r"those given run from \d to \d+ and no scale is stated"):
        satisfaction(read_wide(pd.DataFrame({"Q": answers}), [tell]))


def test_each_wave_counts_with_its_own_weights() -> None:
    export = pd.DataFrame({
        "respondent": ["a", "b", "c", "a", "b", "c"],
        "wave": ["1"] * 3 + ["2"] * 3,
        "weight": [3.0, 1.0, 1.0, 1.0, 0.0, 1.0],
        "Q": [5, 1, 1, 5, 1, 1],
    })  # fmt: skip
    asked = [Item("glad", scale=(1, 5), measure="csat", columns={"score": "Q"})]
    table = satisfaction_by_wave(read_wide(export, asked)).set_index("wave")
    assert table["n"].tolist() == [3, 2]
    assert table["estimate"].tolist() == pytest.approx([0.6, 0.5])
    assert table.loc["2", "change"] == pytest.approx(-0.1)
