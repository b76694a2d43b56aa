from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.config import Config
from goodwill.pipeline.measure import measure_campaigns
from goodwill.pipeline.outcome import Outcome
from goodwill.wording import told

RNG = np.random.default_rng(0)
N, STORES = 600, 24
STORE = np.arange(N) % STORES
TASTE, LOT = RNG.normal(size=STORES), RNG.permutation(STORES) % 2 == 0


def measured(folder: Path, **changes: object) -> Outcome:
    rows = pd.DataFrame({"got": np.where(LOT[STORE], "letter", "none"), "shop": STORE, "old": TASTE[STORE]})
    rows.assign(paid=TASTE[STORE] + RNG.normal(size=N)).to_csv(folder / "shops.csv", index=False)
    section = {
        "name": "spring", "source": str(folder / "shops.csv"), "treatment": "got", "control": "none",
        "outcomes": {"paid": "money"}, "before": {"paid": "old"}, "covariates": ["old"], "cluster": "shop",
    }  # fmt: skip
    tracking = {"uri": f"sqlite:///{folder}/mlflow.db"}
    campaigns = [section | changes]
    return measure_campaigns(
        Config(name="shops", campaigns=campaigns, output=str(folder / "out"), tracking=tracking)
    )


def test_a_file_names_the_stores_that_lot_treated(tmp_path: Path) -> None:
    answer = measured(tmp_path)
    (paid,) = answer.data["effects"]
    assert paid["method"] == "regression adjustment of clusters, CR3, t interval"
    assert paid["low"] < 0 < paid["high"]
    assert not answer.is_no
    assert answer.data["campaigns"]["spring"]["n_clusters"] == {"letter": 12, "none": 12}
    checks = answer.sheets[1].rows
    assert [row[0] for row in checks] == ["balance of clusters: letter", "before: letter, paid"]
    assert {told(str(checks[0][place]), "zh")[:2] for place in (0, 1)} == {"群组", "差异"}


def test_stores_of_the_tables_are_facts_of_customers(tmp_path: Path) -> None:
    ids = [f"c{i:03}" for i in range(N)]
    days = pd.to_datetime("2024-01-01") + pd.to_timedelta(RNG.integers(0, 91, 2_400), unit="D")
    orders = pd.DataFrame({"customer_id": RNG.choice(ids, 2_400), "time": days, "amount": 20.0})
    orders.to_parquet(tmp_path / "transactions.parquet")
    treated = pd.DataFrame({"customer_id": ids, "time": pd.Timestamp("2024-03-01")})
    treated["treatment"] = np.where(LOT[STORE], "letter", "control")
    treated.to_parquet(tmp_path / "treatments.parquet")
    people = pd.DataFrame({"customer_id": ids, "store": [f"s{place}" for place in STORE]})
    people.to_parquet(tmp_path / "customers.parquet")
    tables: dict[str, dict[str, object]] = {
        path.stem: {"source": str(path)} for path in tmp_path.glob("*.parquet")
    }
    tables["customers"]["known_at_signup"] = ["store"]
    campaigns = [{"name": "spring", "window_days": 30, "cluster": "store"}]
    tracking, snapshot = (
        {"uri": f"sqlite:///{tmp_path}/mlflow.db"},
        {"as_of": "2024-04-01", "horizon_days": 30},
    )
    places = {"output": str(tmp_path / "out"), "tracking": tracking}
    answer = measure_campaigns(
        Config(name="shop", tables=tables, snapshot=snapshot, campaigns=campaigns, **places)
    )
    assert all("clusters" in row["method"] for row in answer.data["effects"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"randomised": False}, r"clusters are measured where lot gave each the same chance"),
        ({"propensity": "old"}, r"clusters are measured where lot gave each the same chance"),
        (
            {"uplift": {"outcomes": ["paid"]}},
            r"cluster: who reacts is learned where lot treated customers one",
        ),
    ],
)
def test_what_clusters_cannot_answer_is_refused(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        measured(tmp_path, **changes)
