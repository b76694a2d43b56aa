"""A dossier on the terminal: small tables and sentences."""

from dataclasses import replace

import pandas as pd

from goodwill.pipeline.outcome import Sheet
from goodwill.report import Case, advice_of, classes_of, data_facts, outcome_facts, reasons_of, words_of
from goodwill.report.words import Words

_LAST_ORDERS = 8


def case_sheets(case: Case) -> list[Sheet]:
    """Return predictions over time, classes, the last orders, answers and the plan, as far as known."""
    words = words_of(case.language, case.currency, case.class_names, case.industry)
    sheets = [_predictions(case, words), _classes(case, words), _orders(case, words)]
    sheets += [_table(case.answers, ("item", "side", "own", "mean"), words("dossier.answers"), words)]
    columns = ("offer", "channel", "cost", "expected_margin", "low", "high")
    sheets += [_table(case.plan, columns, words("dossier.plan"), words)]
    sheets += [
        _table(advice_of(case, words), ("action", "channel", "reason"), words("dossier.playbook"), words)
    ]
    return [_with_hyphens(sheet) for sheet in sheets if sheet.rows]


def case_notes(case: Case) -> list[str]:
    """Return doubts, the reasons, what the customer contributes in data, and what similar ones did next."""
    words = words_of(case.language, case.currency, case.class_names, case.industry)
    notes = [*case.doubts]
    notes += [words("dossier.reason", reason=reason) for reason in reasons_of(case)]
    notes += data_facts(case, words)
    if case.similar is not None and len(case.similar.outcomes):
        notes.append(outcome_facts(case.similar, words))
    return notes


def _with_hyphens(sheet: Sheet) -> Sheet:
    """Return a sheet with the minus that the terminal has everywhere, and reasons have as well."""
    return replace(sheet, rows=[tuple(cell.replace("−", "-") for cell in row) for row in sheet.rows])


def _predictions(case: Case, words: Words) -> Sheet:
    writers = {"p_churn": words.share} | dict.fromkeys(
        ("clv", "clv_low", "clv_high", "value_at_risk"), words.exact
    )
    present = [name for name in writers if name in case.scores]
    rows = [tuple(writers[name](row[name]) for name in present) for _, row in case.scores.iterrows()]
    days = case.scores["as_of"] if "as_of" in case.scores else pd.Series(dtype=object)
    # Ready-made tables know no day.
    if days.notna().any():
        rows, present = [(_day(day), *row) for day, row in zip(days, rows, strict=True)], ["day", *present]
    title = words("dossier.page_title", customer=case.customer_id)
    return Sheet(title, tuple(map(words.column, present)), rows)


def _classes(case: Case, words: Words) -> Sheet:
    rows = classes_of(case, words).itertuples(index=False)
    columns = tuple(map(words.column, ("dimension", "class", "strategy")))
    return Sheet(words("dossier.standing"), columns, [tuple(map(str, row)) for row in rows])


def _orders(case: Case, words: Words) -> Sheet:
    last = case.orders[::-1][:_LAST_ORDERS]
    rows = [(_day(row["day"]), words.exact(row["amount"])) for _, row in last.iterrows()]
    return Sheet(words("dossier.history"), tuple(map(words.column, ("day", "amount"))), rows)


def _table(frame: pd.DataFrame, columns: tuple[str, ...], title: str, words: Words) -> Sheet:
    present = [name for name in columns if name in frame]
    rows = [tuple(_text(row[name], words) for name in present) for _, row in frame.iterrows()]
    return Sheet(title, tuple(map(words.column, present)), rows)


def _text(value: object, words: Words) -> str:
    if isinstance(value, float):
        return words.exact(value)
    return "" if value is None else str(value)


def _day(moment: object) -> str:
    return "" if moment is pd.NaT or moment is None else str(moment)[:10]
