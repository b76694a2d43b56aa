"""Scoring: every customer once, in the columns of the contract, kept by day and version."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.parquet as pq
import pytest

from goodwill.errors import ArtefactError, HistoryError, OutsideError, UsageError
from goodwill.files import locked
from goodwill.pipeline import score
from goodwill.pipeline.promote import promote_version
from goodwill.pipeline.score import Request, score_customers
from goodwill.predictor import DIMENSIONS
from goodwill.scoring import chunks

if TYPE_CHECKING:
    from conftest import Shop

COLUMNS = [
    *("customer_id", "status", "as_of", "horizon_days", "p_churn", "clv", "clv_low", "clv_high"),
    *("clv_if_active", "clv_lifetime", "value_at_risk", "segment", *DIMENSIONS),
]


def latest(shop: Shop) -> pd.DataFrame:
    return pd.read_parquet(shop.output / "scores.parquet")


def test_scores_have_the_columns_of_the_contract_in_its_order(scored_once: Shop) -> None:
    scores = latest(scored_once)
    assert list(scores.columns)[: len(COLUMNS)] == COLUMNS
    assert scores["customer_id"].is_unique


def test_drivers_of_the_scores_lie_beside_them_unless_reasons_are_off(copied: Shop) -> None:
    answer = score_customers(copied.config("score.reasons=approximate"), Request())
    found = json.loads((copied.output / "drivers.json").read_text())
    assert set(found["by"]) == {"segment", "tier"}
    assert sum(one["importance"] for one in found["importance"]) == pytest.approx(1)
    assert {"Drivers", "Drivers by segment", "Drivers by tier"} <= {sheet.title for sheet in answer.sheets}
    off = score_customers(copied.config("score.reasons=off"), Request())
    assert not (copied.output / "drivers.json").exists()
    assert "Drivers" not in {sheet.title for sheet in off.sheets}


def test_only_customers_without_status_scored_hold_nulls(scored_once: Shop) -> None:
    scores = latest(scored_once)
    has_null = scores[COLUMNS].isna().any(axis=1)
    assert (has_null == (scores["status"] != "scored")).all()


def test_without_a_champion_the_latest_run_scores_and_says_so(scored_once: Shop) -> None:
    answer = scored_once.answer
    assert any("has no champion; scored with" in note for note in answer.notes)
    content = json.loads((scored_once.output / "predictor/manifest.json").read_text())["hash"]
    assert answer.data["model_version"] == content[:12]


def test_the_champion_scores_under_its_version(copied: Shop) -> None:
    promote_version(copied.config(), 1)
    answer = score_customers(copied.config(), Request())
    place = copied.output / "scores/as_of=2025-01-01/version=1/scores.parquet"
    assert answer.data["model_version"] == "1"
    assert (copied.output / "scores.parquet").resolve() == place.resolve()


def test_the_registry_and_the_folder_give_the_same_scores(copied: Shop) -> None:
    score_customers(copied.config(), Request(model="models:/shop@challenger"))
    registered = latest(copied)
    score_customers(copied.config(), Request(model=str(copied.output / "predictor")))
    pd.testing.assert_frame_equal(latest(copied), registered, check_exact=True)


@pytest.mark.no_cover
def test_scoring_again_replaces_and_another_day_is_kept_beside(copied: Shop) -> None:
    for as_of in ("2025-01-01", "2025-01-01", "2025-02-01"):
        score_customers(copied.config(), Request(as_of=as_of))
    kept = sorted(file.parent.parent.name for file in copied.output.glob("scores/*/*/scores.parquet"))
    assert kept == ["as_of=2025-01-01", "as_of=2025-02-01"]
    assert latest(copied)["as_of"].unique() == pd.Timestamp("2025-02-01")


@pytest.mark.parametrize("out", ["mine.csv", "mine.parquet", "folder"])
def test_scores_go_where_asked_by_the_names_ending(copied: Shop, tmp_path: Path, out: str) -> None:
    answer = score_customers(copied.config(), Request(out=str(tmp_path / out)))
    place = Path(str(answer.data["files"][-1]))
    read = pd.read_csv if place.suffix == ".csv" else pd.read_parquet
    assert place == tmp_path / out / "scores.parquet" or place == tmp_path / out
    assert read(place)["customer_id"].tolist() == latest(copied)["customer_id"].tolist()


def test_another_ending_is_refused_before_any_work(copied: Shop) -> None:
    with pytest.raises(UsageError, match=r"--out scores.xlsx: the name must end in .parquet or .csv"):
        score_customers(copied.config(), Request(out="scores.xlsx"))


def test_several_horizons_give_a_row_each(scored_ahead: Shop) -> None:
    scores = latest(scored_ahead)
    assert sorted(scores["horizon_days"].unique()) == [40, 90]
    assert not scores.duplicated(["customer_id", "horizon_days"]).any()


def test_totals_of_several_horizons_stand_apart(scored_ahead: Shop) -> None:
    answer = scored_ahead.answer
    scored = latest(scored_ahead).query("status == 'scored'")
    totals = scored.groupby("horizon_days")["clv"].sum()
    assert [told["horizon_days"] for told in answer.data["horizons"]] == [40, 90]
    assert [told["clv_total"] for told in answer.data["horizons"]] == pytest.approx(totals.tolist())
    assert [sheet.title for sheet in answer.sheets][:2] == ["Scores over 40 days", "Scores over 90 days"]
    assert answer.data["customers"] == latest(scored_ahead)["customer_id"].nunique()


def test_unseen_levels_are_counted(copied: Shop) -> None:
    file = copied.folder / "data/customers.parquet"
    customers = pd.read_parquet(file)
    customers.assign(acquisition_channel="zeppelin").to_parquet(file)
    answer = score_customers(copied.config(), Request())
    count = answer.data["unseen_levels"]["acquisition_channel"]
    assert count == answer.data["status"]["scored"]
    assert any(f"acquisition_channel: {count:,} of" in note for note in answer.notes)


def test_a_horizon_beyond_the_trained_is_refused(copied: Shop) -> None:
    with pytest.raises(HistoryError, match="lies outside the trained horizons"):
        score_customers(copied.config(), Request(horizon_days=(200,)))


def test_columns_that_the_model_reads_and_the_tables_lack_are_told(copied: Shop) -> None:
    without = "tables.customers.known_at_signup=[]"
    answer = score_customers(copied.config(without), Request())
    assert answer.data["absent_columns"] == ["acquisition_channel", "branch_id"]
    assert any("the table lacks count as missing (2): acq" in note for note in answer.notes)
    assert score_customers(copied.config(), Request()).data["absent_columns"] == []


def test_a_model_of_another_name_scores_under_its_name_and_version(copied: Shop) -> None:
    score_customers(copied.config("tracking.model=other"), Request(model="models:/shop/1"))
    assert (copied.output / "scores/as_of=2025-01-01/version=shop-1/scores.parquet").is_file()


def test_a_day_whose_future_the_model_knows_needs_hindsight(copied: Shop) -> None:
    with pytest.raises(HistoryError, match="lies before 2025-01-01, up to which the model knew the future"):
        score_customers(copied.config(), Request(as_of="2024-06-01"))
    answer = score_customers(copied.config(), Request(as_of="2024-06-01", hindsight=True))
    assert answer.data["customers"] > 100


def test_columns_of_customers_are_carried_last(scored_once: Shop) -> None:
    assert list(latest(scored_once).columns)[-1] == "branch_id"


def test_branches_of_nobody_who_is_scored_are_compared_with_none(copied: Shop) -> None:
    file = copied.folder / "data/customers.parquet"
    customers = pd.read_parquet(file)
    customers.assign(customer_id="0" + customers["customer_id"]).to_parquet(file)
    answer = score_customers(copied.config("score.carry=[branch_id]", "score.reasons=off"), Request())
    told = (copied.output / "scores.parquet").resolve().with_name("classes.json")
    assert answer.data["status"]["scored"] > 100
    assert json.loads(told.read_text())["performance"] == {}


def test_without_a_model_training_is_the_advice(untrained: Shop) -> None:
    with pytest.raises(UsageError, match=r"has no champion and .* holds no predictor. Run `goodwill train`"):
        score_customers(untrained.config(), Request())


def test_an_unknown_version_is_refused(copied: Shop) -> None:
    with pytest.raises(UsageError, match="models:/shop/9 is not registered"):
        score_customers(copied.config(), Request(model="models:/shop/9"))


def test_a_tampered_predictor_scores_nobody(copied: Shop) -> None:
    file = copied.output / "predictor" / "model.json"
    file.write_bytes(file.read_bytes().replace(b"0", b"1", 1))
    with pytest.raises(ArtefactError, match=r"model.json differ from the hash"):
        score_customers(copied.config(), Request())
    assert not (copied.output / "scores").exists()


def test_a_full_disk_keeps_the_scores_of_before(copied: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    score_customers(copied.config(), Request())
    before = latest(copied)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(OutsideError, match="the disk is full"):
        score_customers(copied.config(), Request())
    pd.testing.assert_frame_equal(latest(copied), before)
    assert not list(copied.output.rglob("*.partial"))


def test_a_folder_in_use_is_an_outside_failure(copied: Shop) -> None:
    with locked(copied.output), pytest.raises(OutsideError, match="is in use by another run"):
        score_customers(copied.config(), Request())


def test_a_file_in_place_of_a_folder_is_refused(copied: Shop, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    steps: list[str] = []
    with pytest.raises(UsageError, match="a file of that name is in the way"):
        score_customers(
            copied.config(),
            Request(out=str(tmp_path / "taken/scores.csv")),
            progress=lambda step, *_: steps.append(step),
        )
    assert steps == []


@pytest.mark.no_cover
def test_scores_do_not_depend_on_the_chunks(
    copied: Shop, scored_ahead: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = scored_ahead.answer
    before = latest(scored_ahead).sort_values(["horizon_days", "customer_id"], ignore_index=True)
    monkeypatch.setattr(chunks, "CHUNK_CUSTOMERS", 60)
    shown: list[tuple[int | None, int | None]] = []
    parted = score_customers(
        copied.config("score.carry=[branch_id]", "score.reasons=off"),
        Request(horizon_days=(40, 90)),
        progress=lambda _, done=None, total=None: shown.append((done, total)),
    )
    after = latest(copied).sort_values(["horizon_days", "customer_id"], ignore_index=True)
    pd.testing.assert_frame_equal(after, before, rtol=1e-9)
    assert parted.data["classes"] == whole.data["classes"]
    assert parted.data["horizons"][0]["clv_total"] == pytest.approx(whole.data["horizons"][0]["clv_total"])
    assert shown[-1][0] == parted.data["customers"]


@pytest.mark.no_cover
def test_a_file_holds_the_rows_of_all_chunks(
    copied: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_CUSTOMERS", 60)
    score_customers(copied.config(), Request(out=str(tmp_path / "scores.csv")))
    written = pd.read_csv(tmp_path / "scores.csv")
    assert written["customer_id"].tolist() == latest(copied)["customer_id"].tolist()
    assert not list(copied.output.glob(".chunks*"))


def test_the_range_of_the_total_is_kept_beside_the_scores(scored_once: Shop) -> None:
    place = (scored_once.output / "scores.parquet").resolve()
    told = json.loads(place.with_name("totals.json").read_text())
    totals = pd.DataFrame(told["totals"])
    everyone = totals[totals["by"] == "all"].iloc[0]
    assert everyone["clv_total"] == pytest.approx(latest(scored_once)["clv"].sum())
    assert everyone["total_low"] < everyone["clv_total"] < everyone["total_high"]
    assert {"segment", "tier", "branch_id"} < set(totals["by"])
    assert any(note.startswith("Expected in all over") for note in scored_once.answer.notes)


def test_scores_replace_no_file_that_they_are_made_from(copied: Shop) -> None:
    source = copied.config().tables.present["transactions"].source
    with pytest.raises(UsageError, match="scores would replace it"):
        score_customers(copied.config(), Request(out=source))


def test_customers_in_are_those_scored_and_refused(scored_once: Shop) -> None:
    (log,) = scored_once.output.glob("scores/*/*/log.json")
    told, scores = json.loads(log.read_text()), latest(scored_once)
    assert told["customers_in"] == told["customers_out"] == len(scores)
    by_status = scores["status"].value_counts().to_dict()
    assert {"scored": told["scored"], **told["refused"]} == by_status
    assert (told["as_of"], told["model_version"]) == ("2025-01-01", log.parent.name.partition("=")[2])


def test_the_same_day_and_version_again_replaces_and_never_doubles(copied: Shop) -> None:
    for _ in range(2):
        score_customers(copied.config(), Request(horizon_days=(60, 90)))
    (kept,) = copied.output.glob("scores/*/*/scores.parquet")
    rows = pd.read_parquet(kept)
    assert not rows.duplicated(["customer_id", "horizon_days"]).any()
    told = json.loads(kept.with_name("log.json").read_text())
    assert told["customers_in"] * 2 == len(rows)


def test_scores_that_lack_a_customer_are_not_kept(copied: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score, "count_known", lambda _: 100_000)
    with pytest.raises(OutsideError, match=r"100,000 customers went in and \d+ came out .* Nothing was kept"):
        score_customers(copied.config(), Request())
    assert not list(copied.output.glob("scores/*/*/scores.parquet"))
    assert not (copied.output / "scores.parquet").exists()
