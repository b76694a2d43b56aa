"""What a scoring tells of value classes, kept beside its scores: aggregates alone, no customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from goodwill.data.tables import Past
from goodwill.engine import to_frame
from goodwill.features.sales import product_sales, sold_by
from goodwill.files import write_json
from goodwill.modeling.reason_columns import REASONS
from goodwill.pipeline.kept import scores_before
from goodwill.pipeline.record import as_rows
from goodwill.predictor import DIMENSIONS, NOT_COMPUTABLE
from goodwill.value.classify import unclassed
from goodwill.value.cohorts import cohort_classes
from goodwill.value.concentration import concentration
from goodwill.value.fitting import ClassLimits
from goodwill.value.matrix import value_matrix, value_pyramid
from goodwill.value.migration import migration
from goodwill.value.performance import performance
from goodwill.value.sellers import sellers
from goodwill.value.sizes import class_sizes

Report = dict[str, Any]  # JSON
_MIGRATED = ("tier", "lifecycle", "matrix", "rfm")
_PRESENT = "value_past_window"
_MONEY = {"today": _PRESENT, "predicted": "clv"}
# Columns of the scores that no figure needs.
_UNUSED = ("clv_low", "clv_high", "clv_if_active", "clv_lifetime", "value_at_risk", "segment", *REASONS)
# Beyond, what is told would not fit beside the scoring.
MOST_TOLD = 1_000_000
_FIRST = ("days_since_first_order", "days_since_first_contract")


@dataclass(frozen=True)
class ClassRows:
    """What of some customers a report of classes needs, a row each, and why some have no class."""

    rows: pd.DataFrame
    reasons: pd.DataFrame


def class_rows(scores: pd.DataFrame, X: pd.DataFrame, limits: ClassLimits) -> ClassRows:
    """Return what a report needs of scores and features of the same rows; of several horizons, the first."""
    is_first = ~scores["customer_id"].duplicated().to_numpy()
    scores, X = scores[is_first].reset_index(drop=True), X[is_first].reset_index(drop=True)
    rows = scores.drop(columns=[name for name in _UNUSED if name in scores])
    past = X[[name for name in (_PRESENT, *_FIRST) if name in X]]
    return ClassRows(pd.concat([rows, past], axis=1), unclassed(X, scores, limits))


def class_report(
    told: Sequence[ClassRows], limits: ClassLimits, past: Past | None = None, carried: Sequence[str] = ()
) -> Report:
    """Return what a person may ask of the classes of one scoring, as JSON.

    Parameters
    ----------
    told : of all customers, in parts.
    past : what was known then, for best sellers; None for a ready-made table.
    carried : the columns to compare, such as a branch.

    Returns
    -------
    `sizes, limits, not_computable, pyramid, matrix, concentration`, and as the data allow `cohorts`,
    `sellers` and `performance`.
    """
    scores = pd.concat([part.rows for part in told], ignore_index=True)
    reasons = pd.concat([part.reasons for part in told]).groupby(["dimension", "reason"], sort=False).sum()
    money = {name: scores[column] for name, column in _MONEY.items() if column in scores}
    present = money.get("today")
    return {
        "limits_as_of": limits.as_of,
        "limits_version": limits.version,
        "sizes": class_sizes(scores),
        "limits": limits.limits,
        "not_computable": as_rows(reasons.reset_index()),
        "pyramid": as_rows(value_pyramid(scores, present)),
        "matrix": as_rows(value_matrix(scores, present)),
        "concentration": as_rows(concentration(money)),
        "cohorts": _cohorts(scores),
        "sellers": [] if past is None else _sellers(scores, past),
        "performance": _performance(scores, carried),
    }


def write_classes(
    kept: Path, told: Sequence[ClassRows], limits: ClassLimits, past: Past | None, carried: Sequence[str]
) -> None:
    """Write `classes.json` beside kept scores, with how customers moved since those of the day before."""
    report = class_report(told, limits, past, carried)
    before = None if past is None else scores_before(kept.parents[3], past.as_of.isoformat())
    moved = {} if before is None else {"since": before[0], **migrations(before[1], kept)}
    write_json(kept.with_name("classes.json"), {**report, "migration": moved})


def migrations(earlier: Path, later: Path) -> Report:
    """Return how customers moved between two kept scorings: counts, watch list, expected next period."""
    before, after = (_classes_of(file).drop_duplicates("customer_id") for file in (earlier, later))
    known = [name for name in _MIGRATED if name in before and name in after]
    found = {name: migration(before, after, name) for name in known}
    return {
        name: {
            "counts": moved.counts.to_dict("index"),
            "expected": moved.expected.to_dict("index"),
            "net_flows": as_rows(moved.net_flows),
            "watch_list": as_rows(moved.watch_list),
        }
        for name, moved in found.items()
    }


def _classes_of(file: Path) -> pd.DataFrame:
    wanted, there = ("customer_id", "clv", *_MIGRATED), set(pq.read_schema(file).names)
    return pd.read_parquet(file, columns=[name for name in wanted if name in there])


def _cohorts(scores: pd.DataFrame) -> list[dict[str, object]]:
    first = next((scores[name] for name in _FIRST if name in scores), None)
    if first is None or scores["as_of"].isna().all():
        return []
    return as_rows(cohort_classes(scores, first, "tier"))


def _sellers(scores: pd.DataFrame, past: Past) -> list[dict[str, object]]:
    by = sold_by(past)
    if by is None:
        return []
    tiers = scores.set_index("customer_id")["tier"]
    sales = to_frame(product_sales(past, by))
    return as_rows(sellers(sales, tiers[tiers != NOT_COMPUTABLE])) if len(sales) else []


def _performance(scores: pd.DataFrame, carried: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    units = [name for name in carried if name in scores and name not in DIMENSIONS]
    if "clv" not in scores or not scores["clv"].notna().any():
        return {}
    return {name: as_rows(performance(scores, name)) for name in units if scores[name].notna().any()}
