import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.reasons import Contributions
from goodwill.value.drivers import drivers, importance

THEMES = ("rhythm", "spend", "tenure")


def parts(points: np.ndarray, money: np.ndarray) -> Contributions:
    return Contributions(THEMES, points, money, np.zeros(len(points)), np.zeros(len(points)))


def drawn(n: int = 400) -> Contributions:
    rng = np.random.default_rng(0)
    return parts(rng.normal(0, [0.3, 0.1, 0.099], (n, 3)), rng.normal(0, [5, 20, 4], (n, 3)))


def test_importance_is_the_mean_of_the_shares_of_points_and_money() -> None:
    why = parts(
        np.array([[0.3, -0.1, 0.0], [-0.3, 0.1, 0.0]]), np.array([[0.0, 10.0, 0.0], [0.0, -10.0, 0.0]])
    )
    found = importance(why, resamples=5).set_index("theme")
    assert found["importance"].to_dict() == pytest.approx({"spend": 0.625, "rhythm": 0.375, "tenure": 0.0})
    assert found["points_share"].tolist() == pytest.approx([0.25, 0.75, 0.0])


def test_importances_add_up_and_lie_in_their_intervals() -> None:
    found = importance(drawn())
    assert found["importance"].sum() == pytest.approx(1)
    assert found["importance"].is_monotonic_decreasing
    assert (found["low"] <= found["importance"]).all()
    assert (found["importance"] <= found["high"]).all()


def test_few_customers_keep_no_places() -> None:
    many, few = importance(drawn(4_000)), importance(drawn(8))
    assert many["place_share"].min() == 1.0
    assert few["place_share"].min() < 1.0


def test_the_same_seed_gives_the_same_intervals() -> None:
    pd.testing.assert_frame_equal(importance(drawn(), seed=3), importance(drawn(), seed=3))


def test_what_is_all_nought_has_no_importance() -> None:
    found = importance(parts(np.zeros((4, 3)), np.zeros((4, 3))), resamples=3)
    assert (found["importance"] == 0).all()


def test_each_group_has_its_own_drivers_the_strongest_first() -> None:
    points = np.array([[0.4, 0.1, 0.0], [0.2, 0.1, 0.0], [-0.1, 0.5, 0.0], [9.0, 9.0, 9.0]])
    found = drivers(parts(points, -10 * points), pd.Series(["b", "b", "a", None], index=[4, 5, 6, 7]))
    assert found["group"].unique().tolist() == ["a", "b"]
    first = found.groupby("group").first()
    assert first["theme"].to_dict() == {"a": "spend", "b": "rhythm"}
    assert first.loc["b", ["customers", "points", "money"]].tolist() == pytest.approx([2, 0.3, -3.0])
