"""The predictor as a whole: what it promises of every score, and that it comes back from disk the same."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import goodwill as gw
from goodwill.artefacts import read_directory, write_directory
from goodwill.errors import ArtefactError, FitError, HistoryError, UsageError
from goodwill.evaluation.drift import drift
from goodwill.modeling.reasons.columns import REASONS, ReasonRule
from goodwill.predictor import DIMENSIONS, NOT_COMPUTABLE, PREDICTED, ProfilePredictor

Predictor = gw.CustomerValuePredictor
COLUMNS = ["customer_id", "status", "as_of", "horizon_days", *PREDICTED, "segment", *DIMENSIONS]


@pytest.fixture(scope="module")
def scores(predictor: Predictor, train: gw.Snapshot) -> pd.DataFrame:
    return predictor.predict(train.now)


@pytest.fixture
def folder(predictor: Predictor, tmp_path: Path) -> Path:
    predictor.save(tmp_path / "predictor")
    return tmp_path / "predictor"


def scored(scores: pd.DataFrame) -> pd.DataFrame:
    return scores[scores["status"] == "scored"]


def test_scores_have_the_columns_of_the_contract_in_its_order(scores: pd.DataFrame) -> None:
    assert list(scores.columns) == COLUMNS


def test_every_customer_has_one_row_and_none_two(scores: pd.DataFrame, train: gw.Snapshot) -> None:
    assert scores["customer_id"].is_unique
    assert scores["customer_id"].tolist() == train.now["customer_id"].tolist()


def test_a_scored_customer_lacks_nothing(scores: pd.DataFrame) -> None:
    known = scored(scores)
    assert len(known) > 100
    assert np.isfinite(known[list(PREDICTED)].to_numpy()).all()
    assert (known["segment"] != NOT_COMPUTABLE).all()


def test_a_prospect_has_a_row_and_no_prediction(scores: pd.DataFrame) -> None:
    others = scores[scores["status"] != "scored"]
    assert set(others["status"]) == {"prospect"}
    assert others[list(PREDICTED)].isna().all(axis=None)
    assert (others["segment"] == NOT_COMPUTABLE).all()


def test_nothing_has_moved_on_the_day_of_training(
    predictor: Predictor, train: gw.Snapshot, scores: pd.DataFrame
) -> None:
    known, now = predictor.profiles_, train.scored.now
    found = pd.concat([drift(known["features"], now), drift(known["scores"], scored(scores))])
    assert len(found) > 20
    assert found["psi"].max() < 0.01


def test_p_churn_is_a_probability(scores: pd.DataFrame) -> None:
    assert scored(scores)["p_churn"].between(0, 1).all()


def test_the_interval_holds_its_own_ends_in_order(scores: pd.DataFrame) -> None:
    known = scored(scores)
    assert (known["clv_low"] <= known["clv_high"]).all()


def test_clv_is_the_mean_over_staying_and_leaving(scores: pd.DataFrame) -> None:
    known = scored(scores)
    stays = (1 - known["p_churn"]) * known["clv_if_active"]
    # What accrues when churned is not in the scores; it follows from value at risk.
    if_churned = known["clv_if_active"] - known["value_at_risk"] / known["p_churn"]
    assert np.allclose(stays + known["p_churn"] * if_churned, known["clv"], atol=1e-9)


def test_totals_of_groups_add_up_to_the_whole(
    predictor: Predictor, train: gw.Snapshot, scores: pd.DataFrame
) -> None:
    tier = scores["tier"].set_axis(scores.index[::-1])
    apart, whole = predictor.totals(train.now, tier), predictor.totals(train.now)
    assert apart["clv_total"].sum() == pytest.approx(scores["clv"].sum())
    assert apart["n_customers"].sum() == whole["n_customers"].iloc[0] == len(scored(scores))
    assert (apart["low"] < apart["clv_total"]).all()
    spread = (whole["high"] - whole["low"]).iloc[0] / whole["clv_total"].iloc[0]
    assert spread < ((apart["high"] - apart["low"]) / apart["clv_total"]).min()


def test_groups_of_totals_go_row_by_row(predictor: Predictor, train: gw.Snapshot) -> None:
    X = train.now.head(4)
    told = [predictor.totals(X, groups) for groups in (pd.Series(list("abab")), np.array(list("abab")))]
    pd.testing.assert_frame_equal(*told)
    with pytest.raises(UsageError, match="Lengths differ: 4 X, 3 groups"):
        predictor.totals(X, pd.Series(list("aba")))


def test_a_predictor_is_fitted_to_snapshots(train: gw.Snapshot) -> None:
    with pytest.raises(UsageError, match="train is a DataFrame"):
        Predictor().fit(train.X)


def test_a_lifetime_is_worth_no_less_than_its_first_part(scores: pd.DataFrame) -> None:
    known = scored(scores)
    assert (known["clv_lifetime"] >= known["clv"] - 1e-9).all()


def test_first_time_buyers_are_scored(scores: pd.DataFrame, train: gw.Snapshot) -> None:
    is_new = (train.now["n_order_days"] == 1).to_numpy()
    assert is_new.any()
    assert (scores[is_new]["status"] == "scored").all()
    assert scores[is_new]["clv"].notna().all()


def test_a_longer_horizon_means_less_churn_and_more_value_for_everyone(
    predictor: Predictor, tables: gw.Tables
) -> None:
    several = scored(predictor.score_customers(tables, as_of="2025-01-01", horizon_days=[45, 80, 120]))
    # What contacts cost without an order adds up with the days, and is no part of it.
    several["bought"] = (1 - several["p_churn"]) * several["clv_if_active"]
    p_churn, bought = (
        several.pivot_table(name, "customer_id", "horizon_days") for name in ("p_churn", "bought")
    )
    assert list(bought.columns) == [45, 80, 120]
    assert (p_churn.diff(axis=1).iloc[:, 1:] <= 1e-12).all(axis=None)
    assert (bought.diff(axis=1).iloc[:, 1:] >= -1e-9).all(axis=None)


@pytest.mark.parametrize("horizon_days", [1, 121])
def test_a_horizon_outside_the_trained_ones_is_refused(
    predictor: Predictor, train: gw.Snapshot, horizon_days: int
) -> None:
    with pytest.raises(HistoryError, match=f"horizon_days: {horizon_days} lies outside .* 42 to 120"):
        predictor.predict(train.now.assign(horizon_days=horizon_days))


def test_the_same_data_and_seed_give_the_same_hash(
    predictor: Predictor, train: gw.Snapshot, tmp_path: Path
) -> None:
    again = clone(predictor).fit(train)
    assert again.save(tmp_path / "again") == predictor.save(tmp_path / "first")


def test_other_data_give_another_hash(predictor: Predictor, train: gw.Snapshot, tmp_path: Path) -> None:
    richer = gw.Snapshot(train.X, train.y.assign(value=train.y["value"] * 1.1), train.now)
    other = clone(predictor).fit(richer)
    assert other.save(tmp_path / "other") != predictor.save(tmp_path / "first")


def test_a_stored_predictor_gives_identical_scores(
    folder: Path, scores: pd.DataFrame, train: gw.Snapshot
) -> None:
    pd.testing.assert_frame_equal(Predictor.load(folder).predict(train.now), scores, check_exact=True)


def test_a_stored_predictor_stores_as_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    Predictor.load(str(folder)).save(tmp_path / "again")
    assert read_directory(tmp_path / "again") == read_directory(folder)


def test_what_is_stored_names_no_customer(folder: Path, train: gw.Snapshot) -> None:
    stored = b"".join(content for content in read_directory(folder)[1].values())
    assert not [name for name in train.now["customer_id"] if f'"{name}"'.encode() in stored]


def test_the_stored_settings_come_back(folder: Path, predictor: Predictor, train: gw.Snapshot) -> None:
    loaded = Predictor.load(folder)
    assert loaded.get_params() == predictor.get_params()
    assert loaded.trained_until_ == train.until
    assert loaded.input_schema == predictor.input_schema


def test_another_kind_of_predictor_is_sent_where_it_can_be_loaded(tmp_path: Path) -> None:
    X = pd.DataFrame({"months": range(100)})
    ProfilePredictor(segments=1).fit(X, pd.DataFrame({"churned": X["months"] % 3 == 0})).save(tmp_path / "p")
    with pytest.raises(ArtefactError, match=r"Predictor', and .* `goodwill\.predictor\.load_predictor`"):
        Predictor.load(tmp_path / "p")


def test_a_clone_is_unfitted_with_the_same_settings(predictor: Predictor) -> None:
    copy = clone(predictor)
    assert copy.get_params() == predictor.get_params()
    with pytest.raises(NotFittedError, match="not fitted yet"):
        copy.predict(pd.DataFrame())


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"lifetime_years": -1}, "lifetime_years: -1 is not above 0 and at most 100"),
        ({"annual_discount_rate": -2.0}, "annual_discount_rate: -2.0 is not 0 or more"),
    ],
)
def test_money_that_cannot_be_told_is_refused(
    predictor: Predictor, train: gw.Snapshot, settings: dict, reason: str
) -> None:
    described, files = predictor.documents()
    with pytest.raises(UsageError, match=reason):
        Predictor.restored(described, files).set_params(**settings).predict(train.now.head(1))


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"level": 80}, "level: 80 is outside 0.5 to 0.99"),
        ({"level": "0.8"}, "level: '0.8' is no number"),
        ({"lifetime_years": 0}, "lifetime_years: 0 is not above 0"),
        ({"annual_discount_rate": float("inf")}, "annual_discount_rate: inf is not finite"),
        ({"seed": -1}, "seed: -1 is no whole number from 0 up"),
        ({"seed": None}, "seed: None is no whole number from 0 up"),
    ],
)
def test_impossible_settings_are_refused_before_anything_is_fitted(
    train: gw.Snapshot, settings: dict, reason: str
) -> None:
    asked = Predictor(**settings)
    with pytest.raises(UsageError, match=reason):
        asked.fit(train)
    assert not hasattr(asked, "model_")


def test_an_unfitted_predictor_scores_no_tables(tables: gw.Tables) -> None:
    with pytest.raises(NotFittedError, match="not fitted yet"):
        gw.CustomerValuePredictor().score_customers(tables, as_of="2025-01-01")


@pytest.mark.parametrize("name", ["model.json", "model_value.ubj", "manifest.json"])
def test_a_changed_byte_is_refused(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ArtefactError, match=r"differ from the hash|differs from its own hash|not readable"):
        Predictor.load(folder)


def test_a_missing_file_is_refused(folder: Path) -> None:
    (folder / "segments.json").unlink()
    with pytest.raises(ArtefactError, match=r"files missing \['segments.json'\]"):
        Predictor.load(folder)


def test_another_kind_of_directory_is_refused(tmp_path: Path) -> None:
    write_directory(tmp_path / "other", {"kind": "something"}, {"a.json": b"{}"})
    with pytest.raises(ArtefactError, match="holds 'something', not a predictor"):
        Predictor.load(tmp_path / "other")


@pytest.mark.parametrize(
    ("manifest", "files"),
    [({}, {}), ({"settings": {}, "inputs": {}, "trained_until": "x"}, {"model.json": b"["})],
)
def test_a_whole_directory_with_the_wrong_content_is_refused(
    tmp_path: Path, manifest: dict[str, object], files: dict[str, bytes]
) -> None:
    kind = {"kind": "goodwill.CustomerValuePredictor"}
    write_directory(tmp_path / "forged", {**kind, **manifest}, files)
    with pytest.raises(ArtefactError, match="cannot be understood"):
        Predictor.load(tmp_path / "forged")


def test_nobody_to_learn_from_is_an_error_with_the_statuses(train: gw.Snapshot) -> None:
    refunds = train.X.assign(status="refund_only")
    with pytest.raises(FitError, match=r"none of the \d+ rows .* refund_only"):
        Predictor().fit(gw.Snapshot(refunds, train.y, train.now.assign(status="refund_only")))


def test_scoring_no_rows_returns_no_rows(predictor: Predictor, train: gw.Snapshot) -> None:
    assert list(predictor.predict(train.now.head(0)).columns) == COLUMNS


def test_reasons_follow_the_classes_and_only_the_scored_have_them(
    predictor: gw.CustomerValuePredictor, train: gw.Snapshot
) -> None:
    scores = predictor.predict(train.now, reasons=ReasonRule("approximate"))
    assert list(scores) == [*COLUMNS, *REASONS]
    is_told = scores["reason_1"] != "not_computable"
    assert (is_told == (scores["status"] == "scored")).all()
    pd.testing.assert_frame_equal(scores.drop(columns=list(REASONS)), predictor.predict(train.now))
    assert list(predictor.predict(train.now, reasons=ReasonRule("off"))) == list(predictor.predict(train.now))


def test_scores_keep_the_index_of_what_was_sent(predictor: Predictor, train: gw.Snapshot) -> None:
    part = train.now[train.now["status"] == "scored"].iloc[::3]
    found = part.assign(p=predictor.predict(part)["p_churn"])["p"].to_numpy()
    whole = predictor.predict(train.now)["p_churn"].to_numpy()
    np.testing.assert_allclose(found, whole[part.index])


def test_an_index_that_repeats_is_kept_with_the_reasons(predictor: Predictor, train: gw.Snapshot) -> None:
    sent = train.now.set_axis(["a", "b"] * (len(train.now) // 2) + ["a"] * (len(train.now) % 2))
    rule = ReasonRule("approximate")
    plain = predictor.predict(train.now, reasons=rule)
    pd.testing.assert_frame_equal(predictor.predict(sent, reasons=rule), plain.set_axis(sent.index))


def test_totals_do_not_depend_on_the_index(predictor: Predictor, train: gw.Snapshot) -> None:
    groups = train.now["status"].where(train.now.index % 2 == 0, "odd")
    sent = train.now.set_axis([7] * len(train.now))
    pd.testing.assert_frame_equal(predictor.totals(sent, groups), predictor.totals(train.now, groups))
