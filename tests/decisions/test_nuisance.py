import numpy as np
import pandas as pd

from goodwill.decisions.nuisance import Nuisance, cross_fitted

RNG = np.random.default_rng(0)
COLUMNS = pd.DataFrame(RNG.normal(size=(2_000, 2)), columns=["a", "b"])


def test_trees_find_what_a_line_cannot() -> None:
    bent = np.abs(COLUMNS["a"].to_numpy())
    says = Nuisance.fit(COLUMNS, bent, "money", seed=0).predict(COLUMNS)
    assert np.corrcoef(says, bent)[0, 1] > 0.9


def test_probabilities_are_probabilities_even_of_one_kind() -> None:
    says = Nuisance.fit(COLUMNS, np.ones(2_000), "binary", seed=0).predict(COLUMNS)
    none = Nuisance.fit(COLUMNS, np.zeros(2_000), "binary", seed=0).predict(COLUMNS)
    assert (says > 0.99).all()
    assert (none < 0.01).all()


def test_a_customers_own_fold_teaches_nothing() -> None:
    fold, y = np.arange(2_000) % 2, np.where(np.arange(2_000) % 2 == 0, 0.0, 1.0)
    says = cross_fitted(COLUMNS, y, "money", fold, np.ones(2_000, dtype=bool), seed=0)
    assert np.abs(says - (1 - y)).max() < 1e-6
