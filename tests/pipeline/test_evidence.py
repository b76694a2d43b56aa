import pytest

from goodwill.monitoring.forecasts import Forecast, Outcome
from goodwill.pipeline.evidence import judged_frames


def test_tenths_and_gains_stand_beside_each_other() -> None:
    found = judged_frames(Outcome([True, False], [0.0, 8.0]), Forecast([0.9, 0.2], [1.0, 6.0]), {})
    names = ["calibration", "churn_gains", "churn_lift", "clv_gains", "clv_lift", "deciles"]
    assert sorted(found) == names


@pytest.mark.parametrize("value", [[0.0, 0.0], [-9.0, 4.0]])
def test_where_there_is_nothing_to_find_no_gains_are_told(value: list[float]) -> None:
    found = judged_frames(Outcome([False, False], value), Forecast([0.9, 0.2], [1.0, 6.0]), {})
    assert sorted(found) == ["calibration", "deciles"]
