import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from goodwill import artefacts
from goodwill.artefacts import read_directory, write_directory
from goodwill.errors import ArtefactError, UsageError
from goodwill.files import json_bytes

FILES = {"churn.ubj": b"\x00\x01", "segments.json": b"{}"}


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    write_directory(tmp_path / "predictor", {"horizons": [90]}, FILES)
    return tmp_path / "predictor"


def edit(stored: Path, **changes: object) -> None:
    """Change the manifest and make its hash fit again, as an attacker would."""
    manifest = {**json.loads((stored / "manifest.json").read_text()), **changes}
    del manifest["hash"]
    manifest["hash"] = hashlib.sha256(json_bytes(manifest, "manifest")).hexdigest()
    (stored / "manifest.json").write_text(json.dumps(manifest))


def test_what_is_written_is_read(stored: Path) -> None:
    manifest, files = read_directory(stored)
    assert files == FILES
    assert manifest["horizons"] == [90]
    assert manifest["format_version"] == 6
    assert sorted(manifest["versions"]) == ["goodwill", "numpy", "xgboost"]


def test_equal_content_has_equal_hashes_and_bytes(tmp_path: Path) -> None:
    first = write_directory(tmp_path / "a", {"x": 1.1, "y": {2: 3, 10: 4}}, FILES)
    second = write_directory(tmp_path / "b", {"y": {10: 4, 2: 3}, "x": 1.1}, dict(reversed(FILES.items())))
    assert first == second
    assert (tmp_path / "a" / "manifest.json").read_bytes() == (tmp_path / "b" / "manifest.json").read_bytes()


def test_other_content_has_another_hash(stored: Path) -> None:
    before = read_directory(stored)[0]["hash"]
    assert write_directory(stored, {"horizons": [90]}, {**FILES, "churn.ubj": b"\x00\x02"}) != before
    assert write_directory(stored, {"horizons": [91]}, FILES) != before


def test_saving_again_replaces_all_of_it(stored: Path) -> None:
    write_directory(stored, {}, {"other.json": b"[]"})
    assert read_directory(stored)[1] == {"other.json": b"[]"}


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "a web page"}')
    with pytest.raises(UsageError, match="something else than a whole predictor"):
        write_directory(tmp_path, {}, FILES)


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    write_directory(tmp_path, {}, FILES)
    assert read_directory(tmp_path)[1] == FILES


@pytest.mark.parametrize("name", ["../x.json", "a/b.json", "x.pkl", "manifest.json", ".x.json", ""])
def test_names_that_could_leave_the_folder_or_run_code_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="a name is letters, digits"):
        write_directory(tmp_path / "x", {}, {name: b""})


def test_keys_of_goodwill_itself_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="files, hash are set by goodwill"):
        write_directory(tmp_path / "x", {"hash": "", "files": []}, {})


def test_a_manifest_that_is_no_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"manifest\.json: Out of range float"):
        write_directory(tmp_path / "x", {"x": float("inf")}, {})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "churn.ubj").write_bytes(b"\x00\x03"), r"churn\.ubj differ from the hash"),
        (lambda folder: (folder / "churn.ubj").write_bytes(b"\x00"), r"churn\.ubj differ from the hash"),
        (lambda folder: (folder / "churn.ubj").unlink(), r"files missing \['churn\.ubj'\]"),
        (lambda folder: (folder / "more.json").touch(), r"not in the manifest \['more\.json'\]"),
        (lambda folder: (folder / "more.pkl").touch(), r"\['more\.pkl'\] do not belong there"),
        (lambda folder: (folder / "__pycache__").mkdir(), "no links and no folders"),
        (lambda folder: os.mkfifo(folder / "pipe.json"), r"\['pipe\.json'\] do not belong there"),
        (lambda folder: (folder / "manifest.json").unlink(), "not a whole one"),
        (lambda folder: (folder / "manifest.json").write_bytes(b"\xff{"), "not readable JSON"),
        (lambda folder: (folder / "manifest.json").write_text("[" * 100_000), "not readable JSON"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "names no format version"),
        (lambda folder: (folder / "manifest.json").write_text('{"format_version": 1}'), "its own hash"),
        (lambda folder: edit(folder, files=[]), "its own hash"),
        (lambda folder: edit(folder, format_version=7), "Install a newer goodwill"),
        (lambda folder: edit(folder, files={"../../x.json": "0"}), r"files missing \['\.\./\.\./x\.json'\]"),
    ],
)
def test_a_spoilt_directory_is_refused(stored: Path, spoil: Callable[[Path], object], words: str) -> None:
    spoil(stored)
    with pytest.raises(ArtefactError, match=words):
        read_directory(stored)


def test_an_edited_manifest_is_refused(stored: Path) -> None:
    text = (stored / "manifest.json").read_text()
    (stored / "manifest.json").write_text(text.replace("90", "900"))
    with pytest.raises(ArtefactError, match="differs from its own hash"):
        read_directory(stored)


def test_a_directory_of_an_older_format_is_read(stored: Path) -> None:
    edit(stored, format_version=1)
    assert read_directory(stored)[1] == FILES


def test_a_link_to_a_file_is_refused(stored: Path, tmp_path: Path) -> None:
    (stored / "churn.ubj").rename(tmp_path / "elsewhere")
    (stored / "churn.ubj").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ArtefactError, match="no links"):
        read_directory(stored)


def test_a_link_to_the_directory_is_followed(stored: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(stored)
    assert read_directory(tmp_path / "link")[1] == FILES


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"No such file or directory\. Name the folder that was saved"):
        read_directory(tmp_path / "none")


def test_an_oversized_directory_is_refused_unread(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artefacts, "SIZE_LIMIT_BYTES", 1)
    with pytest.raises(ArtefactError, match="more than the 1 a predictor may have"):
        read_directory(stored)


def test_a_file_that_cannot_be_opened_is_refused(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ArtefactError, match=r"manifest\.json cannot be read: Permission denied"):
        read_directory(stored)
