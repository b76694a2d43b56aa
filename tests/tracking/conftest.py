"""One MLflow store for all tests: creating its tables takes seconds."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

from goodwill.artefacts import read_directory, write_directory
from goodwill.features.columns import Columns


class PlainPredictor:
    """Gives everybody the share stored in its folder."""

    input_schema = {"n_orders": "double", "channel": "string"}  # noqa: RUF012 (read only)

    def __init__(self, share: float) -> None:
        self.share = share

    @classmethod
    def load(cls, directory: Path) -> "PlainPredictor":
        return cls(float(read_directory(directory)[0]["share"]))

    def unseen(self, X: pd.DataFrame) -> dict[str, int]:  # noqa: ARG002 - it knows every level
        return {}

    def scores(self, X: Columns) -> Columns:
        return Columns({"p_churn": np.full(len(X), self.share)}, len(X))


@pytest.fixture(autouse=True)
def plain_predictor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve `PlainPredictor` in place of the real one, which takes a training to make."""
    module = ModuleType("goodwill.predictor")
    module.__dict__.update(load_predictor=PlainPredictor.load, Inputs=object)
    monkeypatch.setitem(sys.modules, "goodwill.predictor", module)
    monkeypatch.delitem(sys.modules, "goodwill.serving", raising=False)


@pytest.fixture(scope="session")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('store')}/models/mlflow.db"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in an empty folder, and find that MLflow has put nothing of its own there."""
    monkeypatch.chdir(tmp_path)
    yield
    assert not list(tmp_path.glob("mlruns*"))
    assert not list(tmp_path.glob("mlflow.db"))


@pytest.fixture(scope="session")
def client(uri: str) -> MlflowClient:
    return MlflowClient(uri, uri)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write_directory(tmp_path / "predictor", {"share": 0.5}, {"churn.json": b"{}"})
    return tmp_path / "predictor"
