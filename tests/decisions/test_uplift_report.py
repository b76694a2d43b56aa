import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.uplift_report import UpliftReport, uplift_report

RNG = np.random.default_rng(0)
N = 2_400
AGE = RNG.normal(size=N)
HISTORY = RNG.gamma(1.0, size=N)
CHANCE = np.where(AGE > 0, 0.7, 0.3)


def rows(got: np.ndarray) -> pd.DataFrame:
    spend = 3 + AGE * (got == "letter") + 0.2 * (got == "call") + 0.5 * RNG.normal(size=N)
    known = {"customer_id": np.arange(N).astype(str), "age": AGE, "old": RNG.normal(size=N), "chance": CHANCE}
    return pd.DataFrame({**known, "treatment": got, "spend": spend, "visit": spend > 3})


def campaign(got: np.ndarray, **changes: object) -> Campaign:
    outcomes = {"spend": "money", "visit": "binary"}
    return Campaign(**{"rows": rows(got), "outcomes": outcomes, "covariates": ("age", "old"), **changes})


@pytest.fixture(scope="module")
def by_lot() -> UpliftReport:
    got = RNG.choice(["letter", "call", "control"], N)
    return uplift_report(campaign(got, costs={"letter": 0.1, "call": 0.1}), "spend", ("age",), 1.0)


def test_each_learner_is_judged_on_the_half_it_has_not_seen(by_lot: UpliftReport) -> None:
    letter = by_lot.qinis["letter"]
    assert list(letter) == ["dr", "t", "x"]
    assert letter["dr"].qini.low > 0.2
    assert by_lot.qinis["call"]["dr"].qini.low < 0.05


def test_the_policy_beats_treating_all_alike(by_lot: UpliftReport) -> None:
    values = {policy.name: policy.value for policy in by_lot.policies}
    assert list(values) == ["by uplift", "call for all", "letter for all", "nobody"]
    assert values["by uplift"] > max(values["call for all"], values["letter for all"], values["nobody"]) + 0.2


def test_every_customer_has_an_effect_and_a_class(by_lot: UpliftReport) -> None:
    of_each = [f"{arm}{kind}" for arm in ("call", "letter") for kind in ("", "_low", "_high", "_class")]
    assert list(by_lot.customers) == ["customer_id", "outcome", "unit", *of_each]
    low, effect, high = (by_lot.customers[f"letter{side}"] for side in ("_low", "", "_high"))
    assert effect.between(low, high).all()
    assert np.corrcoef(by_lot.customers["letter"], AGE)[0, 1] > 0.9
    kinds = by_lot.classes["letter"]
    assert sum(kinds.values()) == N
    assert kinds["persuadable"] > 0.3 * N
    assert kinds["do_not_disturb"] > 0.3 * N


def test_what_history_expects_is_the_yardstick_of_a_share() -> None:
    got = RNG.choice(["letter", "control"], N)
    known = rows(got).assign(history=HISTORY, orders=RNG.poisson(HISTORY * (1 + (got == "letter"))))
    told = campaign(got, rows=known, outcomes={"orders": "money"}, expected={"orders": "history"})
    report = uplift_report(told, "orders", ("old",), None)
    assert np.corrcoef(report.customers["letter"], HISTORY)[0, 1] > 0.9


def test_known_chances_weigh_the_policy() -> None:
    got = np.where(RNG.random(N) < CHANCE, "letter", "control")
    report = uplift_report(campaign(got, propensity="chance"), "spend", (), 1.0)
    assert {policy.name: policy.value for policy in report.policies}["letter for all"] == pytest.approx(
        3, abs=0.1
    )


def test_without_lot_there_is_no_policy_and_the_choice_is_learned() -> None:
    got = np.where(RNG.random(N) < CHANCE, "letter", "control")
    report = uplift_report(campaign(got, is_randomised=False), "visit", (), None)
    assert report.policies == []
    assert report.qinis["letter"]["dr"].mean_effect.low < 0.05
