"""The end of every training: write the run, log and register it, pass it through the gate, show it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from goodwill.config import Config
from goodwill.data.tables import Tables
from goodwill.files import write_json
from goodwill.monitoring.forecasts import Forecast
from goodwill.monitoring.forecasts import Outcome as Truth
from goodwill.pipeline.evidence import (
    FILE,
    class_frames,
    evidence_json,
    history_frames,
    judged_frames,
    segment_frames,
)
from goodwill.pipeline.gate import enforce, judge_version
from goodwill.pipeline.lives import life_frames
from goodwill.pipeline.outcome import Outcome, Progress
from goodwill.pipeline.record import Evidence, digests_of, log_training
from goodwill.pipeline.report import write_run_report
from goodwill.pipeline.runs import RunFolder, new_run_name, put_in_force, write_metrics, write_run
from goodwill.pipeline.score_totals import scores_and_totals
from goodwill.pipeline.sheets import trained_outcome
from goodwill.predictor import Predictor
from goodwill.tracking import ModelVersion


@dataclass(frozen=True)
class Result:
    """What a training made, before any of it is written down.

    Parameters
    ----------
    metrics : in the layout of `metrics.json`, without gate and model.
    outcome, forecast : what came true where the model was judged, and what it had said.
    baselines : what plain models had said of the same customers.
    champion_says : what a champion says of them, knowing nothing of their outcome.
    tables : what training was allowed to know, for the digests and the history.
    present : features of the customers there are on the training day, for the report; None leaves them out.
    tracked : the predictor that was judged and the day up to which it knew the tables, to be held against
        what came after; that in force, which knew all, when None.
    trials : of tuning. notes : sentences for people.
    """

    predictor: Predictor
    metrics: dict[str, Any]  # JSON
    outcome: Truth
    forecast: Forecast
    baselines: Mapping[str, Forecast]
    champion_says: Callable[[ModelVersion], Forecast]
    tables: Tables
    trials: list[dict[str, object]]
    present: pd.DataFrame | None = None
    tracked: tuple[Predictor, date] | None = None
    acquisition: Callable[[pd.DataFrame | None], Mapping[str, pd.DataFrame]] | None = None
    notes: tuple[str, ...] = ()


def finish(config: Config, result: Result, progress: Progress) -> Outcome:
    """Write, log, register and judge a training, and put it in force if it may be."""
    progress("Logging and registering")
    run = write_run(config, result.predictor, new_run_name())
    digests = digests_of(config, result.tables)
    evidence = Evidence(result.metrics, result.outcome, result.forecast, result.trials, digests)
    registered = log_training(config, run, evidence, result.predictor.input_schema)
    progress("Passing the gate")
    judged = result.outcome, result.forecast
    verdict = judge_version(registered, judged, result.baselines, result.champion_says, config.seed)
    metrics = {**result.metrics, "gate": verdict.to_dict(), "model": registered.to_dict()}
    write_metrics(run, metrics)
    progress("Writing the report")
    _write_report(config, result, run, digests)
    # Last, so that no version serves whose run a full disk cut short.
    enforce(registered, verdict)
    if verdict.is_in_force:
        put_in_force(config.output_dir, run)
    return trained_outcome(metrics, run, config, verdict, result.notes)


def _write_report(
    config: Config, result: Result, run: RunFolder, digests: Mapping[str, Mapping[str, object]]
) -> None:
    """Leave what a report needs of this run, and its own report, told of the training day's customers."""
    day = result.metrics.get("training", {}).get("as_of")
    as_of = None if day is None else date.fromisoformat(day)
    scores, totals = scores_and_totals(result.predictor, result.present, config.intervals.level)
    frames = {
        **judged_frames(result.outcome, result.forecast, result.baselines),
        **history_frames(result.tables, as_of),
        **life_frames(result.tables, as_of, *(result.tracked or (result.predictor,))),
        **({} if result.acquisition is None else result.acquisition(scores)),
        **segment_frames(result.predictor.segmenter_),
        **class_frames(result.predictor.class_limits_.rules),
    }
    facts = {"digests": dict(digests), "industry": result.predictor.class_limits_.rules.industry}
    write_json(run.path / FILE, evidence_json(frames, facts))
    write_run_report(config, run.path, scores, totals)
