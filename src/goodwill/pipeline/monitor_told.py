"""What monitoring tells: the verdict, what speaks for it, and the numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from goodwill.monitoring.verdict import ADVICE
from goodwill.pipeline.outcome import Outcome, Sheet
from goodwill.wording.figures import NOTHING

Json = Mapping[str, Any]
_SHOWN_COLUMNS = 10


def told_of(report: Json, notes: Sequence[str]) -> Outcome:
    """Return the verdict, its evidence and the tables behind it, in words and sheets."""
    verdict = report["verdict"]
    told = [f"Verdict: {verdict}. {ADVICE[verdict]}", *_alarms(report)]
    if "ageing" in report and not report["ageing"]:
        told.append(
            f"No outcome is known yet since the training; the first will be on {report['next_outcome']}."
        )
    foreseen = [row["as_of"] for row in report.get("matured", []) if row["hindsight"]]
    if foreseen:
        told.append(
            f"Scored in hindsight, by a model that knew what followed: {', '.join(foreseen)}. Such figures "
            "promise nothing."
        )
    is_no = verdict in {"re_fit", "re_train", "investigate_data"}
    sheets = [_drift_sheet(report), *_performance_sheets(report), *_history_sheets(report)]
    return Outcome(report, sheets, [*told, *notes], is_no=is_no)


def _alarms(report: Json) -> list[str]:
    """Return every alarm in words, those of drift in one sentence."""
    alarms = [found for found in report["evidence"] if found["is_alarm"]]
    moved = [found["name"].partition(":")[2] for found in alarms if found["name"].startswith("psi:")]
    told = [found["text"] for found in alarms if not found["name"].startswith("psi:")]
    if moved:
        told.append(
            f"{len(moved)} of {len(report['drift'])} columns have moved since training, most of all "
            f"{', '.join(moved[:3])}; a base that grows older moves too. What counts is the performance."
        )
    return told


def _drift_sheet(report: Json) -> Sheet:
    rows = [
        (
            row["column"],
            f"{row['psi']:.3f}",
            f"{row['distance']:.3f}",
            f"{row['missing_share_then']:.1%}",
            f"{row['missing_share']:.1%}",
            "yes" if row["is_drifted"] or row["is_missing_more"] else "",
        )
        for row in report["drift"]
        if row["kind"] == "score" or row["is_drifted"] or row["is_missing_more"]
    ]
    n_moved, whole = sum(row[-1] == "yes" for row in rows), len(report["drift"])
    title = (
        f"Drift: {n_moved} of {whole} columns moved, the first {_SHOWN_COLUMNS} are shown"
        if len(rows) > _SHOWN_COLUMNS
        else f"Drift: {n_moved} of {whole} columns moved"
    )
    columns = ("column", "psi", "distance", "missing then", "now", "moved")
    return Sheet(title, columns, rows[:_SHOWN_COLUMNS])


def _performance_sheets(report: Json) -> list[Sheet]:
    titles = {"matured": "Scores whose outcome is known", "ageing": "This model, by its age"}
    versions = {"matured": ("version",), "ageing": ()}
    measures = ("customers", "roc_auc", "ece", "ngini", "bias", "coverage", "top tenth's share")
    return [
        Sheet(
            title,
            ("as of", *versions[name], *measures),
            [_performance_row(row, versions[name]) for row in report[name]],
        )
        for name, title in titles.items()
        if report.get(name)
    ]


def _performance_row(row: Json, more: Sequence[str]) -> tuple[str, ...]:
    churn, clv = row["churn"], row["clv"]
    numbers = (churn["roc_auc"], churn["ece"], clv["ngini"], clv["bias"], clv["coverage"])
    shown = [NOTHING if number is None else f"{number:.3f}" for number in (*numbers, clv["top_decile_share"])]
    return (row["as_of"], *(row[name] for name in more), f"{row['n_customers']:,}", *shown)


def _history_sheets(report: Json) -> list[Sheet]:
    """Return the kept scorings by day, and from the second on how customers moved between classes."""
    days, migration = report.get("history", []), report.get("migration", {})
    rows = [
        (
            day["as_of"],
            day["version"],
            f"{day['n_scored']:,}",
            f"{day['p_churn_mean']:.3f}",
            f"{day['clv_total']:z,.2f}",
        )
        for day in days
    ]
    sheets = [Sheet("Kept scores", ("as of", "version", "customers", "mean p_churn", "clv total"), rows)]
    return [*(sheets if rows else []), *([_moves_sheet(migration)] if migration else [])]


def _moves_sheet(migration: Json) -> Sheet:
    stayed = ", ".join(f"{name} {moved['stayed_share']:.1%}" for name, moved in migration["classes"].items())
    watched = [row for moved in migration["classes"].values() for row in moved["watch_list"]]
    watched.sort(key=lambda row: -(row["value_at_stake"] or 0.0))
    rows = [
        (row["why"], row["from"], row["to"], f"{row['customers']:,}", _at_stake(row))
        for row in watched[:_SHOWN_COLUMNS]
    ]
    by = " by another model" if migration["model_changed"] else ""
    title = f"Classes since {migration['since']}{by}: in the same class are {stayed}; whom to look at"
    return Sheet(title, ("why", "from", "to", "customers", "value at stake"), rows)


def _at_stake(row: Json) -> str:
    """Return what was lost in money; scorings over other horizons do not tell."""
    return NOTHING if row["value_at_stake"] is None else f"{row['value_at_stake']:z,.2f}"
