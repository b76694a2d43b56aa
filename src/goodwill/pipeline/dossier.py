"""One customer as a case: what the tables, the scores, the survey and the plan know of him."""

from datetime import date
from pathlib import Path

import pandas as pd

from goodwill.config import Config
from goodwill.data.tables import Tables
from goodwill.errors import HistoryError, UsageError
from goodwill.features.timeline import answers_of, events_of, only_customer, orders_of
from goodwill.files import write_bytes
from goodwill.modeling.neighbours import nearest
from goodwill.pipeline.currencies import currency_doubts
from goodwill.pipeline.data_index import data_indices, records_of
from goodwill.pipeline.dossier_sheets import case_notes, case_sheets
from goodwill.pipeline.evidence import read_evidence
from goodwill.pipeline.kept import kept_rows, score_files
from goodwill.pipeline.outcome import Outcome, Progress, silent
from goodwill.pipeline.question import Question, looking_from, question_of
from goodwill.pipeline.report import class_texts, industry_told
from goodwill.pipeline.runs import run_in_force
from goodwill.pipeline.tables import open_tables
from goodwill.report import Case, Similar, dossier_page


def tell_customer(
    config: Config, customer_id: str, *, out: Path | None = None, progress: Progress = silent
) -> Outcome:
    """Tell all that is known of one customer, and write it as HTML if asked to.

    Raises
    ------
    UsageError
        If nobody was scored yet, the customer is not among the scored, or `out` does not end in .html.
    """
    if out is not None and out.suffix.lower() not in {".html", ".htm"}:
        raise UsageError(f"--out {out}: a dossier is one HTML page. Let the name end in .html.")
    progress("Reading scores")
    scores = scores_of(config, customer_id)
    progress("Reading tables")
    case = case_of(config, customer_id, scores, progress)
    notes = case_notes(case)
    if out is not None:
        write_bytes(out, dossier_page(case).encode())
        notes = [*notes, f"Dossier: {out}"]
    return Outcome(_data(case), case_sheets(case), notes)


def scores_of(config: Config, customer_id: str) -> pd.DataFrame:
    """Return a customer's scores of every day kept, oldest first, the shortest horizon of each."""
    latest = config.output_dir / "scores.parquet"
    if not latest.is_file():
        raise UsageError(f"{latest} does not exist: nobody was scored yet. Run `goodwill score` first.")
    files = {day: file for day, _, file in score_files(config.output_dir)}
    last_day = latest.resolve().parts[-3].partition("=")[2]
    kept = [file for day, file in files.items() if day.isoformat() < last_day]
    rows = pd.concat([_rows(file, customer_id) for file in [*kept, latest]], ignore_index=True)
    if rows.empty or not len(_rows(latest, customer_id)):
        raise UsageError(
            f"No customer {customer_id!r} in {latest}. Ids are text, as in the tables: 00123 is not 123."
        )
    rows = rows.sort_values(["as_of", "horizon_days"]) if rows["as_of"].notna().all() else rows
    return rows.drop_duplicates("as_of", keep="first").reset_index(drop=True)


def case_of(config: Config, customer_id: str, scores: pd.DataFrame, progress: Progress) -> Case:
    """Return all that is known of a customer on the day of the latest scores."""
    moment = scores["as_of"].iloc[-1]
    run = run_in_force(config.output_dir)
    names, strategies = class_texts(config, run)
    facts = {} if run is None else read_evidence(run)[1]
    case = Case(
        customer_id=customer_id,
        name=config.name,
        scores=scores,
        currency=config.currency,
        language=config.language,
        plan=_left(config, "plan", customer_id),
        actions=_left(config, "actions", customer_id),
        class_names=names,
        strategies=strategies,
        industry=industry_told(config, facts),
        doubts=currency_doubts(config),
    )
    return case if pd.isna(moment) else _with_history(config, case, pd.Timestamp(moment).date(), progress)


def _with_history(config: Config, case: Case, as_of: date, progress: Progress) -> Case:
    tables = open_tables(config, progress=progress).tables
    question = question_of(looking_from(config, as_of.isoformat()), tables)
    alone = only_customer(tables, case.customer_id)
    own = alone.before(as_of)
    row = question.frame(alone, question.horizon_days)
    answers = answers_of(tables, as_of)
    progress("Looking for similar customers")
    return Case(
        **{
            **vars(case),
            "as_of": as_of,
            "orders": pd.DataFrame() if own.tables.transactions is None else orders_of(own),
            "events": events_of(own),
            "answers": answers[answers["customer_id"] == case.customer_id],
            "similar": _similar(question, tables, row),
            "data": data_indices(row, records_of(tables, question)),
        }
    )


def _similar(question: Question, tables: Tables, one: pd.DataFrame) -> Similar | None:
    """Return what customers like one did in the newest window whose outcome is known on that day."""
    try:
        window = question.backtest(tables)
    except HistoryError:
        return None
    earlier = question.snapshot(tables, window).scored
    others = earlier.X["customer_id"] != one["customer_id"].iloc[0]
    X, y = (frame[others].reset_index(drop=True) for frame in (earlier.X, earlier.y))
    if X.empty:
        return None
    alike = nearest(X, one)
    return Similar(
        window.as_of,
        window.horizon_days,
        y.iloc[alike].reset_index(drop=True),
        _silent_days(X.iloc[alike]),
        _silent_days(one),
    )


def _silent_days(X: pd.DataFrame) -> float | None:
    days = X["days_since_last_order"].median() if "days_since_last_order" in X else float("nan")
    return float(days) if pd.notna(days) else None


def _rows(file: Path, customer_id: str) -> pd.DataFrame:
    """Return a customer's rows of a scores file, without reading the others into memory."""
    found = kept_rows(file, filters=[("customer_id", "==", customer_id)])
    return pd.DataFrame(found.to_pandas())


def _left(config: Config, job: str, customer_id: str) -> pd.DataFrame:
    """Return a customer's rows of what a job left, if it ran."""
    place = config.output_dir / f"{job}.parquet"
    return _rows(place, customer_id) if place.is_file() else pd.DataFrame()


def _data(case: Case) -> dict[str, object]:
    """Return the dossier for programs."""
    similar = case.similar
    return {
        "customer_id": case.customer_id,
        "as_of": case.as_of,
        "scores": _records(case.scores),
        "n_orders": int(case.orders["is_occasion"].sum()) if len(case.orders) else 0,
        "spend_total": float(case.orders["amount"].sum()) if len(case.orders) else 0.0,
        "similar": None
        if similar is None
        else {
            "as_of": similar.as_of,
            "horizon_days": similar.horizon_days,
            "n": len(similar.outcomes),
            "churned_share": float(similar.outcomes["churned"].mean()),
            "value_median": float(similar.outcomes["value"].median()),
        },
        "data": dict(case.data),
        "answers": _records(case.answers),
        "plan": _records(case.plan),
        "actions": _records(case.actions),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    known = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in known.to_dict("records")]
