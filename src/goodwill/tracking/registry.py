"""The model registry: versions of a predictor, and the aliases `challenger` and `champion`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import mlflow.artifacts
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from goodwill.errors import ArtefactError, OutsideError, UsageError
from goodwill.tracking.moved import FILES, local_path
from goodwill.tracking.store import address, calling, exclusive, is_missing, is_unwritten, masked

Alias = Literal["challenger", "champion"]

_REFERENCE = re.compile(r"models:/(?P<name>[^/@]+)(?:@(?P<alias>[^/@]+)|/(?P<version>\d+))")


@dataclass(frozen=True)
class ModelVersion:
    """A registered version: its name and number, the run that made it, its tags, its predictor's folder."""

    name: str
    version: str
    run_id: str | None
    tags: Mapping[str, str]
    directory: Path


def set_alias(uri: str, name: str, alias: Alias, version: str) -> None:
    """Point an alias at a version and read it back, as MLflow has no compare-and-swap.

    On a SQLite store other runs of this machine wait meanwhile, so that two trainings that end together do
    not take each other's `challenger` for a failure.

    Raises
    ------
    UsageError : no such version.
    OutsideError : another run moved the alias meanwhile.
    """
    place = address(uri)
    with exclusive(place):
        _point(place, name, alias, version)


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
    with exclusive(place):
        with calling(place) as client:
            current = _version(client, name, "champion")
        if current == replaces:
            _point(place, name, "champion", version)
            return
    message = (
        f"models:/{name}@champion is version {current}, but version {version} was judged against "
        f"{replaces}: another run promoted meanwhile. Run again to judge it against the new one."
    )
    raise OutsideError(message)


def _point(place: str, name: str, alias: Alias, version: str) -> None:
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


def tag_version(uri: str, name: str, version: str, tags: Mapping[str, str]) -> None:
    """Set tags of a registered version, such as the gate's decision."""
    with calling(address(uri)) as client:
        for key, text in tags.items():
            client.set_model_version_tag(name, version, key, text)


def champion(uri: str, name: str) -> ModelVersion | None:
    """Return the version in force with its predictor's folder, None where nothing was promoted yet."""
    place = address(uri)
    if is_unwritten(place):
        return None
    with calling(place) as client:
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
    _ensure_there(reference, source)
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


def _ensure_there(reference: str, source: str) -> None:
    files = local_path(source)
    if files is not None and not files.is_dir():
        message = (
            f"{reference}: its files are no longer in {files}. Put them back, or into {FILES} beside the "
            "SQLite file of MLflow, or name a saved predictor with --model."
        )
        raise OutsideError(message)


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
