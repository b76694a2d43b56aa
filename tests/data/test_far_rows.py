"""Which rows lie beyond the end of a history."""

from collections.abc import Sequence
from datetime import date, timedelta

import ibis
import pandas as pd
import pytest

from goodwill.data.far_rows import FarRows, far_rows

FIRST = date(2024, 1, 1)


def found(days: Sequence[int]) -> FarRows | None:
    """What is found of rows so many days after the first."""
    times = pd.Series([FIRST + timedelta(days=n) for n in days]).astype("datetime64[us]")
    return far_rows(ibis.memtable(pd.DataFrame({"time": times})), "time")


def test_rows_far_beyond_all_others_are_found() -> None:
    far = found([*range(0, 200, 2), 900, 900, 5_000])
    assert far == FarRows(3, FIRST + timedelta(days=900), FIRST + timedelta(days=198))


@pytest.mark.parametrize(
    "days",
    [
        [*range(0, 100, 5)],
        [*range(19), 900],
        [*range(100), 129],
        [*range(50), *range(100, 150), 349],
        [*range(50), *range(900, 950)],
        [],
    ],
    ids=["no gap", "few days", "a gap of a month", "a gap of a kind", "taken up again", "nothing"],
)
def test_other_histories_have_none(days: Sequence[int]) -> None:
    assert found(days) is None
