import numpy as np
import pandas as pd
import pytest
from scipy import stats

from goodwill.perceived.estimates import difference, influence, p_values, weighted_means, weighted_shares


def test_equal_weights_give_the_t_interval_of_the_textbook() -> None:
    x = np.array([1.0, 3.0, 4.0, 8.0])
    row = weighted_means(pd.DataFrame({"x": x}), np.full(4, 2.5)).loc["x"]
    low, high = stats.t.interval(0.95, 3, loc=x.mean(), scale=x.std(ddof=1) / 2)
    assert row[["low", "high", "n_effective"]].tolist() == pytest.approx([low, high, 4])


def test_a_weight_of_two_moves_the_mean_like_two_people() -> None:
    once = weighted_means(pd.DataFrame({"x": [1.0, 4.0]}), [2, 1])
    twice = weighted_means(pd.DataFrame({"x": [1.0, 1.0, 4.0]}), [1, 1, 1])
    assert once["mean"].item() == twice["mean"].item() == 2
    assert once["n_effective"].item() == pytest.approx(9 / 5)


def test_one_answer_has_a_mean_and_no_interval_and_none_has_nothing() -> None:
    table = weighted_means(pd.DataFrame({"one": [3.0, np.nan], "none": [np.nan, np.nan]}), [1, 1])
    assert table["n"].tolist() == [1, 0]
    assert table["mean"].tolist() == pytest.approx([3, np.nan], nan_ok=True)
    assert table[["se", "low", "high"]].isna().all(axis=None)


def test_wilson_gives_the_published_interval_of_one_in_ten() -> None:
    row = weighted_shares(pd.DataFrame({"x": [1.0] + [0.0] * 9}), np.ones(10)).loc["x"]
    assert row[["low", "high"]].tolist() == pytest.approx([0.0179, 0.4042], abs=1e-4)


def test_influence_has_the_variance_of_the_mean() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(50, 2)), rng.uniform(0.5, 2, 50)
    x[:5, 0] = np.nan
    moved = influence(x, w)
    assert np.sqrt((moved**2).sum(axis=0)) == pytest.approx(
        weighted_means(pd.DataFrame(x), w)["se"].to_numpy()
    )


def test_people_asked_twice_are_compared_with_themselves() -> None:
    before = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0]})
    row = difference(before, pd.DataFrame({"x": [2.0, 3.0, 4.0, 5.2]}), (np.ones(4), np.ones(4))).loc["x"]
    paired = stats.ttest_rel([2, 3, 4, 5.2], [1, 2, 3, 4])
    assert (row["change"], row["p_value"]) == pytest.approx((1.05, paired.pvalue))


def test_people_asked_once_are_compared_with_others() -> None:
    before = pd.DataFrame({"x": [1.0, 2.0, np.nan, np.nan]})
    after = pd.DataFrame({"x": [np.nan, np.nan, 3.0, 6.0]})
    moved = difference(before, after, (np.ones(4), np.ones(4))).loc["x"]
    assert moved["se"] == pytest.approx(np.sqrt(0.25 + 2.25))


def test_nothing_that_varies_has_no_p_value() -> None:
    p = p_values(pd.Series([1.0, 2.0]), pd.Series([0.0, 1.0]), pd.Series([5.0, 5.0]))
    assert p.isna().tolist() == [True, False]


def test_what_only_rounding_tells_apart_does_not_vary() -> None:
    table = weighted_means(pd.DataFrame({"seat": [0.1 + 0.2, 0.3, 0.3]}), np.full(3, 1 / 3))
    assert table.loc["seat", ["sd", "se"]].tolist() == [0, 0]
