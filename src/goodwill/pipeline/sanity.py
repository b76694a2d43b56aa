"""The sanity report of a training: what is kept of it, and what people read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from goodwill.modeling.profiles import ProfileModel
from goodwill.modeling.profiles.comparison import Judgement
from goodwill.monitoring.profile_sanity import profile_sanity
from goodwill.monitoring.sanity import assumption_costs, sanity_report
from goodwill.pipeline.backtest import Backtest
from goodwill.pipeline.outcome import Sheet
from goodwill.pipeline.profiles import Profiles

Metrics = dict[str, Any]  # JSON
_MARKS = {"ok": "ok", "warning": "look", "problem": "problem"}


def with_sanity(
    metrics: Metrics, backtest: Backtest, windows: pd.DataFrame, *, currency: str, level: float
) -> Metrics:
    """Return metrics with `sanity`: findings by name, and the tables of predicted beside actual by group."""
    test = backtest.test
    report = sanity_report(test.X, test.y, backtest.scores, windows=windows, currency=currency, level=level)
    costs = assumption_costs(test.X, backtest.report)
    whole = replace(report, findings=(*report.findings, *costs))
    return {**metrics, "sanity": whole.to_dict()}


def with_profile_sanity(
    metrics: Metrics, profiles: Profiles, judgement: Judgement, model: ProfileModel, *, currency: str
) -> Metrics:
    """Return metrics with `sanity`, read off customers told by models that had not seen them."""
    report = profile_sanity(
        profiles.X, profiles.y, judgement, model.columns_, currency=currency, level=model.level
    )
    return {**metrics, "sanity": report.to_dict()}


def sanity_sheets(metrics: Mapping[str, Any]) -> list[Sheet]:
    """Return the sheet that `goodwill train` shows: a line per finding."""
    findings = metrics.get("sanity", {}).get("findings", {})
    rows = [
        (name.replace("_", " "), _MARKS[found["level"]], found["text"]) for name, found in findings.items()
    ]
    return [Sheet("Does it make sense?", ("question", "verdict", "what was found"), rows)] if rows else []
