"""Windows read by one query a day are those that snapshots are made of."""

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features import windows
from goodwill.features.labels import ValueRule
from goodwill.features.matured import Matured
from goodwill.features.population import ChurnKind
from goodwill.features.snapshot import snapshots
from goodwill.features.windows import Window

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

Frames = dict[str, pd.DataFrame]
UNTIL, HORIZON = date(2024, 12, 1), 90
RULE = ValueRule(margin_rate=0.5, annual_discount_rate=0.1, order_cost=1.0)


@pytest.mark.parametrize("churn", ["auto", "silence"])
def test_rows_and_labels_are_those_of_snapshots(
    store: Callable[[Frames], Tables], everything: Frames, churn: ChurnKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "MAX_DATES", 2)
    tables = store(everything)
    train = snapshots(tables, until=UNTIL, horizon_days=HORIZON, churn=churn, value=RULE).scored
    begun = train.X[["as_of", "horizon_days"]].drop_duplicates().itertuples(index=False)
    begun = [Window(day.date(), days) for day, days in begun]
    parts = [
        asked.frames(to_frame(asked.query(tables)), list(train.X))
        for asked in Matured.of(begun, UNTIL, churn=churn, value=RULE)
    ]
    X, y = (pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True))
    pd.testing.assert_frame_equal(X, train.X, check_dtype=False)
    pd.testing.assert_frame_equal(y, train.y[list(y)], check_dtype=False)


def test_horizons_of_one_day_are_asked_together() -> None:
    one, two = date(2024, 1, 1), date(2024, 2, 1)
    asked = Matured.of([Window(two, 30), Window(one, 90), Window(one, 30)], UNTIL)
    assert [(each.known.as_of, each.known.horizons) for each in asked] == [(one, (30, 90)), (two, (30,))]
