"""Predictors on disk: which class a directory holds, and how it is written and read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, Self

from goodwill.artefacts import read_directory, write_directory
from goodwill.errors import ArtefactError


class Storable(Protocol):
    """A predictor that can describe itself in JSON and trees."""

    kind: str

    def documents(self) -> tuple[dict[str, object], dict[str, bytes]]:
        """Return what the manifest says of it, and its files by name."""

    @classmethod
    def restored(cls, manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> Self:
        """Return the predictor that `documents` described."""


def save_predictor(predictor: Storable, directory: str | Path) -> str:
    """Write a predictor to a directory of JSON and XGBoost files, and return its hash."""
    described, files = predictor.documents()
    return write_directory(Path(directory), {"kind": predictor.kind, **described}, files)


def load_predictor(
    address: str | Path, kinds: Mapping[str, type[Storable]], *, uri: str = "sqlite:///models/mlflow.db"
) -> Storable:
    """Return the predictor stored in a directory or registered under `models:/…`.

    Parameters
    ----------
    address : a directory, or such as `models:/shop@champion`.
    kinds : the classes it may be of, by what a manifest calls them.
    uri : the tracking address of the registry.

    Raises
    ------
    ArtefactError
        If the directory is no predictor, or a file is missing, unknown or altered.
    """
    directory = _directory(address, uri)
    manifest, files = read_directory(directory)
    kind = manifest.get("kind")
    if kind not in kinds and str(kind).endswith("Predictor"):
        raise ArtefactError(
            f"{directory}: holds {kind!r}, and {', '.join(kinds)} was asked for. Load it with "
            "`goodwill.predictor.load_predictor`, which reads predictors of every kind."
        )
    if kind not in kinds:
        raise ArtefactError(f"{directory}: holds {kind!r}, not a predictor. Name the folder of one.")
    try:
        return kinds[str(kind)].restored(manifest, files)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ArtefactError(
            f"{directory}: is whole, but its content cannot be understood: another goodwill or program "
            "wrote it. Train again, or name another folder."
        ) from error


def trees_of(files: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    """Return the trees of one part of a predictor, by name."""
    chosen = [name for name in files if name.startswith(prefix) and name.endswith(".ubj")]
    return {name.removeprefix(prefix).removesuffix(".ubj"): files[name] for name in chosen}


def _directory(address: str | Path, uri: str) -> Path:
    if isinstance(address, Path) or not address.startswith(("models:/", "runs:/")):
        return Path(address)
    from goodwill.tracking import load_directory  # noqa: PLC0415 - the one look upwards, for the registry alone

    return load_directory(address, uri)
