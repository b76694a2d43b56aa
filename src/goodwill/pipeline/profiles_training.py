"""Training on a ready-made table: screen, cross-validate, fit; no time axis, no horizon."""

import time
from functools import partial
from typing import Any

from goodwill.config import Config
from goodwill.data.tables import Tables
from goodwill.errors import UsageError
from goodwill.modeling.profiles.comparison import Judgement
from goodwill.modeling.profiles.judging import HeldOut, held_out
from goodwill.monitoring.forecasts import Forecast, Outcome
from goodwill.pipeline.classes import with_class_metrics
from goodwill.pipeline.economics import with_economics
from goodwill.pipeline.finish import Result
from goodwill.pipeline.found_model import former_predictor
from goodwill.pipeline.outcome import Progress
from goodwill.pipeline.profile_checks import refuse_leakage
from goodwill.pipeline.profile_drops import dropped_yet_read
from goodwill.pipeline.profile_tuning import Tuning, tune_profiles
from goodwill.pipeline.profiles import (
    Profiles,
    judge_profiles,
    no_features,
    profile_model,
    read_profiles,
)
from goodwill.pipeline.sanity import with_profile_sanity
from goodwill.predictor import ProfilePredictor, load_predictor
from goodwill.tracking import ModelVersion


def train_profiles(config: Config, tables: Tables, progress: Progress) -> Result:
    """Judge and fit the models of a ready-made table.

    Raises
    ------
    TableError
        If a label cannot be read, or a column gives it away and the config says that is an error.
    FitError
        If the labels hold nothing to learn.
    """
    began = time.monotonic()
    profiles = read_profiles(config, tables)
    # Now, so that a store that cannot be reached is told before the long work.
    former, said = former_predictor(config, ProfilePredictor)
    progress("Screening columns for leakage")
    warnings = refuse_leakage(profiles)
    recipe = profile_model(config)
    tuning = tune_profiles(config, profiles, recipe, progress)
    judgement = judge_profiles(profiles, recipe, progress=progress, retuned=tuning.retuned)
    progress("Fitting on all customers")
    predictor = ProfilePredictor(
        level=config.intervals.level,
        segments=config.segments.model_dump(),
        classes=config.classes.settings,
        served_by=dict(judgement.served_by),
        monotone=recipe.monotone,
        parameters=tuning.parameters(judgement),
        seed=config.seed,
    ).fit(profiles.X, profiles.y, former)
    metrics = _metrics(profiles, judgement, predictor, tuning, time.monotonic() - began)
    metrics = with_profile_sanity(metrics, profiles, judgement, predictor.model_, currency=config.currency)
    metrics = with_economics(metrics, config.offers, judgement.served, profiles.y)
    return Result(
        predictor=predictor,
        metrics=with_class_metrics(metrics, predictor, former, profiles.X),
        outcome=_outcome(profiles),
        forecast=_forecast(profiles, judgement.served, "challenger"),
        baselines={name: _forecast(profiles, said, name) for name, said in judgement.baselines.items()},
        champion_says=partial(_champion_says, profiles, judgement),
        tables=tables,
        trials=tuning.trials,
        present=profiles.X,
        notes=(
            *profiles.notes,
            *tuning.notes(judgement),
            *no_features(predictor.model_.columns_.left_out),
            *warnings,
            *dropped_yet_read(config, former),
            *said,
        ),
    )


def _metrics(
    profiles: Profiles, judgement: Judgement, predictor: ProfilePredictor, tuning: Tuning, seconds: float
) -> dict[str, Any]:
    segments = predictor.segmenter_
    return {
        **judgement.metrics,
        "segments": {"k": segments.k_, "silhouette": segments.silhouette_, "stability": segments.stability_},
        "served_by": dict(judgement.served_by),
        "tuning": tuning.metrics(judgement),
        "training": {
            "n_rows": len(profiles.X),
            "n_unlabelled": profiles.n_unlabelled,
            "seconds": round(seconds, 1),
            "reproducible": tuning.is_reproducible,
        },
    }


def _outcome(profiles: Profiles) -> Outcome:
    known = {name: label.dropna() for name, label in profiles.y.items()}
    return Outcome(churned=known.get("churned"), value=known.get("value"))


def _forecast(profiles: Profiles, said: HeldOut, name: str) -> Forecast:
    """Return what was said of the customers that have the label."""
    p_churn, clv = (
        made[profiles.y[label].notna().to_numpy()] if made is not None and label in profiles.y else None
        for label, made in (("churned", said.p_churn), ("value", said.clv))
    )
    return Forecast(p_churn, clv, name)


def _champion_says(profiles: Profiles, judgement: Judgement, champion: ModelVersion) -> Forecast:
    """Return what the champion's recipe says of each customer, fitted on the same folds without them.

    Parameters that it was tuned to stay, though these customers may have had a part in them: that favours it.
    """
    stored = load_predictor(champion.directory)
    if not isinstance(stored, ProfilePredictor):
        raise UsageError(
            f"models:/{champion.name} holds a predictor of order histories. Name another tracking.model."
        )
    said = held_out(profiles.X, profiles.y, stored.recipe, judgement.folds)
    return _forecast(profiles, said, f"champion (version {champion.version})")
