"""What a customer said in surveys, as far as it was known."""

import ibis
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.engine import money
from goodwill.features.levels import frequent_levels

MAX_ITEMS = 30
MAX_SIDES = 7
OUTCOME_SIDE = "score"


def perceived(past: Past) -> ir.Table:
    """Return each customer's answers: how many, and the mean per side and per outcome question.

    Surveys without a time are never features, nor are answers that no customer gave (respondents only).

    Returns
    -------
    A row per customer surveyed: `n_survey_answers` (0 tells who was not surveyed), `survey_<side>_mean` over
    the items, `survey_gap_mean` (perception less expectation, where both were asked) and
    `survey_score_<item>_mean` (a brand goes before the item), the most answered items of the past, at most
    `MAX_ITEMS`. Missing means not surveyed.

    Notes
    -----
    Few customers answer, so few columns bear fruit: a column per rated item and the days since the survey,
    whose range grows with the date, cost more out of time than they told
    (``tests/benchmarks/survey_behaviour_study.py``).
    """
    rows = past.tables.present["surveys"]
    if "customer_id" not in rows.columns:
        return rows.limit(0).select(customer_id=rows.item)
    rows = _labelled(rows.drop_null("customer_id"))
    answered = rows.group_by("customer_id").agg(n_survey_answers=rows.count(), **_means(rows))
    if {"survey_perception_mean", "survey_expectation_mean"} <= set(answered.columns):
        gap = answered.survey_perception_mean - answered.survey_expectation_mean
        answered = answered.mutate(survey_gap_mean=gap)
    return answered


def _labelled(rows: ir.Table) -> ir.Table:
    """Name each outcome question by side, brand and item; an answer without a number has no name."""
    value = rows.value if "value" in rows.columns else ibis.null("float64")
    brand = (rows.brand + " ").fill_null("") if "brand" in rows.columns else ibis.literal("")
    is_rated = ~value.isnull()
    return rows.mutate(
        value=money(value),
        side=is_rated.ifelse(rows.side, None),
        question=(is_rated & (rows.side == OUTCOME_SIDE)).ifelse(rows.side + " " + brand + rows.item, None),
    )


def _means(rows: ir.Table) -> dict[str, ir.Value]:
    sides = frequent_levels(rows.side, MAX_SIDES)
    questions = frequent_levels(rows.question, MAX_ITEMS)
    by_side = {f"survey_{name}_mean": _mean(rows, rows.side.isin(levels)) for name, levels in sides.items()}
    by_question = {
        f"survey_{name}_mean": _mean(rows, rows.question.isin(levels)) for name, levels in questions.items()
    }
    return by_question | by_side


def _mean(rows: ir.Table, is_asked: ir.BooleanValue) -> ir.Value:
    total = rows.value.sum(where=is_asked).cast("float64")
    return total / is_asked.sum().nullif(0)
