"""Which encoding a text file is in, and the same file in UTF-8."""

import codecs
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from goodwill.errors import ConfigError, SourceError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20
_BAD = "\ufffd"
# Letters beyond ASCII to a broken one from which on a file is UTF-8 that was damaged; in GB18030 one in eight
# looks like UTF-8, in eight-bit encodings next to none.
_LETTERS_TO_BAD = 4
# Text of other encodings that happens to be valid GB18030 is full of characters outside this older set.
_COMMON_CHINESE, _COMMON_SHARE = "gb2312", 0.8


def detect_encoding(path: Path) -> str:
    r"""Return the encoding of a text file, in the order: mark, UTF-8, UTF-16, GB18030, Windows-1252, Latin-1.

    The whole file is read. Other encodings of eight bits cannot be told from these with certainty:
    declare them.

    Raises
    ------
    SourceError
        If a file is UTF-8 but for a few bytes; another encoding would garble all of its other letters.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "customers.csv"
    >>> _ = file.write_bytes("客户号,金额\n001,12.5\n".encode("gb18030"))
    >>> detect_encoding(file)
    'gb18030'
    >>> folder.cleanup()
    """
    with open_bytes(path) as stream:
        head = stream.read(_CHUNK)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked is not None:
        return marked
    if b"\0" in head[:1000]:
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    if _decodes(path, "utf-8"):
        return "utf-8"
    _ensure_no_damage(path)
    if _decodes(path, "gb18030") and _is_chinese(head):
        return "gb18030"
    return "cp1252" if _decodes(path, "cp1252") else "latin-1"


def known_encoding(name: str, place: str) -> str:
    """Return a declared encoding if Python knows it.

    Examples
    --------
    >>> known_encoding("utf-9", "transactions.encoding")
    Traceback (most recent call last):
    goodwill.errors.ConfigError: transactions.encoding: 'utf-9' is not an encoding. Write utf-8, gb18030, ...
    """
    try:
        codecs.lookup(name)
    except LookupError as error:
        message = (
            f"{place}: {name!r} is not an encoding. Write utf-8, gb18030, cp1252 or leave it to be detected."
        )
        raise ConfigError(message) from error
    return name


def write_utf8(path: Path, encoding: str, target: Path) -> None:
    """Write the text of `path` to `target` in UTF-8, a piece at a time."""
    with target.open("w", encoding="utf-8", newline="") as out:
        try:
            for text in _texts(path, encoding):
                out.write(text)
        except UnicodeError as error:
            message = (
                f"{path}: not text in {encoding}. Set `encoding:` to what it was written in, "
                "or leave it out to have it detected."
            )
            raise SourceError(message) from error


def open_bytes(path: Path) -> BinaryIO | gzip.GzipFile:
    """Open a file, or what a .gz file holds, for reading."""
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _ensure_no_damage(path: Path) -> None:
    """Raise where text that is not UTF-8 would be but for a few bytes."""
    line, n_letters, n_bad = 1, 0, 0
    for text in _texts(path, "utf-8", errors="replace"):
        line += 0 if n_bad else text.partition(_BAD)[0].count("\n")
        n_bad += text.count(_BAD)
        n_letters += len(text) - len(text.encode("ascii", errors="ignore"))
    if n_letters - n_bad >= _LETTERS_TO_BAD * n_bad:
        raise SourceError(
            f"{path}, line {line}: UTF-8 but for broken characters ({n_bad} of them, the first here). Export "
            "the file again, or leave them out: iconv -c -f utf-8 -t utf-8 FILE > NEW."
        )


def _texts(path: Path, encoding: str, errors: str = "strict") -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors=errors)
    with open_bytes(path) as stream:
        while piece := stream.read(_CHUNK):
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)


def _decodes(path: Path, encoding: str) -> bool:
    try:
        for _ in _texts(path, encoding):
            pass
    except UnicodeError:
        return False
    return True


def _is_chinese(head: bytes) -> bool:
    text = head.decode("gb18030", errors="ignore")
    foreign = [letter for letter in text if not letter.isascii()]
    common = "".join(foreign).encode(_COMMON_CHINESE, errors="ignore")
    return len(common) / 2 >= _COMMON_SHARE * len(foreign)
