"""Monitoring: drift, matured outcomes, the tables themselves; one verdict, with the evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from goodwill import tracking
from goodwill.config import Config, expand_variables
from goodwill.data.tables import Tables
from goodwill.errors import UsageError
from goodwill.evaluation.drift import drift
from goodwill.evaluation.expected import expected_churn_metrics
from goodwill.features.windows import Window
from goodwill.files import locked, write_json
from goodwill.monitoring.drifting import drift_evidence
from goodwill.monitoring.matured import matured_performance, performance_evidence
from goodwill.monitoring.recent import recent_evidence, stretch_facts
from goodwill.monitoring.verdict import Evidence, verdict_of
from goodwill.pipeline.found_model import FoundModel, find_model
from goodwill.pipeline.kept import promised_metrics, scored_windows
from goodwill.pipeline.monitor_told import told_of
from goodwill.pipeline.outcome import Outcome, Progress, silent
from goodwill.pipeline.profiles import read_features
from goodwill.pipeline.question import Question, looking_from, question_of
from goodwill.pipeline.record import as_rows
from goodwill.pipeline.tables import drawn_customers, ensure_main_table, open_tables
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
            promised = promised_metrics(config)
            report = _report(config, _Watched(found, found.predictor, tables, question, promised), progress)
        _keep(config, report)
    notes = [] if drawn is None else [f"Looked at {drawn} (monitoring.max_customers)."]
    return told_of(report, [*notes, str(config.output_dir / "monitor.json")])


def _report(config: Config, watched: _Watched, progress: Progress) -> Json:
    progress("Comparing customers with those learned from")
    X = watched.question.frame(watched.tables, watched.predictor.inputs_.horizon_days)
    X = X[X["status"] == "scored"]
    scores = watched.predictor.predict(X)
    moved = _moved(config, watched.predictor, X, scores)
    progress("Looking at the tables")
    evidence = [*drift_evidence(moved), *_of_tables(watched)]
    progress("Judging matured scores")
    matured, ages = _matured(config, watched), _ageing(config, watched)
    for found in [*matured, *ages][-1:]:
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
    limits = {"psi_limit": config.monitoring.psi_limit, "distance_limit": config.monitoring.distance_limit}
    features = drift(predictor.profiles_["features"], X, **limits).assign(kind="feature")
    predicted = drift(predictor.profiles_["scores"], scores, **limits).assign(kind="score")
    return pd.concat([predicted, features], ignore_index=True)


def _of_tables(watched: _Watched) -> list[Evidence]:
    """Hold the last stretch of the tables against the one before it, as long as the horizon at most."""
    if watched.tables.transactions is None:
        return []
    as_of, days = watched.question.as_of, watched.predictor.inputs_.horizon_days
    known = watched.tables.before(as_of).tables
    before, now = (stretch_facts(known.within(as_of - timedelta(days=n * days), days)) for n in (2, 1))
    return recent_evidence(before, now, days)


def _matured(config: Config, watched: _Watched) -> list[Json]:
    """Return how the scores that were kept did, for each day whose outcome is known by now."""
    horizon_days, rows = watched.predictor.inputs_.horizon_days, []
    for day, version, scores in scored_windows(config, horizon_days, watched.question.as_of):
        truth = watched.question.snapshot(watched.tables, Window(day, horizon_days)).scored
        joined = scores.merge(truth.X[["customer_id"]].join(truth.y), on="customer_id", validate="one_to_one")
        found = matured_performance(joined, joined[["churned", "value"]], config.intervals.level, config.seed)
        rows.append({"as_of": day.isoformat(), "version": version, **found})
    return rows


def _ageing(config: Config, watched: _Watched) -> list[Json]:
    """Return how the model as it is would have scored on days since its training, oldest first."""
    predictor, horizon_days = watched.predictor, watched.predictor.inputs_.horizon_days
    rows = []
    for day in _ages(predictor.trained_until_, watched.question.as_of - timedelta(days=horizon_days)):
        truth = watched.question.snapshot(watched.tables, Window(day, horizon_days)).scored
        scores = predictor.predict(truth.X)
        found = matured_performance(scores, truth.y, config.intervals.level, config.seed)
        rows.append({"as_of": day.isoformat(), "age_days": (day - predictor.trained_until_).days, **found})
    return rows


def _ages(first: date, last: date) -> list[date]:
    """Return up to four days from the training to the last whose outcome is known, both included."""
    days = (last - first).days
    if days < 0:
        return []
    steps = min(_AGES - 1, days)
    return [first + timedelta(days=round(days * i / steps)) for i in range(steps + 1)] if steps else [first]


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
    """Return the numbers of the evidence by cause and name, as MLflow keeps them."""
    named: Json = {}
    for found in report["evidence"]:
        named.setdefault(found["cause"], {})[found["name"].replace(":", "_")] = found["value"]
    return named
