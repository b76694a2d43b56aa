"""The report: what jobs left in the output folder, told on one page."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from goodwill.config import Config
from goodwill.errors import UsageError
from goodwill.files import write_bytes
from goodwill.pipeline.currencies import others_than, scored_in
from goodwill.pipeline.evidence import read_evidence
from goodwill.pipeline.kept import kept_rows, reading, scores_before, version_of
from goodwill.pipeline.outcome import Outcome, Progress, silent
from goodwill.pipeline.runs import currency_of, run_in_force, versions_of
from goodwill.pipeline.score_drivers import DRIVERS
from goodwill.pipeline.score_totals import FILE
from goodwill.report import DIMENSIONS, Material, report_page
from goodwill.value.defaults import rules_of

Texts = dict[str, dict[str, str]]
FINDINGS = ("check", "survey", "plan", "effects", "monitor")
_KEYS = ("customer_id", "status", "as_of", "horizon_days")
_NUMBERS = ("p_churn", "clv", "clv_low", "clv_high", "value_at_risk")
_CODES = ("segment", *DIMENSIONS, "reason_1", "reason_2", "reason_3")


def write_report(config: Config, *, out: Path | None = None, progress: Progress = silent) -> Outcome:
    """Write the report of a config's results to `output/report.html`, or to `out`.

    Raises
    ------
    UsageError
        If no job has left anything to tell, or `out` does not end in .html.
    """
    place = config.output_dir / "report.html" if out is None else out
    if place.suffix.lower() not in {".html", ".htm"}:
        raise UsageError(f"--out {place}: the report is one HTML page. Let the name end in .html.")
    progress("Reading results")
    run = run_in_force(config.output_dir)
    latest = config.output_dir / "scores.parquet"
    if run is None and not latest.is_file() and not _findings(config):
        raise UsageError(f"{config.output_dir} holds no results yet. Run `goodwill train` and `score` first.")
    scores = read_scores(latest, config) if latest.is_file() else None
    totals = read_totals(latest) if latest.is_file() else pd.DataFrame()
    material = material_of(config, run, scores, read_earlier(config, latest), totals)
    told = {**material.findings, **_sold(latest)}
    material = replace(material, findings=told, doubts=_doubts(material, run, latest))
    progress("Drawing the report")
    page = report_page(material)
    write_bytes(place, page.encode())
    return Outcome({"report": str(place), "bytes": len(page.encode())}, notes=[f"Report: {place}"])


def write_run_report(config: Config, run: Path, scores: pd.DataFrame | None, totals: pd.DataFrame) -> None:
    """Write the report of one training into its folder; its scores are those of the training day."""
    material = material_of(config, run, scores, None, totals)
    write_bytes(run / "report.html", report_page(material).encode())


def material_of(
    config: Config,
    run: Path | None,
    scores: pd.DataFrame | None,
    earlier: pd.DataFrame | None,
    totals: pd.DataFrame,
) -> Material:
    """Return all that a page may tell of a config's results."""
    metrics = {} if run is None else _json(run / "metrics.json")
    frames, facts = ({}, {}) if run is None else read_evidence(run)
    names, strategies = _told(frames, config.language)
    frames |= _actions(config)
    return Material(
        name=config.name,
        currency=config.currency,
        language=config.language,
        level=config.intervals.level,
        scores=scores,
        earlier=earlier,
        totals=totals,
        metrics=metrics,
        evidence=frames,
        findings=_findings(config),
        carried=config.score.carry,
        class_names=names,
        strategies=strategies,
        industry=industry_told(config, facts),
        has_customers=config.tables.has_main,
        facts={**_facts(config, run, metrics, facts), "scores_of": _scores_of(scores)},
        identifiers=config.report.identifiers,
    )


def _actions(config: Config) -> dict[str, pd.DataFrame]:
    """Return for how many customers the playbook recommends which action."""
    place = config.output_dir / "actions.parquet"
    if not place.is_file():
        return {}
    column = kept_rows(place, columns=["action"]).to_pandas()["action"]
    counts = column.dropna().astype("str").value_counts()
    return {"actions": counts.rename("customers").rename_axis("action").reset_index()}


def _scores_of(scores: pd.DataFrame | None) -> str | None:
    """Say of which days and horizons the scores are."""
    if scores is None or "as_of" not in scores or scores["as_of"].isna().all():
        return None
    days = sorted({str(moment)[:10] for moment in scores["as_of"].unique()})
    horizons = sorted({str(int(horizon)) for horizon in scores["horizon_days"].dropna().unique()}, key=int)
    return f"{', '.join(days)} + {', '.join(horizons)} days"


def class_texts(config: Config, run: Path | None) -> tuple[Texts, Texts]:
    """Return the names of classes and of renamed dimensions, and the strategies, in the config's language."""
    return _told({} if run is None else read_evidence(run)[0], config.language)


def industry_told(config: Config, facts: Mapping[str, Any]) -> str:
    """Return the industry whose terms count: that of the run's classes, else the config's."""
    named = config.classes.industry
    return str(facts.get("industry") or ("retail" if named == "auto" else named))


def read_scores(place: Path, config: Config) -> pd.DataFrame:
    """Return the columns of a scores file that a page tells of; codes as categories, which count fast."""
    wanted = {*_KEYS, *_NUMBERS, *_CODES, *config.score.carry}
    with reading(place):
        present = [name for name in pq.ParquetFile(place).schema_arrow.names if name in wanted]
    codes = [name for name in present if name in {*_CODES, "status"}]
    return pd.DataFrame(kept_rows(place, columns=present, read_dictionary=codes).to_pandas())


def read_totals(latest: Path) -> pd.DataFrame:
    """Return what `score` said of totals beside the latest scores; empty where it could say nothing."""
    return pd.DataFrame(_json(latest.resolve().with_name(FILE)).get("totals", []))


def read_earlier(config: Config, latest: Path) -> pd.DataFrame | None:
    """Return the scores of the last day before that of the latest ones, by the newest version."""
    if not latest.is_file():
        return None
    folder, _, day = latest.resolve().parts[-3].partition("=")
    earlier = scores_before(config.output_dir, day) if folder == "as_of" else None
    return None if earlier is None else read_scores(earlier[1], config)


def _findings(config: Config) -> dict[str, dict[str, Any]]:
    latest = config.output_dir / "scores.parquet"
    places = {name: config.output_dir / f"{name}.json" for name in FINDINGS}
    places["drivers"] = latest.resolve().with_name(DRIVERS)
    return {name: _json(place) for name, place in places.items() if place.is_file()}


def _sold(latest: Path) -> dict[str, dict[str, Any]]:
    """Return what the latest scoring told of classes; the page of a training is of another day."""
    found = _json(latest.resolve().with_name("classes.json"))
    return {"classes": found} if found else {}


def _told(frames: Mapping[str, pd.DataFrame], language: str) -> tuple[Texts, Texts]:
    names, strategies = (_of_classes(frames, f"{what}_{language}") for what in ("name", "strategy"))
    return {**names, "dimensions": _renamed(frames, language)}, strategies


def _of_classes(frames: Mapping[str, pd.DataFrame], column: str) -> Texts:
    """Return the texts of each dimension's classes, in the order of the rules."""
    rules = frames.get("classes", pd.DataFrame())
    groups = rules.groupby("dimension", sort=False) if len(rules) else ()
    return {str(name): dict(zip(group["code"], group[column], strict=True)) for name, group in groups}


def _renamed(frames: Mapping[str, pd.DataFrame], language: str) -> dict[str, str]:
    """Return what a dimension is called where the rules in force call it something else than a shop's do."""
    rules, usual = frames.get("classes", pd.DataFrame()), rules_of("retail").dimensions
    if f"dimension_{language}" not in rules:
        return {}
    names = dict(zip(rules["dimension"], rules[f"dimension_{language}"], strict=True))
    return {str(key): str(name) for key, name in names.items() if name != usual[key].name.of(language)}


def _json(place: Path) -> dict[str, Any]:
    with reading(place):
        return dict(json.loads(place.read_text(encoding="utf-8"))) if place.is_file() else {}


def _doubts(material: Material, run: Path | None, latest: Path) -> dict[str, str]:
    """Return what does not belong together: scores of a model that is not the run's, or other currencies."""
    version = version_of(latest)
    is_former = run is not None and version is not None and version not in versions_of(run, material.metrics)
    then = [scored_in(latest), None if run is None else currency_of(run)]
    then += [material.findings.get(job, {}).get("currency") for job in ("plan", "effects")]
    others = others_than(material.currency, then)
    found = {"scored_by": version if is_former else None, "other_currency": others}
    return {name: told for name, told in found.items() if told is not None}


def _facts(
    config: Config, run: Path | None, metrics: Mapping[str, Any], left: Mapping[str, Any]
) -> dict[str, object]:
    test, training, model = (metrics.get(name, {}) for name in ("backtest", "training", "model"))
    digests = left.get("digests", {})
    window = f"{test['as_of']} + {test['horizon_days']} days" if test.get("as_of") else None
    return {
        "project": config.name,
        "model": f"{model['name']} {model['version']}" if model else None,
        "trained_until": training.get("as_of"),
        "horizon_days": training.get("horizon_days"),
        "backtest_window": window,
        "gate": metrics.get("gate", {}).get("verdict"),
        "run": None if run is None else run.name,
        "currency": config.currency,
        "digests": ", ".join(f"{name} {one['digest']}" for name, one in digests.items()) or None,
    }
