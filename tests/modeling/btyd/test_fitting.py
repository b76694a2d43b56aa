import itertools

import numpy as np
import pytest

from goodwill.errors import FitError
from goodwill.modeling.btyd.fitting import BOUND, curvature, maximise

STARTS = np.array([[0.0, 0.0], [3.0, -2.0]])


def banana(theta: np.ndarray) -> tuple[float, np.ndarray]:
    a, b = theta
    bend = b - a**2
    return -((1 - a) ** 2) - 100 * bend**2, np.array([2 * (1 - a) + 400 * a * bend, -200 * bend])


def test_curved_valley_is_climbed_to_the_top() -> None:
    fit = maximise(banana, banana, STARTS)
    assert fit.converged
    assert fit.theta == pytest.approx([1.0, 1.0], abs=1e-4)


def test_covariance_is_the_inverse_information() -> None:
    fit = maximise(banana, banana, STARTS)
    assert fit.covariance == pytest.approx(np.linalg.inv([[802.0, -400.0], [-400.0, 200.0]]), rel=1e-3)


def test_curvature_of_a_parabola() -> None:
    def parabola(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return -float(theta @ theta), -2 * theta

    assert curvature(parabola, np.zeros(2)) == pytest.approx(-2 * np.eye(2))


def test_flat_direction_is_reported() -> None:
    def ridge(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return -float(theta.sum() ** 2), np.full(2, -2 * theta.sum())

    fit = maximise(ridge, ridge, STARTS)
    assert (fit.converged, fit.message) == (False, "the likelihood is flat in some direction")
    assert np.isnan(fit.covariance).all()


def test_flat_direction_leaves_the_other_parameters_their_errors() -> None:
    def valley(theta: np.ndarray) -> tuple[float, np.ndarray]:
        along = theta[0] + theta[1]
        return -float(along**2 + theta[2] ** 2), np.array([-2 * along, -2 * along, -2 * theta[2]])

    fit = maximise(valley, valley, np.ones((1, 3)))
    assert np.isnan(np.diag(fit.covariance)).tolist() == [True, True, False]
    assert fit.covariance[2, 2] == pytest.approx(0.5)


def test_parameter_without_maximum_stops_at_its_bound() -> None:
    def slope(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return float(theta[0] - theta[1] ** 2), np.array([1.0, -2 * theta[1]])

    fit = maximise(slope, slope, STARTS)
    assert (fit.theta[0], fit.message) == (BOUND, "a parameter ran to its bound")
    assert np.isnan(fit.covariance[0, 0])
    assert fit.covariance[1, 1] == pytest.approx(0.5)


def test_all_parameters_at_their_bounds_leave_no_errors() -> None:
    def slope(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return float(theta.sum()), np.ones(2)

    assert np.isnan(maximise(slope, slope, STARTS).covariance).all()


def test_maximum_out_of_reach_is_reported() -> None:
    def wrong_gradient(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return -float(theta @ theta), 2 * theta + 1

    fit = maximise(wrong_gradient, wrong_gradient, STARTS)
    assert not fit.converged
    assert "another step would still add" in fit.message


def test_misleading_sample_is_corrected_on_all_rows() -> None:
    def mirrored(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = banana(-theta)
        return value, -gradient

    assert maximise(banana, mirrored, STARTS).theta == pytest.approx([1.0, 1.0], abs=1e-4)


def test_no_finite_start_is_an_error() -> None:
    def broken(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return float("nan"), np.full_like(theta, np.nan)

    with pytest.raises(FitError, match="None of 2 starts gave a finite likelihood"):
        maximise(broken, broken, STARTS)


def test_endless_climb_gives_up() -> None:
    count = itertools.count()

    def restless(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return float(next(count)), np.array([1 - theta[1], 1 + theta[0]])

    assert not maximise(restless, restless, STARTS).converged
