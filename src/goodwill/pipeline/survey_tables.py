"""A config's survey as a table of customers' answers, from which features are made like from any other."""

from collections.abc import Mapping

import ibis
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.config import Config, expand_variables
from goodwill.config.surveys import ItemSection, SurveysSection, WideSection
from goodwill.data.checks import check_table
from goodwill.data.contracts import CONTRACTS
from goodwill.data.expressions import read_condition, read_expression
from goodwill.data.mapping import Rules, map_table
from goodwill.data.sources import read_source
from goodwill.features.questions import SurveyQuestion, with_questions
from goodwill.perceived.words import FULL_WIDTH, HALF_WIDTH, LABELLED, meant_numbers, plain

_KANO = ("functional", "dysfunctional")
_COSTS = ("price", "time", "effort", "risk")
_NUMBER = r"^(-?[0-9]+(?:[.][0-9]+)?)$"


def with_survey(config: Config, engine: BaseBackend, mapped: Mapping[str, ir.Table]) -> dict[str, ir.Table]:
    """Return the tables, the survey's answers with what was asked beside them.

    A wide file becomes a table of answers where it says who answered and when, which a feature must know.
    Answers in words are the numbers they mean; a survey without customers' history keeps them as they came.
    """
    section, rows = config.surveys, mapped.get("surveys")
    if rows is not None and config.tables.has_main and "answer" in rows.columns:
        rows = _worded(rows, section)
    if rows is None and (wide := customers_wide(config)) is not None:
        rows = _long(engine, wide, section)
    if rows is None:
        return dict(mapped)
    asked = with_questions(rows, [_question(item, section) for item in section.items], section.brand)
    return {**mapped, "surveys": asked}


def customers_wide(config: Config) -> WideSection | None:
    """Return the wide file of a config whose answers can be features: beside orders or contracts."""
    wide, tables = config.surveys.wide, config.tables
    has_history = tables.transactions is not None or tables.contracts is not None
    is_known = wide is not None and wide.respondent is not None and wide.time is not None
    return wide if has_history and is_known else None


def _question(item: ItemSection, section: SurveysSection) -> SurveyQuestion:
    marks = section.not_applicable if item.not_applicable is None else item.not_applicable
    is_cost = item.kind == "cost" or (item.kind is None and item.dimension in _COSTS)
    return SurveyQuestion(
        item=item.item,
        measure=item.measure,
        scale=item.scale or section.scale,
        is_reversed=item.reversed,
        is_cost=is_cost or item.measure == "price",
        not_applicable=tuple(float(mark) for mark in marks if not isinstance(mark, str)),
    )


def _worded(rows: ir.Table, section: SurveysSection) -> ir.Table:
    """Return the answers of a long table, those in words as the numbers they mean to their item."""
    given = rows.value.cast("float64") if "value" in rows.columns else ibis.null("float64")
    alike: dict[tuple[tuple[str, float | None], ...], list[str]] = {}
    for item in section.items:
        alike.setdefault(tuple(_wordings(item, section).items()), []).append(item.item)
    value = _number(rows.answer, {}, given)
    for words, names in alike.items():
        value = rows.item.isin(names).ifelse(_number(rows.answer, dict(words), given), value)
    return rows.mutate(value=rows.side.isin(_KANO).ifelse(given, value))


def _wordings(item: ItemSection, section: SurveysSection) -> dict[str, float | None]:
    """Return what wordings mean to an item: a number, or None where it does not apply."""
    marks = section.not_applicable if item.not_applicable is None else item.not_applicable
    said = meant_numbers(section.numbers if item.numbers is None else item.numbers)
    return said | {plain(mark): None for mark in marks if isinstance(mark, str)}


def _long(engine: BaseBackend, wide: WideSection, section: SurveysSection) -> ir.Table:
    """Return a row per answer of a file with a row per respondent."""
    place, contract = "surveys.wide", CONTRACTS["surveys"]
    source = expand_variables(wide.source, where=f"{place}.source")
    table = read_source(engine, source, encoding=wide.encoding, text_columns=(str(wide.respondent),))
    if wide.where is not None:
        table = table.filter(read_condition(table, wide.where, f"{place}.where"))
    facts = {"customer_id": wide.respondent, "time": wide.time, "brand": wide.brand}
    known = {
        name: read_expression(table, text, f"{place}.{name}")
        for name, text in facts.items()
        if text is not None
    }
    parts = [_answers(table, known, item, side, section) for item in section.items for side in item.places]
    rules = Rules(null_ids="drop")
    rows, counts = map_table(ibis.union(*parts) if len(parts) > 1 else parts[0], contract, None, rules)
    check_table(rows, contract, counts, rules)
    return rows


def _answers(
    table: ir.Table, known: Mapping[str, ir.Value], item: ItemSection, side: str, section: SurveysSection
) -> ir.Table:
    """Return the answers to one question, those in words beside those in numbers."""
    cells = read_expression(table, item.places[side], f"surveys.items.{item.item}")
    if side in _KANO:
        value, answer = ibis.null("float64"), cells.cast("string")
    else:
        words, nothing = _wordings(item, section), ibis.null("float64")
        value = _number(cells, words, nothing) if cells.type().is_string() else cells.cast("float64")
        answer = ibis.null("string")
    told = {"item": ibis.literal(item.item), "side": ibis.literal(side), "value": value, "answer": answer}
    rows = table.select(**known, **told)
    return rows.filter(~rows.value.isnull() | ~rows.answer.isnull())


def _number(cells: ir.Value, words: Mapping[str, float | None], given: ir.Value) -> ir.Value:
    """Return the number given, else that of a text, also in words or with its label, as the survey does."""
    texts = cells.cast("string").translate(FULL_WIDTH, HALF_WIDTH).re_replace(r"\s+", " ").strip().lower()
    known = [(word, number) for word, number in words.items() if number is not None]
    said = [(texts == word).ifelse(number, None).cast("float64") for word, number in known]
    found = (texts.re_extract(pattern, 1).nullif("") for pattern in (_NUMBER, *LABELLED))
    number = ibis.coalesce(given, *said, *(number.cast("float64") for number in found))
    marks = [word for word, number in words.items() if number is None]
    return texts.isin(marks).ifelse(None, number) if marks else number
