"""What a training leaves for the report: small frames of aggregates, in `runs/<id>/evidence.json`."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.data.tables import Tables
from goodwill.evaluation.gains import lift_table
from goodwill.evaluation.tables import calibration_table, decile_table, gains_table
from goodwill.features.cohorts import cohort_retention
from goodwill.features.months import monthly_orders
from goodwill.modeling.segments import Segmenter
from goodwill.monitoring.forecasts import Forecast, Outcome
from goodwill.pipeline.kept import reading
from goodwill.pipeline.rows import as_rows
from goodwill.value.rules import Rules, Text

Frames = dict[str, pd.DataFrame]
FILE = "evidence.json"


def judged_frames(truth: Outcome, forecast: Forecast, baselines: Mapping[str, Forecast]) -> Frames:
    """Return predicted beside actual, by tenths of customers and along the order of contact."""
    found: Frames = {}
    if truth.churned is not None and forecast.p_churn is not None:
        found["calibration"] = calibration_table(truth.churned, forecast.p_churn)
        plain = {name: said.p_churn for name, said in baselines.items()}
        found |= _found("churn", truth.churned, forecast.p_churn, plain)
    if truth.value is not None and forecast.clv is not None:
        found["deciles"] = decile_table(truth.value, forecast.clv)
        plain = {name: said.clv for name, said in baselines.items()}
        found |= _found("clv", truth.value, forecast.clv, plain)
    return found


def history_frames(tables: Tables, as_of: date | None) -> Frames:
    """Return the retention of cohorts and the months, where there are orders."""
    if tables.transactions is None or as_of is None:
        return {}
    past = tables.before(as_of)
    months = monthly_orders(past)
    months["month"] = months["month"].dt.strftime("%Y-%m")
    return {"cohorts": cohort_retention(past), "months": months}


def segment_frames(segments: Segmenter) -> Frames:
    """Return what a usual customer of each segment is like."""
    return {"segments": segments.profiles_}


def class_frames(rules: Rules) -> Frames:
    """Return what each class of each dimension is called, and the strategy that goes with it."""
    rows = [
        {
            "dimension": dimension,
            **_texts("dimension", made.name),
            "code": code,
            **_texts("name", rule.name),
            **_texts("strategy", rule.strategy),
        }
        for dimension, made in rules.dimensions.items()
        for code, rule in made.classes.items()
    ]
    return {"classes": pd.DataFrame(rows)}


def evidence_json(frames: Frames, facts: Mapping[str, object]) -> dict[str, object]:
    """Return frames and facts as they are stored."""
    return {"facts": dict(facts), "frames": {name: as_rows(frame) for name, frame in frames.items()}}


def read_evidence(run: Path) -> tuple[Frames, dict[str, Any]]:
    """Return the frames and the facts of a run; empty for one that left none."""
    place = run / FILE
    if not place.is_file():
        return {}, {}
    with reading(place):
        stored = json.loads(place.read_text(encoding="utf-8"))
        return {name: pd.DataFrame(rows) for name, rows in stored["frames"].items()}, dict(stored["facts"])


def _texts(what: str, text: Text) -> dict[str, str]:
    return {f"{what}_en": text.en, f"{what}_zh": text.zh}


def _found(
    target: str, outcome: npt.ArrayLike, score: npt.ArrayLike, baselines: Mapping[str, npt.ArrayLike | None]
) -> Frames:
    """Return gains and lift; none where there is nothing to find: nobody churned, or all was lost."""
    if not np.sum(outcome) > 0:
        return {}
    gains, lift = _gains(outcome, score, baselines), lift_table(outcome, score)
    return {f"{target}_gains": gains, f"{target}_lift": lift}


def _gains(outcome: object, score: object, baselines: Mapping[str, object]) -> pd.DataFrame:
    """Return the gains of the model, of the best order, and of each baseline that says anything."""
    table = gains_table(outcome, score, points=50)  # type: ignore[arg-type] # arrays of the gate
    for name, said in baselines.items():
        if said is not None:
            table[name] = gains_table(outcome, said, points=50)["captured_share"]  # type: ignore[arg-type] # as above
    return table
