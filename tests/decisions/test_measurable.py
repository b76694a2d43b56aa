import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.measurable import ensure_measurable
from goodwill.errors import DataError, UsageError

ROWS = pd.DataFrame({
    "treatment": ["letter", None, "call", None] * 20,
    "spend": np.arange(80.0),
    "visit": [0, 1] * 40,
    "age": 40,
    "chance": 0.5,
    "price": 1.0,
})  # fmt: skip


def campaign(rows: pd.DataFrame = ROWS, **changes: object) -> Campaign:
    return Campaign(**{"rows": rows, "outcomes": {"spend": "money", "visit": "binary"}, **changes})


def test_a_missing_treatment_is_control() -> None:
    found = campaign()
    assert found.arms == ("call", "letter")
    assert (found.groups == "control").sum() == 40


def test_costs_are_spent_on_the_treated_alone() -> None:
    by_arm, by_column = campaign(costs={"letter": 2.0}), campaign(costs="price")
    assert by_arm.spent("letter").sum() == 40
    assert by_arm.spent("call") is None
    assert by_column.spent("call").sum() == 20


def test_a_whole_campaign_can_be_measured() -> None:
    rows = ROWS[ROWS["treatment"] != "call"]
    ensure_measurable(campaign(rows, propensity="chance", costs="price", covariates=("age",)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"rows": ROWS.dropna()},
            r"no customer of 40 is in the control group 'control'.*'call'",
        ),
        (
            {"rows": ROWS.assign(treatment=None)},
            r"all 80 customers are in the control group.*nobody was treat",
        ),
        ({"control": "call"}, r"treatment: 40 of 80 values are missing, beside customers who are 'call' by"),
        ({"rows": ROWS.assign(treatment="letter")}, r"add rows .*, with 'control' or nothing as"),
        ({"rows": ROWS.head(30)}, r"'letter' holds 8 customers; at least 10"),
        ({"rows": ROWS.drop(columns="spend")}, r"spend: the campaign has no such column. It has: treatment"),
        ({"rows": ROWS.assign(spend=3.0)}, r"spend: all 80 values are 3; an outcome that never varies"),
        ({"rows": ROWS.assign(spend=[None, *range(79)])}, r"spend: 1 of 80 values are missing or no numbers"),
        ({"rows": ROWS.assign(spend="much")}, r"spend: 80 of 80 values are missing or no numbers"),
        ({"rows": ROWS.assign(visit=2 * ROWS["visit"])}, r"visit: a binary outcome is 0 or 1"),
        ({"rows": ROWS.head(0)}, r"no customer is left to measure"),
        (
            {"rows": ROWS.assign(paid=2 * ROWS["spend"] + 1), "covariates": ("paid",)},
            r"paid: this covariate says the same as the outcome 'spend'",
        ),
        ({"covariates": ("spend",)}, r"spend: a covariate must have been known before treatment"),
        ({"costs": {"letter": -1.0}}, r"costs: letter costs -1.0; a cost is 0 or more"),
        ({"costs": {"fax": 1.0}}, r"costs: 'fax' is no treatment here; they are call, letter"),
        (
            {"costs": "price", "rows": ROWS.assign(price=-1.0)},
            r"price: of 40 treated customers 40 have a cost that is missing",
        ),
        ({"propensity": "chance"}, r"chance: one column of chances fits one treatment"),
        (
            {"propensity": "chance", "rows": ROWS.assign(chance=1.0).query("treatment != 'call'")},
            r"chance: every chance to be treated must lie strictly between 0 and 1",
        ),
    ],
)
def test_a_campaign_that_cannot_answer_is_told_why(changes: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        ensure_measurable(campaign(**changes))


def test_an_outcome_is_of_a_kind_that_there_is() -> None:
    with pytest.raises(DataError, match="spend: 'count' is none of binary, money"):
        ensure_measurable(campaign(outcomes={"spend": "count"}))


def test_one_large_customer_makes_no_covariate_a_copy_of_the_outcome() -> None:
    rng = np.random.default_rng(0)
    before, after = rng.gamma(2, 10, size=(2, 40))
    before[3], after[3] = 1e6, 1e6
    rows = pd.DataFrame({"treatment": ["letter", "control"] * 20, "before": before, "spend": after})
    assert np.corrcoef(before, after)[0, 1] > 0.9999
    ensure_measurable(Campaign(rows, {"spend": "money"}, covariates=("before",)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"outcomes": {"foo": "money"}}, "foo: the campaign has no such column"),
        ({"outcomes": {"spend": "xx"}}, "outcomes.spend: 'xx' is none of binary, money"),
        ({"covariates": ("wealth",)}, "wealth: the campaign has no such column"),
    ],
)
def test_what_its_columns_mean_is_checked_when_it_is_made(changes: dict[str, object], said: str) -> None:
    with pytest.raises(DataError, match=said):
        campaign(**changes)


def test_covariates_are_a_list() -> None:
    with pytest.raises(UsageError, match="covariates: 'age' is one text"):
        campaign(covariates="age")
