"""What a silence says of the config: every sentence, in both languages, from silences counted by hand."""

import pandas as pd
import pytest

from goodwill.evaluation.lost import follow_up, inactivity, inactivity_rule
from goodwill.wording import told

# 1,000 buyers: 900 returned after 20 days, of the other 100 a half after 70, and a half is silent for 300.
ROWS = pd.DataFrame({"days": [20, 70, 300], "has_ended": [True, True, False], "n": [900, 50, 50]})


def found(horizon: int, active: int | None = None, ahead: int = 60) -> tuple[str, float | None, str]:
    finding = inactivity(inactivity_rule(ROWS, horizon, active, ahead), horizon, active, ahead)
    return finding.level, finding.value, finding.text


def test_a_horizon_shorter_than_the_safe_silence_is_a_warning() -> None:
    level, value, text = found(60)
    assert (level, value) == ("warning", 75.0)
    assert text == (
        "Of buyers silent for 75 days 0% came back within 60 days: from then on a buyer may be called lost. "
        "Of those silent for 60 days, the horizon, 50% came back all the same: a longer horizon calls fewer "
        "of them churned. snapshot.active_days is not set: those silent for longer are scored too."
    )


def test_a_horizon_as_long_as_the_safe_silence_is_well() -> None:
    level, _, text = found(90, active=90)
    assert level == "ok"
    assert "90 days, the horizon, 0% came back all the same." in text
    assert text.endswith("silent for 90 days, 0% came back.")


def test_active_days_that_leave_out_who_returns_are_a_warning() -> None:
    level, _, text = found(90, active=30)
    assert level == "warning"
    assert text.endswith("silent for 30 days, 50% came back: more days keep them.")


def test_what_the_history_does_not_hold_is_not_said() -> None:
    level, _, text = found(280, active=270)
    assert level == "ok"
    assert "silence of 280 days, the horizon, the history cannot tell." in text
    assert "snapshot.active_days, 270 days, the history cannot tell." in text


def test_where_no_silence_is_safe_the_best_one_is_told() -> None:
    rows = pd.DataFrame({"days": [20, 70, 110], "has_ended": [True, True, False], "n": [900, 400, 50]})
    finding = inactivity(inactivity_rule(rows, 60, None, 49), 60, None, 49)
    assert (finding.level, finding.value) == ("warning", None)
    assert finding.text.startswith(
        "Of buyers silent for 14 days 67% came back within 49 days: after none that the history can judge"
    )


def test_one_time_buyers_alone_tell_no_silence() -> None:
    rows = pd.DataFrame({"days": [20, 70, 300], "has_ended": False, "n": [900, 50, 50]})
    finding = inactivity(inactivity_rule(rows, 60, 30, 60), 60, 30, 60)
    assert (finding.level, finding.value) == ("warning", None)
    assert finding.text == "Nobody has come back after a silence in this history, so none can be proposed."
    assert told(finding.text, "zh").startswith("历史数据中没有客户在沉默后回来")


def test_a_short_history_proposes_nothing_and_says_why() -> None:
    level, value, text = found(60, ahead=295)
    assert (level, value) == ("warning", None)
    assert text.startswith("The longest silence seen is 300 days")
    assert "active_days" not in text


@pytest.mark.parametrize(
    "asked", [(60, None, 60), (90, 90, 60), (90, 30, 60), (280, 270, 60), (60, None, 295)]
)
def test_every_sentence_has_its_chinese(asked: tuple[int, int | None, int]) -> None:
    text = found(*asked)[2]
    said = told(text, "zh")
    assert not any(word in said for word in ("silent", "silence", "came", "history"))


def test_a_return_is_waited_for_over_the_horizon_or_half_of_the_history() -> None:
    assert (follow_up(360, 180), follow_up(273, 273), follow_up(1, 90)) == (180, 136, 1)
