from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.config import Config
from goodwill.pipeline.campaign_overlap import OTHERS, overlap_notes
from goodwill.pipeline.campaigns import campaign_of_tables
from goodwill.pipeline.tables import open_tables
from goodwill.wording import told

IDS = [f"c{i:03}" for i in range(80)]


def noted(folder: Path, reached: list[str], day: str = "2024-03-01", got: str = "call") -> list[str]:
    """Return what is said of a campaign of 20 February beside another one."""
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(900) % 100, unit="D")
    orders = pd.DataFrame({"customer_id": np.resize(IDS, 900), "time": days, "amount": 10.0})
    orders.to_parquet(folder / "orders.parquet")
    spring = pd.DataFrame({"customer_id": IDS, "time": pd.Timestamp("2024-02-20"), "campaign": "spring"})
    spring["treatment"] = ["letter", "control"] * 40
    other = pd.DataFrame({"customer_id": reached, "time": pd.Timestamp(day), "campaign": "march"})
    pd.concat([spring, other.assign(treatment=got)]).to_parquet(folder / "treated.parquet")
    sources = {"transactions": "orders", "treatments": "treated"}
    tables = {name: {"source": str(folder / f"{file}.parquet")} for name, file in sources.items()}
    campaigns = [
        {"name": "spring", "window_days": 30},
        {"name": "march", "window_days": 9, "control": "none"},
    ]
    snapshot = {"as_of": "2024-04-01", "horizon_days": 30}
    config = Config(
        name="shop", tables=tables, snapshot=snapshot, campaigns=campaigns, output=str(folder / "out")
    )
    found = campaign_of_tables(config, config.campaigns[0], open_tables(config).tables)
    assert OTHERS not in found.covariates
    return overlap_notes("spring", found)


def test_a_campaign_that_reached_control_more_often_is_told(tmp_path: Path) -> None:
    (said,) = noted(tmp_path, IDS[1::4])
    counted = "reached 0 of 40 customers who got letter within the window, and 20 of 40 in control"
    assert counted in said
    assert "触及了 40 名收到 letter 的客户中的 0 名" in told(said, "zh")


@pytest.mark.parametrize(
    ("reached", "changes"),
    [
        (IDS[:40], {}),
        (IDS[1::4], {"day": "2024-02-19"}),
        (IDS[1::4], {"day": "2024-03-21"}),
        (IDS[1::4], {"got": "none"}),
    ],
)
def test_campaigns_that_disturb_nothing_are_not_told(
    tmp_path: Path, reached: list[str], changes: dict[str, str]
) -> None:
    assert noted(tmp_path, reached, **changes) == []
