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
from goodwill.pipeline.score import Request, score_customers
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
        "offers": [{"name": "mail", "cost": 1, "channel": "email", "assumed_save_rate": 0.5}],
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
    return copy_of(trained, tmp_path / "copy")


@pytest.fixture(scope="package")
def scored_once(trained: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return a copy of the shop that was scored once, and what that answered; leave it as it is."""
    shop = copy_of(trained, tmp_path_factory.mktemp("once") / "copy")
    return scored(shop, Request(), "score.carry=[branch_id]")


@pytest.fixture(scope="package")
def scored_ahead(trained: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return a copy of the shop that was scored over two horizons at once; leave it as it is."""
    shop = copy_of(trained, tmp_path_factory.mktemp("ahead") / "copy")
    return scored(shop, Request(horizon_days=(40, 90)), "score.carry=[branch_id]", "score.reasons=off")


def scored(shop: Shop, request: Request, *overrides: str) -> Shop:
    with few_dates_and_trees():
        return Shop(shop.folder, score_customers(shop.config(*overrides), request))


def copy_of(shop: Shop, folder: Path) -> Shop:
    shutil.copytree(shop.folder, folder, symlinks=True)
    text = (folder / "shop.yaml").read_text().replace(str(shop.folder), str(folder))
    (folder / "shop.yaml").write_text(text)
    return Shop(folder, shop.answer)
