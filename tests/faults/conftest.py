"""A tiny shop, and a way to run commands on spoilt copies of it; few dates and trees, the way is the same."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import yaml

from goodwill.cli import main
from goodwill.features import windows
from goodwill.modeling import boosting
from goodwill.pipeline import train

FIRST = pd.Timestamp("2024-01-01")
Write = Callable[..., Path]


class Answer(NamedTuple):
    """What a command answered: exit status, what it printed, its error message, and all it said on stderr."""

    status: int
    out: str
    error: str
    said: str


Command = Callable[..., Answer]


@contextmanager
def few_dates_and_trees() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "MAX_DATES", 2)
        patch.setattr(boosting, "TREES", 10)
        yield


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Hold for the modules of this folder alone: a folder without __init__ has no package to end with."""
    with few_dates_and_trees():
        yield


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def orders() -> pd.DataFrame:
    """Forty customers who first buy in five days and buy on for twelve."""
    rng = np.random.default_rng(0)
    rates = rng.gamma(1.0, 0.25, 40)
    rows = []
    for customer, rate in enumerate(rates):
        start = int(rng.integers(0, 5))
        days = [start, *(day for day in range(start + 1, 12) if rng.random() < rate)]
        rows += [(f"c{customer}", FIRST + pd.Timedelta(days=day), rng.gamma(2, 10) + 1) for day in days]
    return pd.DataFrame(rows, columns=["customer_id", "time", "amount"])


def write_shop(folder: Path, orders: pd.DataFrame | bytes, suffix: str = ".csv", **sections: Any) -> Path:  # noqa: ANN401 - YAML
    """Write orders (a frame, or the bytes of a file) and a config for them; return the config."""
    source = folder / f"orders{suffix}"
    content = orders if isinstance(orders, bytes) else orders.to_csv(index=False).encode()
    source.write_bytes(content)
    config = {
        "name": "tiny",
        "tables": {"transactions": {"source": source.name}},
        "snapshot": {"as_of": "2024-01-13", "horizon_days": 3},
        "tuning": {"trials": 0},
        "output": "out",
        "tracking": {"uri": "sqlite:///store/mlflow.db"},
    }
    (folder / "tiny.yaml").write_text(yaml.safe_dump(config | sections))
    return folder / "tiny.yaml"


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write orders and a config for them to the working folder."""
    return partial(write_shop, tmp_path)


class Trained(NamedTuple):
    """A folder in which the tiny shop was trained and scored once, and what the training had fitted."""

    folder: Path
    models: object


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, orders: pd.DataFrame) -> Trained:
    """Train and score once for all faults; leave it as it is."""
    folder, fit, models = tmp_path_factory.mktemp("trained"), train.fit_models, []
    with pytest.MonkeyPatch.context() as patch, few_dates_and_trees():
        patch.chdir(folder)
        patch.setattr(train, "fit_models", lambda *asked: models.append(fit(*asked)) or models[0])
        config = str(write_shop(folder, orders))
        with pytest.raises(SystemExit, match=r"^[01]$"):
            main(["train", config, "--quiet"])
        with pytest.raises(SystemExit, match=r"^0$"):
            main(["score", config, "--quiet"])
    return Trained(folder, models[0])


@pytest.fixture
def shop(trained: Trained, tmp_path: Path) -> Path:
    """Return the config of a copy of the trained shop, in the working folder."""
    shutil.copytree(trained.folder, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path / "tiny.yaml"


@pytest.fixture
def fitted(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare trainings the fit, which was done before; they go on from there."""
    monkeypatch.setattr(train, "fit_models", lambda *_: trained.models)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command line in this process."""

    def run(*words: object) -> Answer:
        with pytest.raises(SystemExit, match=r"^\d+$") as ended:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return Answer(int(str(ended.value.code)), said.out, _last(said.err.splitlines()), said.err)

    return run


def _last(lines: Sequence[str]) -> str:
    """Return the error message; what stands before it are the steps of the job."""
    return next((line for line in reversed(lines) if line.startswith("Error: ")), "")
