"""What public functions say of an argument that is none: in goodwill's own words, never a library's."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import goodwill as gw
from goodwill.errors import DataError, GoodwillError, TableError, UsageError
from goodwill.evaluation.survival import brier_scores, time_to_churn
from goodwill.modeling.retention import (
    ShiftedBetaGeometric,
    cumulative_incidence,
    expected_margin,
    survival_curves,
)
from goodwill.modeling.segments import segment_model
from goodwill.perceived import survey_pictures

X = pd.DataFrame({"age": np.arange(20.0), "visits": np.arange(20) % 7})
CURVE = ShiftedBetaGeometric.from_params(alpha=1.0, beta=2.0)
SCORES = pd.DataFrame({"customer_id": ["1", "2"], "tier": ["gold", "lead"], "clv": [1.0, 2.0]})
SALES = pd.DataFrame({"customer_id": ["1", "2"], "product": ["tea", "mug"], "spend_total": [6.0, 2.0]})
ROWS = pd.DataFrame({"treatment": ["a", "control"] * 20, "spend": np.arange(40.0)})
CLASSES = pd.Series({"1": "gold", "2": "lead"})
CONTRACTS = pd.DataFrame({"customer_id": ["1"], "start": pd.to_datetime(["2024-01-01"])})
ASKED: dict[str, tuple[Callable[[], object], type[GoodwillError], str]] = {
    "k": (lambda: segment_model(k="3").fit(X), UsageError, r"k: '3' is no whole number from 1 up"),
    "seed": (lambda: segment_model(k=2, seed="x").fit(X), UsageError, r"seed: 'x' is no whole number"),
    "X": (lambda: segment_model(k=2).fit(X.to_numpy()), UsageError, r"X: is a ndarray\. Give a frame"),
    "ids": (
        lambda: gw.migration(SCORES.assign(customer_id=[1, 2]), SCORES, "tier"),
        UsageError,
        r"customer_id: the scores before and after hold numbers and text\. Read the ids of both as text",
    ),
    "ids_missing": (
        lambda: gw.migration(SCORES.assign(customer_id=["1", None]), SCORES, "tier"),
        UsageError,
        "hold missing values and text",
    ),
    "clv": (lambda: gw.migration(SCORES.assign(clv="x"), SCORES, "tier"), TableError, "clv: 2 of 2 values"),
    "scores": (lambda: gw.migration([1], SCORES, "tier"), UsageError, "The scores before are a list"),
    "language": (lambda: survey_pictures({}, {}, language="fr"), UsageError, "language: 'fr' is none of en"),
    "classes": (
        lambda: gw.sellers(SALES, pd.Series(["gold", "lead"])),
        UsageError,
        "classes: none of 2 buyers is in its index",
    ),
    "classes_twice": (
        lambda: gw.sellers(SALES, pd.Series(["gold", "lead"], index=["1", "1"])),
        UsageError,
        "classes: several of a customer",
    ),
    "classes_dict": (lambda: gw.sellers(SALES, {"1": "gold"}), UsageError, "classes: a dict"),
    "product": (lambda: gw.sellers(SALES[["customer_id"]], CLASSES), UsageError, "sales: lacks product, spe"),
    "spend": (lambda: gw.sellers(SALES.assign(spend_total="x"), CLASSES), TableError, "spend_total: 2 of 2"),
    "n": (lambda: gw.sellers(SALES, CLASSES, n=0), UsageError, "n: 0 is no whole number from 1 up"),
    "periods": (lambda: CURVE.survival([1, -1]), UsageError, "n_periods: 1 of 2 values are missing, infini"),
    "outlived": (lambda: CURVE.survival(1, outlived=-1), UsageError, "outlived: 1 of 1 values"),
    "shapes": (lambda: CURVE.survival([1, 2], outlived=[1, 2, 3]), UsageError, "Shapes differ"),
    "period": (lambda: CURVE.hazard(0), UsageError, "period: the first period is 1"),
    "rate": (lambda: CURVE.residual_lifetime([1], -1.0), UsageError, "discount_rate: -1.0 must lie above -1"),
    "params": (lambda: ShiftedBetaGeometric.from_params(alpha="x", beta=1.0), UsageError, "alpha: 'x' is no"),
    "hazards": (lambda: survival_curves([[1.5]]), UsageError, "hazards: 1 of 1 values lie outside 0 to 1"),
    "reasons": (lambda: cumulative_incidence([[[0.9, 0.9]]]), UsageError, "hazards: 1 of 1 values lie outsi"),
    "margin": (lambda: expected_margin([[0.5]], [["x"]], years=[1]), UsageError, "margin holds text"),
    "level": (lambda: gw.kaplan_meier(gw.life_table([1], [True]), level="x"), UsageError, "level: 'x' is no"),
    "table": (lambda: gw.kaplan_meier([1]), UsageError, "The life table is a list"),
    "at": (lambda: brier_scores([1, 3], [True, True], [[0.0], [1.0]], at=["x"]), UsageError, "at holds text"),
    "share": (lambda: time_to_churn([[0.5]], [1], share=2), UsageError, "share: 2 must lie between 0 and 1"),
    "cost": (lambda: gw.Offer("m", "x", "mail"), UsageError, r"offers\.m\.cost: 'x' is no number"),
    "levels": (lambda: gw.Offer("m", 1, "mail", levels={"x": 1}), UsageError, r"offers\.m\.levels is"),
    "offer": (lambda: gw.RetentionOffer("x", 1, 0.3), UsageError, "offer_cost: 'x' is no number"),
    "offers": (lambda: gw.allocate_budget(SCORES, ["m"], budget=1), UsageError, "offers: 'm' is a str"),
    "budget": (
        lambda: gw.allocate_budget(SCORES, [gw.Offer("m", 1, "mail")], budget="x"),
        UsageError,
        "budget: 'x' is no number",
    ),
    "floor": (lambda: gw.Floors("branch_id", "x"), UsageError, "share: 'x' is no number"),
    "margin_rate": (lambda: gw.ValueRule(margin_rate="x"), UsageError, "margin_rate: 'x' is no number"),
    "discount": (lambda: gw.ValueRule(annual_discount_rate=-1), UsageError, "must lie above -1, such as 0.1"),
    "shares": (lambda: gw.assign_treatments(SCORES, {"a": "x", "b": 1}), UsageError, "a: 'x' is no number"),
    "values": (lambda: gw.concentration({"clv": ["x"]}), UsageError, "values holds text"),
    "rate_of": (lambda: gw.customers_for_rate("x", 0.1), UsageError, "rate: 'x' is no number"),
    "lift": (lambda: gw.customers_for_money([1.0, 2.0], "x"), UsageError, "'x' is no number"),
    "records": (lambda: gw.data_contribution(X), UsageError, "X: lacks customer_id"),
    "value": (lambda: gw.performance(SCORES, "tier", value="tier", mix=["tier"]), TableError, "tier: 2 of 2"),
    "day": (lambda: gw.propose_inactivity(["a"], ["x"], 9), UsageError, "day holds text"),
    "customers": (lambda: gw.simulate(customers="x"), UsageError, "customers: 'x' is no whole number"),
    "end": (lambda: gw.contract_retention(CONTRACTS, "2024-05-01"), UsageError, "contracts: lacks end"),
    "labels": (
        lambda: gw.ContractModel().fit(X.assign(horizon_days=30), X),
        UsageError,
        "y: lacks churned, value",
    ),
    "interval": (
        lambda: gw.campaign_effects(gw.Campaign(ROWS, {"spend": "money"}, level="x")),
        UsageError,
        "level: 'x' is no number",
    ),
    "costs": (
        lambda: gw.campaign_effects(gw.Campaign(ROWS, {"spend": "money"}, costs={"a": "x"})),
        UsageError,
        r"costs\.a: 'x' is no number",
    ),
    "outcome": (
        lambda: gw.campaign_effects(gw.Campaign(ROWS, {"spend": "sum"})),
        DataError,
        "is none of bin",
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_an_argument_that_is_none_is_refused_in_our_words(name: str) -> None:
    ask, error, words = ASKED[name]
    with pytest.raises(error, match=words):
        ask()


def test_decimals_are_numbers() -> None:
    offer = gw.Offer("m", Decimal("0.5"), "mail", assumed_save_rate=Decimal("0.5"))
    risky = SCORES.assign(p_churn=0.5, value_at_risk=[4.0, 2.0])
    plan = gw.allocate_budget(risky, [offer], budget=Decimal("0.50"))
    assert plan.rows["customer_id"].tolist() == ["1"]
    assert gw.ValueRule(margin_rate=Decimal("0.5"), order_cost=Fraction(1, 4)) == gw.ValueRule(0.5, 0.0, 0.25)
    assert gw.RetentionOffer(Decimal(1), 1, Decimal("0.5")) == gw.RetentionOffer(1, 1, 0.5)
    assert gw.customers_for_rate(Decimal("0.1"), Decimal("0.02")) == gw.customers_for_rate(0.1, 0.02)


@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan, Decimal("NaN"), Decimal("Infinity")])
@pytest.mark.parametrize(
    "ask",
    [
        lambda number: gw.ValueRule(margin_rate=number),
        lambda number: gw.ValueRule(annual_discount_rate=number),
        lambda number: gw.ValueRule(order_cost=number),
        lambda number: gw.Floors("branch_id", number),
        lambda number: CURVE.residual_lifetime([1], number),
        lambda number: gw.campaign_effects(gw.Campaign(ROWS, {"spend": "money"}, costs={"a": number})),
    ],
)
def test_what_is_not_finite_is_refused(ask: Callable[[object], object], number: object) -> None:
    with pytest.raises(UsageError, match=r"is not finite\. Give a number"):
        ask(number)
