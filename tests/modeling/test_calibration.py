import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from goodwill.evaluation.bootstrap import log_loss_per_customer
from goodwill.modeling.calibration import KINDS, Calibration, CalibrationChoice
from goodwill.modeling.calibration import Kind as CalibrationKind

N = 6_000
RNG = np.random.default_rng(0)
TRUE = RNG.beta(1, 2, N)
CHURNED = (RNG.random(N) < TRUE).astype(float)
DATES = pd.to_datetime(["2024-01-01", "2024-03-01", "2024-06-01", "2024-09-01"])
PAST = pd.DataFrame({"customer_id": np.arange(N) // 4, "as_of": np.tile(DATES, N // 4), "horizon_days": 60})


def chosen(p: np.ndarray, churned: np.ndarray = CHURNED) -> CalibrationChoice:
    return CalibrationChoice.by_later_windows(PAST, p, churned)


def test_probabilities_that_are_true_are_left_alone() -> None:
    assert chosen(TRUE).calibration == Calibration()
    assert sorted(chosen(TRUE).log_loss) == sorted(KINDS)


def test_platts_line_undoes_a_line() -> None:
    too_sure = expit(1.0 + 2.0 * logit(TRUE))
    np.testing.assert_allclose(Calibration.fit("platt", too_sure, CHURNED)(too_sure), TRUE, atol=0.02)
    assert chosen(too_sure).calibration.kind in {"platt", "beta"}


def test_beta_calibration_undoes_what_no_line_can() -> None:
    true = expit(0.3 * np.log(TRUE) - 2 * np.log1p(-TRUE))
    churned = (np.random.default_rng(2).random(N) < true).astype(float)
    found = chosen(TRUE, churned)
    assert found.calibration.kind == "beta"
    np.testing.assert_allclose(found.calibration(TRUE), true, atol=0.03)


def test_isotonic_regression_undoes_a_step() -> None:
    # Nobody between .3 and .9 is told apart by the truth, and all are by the prediction.
    true = np.where(TRUE < 0.3, 0.05, 0.6)
    churned = (np.random.default_rng(1).random(N) < true).astype(float)
    found = chosen(TRUE, churned)
    assert found.calibration.kind == "isotonic"
    assert np.abs(found.calibration(TRUE) - true).mean() < 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_turns_an_order_or_is_ever_certain(kind: CalibrationKind) -> None:
    p = np.sort(RNG.random(500))
    told = Calibration.fit(kind, TRUE, 1 - CHURNED)(p)
    assert (np.diff(told) >= 0).all()
    assert 0 < told.min() <= told.max() < 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_stored_map_is_the_same(kind: CalibrationKind) -> None:
    fitted = Calibration.fit(kind, TRUE**2, CHURNED)
    assert Calibration.from_dict(fitted.to_dict()) == fitted


def test_nothing_is_learned_from_windows_that_had_not_ended() -> None:
    long = PAST.assign(horizon_days=400)
    found = CalibrationChoice.by_later_windows(long, TRUE**3, CHURNED)
    assert found == CalibrationChoice()


def test_what_held_before_the_later_windows_alone_does_not_serve() -> None:
    is_later = (PAST["as_of"] >= DATES[2]).to_numpy()
    turned = np.where(is_later, TRUE, TRUE**3)
    assert chosen(turned).calibration.kind == "none"


def test_losses_are_those_of_rows_not_learned_from() -> None:
    is_later = (PAST["as_of"] >= PAST["as_of"].median()).to_numpy()
    has_ended = (PAST["as_of"] < DATES[2]).to_numpy()
    rule = Calibration.fit("beta", TRUE[has_ended], CHURNED[has_ended])
    loss = log_loss_per_customer(CHURNED[is_later], rule(TRUE[is_later])).mean()
    assert chosen(TRUE).log_loss["beta"] == pytest.approx(loss)


def test_rows_of_one_customer_are_not_counted_as_many() -> None:
    first = np.arange(N) < 40
    churned = (np.random.default_rng(3).random(40) < 0.65).astype(float)
    many = np.repeat(np.arange(40), 50)
    p, y = np.full(2_000, 0.5), churned[many]
    learned, judged = np.repeat(first[:40], 50), np.ones(2_000, bool)
    alone = CalibrationChoice.by_rows(p, y, [(learned, judged)])
    together = CalibrationChoice.by_rows(p, y, [(learned, judged)], many)
    assert alone.calibration.kind != "none"
    assert together.calibration.kind == "none"


def test_without_time_each_half_of_the_customers_judges_the_other() -> None:
    true = expit(0.3 * np.log(TRUE) - 2 * np.log1p(-TRUE))
    churned = (np.random.default_rng(2).random(N) < true).astype(float)
    assert CalibrationChoice.by_halves(TRUE, churned, seed=0).calibration.kind == "beta"
    assert CalibrationChoice.by_halves(true, churned, seed=0).calibration.kind == "none"
    assert CalibrationChoice.by_halves(true[:1], churned[:1], seed=0) == CalibrationChoice()
