"""What a scoring tells of value classes, kept beside its scores: aggregates alone, no customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from goodwill.data.tables import Past
from goodwill.files import write_json
from goodwill.pipeline.class_files import kept_sellers, migrations
from goodwill.pipeline.kept import scores_before
from goodwill.pipeline.rows import as_rows
from goodwill.predictor import DIMENSIONS, NOT_COMPUTABLE
from goodwill.value.classify import unclassed
from goodwill.value.cohorts import cohort_classes
from goodwill.value.concentration import concentration
from goodwill.value.fitting import ClassLimits
from goodwill.value.matrix import value_matrix, value_pyramid
from goodwill.value.performance import performance
from goodwill.value.sizes import Sizes
from goodwill.value.strategies import strategies

Report = dict[str, Any]  # JSON
_PRESENT = "value_past_window"
_MONEY = {"today": _PRESENT, "predicted": "clv"}
FIRST_COLUMNS = ("days_since_first_order", "days_since_first_contract")
_CLASSED = ("tier", "matrix", "lifecycle")
_NUMBERS = ("p_churn", "clv")


@dataclass(frozen=True)
class ClassRows:
    """What of some customers a report of classes needs, about 40 bytes each, and why some have no class."""

    rows: pd.DataFrame
    reasons: pd.DataFrame


def class_rows(
    scores: pd.DataFrame, X: pd.DataFrame | None, limits: ClassLimits, carried: Sequence[str] = ()
) -> ClassRows:
    """Return what a report needs of scores and features of the same rows; of several horizons, the first.

    Parameters
    ----------
    X : None where the features stayed on the executors; what needs them is then left out.
    carried : the columns to compare, such as a branch.
    """
    is_first = ~scores["customer_id"].duplicated().to_numpy()
    once = scores[is_first].reset_index(drop=True)
    units = [name for name in carried if name in once and name not in DIMENSIONS]
    rows = once[[name for name in (*_NUMBERS, "as_of") if name in once]].assign(
        **{name: _coded(once[name], [*limits.rules.dimensions[name].classes]) for name in _CLASSED},
        **{name: once[name].astype(object) for name in units},
    )
    if X is None:
        return ClassRows(rows, pd.DataFrame(columns=["dimension", "reason", "customers"]))
    known = X[is_first].reset_index(drop=True)
    past = known[[name for name in (_PRESENT, *FIRST_COLUMNS) if name in known]]
    return ClassRows(pd.concat([rows, past], axis=1), unclassed(known, once, limits))


def class_report(
    told: Sequence[ClassRows], sizes: Sizes, limits: ClassLimits, carried: Sequence[str] = ()
) -> Report:
    """Return what a person may ask of the classes of one scoring, as JSON.

    Parameters
    ----------
    told : of all customers, in parts.
    sizes : customers by dimension and class.
    carried : the columns to compare, such as a branch.

    Returns
    -------
    `sizes, limits, strategies, not_computable, pyramid, matrix, concentration`, and as the data allow
    `cohorts` and `performance`.
    """
    scores = pd.concat([part.rows for part in told], ignore_index=True)
    reasons = pd.concat([part.reasons for part in told]).groupby(["dimension", "reason"], sort=False).sum()
    money = {name: scores[column] for name, column in _MONEY.items() if column in scores}
    present = money.get("today")
    return {
        "limits_as_of": limits.as_of,
        "limits_version": limits.version,
        "sizes": sizes,
        "limits": limits.limits,
        "strategies": as_rows(strategies(limits.rules)),
        "not_computable": as_rows(reasons.reset_index()),
        "pyramid": as_rows(value_pyramid(scores, present)),
        "matrix": as_rows(value_matrix(scores, present)),
        "concentration": as_rows(concentration(money)),
        "cohorts": _cohorts(scores),
        "performance": _performance(scores, carried),
    }


def write_classes(kept: Path, report: Report, limits: ClassLimits, past: Past | None) -> Report:
    """Write `classes.json` beside kept scores, and return it: the report, sellers, and moves since before.

    Parameters
    ----------
    kept : the scores, a file or a folder of them.
    past : what was known then, for best sellers; None for a ready-made table.
    """
    before = None if past is None else scores_before(kept.parents[3], past.as_of.isoformat())
    moved = {} if before is None else {"since": before[0], **migrations(before[1], kept, limits.rules)}
    sold = {"sellers": []} if past is None else kept_sellers(kept, past)
    told = {**report, **sold, "migration": moved}
    write_json(kept.with_name("classes.json"), told)
    return told


def _coded(codes: pd.Series, order: list[str]) -> pd.Categorical:
    """Return codes in a byte each; the same categories in every part, so that parts can be joined."""
    return pd.Categorical(codes.astype(object), categories=[*order, NOT_COMPUTABLE])


def _cohorts(scores: pd.DataFrame) -> list[dict[str, object]]:
    first = next((scores[name] for name in FIRST_COLUMNS if name in scores), None)
    if first is None or scores["as_of"].isna().all():
        return []
    return as_rows(cohort_classes(scores, first, "tier"))


def _performance(scores: pd.DataFrame, carried: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    units = [name for name in carried if name in scores and name not in DIMENSIONS]
    if "clv" not in scores:
        return {}
    # Those who are not scored carry a group too, and no value.
    valued = scores[scores["clv"].notna()]
    return {name: as_rows(performance(valued, name)) for name in units if valued[name].notna().any()}
