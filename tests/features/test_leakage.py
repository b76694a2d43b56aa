"""The future may not move the past: every feature block, every table, every cell learned later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from goodwill.data.contracts import CONTRACTS
from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features import windows
from goodwill.features.population import BLOCKS, Block, features
from goodwill.features.snapshot import snapshots

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

AS_OF = date(2024, 2, 1)
MOMENT = pd.Timestamp(AS_OF)
BY_NAME = {block.__name__: block for _, block in BLOCKS}

Frames = dict[str, pd.DataFrame]
Store = Callable[[Frames], Tables]


@pytest.fixture(scope="module")
def full(everything: Frames, store: Store) -> Tables:
    return store(everything)


@pytest.fixture(scope="module")
def other_future(everything: Frames, store: Store) -> Tables:
    return store({name: rewritten(name, frame) for name, frame in everything.items()})


@pytest.fixture(scope="module")
def cut(everything: Frames, store: Store) -> Tables:
    return store({name: rewritten(name, frame)[~is_later(name, frame)] for name, frame in everything.items()})


@pytest.mark.parametrize("block", BY_NAME.values(), ids=BY_NAME)
def test_block_does_not_see_what_was_learned_later(block: Block, full: Tables, other_future: Tables) -> None:
    expected, found = (to_frame(block(tables.before(AS_OF))) for tables in (full, other_future))
    assert len(expected) > 20
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


@pytest.mark.parametrize("block", BY_NAME.values(), ids=BY_NAME)
def test_block_is_the_same_on_a_file_cut_at_as_of(block: Block, full: Tables, cut: Tables) -> None:
    expected, found = (to_frame(block(tables.before(AS_OF))) for tables in (full, cut))
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_population_and_status_do_not_see_the_future(full: Tables, other_future: Tables, cut: Tables) -> None:
    expected, *others = (to_frame(features(tables.before(AS_OF), 90)) for tables in (full, other_future, cut))
    assert set(expected["status"]) >= {"scored", "inactive"}
    for found in others:
        pd.testing.assert_frame_equal(found, expected, check_exact=True)


@pytest.mark.parametrize("left_out", [(), ("interactions", "treatments", "surveys")], ids=["all", "steady"])
def test_training_does_not_see_the_future(
    full: Tables, other_future: Tables, cut: Tables, left_out: tuple[str, ...]
) -> None:
    read = [replace(tables, **dict.fromkeys(left_out)) for tables in (full, other_future, cut)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "MAX_DATES", 2)
        expected, *others = (snapshots(tables, until=AS_OF, horizon_days=30) for tables in read)
    for found in others:
        for part in ("X", "y", "now", "calendar"):
            pd.testing.assert_frame_equal(getattr(found, part), getattr(expected, part), check_exact=True)


def test_the_rewriting_reaches_every_table(full: Tables, other_future: Tables) -> None:
    later = date(2025, 1, 1)
    moved = [
        name
        for name, block in BY_NAME.items()
        if not to_frame(block(full.before(later))).equals(to_frame(block(other_future.before(later))))
    ]
    assert moved == list(BY_NAME)


def is_later(name: str, frame: pd.DataFrame) -> pd.Series:
    """Rows that happened or were learned at or after `as_of`, or that never say when."""
    contract = CONTRACTS[name]
    if contract.time is None:
        return pd.Series(data=False, index=frame.index)
    is_unknown = frame["known_at"].isna() | (frame["known_at"] >= MOMENT)
    return is_unknown | ((frame[contract.time] >= MOMENT) & contract.is_event)


def rewritten(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Change every later row, and every cell of an earlier row that was not known at `as_of`."""
    later, out = is_later(name, frame), frame.copy()
    for column in frame.columns:
        is_changed = later | is_later_cell(frame, column)
        out.loc[is_changed, column] = changed(frame.loc[is_changed, column], column)
    return out


def is_later_cell(frame: pd.DataFrame, column: str) -> pd.Series:
    """Attributes without history, and ends and cancellations to come; a cancellation announces the end."""
    if column not in {"end", "cancelled_at", "last_login"}:
        return pd.Series(data=False, index=frame.index)
    is_announced = (frame["cancelled_at"] < MOMENT) if column == "end" else False
    return ~(frame[column] < MOMENT) & ~is_announced


def changed(values: pd.Series, column: str) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        days = np.random.default_rng(1).integers(1, 300, len(values))
        filled = values.fillna(MOMENT + pd.Timedelta(days=40)).clip(lower=MOMENT)
        return filled + pd.to_timedelta(days, unit="D")
    if pd.api.types.is_numeric_dtype(values):
        return values * 7 + 1
    return values.iloc[::-1].to_numpy() if column.endswith("_id") else values.fillna("call") + " anew"
