"""A config against PostgreSQL gives what the embedded engine gives; failures say what to do and no secret."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from ibis.backends import BaseBackend

from goodwill.config import Config, read_config
from goodwill.data.expressions import read_expression
from goodwill.data.quality import quality
from goodwill.data.simulate import simulate_frames
from goodwill.data.sources import read_source
from goodwill.data.types import convert
from goodwill.engine import ensure_table_name, fetch, last_text, open_engine, replace_table, zero_or_one
from goodwill.errors import ConfigError, OutsideError, SourceError, TableError, UsageError
from goodwill.features.known import Known
from goodwill.pipeline.tables import open_tables

TABLES = ("transactions", "customers", "interactions", "products")
ASKED = Known(date(2025, 1, 1), (30, 90))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a config for each engine over the same small shop."""
    folder = tmp_path_factory.mktemp("shop")
    for name, frame in simulate_frames(customers=60, seed=0).tables.items():
        frame.to_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def database(postgres: str, shop: Path) -> Iterator[BaseBackend]:
    engine = ibis.connect(postgres)
    for name in TABLES:
        engine.create_table(name, pd.read_parquet(shop / f"{name}.parquet"), overwrite=True)
    yield engine
    engine.disconnect()


def config(folder: Path, engine: str, source: str) -> Config:
    tables = {name: {"source": source.format(name)} for name in TABLES}
    tables["customers"]["known_at_signup"] = ["acquisition_channel"]
    sections = {"name": "shop", "engine": engine, "tables": tables, "output": str(folder / "out")}
    sections["snapshot"] = {"as_of": "2025-01-01", "horizon_days": 90}
    (folder / "shop.yaml").write_text(yaml.safe_dump(sections))
    return read_config(folder / "shop.yaml")


@pytest.mark.usefixtures("database")
def test_postgres_knows_of_customers_what_the_embedded_engine_knows(postgres: str, shop: Path) -> None:
    embedded = open_tables(config(shop, "duckdb", f"{shop}/{{}}.parquet"))
    pushed = open_tables(config(shop, postgres, "table:public.{}"))
    found, expected = ASKED.read(pushed.tables), ASKED.read(embedded.tables)
    pushed.engine.disconnect()
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12)


@pytest.mark.usefixtures("database")
def test_postgres_checks_as_the_embedded_engine_does(postgres: str, shop: Path) -> None:
    embedded = open_tables(config(shop, "duckdb", f"{shop}/{{}}.parquet"))
    pushed = open_tables(config(shop, postgres, "table:public.{}"))
    found, expected = (quality(opened.tables, opened.counts) for opened in (pushed, embedded))
    pushed.engine.disconnect()
    assert found == expected


def test_sums_and_means_of_whole_numbers_leave_the_database(database: BaseBackend) -> None:
    rows = database.table("transactions")
    found = fetch(rows.aggregate(total=rows.quantity.sum(), mean=rows.quantity.mean()))
    assert found.schema.types == [pa.int64(), pa.float64()]


def test_texts_of_a_fixed_length_are_read_without_their_padding(database: BaseBackend) -> None:
    database.raw_sql("CREATE TABLE padded AS SELECT CAST('C1' AS char(8)) AS customer_id, 1 AS n").close()
    rows = read_source(database, "table:padded")
    assert fetch(rows).to_pylist() == [{"customer_id": "C1", "n": 1}]


def test_what_is_true_counts_as_one_in_the_database(database: BaseBackend) -> None:
    database.raw_sql("CREATE TABLE flags AS SELECT true AS won ").close()
    rows = database.table("flags")
    numbers = {
        "ours": zero_or_one(rows.won),
        "mapped": convert(rows.won, "number", None, "surveys.value").value,
        "theirs": read_expression(rows, "CAST(won AS DOUBLE)", "surveys.value"),
    }
    found = fetch(rows.select(**numbers))
    assert found.to_pylist() == [dict.fromkeys(numbers, 1.0)]


def test_texts_that_are_no_number_are_missing_in_the_database(database: BaseBackend) -> None:
    texts = ["1.5", " -2e3 ", "", "nan", "oops", None]
    database.create_table("texts", pd.DataFrame({"amount": texts}), overwrite=True)
    rows = database.table("texts")
    found = fetch(rows.select(amount=read_expression(rows, "TRY_CAST(amount AS DOUBLE)", "x"), text="amount"))
    assert dict(zip(texts, found["amount"].to_pylist(), strict=True)) == dict.fromkeys(texts) | {
        "1.5": 1.5,
        " -2e3 ": -2000.0,
    }
    amounts = convert(rows.amount, "number", None, "transactions.amount")
    assert fetch(rows.aggregate(n=amounts.rejected.sum())).to_pylist() == [{"n": 1}]


def test_seconds_since_1970_are_moments_in_the_database(database: BaseBackend) -> None:
    database.create_table("seconds", pd.DataFrame({"at": [1_714_521_600]}), overwrite=True)
    rows = database.table("seconds")
    moment = read_expression(rows, "TO_TIMESTAMP(at)", "transactions.time")
    local = convert(moment, "time", "Asia/Shanghai", "transactions.time").value
    assert str(fetch(rows.select(at=local)).to_pylist()[0]["at"]) == "2024-05-01 08:00:00"


def test_the_last_text_does_not_hang_on_the_collation(database: BaseBackend) -> None:
    rows = pd.DataFrame({"channel": ["Web", "app", "Äpfel", "_x"]})
    database.create_table("plain", rows, overwrite=True)
    collated = database.sql('SELECT channel COLLATE "en-x-icu" AS channel FROM plain')
    found = fetch(collated.aggregate(last=last_text(collated.channel)))
    assert found.to_pylist() == [{"last": "Äpfel"}]


def test_scores_replace_a_table_whole(database: BaseBackend) -> None:
    for rows in ([1.0, 2.0], [3.0]):
        chunks = [pd.DataFrame({"customer_id": ["a"], "clv": [value]}) for value in rows]
        replace_table(database, "scores", chunks)
    assert database.table("scores").to_pandas()["clv"].tolist() == [3.0]
    assert [name for name in database.list_tables() if name.startswith("scores_")] == []


def test_views_and_rights_outlive_the_scores_they_are_on(database: BaseBackend) -> None:
    replace_table(database, "shown", [pd.DataFrame({"customer_id": ["a"], 'say "clv"': [1.0]})])
    database.raw_sql("CREATE VIEW board AS SELECT * FROM shown").close()
    database.raw_sql("GRANT SELECT ON shown TO PUBLIC").close()
    replace_table(database, "shown", [pd.DataFrame({"customer_id": ["b"], 'say "clv"': [2.0]})])
    assert database.table("board").to_pandas().to_numpy().tolist() == [["b", 2.0]]
    asked = "SELECT count(*) AS n FROM information_schema.table_privileges WHERE grantee = 'PUBLIC'"
    rights = database.sql(f"{asked} AND table_name = 'shown'")
    assert fetch(rights).to_pylist() == [{"n": 1}]


def test_scores_of_other_columns_replace_a_table_too(database: BaseBackend) -> None:
    replace_table(database, "widened", [pd.DataFrame({"clv": [1.0]})])
    replace_table(database, "widened", [pd.DataFrame({"clv": [2.0], "tier": ["gold"]})])
    assert database.table("widened").to_pandas().to_numpy().tolist() == [[2.0, "gold"]]


def test_scores_replace_a_table_of_a_duckdb_file(tmp_path: Path) -> None:
    engine = open_engine(f"duckdb://{tmp_path}/shop.duckdb")
    for rows in ([1.0, 2.0], [3.0]):
        replace_table(engine, "scores", [pd.DataFrame({"clv": [value]}) for value in rows])
    assert fetch(engine.table("scores"))["clv"].to_pylist() == [3.0]
    names = engine.con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert names == [("scores",)]
    engine.disconnect()


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_a_file_that_cannot_be_opened_is_an_outside_failure(tmp_path: Path, kind: str) -> None:
    with pytest.raises(OutsideError, match=r"cannot be reached|could not reach a file"):
        open_engine(f"{kind}://{tmp_path}/nowhere/shop.db")


def test_a_failure_while_writing_leaves_the_table_of_before(database: BaseBackend) -> None:
    def breaking() -> Iterator[pd.DataFrame]:
        yield pd.DataFrame({"clv": [9.0]})
        raise OutsideError("the disk is full")

    replace_table(database, "kept", [pd.DataFrame({"clv": [1.0]})])
    with pytest.raises(OutsideError, match="the disk is full"):
        replace_table(database, "kept", breaking())
    assert database.table("kept").to_pandas()["clv"].tolist() == [1.0]
    assert [name for name in database.list_tables() if name.startswith("kept_")] == []


def test_a_database_that_goes_away_in_mid_read_is_an_outside_failure(
    postgres: str, database: BaseBackend
) -> None:
    engine = open_engine(postgres)
    own, rows = engine.con.info.backend_pid, engine.table("transactions")
    database.raw_sql(f"SELECT pg_terminate_backend({own})").close()
    with pytest.raises(OutsideError, match="went away while it was read") as failure:
        fetch(rows)
    assert failure.value.exit_status == 3
    assert "127.0.0.1" not in str(failure.value)
    engine.disconnect()


def test_a_server_that_cannot_be_reached_is_told_without_its_address() -> None:
    with pytest.raises(OutsideError, match="cannot be reached") as failure:
        open_engine("postgres://shop:hush@127.0.0.1:1/shop")
    assert "hush" not in f"{failure.value!r} {failure.value.__cause__!r}"


def test_a_value_that_cannot_be_converted_is_told_without_the_value(database: BaseBackend) -> None:
    rows = database.sql("SELECT CAST(x AS integer) AS x FROM (VALUES ('12 Oak Street')) AS t(x)")
    with pytest.raises(TableError, match="could not convert a value") as failure:
        fetch(rows)
    assert "Oak" not in str(failure.value)


def test_a_statement_that_is_refused_is_a_matter_of_the_source(database: BaseBackend) -> None:
    rows = database.table("products")
    database.raw_sql("ALTER TABLE products RENAME TO gone").close()
    with pytest.raises(SourceError, match="refuses a statement"):
        fetch(rows)
    database.raw_sql("ALTER TABLE gone RENAME TO products").close()


@pytest.mark.usefixtures("database")
def test_a_table_that_is_not_there_is_named(postgres: str, shop: Path) -> None:
    with pytest.raises(SourceError, match="table:no_transactions: the engine has no such table"):
        open_tables(config(shop, postgres, "table:no_{}"))


@pytest.mark.usefixtures("database")
def test_files_are_for_the_embedded_engine(postgres: str, shop: Path) -> None:
    with pytest.raises(SourceError, match=r"Write table:NAME or table:SCHEMA.NAME"):
        open_tables(config(shop, postgres, f"{shop}/{{}}.parquet"))


@pytest.mark.parametrize(
    "address", ["postgres://shop:hush@host/shop", "postgres://host/shop?user=a&password=hush"]
)
def test_a_password_in_a_config_is_refused_and_not_repeated(shop: Path, address: str) -> None:
    with pytest.raises(ConfigError, match="engine: holds a password") as failure:
        config(shop, address, "table:{}")
    assert "hush" not in str(failure.value)


def test_a_password_comes_from_the_environment(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "hush")
    found = config(shop, "postgres://shop:${SHOP_PASSWORD}@host/shop", "table:{}")
    assert found.engine == "postgres://shop:${SHOP_PASSWORD}@host/shop"


def test_a_database_that_cannot_compute_a_feature_is_told() -> None:
    rows = ibis.sqlite.connect().create_table("rows", pd.DataFrame({"amount": [1.0]}))
    with pytest.raises(UsageError, match=r"cannot compute what is asked of it .*IsNan.* Use PostgreSQL"):
        fetch(rows.select(is_nan=rows.amount.isnan()))


def test_names_of_tables_are_plain() -> None:
    ensure_table_name("scores_2025")
    with pytest.raises(UsageError, match="write a plain name"):
        ensure_table_name('scores"; DROP TABLE customers; --')
