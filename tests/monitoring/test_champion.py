import numpy as np
import pytest

from goodwill.errors import UsageError
from goodwill.monitoring.champion import judge
from goodwill.monitoring.forecasts import Forecast, Outcome

N = 4_000
RNG = np.random.default_rng(0)
P = RNG.beta(2, 2, N)
CHURNED = RNG.random(N) < P
MEAN = RNG.gamma(2, 50, N)
VALUE = np.where(RNG.random(N) < 0.3, 0.0, RNG.gamma(1, 1 / 0.7, N) * MEAN)
SEEN = Outcome(CHURNED, VALUE)
TRUTH = Forecast(P, MEAN)
# A model that knows half of what sets customers apart, and is right on the whole.
DULL = Forecast((P + P.mean()) / 2, (MEAN + MEAN.mean()) / 2)


def test_a_better_model_is_promoted() -> None:
    decision = judge(SEEN, TRUTH, DULL)
    assert decision.promote
    assert decision.numbers["log_loss"]["high"] < 0
    assert decision.reasons[0].startswith("log_loss")


def test_a_worse_model_is_not_promoted() -> None:
    decision = judge(SEEN, DULL, TRUTH)
    assert decision.verdict == "keep"
    assert not decision.promote


def test_the_same_model_again_is_no_evidence() -> None:
    decision = judge(SEEN, TRUTH, TRUTH)
    assert decision.verdict == "no_evidence"
    assert decision.numbers["log_loss"]["difference"] == 0


def test_numbers_can_be_checked_by_hand() -> None:
    outcome = Outcome([True, False], [0.0, 8.0])
    decision = judge(outcome, Forecast([0.5, 0.5], [4.0, 4.0]), Forecast([0.5, 0.2], [1.0, 1.0]))
    assert decision.numbers["log_loss"]["challenger"] == pytest.approx(np.log(2))
    ece = decision.numbers["ece"]
    assert (ece["challenger"], ece["champion"]) == (0.0, pytest.approx(0.35))
    assert decision.numbers["bias"] == {"challenger": 0.0, "champion": -0.75, "limit": 0.75}
    assert decision.numbers["tweedie_deviance"]["champion"] == pytest.approx((4 + 4 * (8**0.5 - 1) ** 2) / 2)


def test_money_that_is_lost_is_judged_by_squared_errors() -> None:
    outcome = Outcome(None, [-8.0, 8.0])
    numbers = judge(outcome, Forecast(None, [-6.0, 8.0]), Forecast(None, [0.0, 4.0])).numbers
    assert (numbers["squared_error"]["challenger"], numbers["squared_error"]["champion"]) == (2.0, 40.0)
    assert "tweedie_deviance" not in numbers


def test_better_churn_does_not_pay_for_worse_value() -> None:
    decision = judge(SEEN, Forecast(TRUTH.p_churn, DULL.clv), Forecast(DULL.p_churn, TRUTH.clv))
    assert decision.verdict == "keep"
    assert decision.reasons[0].startswith("tweedie_deviance")


def test_a_hundredth_worse_is_borne_where_the_other_target_wins() -> None:
    slightly = np.clip(P + np.random.default_rng(2).normal(0, 0.03, N), 0.01, 0.99)
    decision = judge(SEEN, Forecast(slightly, TRUTH.clv), Forecast(P, DULL.clv))
    assert 0 < decision.numbers["log_loss"]["relative"] < 0.01
    assert decision.promote


def test_a_miscalibrated_model_is_not_promoted_however_sharp() -> None:
    sharp = np.where(CHURNED, 0.9, 0.1)
    decision = judge(Outcome(CHURNED, None), Forecast(sharp, None), Forecast(P, None))
    assert decision.numbers["log_loss"]["high"] < 0
    assert decision.verdict == "keep"
    assert decision.reasons[0].startswith("ece 0.09935, champion 0.02324")


def test_the_truth_about_few_customers_is_not_called_miscalibrated() -> None:
    few = np.random.default_rng(5)
    p = few.beta(2, 2, 150)
    churned = few.random(150) < p
    found = judge(Outcome(churned, None), Forecast(p, None), Forecast(np.full(150, p.mean()), None))
    assert 0.05 < found.numbers["ece"]["challenger"] < found.numbers["ece"]["limit"] < 0.15
    assert found.promote


def test_of_many_customers_the_limit_is_what_is_asked_of_everybody() -> None:
    assert judge(SEEN, TRUTH, DULL).numbers["ece"]["limit"] == 0.05


def test_a_bias_beyond_a_quarter_is_borne_only_if_the_champion_has_it_too() -> None:
    high = Forecast(None, TRUTH.clv * 1.4)
    value = Outcome(None, VALUE)
    assert judge(value, high, Forecast(None, DULL.clv * 1.8)).promote
    decision = judge(value, high, Forecast(None, np.full(N, MEAN.mean() / 10)))
    assert decision.promote
    assert judge(value, high, Forecast(None, np.full(N, MEAN.mean() / 1.1))).verdict == "keep"


def test_a_window_without_value_cannot_show_a_bias() -> None:
    nothing = Outcome(None, np.zeros(3))
    decision = judge(nothing, Forecast(None, np.ones(3)), Forecast(None, np.full(3, 4.0)))
    assert decision.verdict == "keep"
    assert decision.reasons[0].startswith("bias not computable")


def test_any_loss_is_worse_than_none() -> None:
    decision = judge(Outcome(None, [4.0, 9.0]), Forecast(None, [5.0, 9.0]), Forecast(None, [4.0, 9.0]))
    assert decision.verdict == "keep"
    assert decision.numbers["tweedie_deviance"]["relative"] is None


def test_models_of_one_target_are_judged_on_it_alone() -> None:
    assert sorted(judge(Outcome(CHURNED, None), TRUTH, DULL).numbers) == ["ece", "log_loss"]
    assert sorted(judge(Outcome(None, VALUE), TRUTH, DULL).numbers) == [
        "bias",
        "top_decile",
        "tweedie_deviance",
    ]


def test_what_the_top_tenth_realised_stands_beside_and_decides_nothing() -> None:
    value = np.array([100.0, *[0.0] * 9])
    finds, misses = np.arange(10.0)[::-1] + 1, np.arange(10.0) + 1
    decision = judge(Outcome(None, value), Forecast(None, finds), Forecast(None, misses))
    assert decision.numbers["top_decile"] == {
        "challenger": 100.0,
        "champion": 0.0,
        "difference": 100.0,
        "everybody": 10.0,
    }
    assert "top decile realised 100 a customer, champion 0, everybody 10" in decision.reasons


def test_the_same_seed_gives_the_same_answer() -> None:
    assert judge(SEEN, TRUTH, DULL, seed=3) == judge(SEEN, TRUTH, DULL, seed=3)


@pytest.mark.parametrize(
    ("challenger", "champion", "words"),
    [
        (Forecast(None, MEAN), TRUTH, "The challenger has no p_churn"),
        (TRUTH, Forecast(P, None, name="model 3"), "The model 3 has no clv"),
        (Forecast(P[1:], MEAN), TRUTH, "Arrays of different lengths"),
    ],
)
def test_forecasts_that_do_not_fit_are_refused(challenger: Forecast, champion: Forecast, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        judge(SEEN, challenger, champion)


def test_nothing_to_judge_is_refused() -> None:
    with pytest.raises(UsageError, match="neither churned nor value"):
        judge(Outcome(None, None), TRUTH, DULL)


def test_nobody_to_judge_is_refused() -> None:
    with pytest.raises(UsageError, match="no customers"):
        judge(Outcome([], None), Forecast([], None), Forecast([], None))


def test_chance_promotes_an_equal_model_about_one_time_in_twenty() -> None:
    # Two models of the same skill on 60 windows: the upper end of a 90 % interval is passed 5 % of the time.
    rng = np.random.default_rng(1)
    wins = 0
    for seed in range(60):
        p = rng.beta(2, 2, 300)
        churned = rng.random(300) < p
        twins = (Forecast(np.clip(p + rng.normal(0, 0.05, 300), 0.02, 0.98), None) for _ in range(2))
        wins += judge(Outcome(churned, None), *twins, seed=seed).numbers["log_loss"]["high"] < 0
    assert wins <= 8
