"""Training, from tables to a registered model: backtest, tune, fit, evaluate, log, register, gate."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
from sklearn.base import clone

from goodwill.config import Config
from goodwill.data.tables import Tables
from goodwill.errors import UsageError
from goodwill.features.sample import MOST_LEARNED, Sample, sample_customers
from goodwill.features.snapshot import Snapshot
from goodwill.features.windows import Window
from goodwill.files import locked
from goodwill.modeling.judging import Report, evaluate
from goodwill.modeling.tuning.choice import Tuned
from goodwill.modeling.tuning.customer_value import tune
from goodwill.monitoring.forecasts import Forecast
from goodwill.pipeline.backtest import Backtest, forecast_of, run_backtest
from goodwill.pipeline.boosting import ensure_boosting, ensure_workers, grow_of
from goodwill.pipeline.classes import with_class_metrics
from goodwill.pipeline.economics import with_economics
from goodwill.pipeline.finish import Result, finish
from goodwill.pipeline.found_model import former_predictor
from goodwill.pipeline.lives import acquisition_frames
from goodwill.pipeline.outcome import Outcome, Progress, silent
from goodwill.pipeline.profiles_training import train_profiles
from goodwill.pipeline.question import Question, predictor_of, question_of
from goodwill.pipeline.rows import as_rows
from goodwill.pipeline.sanity import with_sanity
from goodwill.pipeline.tables import Opened, drawn_customers, ensure_main_table, open_tables
from goodwill.predictor import CustomerValuePredictor, load_predictor
from goodwill.tracking import ModelVersion

Metrics = dict[str, Any]  # JSON


@dataclass(frozen=True)
class Trained:
    """All that training made, before it is written down; `tables` are those of the customers looked at."""

    tables: Tables
    question: Question
    window: Window
    backtest: Backtest
    tuned: Tuned
    predictor: CustomerValuePredictor
    metrics: Metrics
    present: pd.DataFrame
    judged: CustomerValuePredictor
    notes: tuple[str, ...] = ()


def train_models(config: Config, *, progress: Progress = silent) -> Outcome:
    """Train churn, value and segments from a config, and register the predictor.

    Rows at or after `as_of` are used by no fit, threshold, tuning or gate; where the tables hold a full
    horizon after it, `holdout` is reported last of all.

    Raises
    ------
    GoodwillError
        As the parts raise it: wrong data or history (2), a held output folder, disk or store (3).
    """
    ensure_main_table(config)
    ensure_boosting(config)
    with locked(config.output_dir):
        opened = open_tables(config, progress=progress)
        ensure_workers(config, opened)
        if opened.tables.profiles is not None:
            return finish(config, train_profiles(config, opened.tables, progress), progress)
        return finish(config, _result(fit_models(config, opened, progress)), progress)


def _result(trained: Trained) -> Result:
    backtest, question = trained.backtest, trained.question
    return Result(
        predictor=trained.predictor,
        metrics=trained.metrics,
        outcome=backtest.outcome,
        forecast=backtest.forecast,
        baselines=backtest.baselines,
        champion_says=partial(_champion_says, backtest),
        tables=trained.tables.before(question.as_of).tables,
        trials=as_rows(trained.tuned.trials),
        present=trained.present,
        tracked=(trained.judged, trained.window.as_of),
        acquisition=partial(acquisition_frames, trained.tables, question.as_of, question.value),
        notes=(trained.tuned.reason, *trained.notes),
    )


def fit_models(config: Config, opened: Opened, progress: Progress = silent) -> Trained:
    """Backtest, tune and fit; nothing is written but the tuning study.

    Of many customers a plain sample is judged, segmented and described, and the windows of one by value and
    recency are learned from.
    """
    began = time.monotonic()
    question, most = question_of(config, opened.tables), min(config.train.max_customers, MOST_LEARNED)
    window = question.backtest(opened.tables)
    # Now, so that a store that cannot be reached is told before the long work.
    former, note = former_predictor(config, CustomerValuePredictor)
    progress("Building snapshots for the backtest")
    tables, drawn = drawn_customers(opened.tables, config.train.max_customers, question.as_of)
    sample = sample_customers(opened.tables, window.as_of, most)
    train = question.training(tables, window.as_of, window.horizon_days, sample)
    test = question.snapshot(tables, window)
    tuned = _tuned(config, train, progress)
    predictor = predictor_of(config).set_params(parameters=tuned.parameters)
    progress("Fitting for the backtest")
    backtest = run_backtest(predictor, train, test, grow_of(config, opened, question, train))
    progress("Building snapshots for the final fit")
    sample = sample_customers(opened.tables, question.as_of, most)
    everything = question.training(tables, question.as_of, question.horizon_days, sample)
    final = predictor_of(config).set_params(parameters=tuned.parameters, served_by=dict(backtest.served_by))
    progress("Fitting on all matured windows")
    grow = grow_of(config, opened, question, everything)
    final.fit(everything, former, grow, missed=backtest.missed)
    metrics = _metrics(question, window, backtest, final)
    metrics = with_class_metrics(metrics, final, former, everything.now)
    told = {"currency": config.currency, "level": final.level}
    metrics = with_sanity(metrics, backtest, final.windows_, **told)
    metrics = with_economics(metrics, config.offers, backtest.scores, backtest.test.y)
    progress("Looking at the holdout")
    metrics |= _holdout(question, tables, final, everything)
    metrics["training"] |= {
        "seconds": round(time.monotonic() - began, 1),
        "reproducible": tuned.is_reproducible,
    }
    notes = (*note, *_told(drawn, sample, final))
    return Trained(
        tables, question, window, backtest, tuned, final, metrics, everything.now, predictor, notes
    )


def _told(drawn: str | None, sample: Sample | None, final: CustomerValuePredictor) -> Iterator[str]:
    """Yield what people must know of customers that were left out, and of trees that left none out."""
    if sample is not None:
        yield f"Learned from the past of {sample}; each counts by how many it stands for."
    for n_rows in _boosted(final).values():
        yield f"Trees learned on Spark from {n_rows:,} rows: every customer in every window."
    if final.is_renewed_:
        yield (
            "Learned from the newer half of the windows, and carries on no level: "
            "late windows were foreseen better without the earlier ones."
        )
    if drawn is not None:
        yield f"Judged and segmented on {drawn}, drawn evenly (train.max_customers)."


def _tuned(config: Config, train: Snapshot, progress: Progress) -> Tuned:
    wanted = config.tuning
    return tune(
        train.scored.levelled,
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
            "n_rows": final.n_rows_,
            "windows": _windows(final),
            "calibration": final.calibration_.told,
            "drift_share": final.intervals_.drift_share_,
            **_boosted(final),
            **_season(final, question),
        },
    }


def _boosted(final: CustomerValuePredictor) -> dict[str, int]:
    """Return how many rows the trees learned from, where they learned from more than the sample."""
    n_rows = final.model_.learned.grown_rows_
    return {} if n_rows is None else {"n_boosted_rows": n_rows}


def _season(final: CustomerValuePredictor, question: Question) -> dict[str, dict[str, float]]:
    """Return when the model's clock runs fastest and slowest, how fast a year ago, and how much was told."""
    clock = final.model_.learned.clock
    if clock is None:
        return {}
    rates = clock.by_month
    busiest, quietest = int(rates.argmax()), int(rates.argmin())
    told = {"busiest_month": busiest + 1, "busiest_rate": float(rates[busiest])}
    told |= {"quietest_month": quietest + 1, "quietest_rate": float(rates[quietest])}
    years = len(question.season or ()) / len(rates)
    return {"season": told | {"year_ago_rate": clock.year_ago, "told_years": years}}


def _windows(final: CustomerValuePredictor) -> list[dict[str, object]]:
    windows = final.windows_
    return as_rows(windows.assign(as_of=windows["as_of"].dt.date.astype(str)))


def _holdout(
    question: Question, tables: Tables, final: CustomerValuePredictor, everything: Snapshot
) -> Mapping[str, Report]:
    """Return how the final model did after `as_of`, where that can be known; decides nothing."""
    window = question.holdout(tables)
    if window is None:
        return {}
    test = question.snapshot(tables, window).scored
    scores = final.predict(test.X)
    return {"holdout": evaluate(scores, test, train=everything.levelled, level=final.level, seed=final.seed)}


def _champion_says(backtest: Backtest, champion: ModelVersion) -> Forecast:
    """Return what the champion says of the window: as stored, or its recipe fitted before the window."""
    stored = load_predictor(champion.directory)
    if not isinstance(stored, CustomerValuePredictor):
        raise UsageError(
            f"models:/{champion.name} holds a predictor of ready-made tables. Name another tracking.model."
        )
    if stored.trained_until_ > backtest.test.X["as_of"].iloc[0].date():
        grow = None if stored.model_.learned.grown_rows_ is None else backtest.grow
        stored = clone(stored).set_params(segments=1).fit(backtest.train, grow=grow)
    return forecast_of(stored.predict(backtest.test.X), f"champion (version {champion.version})")
