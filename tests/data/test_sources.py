from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis.expr import types as ir

from goodwill.data.sources import read_source, source_files
from goodwill.engine import confine, connect, fetch
from goodwill.errors import GoodwillError, SourceError


def write(path: Path, **columns: list[object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def read(source: Path | str, **options: str) -> ir.Table:
    return read_source(connect(threads=1), str(source), **options)


def ids(table: ir.Table) -> list[object]:
    return sorted(table.id.to_pyarrow().to_pylist())


def test_a_parquet_file_is_a_view_and_not_a_copy(tmp_path: Path) -> None:
    engine = connect(threads=1)
    table = read_source(engine, str(write(tmp_path / "a.parquet", id=["a"])))
    assert ids(table) == ["a"]
    assert engine.con.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)


def test_a_glob_reads_files_whatever_the_order_of_columns(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", id=["a"], n=[1])
    write(tmp_path / "2.parquet", n=[2], id=["b"])
    assert ids(read(tmp_path / "*.parquet")) == ["a", "b"]


def test_a_folder_is_read_with_its_folders(tmp_path: Path) -> None:
    write(tmp_path / "year=2023" / "1.parquet", id=["a"])
    write(tmp_path / "year=2024" / "1.parquet", id=["b"])
    (tmp_path / "notes.md").write_text("not data")
    table = read(tmp_path)
    assert ids(table) == ["a", "b"]
    assert "year" in table.columns


def test_a_folder_of_csv_is_read(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("id;n\na;1\n")
    (tmp_path / "2.CSV").write_text("id;n\nb;2\n")
    assert ids(read(tmp_path)) == ["a", "b"]


def test_csv_options_reach_the_reader(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_bytes("id,x\n00123,é\n".encode("cp1252"))
    table = read(tmp_path / "1.csv", encoding="cp1252", text_columns=("id",))
    assert table.to_pyarrow().to_pylist() == [{"id": "00123", "x": "é"}]


def test_a_sheet_of_a_workbook_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Orders").append(("id",))
    book["Orders"].append(("a",))
    book.save(tmp_path / "book.xlsx")
    assert ids(read(f"{tmp_path}/book.xlsx::Orders")) == ["a"]


def test_several_workbooks_are_refused(tmp_path: Path) -> None:
    for name in ("1.xlsx", "2.xlsx"):
        openpyxl.Workbook().save(tmp_path / name)
    with pytest.raises(SourceError, match=r"2 workbooks match\. Name one"):
        read(tmp_path / "*.xlsx")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(path) as store:
        store.execute("CREATE TABLE orders AS SELECT 'a' AS id; CREATE SCHEMA sales")
        store.execute("CREATE TABLE sales.orders AS SELECT 'b' AS id")
    return path


def test_tables_of_a_database_are_read_by_schema(database: Path) -> None:
    assert ids(read(f"{database}::orders")) == ["a"]
    assert ids(read(f"{database}::sales.orders")) == ["b"]


def test_a_table_a_database_lacks_is_named_with_the_nearest(database: Path) -> None:
    with pytest.raises(SourceError, match=r"shop\.duckdb: there is no table 'order'\. Did you mean 'orders'"):
        read(f"{database}::order")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.duckdb").write_text("not a database")
    with pytest.raises(SourceError, match=r"shop\.duckdb: not a DuckDB database"):
        read(f"{tmp_path}/shop.duckdb::orders")


def test_a_table_of_the_engine_is_read() -> None:
    engine = connect(threads=1)
    engine.create_table("orders", pd.DataFrame({"id": ["a"]}))
    assert ids(read_source(engine, "table:orders")) == ["a"]
    with pytest.raises(SourceError, match="table:order: the engine has no such table"):
        read_source(engine, "table:order")


def test_a_table_of_the_engine_has_no_files() -> None:
    assert source_files("table:orders") == []


def test_files_are_absolute_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("2.csv", "1.csv"):
        (tmp_path / name).write_text("id\n")
    monkeypatch.chdir(tmp_path)
    assert source_files("*.csv") == [tmp_path / "1.csv", tmp_path / "2.csv"]


def test_a_name_with_signs_of_a_pattern_is_that_file(tmp_path: Path) -> None:
    assert ids(read(write(tmp_path / "[1]*.parquet", id=["a"]))) == ["a"]


@pytest.mark.parametrize("name", ["orders.parquet", "orders*.parquet", "missing/*.csv"])
def test_no_file_is_told_with_where_it_was_sought(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"no such file, and no match\. Paths count from"):
        read(tmp_path / name)


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the folder holds no Parquet, CSV or Excel file"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.xlsx", "a.duckdb::t"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name.partition("::")[0]).touch()
    with pytest.raises(SourceError, match=r"a\.\w+: the file is empty"):
        read(tmp_path / name)


def test_a_file_without_the_right_to_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.parquet", id=["a"])

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    engine = connect(threads=1)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=r"a\.parquet: cannot be read \(Permission denied\)"):
        read_source(engine, str(path))


@pytest.mark.parametrize("name", ["a.xls", "a"])
def test_an_unknown_ending_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(SourceError, match=r"cannot be read by its ending\. Known endings are \.parquet"):
        read(tmp_path / name)


def test_files_of_several_kinds_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", id=["a"])
    (tmp_path / "a.csv").write_text("id\n")
    with pytest.raises(SourceError, match=r"files of several kinds \(\.csv, \.parquet\)"):
        read(tmp_path / "a.*")


@pytest.mark.parametrize("kept_bytes", [10, 300, 2000, -4])
def test_truncated_parquet_is_refused(tmp_path: Path, kept_bytes: int) -> None:
    path = write(tmp_path / "a.parquet", id=[str(i) for i in range(1000)])
    path.write_bytes(path.read_bytes()[:kept_bytes])
    with pytest.raises(SourceError, match=r"a\.parquet: not a whole Parquet file"):
        read(path)


def test_the_damaged_one_of_many_files_is_named(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", id=["a"])
    write(tmp_path / "2.parquet", id=["b"]).write_bytes(b"PAR1 and no more")
    with pytest.raises(SourceError, match=r"2\.parquet: not a whole Parquet file"):
        read(tmp_path / "*.parquet")


def test_damage_inside_a_parquet_file_is_told_when_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", id=[str(i) for i in range(1000)])
    content = bytearray(path.read_bytes())
    content[4:200] = bytes(196)
    path.write_bytes(content)
    with pytest.raises(GoodwillError, match=r"the file is damaged"):
        fetch(read(path))


def test_parquet_is_still_read_after_the_engine_is_confined(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", id=["a"])
    engine = connect(threads=1)
    table = read_source(engine, str(path))
    confine(engine, paths=source_files(str(path)))
    assert ids(table) == ["a"]
