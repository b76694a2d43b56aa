"""A store that was moved or copied keeps its own files."""

import shutil
from pathlib import Path

import pytest

from goodwill import tracking
from goodwill.artefacts import read_directory
from goodwill.errors import OutsideError
from goodwill.tracking.store import calling


@pytest.fixture
def first(tmp_path: Path, directory: Path) -> Path:
    """Return a folder with a store and one registered version."""
    with tracking.run(f"sqlite:///{tmp_path}/first/mlflow.db", "shop") as run:
        tracking.register(run, directory, "shop", {"n_orders": "double"})
    return tmp_path / "first"


def test_a_moved_store_finds_its_models(first: Path, directory: Path) -> None:
    moved = first.rename(first.with_name("moved here"))
    found = tracking.find(f"sqlite:///{moved}/mlflow.db", "models:/shop/1")
    assert found.directory.is_relative_to(moved)
    assert read_directory(found.directory) == read_directory(directory)


def test_a_copied_store_reads_and_writes_files_of_its_own(first: Path) -> None:
    before = sorted(first.rglob("*"))
    copy = shutil.copytree(first, first.with_name("copy"))
    with tracking.run(f"sqlite:///{copy}/mlflow.db", "shop") as run:
        tracking.log_json(run, "monitor.json", {})
    assert tracking.find(run.uri, "models:/shop/1").directory.is_relative_to(copy)
    assert list(copy.glob(f"mlartifacts/{run.run_id}/artifacts/monitor.json"))
    assert sorted(first.rglob("*")) == before


def test_a_store_that_moved_without_its_files_goes_on_with_them(first: Path) -> None:
    place = first.with_name("elsewhere.db")
    shutil.copy(first / "mlflow.db", place)
    assert tracking.find(f"sqlite:///{place}", "models:/shop/1").directory.is_relative_to(first)


def test_a_store_reached_through_a_link_is_not_a_moved_one(first: Path) -> None:
    linked = first.with_name("current")
    linked.symlink_to(first)
    with calling(f"sqlite:///{linked}/mlflow.db") as client:
        assert client.get_experiment_by_name("shop").artifact_location == f"file://{first}/mlartifacts"


def test_a_file_that_mlflow_has_yet_to_fill_is_left_to_it(tmp_path: Path) -> None:
    (tmp_path / "mlartifacts").mkdir()
    (tmp_path / "x.db").touch()
    with calling(f"sqlite:///{tmp_path}/x.db") as client:
        assert client.get_experiment("0").name == "Default"


def test_files_that_are_gone_are_named_with_what_to_do(first: Path) -> None:
    (first / "mlartifacts").rename(first / "put away")
    with pytest.raises(
        OutsideError, match=r"models:/shop/1: its files are no longer in .*mlartifacts/models/"
    ):
        tracking.find(f"sqlite:///{first}/mlflow.db", "models:/shop/1")
