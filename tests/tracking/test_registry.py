import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import mlflow
import pandas as pd
import pytest
import yaml
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from goodwill import tracking
from goodwill.artefacts import read_directory, write_directory
from goodwill.errors import ArtefactError, OutsideError, UsageError
from goodwill.tracking import Run, store

SCHEMA = {"n_orders": "double", "channel": "string"}


@pytest.fixture(scope="module")
def run(uri: str) -> Run:
    with tracking.run(uri, "registry") as started:
        return started


@pytest.fixture
def version(run: Run, directory: Path) -> str:
    return tracking.register(run, directory, "shop", SCHEMA, tags={"hash": "9f"})


def logged(client: MlflowClient, version: str) -> Path:
    source = client.get_model_version_download_uri("shop", version)
    return Path(source.removeprefix("file://"))


def test_versions_count_up(run: Run, directory: Path, version: str) -> None:
    assert int(tracking.register(run, directory, "shop", SCHEMA)) == int(version) + 1


def test_a_version_is_found_with_its_predictor(uri: str, run: Run, directory: Path, version: str) -> None:
    found = tracking.find(uri, f"models:/shop/{version}")
    assert (found.name, found.version, found.run_id) == ("shop", version, run.run_id)
    assert found.tags == {"hash": "9f"}
    assert read_directory(found.directory) == read_directory(directory)


def test_nothing_is_pickled_and_no_data_go_along(client: MlflowClient, version: str) -> None:
    files = {path.name for path in logged(client, version).rglob("*") if path.is_file()}
    assert files == {
        "MLmodel",
        "churn.json",
        "conda.yaml",
        "input_example.json",
        "manifest.json",
        "python_env.yaml",
        "requirements.txt",
        "served_predictor.py",
        "serving_input_example.json",
    }
    example = json.loads((logged(client, version) / "input_example.json").read_text())
    assert example == {"columns": ["n_orders", "channel"], "data": [[1.0, "other"]]}


def test_every_column_of_the_signature_is_optional(client: MlflowClient, version: str) -> None:
    model = yaml.safe_load((logged(client, version) / "MLmodel").read_text())
    columns = json.loads(model["signature"]["inputs"])
    assert [(column["name"], column["type"], column["required"]) for column in columns] == [
        ("n_orders", "double", False),
        ("channel", "string", False),
    ]


def test_the_project_of_the_working_directory_stays_out(
    run: Run, directory: Path, tmp_path: Path, client: MlflowClient
) -> None:
    for name in ("uv.lock", "pyproject.toml", ".python-version"):
        (tmp_path / name).write_text("")
    version = tracking.register(run, directory, "shop", SCHEMA)
    assert not list(logged(client, version).glob("uv.lock"))


def test_the_registered_model_predicts(client: MlflowClient, version: str) -> None:
    model = mlflow.pyfunc.load_model(str(logged(client, version)))
    found = model.predict(pd.DataFrame({"n_orders": [1.0, None]}))
    assert found["p_churn"].tolist() == [0.5, 0.5]


def test_nobody_is_champion_before_the_first_promotion(uri: str, run: Run, directory: Path) -> None:
    assert tracking.champion(uri, "unheard-of") is None
    tracking.register(run, directory, "new", SCHEMA)
    assert tracking.champion(uri, "new") is None


def test_the_promoted_version_is_champion(uri: str, run: Run, directory: Path) -> None:
    first = tracking.register(run, directory, "promoted", SCHEMA)
    tracking.promote(uri, "promoted", first, replaces=None)
    second = tracking.register(run, directory, "promoted", SCHEMA)
    tracking.promote(uri, "promoted", second, replaces=first)
    found = tracking.champion(uri, "promoted")
    assert found is not None
    assert found.version == second


def test_two_trainings_do_not_both_promote(uri: str, run: Run, directory: Path) -> None:
    first, second = (tracking.register(run, directory, "raced", SCHEMA) for _ in range(2))
    tracking.promote(uri, "raced", first, replaces=None)
    with pytest.raises(OutsideError, match="champion is version 1, but version 2 was judged against None"):
        tracking.promote(uri, "raced", second, replaces=None)


def test_of_trainings_that_end_together_one_promotes(uri: str, run: Run, directory: Path) -> None:
    versions = [tracking.register(run, directory, "together", SCHEMA) for _ in range(4)]

    def promoted(version: str) -> bool:
        tracking.set_alias(uri, "together", "challenger", version)
        with suppress(OutsideError):
            tracking.promote(uri, "together", version, replaces=None)
            return True
        return False

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(promoted, versions))
    champion = tracking.champion(uri, "together")
    assert sum(won) == 1
    assert champion is not None
    assert champion.version == versions[won.index(True)]


def test_promotions_wait_for_each_other(uri: str, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_WAIT_SECONDS", 0)
    with store.exclusive(uri), pytest.raises(OutsideError, match="is held by another run"):
        tracking.promote(uri, "shop", version, replaces=None)


def test_an_alias_moved_by_another_run_is_told(
    uri: str, run: Run, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (tracking.register(run, directory, "moved", SCHEMA) for _ in range(2))
    tracking.set_alias(uri, "moved", "challenger", first)
    monkeypatch.setattr(MlflowClient, "set_registered_model_alias", lambda *_: None)
    with pytest.raises(OutsideError, match="@challenger was set to 2 but is 1: another run moved it"):
        tracking.set_alias(uri, "moved", "challenger", second)


@pytest.mark.usefixtures("version")
def test_an_alias_of_no_version_is_refused(uri: str) -> None:
    with pytest.raises(UsageError, match="models:/shop/999 is not registered"):
        tracking.set_alias(uri, "shop", "challenger", "999")


def test_decisions_are_tags_of_the_version(uri: str, version: str) -> None:
    tracking.tag_version(uri, "shop", version, {"gate": "keep"})
    assert tracking.find(uri, f"models:/shop/{version}").tags["gate"] == "keep"


@pytest.mark.parametrize("reference", ["models:/none/1", "models:/none@champion", "models:/shop@champion"])
@pytest.mark.usefixtures("version")
def test_what_is_not_registered_is_told(uri: str, reference: str) -> None:
    with pytest.raises(UsageError, match=f"{reference} is not registered at sqlite"):
        tracking.find(uri, reference)


@pytest.mark.parametrize("reference", ["models:/shop", "models:/shop/latest", "shop", "models:/a/b@c"])
def test_a_malformed_reference_is_told(uri: str, reference: str) -> None:
    with pytest.raises(UsageError, match=r"names no model\. Write models:/NAME@champion"):
        tracking.find(uri, reference)


def test_failures_of_the_registry_are_outside_failures(
    uri: str, version: str, directory: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise MlflowException("gone")

    for name in ("get_model_version_by_alias", "get_model_version", "create_registered_model"):
        monkeypatch.setattr(MlflowClient, name, gone)
    for call in (
        lambda: tracking.champion(uri, "shop"),
        lambda: tracking.find(uri, f"models:/shop/{version}"),
        lambda: tracking.register(run, directory, "shop", SCHEMA),
    ):
        with pytest.raises(OutsideError, match="gone"):
            call()


def test_a_predictor_is_loaded_from_where_it_is_named(
    uri: str, directory: Path, version: str, client: MlflowClient
) -> None:
    expected = read_directory(directory)
    places = [directory, str(directory), f"models:/shop/{version}", str(logged(client, version))]
    places.append(client.get_model_version_download_uri("shop", version))
    for place in places:
        assert read_directory(tracking.load_directory(place, uri)) == expected


def test_a_folder_that_is_not_there_is_told(uri: str) -> None:
    with pytest.raises(UsageError, match="none is no folder"):
        tracking.load_directory("none", uri)


def test_a_model_of_another_kind_is_refused(uri: str, tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("flavors: {}")
    with pytest.raises(ArtefactError, match="it keeps no predictor"):
        tracking.load_directory(tmp_path, uri)


def test_a_predictor_of_any_folder_name_is_found_again(uri: str, run: Run, tmp_path: Path) -> None:
    write_directory(tmp_path / "my model", {"share": 0.1}, {})
    version = tracking.register(run, tmp_path / "my model", "named", SCHEMA)
    found = tracking.find(uri, f"models:/named/{version}")
    assert read_directory(found.directory)[0]["share"] == 0.1
