"""Scoring: every customer known before a day, by a stored model, written whole and kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
from ibis.backends import BaseBackend

from goodwill.config import Config
from goodwill.data.tables import Past
from goodwill.engine import EMBEDDED, SPARK, ensure_table_name, replace_table
from goodwill.errors import HistoryError, UsageError
from goodwill.files import ensure_writable, locked
from goodwill.modeling.reasons.columns import NONE, REASONS, ReasonRule
from goodwill.pipeline.carried import carried_of
from goodwill.pipeline.class_report import class_report, class_rows, write_classes
from goodwill.pipeline.found_model import FoundModel, find_model
from goodwill.pipeline.kept import kept_at
from goodwill.pipeline.outcome import Outcome, Progress, silent
from goodwill.pipeline.profile_drops import dropped_yet_read
from goodwill.pipeline.profiles import absent_columns, read_features
from goodwill.pipeline.question import Question, looking_from, question_of
from goodwill.pipeline.score_columns import MoreColumns
from goodwill.pipeline.score_drivers import drivers_of, keep_drivers, with_profile_reasons
from goodwill.pipeline.score_files import ensure_no_source, keeping, let_be_latest, read_scores, write_scores
from goodwill.pipeline.score_log import counted, counts_of, write_log
from goodwill.pipeline.score_spark import on_executors
from goodwill.pipeline.score_summary import Scored, Tally, summary_of
from goodwill.pipeline.score_totals import keep_totals, total_parts
from goodwill.pipeline.seller_sheets import sellers_sheet
from goodwill.pipeline.tables import Opened, ensure_main_table, open_tables
from goodwill.pipeline.value_settings import value_doubts
from goodwill.predictor import CustomerValuePredictor, ProfilePredictor
from goodwill.scoring.chunks import count_customers, count_known, known_in_chunks


@dataclass(frozen=True)
class Request:
    """What is asked of one scoring beyond the config.

    Parameters
    ----------
    model : `models:/name@alias`, or a folder; the champion when None.
    as_of : ISO day; the config's when None.
    out : a file ending in .parquet or .csv, a folder, or table:NAME of the engine's database; nothing beyond
        the history when None.
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
    version, to `output/scores.parquet` as the latest, and to `request.out`; `classes.json` beside the kept
    ones holds strategies, pyramid, matrix, concentration, cohorts, sellers, and moves since the day before;
    `totals.json` what everybody, each segment, tier and carried group will bring, with intervals; all that is
    kept of a scoring appears in one step.

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
    table = _table_name(config, request.out)
    out = None if request.out is None or table else _place(request.out)
    ensure_no_source(out, [section.source for section in config.tables.present.values()])
    for place in [config.output_dir] if out is None else [config.output_dir, out.parent]:
        ensure_writable(place)
    with locked(config.output_dir):
        progress("Loading the model")
        model = find_model(config, request.model)
        asked = _asked(config, request, model, progress)
        kept = _history_place(config.output_dir, asked.as_of, model.version)
        tally, limits, carry = Tally(), model.predictor.class_limits_, config.score.carry
        with keeping(kept, out) as (draft, *more):
            if asked.on_executors is None:
                write_scores(counted(tally, asked.chunks, asked.n_known), [draft, *more])
            else:
                progress("Scoring on the executors")
                write_scores(counted(tally, asked.on_executors(draft), asked.n_known), more)
            if table is not None:
                progress(f"Writing table:{table}")
                replace_table(asked.engine, table, read_scores(draft))
            report = class_report(tally.told, tally.sizes, limits, carry)
            classes = write_classes(draft, report, limits, asked.past)
            facts = {"model_version": model.version, "as_of": asked.day, "currency": config.currency}
            write_log(draft, {**facts, "hindsight": asked.is_hindsight}, counts_of(tally, asked.n_known))
            totals = keep_totals(draft, tally.parts, model.predictor, config.intervals.level)
            keep_drivers(draft, tally.drivers)
        let_be_latest(kept, config.output_dir)
    told = [str(place) for place in (kept.with_name("classes.json"), kept, out) if place is not None]
    told += [] if table is None else [f"table:{table}"]
    answer = summary_of(tally, model, told, config.currency, totals, config.language)
    sheets = [*answer.sheets, *sellers_sheet(classes, config.currency)]
    doubts = [*dropped_yet_read(config, model.predictor), *value_doubts(config, model)]
    return replace(answer, sheets=sheets, notes=[*doubts, *answer.notes])


@dataclass(frozen=True)
class _Asked:
    """The past that is scored from, None for tables without time, and the scores, made as they are read."""

    past: Past | None
    engine: BaseBackend
    n_known: int
    is_hindsight: bool = False
    chunks: Iterator[Scored] | tuple[()] = ()
    on_executors: Callable[[Path], Iterator[Scored]] | None = None

    @property
    def as_of(self) -> date | None:
        """The day that is scored from."""
        return None if self.past is None else self.past.as_of

    @property
    def day(self) -> str | None:
        """The day as text."""
        return None if self.as_of is None else self.as_of.isoformat()


def _table_name(config: Config, out: str | None) -> str | None:
    """Return the table of the engine's database that `--out table:NAME` names, None for files."""
    if out is None or not out.startswith("table:"):
        return None
    name = out.removeprefix("table:")
    ensure_table_name(name)
    if config.engine == EMBEDDED or config.engine.startswith("spark"):
        raise UsageError(
            f"--out {out}: `engine: {config.engine}` keeps no tables. Name a .parquet or .csv file, or set "
            "`engine` to the address of a database."
        )
    return name


def _place(out: str) -> Path:
    path = Path(out)
    if path.suffix in {".parquet", ".csv"}:
        return path
    if path.is_dir() or not path.suffix:
        return path / "scores.parquet"
    raise UsageError(f"--out {out}: the name must end in .parquet or .csv, or be a folder.")


def _asked(config: Config, request: Request, model: FoundModel, progress: Progress) -> _Asked:
    opened = open_tables(config, progress=progress)
    if isinstance(model.predictor, ProfilePredictor):
        X = read_features(config, opened.tables)
        return _Asked(
            None, opened.engine, len(X), chunks=_scored_profiles(config, request, model.predictor, X)
        )
    question = question_of(looking_from(config, request.as_of), opened.tables)
    _check_sight(question.as_of, model.predictor, hindsight=request.hindsight)
    horizons = request.horizon_days or (model.predictor.inputs_.horizon_days,)
    past, is_hindsight = opened.tables.before(question.as_of), question.as_of < model.predictor.trained_until_
    n_known = count_known(past)
    if opened.engine.name == SPARK:
        carried = carried_of(opened.tables, question.as_of, config.score.carry)
        scored = on_executors(config, question.known(*horizons), model.predictor, opened, carried)
        return _Asked(past, opened.engine, n_known, is_hindsight, on_executors=scored)
    chunks = _scored(config, question, horizons, model.predictor, opened, progress)
    return _Asked(past, opened.engine, n_known, is_hindsight, chunks)


def _scored(
    config: Config,
    question: Question,
    horizons: tuple[int, ...],
    predictor: CustomerValuePredictor,
    opened: Opened,
    progress: Progress,
) -> Iterator[Scored]:
    step, tables, asked = "Scoring customers", opened.tables, question.known(*horizons)
    done, total = 0, count_customers(tables)
    progress(step, done, total)
    rule = ReasonRule(config.score.reasons, config.language).for_rows(total * len(horizons))
    untold = dict.fromkeys(REASONS, NONE) if rule.mode == "off" != config.score.reasons else {}
    carried, folder = carried_of(tables, question.as_of, config.score.carry), config.output_dir
    more = MoreColumns.of(config.score, tables, question, predictor)
    for chunk in known_in_chunks(tables, opened.engine, asked, folder=folder, carried=carried):
        scores, spread = predictor.predict_with_spread(chunk.X, reasons=rule)
        scores = scores.assign(**untold)
        scores = more.added_to(scores, chunk.X)
        if chunk.carried is not None:
            scores = scores.merge(chunk.carried, on="customer_id", how="left", validate="many_to_one")
        is_first = done == 0 and config.score.reasons != "off"
        found = drivers_of(predictor, chunk.X, scores, config.seed) if is_first else {}
        told = class_rows(scores, chunk.X, predictor.class_limits_, config.score.carry)
        parts = total_parts(scores, spread, config.score.carry)
        absent = predictor.inputs_.absent_from(chunk.X.columns)
        yield Scored(scores, predictor.unseen(chunk.X), told, found, parts, absent)
        done += len(chunk.X) // len(horizons)
        progress(step, done, max(total, done))


def _scored_profiles(
    config: Config, request: Request, predictor: ProfilePredictor, X: pd.DataFrame
) -> Iterator[Scored]:
    if request.as_of or request.horizon_days:
        raise UsageError("--as-of, --horizon-days: a ready-made table has no time axis; leave them out.")
    absent = absent_columns(config, predictor, X)
    scores = predictor.predict(X)
    classes = class_rows(scores, X, predictor.class_limits_, config.score.carry)
    told = with_profile_reasons(config, predictor, X, scores)
    yield Scored(told, predictor.unseen(X), classes, absent=absent)


def _check_sight(as_of: date, predictor: CustomerValuePredictor, *, hindsight: bool) -> None:
    if as_of < predictor.trained_until_ and not hindsight:
        raise HistoryError(
            f"as_of {as_of} lies before {predictor.trained_until_}, up to which the model knew the future. "
            "Choose a later day, an older model, or --hindsight to score all the same."
        )


def _history_place(output: Path, as_of: date | None, version: str) -> Path:
    """Return where scores of a day and version are kept; those of the same are replaced."""
    day = "none" if as_of is None else as_of.isoformat()
    return kept_at(output, day, version)
