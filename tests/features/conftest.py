"""Tables small enough to check by hand, and a random base that fills every table."""

from collections.abc import Callable

import ibis
import numpy as np
import pandas as pd
import pytest
from ibis.backends import BaseBackend

from goodwill.data.contracts import CONTRACTS
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory

Rows = list[tuple[object, ...]]
Frames = dict[str, pd.DataFrame]

FIRST = pd.Timestamp("2023-01-01")
TIMES = {"time", "known_at", "start", "end", "cancelled_at", "signup_time", "opted_out_at"}


@pytest.fixture(scope="session")
def engine() -> BaseBackend:
    return connect(threads=1)


@pytest.fixture(scope="session")
def shop(engine: BaseBackend) -> Callable[..., Tables]:
    """Return Tables from rows: `shop(transactions=("customer_id time amount", rows))`."""

    def build(*, options: dict[str, object] | None = None, **tables: tuple[str, Rows]) -> Tables:
        frames = {name: as_frame(name, columns.split(), rows) for name, (columns, rows) in tables.items()}
        return stored(frames, engine, options or {})

    return build


@pytest.fixture(scope="session")
def store(engine: BaseBackend) -> Callable[[Frames], Tables]:
    """Return Tables from the frames of `everything`."""
    return lambda frames: stored(frames, engine, {"known_at_signup": ("acquisition_channel", "age")})


@pytest.fixture(scope="session")
def everything() -> Frames:
    """Return every table of 60 customers over two years, some rows learned days after they happened."""
    draw = np.random.default_rng(7)
    n = 400
    return {
        "transactions": events(draw, n).assign(
            amount=np.round(draw.normal(30, 30, n), 2),
            cost=np.round(draw.uniform(1, 9, n), 2),
            quantity=draw.integers(1, 5, n),
            product_id=draw.choice(["p1", "p2", "p3"], n),
            channel=draw.choice(["web", "shop"], n),
        ),
        "interactions": events(draw, n).assign(
            kind=draw.choice(["visit", "e-mail", "complaint"], n), cost=1.5, value=draw.integers(1, 9, n)
        ),
        "balances": events(draw, n).assign(
            product=draw.choice(["card", "loan"], n), balance=np.round(draw.normal(500, 300, n), 2)
        ),
        "surveys": untimed(draw, events(draw, n)).assign(
            item=draw.choice(["q1", "q2"], n),
            side=draw.choice(["expectation", "perception"], n),
            value=draw.integers(1, 8, n),
        ),
        "comments": untimed(draw, events(draw, n)).assign(
            text=np.resize(["It came late", "Is it safe?", "fine"], n)
        ),
        "treatments": events(draw, n).assign(treatment=draw.choice(["coupon", "call", None], n)),
        "referrals": events(draw, n).assign(referrer_id=ids(draw, n)),
        "contact_rules": events(draw, 20).rename(columns={"time": "opted_out_at"}),
        "contracts": contract_rows(draw, 90),
        "customers": customer_rows(draw),
        "products": pd.DataFrame(
            {"product_id": ["p1", "p2"], "category": ["tea", "cups"], "margin_rate": [0.5, 0.25]}
        ),
    }


def as_frame(table: str, columns: list[str], rows: Rows) -> pd.DataFrame:
    """Return rows as mapping would: with times, and learned when they happened unless they say otherwise."""
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.assign(
        **{name: pd.to_datetime(frame[name], format="ISO8601") for name in columns if name in TIMES}
    )
    moment = CONTRACTS[table].time
    return frame if moment not in columns or "known_at" in columns else frame.assign(known_at=frame[moment])


def stored(frames: Frames, engine: BaseBackend, options: dict[str, object]) -> Tables:
    known = {name: in_memory(frame, engine, ibis.util.gen_name(name)) for name, frame in frames.items()}
    return Tables(**known, **options)


def ids(draw: np.random.Generator, n: int) -> np.ndarray:
    return draw.choice([f"c{number:02d}" for number in range(60)], n)


def events(draw: np.random.Generator, n: int) -> pd.DataFrame:
    time = moments(draw, n)
    late_days = draw.choice([0, 0, 0, 20], n)
    return pd.DataFrame(
        {"customer_id": ids(draw, n), "time": time, "known_at": time + pd.to_timedelta(late_days, unit="D")}
    )


def untimed(draw: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    is_timed = draw.random(len(rows)) < 0.8
    return rows.assign(time=rows["time"].where(is_timed), known_at=rows["known_at"].where(is_timed))


def contract_rows(draw: np.random.Generator, n: int) -> pd.DataFrame:
    start = moments(draw, n).dt.normalize()
    end = start + pd.to_timedelta(draw.integers(20, 500, n), unit="D")
    return pd.DataFrame(
        {
            "customer_id": ids(draw, n),
            "start": start,
            "end": end.where(draw.random(n) < 0.7),
            "price": np.round(draw.uniform(5, 50, n), 2),
            "period_days": draw.choice([30.0, 90.0], n),
            "plan": draw.choice(["basic", "plus"], n),
            "cancelled_at": (end - pd.Timedelta(days=15)).where(draw.random(n) < 0.3),
            "known_at": start - pd.to_timedelta(draw.integers(0, 9, n), unit="D"),
        }
    )


def customer_rows(draw: np.random.Generator) -> pd.DataFrame:
    signup = moments(draw, 60)
    return pd.DataFrame(
        {
            "customer_id": [f"c{number:02d}" for number in range(60)],
            "signup_time": signup,
            "known_at": signup,
            "acquisition_channel": draw.choice(["ad", "friend"], 60),
            "age": draw.integers(18, 80, 60),
            "last_login": moments(draw, 60),
        }
    )


def moments(draw: np.random.Generator, n: int) -> pd.Series:
    seconds = draw.integers(0, 730 * 86_400, n)
    return pd.Series(FIRST + pd.to_timedelta(seconds, unit="s")).dt.as_unit("us")
