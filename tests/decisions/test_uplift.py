import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike

from goodwill.decisions.uplift import UpliftModel, chances
from goodwill.errors import UsageError

RNG = np.random.default_rng(0)
N = 2_400
X = pd.DataFrame({"age": RNG.normal(size=N), "orders": RNG.poisson(2, N), "city": RNG.choice(["y", "n"], N)})
GOT = RNG.choice(np.array(["letter", "call", None], dtype=object), N)
MOVED = X["age"].to_numpy() * (GOT == "letter") - 0.5 * (GOT == "call")
Y = X["orders"] + MOVED + RNG.normal(size=N)


def test_every_treatment_has_its_own_effects() -> None:
    model = UpliftModel(moderators=["age"]).fit(X, Y, GOT)
    effects = model.predict(X)
    assert list(effects) == ["call", "letter"]
    assert np.corrcoef(effects["letter"], X["age"])[0, 1] > 0.9
    assert effects["call"].mean() == pytest.approx(-0.5, abs=0.15)
    assert np.corrcoef(model.predict_untreated(X), X["orders"])[0, 1] > 0.9


def test_settings_are_those_of_scikit_learn() -> None:
    assert UpliftModel(learner="x").set_params(seed=3).get_params()["seed"] == 3


def test_a_choice_is_adjusted_for() -> None:
    is_called = RNG.random(N) < 1 / (1 + np.exp(-X["age"]))
    y = 3 * X["age"] + is_called + RNG.normal(size=N)
    model = UpliftModel(is_randomised=False).fit(X, y, np.where(is_called, "call", "control"))
    assert model.predict(X)["call"].mean() == pytest.approx(1.0, abs=0.2)
    assert np.corrcoef(chances(X, is_called, seed=0), X["age"])[0, 1] > 0.9


@pytest.mark.parametrize(
    ("changes", "treatment", "message"),
    [
        ({"moderators": ["wealth"]}, GOT, r"moderators: 'wealth' is no column. There are: age, orders, city"),
        (
            {"control": "none"},
            ["letter"] * N,
            r"treatment: found 'letter'; an effect needs the control group 'none'",
        ),
        ({}, ["control"] * N, r"treatment: found 'control'; .* at least one treatment"),
    ],
)
def test_what_cannot_be_learned_is_refused(
    changes: dict[str, object], treatment: object, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        UpliftModel(**changes).fit(X, Y, treatment)


def test_intervals_hold_what_a_treatment_does() -> None:
    model = UpliftModel(moderators=["age"]).fit(X, Y, GOT)
    limits = model.predict_interval(X, level=0.99)
    assert limits["letter_low"].lt(X["age"]).mean() > 0.9
    assert limits["letter_high"].gt(X["age"]).mean() > 0.9
    assert (limits["call_high"] - limits["call_low"]).max() < 1.5


def test_only_the_dr_learner_has_intervals() -> None:
    model = UpliftModel(learner="t").fit(X, Y, GOT)
    with pytest.raises(UsageError, match=r"learner is 't'; only 'dr' knows intervals of its effects"):
        model.predict_interval(X)


CUSTOMERS = pd.DataFrame({"age": np.arange(40.0), "orders": 1.0})
OFFERED = ["letter", "control"] * 20


@pytest.mark.parametrize(
    ("settings", "y", "treatment", "reason"),
    [
        ({}, np.ones(3), OFFERED, "Lengths differ: 40 X, 3 y, 40 treatment"),
        ({}, np.ones(40), OFFERED[:3], "Lengths differ: 40 X, 40 y, 3 treatment"),
        ({}, np.full(40, np.nan), OFFERED, "y: 40 of 40 outcomes are missing or infinite"),
        ({}, ["much"] * 40, OFFERED, "y holds text or times"),
        ({"learner": "z"}, np.ones(40), OFFERED, "learner: 'z' is none of dr, t, x"),
        ({"kind": "count"}, np.ones(40), OFFERED, "kind: 'count' is none of binary, money"),
        ({"anchor": "shoe"}, np.ones(40), OFFERED, "anchor: 'shoe' is no column"),
        ({}, np.ones(40), np.arange(40.0), "treatment: found 0.0, 1.0"),
    ],
)
def test_what_no_effect_can_be_learned_from_is_told(
    settings: dict, y: ArrayLike, treatment: ArrayLike, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason) as told:
        UpliftModel(**settings).fit(CUSTOMERS, y, treatment)
    assert len(str(told.value)) < 400


@pytest.mark.parametrize("settings", [{}, {"learner": "t"}, {"learner": "x"}, {"is_randomised": False}])
def test_effects_do_not_depend_on_the_order_of_rows(settings: dict[str, object]) -> None:
    order = np.random.default_rng(1).permutation(N)
    model = UpliftModel(moderators=["age"], **settings)
    first = model.fit(X, Y, GOT).predict(X)
    again = model.fit(X.iloc[order], Y.iloc[order], GOT[order]).predict(X)
    np.testing.assert_allclose(again, first, rtol=0, atol=1e-9)


def test_those_learned_from_stay_in_the_order_they_came_in() -> None:
    model = UpliftModel(moderators=["age"]).fit(X, Y, GOT)
    assert np.corrcoef(model.effects(model.learned_from_)["letter"], X["age"])[0, 1] > 0.9


def test_columns_learned_from_are_asked_for_when_they_are_absent() -> None:
    model = UpliftModel(moderators=["age"]).fit(X.assign(land="UK", age_months=12 * X["age"]), Y, GOT)
    np.testing.assert_allclose(model.predict(X), model.predict(X.assign(land="UK")))
    for said in (model.predict, model.predict_interval, model.predict_untreated):
        with pytest.raises(UsageError, match="X: lacks age, city, which the model learned from"):
            said(X[["orders"]])
    with pytest.raises(UsageError, match=r"X: is a ndarray\. Give a frame"):
        model.predict(X.to_numpy())  # type: ignore[arg-type]  # what is asked


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "binary"}, r"y: 2400 of 2400 outcomes are neither 0 nor 1.* Set kind=\"money\""),
        ({"seed": -1}, "seed: -1 is no whole number"),
        ({"moderators": "age"}, r"moderators: 'age' is one text, not a list of names\. Write \['age'\]"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        UpliftModel(**settings).fit(X, Y, GOT)


def test_what_is_infinite_counts_as_missing() -> None:
    odd, gap = (X.assign(age=X["age"].where(X.index > 0, value)) for value in (np.inf, np.nan))
    model = UpliftModel(moderators=["age"]).fit(odd, Y, GOT)
    assert np.isfinite(model.predict(odd)).all(axis=None)
    np.testing.assert_allclose(model.predict(odd), model.predict(gap))
