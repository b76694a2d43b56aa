import numpy as np

from goodwill.modeling.segments.methods import density_labels, mixture_labels


def test_a_mixture_tells_spreads_apart_where_distance_cannot() -> None:
    rng = np.random.default_rng(0)
    rows = np.concatenate([rng.normal(0, 0.1, (300, 2)), rng.normal(0, 5, (300, 2))])
    labels = mixture_labels(rows, 2, seed=0)
    assert (labels[:300] == labels[0]).mean() > 0.97
    assert (labels[300:] != labels[0]).mean() > 0.9


def test_a_mixture_of_many_rows_is_fitted_to_some_and_labels_all() -> None:
    rows = np.repeat([[0.0], [9.0]], 15_000, axis=0) + np.random.default_rng(0).normal(0, 1, (30_000, 1))
    labels = mixture_labels(rows, 2, seed=0)
    assert len(labels) == 30_000
    assert (labels[:15_000] == labels[0]).mean() > 0.99


def test_rows_beyond_the_limit_are_in_no_region() -> None:
    rows = np.random.default_rng(0).normal(0, 1, (5_000, 1)) + np.repeat([0, 50], 2_500)[:, None]
    labels = density_labels(rows, seed=0)
    assert (labels == -1).sum() >= 1_000
    assert set(labels) == {-1, 0, 1}


def test_too_few_rows_have_no_region() -> None:
    assert density_labels(np.zeros((1, 2)), seed=0).tolist() == [-1]
