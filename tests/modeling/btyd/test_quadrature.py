import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expn, gamma, gammaln

from goodwill.modeling.btyd.quadrature import beta_nodes, discount_nodes, exponential_integral, legendre_nodes

SHAPES = [0.02, 0.5, 1.0, 3.0, 300.0]


@pytest.mark.parametrize("a", SHAPES)
@pytest.mark.parametrize("b", [0.3, 1.0, 50.0, 1e4])
@pytest.mark.parametrize("power", [1, 2, 5])
def test_moments_of_beta(a: float, b: float, power: int) -> None:
    p, weight = beta_nodes(np.array([a]), np.array([b]))
    exact = np.exp(gammaln(a + power) + gammaln(a + b) - gammaln(a) - gammaln(a + b + power))
    assert (weight * p**power).sum() == pytest.approx(exact, rel=1e-9)


# mpmath 1.4: (a + b - 1) / (a - 1) * (1 - hyp2f1(a - 1, R, a + b - 1, -w)), 30 digits
@pytest.mark.parametrize(
    ("a", "b", "w", "R", "exact"),
    [
        (0.8, 2.4, 0.5, 0.25, 0.11653006252464027),
        (0.8, 2.4, 10, 3.5, 8.605575732277794),
        (0.02, 5, 1000.0, 4.2, 3729.187663332111),
        (1.5, 1.2, 1000.0, 0.25, 2.27482632030794),
        (3, 50, 0.5, 48, 13.822441342310048),
        (300, 10, 2, 8, 1.033256953342102),
        (0.8, 1002.4, 0.3, 1000.25, 269.4880017048405),
        (1.0, 3, 1, 2, 1.5),
    ],
)
def test_expected_stops_against_the_hypergeometric_function(
    a: float, b: float, w: float, R: float, exact: float
) -> None:
    p, weight = beta_nodes(np.array([a]), np.array([b]))
    assert (weight * -np.expm1(-R * np.log1p(w * p)) / p).sum() == pytest.approx(exact, rel=1e-8)


@pytest.mark.parametrize("c", [1e-6, 1e-3, 0.1, 1.0, 10.0, 500.0])
@pytest.mark.parametrize("order", [0, 1, 2, 10, 100])
def test_exponential_integral_of_whole_order(order: int, c: float) -> None:
    assert exponential_integral(np.array([float(order)]), np.array([c]))[0] == pytest.approx(
        np.exp(c) * expn(order, c), rel=1e-11
    )


@pytest.mark.parametrize(("order", "c"), [(0.6, 0.03), (1.7, 0.5), (25.5, 3.0)])
def test_exponential_integral_of_real_order(order: float, c: float) -> None:
    exact, _ = quad(lambda v: np.exp(-c * v) * (1 + v) ** -order, 0, np.inf, epsabs=0, epsrel=1e-11)
    assert exponential_integral(np.array([order]), np.array([c]))[0] == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("power", [0.5, 1.0, 3.0, 6.0])
def test_discount_nodes_integrate_powers(power: float) -> None:
    node, weight = discount_nodes()
    assert (weight * node**power).sum() == pytest.approx(gamma(power + 1), rel=1e-6)


def test_legendre_nodes_lie_on_zero_to_two() -> None:
    node, weight = legendre_nodes()
    assert (weight * node**7).sum() == pytest.approx(2**8 / 8, rel=1e-13)
