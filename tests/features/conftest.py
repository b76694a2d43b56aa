"""Tables small enough to check by hand."""

from collections.abc import Callable

import ibis
import pandas as pd
import pytest
from ibis.backends import BaseBackend

from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory

Rows = list[tuple[object, ...]]


@pytest.fixture(scope="session")
def engine() -> BaseBackend:
    return connect(threads=1)


@pytest.fixture
def shop(engine: BaseBackend) -> Callable[..., Tables]:
    """Return Tables from rows: `shop(transactions=(columns, rows), occasion="order")`."""

    def build(*, options: dict[str, object] | None = None, **tables: tuple[str, Rows]) -> Tables:
        frames = {name: as_frame(columns.split(), rows) for name, (columns, rows) in tables.items()}
        known = {name: in_memory(frame, engine, ibis.util.gen_name(name)) for name, frame in frames.items()}
        return Tables(**known, **(options or {}))

    return build


def as_frame(columns: list[str], rows: Rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    times = [
        name
        for name in columns
        if name in {"time", "known_at", "start", "end", "cancelled_at", "signup_time"}
    ]
    return frame.assign(**{name: pd.to_datetime(frame[name], format="ISO8601") for name in times})
