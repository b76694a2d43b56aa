"""Quantiles of realised value are where the distribution function says, whoever brings the mass there."""

import numpy as np
import pytest

from goodwill.modeling.value_distribution import ValueDistribution
from goodwill.modeling.value_ratio import Churned, Ratio, Shape, squeeze

LEVELS = (0.001, 0.02, 0.1, 0.3, 0.5, 0.8, 0.95, 0.999)


def distribution(n: int, zero_share: float, lowest: float, highest: float) -> ValueDistribution:
    rng = np.random.default_rng(0)
    shape = Shape.fit(rng.standard_t(4, size=500))
    ratio = Ratio(rng.normal(3, 1, n), rng.gamma(2, 0.5, n), rng.gamma(2, 0.5, n), shape, floor=-1.0)
    churned = Churned(zero_share, np.linspace(0, 1, 20), squeeze(np.linspace(lowest, highest, 20)))
    return ValueDistribution(rng.uniform(0.001, 0.999, n), rng.gamma(2, 20, n), ratio, churned)


@pytest.mark.parametrize("zero_share", [0.0, 0.4, 0.99])
@pytest.mark.parametrize(("lowest", "highest"), [(-2.0, -0.1), (-0.5, 1.5), (0.1, 3.0)])
@pytest.mark.parametrize("n", [5, 400])
def test_quantiles_split_the_mass(n: int, zero_share: float, lowest: float, highest: float) -> None:
    values = distribution(n, zero_share, lowest, highest)
    for p in LEVELS:
        found, hair = values.quantile(p), 1e-5 * values.scale
        assert (values.below(found - hair) <= p + 1e-6).all()
        assert (values.cdf(found + hair) >= p - 1e-6).all()


def test_a_customer_has_the_same_quantile_alone_and_among_many() -> None:
    many = distribution(400, 0.4, -0.5, 1.5)
    alone = many._part(np.arange(400) < 3)  # noqa: SLF001 - the rows as blocks cut them
    for p in LEVELS:
        np.testing.assert_allclose(alone.quantile(p), many.quantile(p)[:3], rtol=1e-6, atol=1e-6)
