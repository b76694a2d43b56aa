"""Monitoring: drift, matured outcomes, the tables themselves; one verdict, with the evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from goodwill import tracking
from goodwill.config import Config, expand_variables
from goodwill.data.tables import Tables
from goodwill.errors import HistoryError, UsageError
from goodwill.evaluation.drift import drift
from goodwill.evaluation.expected import expected_churn_metrics
from goodwill.features.snapshot import Snapshot
from goodwill.features.windows import Window
from goodwill.files import locked, write_json
from goodwill.monitoring.drifting import class_evidence, drift_evidence
from goodwill.monitoring.matured import matured_performance, performance_evidence
from goodwill.monitoring.recent import recent_evidence, stretch_facts
from goodwill.monitoring.verdict import Evidence, verdict_of
from goodwill.pipeline.currencies import currency_doubts, kept_doubts
from goodwill.pipeline.found_model import FoundModel, find_model
from goodwill.pipeline.kept import is_hindsight, kept_at, matured_files, promised_metrics, scored_over
from goodwill.pipeline.monitor_told import told_of
from goodwill.pipeline.outcome import Outcome, Progress, silent
from goodwill.pipeline.profiles import read_features
from goodwill.pipeline.question import Question, looking_from, question_of, scored_rows
from goodwill.pipeline.rows import as_rows
from goodwill.pipeline.score_history import score_history
from goodwill.pipeline.tables import drawn_customers, ensure_main_table, open_tables
from goodwill.pipeline.value_settings import value_doubts
from goodwill.predictor import CustomerValuePredictor, Predictor

Json = dict[str, Any]
_AGES = 4


@dataclass(frozen=True)
class _Watched:
    """The model that is watched, and what it is asked."""

    model: FoundModel
    predictor: CustomerValuePredictor
    tables: Tables
    question: Question
    promised: Mapping[str, Any]


def monitor_model(
    config: Config, *, model: str | None = None, as_of: str | None = None, progress: Progress = silent
) -> Outcome:
    """Say whether a model can go on serving, and keep the evidence.

    Writes `output/monitor.json` and `output/monitor/as_of=….json`, and logs the numbers to MLflow. The answer
    is no (exit status 1) where the verdict is re_fit, re_train or investigate_data.

    Parameters
    ----------
    model : as for scoring; the champion when None.
    as_of : ISO day to look from; the config's when None.
    """
    ensure_main_table(config)
    with locked(config.output_dir):
        progress("Loading the model")
        found = find_model(config, model)
        opened = open_tables(config, progress=progress)
        tables, drawn = drawn_customers(opened.tables, config.monitoring.max_customers)
        if not isinstance(found.predictor, CustomerValuePredictor):
            if as_of is not None:
                raise UsageError("--as-of: a ready-made table has no time axis; leave it out.")
            report = _profiles_report(config, found, tables, progress)
        else:
            question = question_of(looking_from(config, as_of), tables)
            _ensure_later(question.as_of, found.predictor.trained_until_)
            promised = promised_metrics(config, found.hash)
            report = _report(config, _Watched(found, found.predictor, tables, question, promised), progress)
        _keep(config, report)
    notes = [*currency_doubts(config, found.currency), *kept_doubts(config, _read_scores(config, report))]
    notes += value_doubts(config, found)
    notes += [] if drawn is None else [f"Looked at {drawn} (monitoring.max_customers)."]
    return told_of(report, [*notes, str(config.output_dir / "monitor.json")])


def _ensure_later(as_of: date, trained_until: date) -> None:
    if as_of < trained_until:
        raise HistoryError(
            f"as_of {as_of} lies before {trained_until}, up to which the model knew the future, so that "
            "nothing can have changed since. Look from a later day (--as-of), or at an older model (--model)."
        )


def _report(config: Config, watched: _Watched, progress: Progress) -> Json:
    progress("Comparing customers with those learned from")
    X = watched.question.frame(watched.tables, watched.predictor.inputs_.horizon_days)
    X = scored_rows(X, watched.question.as_of)
    scores = watched.predictor.predict(X)
    rules = watched.predictor.class_limits_.rules
    past = score_history(config.output_dir, watched.question.as_of, rules, _limits(config))
    moved = _moved(config, watched.predictor, X, scores)
    progress("Looking at the tables")
    evidence = [*drift_evidence(moved), *_of_tables(watched)]
    if past.migration:
        evidence += class_evidence(past.moved, past.migration["since"])
    progress("Judging matured scores")
    matured, ages = _judged(config, watched)
    # What another model had said, or this one in hindsight, is nothing to hold it to.
    for found in ages[-1:]:
        evidence += performance_evidence(found, watched.promised, config.intervals.level)
    return {
        **_head(watched.model, evidence, moved),
        "as_of": watched.question.as_of.isoformat(),
        "model_age_days": (watched.question.as_of - watched.predictor.trained_until_).days,
        "n_customers": len(X),
        "expected": {"churn": expected_churn_metrics(scores["p_churn"])},
        "promised": _promise(watched.promised),
        "matured": matured,
        "ageing": ages,
        "history": past.days,
        "migration": past.migration and {**past.migration, "drift": as_rows(past.moved)},
        "next_outcome": _next_outcome(watched).isoformat(),
    }


def _profiles_report(config: Config, found: FoundModel, tables: Tables, progress: Progress) -> Json:
    progress("Comparing customers with those learned from")
    X = read_features(config, tables)
    scores = found.predictor.predict(X)
    moved = _moved(config, found.predictor, X, scores)
    expected = {"churn": expected_churn_metrics(scores["p_churn"])} if "p_churn" in scores else {}
    head = _head(found, drift_evidence(moved), moved)
    return {**head, "as_of": None, "n_customers": len(X), "expected": expected}


def _moved(config: Config, predictor: Predictor, X: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    limits = _limits(config)
    features = drift(predictor.profiles_["features"], X, **limits).assign(kind="feature")
    predicted = drift(predictor.profiles_["scores"], scores, **limits).assign(kind="score")
    return pd.concat([predicted, features], ignore_index=True)


def _limits(config: Config) -> dict[str, float]:
    wanted = config.monitoring
    return {"psi_limit": wanted.psi_limit, "distance_limit": wanted.distance_limit}


def _of_tables(watched: _Watched) -> list[Evidence]:
    """Hold the last stretch of the tables against the one before it, as long as the horizon at most."""
    if watched.tables.transactions is None:
        return []
    as_of, days = watched.question.as_of, watched.predictor.inputs_.horizon_days
    known = watched.tables.before(as_of).tables
    before, now = (stretch_facts(known.within(as_of - timedelta(days=n * days), days)) for n in (2, 1))
    return recent_evidence(before, now, days)


def _judged(config: Config, watched: _Watched) -> tuple[list[Json], list[Json]]:
    """Return how kept scores did on each day whose outcome is known, and how the model as it is would have.

    The days of the latter are since its training, oldest first. A day's outcomes are read once for both.
    """
    predictor, horizon_days = watched.predictor, watched.predictor.inputs_.horizon_days
    as_of, trained = watched.question.as_of, predictor.trained_until_
    kept = matured_files(config.output_dir, horizon_days, as_of)
    ages = _ages(trained, as_of - timedelta(days=horizon_days))
    judge = partial(matured_performance, level=config.intervals.level, seed=config.seed)
    matured, ageing = list[Json](), list[Json]()
    for day in sorted({*kept, *ages}):
        truth = watched.question.snapshot(watched.tables, Window(day, horizon_days)).scored
        head = {"as_of": day.isoformat()}
        if day in kept:
            version, file = kept[day]
            joined = _beside(scored_over(file, horizon_days), truth)
            if len(joined):
                told = {**head, "version": version, "hindsight": is_hindsight(file)}
                matured.append({**told, **judge(joined, joined[["churned", "value"]])})
        if day in ages:
            found = judge(predictor.predict(truth.X), truth.y)
            ageing.append({**head, "age_days": (day - trained).days, **found})
    return matured, ageing


def _beside(scores: pd.DataFrame, truth: Snapshot) -> pd.DataFrame:
    """Return scores beside what came true of the same customers."""
    return scores.merge(truth.X[["customer_id"]].join(truth.y), on="customer_id", validate="one_to_one")


def _ages(first: date, last: date) -> list[date]:
    """Return up to four days from the training to the last whose outcome is known, both included."""
    days = (last - first).days
    if days < 0:
        return []
    steps = min(_AGES - 1, days)
    return [first + timedelta(days=round(days * i / steps)) for i in range(steps + 1)] if steps else [first]


def _read_scores(config: Config, report: Json) -> list[Path]:
    """Return the kept scores that a report tells of, oldest first."""
    told = {(row["as_of"], row["version"]) for name in ("matured", "history") for row in report.get(name, [])}
    return [kept_at(config.output_dir, day, version) for day, version in sorted(told)]


def _next_outcome(watched: _Watched) -> date:
    return max(watched.predictor.trained_until_, watched.question.as_of) + timedelta(
        days=watched.predictor.inputs_.horizon_days
    )


def _promise(promised: Mapping[str, Any]) -> Json:
    names = {"churn": ("roc_auc", "log_loss", "ece"), "clv": ("ngini", "bias", "coverage")}
    return {
        target: {name: promised[target].get(name) for name in wanted}
        for target, wanted in names.items()
        if target in promised
    }


def _head(model: FoundModel, evidence: Sequence[Evidence], moved: pd.DataFrame) -> Json:
    return {
        "verdict": verdict_of(evidence),
        "model_version": model.version,
        "evidence": [asdict(found) for found in evidence],
        "drift": as_rows(moved),
    }


def _keep(config: Config, report: Json) -> None:
    write_json(config.output_dir / "monitor" / f"as_of={report['as_of'] or 'none'}.json", report)
    write_json(config.output_dir / "monitor.json", report)
    uri = tracking.address(expand_variables(config.tracking.uri, where="tracking.uri"))
    tags = {"goodwill.verdict": report["verdict"], "goodwill.model_version": report["model_version"]}
    with tracking.run(uri, config.name, f"monitor {report['as_of'] or ''}".strip(), tags) as run:
        tracking.log_json(run, "monitor.json", report)
        tracking.log_metrics(run, {"monitor": _numbers(report)})


def _numbers(report: Json) -> Json:
    """Return the numbers of the evidence by cause and name, as MLflow keeps them, and those of the scores."""
    classes = report.get("migration", {}).get("classes", {})
    named: Json = {
        "scores": {} if not report.get("history") else report["history"][-1],
        "stayed_share": {name: moved["stayed_share"] for name, moved in classes.items()},
    }
    for found in report["evidence"]:
        named.setdefault(found["cause"], {})[found["name"].replace(":", "_")] = found["value"]
    return named
