"""Before any model: what the data are like, and whether the models' assumptions hold."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd
from ibis.expr import types as ir

from goodwill.config import Config
from goodwill.data.checks import ContractError
from goodwill.data.contracts import CONTRACTS
from goodwill.data.far_rows import far_rows
from goodwill.data.quality import Quality, quality
from goodwill.data.tables import Tables
from goodwill.data.terms import term_counts
from goodwill.data.unlisted import unlisted_products
from goodwill.evaluation.assumptions import purchase_findings
from goodwill.evaluation.findings import Finding
from goodwill.evaluation.lost import follow_up, inactivity, inactivity_rule
from goodwill.evaluation.seasons import far_rows_finding
from goodwill.evaluation.terms import contract_findings
from goodwill.evaluation.unlisted import unlisted_finding
from goodwill.features.months import customer_totals, monthly_orders, order_days
from goodwill.features.silences import silences
from goodwill.files import write_json
from goodwill.pipeline.outcome import Outcome, Progress, Sheet, silent
from goodwill.pipeline.profile_checks import ensure_learnable, profile_findings
from goodwill.pipeline.profiles import profile_model, read_profiles
from goodwill.pipeline.question import Question, question_of
from goodwill.pipeline.rows import as_rows
from goodwill.pipeline.tables import ensure_main_table, open_tables

_MARKS = {"ok": "ok", "warning": "warning", "problem": "problem"}


def check_data(config: Config, *, progress: Progress = silent) -> Outcome:
    """Check every table and every assumption, and write `output/check.json`.

    The answer is no where a table breaks its contract; findings about assumptions are warnings.

    Raises
    ------
    ConfigError, SourceError, HistoryError
        If the tables cannot be read at all, or hold nothing before `as_of`.
    """
    ensure_main_table(config)
    try:
        opened = open_tables(config, progress=progress)
    except ContractError as error:
        return _broken(config, error)
    progress("Measuring data quality")
    facts = quality(opened.tables, opened.counts)
    progress("Checking assumptions")
    findings, lost = _findings(config, opened.tables), _lost(config, opened.tables)
    findings = [*_far(opened.tables), *findings, *lost.findings, *_unlisted(opened.tables)]
    data: dict[str, Any] = {
        "passed": True,
        "tables": {name: asdict(fact) for name, fact in facts.items()},
        "findings": [asdict(finding) for finding in findings],
        **lost.told,
    }
    _keep(config, _plain(data))
    sheets = [_quality_sheet(name, fact) for name, fact in facts.items()]
    sheets += [_finding_sheet(findings)] if findings else []
    said = ["Every table keeps its contract."]
    if opened.tables.transactions is None and opened.tables.profiles is None:
        said.append("There are no orders, so that no assumption about orders was checked.")
    return Outcome(_plain(data), sheets, said)


def _broken(config: Config, error: ContractError) -> Outcome:
    """Show every problem; sample keys are for the terminal alone."""
    problems = [(p.column, f"{p.n_rows:,}", p.text, ", ".join(p.sample_keys)) for p in error.problems]
    listed = [{"column": p.column, "n_rows": p.n_rows, "text": p.text} for p in error.problems]
    sheet = Sheet("Broken contracts", ("column", "rows", "problem", "such as"), problems)
    data: dict[str, Any] = {"passed": False, "problems": listed}
    _keep(config, data)
    return Outcome(data, [sheet], is_no=True)


def _keep(config: Config, data: Mapping[str, Any]) -> None:
    write_json(config.output_dir / "check.json", data)


def _findings(config: Config, tables: Tables) -> Sequence[Finding]:
    if tables.profiles is not None:
        profiles = read_profiles(config, tables)
        ensure_learnable(profiles, profile_model(config))
        return profile_findings(profiles)
    question = question_of(config, tables)
    past = tables.before(question.as_of)
    found = [] if tables.contracts is None else _of_contracts(tables.contracts, question)
    if past.tables.transactions is None:
        return found
    return found + purchase_findings(
        customer_totals(past), monthly_orders(past), order_days(past), question.horizon_days
    )


def _far(tables: Tables) -> list[Finding]:
    """Return the tables that have rows far beyond all others."""
    found = []
    for name, table in tables.present.items():
        time = CONTRACTS[name].time
        far = far_rows(table, time) if time in table.columns and time is not None else None
        found += [] if far is None else [far_rows_finding(name, far)]
    return found


def _unlisted(tables: Tables) -> list[Finding]:
    """Return the finding of order lines whose product is not among the products, where there are any."""
    lines, products = tables.transactions, tables.products
    if lines is None or products is None or "product_id" not in lines.columns:
        return []
    found = unlisted_products(lines, products)
    return [unlisted_finding(found)] if found.n_lines else []


def _of_contracts(contracts: ir.Table, question: Question) -> list[Finding]:
    counts = term_counts(contracts, question.as_of, horizon_days=question.horizon_days)
    return contract_findings(counts, horizon_days=question.horizon_days)


@dataclass(frozen=True)
class _Lost:
    """What is found of silences, and the table behind it; nothing where churn is none."""

    findings: Sequence[Finding] = ()
    told: Mapping[str, object] = field(default_factory=dict)


def _lost(config: Config, tables: Tables) -> _Lost:
    """Return after which silence a buyer may be called lost, where churn is a silence."""
    if tables.transactions is None or (tables.contracts is not None and config.churn.kind != "silence"):
        return _Lost()
    question = question_of(config, tables)
    past = tables.before(question.as_of)
    first = order_days(past).min()
    if pd.isna(first):
        return _Lost()
    ahead = follow_up((pd.Timestamp(question.as_of) - first).days, question.horizon_days)
    rule = inactivity_rule(silences(past), question.horizon_days, question.active_days, ahead)
    finding = inactivity(rule, question.horizon_days, question.active_days, ahead)
    return _Lost([finding], {"inactivity": {"follow_up_days": ahead, "table": as_rows(rule.table)}})


def _quality_sheet(name: str, fact: Quality) -> Sheet:
    shown = [(what, _text(value)) for what, value in asdict(fact).items() if value not in (None, {})]
    return Sheet(name, ("", ""), shown)


def _finding_sheet(findings: Sequence[Finding]) -> Sheet:
    rows = [(finding.name, _MARKS[finding.level], finding.text) for finding in findings]
    return Sheet("Assumptions", ("check", "verdict", "what it means"), rows)


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(inner)}" for name, inner in value.items() if inner is not None)
    if isinstance(value, float):
        return f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _plain(content: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """Return JSON: days and times as ISO text."""
    if isinstance(content, Mapping):
        return {name: _plain(inner) for name, inner in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(inner) for inner in content]
    return content.isoformat() if hasattr(content, "isoformat") else content
