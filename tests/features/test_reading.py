"""Days that are read by one query, moved, are what queries of their own say of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from ibis.expr import types as ir

from goodwill.data.tables import Tables
from goodwill.engine import Prepared, to_frame
from goodwill.features.labels import ALL_IS_MARGIN
from goodwill.features.population import features
from goodwill.features.reading import Reading, Rules
from goodwill.features.windows import Window

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

DAYS = [date(2023, 3, 1), date(2023, 6, 1), date(2023, 12, 1), date(2024, 6, 1), date(2024, 7, 1)]
WINDOW = Window(DAYS[2], 60)
Frames = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def tables(everything: Frames, store: Callable[[Frames], Tables]) -> Tables:
    """Everything, with a kind of contact, a treatment and an item that are new in the second year."""
    later = {
        name: frame.assign(**{column: frame[column].where(frame["time"] < "2024-01-01", "new")})
        for name, column in (("interactions", "kind"), ("treatments", "treatment"), ("surveys", "item"))
        for frame in (everything[name],)
    }
    surveys = later["surveys"].assign(side="score")
    return store(everything | later | {"surveys": surveys})


def test_every_day_is_what_a_query_of_its_own_says(tables: Tables) -> None:
    reading = Reading(tables, tables, Rules(90, "auto", ALL_IS_MARGIN))
    for day in DAYS:
        expected = to_frame(features(tables.before(day), 90))
        pd.testing.assert_frame_equal(reading.known(day), expected, check_exact=True)


def test_a_day_has_no_column_of_what_was_told_later(tables: Tables) -> None:
    reading = Reading(tables, tables, Rules(None, "auto", ALL_IS_MARGIN))
    late, early = (set(reading.known(day).columns) for day in reversed(DAYS[2:4]))
    assert {name for name in late - early if "90d" not in name} == {
        "n_interactions_new_30d",
        "n_interactions_new_365d",
        "days_since_interaction_new",
        "n_treatments_new",
        "survey_score_new_mean",
    }


def test_days_that_told_the_same_levels_are_written_once(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, of = list[ir.Table](), Prepared.of
    monkeypatch.setattr(Prepared, "of", lambda *asked: written.append(asked[0]) or of(*asked))
    own = replace(tables)
    reading = Reading(own, own, Rules(None, "auto", ALL_IS_MARGIN))
    assert all(len(reading.known(day)) for day in DAYS)
    counts, before_the_new, after_it = 1, 1, 1
    assert len(written) == counts + before_the_new + after_it


def test_who_reads_the_same_tables_again_writes_nothing(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (Reading(tables, tables, Rules(30, "auto", ALL_IS_MARGIN)) for _ in range(2))
    X, y = first.joined([WINDOW])
    monkeypatch.delattr(Prepared, "of")
    for found, expected in zip(second.joined([WINDOW]), (X, y), strict=True):
        pd.testing.assert_frame_equal(found, expected)
    with pytest.raises(AttributeError, match="of"):
        Reading(tables, tables, Rules(31, "auto", ALL_IS_MARGIN)).joined([WINDOW])
