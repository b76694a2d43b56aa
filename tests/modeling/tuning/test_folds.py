"""Folds keep time's order, and a comparison counts customers."""

import numpy as np
import pandas as pd
import pytest

from goodwill.features.snapshot import Snapshot
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.steady_fits import SteadyFits
from goodwill.modeling.tuning.folds import Fold, Yardstick, digest, time_folds
from goodwill.modeling.tuning.marks import Judged, compared


def windows(*dated: tuple[str, int], customers: int = 120, seed: int = 0) -> Snapshot:
    """Return the same customers at each (date, horizon); those with more `habit` buy more."""
    rng = np.random.default_rng(seed)
    habit = rng.gamma(2.0, 1.0, customers)
    X, y = [], []
    for as_of, horizon_days in dated:
        churned = rng.random(customers) < np.exp(-habit * horizon_days / 60)
        X.append(
            pd.DataFrame(
                {
                    "customer_id": [f"c{number:05d}" for number in range(customers)],
                    "as_of": pd.Timestamp(as_of).as_unit("us"),
                    "horizon_days": horizon_days,
                    "status": "scored",
                    "value_past_window": habit * rng.lognormal(0, 0.3, customers),
                    "habit": habit,
                    "noise": rng.random(customers),
                }
            )
        )
        value = np.where(churned, 0.0, habit * horizon_days * rng.lognormal(0, 0.5, customers))
        y.append(pd.DataFrame({"churned": churned, "n_orders": (~churned).astype(int), "value": value}))
    X_all, y_all = pd.concat(X, ignore_index=True), pd.concat(y, ignore_index=True)
    return Snapshot(X_all, y_all, X[-1])


HISTORY = windows(
    ("2024-01-01", 30), ("2024-01-01", 60), ("2024-02-01", 30), ("2024-02-01", 60), ("2024-03-05", 30)
)


def ends(part: Snapshot) -> pd.Series:
    return part.X["as_of"] + pd.to_timedelta(part.X["horizon_days"], unit="D")


def test_folds_are_the_latest_date_of_each_horizon_latest_first() -> None:
    found = [
        (str(fold.as_of.date()), set(fold.later.X["horizon_days"])) for fold in time_folds(HISTORY, seed=0)
    ]
    assert found == [("2024-03-05", {30}), ("2024-02-01", {30, 60})]


def test_a_fold_learns_only_from_windows_that_ended_by_its_date() -> None:
    latest, earlier = time_folds(HISTORY, seed=0)
    assert ends(latest.past).max() <= latest.as_of
    assert set(earlier.past.X["horizon_days"]) == {30}
    assert (latest.later.X["as_of"] == latest.as_of).all()


def test_now_is_each_customer_once_on_the_day_of_the_fold() -> None:
    earlier = time_folds(HISTORY, seed=0)[1]
    assert earlier.past.now["customer_id"].is_unique
    assert (earlier.past.now["as_of"] == earlier.as_of).all()
    assert (earlier.past.now["horizon_days"] == 60).all()


def test_dates_are_added_where_the_horizons_give_too_few() -> None:
    train = windows(*((f"2024-0{month}-01", 28) for month in (1, 2, 3, 4)))
    assert [fold.as_of.month for fold in time_folds(train, seed=0)] == [4, 3]


def test_a_date_with_little_to_learn_from_is_left_out() -> None:
    dated = (
        ("2024-01-01", 30),
        ("2024-02-01", 30),
        ("2024-02-01", 60),
        ("2024-03-05", 30),
        ("2024-04-05", 30),
    )
    assert [fold.as_of.month for fold in time_folds(windows(*dated), seed=0)] == [4, 3]


def test_a_history_of_one_date_has_no_fold() -> None:
    assert time_folds(windows(("2024-01-01", 30), ("2024-01-01", 60)), seed=0) == []


def test_a_window_in_which_too_few_churned_is_not_validated_on() -> None:
    train = windows(("2024-01-01", 30), ("2024-02-01", 30), ("2024-03-05", 30))
    train.y.loc[train.X["as_of"] == pd.Timestamp("2024-03-05"), "churned"] = False
    assert [fold.as_of.month for fold in time_folds(train, seed=0)] == [2]


def test_large_parts_are_the_same_whole_customers_whatever_the_order_of_rows() -> None:
    shuffled = np.random.default_rng(1).permutation(len(HISTORY.X))
    turned = Snapshot(HISTORY.X.iloc[shuffled], HISTORY.y.iloc[shuffled], HISTORY.now)
    drawn, again = (time_folds(train, seed=3, max_rows=200)[1] for train in (HISTORY, turned))
    assert len(drawn.later.X) == 200
    assert set(drawn.later.X["customer_id"]) == set(again.later.X["customer_id"])
    assert set(drawn.later.X["customer_id"]) <= set(drawn.past.X["customer_id"])


def test_customers_without_a_status_of_scored_play_no_part() -> None:
    X = HISTORY.X.assign(status=np.where(HISTORY.X["customer_id"] == "c00001", "prospect", "scored"))
    fold = time_folds(Snapshot(X, HISTORY.y, HISTORY.now), seed=0)[0]
    assert not {"c00001"} & (set(fold.past.X["customer_id"]) | set(fold.later.X["customer_id"]))


def mark_of(fold: Fold, losses: list[float]) -> Yardstick:
    steady = SteadyFits.of(fold.past.X, fold.past.y, fold.past.now, clock=None, seed=0)
    judged = Judged(np.array(["a", "a", "b", "c"], object), np.array(losses))
    return Yardstick(fold, steady, 1.0, 1.0, judged, 0)


def test_a_gain_is_the_mean_over_folds_and_its_error_counts_customers_not_rows() -> None:
    fold = time_folds(HISTORY, seed=0)[0]
    mark = mark_of(fold, [1.0, 1.0, 1.0, 1.0])
    said = Judged(mark.default.customers, np.array([0.8, 0.8, 1.0, 1.0]))
    by_customer = np.array([0.4, 0.0, 0.0]) / 4
    gain, noise = compared([said, said], [mark, mark])
    assert gain == pytest.approx(0.1)
    assert noise == pytest.approx(by_customer.std(ddof=1) * np.sqrt(3))


def test_the_defaults_lose_exactly_one_and_so_do_they_when_named() -> None:
    mark = Yardstick.measured(time_folds(HISTORY, seed=0)[0], seed=0)
    assert mark is not None
    assert mark.default.loss == pytest.approx(1.0)
    assert mark.judge({}).relative.tolist() == mark.default.relative.tolist()


def test_what_no_parameter_moves_is_fitted_once_and_gives_the_same_model() -> None:
    mark = Yardstick.measured(time_folds(HISTORY, seed=0)[0], seed=0)
    past, later, deeper = mark.fold.past, mark.fold.later.X, {"max_depth": 2, "trees": 20}
    alone = CustomerValueModel(parameters=deeper).fit(past.X, past.y, past.now).predict(later)
    beside = CustomerValueModel(parameters=deeper).fit_beside(mark.steady)
    assert beside.linear_ is mark.steady.linear
    assert (beside.predict(later).clv == alone.clv).all()
    assert (beside.predict(later).p_churn == alone.p_churn).all()


def test_a_fold_that_no_model_fits_has_no_measure() -> None:
    fold = time_folds(HISTORY, seed=0)[0]
    silent = Snapshot(fold.past.X, fold.past.y.assign(churned=True), fold.past.now)
    assert Yardstick.measured(Fold(fold.as_of, silent, fold.later), seed=0) is None


def test_a_digest_changes_with_any_cell_and_only_then() -> None:
    fold = time_folds(HISTORY, seed=0)[0]
    X = fold.past.X.copy()
    X.loc[0, "habit"] += 1e-9
    touched = Fold(fold.as_of, Snapshot(X, fold.past.y, fold.past.now), fold.later)
    digests = [digest([mark_of(each, [1.0, 1.0, 1.0, 1.0])]) for each in (fold, fold, touched)]
    assert digests[0] == digests[1] != digests[2]
