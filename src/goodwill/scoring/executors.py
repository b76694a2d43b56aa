"""Scoring on the executors of Spark: the predictor travels once, rows are scored where they lie."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.engine import framed, plain
from goodwill.engine.spark import spark_failures
from goodwill.features.known import Known
from goodwill.predictor import CustomerValuePredictor

CARRIED = "carried_"
_KINDS = {"f": "double", "i": "bigint", "M": "timestamp_ntz"}


@dataclass(frozen=True)
class Job:
    """What an executor needs to score rows: the question, the stored predictor, and the types of columns.

    Parameters
    ----------
    asked : how rows of the query become a snapshot's X.
    described, files : the predictor, as `CustomerValuePredictor.documents` tells it.
    kinds : the types of the query's columns, as Ibis names them.
    carried : columns that stand beside the scores as they are; in the rows their names begin with `CARRIED`.
    """

    asked: Known
    described: Mapping[str, object]
    files: Mapping[str, bytes]
    kinds: Mapping[str, str]
    carried: tuple[str, ...] = ()

    def scores(self, rows: pa.Table, predictor: CustomerValuePredictor) -> pd.DataFrame:
        """Return the scores of rows of the query."""
        known = framed(rows, self.kinds)
        beside = {f"{CARRIED}{name}": name for name in self.carried}
        scores = predictor.predict(self.asked.frame(known.drop(columns=list(beside))))
        if not beside:
            return scores
        return scores.merge(
            known[["customer_id", *beside]].rename(columns=beside), on="customer_id", how="left"
        )

    def predictor(self) -> CustomerValuePredictor:
        """Return the predictor."""
        return CustomerValuePredictor.restored(self.described, self.files)


def score_on_executors(
    engine: BaseBackend,
    query: ir.Table,
    asked: Known,
    predictor: CustomerValuePredictor,
    carried: tuple[str, ...] = (),
) -> Callable[[Path], None]:
    """Return what writes the scores of a query's rows to a folder of Parquet files, a file per partition.

    Parameters
    ----------
    query : as `asked.query` returns it, with the carried columns.
    """
    typed = plain(query)
    kinds = {name: str(kind) for name, kind in typed.schema().items()}
    described, files = predictor.documents()
    job = Job(asked, json.loads(json.dumps(described)), files, kinds, carried)
    empty = typed.schema().to_pyarrow().empty_table()
    columns = job.scores(empty, predictor).dtypes
    schema = ", ".join(f"`{name}` {_KINDS.get(dtype.kind, 'string')}" for name, dtype in columns.items())

    def write(folder: Path) -> None:
        with spark_failures():
            rows = engine.raw_sql(engine.compile(typed))
            shipped = rows.sparkSession.sparkContext.broadcast(job)
            scored = rows.mapInArrow(lambda batches: _scored(batches, shipped.value), schema)
            # Spark takes an address as it is written: the escapes of a URI would become part of names.
            scored.write.parquet(f"file://{folder.resolve()}")

    return write


def _scored(batches: Iterator[pa.RecordBatch], job: Job) -> Iterator[pa.RecordBatch]:
    predictor = job.predictor()
    for batch in batches:
        if batch.num_rows:
            scores = job.scores(pa.Table.from_batches([batch]), predictor)
            yield from pa.Table.from_pandas(scores, preserve_index=False).to_batches()
