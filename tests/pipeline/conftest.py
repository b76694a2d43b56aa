"""A small simulated shop, trained once for all tests; few dates and trees, the way is the same."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from goodwill.config import Config, read_config
from goodwill.features import windows
from goodwill.modeling import boosting
from goodwill.pipeline.outcome import Outcome
from goodwill.pipeline.start import write_tables
from goodwill.pipeline.train import train_models


@dataclass(frozen=True)
class Shop:
    """A folder with a simulated shop, its config, and what training answered."""

    folder: Path
    answer: Outcome | None = None

    @property
    def output(self) -> Path:
        return self.folder / "out"

    def config(self, *overrides: str) -> Config:
        return read_config(self.folder / "shop.yaml", overrides)


@contextmanager
def few_dates_and_trees() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "MAX_DATES", 2)
        patch.setattr(boosting, "TREES", 15)
        yield


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Hold for the modules of this folder alone: a folder without __init__ has no package to end with."""
    with few_dates_and_trees():
        yield


def write_shop(folder: Path, customers: int = 250) -> Shop:
    write_tables(folder / "data", customers=customers, seed=0)
    sections = {
        "name": "shop",
        "tables": {
            "transactions": {"source": f"{folder}/data/transactions.parquet"},
            "customers": {
                "source": f"{folder}/data/customers.parquet",
                "known_at_signup": ["acquisition_channel", "branch_id"],
            },
        },
        "snapshot": {"as_of": "2025-01-01", "horizon_days": 90},
        "tuning": {"trials": 0},
        "output": str(folder / "out"),
        "tracking": {"uri": f"sqlite:///{folder}/mlflow.db"},
    }
    (folder / "shop.yaml").write_text(yaml.safe_dump(sections))
    return Shop(folder)


@pytest.fixture(scope="package")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return write_shop(tmp_path_factory.mktemp("untrained"))


@pytest.fixture(scope="package")
def steps() -> list[str]:
    """The steps that training told of."""
    return []


@pytest.fixture(scope="package")
def trained(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> Shop:
    """Return a shop that was trained once; leave it as it is."""
    shop = write_shop(tmp_path_factory.mktemp("trained"))
    with few_dates_and_trees():
        answer = train_models(shop.config(), progress=lambda step, *_: steps.append(step))
    return Shop(shop.folder, answer)


@pytest.fixture
def copied(trained: Shop, tmp_path: Path) -> Shop:
    """Return a copy of the trained shop, to change; the registry's models stay where they are."""
    folder = tmp_path / "copy"
    shutil.copytree(trained.folder, folder, symlinks=True)
    text = (folder / "shop.yaml").read_text().replace(str(trained.folder), str(folder))
    (folder / "shop.yaml").write_text(text)
    return Shop(folder, trained.answer)
