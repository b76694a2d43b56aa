"""One customer as a case: history, classes, predictions, reasons, what similar customers did next."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from goodwill.report.case import Case, Similar
from goodwill.report.case_facts import data_facts, outcome_facts
from goodwill.report.chapters.classes import DIMENSIONS, UNKNOWN
from goodwill.report.charts import Axis, Figure, Series, lines, timeline
from goodwill.report.exhibit import Chapter, Exhibit, Fact
from goodwill.report.page import html_page
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words, words_of
from goodwill.wording import told
from goodwill.wording.figures import NOTHING

_QUARTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


def dossier_page(case: Case) -> str:
    """Return the dossier as one self-contained HTML page.

    Examples
    --------
    >>> scores = pd.DataFrame({"customer_id": ["a&b"], "p_churn": [0.2], "clv": [9.0], "segment": ["x"]})
    >>> "a&amp;b" in dossier_page(Case("a&b", "shop", scores))
    True
    """
    words = words_of(case.language, case.currency, case.class_names, case.industry)
    title = words("dossier.page_title", customer=case.customer_id)
    subtitle = words("page.subtitle_day", day=case.as_of) if case.as_of else words("page.subtitle")
    return html_page(title, f"{case.name} · {subtitle}", dossier_chapters(case, words), words)


def dossier_chapters(case: Case, words: Words) -> list[Chapter]:
    """Return the chapters that have something to tell of this customer."""
    found_of = (
        ("standing", [*_doubts(case, words), standing(case, words), *_over_time(case, words)]),
        ("history", [*_history(case, words), *_events(case, words)]),
        ("similar", _similar(case.similar, words)),
        ("felt", _felt(case, words)),
        ("action", action(case, words)),
    )
    return [Chapter(key, words(f"dossier.{key}"), tuple(found)) for key, found in found_of if found]


def _doubts(case: Case, words: Words) -> list[Exhibit]:
    notes = [told(doubt, case.language) for doubt in case.doubts]
    return [Exhibit("standing-doubts", words("worth.doubts"), notes=notes)] if notes else []


def standing(case: Case, words: Words) -> Exhibit:
    """Return what is expected of the customer, in which classes he is, and why."""
    row = case.latest
    facts = [Fact(words.share(row.get("p_churn")), words.column("p_churn"))] if "p_churn" in row else []
    if "clv" in row:
        detail = f"{words.compact(row.get('clv_low'))} – {words.compact(row.get('clv_high'))}"
        facts.append(Fact(words.money(row["clv"]), words.column("clv"), detail))
    if "value_at_risk" in row:
        facts.append(Fact(words.money(row["value_at_risk"]), words.column("value_at_risk")))
    classes = classes_of(case, words)
    kinds: dict[str, Kind] = {"dimension": "text", "class": "text", "strategy": "text"}
    kinds = {name: kind for name, kind in kinds.items() if classes[name].astype(bool).any()}
    points = [words("dossier.reason", reason=reason) for reason in reasons_of(case)]
    table = table_of(classes, kinds, words) if kinds else None
    return Exhibit(
        "standing-now", words("dossier.now"), words("dossier.now_how"), table,
        notes=data_facts(case, words), points=points, facts=facts,
    )  # fmt: skip


def classes_of(case: Case, words: Words) -> pd.DataFrame:
    """Return a row per dimension: dimension, class, strategy."""
    row, rows = case.latest, []
    for dimension in ("segment", *DIMENSIONS):
        code = str(row.get(dimension, UNKNOWN))
        if code not in {UNKNOWN, "nan", "None"}:
            strategy = case.strategies.get(dimension, {}).get(code, "")
            rows.append((words.code("dimensions", dimension), words.code(dimension, code), strategy))
    return pd.DataFrame(rows, columns=["dimension", "class", "strategy"], dtype=object)


def reasons_of(case: Case) -> list[str]:
    """Return the reasons that were told with the latest scores."""
    found = (case.latest.get(f"reason_{place}") for place in (1, 2, 3))
    return [reason for reason in found if isinstance(reason, str) and reason not in {"", UNKNOWN}]


def advice_of(case: Case, words: Words) -> pd.DataFrame:
    """Return what the playbook recommends, the classes in its reasons by their names."""
    if "reason" not in case.actions:
        return case.actions
    reasons = [_in_words(str(reason), words) for reason in case.actions["reason"]]
    return case.actions.assign(reason=reasons)


def _in_words(reason: str, words: Words) -> str:
    """Return a reason such as "tier gold, p_churn 0.45; no order for 84 days" with names for the codes."""
    facts, semicolon, rest = reason.partition("; ")
    parts = [part.partition(" ") for part in facts.split(", ")]
    if not all(name in DIMENSIONS or name in words.texts["columns"] for name, _, _ in parts):
        return reason
    named = [f"{_name(name, words)}{words('page.colon')}{words.code(name, code)}" for name, _, code in parts]
    return words("page.list_joint").join([*named, *([rest] if semicolon else [])])


def _name(name: str, words: Words) -> str:
    return words.code("dimensions", name) if name in DIMENSIONS else words.column(name)


def action(case: Case, words: Words) -> list[Exhibit]:
    """Return what the playbook recommends and the plan holds for the customer; nothing without either."""
    plan: dict[str, Kind] = {"offer": "text", "channel": "text", "cost": "money", "expected_margin": "money"}
    advice: dict[str, Kind] = {"action": "text", "channel": "text", "reason": "text"}
    parts = {
        "playbook": (advice_of(case, words), advice),
        "plan": (case.plan, plan | {"low": "money", "high": "money"}),
    }
    found = []
    for name, (rows, wanted) in parts.items():
        kinds = {column: kind for column, kind in wanted.items() if column in rows}
        if len(rows) and kinds:
            title, how = words(f"dossier.{name}"), words(f"dossier.{name}_how")
            found.append(Exhibit(f"action-{name}", title, how, table_of(rows, kinds, words)))
    return found


def _over_time(case: Case, words: Words) -> Sequence[Exhibit]:
    """Return p_churn and clv on each day the customer was scored on, where there were several."""
    if len(case.scores) < 2 or "as_of" not in case.scores:  # noqa: PLR2004 - one day is no course
        return []
    table = case.scores.assign(as_of=pd.to_datetime(case.scores["as_of"]).dt.strftime("%Y-%m-%d"))
    kinds: dict[str, Kind] = {"as_of": "text", "p_churn": "share", "clv": "money"}
    kinds |= {"clv_low": "money", "clv_high": "money", "value_at_risk": "money"}
    kinds = {name: kind for name, kind in kinds.items() if name in table}
    shown = table_of(table, kinds, words)
    day = Axis("as_of", "", "date")
    ends = ("clv_low", "clv_high") if "clv_low" in table else (None, None)
    makers = {
        "p_churn": (Axis("p_churn", "", "share"), Series("p_churn", words.column("p_churn"))),
        "clv": (Axis("clv", words.priced(), "money"), Series("clv", words.column("clv"), *ends)),
    }
    return [
        Exhibit(
            f"standing-{name}", words("dossier.over_time", column=words.column(name)),
            words(f"dossier.{name}_how"), shown, lines(table, day, up, [series]),
            _course(table[name], words, up.kind),
        )
        for name, (up, series) in makers.items()
        if name in table
    ]  # fmt: skip


def _course(values: pd.Series, words: Words, kind: Kind) -> str:
    write = words.share if kind == "share" else words.money
    return f"{write(float(values.iloc[0]))} → {write(float(values.iloc[-1]))}"


def _history(case: Case, words: Words) -> list[Exhibit]:
    orders = case.orders
    if orders.empty:
        return []
    bought = orders[orders["is_occasion"]]
    gaps = bought["day"].drop_duplicates().diff().dt.days.dropna()
    said = words(
        "dossier.history_says" if len(gaps) else "dossier.history_once",
        n=words.count(len(bought)),
        total=words.money(float(orders["amount"].sum())),
        gap=words.number(round(gaps.mean())) if len(gaps) else NOTHING,
    )
    table = orders.assign(day=orders["day"].dt.strftime("%Y-%m-%d"))[::-1]
    shown = table_of(table, {"day": "text", "amount": "money"}, words)
    return [
        Exhibit(
            "history-orders", words("dossier.orders"), words("dossier.orders_how"), shown,
            _timeline(case, words), said, [said],
        )
    ]  # fmt: skip


def _timeline(case: Case, words: Words) -> Figure:
    orders = case.orders.assign(day=case.orders["day"].dt.strftime("%Y-%m-%d"))
    events = case.events
    if len(events):
        events = events.assign(
            day=events["time"].dt.strftime("%Y-%m-%d"),
            table=[words.code("tables", name) for name in events["table"]],
        )
    return timeline(
        orders, events, Axis("amount", words.priced(words.column("amount")), "money"), words.column("orders")
    )


def _events(case: Case, words: Words) -> list[Exhibit]:
    events = case.events
    if events.empty:
        return []
    counts = events.groupby(["table", "kind"], dropna=False).agg(
        events=("time", "size"), last=("time", "max")
    )
    table = counts.reset_index().sort_values("last", ascending=False)
    table["last"] = table["last"].dt.strftime("%Y-%m-%d")
    table["table"] = [words.code("tables", name) for name in table["table"]]
    kinds: dict[str, Kind] = {"table": "text", "kind": "text", "events": "count", "last": "text"}
    return [Exhibit("history-events", words("dossier.events"), "", table_of(table, kinds, words))]


def _similar(similar: Similar | None, words: Words) -> list[Exhibit]:
    if similar is None or similar.outcomes.empty:
        return []
    quartiles = similar.outcomes["value"].quantile(list(_QUARTILES))
    table = pd.DataFrame(
        {"part": [words.share(share) for share in _QUARTILES], "value": quartiles.to_numpy()}
    )
    spread = similar.outcomes["value"].sort_values(ignore_index=True)
    curve = pd.DataFrame({"part": np.linspace(0, 1, len(spread)), "value": spread})
    figure = lines(
        curve,
        Axis("part", words("dossier.part"), "share"),
        Axis("value", words.priced(words.column("amount")), "money"),
        [Series("value", words.column("amount"))],
    )
    said = outcome_facts(similar, words)
    shown = table_of(table, {"part": "text", "value": "money"}, words)
    title, how = words("dossier.similar_title"), words("dossier.similar_how")
    return [Exhibit("similar-next", title, how, shown, figure, said, [said])]


def _felt(case: Case, words: Words) -> list[Exhibit]:
    if case.answers.empty:
        return []
    kinds: dict[str, Kind] = {"item": "text", "side": "text", "own": "number", "mean": "number", "n": "count"}
    table = table_of(case.answers, kinds, words)
    return [Exhibit("felt-answers", words("dossier.answers"), words("dossier.answers_how"), table)]
