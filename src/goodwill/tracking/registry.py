"""The model registry: versions of a predictor, and the aliases `challenger` and `champion`."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Literal

import mlflow.artifacts
import mlflow.pyfunc
import pandas as pd
from mlflow.entities import LoggedModel, LoggedModelOutput
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.tracking import MlflowClient
from mlflow.types import ColSpec, Schema

from goodwill.errors import ArtefactError, OutsideError, UsageError
from goodwill.tracking.runs import Run
from goodwill.tracking.store import address, calling, is_missing, masked

Alias = Literal["challenger", "champion"]
InputSchema = Mapping[str, Literal["double", "string"]]

_CODE = """from mlflow.models import set_model

from goodwill.serving import ServedPredictor

set_model(ServedPredictor())
"""
_PACKAGES = ("goodwill", "mlflow", "numpy", "pandas", "scikit-learn", "scipy", "xgboost")
_REFERENCE = re.compile(r"models:/(?P<name>[^/@]+)(?:@(?P<alias>[^/@]+)|/(?P<version>\d+))")


@dataclass(frozen=True)
class ModelVersion:
    """A registered version: its name and number, the run that made it, its tags, its predictor's folder."""

    name: str
    version: str
    run_id: str | None
    tags: Mapping[str, str]
    directory: Path


def register(
    run: Run, directory: Path, name: str, input_schema: InputSchema, tags: Mapping[str, str] | None = None
) -> str:
    """Log a saved predictor as a pyfunc model from code, register it, and return the version.

    Parameters
    ----------
    directory : a saved predictor; it becomes the model's artefact as it is, and nothing is pickled.
    input_schema : type of every input column; all are optional, so that requests may leave some out.
    tags : of the version, such as the predictor's hash.
    """
    with calling(run.uri) as client:
        model = client.create_logged_model(run.experiment_id, name="predictor", source_run_id=run.run_id)
        with tempfile.TemporaryDirectory() as folder:
            _save(Path(folder), directory, input_schema, Model(run_id=run.run_id, model_id=model.model_id))
            client.log_model_artifacts(model.model_id, str(Path(folder, "model")))
        client.finalize_logged_model(model.model_id, "READY")
        client.log_outputs(run.run_id, [LoggedModelOutput(model.model_id, step=0)])
        _ensure_name(client, name)
        source = _source(run.uri, model)
        made = client.create_model_version(
            name, source, run_id=run.run_id, tags=dict(tags or {}), model_id=model.model_id
        )
    return str(made.version)


def set_alias(uri: str, name: str, alias: Alias, version: str) -> None:
    """Point an alias at a version and read it back, as MLflow has no compare-and-swap.

    Raises
    ------
    UsageError : no such version.
    OutsideError : another run moved the alias meanwhile.
    """
    place = address(uri)
    with calling(place) as client:
        try:
            client.set_registered_model_alias(name, alias, version)
        except MlflowException as error:
            raise _unknown(error, f"models:/{name}/{version}", place) from error
        seen = str(client.get_model_version_by_alias(name, alias).version)
    if seen != version:
        message = (
            f"models:/{name}@{alias} was set to {version} but is {seen}: another run moved it. Run again."
        )
        raise OutsideError(message)


def promote(uri: str, name: str, version: str, replaces: str | None) -> None:
    """Make a version champion, if the champion is still `replaces`, the one it was judged against.

    Parameters
    ----------
    replaces : version of the champion at the time of judging, None if there was none.

    Raises
    ------
    OutsideError : another run moved the champion since.
    """
    place = address(uri)
    with calling(place) as client:
        current = _version(client, name, "champion")
    if current != replaces:
        message = (
            f"models:/{name}@champion is version {current}, but version {version} was judged against "
            f"{replaces}: another run promoted meanwhile. Run again to judge it against the new one."
        )
        raise OutsideError(message)
    set_alias(place, name, "champion", version)


def tag_version(uri: str, name: str, version: str, tags: Mapping[str, str]) -> None:
    """Set tags of a registered version, such as the gate's decision."""
    with calling(address(uri)) as client:
        for key, text in tags.items():
            client.set_model_version_tag(name, version, key, text)


def champion(uri: str, name: str) -> ModelVersion | None:
    """Return the version in force with its predictor's folder, None where nothing was promoted yet."""
    with calling(address(uri)) as client:
        version = _version(client, name, "champion")
    return None if version is None else find(uri, f"models:/{name}/{version}")


def find(uri: str, reference: str) -> ModelVersion:
    """Return a registered version by ``models:/name@alias`` or ``models:/name/version``.

    Raises
    ------
    UsageError : the reference is malformed, or no such model, version or alias is registered.
    """
    place = address(uri)
    parts = _REFERENCE.fullmatch(reference)
    if not parts:
        message = f"{reference} names no model. Write models:/NAME@champion or models:/NAME/VERSION."
        raise UsageError(message)
    with calling(place) as client:
        try:
            if parts["alias"]:
                found = client.get_model_version_by_alias(parts["name"], parts["alias"])
            else:
                found = client.get_model_version(parts["name"], parts["version"])
        except MlflowException as error:
            raise _unknown(error, reference, place) from error
        source = client.get_model_version_download_uri(found.name, found.version)
    directory = _downloaded(source, place)
    return ModelVersion(found.name, str(found.version), found.run_id, dict(found.tags), directory)


def load_directory(reference: str | Path, uri: str) -> Path:
    """Return the local folder of a predictor, downloaded where needed.

    Parameters
    ----------
    reference : a folder, ``models:/name@alias``, ``models:/name/version``, or MLflow's address of a model.
    uri : MLflow's address, not looked at for a folder.

    Raises
    ------
    UsageError : nothing there.
    """
    text = str(reference)
    if "://" not in text and not text.startswith(("models:/", "runs:/")):
        return _inside(Path(text))
    if _REFERENCE.fullmatch(text):
        return find(uri, text).directory
    return _downloaded(text, address(uri))


def _source(uri: str, model: LoggedModel) -> str:
    # Over SQL the registry looks `models:/` up in the process's default store, which is another one.
    is_served = uri.startswith(("http:", "https:", "databricks"))
    return f"models:/{model.model_id}" if is_served else str(model.artifact_location)


def _save(folder: Path, directory: Path, input_schema: InputSchema, model: Model) -> None:
    code = folder / "served_predictor.py"
    code.write_text(_CODE)
    columns = [ColSpec(kind, column, required=False) for column, kind in input_schema.items()]
    example = {column: 1.0 if kind == "double" else "other" for column, kind in input_schema.items()}
    mlflow.pyfunc.save_model(
        str(folder / "model"),
        python_model=str(code),
        artifacts={"predictor": str(directory.resolve())},
        signature=ModelSignature(inputs=Schema(columns)),
        input_example=pd.DataFrame([example]),
        # Given, because MLflow's own inference of them loads the model in another process: ten seconds.
        pip_requirements=[f"{package}=={installed(package)}" for package in _PACKAGES],
        mlflow_model=model,
    )


def _ensure_name(client: MlflowClient, name: str) -> None:
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _version(client: MlflowClient, name: str, alias: str) -> str | None:
    try:
        return str(client.get_model_version_by_alias(name, alias).version)
    except MlflowException as error:
        if not is_missing(error):
            raise
        return None


def _unknown(error: MlflowException, reference: str, place: str) -> Exception:
    if not is_missing(error):
        return error
    message = (
        f"{reference} is not registered at {masked(place)}. Run `goodwill train` first, "
        "or name a version that `mlflow` lists."
    )
    return UsageError(message)


def _downloaded(source: str, place: str) -> Path:
    with calling(place):
        return _inside(Path(mlflow.artifacts.download_artifacts(artifact_uri=source, tracking_uri=place)))


def _inside(path: Path) -> Path:
    """Return the predictor's folder: `path` itself, or where an MLflow model says that it keeps it."""
    if not path.is_dir():
        message = (
            f"{path} is no folder. Name a saved predictor, models:/NAME@champion or models:/NAME/VERSION."
        )
        raise UsageError(message)
    if not (path / "MLmodel").is_file():
        return path
    kept = [manifest.parent for manifest in path.glob("artifacts/*/manifest.json")]
    if len(kept) != 1:
        message = (
            f"{path} is an MLflow model of another kind: it keeps no predictor. Name one that goodwill made."
        )
        raise ArtefactError(message)
    return kept[0]
