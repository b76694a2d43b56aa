"""Drafts beside files and folders: under names no reader looks for, put in place in one step."""

import ctypes
import errno
import glob
import os
import re
import shutil
import uuid
from contextlib import suppress
from pathlib import Path

_DRAFT = re.compile(r"\.(?P<name>.+)\.\d+\.[0-9a-f]{8}\.partial")
# Of linux/fcntl.h and linux/fs.h.
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP}


def draft_of(path: Path) -> Path:
    """Return a name beside `path` that nobody else uses, and that tells which process does.

    Examples
    --------
    >>> draft_of(Path("out/a.txt")).name.startswith(f".a.txt.{os.getpid()}.")
    True
    """
    return path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}.partial")


def meant_by(path: Path) -> Path:
    """Return the place that a path inside a draft will have.

    Examples
    --------
    >>> meant_by(draft_of(Path("out/scores")) / "log.json").as_posix()
    'out/scores/log.json'
    """
    return Path(*(_DRAFT.sub(r"\g<name>", part) for part in path.parts))


def put(draft: Path, path: Path) -> None:
    """Let a draft take the place of `path`; a folder that stood there is gone, or has the draft's name.

    A file or a link replaces another in one step. So does a folder on Linux; where the system cannot exchange
    two, the old one is moved aside first, and a kill between the two steps leaves none at `path`.
    """
    if not (draft.is_dir() and path.is_dir()):
        draft.replace(path)
    elif not exchange(draft, path):
        _move_aside_for(draft, path)
    flush_one(path.parent)


def exchange(one: Path, other: Path) -> bool:
    """Let two files or folders change places in one step; False where the system or the disk cannot.

    Raises
    ------
    OSError : it could, but failed.
    """
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    names = (os.fsencode(one), os.fsencode(other))
    if renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _move_aside_for(draft: Path, path: Path) -> None:
    old = draft_of(path)
    path.replace(old)
    try:
        draft.replace(path)
    except OSError:
        old.replace(path)
        raise
    remove(old)


def flush(path: Path) -> None:
    """Return once a file, or a folder and all below it, are on the disk."""
    for part in [path, *path.rglob("*")]:
        flush_one(part)


def flush_one(path: Path) -> None:
    """Return once a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_leftovers(path: Path) -> None:
    """Remove the drafts of `path` that killed processes left."""
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*.partial"):
        owner = leftover.name.removeprefix(f".{path.name}.").split(".")[0]
        if owner.isdecimal() and not is_alive(int(owner)):
            remove(leftover)


def is_alive(process_id: int) -> bool:
    """Return whether a process of that number runs on this machine.

    Examples
    --------
    >>> is_alive(os.getpid())
    True
    """
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def remove(path: Path) -> None:
    """Remove a file, a link or a folder, whether it is there or not."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
