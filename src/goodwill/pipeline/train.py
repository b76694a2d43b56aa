"""Training, from tables to a registered model: backtest, tune, fit, evaluate, log, register, gate."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sklearn.base import clone

from goodwill.config import Config
from goodwill.features.snapshot import Snapshot
from goodwill.features.windows import Window
from goodwill.files import locked
from goodwill.modeling.judging import Report, evaluate
from goodwill.modeling.tuning import Tuned, tune
from goodwill.monitoring.champion import Forecast
from goodwill.pipeline.backtest import Backtest, forecast_of, run_backtest
from goodwill.pipeline.gate import pass_gate
from goodwill.pipeline.outcome import Outcome, Progress, silent
from goodwill.pipeline.question import Question, predictor_of, question_of
from goodwill.pipeline.record import Evidence, as_rows, digests_of, log_training
from goodwill.pipeline.runs import new_run_name, put_in_force, write_metrics, write_run
from goodwill.pipeline.sheets import trained_outcome
from goodwill.pipeline.tables import Opened, open_tables
from goodwill.predictor import CustomerValuePredictor
from goodwill.tracking import ModelVersion

Metrics = dict[str, Any]  # JSON


@dataclass(frozen=True)
class Trained:
    """All that training made, before it is written down."""

    question: Question
    window: Window
    backtest: Backtest
    tuned: Tuned
    predictor: CustomerValuePredictor
    metrics: Metrics


def train_models(config: Config, *, progress: Progress = silent) -> Outcome:
    """Train churn, value and segments from a config, and register the predictor.

    Rows at or after `as_of` are used by no fit, threshold, tuning or gate; where the tables hold a full
    horizon after it, `holdout` is reported last of all.

    Raises
    ------
    GoodwillError
        As the parts raise it: wrong data or history (2), a held output folder, disk or store (3).
    """
    with locked(config.output_dir):
        opened = open_tables(config, progress=progress)
        trained = fit_models(config, opened, progress)
        return _recorded(config, opened, trained, progress)


def fit_models(config: Config, opened: Opened, progress: Progress = silent) -> Trained:
    """Backtest, tune and fit; nothing is written but the tuning study."""
    began = time.monotonic()
    tables, question = opened.tables, question_of(config, opened.tables)
    window = question.backtest(tables)
    progress("Building snapshots for the backtest")
    train = question.training(tables, window.as_of, window.horizon_days)
    test = question.snapshot(tables, window)
    tuned = _tuned(config, train, progress)
    predictor = predictor_of(config).set_params(parameters=tuned.parameters)
    progress("Fitting for the backtest")
    backtest = run_backtest(predictor, train, test)
    progress("Building snapshots for the final fit")
    everything = question.training(tables, question.as_of, question.horizon_days)
    final = predictor_of(config).set_params(parameters=tuned.parameters, served_by=dict(backtest.served_by))
    progress("Fitting on all matured windows")
    final.fit(everything)
    metrics = _metrics(question, window, backtest, final, everything)
    progress("Looking at the holdout")
    metrics |= _holdout(question, opened, final, everything)
    metrics["training"] |= {
        "seconds": round(time.monotonic() - began, 1),
        "reproducible": tuned.is_reproducible,
    }
    return Trained(question, window, backtest, tuned, final, metrics)


def _tuned(config: Config, train: Snapshot, progress: Progress) -> Tuned:
    wanted = config.tuning
    return tune(
        train.scored,
        trials=wanted.trials,
        timeout_seconds=wanted.timeout_seconds,
        storage=config.output_dir / "tuning.db",
        seed=config.seed,
        progress=progress,
    )


def _metrics(
    question: Question,
    window: Window,
    backtest: Backtest,
    final: CustomerValuePredictor,
    everything: Snapshot,
) -> Metrics:
    segments = final.segmenter_
    return {
        **backtest.report,
        "segments": {"k": segments.k_, "silhouette": segments.silhouette_, "stability": segments.stability_},
        "backtest": {
            "as_of": window.as_of.isoformat(),
            "horizon_days": window.horizon_days,
            "n_customers": len(backtest.test.X),
            "is_extrapolated": window.horizon_days < question.horizon_days,
        },
        "served_by": dict(backtest.served_by),
        "training": {
            "as_of": question.as_of.isoformat(),
            "horizon_days": question.horizon_days,
            "n_rows": len(everything.scored.X),
            "windows": _windows(everything),
        },
    }


def _windows(train: Snapshot) -> list[dict[str, object]]:
    windows = train.windows
    return as_rows(windows.assign(as_of=windows["as_of"].dt.date.astype(str)))


def _holdout(
    question: Question, opened: Opened, final: CustomerValuePredictor, everything: Snapshot
) -> Mapping[str, Report]:
    """Return how the final model did after `as_of`, where that can be known; decides nothing."""
    window = question.holdout(opened.tables)
    if window is None:
        return {}
    test = question.snapshot(opened.tables, window).scored
    scores = final.predict(test.X)
    return {"holdout": evaluate(scores, test, train=everything, level=final.level, seed=final.seed)}


def _recorded(config: Config, opened: Opened, trained: Trained, progress: Progress) -> Outcome:
    """Write the run, log and register it, pass it through the gate, and put it in force if it may."""
    progress("Logging and registering")
    backtest, predictor = trained.backtest, trained.predictor
    run = write_run(config, predictor, new_run_name())
    evidence = Evidence(
        trained.metrics,
        backtest.outcome,
        backtest.forecast,
        as_rows(trained.tuned.trials),
        digests_of(config, opened.tables.before(trained.question.as_of).tables),
    )
    registered = log_training(config, run, evidence, predictor.input_schema)
    progress("Passing the gate")
    judged = backtest.outcome, backtest.forecast
    verdict = pass_gate(
        registered, judged, backtest.baselines, partial(_champion_says, backtest), config.seed
    )
    metrics = {**trained.metrics, "gate": verdict.to_dict(), "model": registered.to_dict()}
    write_metrics(run, metrics)
    if verdict.is_in_force:
        put_in_force(config.output_dir, run)
    return trained_outcome(metrics, run, config, verdict)


def _champion_says(backtest: Backtest, champion: ModelVersion) -> Forecast:
    """Return what the champion says of the window: as stored, or its recipe fitted before the window."""
    stored = CustomerValuePredictor.load(champion.directory)
    if stored.trained_until_ > backtest.test.X["as_of"].iloc[0].date():
        stored = clone(stored).set_params(segments=1).fit(backtest.train)
    return forecast_of(stored.predict(backtest.test.X), f"champion (version {champion.version})")
