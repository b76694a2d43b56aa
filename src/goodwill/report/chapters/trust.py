"""Whether the data can be trusted, and whether the assumptions of the models hold."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json, Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.terms import in_own_terms
from goodwill.report.words import Words

# Facts of a table in the order in which a person asks; what `check` wrote has no order.
_ORDER = (
    "rows_read", "rows_kept", "dropped", "n_duplicates", "n_customers", "first_time", "last_time", "calendar",
    "n_refunds", "refund_share", "n_zero_amounts", "one_time_share",
    "n_days", "n_empty_days", "n_empty_weeks", "longest_gap_days", "longest_gap_after",
)  # fmt: skip


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return what `goodwill check` found: each table's quality, and each assumption's verdict."""
    check = material.findings.get("check", {})
    found = [_table(name, facts, words) for name, facts in check.get("tables", {}).items()]
    findings = pd.DataFrame(check.get("findings", []))
    if len(findings):
        found.append(_assumptions("assumptions", findings, words))
    sanity = pd.DataFrame(list(material.metrics.get("sanity", {}).get("findings", {}).values()))
    if len(sanity):
        found.append(_assumptions("sanity", sanity, words))
    drift = material.findings.get("monitor", {})
    return [*found, *_monitored(drift, words)]


def _table(name: str, facts: Json, words: Words) -> Exhibit:
    order = [*(fact for fact in _ORDER if fact in facts), *(fact for fact in facts if fact not in _ORDER)]
    known = {fact: facts[fact] for fact in order if facts[fact] not in (None, {})}
    rows = [(words.column(fact), _fact(fact, value, words)) for fact, value in known.items()]
    frame = pd.DataFrame(rows, columns=["fact", "value"])
    table = table_of(frame, {"fact": "text", "value": "text"}, words)
    return Exhibit(f"trust-{name}", words("trust.table", table=words.code("tables", name)), table=table)


def _fact(name: str, value: object, words: Words) -> str:
    if name.endswith("_share") and isinstance(value, float):
        return words.share(value)
    return _text(value, words)


def _text(value: object, words: Words) -> str:
    if isinstance(value, Mapping):
        order = [*(name for name in _ORDER if name in value), *(name for name in value if name not in _ORDER)]
        parts = [
            f"{words.column(name)}{words('page.colon')}{_text(value[name], words)}"
            for name in order
            if value[name] is not None
        ]
        return words("page.list_joint").join(parts)
    if isinstance(value, bool):
        return words(f"trust.{'yes' if value else 'no'}")
    if isinstance(value, float):
        return words.number(value)
    # A moment reads better without the T of ISO 8601.
    return words.count(value) if isinstance(value, int) else re.sub(r"^([\d-]{10})T", r"\1 ", str(value))


def _assumptions(key: str, findings: pd.DataFrame, words: Words) -> Exhibit:
    frame = pd.DataFrame(
        {
            "finding": [words.code("findings", name) for name in findings["name"]],
            "verdict": [words.code("verdicts", level) for level in findings["level"]],
            "text": [in_own_terms(str(text), words) for text in findings["text"]],
        }
    )
    table = table_of(frame, {"finding": "text", "verdict": "text", "text": "text"}, words)
    return Exhibit(f"trust-{key}", words(f"trust.{key}"), words(f"trust.{key}_how"), table)


def _monitored(found: Json, words: Words) -> list[Exhibit]:
    if not found.get("verdict"):
        return []
    said = words("trust.monitor_says", verdict=words.code("verdicts", found["verdict"]))
    table = pd.DataFrame(found.get("evidence", []))
    title = words("trust.monitor")
    if table.empty:
        return [Exhibit("trust-monitor", title, said)]
    table["name"] = [words.column(name.rpartition(":")[2]) for name in table["name"]]
    table["text"] = [in_own_terms(str(text), words) for text in table["text"]]
    alarms = table.loc[table["is_alarm"], "text"].tolist()
    table["verdict"] = [words.code("verdicts", "problem" if alarm else "ok") for alarm in table["is_alarm"]]
    kinds: dict[str, Kind] = {"name": "text", "verdict": "text", "value": "measure", "limit": "measure"}
    table[["value", "limit"]] = table[["value", "limit"]].astype(float)
    shown = table_of(table, kinds | {"text": "text"}, words)
    return [Exhibit("trust-monitor", title, said, shown, points=alarms)]
