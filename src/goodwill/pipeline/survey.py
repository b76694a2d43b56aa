"""What a survey says of perceived value: from a config to `output/survey.json`."""

from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from goodwill import tracking
from goodwill.config import Config, expand_variables
from goodwill.errors import DataError, FitError, UsageError
from goodwill.files import locked, write_bytes, write_json
from goodwill.perceived.dimensions import rated_otherwise, without_dimension
from goodwill.perceived.pictures import survey_pictures
from goodwill.perceived.survey import Survey
from goodwill.pipeline.outcome import Outcome, Progress, silent
from goodwill.pipeline.rows import as_rows
from goodwill.pipeline.runs import new_run_name
from goodwill.pipeline.survey_behaviour import behaviour_frames
from goodwill.pipeline.survey_intake import comments_of, survey_of
from goodwill.pipeline.survey_report import SurveyReport, survey_report
from goodwill.pipeline.survey_sheets import survey_notes, survey_sheets
from goodwill.pipeline.survey_words import LANGUAGES, say

JSON = dict[str, Any]  # JSON
# Frames with a row per name, whose numbers become metrics: frame, the columns kept.
_METRICS = {
    "value": ("mean", "low", "high"),
    "dimensions": ("score", "low", "high", "weight"),
    "dimension_gaps": ("gap", "low", "high", "weighted_gap"),
    "satisfaction": ("estimate", "low", "high", "n"),
    "kano": ("better", "worse", "category_strength", "total_strength"),
    "drivers": ("share", "share_low", "share_high"),
    "utility": ("rise", "gain_max", "pays_up_to"),
    "penalty_reward": ("penalty", "reward"),
    "rivals": ("relative_benefit", "relative_price", "surplus"),
}

# Sections of the file: the table each holds, or its tables by their names there.
_SECTIONS: dict[str, str | dict[str, str]] = {
    "dimensions": "dimensions",
    "value": {"value": "value", "value_by_group": "value_by_group", "value_by_wave": "value_by_wave"},
    "reliability": {"reliability": "reliability", "items": "items"},
    "gaps": {"items": "gaps", "dimensions": "dimension_gaps", "changes": "gap_changes"},
    "importance_performance": "importance_performance",
    "kano": {
        "features": "kano",
        "continuous": "kano_continuous",
        "by_group": "kano_by_group",
        "one_sided": "kano_one_sided",
    },
    "satisfaction": {
        "outcomes": "satisfaction",
        "by_group": "satisfaction_by_group",
        "by_wave": "satisfaction_by_wave",
    },
    "drivers": "drivers",
    "utility": {
        "limits": "utility",
        "curves": "response_curves",
        "penalty_reward": "penalty_reward",
        "interactions": "interactions",
    },
    "behaviour": {
        "metrics": "survey_gain",
        "differences": "survey_gain_differences",
        "by_tier": "value_by_tier",
    },
    "themes": "themes",
    "theme_stability": "theme_stability",
    "needs": {"themes": "theme_waves", "dimensions": "needs_map"},
    "rivals": {"map": "rivals", "leads": "leads"},
}


def survey_value(config: Config, *, progress: Progress = silent) -> Outcome:
    """Report perceived value, gaps, Kano, loyalty and rivals, and write `output/survey.json`.

    Raises
    ------
    UsageError
        If the config has no survey.
    SourceError, TableError
        If the answers cannot be read.
    """
    survey, comments = survey_of(config, progress), comments_of(config)
    with locked(config.output_dir):
        progress("Measuring perceived value")
        report = survey_report(survey, config.surveys, config.seed, comments)
        report = _with_behaviour(config, report, progress)
        data = _data(config, report)
        progress("Logging")
        data["run_id"] = _logged(config, report, data)
        _keep(config, report)
        place = config.output_dir / "survey.json"
        write_json(place, data)
    notes = [*data["notes"][config.language], say("files", config.language, place=place)]
    if report.heard is not None:
        notes.append(say("local_files", config.language, place=config.output_dir))
    return Outcome(data, survey_sheets(report, config.language), notes)


def _data(config: Config, report: SurveyReport) -> JSON:
    """Return aggregates as plain JSON."""
    labels = report.survey.labels(config.language)
    frames = {name: as_rows(_labelled(frame, labels)) for name, frame in report.frames.items()}
    sections = {
        section: frames.get(tables, [])
        if isinstance(tables, str)
        else {part: frames.get(table, []) for part, table in tables.items()}
        for section, tables in _SECTIONS.items()
    }
    by_group = {name: rows for name, rows in frames.items() if name.endswith("_by_group")}
    return {
        "name": config.name,
        "level": config.surveys.level,
        "weights_from": report.weights_from,
        "quality": asdict(report.survey.quality) | _outside(report.survey),
        "waves": list(report.survey.waves),
        **sections,
        "nps": [row for row in frames.get("satisfaction", []) if row["measure"] == "nps"],
        "by_group": {name.removesuffix("_by_group"): rows for name, rows in by_group.items()},
        "missing": report.missing,
        "cautions": list(report.cautions),
        "small_groups": report.small_groups,
        "notes": {language: survey_notes(report, language) for language in LANGUAGES},
    }


def _outside(survey: Survey) -> JSON:
    """Return the rated items that enter no score."""
    return {
        "without_dimension": list(without_dimension(survey)),
        "rated_otherwise": list(rated_otherwise(survey)),
    }


def _with_behaviour(config: Config, report: SurveyReport, progress: Progress) -> SurveyReport:
    """Add what the survey tells of churn and value, where that is asked for and can be told."""
    if not config.surveys.behaviour:
        return report
    try:
        frames = behaviour_frames(config, progress)
    except (DataError, FitError, UsageError) as error:
        return replace(report, missing=report.missing | {"behaviour": str(error)})
    return replace(report, frames=report.frames | frames)


def _keep(config: Config, report: SurveyReport) -> None:
    """Keep on this machine what people wrote and need: it is never logged."""
    if report.heard is None:
        return
    typical = report.heard.typical.to_csv(index=False).encode("utf-8-sig")
    write_bytes(config.output_dir / "typical_comments.csv", typical)
    write_bytes(config.output_dir / "needs.csv", report.heard.needs.to_csv(index=False).encode("utf-8-sig"))


def _labelled(frame: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    table = frame.reset_index() if frame.index.name else frame
    return table.assign(label=table["item"].map(labels)) if "item" in table else table


def _names(config: Config, report: SurveyReport) -> dict[str, str]:
    """Return what people read for items and dimensions."""
    items, language = report.survey.items, config.language
    labels = {str(item): str(label) for item, label in report.survey.labels(language).items()}
    return labels | {str(name): say(str(name), language) for name in items["dimension"].dropna().unique()}


def _logged(config: Config, report: SurveyReport, data: JSON) -> str:
    """Log aggregates to the tracking store; no answer and no respondent."""
    uri = tracking.address(expand_variables(config.tracking.uri, where="tracking.uri"))
    metrics = {
        name: report.frames[name][list(columns)].to_dict(orient="index")
        for name, columns in _METRICS.items()
        if name in report.frames
    }
    with tracking.run(uri, config.name, f"survey-{new_run_name()}", {"goodwill.kind": "survey"}) as run:
        tracking.log_params(run, {"surveys": config.surveys.model_dump(mode="json", exclude={"items"})})
        tracking.log_metrics(run, {"survey": metrics})
        tracking.log_json(run, "survey.json", data)
        for name, picture in survey_pictures(report.frames, _names(config, report), config.language).items():
            tracking.log_text(run, f"pictures/{name}", picture)
    return run.run_id
