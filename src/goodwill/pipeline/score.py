"""Scoring: every customer known before a day, by a stored model, written whole and kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from goodwill import tracking
from goodwill.artefacts import read_directory
from goodwill.config import Config, expand_variables
from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.errors import ConfigError, HistoryError, UsageError
from goodwill.features.history import as_date
from goodwill.files import locked, replacing, swap_link
from goodwill.pipeline.outcome import Outcome, Progress, Sheet, silent
from goodwill.pipeline.question import question_of
from goodwill.pipeline.tables import open_tables
from goodwill.predictor import CustomerValuePredictor


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


@dataclass(frozen=True)
class _Model:
    predictor: CustomerValuePredictor
    version: str
    notice: str | None = None


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
    out = None if request.out is None else _place(request.out)
    with locked(config.output_dir):
        progress("Loading the model")
        model = _model(config, request)
        scores = _scored(config, request, model, progress)
        progress("Writing scores")
        kept = _kept(config.output_dir, scores, model.version)
        for place in [] if out is None else [out]:
            write_scores(scores, place)
    places = [str(kept)] if out is None else [str(kept), str(out)]
    return _outcome(scores, model, places, config.currency)


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


def _model(config: Config, request: Request) -> _Model:
    uri = tracking.address(expand_variables(config.tracking.uri, where="tracking.uri"))
    if request.model is None:
        champion = tracking.champion(uri, config.model_name)
        if champion is not None:
            return _Model(CustomerValuePredictor.load(champion.directory), champion.version)
        return _latest(config)
    if request.model.startswith("models:/"):
        found = tracking.find(uri, request.model)
        return _Model(CustomerValuePredictor.load(found.directory), found.version)
    directory = tracking.load_directory(request.model, uri)
    return _Model(CustomerValuePredictor.load(directory), _folder_version(directory))


def _latest(config: Config) -> _Model:
    directory = config.output_dir / "predictor"
    if not directory.is_dir():
        raise UsageError(
            f"models:/{config.model_name} has no champion and {directory} holds no predictor. "
            "Run `goodwill train` first, or name one with --model."
        )
    notice = f"models:/{config.model_name} has no champion; scored with {directory}."
    return _Model(CustomerValuePredictor.load(directory), _folder_version(directory), notice)


def _folder_version(directory: Path) -> str:
    """Name a predictor that has no registered version by its content."""
    return str(read_directory(directory)[0]["hash"])[:12]


def _scored(config: Config, request: Request, model: _Model, progress: Progress) -> pd.DataFrame:
    opened = open_tables(config, progress=progress)
    wanted = config if request.as_of is None else _looking_from(config, as_date(request.as_of))
    question = question_of(wanted, opened.tables)
    _check_sight(question.as_of, model.predictor, hindsight=request.hindsight)
    progress("Scoring customers")
    scores = model.predictor.score_customers(
        opened.tables,
        as_of=question.as_of,
        horizon_days=list(request.horizon_days) or None,
        active_days=question.active_days,
        churn=question.churn,
        value=question.value,
    )
    return _carried(scores, opened.tables, config.score.carry)


def _looking_from(config: Config, as_of: date) -> Config:
    if config.snapshot is None:
        raise UsageError("--as-of: tables.profiles has no time axis; leave the option out.")
    return config.model_copy(update={"snapshot": config.snapshot.model_copy(update={"as_of": as_of})})


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
    as_of = pd.Timestamp(scores["as_of"].iloc[0]).date().isoformat()
    place = output / "scores" / f"as_of={as_of}" / f"version={version}" / "scores.parquet"
    write_scores(scores, place)
    swap_link(output / "scores.parquet", place)
    return place


def _outcome(scores: pd.DataFrame, model: _Model, places: Sequence[str], currency: str) -> Outcome:
    statuses = {str(name): int(n) for name, n in scores["status"].value_counts().items()}
    scored = scores[scores["status"] == "scored"]
    data = {
        "customers": len(scores),
        "status": statuses,
        "model_version": model.version,
        "p_churn_mean": _mean(scored["p_churn"]),
        "clv_total": float(scored["clv"].sum()),
        "files": list(places),
    }
    segments = scored.groupby("segment").agg(n=("clv", "size"), p=("p_churn", "mean"), clv=("clv", "sum"))
    rows = [
        (str(name), f"{row.n:,}", f"{row.p:.3f}", f"{row.clv:,.2f}")
        for name, row in zip(segments.index, segments.itertuples(index=False), strict=True)
    ]
    sheet = Sheet("Scores", ("segment", "customers", "mean p_churn", f"clv total ({currency})"), rows)
    refused = ", ".join(f"{n:,} {name}" for name, n in statuses.items() if name != "scored") or "none"
    counted = f"{len(scores):,} rows: {len(scored):,} scored, not scored: {refused}."
    notices = [counted, f"Model version {model.version}.", *filter(None, [model.notice]), *map(str, places)]
    return Outcome(data, [sheet], notices)


def _mean(values: pd.Series) -> float | None:
    return float(values.mean()) if len(values) else None
