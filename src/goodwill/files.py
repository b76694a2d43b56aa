"""Files that appear whole or not at all, links that move in one step, folders held by one run at a time."""

import errno
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from goodwill.drafts import draft_of, flush, meant_by, put, remove, remove_leftovers
from goodwill.errors import GoodwillError, OutsideError, UsageError

LOCK_NAME = ".goodwill.lock"
_WRONG_PLACE = {
    errno.EACCES: "permission denied",
    errno.EPERM: "the operation is not permitted",
    errno.EROFS: "the file system is read-only",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EISDIR: "a folder of that name is in the way",
    errno.ENOTEMPTY: "a folder of that name is in the way",
    errno.EEXIST: "a file of that name is in the way",
    errno.ENAMETOOLONG: "the name is too long",
}


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write a file or folder to; it takes the place of `path` if all went well.

    Until then `path` is untouched; after an error nothing stays behind; what a killed process left behind
    is removed by the next writer of the same path and carries a name that no reader looks for.

    Raises
    ------
    UsageError : the place cannot be written to (permission, a folder in the way).
    OutsideError : the disk is full or failed.

    Notes
    -----
    A folder replaces the whole folder that was there, never a part of it: in one step on Linux, see `put`.
    What is written into a folder's draft appears with it. A link is followed: what it points to is replaced.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with replacing(folder / "a.txt") as draft:
    ...     _ = draft.write_text("whole")
    >>> [file.name for file in folder.iterdir()]
    ['a.txt']
    """
    path = path.resolve() if path.is_symlink() else path
    draft = draft_of(path)
    try:
        with reported(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            remove_leftovers(path)
            yield draft
            flush(draft)
            put(draft, path)
    finally:
        remove(draft)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all; errors as in `replacing`."""
    with replacing(path) as draft:
        draft.write_bytes(content)


def write_json(path: Path, content: object) -> None:
    """Write an object as UTF-8 JSON, whole or not at all; numbers that are not finite are refused.

    Examples
    --------
    >>> write_json(Path("metrics.json"), {"churn": {"roc_auc": float("nan")}})
    Traceback (most recent call last):
    goodwill.errors.UsageError: metrics.json: Out of range float values are not JSON compliant...
    """
    write_bytes(path, json_bytes(content, path.name))


def json_bytes(content: object, name: str) -> bytes:
    """Return readable UTF-8 JSON, the same bytes for equal content; `name` is for the message."""
    try:
        text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        message = (
            f"{name}: {error}. Store None for what cannot be computed, and plain numbers, text and lists."
        )
        raise UsageError(message) from error
    return f"{text}\n".encode()


def ensure_writable(folder: Path) -> None:
    """Make `folder` where it is missing, and raise before long work if nothing can be written to it.

    Raises
    ------
    UsageError : the place cannot be written to.
    OutsideError : the disk failed.

    Examples
    --------
    >>> ensure_writable(Path("/dev/null/scores"))
    Traceback (most recent call last):
    goodwill.errors.UsageError: /dev/null/scores cannot be written: a part of the path is a file...
    """
    with reported(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


def swap_link(link: Path, target: Path) -> None:
    """Point `link` at `target` (stored relative to the link's folder) in one step: readers see old or new.

    Raises
    ------
    UsageError : something that is no link stands at `link`.
    """
    if link.exists() and not link.is_symlink():
        message = f"{link} is not a link but a file or folder of its own. Move it away and run again."
        raise UsageError(message)
    with reported(link):
        link.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(link)
        draft = draft_of(link)
        draft.symlink_to(os.path.relpath(target.resolve(), link.parent.resolve()))
        draft.replace(link)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder` for this run; the operating system frees it when the process ends, however it ends.

    Raises
    ------
    OutsideError : another run holds it.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with locked(folder), locked(folder):
    ...     pass
    Traceback (most recent call last):
    goodwill.errors.OutsideError: ...is in use by another run (lock ...goodwill.lock)...
    """
    lock = FileLock(folder / LOCK_NAME, timeout=0)
    with reported(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout as error:
            message = (
                f"{folder} is in use by another run (lock {lock.lock_file}). Wait for it to end, or stop it; "
                "the lock is freed with its process. Another `output` keeps two runs apart."
            )
            raise OutsideError(message) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Say which file could not be written, and why: an error of the system becomes one of ours."""
    try:
        yield
    except OSError as error:
        raise _refusal(meant_by(path), error) from error


def _refusal(path: Path, error: OSError) -> GoodwillError:
    if error.errno in _WRONG_PLACE:
        reason = _WRONG_PLACE[error.errno]
        return UsageError(f"{path} cannot be written: {reason}. Choose another folder or make it writable.")
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OutsideError(
            f"{path} cannot be written: the disk is full. Free some space and run again; what stood there "
            "before is untouched."
        )
    # Arrow's own text says twice what the number says.
    reason = os.strerror(error.errno) if error.errno else str(error)
    return OutsideError(f"{path} cannot be written: {reason}. Look at the disk and run again.")
