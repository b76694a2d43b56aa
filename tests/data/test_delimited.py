import datetime as dt
import gzip
from pathlib import Path

import pytest
from ibis.expr import types as ir

from goodwill.data.delimited import read_delimited
from goodwill.engine import connect
from goodwill.errors import SourceError


def read(
    path: Path, text: str, *, encoding: str | None = None, text_columns: tuple[str, ...] = ()
) -> ir.Table:
    path.write_bytes(text.encode())
    return read_delimited(connect(threads=1), [path], encoding, text_columns)


def rows(table: ir.Table) -> list[dict[str, object]]:
    return table.to_pyarrow().to_pylist()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(path: Path, mark: str) -> None:
    table = read(path, "id,amount\na,1.5\nb,2\n".replace(",", mark))
    assert rows(table) == [{"id": "a", "amount": 1.5}, {"id": "b", "amount": 2.0}]


def test_a_comma_for_decimals_does_not_hide_the_semicolon(path: Path) -> None:
    table = read(path, "id;amount\na;1,50\nb;2,25\n")
    assert rows(table) == [{"id": "a", "amount": "1,50"}, {"id": "b", "amount": "2,25"}]


def test_a_single_column_needs_no_delimiter(path: Path) -> None:
    assert rows(read(path, "id\na\nb\n")) == [{"id": "a"}, {"id": "b"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(path: Path, end: str) -> None:
    assert rows(read(path, f"id,n{end}a,1{end}b,2{end}")) == [{"id": "a", "n": 1}, {"id": "b", "n": 2}]


def test_quoted_fields_hold_delimiters_quotes_and_lines(path: Path) -> None:
    table = read(path, 'id,text\n1,"a, ""b""\nc"\n')
    assert rows(table) == [{"id": 1, "text": 'a, "b"\nc'}]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("1", "-2"), "int64"),
        (("1", "2.5"), "float64"),
        (("1e3", ".5"), "float64"),
        (("1", "NA"), "int64"),
        (("1", "five"), "string"),
        (("00123", "124"), "string"),
        (("1234567890123456789012", "1"), "string"),
        (("12345678901234567.5", "1"), "string"),
        (("2024-05-01", "2024-05-02"), "date"),
        (("2024-05-01", "2024-05-02 10:11:12"), "timestamp(6)"),
        (("01/02/2024", "01/03/2024"), "string"),
        (("2024-05-01T10:00:00Z", "2024-05-01T11:00:00Z"), "string"),
        (("true", "false"), "string"),
        (("", ""), "string"),
    ],
)
def test_a_type_needs_every_value_of_the_column(path: Path, cells: tuple[str, str], kind: str) -> None:
    table = read(path, "id,x\n" + "".join(f"k,{cell}\n" for cell in cells))
    assert str(table.x.type()) == kind


def test_one_wrong_cell_at_the_end_of_a_long_file_is_noticed(path: Path) -> None:
    table = read(path, "id,x\n" + "k,1\n" * 60_000 + "k,oops\n")
    assert table.x.type().is_string()


def test_cells_come_out_as_they_are(path: Path) -> None:
    table = read(path, "id,day,at,x\nk,2024-05-01,2024-05-01 10:11, 2 \nk,,,null\n")
    assert rows(table)[0] == {
        "id": "k",
        "day": dt.date(2024, 5, 1),
        "at": dt.datetime(2024, 5, 1, 10, 11),  # noqa: DTZ001 - times are naive
        "x": 2,
    }
    assert rows(table)[1] == {"id": "k", "day": None, "at": None, "x": None}


def test_columns_declared_as_text_stay_text(path: Path) -> None:
    table = read(path, "id,n\n7,1\n", text_columns=("id",))
    assert rows(table) == [{"id": "7", "n": 1}]


def test_ids_written_as_floats_lose_the_point(path: Path) -> None:
    assert rows(read(path, "id,n\n17850.0,1\n,2\n", text_columns=("id",)))[0]["id"] == "17850"


def test_ids_of_which_some_have_a_point_keep_it(path: Path) -> None:
    assert rows(read(path, "id,n\n1.0,1\nx,2\n", text_columns=("id",)))[0]["id"] == "1.0"


def test_names_are_trimmed_and_blank_ones_numbered(path: Path) -> None:
    assert read(path, ", id \n0,a\n").columns == ("column_1", "id")


def test_a_name_may_not_repeat(path: Path) -> None:
    with pytest.raises(SourceError, match=r"orders\.csv: the first line names id more than once"):
        read(path, "id,id\n1,2\n")


def test_a_header_alone_gives_no_rows(path: Path) -> None:
    assert rows(read(path, "id,amount\n")) == []


def test_a_blank_file_is_empty(path: Path) -> None:
    with pytest.raises(SourceError, match="the file is empty"):
        read(path, " \n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('id,x\n1,a\n2,"secret\n3,c\n', r'line 3: a quote \("\) is opened and never closed'),
        ("id,x\n1,a\nsecret\n3,c\n", "line 3: 1 fields instead of 2. Quote fields"),
        ("id,x\n1,a\n2,secret,c\n", "line 3: 3 fields instead of 2. Quote fields"),
    ],
)
def test_a_broken_line_is_named_but_not_shown(path: Path, text: str, expected: str) -> None:
    with pytest.raises(SourceError, match=expected) as caught:
        read(path, text)
    assert "secret" not in str(caught.value)


def test_a_stray_quote_at_the_top_of_a_long_file_is_named(path: Path) -> None:
    with pytest.raises(SourceError, match=r"line 2: a quote"):
        read(path, 'id,x\n1,"a\n' + "2,b\n" * 100_000)


def test_a_line_without_end_is_refused(path: Path) -> None:
    with pytest.raises(SourceError, match=r"orders\.csv.*: the line cannot be read as CSV"):
        read(path, "id,x\n1," + "x" * 3_000_000 + "\n")


def test_a_declared_encoding_that_is_wrong_is_told(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(b"id,x\n1,\xe9\n")
    with pytest.raises(SourceError, match=r"line 2: not UTF-8\. Set `encoding:`"):
        read_delimited(connect(threads=1), [path], "utf-8", ())


@pytest.mark.parametrize("encoding", [None, "gb18030"])
def test_chinese_files_are_read(tmp_path: Path, encoding: str | None) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes("客户号,交易时间,金额\n001,2024-05-01,12.5\n".encode("gb18030"))
    table = read_delimited(connect(threads=1), [path], encoding, ("客户号",))
    assert rows(table) == [{"客户号": "001", "交易时间": dt.date(2024, 5, 1), "金额": 12.5}]


def test_packed_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(b"id,n\na,1\n"))
    assert rows(read_delimited(connect(threads=1), [path], None, ())) == [{"id": "a", "n": 1}]


def test_several_files_are_one_table_whatever_the_order_of_columns(tmp_path: Path) -> None:
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text("id,n\na,1\n")
    second.write_text("n;id\n2.5;b\n")
    table = read_delimited(connect(threads=1), [first, second], None, ())
    assert sorted(row["n"] for row in rows(table)) == [1.0, 2.5]


def test_files_with_other_columns_are_refused(tmp_path: Path) -> None:
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text("id,n\na,1\n")
    second.write_text("id,m\nb,2\n")
    with pytest.raises(SourceError, match=r"2\.csv: its columns differ from those of 1\.csv in: m, n"):
        read_delimited(connect(threads=1), [first, second], None, ())


def test_only_the_typed_table_stays_in_the_engine(path: Path) -> None:
    path.write_text("id,n\na,1\n")
    engine = connect(threads=1)
    table = read_delimited(engine, [path], None, ())
    names = engine.con.execute(
        "SELECT table_name FROM duckdb_tables() UNION SELECT view_name FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    assert names == [(table.op().name,)]


def test_a_header_longer_than_the_sample_is_read(path: Path) -> None:
    names = [f"column_{i:06d}" for i in range(20)]
    body = ",".join(["x" * 2000] * 20) + "\n"
    assert len(read(path, ",".join(names) + "\n" + body * 12).columns) == 20
