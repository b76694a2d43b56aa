from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from goodwill.config import Config
from goodwill.modeling.reasons import Contributions
from goodwill.modeling.reasons import columns as reason_columns
from goodwill.pipeline import score_drivers
from goodwill.pipeline.score_drivers import (
    Drivers,
    drivers_of,
    drivers_sheets,
    keep_drivers,
    with_profile_reasons,
)
from goodwill.predictor import ProfilePredictor

RNG = np.random.default_rng(0)
X = pd.DataFrame({"customer_id": [f"c{i}" for i in range(200)], "age": RNG.integers(18, 80, 200)})
CLUB = {"name": "club", "tables": {"profiles": {"source": "members.parquet"}}}


@pytest.fixture(scope="module")
def predictor() -> ProfilePredictor:
    y = pd.DataFrame({"churned": RNG.random(200) < X["age"] / 80})
    return ProfilePredictor(segments=1, served_by={"churn": "logistic"}).fit(X, y)


def scored(predictor: ProfilePredictor, reasons: str) -> pd.DataFrame:
    config = Config.model_validate({**CLUB, "score": {"reasons": reasons}})
    return with_profile_reasons(config, predictor, X, predictor.predict(X))


def test_ready_made_tables_are_told_by_their_columns(predictor: ProfilePredictor) -> None:
    reasons = scored(predictor, "auto")
    assert reasons["reason_1"].str.fullmatch(r"age: \d+ \(churn [+-]\d+\.\d points\)").all()
    assert (reasons["reason_2"] == "not_computable").all()


def test_reasons_of_ready_made_tables_may_be_off_or_too_many(
    predictor: ProfilePredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "reason_1" not in scored(predictor, "off")
    monkeypatch.setattr(reason_columns, "EXACT_ROWS", 10)
    monkeypatch.setattr(reason_columns, "APPROXIMATE_ROWS", 100)
    assert (scored(predictor, "auto")["reason_1"] == "not_computable").all()


def test_drivers_are_kept_beside_scores_if_there_are_any(tmp_path: Path) -> None:
    kept, drivers = tmp_path / "scores.parquet", tmp_path / "drivers.json"
    keep_drivers(kept, {})
    assert not drivers.exists()
    keep_drivers(kept, {"customers": 1})
    assert drivers.exists()
    assert drivers_sheets({}, "USD") == []


def drivers_resting_on(sizes: list[float], monkeypatch: pytest.MonkeyPatch) -> Drivers:
    """Return the drivers of two customers to whom the themes "contract" and "rhythm" give so much."""
    parts = np.outer([1.0, -1.0], sizes)
    why = Contributions(("contract", "rhythm"), parts, parts, np.zeros(2), np.zeros(2))
    monkeypatch.setattr(score_drivers, "contributions", lambda *_, **__: why)
    completed = SimpleNamespace(completed=lambda X: SimpleNamespace(frame=lambda: X))
    scores = pd.DataFrame({"status": "scored", "horizon_days": 90, "segment": ["a", "b"], "tier": "gold"})
    return drivers_of(SimpleNamespace(model_=None, inputs_=completed), scores, scores, seed=0)


def test_themes_that_nothing_rests_on_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = drivers_resting_on([0.1, 0.0], monkeypatch)
    assert [one["theme"] for one in found["importance"]] == ["contract"]
    assert {one["theme"] for one in found["by"]["segment"]} == {"contract"}
    assert drivers_resting_on([0.0, 0.0], monkeypatch) == {}
