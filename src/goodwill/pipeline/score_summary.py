"""What scoring tells: how many customers were scored, what they are worth, in which segments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from goodwill.pipeline.classes import scored_sheet
from goodwill.pipeline.found_model import FoundModel
from goodwill.pipeline.outcome import Outcome, Sheet
from goodwill.value.sizes import class_sizes


@dataclass(frozen=True)
class Scored:
    """The scores, and how many rows held a level that the model does not know, by column."""

    scores: pd.DataFrame
    unseen: Mapping[str, int]


def summary_of(scored: Scored, model: FoundModel, places: Sequence[str], currency: str) -> Outcome:
    """Return counts, totals and segments of the scores; with several horizons, of each on its own.

    Means and totals are of the customers scored over one horizon: those of different horizons overlap in time
    and are never added.
    """
    scores = scored.scores
    statuses = {str(name): int(n) for name, n in scores["status"].value_counts().items()}
    known = scores[scores["status"] == "scored"]
    horizon_days = known["horizon_days"].fillna(0).astype(int)
    horizons = [(days or None, known[horizon_days == days]) for days in sorted(horizon_days.unique())]
    totals = [{"horizon_days": days and int(days), **_totals(rows)} for days, rows in horizons]
    data: dict[str, object] = {
        "customers": int(scores["customer_id"].nunique()),
        "status": statuses,
        "model_version": model.version,
        "horizons": totals,
        "unseen_levels": dict(scored.unseen),
        "files": list(places),
    }
    refused = ", ".join(f"{n:,} {name}" for name, n in statuses.items() if name != "scored") or "none"
    counted = f"{len(scores):,} rows: {len(known):,} scored, not scored: {refused}."
    told = [counted, f"Model version {model.version}.", *filter(None, [model.notice])]
    sheets = [_segments(days, rows, currency) for days, rows in horizons]
    # A class does not depend on the horizon: each customer counts once.
    sizes = class_sizes(scores.drop_duplicates("customer_id"))
    notes = [*told, *_unseen(scored), *places]
    return Outcome(
        {**data, "classes": sizes},
        [*sheets, scored_sheet(sizes, model.predictor.class_limits_.unknown)],
        notes,
    )


def _totals(rows: pd.DataFrame) -> dict[str, float]:
    totals = {"p_churn_mean": float(rows["p_churn"].mean())} if "p_churn" in rows else {}
    return totals | ({"clv_total": float(rows["clv"].sum())} if "clv" in rows else {})


def _segments(days: int | None, rows: pd.DataFrame, currency: str) -> Sheet:
    groups = rows.groupby("segment")
    columns = {"customers": groups.size().map("{:,}".format)}
    if "p_churn" in rows:
        columns["mean p_churn"] = groups["p_churn"].mean().map("{:.3f}".format)
    if "clv" in rows:
        columns[f"clv total ({currency})"] = groups["clv"].sum().map("{:,.2f}".format)
    table = pd.DataFrame(columns).reset_index()
    title = "Scores" if days is None else f"Scores over {days} days"
    return Sheet(title, list(table.columns), table.astype(str).to_numpy().tolist())


def _unseen(scored: Scored) -> list[str]:
    n = len(scored.scores)
    return [
        f"{name}: {count:,} of {n:,} rows hold a level rare or unknown in training; it counts as 'other'."
        for name, count in scored.unseen.items()
    ]
