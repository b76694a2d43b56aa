"""What the questions of a survey ask, beside each answer: which outcome, how high on its scale, of whom."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import ibis
from ibis.expr import types as ir

from goodwill.engine import money, zero_or_one

# Outcomes that say how loyal a customer is.
MEASURES = ("nps", "recommend", "share_of_wallet", "preference")
_COSTS = ("price", "time", "effort", "risk")
_TURNED = ("score", "expectation", "perception", "performance")
_RATED = ("perception", "performance", "score")
_COST_SIDES = ("expectation", "perception", "performance")
_OUTCOME_SIDE = "score"
_OTHER_SCALES = ("importance", "functional", "dysfunctional")
_PROMOTER, _TOP, _PERCENT = 9, 0.75, 100


@dataclass(frozen=True)
class SurveyQuestion:
    """A question of the item list, as far as features need to know it.

    Parameters
    ----------
    item : its name in the table.
    measure : the outcome it asks for, such as one of `MEASURES`.
    scale : lowest and highest answer.
    is_reversed : a high answer says the opposite. is_cost : more of it is worse.
    not_applicable : numbers that mean "does not apply".
    """

    item: str
    measure: str | None = None
    scale: tuple[float, float] | None = None
    is_reversed: bool = False
    is_cost: bool = False
    not_applicable: tuple[float, ...] = ()


def with_questions(
    rows: ir.Table, questions: Sequence[SurveyQuestion], own_brand: str | None = None
) -> ir.Table:
    """Return survey answers with what was asked beside them, before any feature is made of them.

    Parameters
    ----------
    rows : the table `surveys`.
    questions : the item list; what it leaves out is told by the names of instrument and item.
    own_brand : the brand that is ours, where answers name brands.

    Returns
    -------
    The rows with `measure`, `place` (0 to 1 on the question's scale, missing without one), `is_cost` and,
    where brands are told apart, `is_ours`. `value` is missing where it means "does not apply" or lies outside
    the scale, and turned round where the question is reversed.
    """
    value = _readable(rows, questions)
    low, high = (_by_item(rows, {q.item: q.scale[end] for q in questions if q.scale}) for end in (0, 1))
    is_rated = ~rows.side.isin(_OTHER_SCALES)
    value = (is_rated & ((value < low) | (value > high))).ifelse(None, value)
    is_turned = rows.item.isin([q.item for q in questions if q.is_reversed]) & rows.side.isin(_TURNED)
    value = is_turned.ifelse(low + high - value, value)
    place = is_rated.ifelse((value - low) / (high - low), None)
    told = rows.mutate(
        value=value, place=place, measure=_measure(rows, questions), is_cost=_cost(rows, questions)
    )
    return told.mutate(is_ours=told.brand == own_brand) if own_brand and "brand" in rows.columns else told


def labelled(rows: ir.Table) -> ir.Table:
    """Name each outcome question by side, brand and item; an answer without a number has no name.

    What people rate of a cost is no benefit: it has a side of its own.

    Parameters
    ----------
    rows : survey answers, or what `with_questions` returned of them.

    Returns
    -------
    The rows of customers, as `with_questions` returns them, with `question` and `side` as they name columns.
    """
    told = rows if "measure" in rows.columns else with_questions(rows, ())
    rows = told.drop_null("customer_id")
    brand = (rows.brand + " ").fill_null("") if "brand" in rows.columns else ibis.literal("")
    is_rated = ~rows.value.isnull()
    is_cost = rows.is_cost & rows.side.isin(_COST_SIDES)
    return rows.mutate(
        value=money(rows.value),
        side=is_rated.ifelse(is_cost.ifelse("cost_" + rows.side, rows.side), None),
        question=(is_rated & (rows.side == _OUTCOME_SIDE)).ifelse(rows.side + " " + brand + rows.item, None),
    )


def loyalty_answers(rows: ir.Table, asked: Collection[str]) -> dict[str, ir.FloatingValue]:
    """Return what answers say of loyalty, to be taken together by customer; missing where nobody asked.

    Parameters
    ----------
    rows : as `labelled` returns them.
    asked : the measures that anybody was asked.

    Returns
    -------
    Of the outcomes that anybody was asked: `survey_recommends`, `survey_prefers_us` (share of such answers
    that do: 9 and 10 for `nps` and without a scale, else the upper quarter of the scale) and
    `survey_share_of_wallet` (0 to 1; without a scale, answers above 1 are per cent).
    """
    is_top = rows.place.isnull().ifelse(rows.value >= _PROMOTER, rows.place >= _TOP)
    is_promoter = (rows.measure == "nps").ifelse(rows.value >= _PROMOTER, is_top)
    share = (rows.value > 1).ifelse(rows.value / _PERCENT, rows.value)
    wallet = rows.place.isnull().ifelse(share, rows.place)
    found = {
        "survey_recommends": (zero_or_one(is_promoter), ["nps", "recommend"]),
        "survey_prefers_us": (zero_or_one(is_top), ["preference"]),
        "survey_share_of_wallet": (wallet, ["share_of_wallet"]),
    }
    return {
        name: _mean(answer, rows.measure.isin(measures))
        for name, (answer, measures) in found.items()
        if set(asked) & set(measures)
    }


def preferred(rows: ir.Table) -> ir.Table:
    """Return whether each customer who rated us and others rates us best: 1, at a tie 0.5, else 0.

    Parameters
    ----------
    rows : as `with_questions` returns them, with `is_ours`.

    Returns
    -------
    `customer_id`, `rates_us_best`; a row per customer who rated a brand on anything but a cost.
    """
    rated = rows.filter(rows.side.isin(_RATED) & ~rows.is_cost & ~rows.value.isnull() & ~rows.brand.isnull())
    means = rated.group_by("customer_id", "brand", "is_ours").agg(
        mean=money(rated.value).sum() / rated.count()
    )
    both = means.group_by("customer_id").agg(
        ours=means["mean"].max(where=means.is_ours), best=means["mean"].max(where=~means.is_ours)
    )
    verdict = ibis.cases(
        (both.ours > both.best, 1.0), (both.ours == both.best, 0.5), (both.ours < both.best, 0.0)
    )
    return both.select("customer_id", rates_us_best=verdict)


def _readable(rows: ir.Table, questions: Sequence[SurveyQuestion]) -> ir.NumericValue:
    """Return the numbers, without those that mean "does not apply"."""
    value = rows.value.cast("float64") if "value" in rows.columns else ibis.null("float64")
    for marks in dict.fromkeys(q.not_applicable for q in questions if q.not_applicable):
        asked = [q.item for q in questions if q.not_applicable == marks]
        value = (rows.item.isin(asked) & value.isin(marks)).ifelse(None, value)
    return value


def _measure(rows: ir.Table, questions: Sequence[SurveyQuestion]) -> ir.StringValue:
    """Return what each question measures: as declared, else by the name of its instrument, else of itself."""
    names = [rows[name].lower() for name in ("instrument", "item") if name in rows.columns]
    told = [name.isin(MEASURES).ifelse(name, None) for name in names]
    declared = _by_item(rows, {q.item: q.measure for q in questions if q.measure}, "string")
    own = rows.item.isin([q.item for q in questions])
    return own.ifelse(declared, ibis.coalesce(*told))


def _cost(rows: ir.Table, questions: Sequence[SurveyQuestion]) -> ir.BooleanValue:
    is_own = rows.item.isin([q.item for q in questions])
    is_named = rows.item.lower().isin(_COSTS)
    return rows.item.isin([q.item for q in questions if q.is_cost]) | (is_named & ~is_own)


def _by_item(rows: ir.Table, facts: Mapping[str, float | str], kind: str = "float64") -> ir.Value:
    pairs = list(facts.items())
    return rows.item.cases(*pairs, else_=None).cast(kind) if pairs else ibis.null(kind)


def _mean(numbers: ir.NumericValue, is_asked: ir.BooleanValue) -> ir.FloatingValue:
    known = is_asked & ~numbers.isnull()
    return money(numbers).sum(where=known).cast("float64") / known.sum().nullif(0)
