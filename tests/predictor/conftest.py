"""One shop and one fitted predictor for all tests; few dates and trees, the way is the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import goodwill as gw
from goodwill.features import windows
from goodwill.modeling import boosting


@contextmanager
def few_dates_and_trees() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "MAX_DATES", 2)
        patch.setattr(boosting, "TREES", 15)
        yield


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Hold for the modules of this folder alone: a folder without __init__ has no package to end with."""
    with few_dates_and_trees():
        yield


@pytest.fixture(scope="package")
def tables() -> gw.Tables:
    return gw.simulate(customers=200, seed=0)


@pytest.fixture(scope="package")
def train(tables: gw.Tables) -> gw.Snapshot:
    with few_dates_and_trees():
        return gw.snapshots(tables, until="2025-01-01", horizon_days=120)


@pytest.fixture(scope="package")
def predictor(train: gw.Snapshot) -> gw.CustomerValuePredictor:
    with few_dates_and_trees():
        return gw.CustomerValuePredictor(segments=2).fit(train)
