"""Life tables and survival curves, by hand and against a published curve."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.modeling.retention import ShiftedBetaGeometric, kaplan_meier, life_table

# Remission in weeks under 6-mercaptopurine (Freireich et al. 1963); a second list holds the censored ones.
ENDED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
RUNNING = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


@pytest.fixture
def remission() -> pd.DataFrame:
    table = life_table([*ENDED, *RUNNING], [True] * 9 + [False] * 12)
    return kaplan_meier(table, level=0.95).set_index("period").loc[[6, 7, 10, 13, 16, 22, 23]]


def test_the_published_curve(remission: pd.DataFrame) -> None:
    published = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert remission["survival"].round(3).tolist() == published


def test_greenwood_s_published_errors(remission: pd.DataFrame) -> None:
    published = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert remission["standard_error"].round(4).tolist() == published


def test_the_interval_holds_the_curve_and_stays_inside(remission: pd.DataFrame) -> None:
    assert (remission["low"] < remission["survival"]).all()
    assert (remission["survival"] < remission["high"]).all()
    assert remission[["low", "high"]].to_numpy().min() > 0
    assert remission[["low", "high"]].to_numpy().max() < 1


def test_contracts_seen_late_count_from_then_on() -> None:
    table = life_table([3, 2], [True, False], n_entered=[2, 0])
    assert table["at_risk"].tolist() == [1, 1, 1]
    assert table["ended"].tolist() == [0, 0, 1]


def test_weights_are_contracts() -> None:
    table = life_table([1, 2], [True, False], weight=[3, 1])
    assert table["at_risk"].tolist() == [4, 1]
    assert table["ended"].tolist() == [3, 0]


def test_without_contracts_there_is_no_row() -> None:
    assert life_table([], []).empty


def test_nobody_left_is_a_survival_of_0_without_an_interval() -> None:
    last = kaplan_meier(life_table([1, 1], [True, True])).iloc[-1]
    assert last[["survival", "standard_error"]].tolist() == [0.0, 0.0]
    assert np.isnan(last["low"])


@pytest.mark.parametrize(("lived", "ended", "entered"), [([1], [True], [1]), ([1], [False], [2])])
def test_a_contract_cannot_end_before_it_was_seen(lived: list, ended: list, entered: list) -> None:
    with pytest.raises(UsageError, match="must outlive the periods before it was seen"):
        life_table(lived, ended, n_entered=entered)


def test_a_period_with_nobody_at_risk_changes_nothing() -> None:
    curve = kaplan_meier(life_table([1, 2, 7], [True, False, True], n_entered=[0, 0, 4]))
    assert curve["survival"].tolist() == [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.0]
    assert curve.loc[:5, ["low", "high"]].nunique().tolist() == [1, 1]
    assert (curve.loc[:5, "low"] < 0.5).all()
    assert (curve.loc[:5, "high"] > 0.5).all()


def test_nobody_returns_after_a_survival_of_0() -> None:
    curve = kaplan_meier(life_table([1, 5], [True, True], n_entered=[0, 3]))
    assert curve[["survival", "standard_error"]].to_numpy().max() == 0


def test_fractional_weights_end_in_a_survival_of_0() -> None:
    lived = np.tile(np.arange(1, 11), 30)
    table = life_table(lived, np.ones(300, bool), weight=np.random.default_rng(0).random(300))
    assert kaplan_meier(table)["survival"].iloc[-1] == 0


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"has_ended": ["True", "False"]}, "has_ended: 2 of 2 values are neither True nor False"),
        ({"has_ended": [True, np.nan]}, "has_ended: 1 of 2 values are neither"),
        ({"n_periods": [1.5, 2]}, "n_periods: 1 of 2 values are no whole numbers"),
        ({"n_periods": ["a", "2"]}, "n_periods: 1 of 2 values are no whole numbers"),
        ({"n_periods": pd.to_timedelta([1, 2], unit="D")}, "n_periods: 2 of 2 values are no whole"),
        ({"n_entered": [0.5, 0]}, "n_entered: 1 of 2 values are no whole numbers"),
        ({"n_entered": [-1, 0]}, "n_entered: 1 of 2 values are no whole numbers from 0 up"),
        ({"weight": [1, -1]}, "weight: 1 of 2 values are missing, infinite or below 0"),
        ({"weight": [1.0]}, r"weight has the shape \(1,\) beside 2 rows"),
    ],
)
def test_what_no_life_table_can_hold_is_told(given: dict, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        life_table(**{"n_periods": [1, 2], "has_ended": [True, False]} | given)


def test_flags_may_be_numbers() -> None:
    assert life_table([1, 2], [1.0, 0.0])["ended"].tolist() == [1, 0]


@pytest.mark.parametrize("level", [0.0, 1.0, 90.0])
def test_a_level_is_a_probability(level: float) -> None:
    with pytest.raises(UsageError, match="must lie between 0 and 1"):
        kaplan_meier(life_table([1, 2], [True, False]), level=level)


@pytest.mark.parametrize("ask", [kaplan_meier, lambda table: ShiftedBetaGeometric().fit(table)])
def test_what_is_no_life_table_is_told(ask: Callable[[pd.DataFrame], object]) -> None:
    with pytest.raises(UsageError, match="The life table lacks at_risk, ended"):
        ask(pd.DataFrame({"period": [1]}))


@pytest.mark.parametrize("ask", [kaplan_meier, lambda table: ShiftedBetaGeometric().fit(table)])
@pytest.mark.parametrize(
    "odd", [{"ended": [4.0, 1.0]}, {"ended": [-1.0, 1.0]}, {"ended": [np.nan, 1.0]}, {"period": [0, 1]}]
)
def test_counts_that_no_contracts_can_have_are_told(
    ask: Callable[[pd.DataFrame], object], odd: dict[str, list[float]]
) -> None:
    table = pd.DataFrame({"period": [1, 2], "at_risk": [3.0, 2.0], "ended": [1.0, 1.0]} | odd)
    with pytest.raises(UsageError, match="The life table: in 1 of 2 rows `period` is below 1, or `ended` is"):
        ask(table)


@pytest.mark.parametrize("rows", [[1, 0], [0, 0]])
def test_periods_of_a_curve_ascend(rows: list[int]) -> None:
    table = life_table([1, 2, 2], [True, True, False])
    with pytest.raises(UsageError, match="its periods do not ascend, each once"):
        kaplan_meier(table.iloc[rows])
