from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from goodwill.perceived.gaps import dimension_gaps, gap_changes, item_gaps
from goodwill.perceived.intake import Item, Survey, read_long, read_wide

Build = Callable[..., Survey]
SPEED = Item("speed", "quality", scale=(1, 7))


def said(
    item: str, expected: list[float], perceived: list[float], wave: str = "1"
) -> list[tuple[object, ...]]:
    return [
        (f"{wave}{who}", item, side, value, wave)
        for side, values in (("expectation", expected), ("perception", perceived))
        for who, value in enumerate(values)
    ]


def test_a_gap_is_a_paired_t_test(sided: Build) -> None:
    expected, perceived = [6.0, 7.0, 6.0, 5.0], [4.0, 6.0, 5.0, 5.0]
    row = item_gaps(sided(said("speed", expected, perceived), [SPEED])).loc["speed"]
    paired = stats.ttest_rel(perceived, expected)
    assert (row["gap"], row["p_value"]) == pytest.approx((-1, paired.pvalue))
    assert row[["low", "high"]].tolist() == pytest.approx(list(paired.confidence_interval(0.95)))


def test_only_those_who_answered_both_count(sided: Build) -> None:
    rows = [*said("speed", [6.0] * 4, [4.0, 4.5, 3.5, 4.0]), ("x", "speed", "perception", 7.0, "1")]
    row = item_gaps(sided(rows)).loc["speed"]
    assert (row["n"], row["perception"], row["verdict"]) == (4, 4, "shortfall")


def test_more_than_expected_of_a_cost_is_a_shortfall(sided: Build) -> None:
    rows = said("wait", [2.0, 3.0, 2.0, 3.0], [5.0, 6.0, 5.0, 5.0])
    assert item_gaps(sided(rows, [Item("wait", "time")])).loc["wait", "verdict"] == "shortfall"
    assert item_gaps(sided(rows)).loc["wait", "verdict"] == "surplus"


def test_importance_shares_out_the_gap(sided: Build) -> None:
    rows = said("a", [6.0, 6.0], [4.0, 5.0]) + said("b", [6.0, 6.0], [6.0, 5.0])
    rows += [("10", "a", "importance", 6.0, "1"), ("10", "b", "importance", 2.0, "1")]
    table = item_gaps(sided(rows))
    assert table["weighted_gap"].tolist() == pytest.approx([-1.5 * 0.75, -0.5 * 0.25])


def test_a_weighted_gap_below_zero_is_a_shortfall_of_a_cost_too(sided: Build) -> None:
    rows = [*said("wait", [2.0, 2.0], [5.0, 6.0]), ("10", "wait", "importance", 6.0, "1")]
    survey = sided(rows, [Item("wait", "time")])
    assert item_gaps(survey)["weighted_gap"].tolist() == [-3.5]
    assert dimension_gaps(survey).loc["time", "weighted_gap"] == -3.5


def test_a_single_respondent_and_zero_variance_have_no_verdict(sided: Build) -> None:
    rows = said("alone", [6.0], [4.0]) + said("same", [6.0, 6.0], [4.0, 4.0])
    assert item_gaps(sided(rows))["verdict"].tolist() == ["not_computable", "not_computable"]


def test_dimensions_average_the_items_answered_on_both_sides(sided: Build) -> None:
    items = [SPEED, Item("looks", "quality"), Item("wait", "time")]
    rows = (
        said("speed", [6.0, 6.0], [4.0, 5.0])
        + said("looks", [5.0], [5.0])
        + said("wait", [1.0, 1.0], [3.0, 3.0])
    )
    table = dimension_gaps(sided(rows, items))
    assert table["gap"].to_dict() == pytest.approx({"quality": -1, "time": 2, "all": -1})


def test_waves_are_compared_from_one_to_the_next(sided: Build) -> None:
    rows = said("speed", [6.0, 6.0], [4.0, 5.0]) + said("speed", [6.0, 6.0], [6.0, 5.0], wave="2")
    row = gap_changes(sided(rows)).iloc[0]
    assert row[["item", "from_wave", "to_wave"]].tolist() == ["speed", "1", "2"]
    assert (row["before"], row["after"], row["change"]) == (-1.5, -0.5, 1)
    assert gap_changes(sided([row[:4] for row in rows])).empty


def test_the_kiosk_survey_falls_short_in_all(data_dir: Path) -> None:
    table = pd.read_parquet(data_dir / "kiosk_servqual_kano/derived_long.parquet")
    rows = table[table["instrument"] == "servqual"].rename(columns={"score": "value"})
    every = dimension_gaps(read_long(rows)).loc["all"]
    assert every[["expectation", "perception", "gap"]].tolist() == pytest.approx(
        [5.974, 4.872, -1.102], abs=5e-4
    )


def test_gaps_of_items_on_different_scales_are_told_from_0_to_100() -> None:
    ends = {"a": (1, 5), "b": (0, 10)}
    asked = [
        Item(name, "quality", scale=scale, columns={"expectation": name, "perception": f"{name}!"})
        for name, scale in ends.items()
    ]
    frame = pd.DataFrame({"a": [5, 4], "a!": [3, 2], "b": [9, 7], "b!": [8, 6]})
    survey = read_wide(frame, asked)
    assert item_gaps(survey)["gap"].tolist() == [-50.0, -10.0]
    assert dimension_gaps(survey).loc["quality", ["expectation", "gap"]].tolist() == [83.75, -30.0]
