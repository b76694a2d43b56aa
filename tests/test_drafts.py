import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from goodwill import drafts
from goodwill.drafts import exchange, is_alive, put


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """A folder and a draft that is to take its place."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    return tmp_path / "new", tmp_path / "old"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_two_folders_change_places_in_one_step(two: tuple[Path, Path]) -> None:
    assert exchange(*two)
    assert [names(folder) for folder in two] == [["old"], ["new"]]


def test_a_failed_exchange_is_told_and_changes_nothing(two: tuple[Path, Path]) -> None:
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        exchange(two[0], two[1] / "missing")
    assert [names(folder) for folder in two] == [["new"], ["old"]]


@pytest.mark.parametrize("functions", [{}, {"renameat2": lambda *_: -1}])
def test_where_two_cannot_be_exchanged_one_is_moved_aside(
    two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, functions: dict[str, object]
) -> None:
    library = type("Library", (), {name: staticmethod(one) for name, one in functions.items()})
    monkeypatch.setattr(drafts.ctypes, "CDLL", lambda *_, **__: library)
    monkeypatch.setattr(drafts.ctypes, "get_errno", lambda: errno.EINVAL)
    put(*two)
    assert names(two[1]) == ["new"]
    assert names(two[1].parent) == ["old"]


def test_one_moved_aside_comes_back_where_the_other_cannot_follow(
    two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "exchange", lambda *_: False)
    replace = os.replace

    def refused(source: Path, target: Path) -> None:
        if source == two[0]:
            raise OSError(errno.ENOSPC, "")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(OSError, match=str(errno.ENOSPC)):
        put(*two)
    assert names(two[1]) == ["old"]


def test_a_dead_process_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    assert child.wait() == 0
    assert not is_alive(child.pid)


def test_a_process_of_somebody_else_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_process_id: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert is_alive(1)
