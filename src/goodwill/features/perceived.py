"""What a customer said in surveys, as far as it was known."""

import ibis
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.features.levels import levels_of, with_levels
from goodwill.features.questions import labelled, loyalty_answers, preferred


def perceived(past: Past) -> ir.Table:
    """Return each customer's answers: how many, the means per side and outcome question, and of loyalty.

    Surveys without a time are never features, nor are answers that no customer gave (respondents only).

    Returns
    -------
    A row per customer surveyed: `n_survey_answers` (0 tells who was not surveyed), `survey_<side>_mean` over
    the items (those of costs apart, `survey_cost_<side>_mean`: the more, the worse), `survey_gap_mean`
    (perception less expectation of what is no cost, where both were asked) and
    `survey_score_<item>_mean` (a brand goes before the item), the most answered items of the past, at most
    `MOST` of `levels`; `survey_recommends`, `survey_share_of_wallet` and `survey_prefers_us` (0 to 1, as
    `loyalty_answers` tells; who rates our brand best of several prefers us too). Missing means not asked.

    Notes
    -----
    Few customers answer, so few columns bear fruit: a column per rated item and the days since the survey,
    whose range grows with the date, cost more out of time than they told
    (``tests/benchmarks/survey_behaviour_study.py``).
    """
    rows = past.tables.present["surveys"]
    if "customer_id" not in rows.columns:
        return rows.limit(0).select(customer_id=rows.item)
    past, rows = with_levels(past), labelled(rows)
    asked = levels_of(past, "measure")
    answered = rows.group_by("customer_id").agg(
        n_survey_answers=rows.count(), **_means(past, rows), **loyalty_answers(rows, asked)
    )
    if {"survey_perception_mean", "survey_expectation_mean"} <= set(answered.columns):
        gap = answered.survey_perception_mean - answered.survey_expectation_mean
        answered = answered.mutate(survey_gap_mean=gap)
    return _with_preference(answered, rows) if "is_ours" in rows.columns else answered


def _with_preference(answered: ir.Table, rows: ir.Table) -> ir.Table:
    """Let who rates our brand best of several prefer us, where nobody asked in words."""
    joined, name = answered.left_join(preferred(rows), "customer_id"), "survey_prefers_us"
    known = [joined[name]] if name in answered.columns else []
    kept = [column for column in answered.columns if column != name]
    return joined.select(*kept, **{name: ibis.coalesce(*known, joined.rates_us_best)})


def _means(past: Past, rows: ir.Table) -> dict[str, ir.Value]:
    by_question, by_side = (
        {
            f"survey_{name}_mean": _mean(rows, rows[of].isin(labels))
            for name, labels in levels_of(past, of).items()
        }
        for of in ("question", "side")
    )
    return by_question | by_side


def _mean(rows: ir.Table, is_asked: ir.BooleanValue) -> ir.Value:
    total = rows.value.sum(where=is_asked).cast("float64")
    return total / is_asked.sum().nullif(0)
