"""Scoring: every customer known before a day, by a stored model, written whole and kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from goodwill.config import Config
from goodwill.data.tables import Tables
from goodwill.decisions.referral import referral_value
from goodwill.engine import to_frame
from goodwill.errors import ConfigError, HistoryError, UsageError
from goodwill.files import ensure_writable, locked, replacing, swap_link
from goodwill.modeling.reason_columns import ReasonRule
from goodwill.pipeline.components import with_components
from goodwill.pipeline.found_model import FoundModel, find_model
from goodwill.pipeline.outcome import Outcome, Progress, silent
from goodwill.pipeline.profiles import read_features
from goodwill.pipeline.question import Question, looking_from, question_of
from goodwill.pipeline.score_summary import Scored, summary_of
from goodwill.pipeline.tables import Opened, ensure_main_table, open_tables
from goodwill.predictor import CustomerValuePredictor, ProfilePredictor


@dataclass(frozen=True)
class Request:
    """What is asked of one scoring beyond the config.

    Parameters
    ----------
    model : `models:/name@alias`, or a folder; the champion when None.
    as_of : ISO day; the config's when None.
    out : a file ending in .parquet or .csv, or a folder; nothing beyond the history when None.
    horizon_days : horizons; the trained one when empty.
    hindsight : allow a day whose future the model has seen.
    """

    model: str | None = None
    as_of: str | None = None
    out: str | None = None
    horizon_days: tuple[int, ...] = ()
    hindsight: bool = False


def score_customers(config: Config, request: Request, *, progress: Progress = silent) -> Outcome:
    """Score every customer of a config and keep the scores.

    The scores go to `output/scores/as_of=…/version=…/scores.parquet`, replacing those of the same day and
    version, to `output/scores.parquet` as the latest, and to `request.out`.

    Raises
    ------
    UsageError
        If there is no model, or `out` is neither .parquet, .csv nor a folder.
    HistoryError
        If the model has seen the day's future, or the horizon lies outside the trained ones.
    OutsideError
        If the disk is full or another run holds the output folder.
    """
    ensure_main_table(config)
    out = None if request.out is None else _place(request.out)
    for place in [config.output_dir] if out is None else [config.output_dir, out.parent]:
        ensure_writable(place)
    with locked(config.output_dir):
        progress("Loading the model")
        model = find_model(config, request.model)
        scored = _scored(config, request, model, progress)
        progress("Writing scores")
        kept = _kept(config.output_dir, scored.scores, model.version)
        for place in [] if out is None else [out]:
            write_scores(scored.scores, place)
    places = [str(kept)] if out is None else [str(kept), str(out)]
    return summary_of(scored, model, places, config.currency)


def write_scores(scores: pd.DataFrame, place: Path) -> None:
    """Write scores as Parquet or CSV by the name's ending, whole or not at all."""
    with replacing(place) as draft:
        if place.suffix == ".csv":
            scores.to_csv(draft, index=False)
        else:
            scores.to_parquet(draft, index=False)


def _place(out: str) -> Path:
    path = Path(out)
    if path.suffix in {".parquet", ".csv"}:
        return path
    if path.is_dir() or not path.suffix:
        return path / "scores.parquet"
    raise UsageError(f"--out {out}: the name must end in .parquet or .csv, or be a folder.")


def _scored(config: Config, request: Request, model: FoundModel, progress: Progress) -> Scored:
    opened = open_tables(config, progress=progress)
    if isinstance(model.predictor, ProfilePredictor):
        return _scored_profiles(config, request, model.predictor, opened)
    question = question_of(looking_from(config, request.as_of), opened.tables)
    _check_sight(question.as_of, model.predictor, hindsight=request.hindsight)
    progress("Scoring customers")
    X = question.frame(opened.tables, *request.horizon_days or [model.predictor.inputs_.horizon_days])
    if config.score.reasons != "off":
        progress("Telling reasons")
    reasons = ReasonRule(config.score.reasons, config.language)
    scores = model.predictor.predict(X, reasons=reasons)
    if config.score.components:
        scores = with_components(scores, X, model.predictor, opened.tables, question)
    scores = _with_referrals(scores, opened.tables, question)
    scores = _carried(scores, opened.tables, config.score.carry)
    return Scored(scores, model.predictor.unseen(X))


def _with_referrals(scores: pd.DataFrame, tables: Tables, question: Question) -> pd.DataFrame:
    """Add `clv_referral` where referrals are known; it stands beside `clv` and enters no total."""
    if tables.referrals is None:
        return scores
    past = tables.before(question.as_of)
    worth = referral_value(past, scores, margin_rate=question.value.margin_rate)
    return scores.assign(clv_referral=worth["clv_referral"])


def _scored_profiles(config: Config, request: Request, predictor: ProfilePredictor, opened: Opened) -> Scored:
    if request.as_of or request.horizon_days:
        raise UsageError("--as-of, --horizon-days: a ready-made table has no time axis; leave them out.")
    X = read_features(config, opened.tables)
    return Scored(predictor.predict(X), predictor.unseen(X))


def _check_sight(as_of: date, predictor: CustomerValuePredictor, *, hindsight: bool) -> None:
    if as_of < predictor.trained_until_ and not hindsight:
        raise HistoryError(
            f"as_of {as_of} lies before {predictor.trained_until_}, up to which the model knew the future. "
            "Choose a later day, an older model, or --hindsight to score all the same."
        )


def _carried(scores: pd.DataFrame, tables: Tables, columns: Sequence[str]) -> pd.DataFrame:
    if not columns:
        return scores
    known = set() if tables.customers is None else set(tables.customers.columns)
    unknown = [name for name in columns if name not in known]
    if unknown or tables.customers is None:
        raise ConfigError(
            f"score.carry: {', '.join(unknown)} not in tables.customers ({', '.join(sorted(known))}). "
            "Name columns of the customers table."
        )
    facts = to_frame(tables.customers.select("customer_id", *columns))
    return scores.merge(facts, on="customer_id", how="left", validate="many_to_one")


def _kept(output: Path, scores: pd.DataFrame, version: str) -> Path:
    """Keep the scores under their day and version, replacing those of the same, and as the latest."""
    moment = scores["as_of"].iloc[0]
    as_of = "none" if pd.isna(moment) else pd.Timestamp(moment).date().isoformat()
    place = output / "scores" / f"as_of={as_of}" / f"version={version}" / "scores.parquet"
    write_scores(scores, place)
    swap_link(output / "scores.parquet", place)
    return place
