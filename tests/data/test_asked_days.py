"""Days in the forms that callers have them in."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from goodwill.data.asked_days import as_date
from goodwill.errors import HistoryError

AFTERNOON = datetime(2024, 5, 1, 13)  # noqa: DTZ001 - times are local


@pytest.mark.parametrize("day", ["2024-05-01", date(2024, 5, 1), AFTERNOON, pd.Timestamp(AFTERNOON)])
def test_days_come_in_several_forms(day: date | str) -> None:
    found = as_date(day)
    assert found == date(2024, 5, 1)
    assert type(found) is date


@pytest.mark.parametrize("day", ["soon", None, 20240501, pd.NaT, np.datetime64("NaT")])
def test_what_is_no_day_is_told(day: object) -> None:
    with pytest.raises(HistoryError, match="is not a day; write it as YYYY-MM-DD"):
        as_date(day)  # type: ignore[arg-type]  # what is refused
