"""Boosting on the executors of Spark: trees learn from every customer and window, where the rows lie."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
from ibis.backends import BaseBackend

from goodwill.data.tables import Tables
from goodwill.engine import framed, plain
from goodwill.engine.spark import spark_failures
from goodwill.errors import UsageError
from goodwill.features.matured import Matured
from goodwill.modeling.boosting import Booster, as_bytes, loaded
from goodwill.modeling.lessons import Grow, Grown, Lesson, Teaching
from goodwill.scoring.chunks import count_customers

Rows = Any  # a DataFrame of Spark, which has no types
# A worker of fewer has more to wait for than to do.
_FEWEST_CUSTOMERS = 2_000
_ORDER = ("as_of", "horizon_days", "customer_id")


@dataclass(frozen=True)
class Reading:
    """What an executor needs to turn the rows of one day's query into rows that trees learn from.

    Parameters
    ----------
    asked : the question of that day.
    kinds : the types of the query's columns, as Ibis names them.
    columns : of the X that the model knows; other days know other columns.
    """

    asked: Matured
    kinds: Mapping[str, str]
    columns: tuple[str, ...]

    def examples(self, rows: pa.Table, teaching: Teaching) -> pa.Table:
        """Return keys, labels, starts and cells of rows of the query."""
        X, y = self.asked.frames(framed(rows, self.kinds), self.columns)
        read = teaching.examples(X, y)
        keys = {
            "customer_id": pa.array(X["customer_id"], pa.string()),
            "as_of": np.full(len(X), self.asked.known.as_of.toordinal(), np.int32),
            "horizon_days": X["horizon_days"].to_numpy(np.int32),
        }
        labels = {"active": read.is_active.astype(float), "value": read.value}
        starts = {f"start_{name}": start for name, start in read.starts.items() if start is not None}
        cells = dict(zip(_cells(len(read.cells.names)), read.cells.matrix.T, strict=True))
        told = {**keys, **labels, **starts, **cells}
        return pa.table({name: told[name] for name in _schema(teaching)})


def grow_on_executors(
    engine: BaseBackend,
    tables: Tables,
    asked: Sequence[Matured],
    columns: Sequence[str],
    n_workers: int | None = None,
) -> Grow:
    """Return what fits trees to all customers of `tables` in all windows asked for.

    The same rows and workers give the same trees, and one worker those that are fitted without Spark. The
    driver holds the fitted trees alone.

    Parameters
    ----------
    asked : the windows, by the day they begin.
    columns : of X in the snapshots that the rest of the model learns from.
    n_workers : tasks that boost side by side, each with its part of the customers; all that there is room
        for when None, but none of few customers.
    """

    def grow(teaching: Teaching) -> Grown:
        with spark_failures():
            # Day by day, and cut from how they came to be: of a union of queries Spark knows none that it
            # keeps, and plans all of them again after each of their hundreds of stages.
            days = [_cut(_read(engine, tables, one, columns, teaching)) for one in asked]
            whole = reduce(_union, days)
            n = n_workers or _workers(whole, count_customers(tables))
            # Each worker's rows in an order of their own, so that the same ones are drawn for each tree.
            with _kept(whole.repartition(n, "customer_id").sortWithinPartitions(*_ORDER)) as rows:
                fitted = {name: _fitted(rows, name, teaching, n) for name in teaching.lessons}
                return Grown(fitted, rows.count())

    return grow


def ensure_slots(engine: BaseBackend) -> None:
    """Refuse a Spark that cannot start all workers of a fit at once.

    Raises
    ------
    UsageError
        If executors come and go as they are needed.
    """
    settings = engine.raw_sql("SELECT 1").sparkSession.sparkContext.getConf()
    if settings.get("spark.dynamicAllocation.enabled", "false") == "true":
        raise UsageError(
            "train.boosting: spark needs all workers at once, and spark.dynamicAllocation.enabled is true. "
            "Set it to false for this job, or choose `boosting: local`."
        )


def _union(one: Rows, other: Rows) -> Rows:
    return one.unionByName(other)


def _read(
    engine: BaseBackend, tables: Tables, asked: Matured, columns: Sequence[str], teaching: Teaching
) -> Rows:
    """Return the rows of the windows that begin one day, as trees learn from them."""
    typed = plain(asked.query(tables))
    kinds = {name: str(kind) for name, kind in typed.schema().items()}
    rows, reading = engine.raw_sql(engine.compile(typed)), Reading(asked, kinds, tuple(columns))
    shipped = rows.sparkSession.sparkContext.broadcast((reading, teaching))
    schema = ", ".join(f"{name} {kind}" for name, kind in _schema(teaching).items())
    return rows.mapInArrow(lambda batches: _examples(batches, *shipped.value), schema)


def _schema(teaching: Teaching) -> dict[str, str]:
    """Return the columns of `Reading.examples`, with their types as Spark names them."""
    lessons, constants = teaching.lessons, teaching.constants
    keys = {"customer_id": "string", "as_of": "int", "horizon_days": "int"}
    starts = {f"start_{one.target}" for name, one in lessons.items() if constants[name] is None}
    numbers = dict.fromkeys(["active", "value", *sorted(starts)], "double")
    return keys | numbers | dict.fromkeys(_cells(max(len(one.columns) for one in lessons.values())), "float")


def _examples(
    batches: Iterator[pa.RecordBatch], reading: Reading, teaching: Teaching
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        if batch.num_rows:
            yield from reading.examples(pa.Table.from_batches([batch]), teaching).to_batches()


def _workers(rows: Rows, n_customers: int) -> int:
    context = rows.sparkSession.sparkContext
    slots = context.defaultParallelism // int(context.getConf().get("spark.task.cpus", "1"))
    return max(min(slots, n_customers // _FEWEST_CUSTOMERS), 1)


def _cut(rows: Rows) -> Rows:
    """Return rows that are computed now, once, and kept until nothing refers to them."""
    return rows.localCheckpoint(storageLevel=_on_disk())


@contextmanager
def _kept(rows: Rows) -> Iterator[Rows]:
    """Yield rows that are computed once."""
    rows = rows.persist(_on_disk())
    try:
        yield rows
    finally:
        rows.unpersist()


def _on_disk() -> object:
    """Return where rows are kept: memory is for the trees."""
    from pyspark import StorageLevel  # noqa: PLC0415 - an extra, and slow to import

    return StorageLevel.DISK_ONLY


def _fitted(rows: Rows, name: str, teaching: Teaching, n_workers: int) -> Booster:
    """Return the trees of one lesson."""
    lesson, start = teaching.lessons[name], teaching.constants[name]
    estimator = _estimator(lesson, n_workers)
    taught = rows if lesson.target != "spend" else rows.filter("active = 1")
    if start is not None:
        taught = taught.selectExpr("*", f"CAST({start!r} AS DOUBLE) AS start_{lesson.target}")
    trees = estimator.fit(taught).get_booster()
    trees.feature_names = list(lesson.columns)
    return Booster(loaded(as_bytes(trees)), lesson.columns, start)


def _estimator(lesson: Lesson, n_workers: int) -> Any:  # noqa: ANN401 - of xgboost.spark, which has no types
    _hush()
    from xgboost.spark import SparkXGBRegressor  # noqa: PLC0415 - imports pyspark

    settings = lesson.plan.settings(lesson.columns)
    # Spark says how many threads a task has.
    settings.pop("nthread")
    # The regressor takes any objective; the classifier would count the classes in a job of its own.
    return SparkXGBRegressor(
        features_col=_cells(len(lesson.columns)),
        label_col="active" if lesson.target == "active" else "value",
        base_margin_col=f"start_{lesson.target}",
        n_estimators=lesson.plan.n_trees,
        num_workers=n_workers,
        verbose=False,
        verbosity=0,
        **settings,
    )


def _hush() -> None:
    """Keep what XGBoost tells of its parameters from the terminal, unless somebody wants it."""
    for name in ("XGBoost-PySpark", "SparkXGBRegressor"):
        if (told := logging.getLogger(name)).level == logging.NOTSET:
            told.setLevel(logging.WARNING)


def _cells(n: int) -> list[str]:
    """Return names for columns whose own might hold what Spark reads as a path."""
    return [f"c{i}" for i in range(n)]
