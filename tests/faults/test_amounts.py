"""Money of any size that a decimal holds: a crash at 100,000 a day was a bug."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import goodwill as gw

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

Write = Callable[..., Path]


@pytest.mark.parametrize("amount", [1e5, 1e9, 1e12])
def test_the_spread_of_large_amounts_is_exact(written: Write, amount: float) -> None:
    rows = [("a", "2024-01-01", amount), ("a", "2024-01-02", 2 * amount), ("b", "2024-01-05", amount)]
    tables = gw.read_tables(written(pd.DataFrame(rows, columns=["customer_id", "time", "amount"])))
    known = gw.snapshot(tables, as_of="2024-01-04", horizon_days=2).X.iloc[0]
    assert known["spend_mean"] == 1.5 * amount
    assert known["spend_std"] == pytest.approx(amount / np.sqrt(2), rel=1e-12)


@pytest.mark.parametrize("amounts", [[10.0, 10.0], [1e12, 1e-9]], ids=["equal", "1e12 and 1e-9"])
def test_training_and_scoring_bear_odd_amounts(
    command: Callable[..., Any], written: Write, orders: pd.DataFrame, amounts: list[float]
) -> None:
    config = written(orders.assign(amount=np.resize(amounts, len(orders))))
    assert command("train", config).status in {0, 1}
    assert command("score", config, "--out", "scores.csv").status == 0
    scores = pd.read_csv("scores.csv").query("status == 'scored'")
    assert len(scores) > 20
    assert np.isfinite(scores[["p_churn", "clv", "clv_low", "clv_high"]].to_numpy()).all()
