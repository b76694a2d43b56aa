"""Model directories without pickle: data files, and a manifest that names and hashes every one of them.

The hashes find damage and half-done edits. They are no signature: whoever can rewrite the folder can rewrite
them too, but what is read is JSON and XGBoost's own format, and neither runs code.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from goodwill.errors import ArtefactError, UsageError
from goodwill.files import json_bytes, replacing

# 2: what is expected of a customer may read first orders, which a reader of 1 would pass over in silence.
# 3: so for what customers send back. 4: so for what those send back who order again. 5: it may limit the
# largest order. 6: intervals may leave the mean of a ratio alone.
FORMAT_VERSION = 6
MANIFEST = "manifest.json"
SUFFIXES = (".json", ".ubj")
SIZE_LIMIT_BYTES = 256 * 2**20
_PACKAGES = ("goodwill", "numpy", "xgboost")
_RESERVED = ("format_version", "versions", "files", "hash")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_REMEDY = "Restore it from MLflow or a backup, or train again."

Manifest = dict[str, object]


def write_directory(path: Path, manifest: Mapping[str, object], files: Mapping[str, bytes]) -> str:
    """Write a model directory, whole or not at all, and return its hash.

    Parameters
    ----------
    path : the directory; a whole one that goodwill wrote is replaced, any other content is refused.
    manifest : what the directory holds and means, as plain JSON values; equal content gives an equal hash, so
        keep times and machine names out of it.
    files : content by plain name, each ending in ``.json`` or ``.ubj``.

    Raises
    ------
    UsageError : a name or the manifest cannot be stored, or the place cannot be written to.
    OutsideError : the disk is full or failed.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "predictor"
    >>> content_hash = write_directory(folder, {"horizons": [90, 180]}, {"churn.json": b"{}"})
    >>> manifest, files = read_directory(folder)
    >>> manifest["horizons"], files, manifest["hash"] == content_hash
    ([90, 180], {'churn.json': b'{}'}, True)
    """
    _check_writable(manifest, files)
    _check_replaceable(path)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    versions = {package: version(package) for package in _PACKAGES}
    own = {"format_version": FORMAT_VERSION, "versions": versions, "files": hashes}
    # Through JSON and back: what is hashed is what will be read.
    whole: Manifest = json.loads(json_bytes({**manifest, **own}, MANIFEST))
    whole["hash"] = _hash(whole)
    with replacing(path) as draft:
        draft.mkdir()
        for name, content in files.items():
            (draft / name).write_bytes(content)
        (draft / MANIFEST).write_bytes(json_bytes(whole, MANIFEST))
    return str(whole["hash"])


def read_directory(path: Path) -> tuple[Manifest, dict[str, bytes]]:
    """Return the manifest and the files of a model directory, after checking every byte of it.

    The manifest carries ``format_version``, ``versions``, ``files`` (SHA-256 by name) and ``hash`` beside
    what was given to `write_directory`.

    Raises
    ------
    ArtefactError : no such directory, a file missing, unknown, altered, linked or of a foreign kind, a newer
        format, or more than 256 MiB.
    """
    present = _present(path)
    manifest, expected = _manifest(path, present)
    _check_names(path, set(present) - {MANIFEST}, set(expected))
    files = {name: _content(path, name) for name in expected}
    altered = sorted(
        name for name, content in files.items() if hashlib.sha256(content).hexdigest() != expected[name]
    )
    if altered:
        message = f"{path}: {', '.join(altered)} differ from the hash in the manifest. {_REMEDY}"
        raise ArtefactError(message)
    return manifest, files


def _hash(manifest: Mapping[str, object]) -> str:
    content = {key: value for key, value in manifest.items() if key != "hash"}
    return hashlib.sha256(json_bytes(content, MANIFEST)).hexdigest()


def _check_writable(manifest: Mapping[str, object], files: Mapping[str, bytes]) -> None:
    clashes = sorted(set(_RESERVED) & set(manifest))
    if clashes:
        message = f"manifest: {', '.join(clashes)} are set by goodwill itself. Choose other keys."
        raise UsageError(message)
    bad = sorted(name for name in files if not _is_known(name) or name == MANIFEST)
    if bad:
        message = (
            f"Files {bad}: a name is letters, digits, _ . - and ends in {' or '.join(SUFFIXES)}. Rename them."
        )
        raise UsageError(message)


def _check_replaceable(path: Path) -> None:
    if not path.is_dir() or not any(path.iterdir()):
        return
    try:
        read_directory(path)
    except ArtefactError as error:
        message = (
            f"{path} holds something else than a whole predictor. Choose a new folder, or remove this one."
        )
        raise UsageError(message) from error


def _is_known(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and name.endswith(SUFFIXES)


def _present(path: Path) -> list[str]:
    try:
        with os.scandir(path) as entries:
            found = {entry.name: entry for entry in entries}
            plain = {name: entry.is_file(follow_symlinks=False) for name, entry in found.items()}
            size = sum(entry.stat(follow_symlinks=False).st_size for entry in found.values())
    except OSError as error:
        message = f"{path} cannot be read as a predictor: {error.strerror}. Name the folder that was saved."
        raise ArtefactError(message) from error
    foreign = sorted(name for name, is_plain in plain.items() if not is_plain or not _is_known(name))
    if foreign:
        message = (
            f"{path}: {foreign[:3]} do not belong there: only plain files ending in "
            f"{' or '.join(SUFFIXES)} do, no links and no folders. Remove them if you put them "
            f"there, else do not trust it. {_REMEDY}"
        )
        raise ArtefactError(message)
    if size > SIZE_LIMIT_BYTES:
        message = (
            f"{path} holds {size} bytes, more than the {SIZE_LIMIT_BYTES} a predictor may have. {_REMEDY}"
        )
        raise ArtefactError(message)
    return list(found)


def _manifest(path: Path, present: list[str]) -> tuple[Manifest, dict[str, str]]:
    if MANIFEST not in present:
        message = f"{path} has no {MANIFEST}: it is no saved predictor, or not a whole one. {_REMEDY}"
        raise ArtefactError(message)
    try:
        manifest = json.loads(_content(path, MANIFEST))
    except (ValueError, RecursionError) as error:
        message = f"{path / MANIFEST} is not readable JSON. {_REMEDY}"
        raise ArtefactError(message) from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format_version"), int):
        message = f"{path / MANIFEST} names no format version: another program wrote it. {_REMEDY}"
        raise ArtefactError(message)
    if manifest["format_version"] > FORMAT_VERSION:
        message = (
            f"{path} has format version {manifest['format_version']}; this goodwill reads {FORMAT_VERSION} "
            "and older. Install a newer goodwill."
        )
        raise ArtefactError(message)
    if not isinstance(manifest.get("files"), dict) or manifest.get("hash") != _hash(manifest):
        message = f"{path / MANIFEST} differs from its own hash. {_REMEDY}"
        raise ArtefactError(message)
    return manifest, manifest["files"]


def _check_names(path: Path, present: set[str], expected: set[str]) -> None:
    missing, unknown = sorted(expected - present), sorted(present - expected)
    if missing or unknown:
        message = f"{path}: files missing {missing[:3]}, files not in the manifest {unknown[:3]}. {_REMEDY}"
        raise ArtefactError(message)


def _content(path: Path, name: str) -> bytes:
    try:
        handle = os.open(path / name, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        message = f"{path / name} cannot be read: {error.strerror}. {_REMEDY}"
        raise ArtefactError(message) from error
    with os.fdopen(handle, "rb") as file:
        return file.read(SIZE_LIMIT_BYTES)
