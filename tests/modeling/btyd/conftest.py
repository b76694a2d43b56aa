"""Histories of the CDNOW sample, as the published fits saw them, and models with known parameters."""

from pathlib import Path

import pandas as pd
import pytest

from goodwill.modeling.btyd import BGBB, BGNBD, MBGCNBD, MBGNBD, ParetoNBD
from goodwill.modeling.btyd.purchase_model import PurchaseModel

LAST_DAY = pd.Timestamp("1997-09-30")
KNOWN = {
    "BGNBD": BGNBD().with_params(r=0.6, alpha=6.0, a=0.8, b=2.0),
    "MBGNBD": MBGNBD().with_params(r=0.6, alpha=6.0, a=0.8, b=2.0),
    "MBGCNBD": MBGCNBD(k=3).with_params(r=0.8, alpha=2.0, a=0.8, b=2.0),
    "ParetoNBD": ParetoNBD().with_params(r=0.6, alpha=6.0, s=0.8, beta=9.0),
    "BGBB": BGBB().with_params(alpha=1.2, beta=0.75, gamma=0.66, delta=2.78),
}


@pytest.fixture(params=list(KNOWN))
def known(request: pytest.FixtureRequest) -> PurchaseModel:
    """Each purchase model with known parameters."""
    return KNOWN[request.param]


@pytest.fixture(scope="session")
def cdnow(data_dir: Path) -> pd.DataFrame:
    """2,357 histories in weeks from the first purchase day to 1997-09-30, with the mean repeat spend."""
    orders = pd.read_parquet(data_dir / "cdnow" / "cdnow_sample.parquet")
    days = orders[orders.date <= LAST_DAY].groupby(["customer_id_sample", "date"]).amount.sum().reset_index()
    first = days.groupby("customer_id_sample").date.transform("min")
    last = days.groupby("customer_id_sample").date.transform("max")
    days = days.assign(
        frequency=(days.date > first).astype(float),
        recency=(last - first).dt.days / 7,
        T=(LAST_DAY - first).dt.days / 7,
        spend=days.amount.where(days.date > first),
    )
    rules = {"frequency": ("frequency", "sum"), "recency": ("recency", "first"), "T": ("T", "first")}
    return days.groupby("customer_id_sample").agg(**rules, monetary_value=("spend", "mean")).fillna(0.0)


@pytest.fixture(scope="session")
def donations(data_dir: Path) -> pd.DataFrame:
    """22 histories of yearly donations, and how many donors have each (`custs`)."""
    counts = pd.read_parquet(data_dir / "btyd_donations" / "rf_matrix.parquet")
    return counts.rename(columns={"x": "frequency", "t.x": "recency", "n.cal": "T"})
