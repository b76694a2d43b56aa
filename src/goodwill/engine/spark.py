"""Spark as the engine: a session of our own or one that runs already, its failures in our words."""

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.errors import ConfigError, OutsideError, SourceError, UsageError

SPARK = "pyspark"
_DRIVER, _SIZE = "4GB", re.compile(r"^\s*(\d+)\s*([MGTmgt])i?[Bb]?\s*$")
_TEXTS = (".csv", ".tsv", ".txt", ".gz")


def connect_spark(
    address: str,
    *,
    memory_limit: str | None = None,
    spill_dir: str | Path | None = None,
    threads: int | None = None,
) -> BaseBackend:
    """Return Spark: "spark" for the session that runs, or else one on this machine; or a master's address.

    Parameters
    ----------
    address : "spark", "spark://host:7077", or "spark:" with any other master, such as "spark:local[2]".
    memory_limit : such as "4GB"; of the driver, where the session is started here.
    spill_dir, threads : where Spark on this machine spills to, and its threads.

    Raises
    ------
    UsageError
        If the extra goodwill[spark] is not installed.
    ConfigError
        If the limit is no size.
    OutsideError
        If no session can be started: no Java, or no such master.
    """
    settings = _settings(address, threads) | _room(memory_limit, spill_dir)
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        message = "engine: spark needs pyspark. Install it with pip install 'goodwill[spark]', and Java 17."
        raise UsageError(message) from error
    builder, is_own = SparkSession.builder.appName("goodwill"), SparkSession.getActiveSession() is None
    if is_own:
        if settings["spark.master"].startswith("local"):
            # Workers of this machine run this very Python, which Spark reads from the environment alone.
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = builder.config(map=settings)
    with spark_failures():
        session = builder.getOrCreate()
        if is_own:
            # What goes wrong is told in our words; Spark's own quote cells of the data.
            session.sparkContext.setLogLevel("FATAL")
            logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
        return ibis.pyspark.connect(session)


def _settings(address: str, threads: int | None) -> dict[str, str]:
    own = f"local[{threads or '*'}]"
    master = own if address == "spark" else address if "://" in address else address.removeprefix("spark:")
    settings = {"spark.master": master, "spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC"}
    settings["spark.ui.showConsoleProgress"] = "false"
    # What training reads comes through the driver, a row per customer, and its memory is the limit of that.
    settings["spark.driver.maxResultSize"] = "0"
    if master.startswith("local"):
        # A shuffle into 200 parts is for clusters.
        settings["spark.sql.shuffle.partitions"] = str(4 * (os.cpu_count() or 1))
    return settings


def _room(memory_limit: str | None, spill_dir: str | Path | None) -> dict[str, str]:
    size = _SIZE.match(memory_limit or _DRIVER)
    if size is None:
        raise ConfigError(f"engine_options.memory_limit: {memory_limit!r} is no size for Spark; write 4GB.")
    spill = {} if spill_dir is None else {"spark.local.dir": str(spill_dir)}
    return {"spark.driver.memory": f"{size[1]}{size[2].lower()}"} | spill


def spark_table(engine: BaseBackend, source: str, name: str) -> ir.Table:
    """Return a source as Spark reads it: Parquet, or text with a header whose columns are all text."""
    try:
        if Path(source).suffix.lower() in _TEXTS:
            separator = "\t" if ".tsv" in source else ","
            return engine.read_csv(source, table_name=name, header=True, sep=separator)
        return _with_zones(engine.read_parquet(source, table_name=name), engine, name)
    except _errors() as error:
        message = f"{source}: no Parquet or CSV that Spark can read ({type(error).__name__}). Check the path."
        raise SourceError(message) from None


def _with_zones(table: ir.Table, engine: BaseBackend, name: str) -> ir.Table:
    """Return moments as such: Ibis takes Spark's moments and its times without a zone for the same."""
    described = engine.raw_sql(f"DESCRIBE `{name}`").collect()
    zoned = [row["col_name"] for row in described if row["data_type"] == "timestamp"]
    return (
        table.mutate(**{column: table[column].cast("timestamp('UTC')") for column in zoned})
        if zoned
        else table
    )


@contextmanager
def spark_failures() -> Iterator[None]:
    """Translate Spark's failures into ours, without the cells its messages quote."""
    try:
        yield
    except _errors() as error:
        message = (
            f"Spark failed ({type(error).__name__}): look at its log and executors, then run again; "
            "nothing was kept."
        )
        raise OutsideError(message) from None


def _errors() -> tuple[type[Exception], ...]:
    """Return the errors of Spark and its gateway, where they are loaded."""
    names = (("pyspark.errors", "PySparkException"), ("py4j.protocol", "Py4JError"))
    return tuple(getattr(sys.modules[module], name) for module, name in names if module in sys.modules)
