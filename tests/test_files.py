import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from goodwill.errors import OutsideError, UsageError
from goodwill.files import json_bytes, locked, replacing, swap_link, write_bytes, write_json


def killed(script: str, folder: Path) -> int:
    """Run a script that kills itself, as kill -9 would, and return the number its process had."""
    start, end = (
        "import os\nfrom pathlib import Path\nfrom goodwill.files import *",
        "os.kill(os.getpid(), 9)",
    )
    child = subprocess.Popen([sys.executable, "-c", f"{start}\n{script}\n{end}"], cwd=folder)
    assert child.wait() == -signal.SIGKILL
    return child.pid


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_json_is_readable_and_equal_for_equal_content(tmp_path: Path) -> None:
    write_json(tmp_path / "deep" / "x.json", {"b": 1, "a": "客户"})
    assert (tmp_path / "deep" / "x.json").read_text() == '{\n  "a": "客户",\n  "b": 1\n}\n'
    assert json_bytes({"a": 1, "b": 2}, "x") == json_bytes({"b": 2, "a": 1}, "x")


def test_json_refuses_what_is_no_json() -> None:
    with pytest.raises(UsageError, match=r"x\.json: Object of type set is not JSON serializable"):
        json_bytes({1}, "x.json")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    write_bytes(tmp_path / "x", b"old")
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "x") as draft:
        draft.write_bytes(b"half" * (1 // 0))
    assert names(tmp_path) == ["x"]
    assert (tmp_path / "x").read_bytes() == b"old"


def test_a_killed_write_is_never_taken_for_whole_and_is_cleaned_up(tmp_path: Path) -> None:
    killed("with replacing(Path('x')) as d:\n d.write_bytes(b'half'); os.kill(os.getpid(), 9)", tmp_path)
    assert "x" not in names(tmp_path)
    assert len(names(tmp_path)) == 1
    write_bytes(tmp_path / "x", b"whole")
    assert names(tmp_path) == ["x"]


def test_a_draft_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / f".x.{os.getpid()}.0.partial").touch()
    (tmp_path / ".x.named-by-somebody.partial").touch()
    write_bytes(tmp_path / "x", b"")
    assert len(names(tmp_path)) == 3


def test_a_folder_replaces_the_whole_folder(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "old").touch()
    with replacing(tmp_path / "x") as draft:
        draft.mkdir()
        (draft / "new").touch()
    assert names(tmp_path) == ["x"]
    assert names(tmp_path / "x") == ["new"]


def test_a_file_inside_a_draft_is_told_by_the_name_it_will_have(tmp_path: Path) -> None:
    inside = tmp_path / ".x.1.abcdef12.partial" / "log.json"
    with pytest.raises(OutsideError, match=r"/x/log\.json cannot be written"), replacing(inside):
        raise OSError(errno.ENOSPC, "")


def test_a_write_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    write_bytes(tmp_path / "target", b"old")
    swap_link(tmp_path / "link", tmp_path / "target")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


def test_a_full_disk_is_an_outside_failure_that_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="the disk is full"), replacing(tmp_path / "x"):
        Path("/dev/full").write_bytes(b"x")
    assert names(tmp_path) == []


@pytest.mark.parametrize(("code", "words"), [(errno.EACCES, "permission"), (errno.EROFS, "read-only")])
def test_a_place_that_cannot_be_written_is_a_usage_error(tmp_path: Path, code: int, words: str) -> None:
    with pytest.raises(UsageError, match=words), replacing(tmp_path / "x"):
        raise OSError(code, "")


def test_a_file_in_the_way_is_a_usage_error(tmp_path: Path) -> None:
    write_bytes(tmp_path / "file", b"")
    with pytest.raises(UsageError, match=r"a part of the path is a file|a file of that name is in the way"):
        write_bytes(tmp_path / "file" / "x", b"")


def test_a_failing_disk_is_an_outside_failure(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="Input/output error"), replacing(tmp_path / "x"):
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_link_moves_in_one_step_and_survives_moving_the_folder(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_bytes(tmp_path / "old" / "runs" / name, name.encode())
        swap_link(tmp_path / "old" / "link", tmp_path / "old" / "runs" / name)
    (tmp_path / "old").rename(tmp_path / "new")
    assert (tmp_path / "new" / "link").read_bytes() == b"second"
    assert names(tmp_path / "new") == ["link", "runs"]


def test_a_link_does_not_replace_what_is_no_link(tmp_path: Path) -> None:
    write_bytes(tmp_path / "link", b"mine")
    with pytest.raises(UsageError, match="not a link"):
        swap_link(tmp_path / "link", tmp_path)


def test_a_second_run_is_refused_and_names_the_lock(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(OutsideError, match=r"in use by another run .*goodwill\.lock"):
        locked(tmp_path).__enter__()
    with locked(tmp_path):
        pass


def test_a_killed_run_frees_its_lock(tmp_path: Path) -> None:
    killed("held = locked(Path('.')); held.__enter__()", tmp_path)
    with locked(tmp_path):
        assert names(tmp_path) == [".goodwill.lock"]


def test_a_lock_in_an_impossible_place_is_a_usage_error(tmp_path: Path) -> None:
    write_bytes(tmp_path / "file", b"")
    with pytest.raises(UsageError, match="cannot be written"), locked(tmp_path / "file"):
        pass
