"""One shop and one fitted predictor for all tests; few dates and trees, the way is the same."""

from collections.abc import Iterator

import pytest

import goodwill as gw
from goodwill.features import windows
from goodwill.modeling import boosting


@pytest.fixture(scope="package", autouse=True)
def quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "MAX_DATES", 2)
        patch.setattr(boosting, "TREES", 15)
        yield


@pytest.fixture(scope="package")
def tables() -> gw.Tables:
    return gw.simulate(customers=200, seed=0)


@pytest.fixture(scope="package")
def train(tables: gw.Tables, quick: None) -> gw.Snapshot:  # noqa: ARG001 - few dates from here on
    return gw.snapshots(tables, until="2025-01-01", horizon_days=120)


@pytest.fixture(scope="package")
def predictor(train: gw.Snapshot) -> gw.CustomerValuePredictor:
    return gw.CustomerValuePredictor(segments=2).fit(train)
