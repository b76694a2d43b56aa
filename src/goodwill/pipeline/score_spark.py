"""Scoring on Spark: what the executors are asked, and what is told of features that they alone have seen."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
from ibis.expr import types as ir

from goodwill.config import Config
from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.known import Known
from goodwill.pipeline.class_report import FIRST_COLUMNS, class_rows
from goodwill.pipeline.score_columns import refuse_on_executors
from goodwill.pipeline.score_files import read_scores
from goodwill.pipeline.score_summary import Scored
from goodwill.pipeline.tables import Opened
from goodwill.predictor import CustomerValuePredictor
from goodwill.scoring.chunks import count_customers
from goodwill.scoring.executors import CARRIED, score_on_executors
from goodwill.value.measuring import behind

# Features of more would not fit beside what else the driver holds.
MOST_TOLD = 1_000_000


def on_executors(
    config: Config,
    asked: Known,
    predictor: CustomerValuePredictor,
    opened: Opened,
    carried: ir.Table | None,
) -> Callable[[Path], Iterator[Scored]]:
    """Return what scores on the executors into a folder, and yields the scores again with what they tell.

    Columns that join the values of many customers are left out on Spark.
    """
    refuse_on_executors(config.score)
    known = asked.query(opened.tables)
    query = known
    if carried is not None:
        # A column may be a feature too, under its own name.
        named = {f"{CARRIED}{name}": name for name in carried.columns}
        query = query.left_join(carried.rename(named), [("customer_id", f"{CARRIED}customer_id")])
        query = query.drop(f"{CARRIED}customer_id")
    made = asked.frame(pd.DataFrame(columns=known.columns, dtype=float))
    absent = predictor.inputs_.absent_from(made.columns)
    write = score_on_executors(opened.engine, query, asked, predictor, config.score.carry)

    def scored(folder: Path) -> Iterator[Scored]:
        write(folder)
        X = _told_of(known, asked, predictor, opened.tables)
        for scores in read_scores(folder):
            rows = None if X is None else X.reindex(scores["customer_id"]).reset_index()
            told = class_rows(scores, rows, predictor.class_limits_, config.score.carry)
            yield Scored(scores, {} if rows is None else predictor.unseen(rows), told, absent=absent)

    return scored


def _told_of(
    known: ir.Table, asked: Known, predictor: CustomerValuePredictor, tables: Tables
) -> pd.DataFrame | None:
    """Return the few features that classes and unknown levels are told by, by customer; None of too many."""
    if count_customers(tables) > MOST_TOLD:
        return None
    rules = predictor.class_limits_.rules.dimensions.values()
    named = {column for rule in rules for measure in rule.measures.values() for column in measure.columns}
    read = {column for name in named for column in behind(name, known.columns)}
    read |= {*FIRST_COLUMNS, *predictor.model_.learned.columns_.encoding.levels}
    wanted = [name for name in known.columns if name in read or name.startswith("past_")]
    rows = to_frame(known.select("customer_id", "status", *wanted))
    first = asked.frame(rows)
    return first[first["horizon_days"] == asked.horizons[0]].set_index("customer_id")
