from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.config import Config, read_config
from goodwill.data.checks import ContractError
from goodwill.data.tables import Tables
from goodwill.errors import TableError, UsageError
from goodwill.evaluation.metrics import churn_metrics
from goodwill.modeling.profiles import ProfileModel
from goodwill.pipeline.outcome import silent
from goodwill.pipeline.profile_checks import profile_findings, refuse_leakage
from goodwill.pipeline.profiles import (
    judge_profiles,
    no_features,
    profile_model,
    read_features,
    read_profiles,
)
from goodwill.pipeline.profiles_training import train_profiles
from goodwill.pipeline.sheets import results
from goodwill.pipeline.tables import open_tables
from goodwill.wording import told


def members(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    left = rng.random(n) < 0.4
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:03}" for i in range(n)],
            "age": rng.integers(18, 80, n),
            "left": np.where(left, "Yes", "No"),
            "worth": rng.gamma(2, 50, n).round(2),
            "note": rng.choice(["a", "b"], n),
        }
    )


def opened(folder: Path, frame: pd.DataFrame, **section: object) -> tuple[Config, Tables]:
    path = folder / "members.parquet"
    frame.to_parquet(path)
    config = Config.model_validate(
        {"name": "club", "tuning": {"trials": 0}, "tables": {"profiles": {"source": str(path), **section}}}
    )
    return config, open_tables(config).tables


CHURN: Mapping[str, object] = {"column": "left", "positive": "Yes"}


def test_labels_and_dropped_columns_are_never_features(tmp_path: Path) -> None:
    config, tables = opened(tmp_path, members(), churn=CHURN, value={"column": "worth"}, drop=["note"])
    profiles = read_profiles(config, tables)
    assert profiles.X.columns.tolist() == ["customer_id", "age"]
    assert profiles.y.dtypes.astype(str).to_dict() == {"churned": "bool", "value": "float64"}
    assert profiles.y["churned"].sum() == (members()["left"] == "Yes").sum()
    assert (profiles.n_unlabelled, profiles.notes) == (0, ())


def test_a_customer_with_one_label_stays_and_one_with_none_is_counted(tmp_path: Path) -> None:
    frame = members()
    frame.loc[:2, "left"] = None
    frame.loc[3, "left"] = " "
    frame.loc[3:4, "worth"] = None
    profiles = read_profiles(*opened(tmp_path, frame, churn=CHURN, value={"column": "worth"}))
    assert profiles.n_unlabelled == 1
    assert profiles.X["customer_id"].iloc[:4].tolist() == ["c000", "c001", "c002", "c004"]
    assert profiles.y.notna().sum().to_dict() == {"churned": 56, "value": 58}
    assert profiles.notes == (
        "Of 60 customers, 56 taught churn (left) and 58 value (worth), 55 of them both.",
        "1 of 60 customers have no label and were left out.",
    )


def test_where_nobody_who_churned_has_a_value_that_is_said(tmp_path: Path) -> None:
    frame = members()
    frame["worth"] = frame["worth"].mask(frame["left"] == "Yes")
    notes = read_profiles(*opened(tmp_path, frame, churn=CHURN, value={"column": "worth"})).notes
    assert len(notes) == 2
    assert notes[1].startswith("No customer who churned has a value (worth), so clv is what those who stay")
    assert told(notes[1], "zh").startswith("没有流失客户有价值（worth）")


@pytest.mark.no_cover
def test_each_label_is_judged_on_the_customers_that_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    frame = members().assign(early=np.r_[np.full(30, np.nan), np.arange(30)])
    frame.loc[:29, "left"], frame.loc[40:, "worth"] = None, None
    result = train_profiles(*opened(tmp_path, frame, churn=CHURN, value={"column": "worth"}), silent)
    lengths = {len(known) for known in (result.outcome.churned, result.forecast.p_churn)}
    assert lengths | {
        len(said.p_churn) for said in result.baselines.values() if said.p_churn is not None
    } == {30}
    assert {len(known) for known in (result.outcome.value, result.forecast.clv)} == {40}
    assert result.metrics["backtest"]["n_labelled"] == {"churn": 30, "clv": 40}
    titles = [results(target, result.metrics).title for target in ("churn", "clv")]
    assert titles == ["churn: cross-validated, 30 customers", "clv: cross-validated, 40 customers"]


def test_of_one_label_is_told_how_many_lack_it(tmp_path: Path) -> None:
    frame = members()
    frame.loc[:2, "left"] = None
    profiles = read_profiles(*opened(tmp_path, frame, churn=CHURN))
    assert profiles.notes == ("3 of 60 customers have no label and were left out.",)


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        ([True, False], "Yes"),
        ([True, False], True),
        ([1, 0], 1),
        ([1.0, 0.0], "1"),
        (["gone ", "here"], "gone"),
    ],
)
def test_the_positive_value_may_be_of_any_type(
    tmp_path: Path, values: list[object], positive: object
) -> None:
    frame = members(4).assign(left=pd.Series(values * 2))
    config, tables = opened(tmp_path, frame, churn={"column": "left", "positive": positive})
    assert read_profiles(config, tables).y["churned"].tolist() == [True, False, True, False]


def test_a_positive_value_that_never_occurs_names_the_few_that_do(tmp_path: Path) -> None:
    config, tables = opened(tmp_path, members(), churn={"column": "left", "positive": "1"})
    with pytest.raises(
        TableError, match=r"no customer has the value '1'.* It holds: No, Yes. Set `churn.positive`"
    ):
        read_profiles(config, tables)


@pytest.mark.parametrize(
    ("odd", "text"),
    [
        ("Maybe", r"one other value is expected, .* holds 'No' \(\d+\), 'Maybe' \(9\)\. Leave out .*`where`"),
        ("yes", r"profiles\.left: beside 'Yes', .*'yes' \(9\)\. .* `columns: \{left: \"CASE WHEN"),
        ([f"x{i}" for i in range(9)], r"'No' \(\d+\), ('x\d' \(1\), ){3}'x\d' \(1\) and 5 more\."),
    ],
)
def test_text_that_may_not_mean_stayed_is_refused(tmp_path: Path, odd: object, text: str) -> None:
    frame = members()
    frame.loc[:8, "left"] = odd
    config, tables = opened(tmp_path, frame, churn=CHURN)
    with pytest.raises(TableError, match=text):
        read_profiles(config, tables)


def test_one_word_in_two_spellings_is_refused(tmp_path: Path) -> None:
    frame = members(4).assign(left=["Yes", "yes", "Yes", None])
    config, tables = opened(tmp_path, frame, churn=CHURN)
    with pytest.raises(TableError, match=r"another value is expected, .* holds 'yes' \(1\)"):
        read_profiles(config, tables)


def test_other_numbers_of_a_label_mean_stayed(tmp_path: Path) -> None:
    frame = members(4).assign(left=[1, 0, 2, 3])
    config, tables = opened(tmp_path, frame, churn={"column": "left", "positive": 1})
    assert read_profiles(config, tables).y["churned"].tolist() == [True, False, False, False]


def test_columns_of_lists_are_no_features_and_are_named(tmp_path: Path) -> None:
    frame = members().assign(visits=[[i, 2] for i in range(60)])
    config, tables = opened(tmp_path, frame, churn=CHURN)
    profiles = read_profiles(config, tables)
    assert profiles.notes == ("No feature, as its cells hold lists (1): visits.",)
    assert "visits" not in {*profiles.X, *read_features(config, tables)}


def test_training_tells_which_columns_are_no_features(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    frame = members().assign(mail=[f"{i}@x" for i in range(60)], void=np.nan, empty=np.nan)
    config, tables = opened(tmp_path, frame, churn=CHURN)
    assert train_profiles(config, tables, silent).notes == (
        "Parameters of churn: No trials were asked for, so the defaults stand.",
        "No feature, as every value is different (1): mail.",
        "No feature, as every value is missing (2): void, empty.",
    )


@pytest.mark.no_cover
def test_training_without_a_column_tells_that_the_model_in_use_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config, tables = opened(tmp_path, members(), churn=CHURN)
    train_profiles(config, tables, silent).predictor.save(config.output_dir / "predictor")
    config, tables = opened(tmp_path, members(), churn=CHURN, drop=["age"])
    said = "The model in use reads columns that `drop` leaves out (1): age."
    assert [note for note in train_profiles(config, tables, silent).notes if note.startswith(said)]


def test_of_many_columns_without_use_ten_are_named() -> None:
    (told,) = no_features({f"c{i}": "every value is missing" for i in range(12)})
    assert told.endswith("(12): c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ….")


def test_many_values_of_a_label_are_not_listed(tmp_path: Path) -> None:
    config, tables = opened(tmp_path, members(), churn={"column": "customer_id", "positive": "x"})
    with pytest.raises(TableError, match="It holds 60 other values"):
        read_profiles(config, tables)


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ({"churn": {"column": "lefd"}}, "no column 'lefd', named by tables.profiles.churn.column. .*'left'"),
        ({"value": {"column": "wort"}}, "no column 'wort', named by tables.profiles.value.column"),
        ({"churn": CHURN, "drop": ["nota"]}, r"no column 'nota', named by tables.profiles.drop\[0\]"),
    ],
)
def test_a_missing_column_is_named_with_the_nearest(
    tmp_path: Path, section: dict[str, object], text: str
) -> None:
    config, tables = opened(tmp_path, members(), **section)
    with pytest.raises(TableError, match=text):
        read_profiles(config, tables)


@pytest.mark.parametrize(("ours", "theirs"), [("customer_id", "ID"), ("years", "age")])
def test_a_column_that_is_both_mapped_and_dropped_is_said_to_be(
    tmp_path: Path, ours: str, theirs: str
) -> None:
    frame = members().rename(columns={"customer_id": "ID"})
    columns = {"customer_id": "ID", "years": "age"}
    config, tables = opened(tmp_path, frame, churn=CHURN, columns=columns, drop=["note", theirs])
    text = (
        rf"^profiles: drop\[1\] leaves out '{theirs}', which `columns` maps to '{ours}': take it off one of "
    )
    with pytest.raises(TableError, match=text):
        read_profiles(config, tables)


def test_training_needs_a_label_and_scoring_does_not(tmp_path: Path) -> None:
    config, tables = opened(tmp_path, members())
    with pytest.raises(UsageError, match="training needs a label"):
        read_profiles(config, tables)
    config, tables = opened(tmp_path, members().drop(columns="left"), churn=CHURN)
    assert read_features(config, tables).columns.tolist() == ["customer_id", "age", "worth", "note"]


def test_a_table_without_any_label_is_refused(tmp_path: Path) -> None:
    config, tables = opened(tmp_path, members().assign(worth=np.nan), value={"column": "worth"})
    with pytest.raises(TableError, match="none of 60 customers has a label"):
        read_profiles(config, tables)


def test_value_may_be_text_that_reads_as_money(tmp_path: Path) -> None:
    frame = members().assign(worth=members()["worth"].astype(str))
    frame.loc[0, "worth"] = ""
    profiles = read_profiles(*opened(tmp_path, frame, value={"column": "worth"}))
    assert profiles.n_unlabelled == 1
    assert profiles.y["value"].dtype == float


@pytest.mark.parametrize(
    ("worth", "text"),
    [("1,200", "60 of 60 values are not numbers"), (np.inf, "60 of 60 values are infinite")],
)
def test_value_that_is_no_money_is_refused(tmp_path: Path, worth: object, text: str) -> None:
    config, tables = opened(tmp_path, members().assign(worth=worth), value={"column": "worth"})
    with pytest.raises(TableError, match=text):
        read_profiles(config, tables)


def test_duplicate_customers_are_refused_at_the_door(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"profiles\.customer_id"):
        opened(tmp_path, pd.concat([members(), members().head(1)]), churn=CHURN)


def test_snapshots_are_no_profiles() -> None:
    shop = {"name": "a", "tables": {"transactions": {"source": "x"}}}
    config = Config.model_validate({**shop, "snapshot": {"as_of": "2024-01-01", "horizon_days": 9}})
    with pytest.raises(UsageError, match="no ready-made table"):
        read_profiles(config, Tables())
    assert profile_model(config).monotone == {}


@pytest.mark.parametrize(("leakage", "n_warnings"), [("warn", 1), ("ignore", 0)])
def test_a_column_that_gives_the_label_away_is_named(tmp_path: Path, leakage: str, n_warnings: int) -> None:
    frame = members().assign(refund=(members()["left"] == "Yes") * 9.0)
    profiles = read_profiles(*opened(tmp_path, frame, churn=CHURN, leakage=leakage))
    warnings = refuse_leakage(profiles)
    assert len(warnings) == n_warnings
    assert all("refund" in text for text in warnings)
    assert len(profile_findings(profiles)) == n_warnings


def test_leakage_can_be_an_error(tmp_path: Path) -> None:
    frame = members().assign(refund=(members()["left"] == "Yes") * 9.0)
    profiles = read_profiles(*opened(tmp_path, frame, churn=CHURN, leakage="error"))
    with pytest.raises(TableError, match="refund alone predicts the label"):
        refuse_leakage(profiles)


def test_directions_in_the_config_hold(tmp_path: Path) -> None:
    config, tables = opened(tmp_path, members(), churn={**CHURN, "monotone": {"age": "falls"}})
    profiles = read_profiles(config, tables)
    model = profile_model(config).fit(profiles.X, profiles.y)
    ages = pd.DataFrame({"age": range(18, 80), "worth": 90.0, "note": "a"})
    assert model.monotone == {"churn": {"age": -1}}
    assert (np.diff(model.predict(ages).p_churn) <= 1e-9).all()


def test_models_are_judged_beside_plain_ones(tmp_path: Path) -> None:
    profiles = read_profiles(*opened(tmp_path, members(), churn=CHURN))
    judgement = judge_profiles(profiles, ProfileModel(parameters={"churn": {"trees": 5}}), repeats=1)
    assert set(judgement.metrics["churn"]["baselines"]) == {"prior", "logistic"}
    assert judgement.served_by["churn"] in {"model", "prior", "logistic"}


def test_telco_is_ranked_and_calibrated(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOODWILL_DATA", str(data_dir))
    config = read_config(Path(__file__).parents[2] / "configs" / "telco.yaml")
    profiles = read_profiles(config, open_tables(config).tables)
    seen, held = slice(0, None, 2), slice(1, None, 2)
    model = profile_model(config).fit(profiles.X[seen], profiles.y[seen])
    found = churn_metrics(profiles.y["churned"][held], model.predict(profiles.X[held]).p_churn)
    assert found["roc_auc"] > 0.84
    assert found["brier"] < 0.14
    assert found["ece"] < 0.03
