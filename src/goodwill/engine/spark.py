"""Spark as the engine: a session of our own or one that runs already, its failures in our words."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.errors import OutsideError, SourceError, UsageError

SPARK = "pyspark"
_TEXTS = (".csv", ".tsv", ".txt", ".gz")


def connect_spark(address: str) -> BaseBackend:
    """Return Spark: "spark" for the session that runs, or else one on this machine; or a master's address.

    Parameters
    ----------
    address : "spark", "spark://host:7077", or "spark:" with any other master, such as "spark:local[2]".

    Raises
    ------
    UsageError
        If the extra goodwill[spark] is not installed.
    OutsideError
        If no session can be started: no Java, or no such master.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        message = "engine: spark needs pyspark. Install it with pip install 'goodwill[spark]', and Java 17."
        raise UsageError(message) from error
    builder = SparkSession.builder.appName("goodwill")
    if SparkSession.getActiveSession() is None:
        builder = builder.config(map=_settings("spark:local[*]" if address == "spark" else address))
    with spark_failures():
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        return ibis.pyspark.connect(session)


def _settings(address: str) -> dict[str, str]:
    master = address if "://" in address else address.removeprefix("spark:")
    settings = {"spark.master": master, "spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC"}
    if master.startswith("local"):
        # Workers of this machine run this very Python, which Spark reads from the environment alone.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        # A shuffle into 200 parts is for clusters.
        settings["spark.sql.shuffle.partitions"] = str(4 * (os.cpu_count() or 1))
    return settings


def spark_table(engine: BaseBackend, source: str, name: str) -> ir.Table:
    """Return a source as Spark reads it: Parquet, or text with a header whose columns are all text."""
    try:
        if Path(source).suffix.lower() in _TEXTS:
            separator = "\t" if ".tsv" in source else ","
            return engine.read_csv(source, table_name=name, header=True, sep=separator)
        return engine.read_parquet(source, table_name=name)
    except _errors() as error:
        message = f"{source}: no Parquet or CSV that Spark can read ({type(error).__name__}). Check the path."
        raise SourceError(message) from None


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
