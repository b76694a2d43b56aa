import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from ibis.backends import BaseBackend

from goodwill.engine import confine, connect, digest, fetch, in_memory, local_time, money, to_frame
from goodwill.errors import ConfigError, OutsideError, TableError


def setting(engine: BaseBackend, name: str) -> str:
    return engine.con.execute("SELECT current_setting(?)::VARCHAR", [name]).fetchone()[0]


def test_options_reach_the_engine(tmp_path: Path) -> None:
    engine = connect(memory_limit="300MB", spill_dir=tmp_path / "spill", threads=1)
    assert setting(engine, "threads") == "1"
    assert setting(engine, "memory_limit") == "286.1 MiB"
    assert setting(engine, "temp_directory") == str(tmp_path / "spill")


@pytest.mark.parametrize("options", [{"memory_limit": "much"}, {"threads": 0}])
def test_options_that_cannot_be_are_refused(options: dict) -> None:
    with pytest.raises(ConfigError, match=r"engine_options: .* cannot be set"):
        connect(**options)


def test_two_engines_share_nothing() -> None:
    connect().create_table("orders", pa.table({"a": [1]}))
    assert connect().con.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)


def test_a_frame_replaces_the_table_of_its_name() -> None:
    engine = connect()
    in_memory(pd.DataFrame({"a": [1]}), engine, "orders")
    assert in_memory(pd.DataFrame({"a": [2, 3]}), engine, "orders").count().execute() == 2


def test_moments_of_a_time_zone_come_out_in_utc() -> None:
    noon = pa.array([1_719_835_200, None], pa.timestamp("s", tz="Asia/Shanghai"))
    frame = to_frame(connect().create_table("t", pa.table({"customer_id": ["a", "b"], "time": noon})))
    assert str(frame["time"].dtype) == "datetime64[us]"
    assert frame["time"].tolist() == [pd.Timestamp("2024-07-01 12:00"), pd.NaT]


def test_every_type_comes_out_as_a_frame_holds_it() -> None:
    rows = pa.table(
        {
            "customer_id": ["b", "a"],
            "spend": pa.array([Decimal("1.5000"), None], pa.decimal128(18, 4)),
            "n": pa.array([1, 2], pa.int32()),
            "n_or_none": pa.array([1, None], pa.int64()),
            "is_open": [True, False],
            "is_open_or_none": [True, None],
            "day": [dt.date(2024, 5, 1), None],
            "time": pa.array([0, None], pa.timestamp("ns")),
            "share": pa.array([0.5, None], pa.float32()),
        }
    )
    frame = to_frame(connect().create_table("t", rows))
    assert frame.customer_id.tolist() == ["a", "b"]
    assert frame.dtypes.drop("customer_id").astype(str).to_dict() == {
        "spend": "float64",
        "n": "int64",
        "n_or_none": "float64",
        "is_open": "bool",
        "is_open_or_none": "float64",
        "day": "datetime64[us]",
        "time": "datetime64[us]",
        "share": "float64",
    }
    assert pd.isna(frame.spend[0])
    assert frame.spend[1] == 1.5


def test_summed_truths_come_out_as_numbers() -> None:
    rows = connect().create_table(
        "t", pa.table({"customer_id": ["a", "a", "b"], "late": [True, True, False]})
    )
    frame = to_frame(rows.group_by("customer_id").agg(n_late=rows.late.sum(), n=rows.late.count()))
    assert frame.n_late.dtype == np.int64
    assert frame.n_late.tolist() == [2, 0]


def test_an_empty_table_keeps_its_types() -> None:
    schema = pa.schema(
        {"customer_id": pa.string(), "n": pa.int64(), "day": pa.date32(), "x": pa.decimal128(9, 2)}
    )
    frame = to_frame(connect().create_table("t", schema.empty_table()))
    assert frame.dtypes.drop("customer_id").astype(str).tolist() == ["int64", "datetime64[us]", "float64"]


def test_rows_come_in_the_order_of_any_column() -> None:
    frame = to_frame(connect().create_table("t", pa.table({"x": [3, 1, 2]})), order_by="x")
    assert frame.x.tolist() == [1, 2, 3]


def test_exact_sums_do_not_depend_on_the_order_of_rows() -> None:
    amounts = np.random.default_rng(0).lognormal(3, 2, 20_000)
    one, other = (
        connect().create_table("t", pa.table({"amount": values})) for values in (amounts, amounts[::-1])
    )
    assert fetch(one.aggregate(x=money(one.amount).sum())) == fetch(
        other.aggregate(x=money(other.amount).sum())
    )


def test_a_digest_follows_the_rows_and_not_their_order() -> None:
    engine = connect()
    rows = pd.DataFrame({"customer_id": ["a", "b", None], "amount": [1.0, 2.0, None]})
    first = digest(in_memory(rows, engine, "first"))
    assert first == digest(in_memory(rows[::-1], engine, "turned"))
    assert first != digest(in_memory(rows.assign(amount=[1.0, 2.5, None]), engine, "changed"))
    assert first != digest(in_memory(rows[:2], engine, "shorter"))


@pytest.mark.parametrize(("month", "hour"), [(1, 13), (7, 14)])
def test_local_time_follows_the_summer(month: int, hour: int) -> None:
    noon = pa.array([dt.datetime(2024, month, 1, 12)], pa.timestamp("us", tz="UTC"))  # noqa: DTZ001 - pyarrow adds the zone
    table = connect().create_table("t", pa.table({"t": noon}))
    assert local_time(table.t, "Europe/Paris").to_list()[0].hour == hour


def test_a_value_that_cannot_be_converted_is_told_but_not_shown() -> None:
    table = connect().create_table("t", pa.table({"x": ["secret"]}))
    with pytest.raises(TableError, match="A value could not be converted") as caught:
        fetch(table.select(x=table.x.cast("float64")))
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_too_little_memory_is_a_failure_outside() -> None:
    engine = connect(memory_limit="10MB", threads=1)
    engine.con.execute("SET temp_directory = ''")
    engine.con.execute("CREATE VIEW many AS SELECT range::VARCHAR AS a FROM range(3_000_000)")
    with pytest.raises(OutsideError, match="ran out of room"):
        fetch(engine.table("many").distinct())


def test_a_mistake_of_ours_is_not_blamed_on_the_data() -> None:
    engine = connect()
    table = engine.create_table("t", pa.table({"a": [1]}))
    engine.drop_table("t")
    with pytest.raises(duckdb.CatalogException, match="does not exist"):
        fetch(table)


@pytest.fixture
def confined(tmp_path: Path) -> BaseBackend:
    for name in ("allowed.csv", "other.csv"):
        (tmp_path / name).write_text("a\n1\n")
    (tmp_path / "out").mkdir()
    engine = connect(threads=1)
    confine(engine, paths=[tmp_path / "allowed.csv"], directories=[tmp_path / "out"])
    return engine


def test_a_confined_engine_reads_what_it_may(confined: BaseBackend, tmp_path: Path) -> None:
    assert confined.con.execute(f"FROM '{tmp_path}/allowed.csv'").fetchall() == [(1,)]
    confined.con.execute(f"COPY (SELECT 1 AS a) TO '{tmp_path}/out/x.parquet'")
    assert confined.con.execute(f"FROM '{tmp_path}/out/x.parquet'").fetchall() == [(1,)]
    assert in_memory(pd.DataFrame({"a": [1]}), confined, "t").count().execute() == 1


@pytest.mark.parametrize(
    "query",
    [
        "FROM read_csv('{folder}/other.csv')",
        "FROM read_text('{folder}/other.csv')",
        "FROM read_text('{folder}/out/../other.csv')",
        "FROM read_text('{folder}/out/link.csv')",
        "FROM glob('{folder}/*')",
        "COPY (SELECT 1) TO '{folder}/new.csv'",
        "ATTACH '{folder}/new.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "RESET lock_configuration",
    ],
)
def test_a_confined_engine_refuses_all_else(confined: BaseBackend, tmp_path: Path, query: str) -> None:
    (tmp_path / "out" / "link.csv").symlink_to(tmp_path / "other.csv")
    with pytest.raises(duckdb.Error, match=r"disabled|locked|Cannot change"):
        confined.con.execute(query.format(folder=tmp_path))


def test_a_file_out_of_reach_is_a_failure_outside(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    engine = connect(threads=1)
    view = engine.read_csv(tmp_path / "a.csv")
    confine(engine)
    with pytest.raises(OutsideError, match="could not reach a file"):
        fetch(view)


def test_totals_beyond_exact_sums_are_named() -> None:
    rows = in_memory(pd.DataFrame({"customer_id": ["a"] * 20, "amount": 9e12}), connect(), "rows")
    totals = rows.group_by("customer_id").agg(total=money(money(rows.amount).sum()))
    with pytest.raises(TableError, match=r"grows to 1e14 or more as it is summed.*Divide the column"):
        to_frame(totals)


def test_a_digest_of_a_wide_table_tells_which_column_holds_what() -> None:
    engine = connect()
    rows = pd.DataFrame([[float(place) for place in range(400)]], columns=[f"c{n:03}" for n in range(400)])
    swapped = rows.assign(c100=rows["c101"], c101=rows["c100"])
    first = digest(in_memory(rows, engine, "wide"))
    assert first == digest(in_memory(rows, engine, "again"))
    assert first != digest(in_memory(swapped, engine, "swapped"))
