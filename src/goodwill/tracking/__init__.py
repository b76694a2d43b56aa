"""Runs, models and aliases in MLflow, in plain functions; only this and `serving` know MLflow."""

from goodwill.tracking.models import register
from goodwill.tracking.pictures import churn_pictures, clv_pictures
from goodwill.tracking.registry import (
    ModelVersion,
    champion,
    find,
    load_directory,
    promote,
    set_alias,
    tag_version,
)
from goodwill.tracking.runs import (
    Run,
    log_digests,
    log_json,
    log_metrics,
    log_params,
    log_tags,
    log_text,
    log_trials,
    nested,
    run,
)
from goodwill.tracking.store import address, masked

__all__ = [
    "ModelVersion",
    "Run",
    "address",
    "champion",
    "churn_pictures",
    "clv_pictures",
    "find",
    "load_directory",
    "log_digests",
    "log_json",
    "log_metrics",
    "log_params",
    "log_tags",
    "log_text",
    "log_trials",
    "masked",
    "nested",
    "promote",
    "register",
    "run",
    "set_alias",
    "tag_version",
]
