"""What kept scorings tell one after the other: totals by day, and how customers moved between classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from goodwill.evaluation.drift import Profile, drift
from goodwill.pipeline.class_files import classes_of, migrations
from goodwill.pipeline.kept import is_hindsight, kept_rows, score_files
from goodwill.value.rules import Rules

Json = dict[str, Any]
MOST_DAYS = 12


@dataclass(frozen=True)
class ScoreHistory:
    """Kept scorings up to a day; of days on which somebody was scored.

    Parameters
    ----------
    days : a row per day, oldest first: `as_of, version, hindsight, n_scored, p_churn_mean, clv_total`.
    migration : between the last two days: `since`, `until`, `model_changed`, and `classes` as `migrations`
        returns them; empty before the second scoring.
    moved : drift of the sizes of classes between them, as `drift` returns it.
    """

    days: list[Json]
    migration: Json
    moved: pd.DataFrame


def score_history(output: Path, until: date, rules: Rules, limits: Mapping[str, float]) -> ScoreHistory:
    """Read the history of an output folder: the last version of each day, at most twelve days.

    Parameters
    ----------
    rules : of the classes. limits : `psi_limit` and `distance_limit` of drift.
    """
    kept = {day: (version, file) for day, version, file in score_files(output) if day <= until}
    last = [(day, *kept[day]) for day in sorted(kept)[-MOST_DAYS:]]
    days = [facts for one in last if (facts := _facts(*one))["n_scored"]]
    if len(last) < 2:  # noqa: PLR2004 - a move has two ends
        return ScoreHistory(days, {}, pd.DataFrame())
    (since, old, earlier), (now, new, later) = last[-2:]
    before, after = (
        classes_of(file, rules).drop(columns=["customer_id", "clv"], errors="ignore")
        for file in (earlier, later)
    )
    moved = drift(Profile.fit(before), after, **limits)
    found: Json = {"since": since.isoformat(), "until": now.isoformat(), "model_changed": old != new}
    return ScoreHistory(days, {**found, "classes": migrations(earlier, later, rules)}, moved)


def _facts(day: date, version: str, file: Path) -> Json:
    scores = kept_rows(file, columns=["status", "horizon_days", "p_churn", "clv"]).to_pandas()
    scored = scores[(scores["status"] == "scored") & (scores["horizon_days"] == scores["horizon_days"].max())]
    return {
        "as_of": day.isoformat(),
        "version": version,
        "hindsight": is_hindsight(file),
        "horizon_days": int(scores["horizon_days"].max()),
        "n_scored": len(scored),
        "p_churn_mean": float(scored["p_churn"].mean()),
        "clv_total": float(scored["clv"].sum()),
    }
