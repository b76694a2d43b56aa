import numpy as np
import pytest

from goodwill.evaluation.tables import calibration_table, decile_table, gains_table


def test_calibration_of_a_true_probability_lies_inside_its_intervals() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(20_000)
    found = calibration_table(rng.random(20_000) < p, p, level=0.999)
    assert found["p_mean"].is_monotonic_increasing
    assert found["p_mean"].between(found["churned_low"], found["churned_high"]).all()
    assert found["n_customers"].sum() == 20_000


def test_calibration_of_tied_probabilities_is_one_flat_line() -> None:
    found = calibration_table([1, 0, 0, 0], [0.3] * 4, bins=2)
    assert found["churned_share"].tolist() == [0.25, 0.25]


def test_calibration_of_nobody_is_an_empty_frame() -> None:
    assert calibration_table([], []).empty


def test_gains_reach_everything_and_never_beat_the_perfect_order() -> None:
    rng = np.random.default_rng(1)
    found = gains_table(rng.gamma(1, 1, 300), rng.random(300))
    assert found["captured_share"].iloc[[0, -1]].tolist() == pytest.approx([0, 1])
    assert (found["captured_share"] <= found["perfect_share"] + 1e-12).all()
    assert found["lift"].iloc[-1] == pytest.approx(1)


def test_gains_of_nothing_are_missing() -> None:
    assert gains_table([0, 0], [0.1, 0.2])["captured_share"].isna().all()


def test_deciles_conserve_totals() -> None:
    rng = np.random.default_rng(2)
    value, clv = rng.gamma(0.5, 9, 77), rng.integers(0, 5, 77)
    found = decile_table(value, clv, clv - 5, clv + 5)
    assert found["actual_total"].sum() == pytest.approx(value.sum())
    assert found["predicted_total"].sum() == pytest.approx(clv.sum())
    assert (found["coverage"] * found["n_customers"]).sum() == pytest.approx((np.abs(value - clv) <= 5).sum())


def test_fewer_customers_than_deciles_make_fewer_rows() -> None:
    assert len(decile_table([1, 2], [1, 2])) == 2
    assert decile_table([], [])["actual_total"].tolist() == [0.0]
