import datetime as dt
import sys
from pathlib import Path

import openpyxl
import pytest
from ibis.expr import types as ir

from goodwill.data.workbooks import read_workbook
from goodwill.engine import connect
from goodwill.errors import SourceError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def save(path: Path, *rows: tuple[object, ...], sheet: str = "Sheet") -> None:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(path)


def read(path: Path, sheet: str | None = None, text_columns: tuple[str, ...] = ()) -> ir.Table:
    return read_workbook(connect(threads=1), path, sheet, text_columns)


def rows(table: ir.Table) -> list[dict[str, object]]:
    return table.to_pyarrow().to_pylist()


def test_cells_keep_their_types(path: Path) -> None:
    when = dt.datetime(2024, 5, 1, 10, 30)  # noqa: DTZ001 - times are naive
    save(path, ("客户号", "交易时间", "金额", "n"), ("甲", when, 12.5, 3), (None, None, 1, None))
    assert rows(read(path)) == [
        {"客户号": "甲", "交易时间": when, "金额": 12.5, "n": 3},
        {"客户号": None, "交易时间": None, "金额": 1.0, "n": None},
    ]


def test_ids_are_text_without_a_point(path: Path) -> None:
    save(path, ("id", "n"), (17850, 1), (1e17, 2), ("00123", 3))
    assert [row["id"] for row in rows(read(path, text_columns=("id",)))] == [
        "17850",
        "100000000000000000",
        "00123",
    ]


def test_a_float_that_is_not_whole_keeps_its_digits(path: Path) -> None:
    save(path, ("id",), (1.5,), ("x",))
    assert [row["id"] for row in rows(read(path))] == ["1.5", "x"]


def test_a_column_of_numbers_and_text_is_text(path: Path) -> None:
    save(path, ("amount",), (12.0,), ("free",), (True,))
    assert [row["amount"] for row in rows(read(path))] == ["12", "free", "True"]


def test_an_empty_column_is_text(path: Path) -> None:
    save(path, ("a", "b"), (1, None))
    assert read(path).b.type().is_string()


def test_blank_rows_and_columns_without_a_name_at_the_right_are_left_out(path: Path) -> None:
    save(path, (None, None), ("id", None, "n"), ("a", "x", 1, "note"), (None, None, None), ("b", None, 2))
    table = read(path)
    assert table.columns == ("id", "column_2", "n")
    assert [row["n"] for row in rows(table)] == [1, 2]


def test_a_header_alone_gives_no_rows(path: Path) -> None:
    save(path, ("id", 2024))
    assert rows(read(path)) == []
    assert read(path).columns == ("id", "2024")


def test_a_sheet_is_chosen_by_name(path: Path) -> None:
    save(path, ("id",), ("a",), sheet="Orders")
    assert rows(read(path, "Orders")) == [{"id": "a"}]
    with pytest.raises(SourceError, match=r"book\.xlsx: there is no sheet 'Order'\. There are: Orders"):
        read(path, "Order")


def test_an_empty_sheet_is_refused(path: Path) -> None:
    save(path)
    with pytest.raises(SourceError, match=r"book\.xlsx: the sheet is empty"):
        read(path)


def test_a_name_may_not_repeat(path: Path) -> None:
    save(path, ("id", "id"), (1, 2))
    with pytest.raises(SourceError, match="the first row names id more than once"):
        read(path)


def test_a_damaged_workbook_is_refused(path: Path) -> None:
    save(path, ("id",), ("a",))
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(SourceError, match=r"book\.xlsx: not a whole \.xlsx workbook"):
        read(path)


def test_without_the_extra_the_way_to_install_it_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(path, ("id",), ("a",))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(SourceError, match=r"pip install 'goodwill\[excel\]'"):
        read(path)
