import gzip
from pathlib import Path

import pytest

from goodwill.data.encodings import detect_encoding, known_encoding, write_utf8
from goodwill.errors import ConfigError, SourceError

CHINESE = "客户号,交易时间,金额\n001,2024-05-01,12.5\n"
WESTERN = "name;city\nMüller;Köln\nCafé;Århus\n"


def written(folder: Path, text: str, encoding: str) -> Path:
    path = folder / "rows.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "detected"),
    [
        ("a,b\n1,2\n", "ascii", "utf-8"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-32", "utf-32"),
        ("a,b\n1,2\n", "utf-16-le", "utf-16-le"),
        ("a,b\n1,2\n", "utf-16-be", "utf-16-be"),
        (WESTERN, "cp1252", "cp1252"),
        (WESTERN, "latin-1", "cp1252"),
        ("a\x81b\né\n", "latin-1", "latin-1"),
    ],
)
def test_common_encodings_are_told_apart(tmp_path: Path, text: str, encoding: str, detected: str) -> None:
    path = written(tmp_path, text, encoding)
    assert detect_encoding(path) == detected
    write_utf8(path, detected, tmp_path / "utf8.csv")
    assert (tmp_path / "utf8.csv").read_text(encoding="utf-8") == text


def test_an_encoding_is_judged_by_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b\n" * 500_000 + "ü".encode("latin-1"))
    assert detect_encoding(path) == "cp1252"


def test_letters_cut_between_two_pieces_stay_whole(tmp_path: Path) -> None:
    text = "x" + "客" * 600_000
    path = written(tmp_path, text, "gb18030")
    write_utf8(path, "gb18030", tmp_path / "utf8.csv")
    assert (tmp_path / "utf8.csv").read_text(encoding="utf-8") == text


def test_packed_files_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(CHINESE.encode("gb18030")))
    assert detect_encoding(path) == "gb18030"


def test_text_in_another_encoding_than_declared_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, WESTERN, "cp1252")
    with pytest.raises(SourceError, match=r"rows\.csv: not text in utf-8\. Set `encoding:`"):
        write_utf8(path, "utf-8", tmp_path / "utf8.csv")


def test_an_encoding_nobody_knows_is_refused() -> None:
    with pytest.raises(ConfigError, match="'utf-9' is not an encoding"):
        known_encoding("utf-9", "transactions.encoding")


def test_a_known_encoding_is_returned() -> None:
    assert known_encoding("GB18030", "transactions.encoding") == "GB18030"


@pytest.mark.parametrize("broken", [b"\xff", "户".encode()[:2]])
def test_a_few_broken_bytes_do_not_make_utf_8_another_encoding(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(CHINESE.encode() + b"002," + broken + b"\n003,\xe9\x87\x91\n")
    with pytest.raises(SourceError, match=r"line 3: UTF-8 but for broken characters \(1 of them"):
        detect_encoding(path)
