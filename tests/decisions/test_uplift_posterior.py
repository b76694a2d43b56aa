import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.lesson import Lesson
from goodwill.decisions.uplift_posterior import Posterior, fit_posterior

N = 3_000


def fitted(seed: int, n_columns: int, source_of: tuple[str, ...] = ()) -> tuple[Posterior, pd.DataFrame]:
    """Of many columns, the last moves the share by .3 of what customers do anyway."""
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(N, n_columns)), columns=[f"x{i}" for i in range(n_columns)])
    usual = rng.gamma(2.0, size=N)
    effect = usual * (0.2 + 0.3 * x.iloc[:, -1].to_numpy())
    return fit_posterior(Lesson(x, usual, effect + 3 * rng.normal(size=N), source_of)), x


def test_of_many_columns_the_one_that_counts_is_found() -> None:
    found, _ = fitted(0, 30)
    assert found.coefficients[0, -1] == pytest.approx(0.3, abs=0.1)
    assert np.abs(found.coefficients[0, 1:-1]).max() < 0.05


def test_a_share_is_told_from_an_amount() -> None:
    found, x = fitted(1, 2)
    assert np.abs(found.coefficients[1]).max() < 0.05
    twice, once = (found.predict(x, np.full(N, usual)) for usual in (2.0, 1.0))
    assert np.corrcoef(twice, once)[0, 1] == pytest.approx(1.0, abs=1e-3)
    assert twice.std() == pytest.approx(2 * once.std(), rel=0.05)


def test_columns_of_one_source_count_together() -> None:
    found, _ = fitted(2, 3, ("city", "city", "age"))
    assert found.coefficients[0, 3] == pytest.approx(0.3, abs=0.1)


def test_doubt_of_what_customers_do_anyway_widens_what_is_a_share_of_it() -> None:
    found, x = fitted(3, 2)
    sure, unsure = (found.spread(x, np.ones(N), doubt) for doubt in (np.zeros(N), np.full(N, 0.5)))
    assert sure == pytest.approx(found.spread(x, np.ones(N)))
    expected = np.sqrt(sure**2 + 0.25 * (found.predict(x, np.ones(N)) ** 2 + sure**2))
    assert unsure == pytest.approx(expected, rel=0.05)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = []
    for seed in range(40):
        found, x = fitted(seed, 2)
        apart = found.predict(x[:20], np.ones(20)) - (0.2 + 0.3 * x["x1"][:20])
        held.append(np.abs(apart / found.spread(x[:20], np.ones(20))) < 1.645)
    assert np.mean(held) == pytest.approx(0.9, abs=0.07)
