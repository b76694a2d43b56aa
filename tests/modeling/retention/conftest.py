"""Monthly contracts of a known hazard, seen from two days, half of the ends announced before they come."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

HAZARD = {"basic": 0.15, "plus": 0.05}
N = 1500
Frames = tuple[pd.DataFrame, pd.DataFrame]


def contracts(seed: int, horizon_days: int = 100, day: str = "2024-03-01", n: int = N) -> Frames:
    """Draw contracts in the middle of a period of 30 days, and what they did in the horizon."""
    draw = np.random.default_rng(seed)
    plan = draw.choice(list(HAZARD), n)
    first, number = draw.integers(1, 31, n), draw.integers(1, 13, n)
    lives = draw.geometric([HAZARD[name] for name in plan]) - 1
    end = first + 30 * lives
    notice = (lives == 0) & (draw.random(n) < 1 - first / 30)
    days = np.minimum(end, horizon_days).astype(float)
    paid = np.clip(np.ceil((days - first) / 30), 0, None)
    X = pd.DataFrame({
        "customer_id": [f"c{i}" for i in range(n)], "as_of": pd.Timestamp(day), "horizon_days": horizon_days,
        "n_contracts_running": 1, "n_periods": number, "contract_price_total": 10.0, "plan": plan,
        "contract_period_days": 30.0, "days_to_next_payment": first.astype(float),
        "n_contracts_cancelled": notice.astype(int), "days_to_end": np.where(notice, end, np.nan),
    })  # fmt: skip
    y = pd.DataFrame(
        {"churned": end < horizon_days, "contract_days": days, "value": 7.0 * paid - 0.01 * horizon_days}
    )
    return X, y


@pytest.fixture(scope="session")
def drawn() -> Callable[..., Frames]:
    """Return the way to draw more contracts."""
    return contracts


@pytest.fixture(scope="session")
def seen() -> Frames:
    """Two snapshots to learn from."""
    parts = [contracts(1), contracts(2, day="2024-06-01", horizon_days=60)]
    X, y = (pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True))
    return X, y
