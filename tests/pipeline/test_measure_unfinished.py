"""Campaigns whose outcome window has not ended."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.config import Config
from goodwill.errors import UnfinishedError
from goodwill.pipeline.measure import measure_campaigns
from goodwill.pipeline.outcome import Outcome

RNG = np.random.default_rng(0)
IDS = [f"c{i:03}" for i in range(200)]


def measured(folder: Path, windows: dict[str, int]) -> Outcome:
    """Measure campaigns of 2024-03-01 over windows of so many days, beside orders to the end of March."""
    days = pd.to_datetime("2024-01-01") + pd.to_timedelta(RNG.integers(0, 91, 1_500), unit="D")
    orders = pd.DataFrame({"customer_id": RNG.choice(IDS, 1_500), "time": days})
    orders.assign(amount=RNG.normal(20, 5, 1_500)).to_parquet(folder / "transactions.parquet")
    treated = pd.DataFrame({"customer_id": IDS, "time": pd.Timestamp("2024-03-01")})
    treated["treatment"] = ["offer", "control"] * 100
    named = pd.concat([treated.assign(campaign=name) for name in windows])
    named.to_parquet(folder / "treatments.parquet")
    names = ("transactions", "treatments")
    return measure_campaigns(
        Config(
            name="shop",
            tables={name: {"source": str(folder / f"{name}.parquet")} for name in names},
            snapshot={"as_of": "2024-04-01", "horizon_days": 30},
            campaigns=[{"name": name, "window_days": days} for name, days in windows.items()],
            output=str(folder / "out"),
            tracking={"uri": f"sqlite:///{folder}/mlflow.db"},
        )
    )


def test_a_campaign_that_has_not_ended_does_not_stop_the_others(tmp_path: Path) -> None:
    answer = measured(tmp_path, {"long": 90, "short": 30})
    assert {row["campaign"] for row in answer.data["effects"]} == {"short"}
    assert answer.data["unfinished"] == {"long": "2024-05-30"}
    assert "long: not measured, as its window has not ended" in answer.notes[-2]
    assert "from 2024-05-30 on, once the tables reach up to that day" in answer.notes[-2]


def test_campaigns_none_of_which_has_ended_are_all_named(tmp_path: Path) -> None:
    told = r"campaigns\.one.* from 2024-05-30 on\. campaigns\.two.* from 2024-06-09 on"
    with pytest.raises(UnfinishedError, match=told):
        measured(tmp_path, {"one": 90, "two": 100})
    assert not (tmp_path / "out/effects.json").exists()
