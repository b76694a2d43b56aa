import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from goodwill.data.simulate import read_worlds, simulate_frames
from goodwill.errors import ArtefactError, FitError, UsageError
from goodwill.modeling.segments import Segmenter, segment_model

WORLDS = Path(__file__).parents[2] / "worlds.yaml"


@pytest.fixture(scope="module")
def planted() -> tuple[pd.DataFrame, pd.Series]:
    named = read_worlds(WORLDS)["segments"]
    simulated = simulate_frames(customers=named.customers, seed=named.seed, world=named.world)
    truth = simulated.truth["segments"].set_index("customer_id")["segment"]
    X = simulated.tables["profiles"].set_index("customer_id")
    return X, truth.loc[X.index]


@pytest.fixture(scope="module")
def segments(planted: tuple[pd.DataFrame, pd.Series]) -> Segmenter:
    return segment_model().fit(planted[0])


@pytest.fixture
def shop() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    regular = rng.random(400) < 0.4
    n_order_days = np.where(regular, rng.poisson(12, 400) + 2, 1)
    spend_mean = rng.lognormal(3, 0.5, 400)
    return pd.DataFrame(
        {
            "days_since_last_order": np.where(regular, rng.exponential(20, 400), rng.uniform(150, 400, 400)),
            "n_order_days": n_order_days,
            "spend_total": n_order_days * spend_mean,
            "spend_mean": spend_mean,
            "gap_mean_days": np.where(regular, rng.exponential(30, 400), np.nan),
            "weekend_share": rng.random(400),
        }
    )


def test_planted_segments_are_found_where_plain_k_means_fails(
    planted: tuple[pd.DataFrame, pd.Series], segments: Segmenter
) -> None:
    X, truth = planted
    plain = KMeans(5, n_init=3, random_state=0).fit_predict(X)
    assert segments.k_ == 5
    assert adjusted_rand_score(truth, segments.assign(X)) >= 0.85
    assert adjusted_rand_score(truth, plain) < 0.4


def test_columns_that_know_nothing_get_no_say(segments: Segmenter) -> None:
    idle = segments.effects_[["shoe_size", "letters_in_name"]].abs().to_numpy()
    assert idle.max() < 0.15
    assert not segments.profiles_["name"].str.contains("shoe|letters").any()


def test_refits_keep_the_names(planted: tuple[pd.DataFrame, pd.Series], segments: Segmenter) -> None:
    X, _ = planted
    kept = [
        np.mean(
            segment_model(k=5, seed=seed).fit(X.sample(frac=0.7, random_state=seed)).assign(X)
            == segments.assign(X)
        )
        for seed in range(3)
    ]
    assert min(kept) >= 0.98


def test_stability_and_silhouette_are_those_of_the_chosen_k(segments: Segmenter) -> None:
    chosen = segments.search_.set_index("k").loc[5]
    assert chosen["is_chosen"]
    assert segments.search_["is_chosen"].sum() == 1
    assert (segments.stability_, segments.silhouette_) == (chosen["stability"], chosen["silhouette"])
    assert segments.stability_ > 0.9


def test_names_say_what_sets_shoppers_apart(shop: pd.DataFrame) -> None:
    names = set(segment_model(k=2).fit(shop).names_)
    assert names == {"recent_frequent_big_spenders", "lapsed_rare_small_spenders"}


def test_same_seed_same_segments(shop: pd.DataFrame) -> None:
    first, again = (segment_model(seed=3).fit(shop).to_dict() for _ in range(2))
    assert first == again


def test_unit_of_money_changes_nothing(shop: pd.DataFrame) -> None:
    money = ["spend_total", "spend_mean"]
    plain = segment_model(k=3).fit(shop).assign(shop)
    for unit in (1e-9, 1e9):
        scaled = shop.assign(**{name: shop[name] * unit for name in money})
        assert (segment_model(k=3).fit(scaled).assign(scaled) == plain).all()


def test_profiles_describe_all_customers(shop: pd.DataFrame) -> None:
    found = segment_model(k=2).fit(shop).profiles_
    assert found["size"].sum() == len(shop)
    assert found["share"].sum() == pytest.approx(1)
    total = (found["mean_spend_total"] * found["size"]).sum()
    assert total == pytest.approx(shop["spend_total"].sum())
    assert found["distinguished_by"].str.contains("n_order_days [+-]").all()


def test_ready_made_tables_with_categories_are_segmented() -> None:
    rng = np.random.default_rng(1)
    is_fibre = rng.random(300) < 0.5
    X = pd.DataFrame(
        {
            "Internet": np.where(is_fibre, "Fibre", "DSL"),
            "Bill": np.where(is_fibre, 90, 40) + rng.normal(0, 15, 300),
            "Senior": rng.integers(0, 2, 300),
            "Key": [f"c{i}" for i in range(300)],
        }
    )
    found = segment_model(k=2).fit(X)
    assert adjusted_rand_score(is_fibre, found.assign(X)) > 0.95
    assert set(found.profiles_["usual_Internet"]) == {"Fibre", "DSL"}
    assert "usual_Key" not in found.profiles_


def test_unseen_levels_and_missing_values_are_assigned(shop: pd.DataFrame) -> None:
    X = shop[["spend_mean"]].assign(plan=np.where(shop["n_order_days"] > 1, "gold", "none"))
    found = segment_model(k=2).fit(X)
    odd = pd.DataFrame({"spend_mean": [np.nan, np.inf], "plan": ["platinum", None]})
    assert set(found.assign(odd)) <= set(found.names_)


def test_outliers_do_not_own_a_segment(shop: pd.DataFrame) -> None:
    shop.loc[:3, ["spend_total", "spend_mean"]] = 1e12
    for k in ("auto", 6):
        assert segment_model(k=k).fit(shop).profiles_["share"].min() >= 0.02


def test_a_kept_segment_keeps_its_name(shop: pd.DataFrame) -> None:
    previous = segment_model(k=2).fit(shop)
    previous.names_ = ["club", "others"]
    refit = segment_model(k=2, seed=9).fit(shop, previous=previous)
    assert (refit.assign(shop) == previous.assign(shop)).all()


def test_a_new_segment_does_not_take_an_old_name(shop: pd.DataFrame) -> None:
    refit = Segmenter(k=2, columns=["weekend_share"]).fit(shop)
    previous = segment_model(k=2).fit(shop)
    previous.names_ = list(refit.names_)
    again = Segmenter(k=2, columns=["weekend_share"]).fit(shop, previous=previous)
    assert sorted(again.names_) == sorted(
        f"new_{name}" if name in previous.names_ else name for name in refit.names_
    )


@pytest.mark.parametrize("k", ["auto", 1, 3])
def test_one_customer_is_one_segment(shop: pd.DataFrame, k: int) -> None:
    found = segment_model(k=k).fit(shop[:1])
    assert found.assign(shop).tolist() == ["all_customers"] * len(shop)
    assert (found.k_, found.silhouette_, found.stability_) == (1, None, None)


@pytest.mark.parametrize("k", ["auto", 2])
def test_equal_customers_are_one_segment(shop: pd.DataFrame, k: int) -> None:
    equal = pd.concat([shop[:1]] * 50)
    assert segment_model(k=k).fit(equal).names_ == ["all_customers"]


def test_fewer_customers_than_segments_are_one_segment(shop: pd.DataFrame) -> None:
    assert segment_model(k=8).fit(shop[:5]).names_ == ["all_customers"]


def test_two_customers_may_be_two_segments(shop: pd.DataFrame) -> None:
    found = segment_model(k=2).fit(shop.iloc[[0, int(shop["n_order_days"].argmax())]])
    assert found.profiles_["size"].sum() == 2


def test_columns_without_any_value_are_left_out(shop: pd.DataFrame) -> None:
    found = segment_model(k=2).fit(shop.assign(gap_mean_days=np.nan))
    assert "gap_mean_days" not in found.effects_


def test_stored_segments_assign_alike_and_hold_no_customers(shop: pd.DataFrame) -> None:
    found = segment_model().fit(shop)
    text = json.dumps(found.to_dict(), allow_nan=False)
    read = Segmenter.from_dict(json.loads(text))
    assert (read.assign(shop) == found.assign(shop)).all()
    assert read.to_dict() == found.to_dict()
    assert len(text) < 20_000


def test_one_segment_is_stored_too(shop: pd.DataFrame) -> None:
    read = Segmenter.from_dict(segment_model().fit(shop[:1]).to_dict())
    assert read.assign(shop[:2]).tolist() == ["all_customers"] * 2


def test_damaged_segments_are_refused(shop: pd.DataFrame) -> None:
    stored = segment_model(k=2).fit(shop).to_dict()
    with pytest.raises(ArtefactError, match=r"damaged at \('names',\)"):
        Segmenter.from_dict({key: value for key, value in stored.items() if key != "names"})


def test_many_customers_are_assigned_in_chunks(shop: pd.DataFrame) -> None:
    found = segment_model(k=2).fit(shop)
    many = pd.concat([shop] * 700, ignore_index=True)
    assert (found.assign(many) == np.tile(found.assign(shop), 700)).all()


def test_nobody_can_be_assigned_but_not_segmented(shop: pd.DataFrame) -> None:
    assert segment_model(k=2).fit(shop).assign(shop[:0]).tolist() == []
    with pytest.raises(FitError, match="no customers to segment"):
        segment_model().fit(shop[:0])


def test_absent_columns_are_named(shop: pd.DataFrame) -> None:
    found = segment_model(k=2).fit(shop)
    with pytest.raises(UsageError, match=r"Columns \['spend_mean'\] are missing"):
        found.assign(shop.drop(columns="spend_mean"))


def test_impossible_number_of_segments_is_refused(shop: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match="k: 0 is no whole number from 1 up"):
        segment_model(k=0).fit(shop)


@pytest.mark.parametrize("method", ["mixture", "hdbscan"])
def test_other_methods_find_the_groups_of_a_shop(shop: pd.DataFrame, method: str) -> None:
    found = Segmenter(method=method, columns=["days_since_last_order", "n_order_days"]).fit(shop)
    assert found.k_ >= 2
    assert adjusted_rand_score(shop["n_order_days"] > 1, found.assign(shop) == found.assign(shop)[0]) > 0.3
    assert found.profiles_["share"].min() >= 0.02
    assert Segmenter.from_dict(found.to_dict()).method == method


def test_a_mixture_finds_the_planted_segments(planted: tuple[pd.DataFrame, pd.Series]) -> None:
    X, truth = planted
    found = segment_model(k=5, method="mixture").fit(X[:3000])
    assert adjusted_rand_score(truth, found.assign(X)) >= 0.85


def test_no_dense_region_is_one_segment() -> None:
    even = pd.DataFrame({"age": np.arange(8.0), "bill": np.arange(8.0)[::-1] ** 2})
    assert segment_model(method="hdbscan").fit(even).names_ == ["all_customers"]


def test_density_finds_its_own_number(shop: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match="k = 3 segments by hdbscan, which finds their number"):
        segment_model(k=3, method="hdbscan").fit(shop)


def test_the_information_criterion_is_least_at_the_planted_number(segments: Segmenter) -> None:
    search = segments.search_.set_index("k")["bic"]
    assert search.idxmin() == 5


def test_segments_stand_on_the_groups_of_features_asked_for(shop: pd.DataFrame) -> None:
    found = segment_model(k=2, features=["value"]).fit(shop.assign(region="north"))
    assert set(found.effects_) == {"spend_total", "spend_mean"}


def test_names_are_kept_though_a_table_is_there_no_more(shop: pd.DataFrame) -> None:
    previous = segment_model(k=2).fit(shop)
    previous.names_ = ["club", "others"]
    refit = segment_model(k=2).fit(shop.drop(columns="gap_mean_days"), previous=previous)
    assert set(refit.names_) == {"club", "others"}
