from pathlib import Path

import pytest

from goodwill.config import Config, read_config
from goodwill.config.read import expand_variables
from goodwill.errors import ConfigError

SHOP = """
name: shop
tables:
  transactions: {source: orders.parquet, columns: {customer_id: id, time: date, amount: paid}}
snapshot: {as_of: 2024-07-01, horizon_days: 180}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_are_those_of_the_reference(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, SHOP))
    assert (config.engine, config.seed, config.tuning.trials, config.intervals.level) == (
        "duckdb",
        0,
        20,
        0.8,
    )
    assert config.output == "models/shop"
    assert config.model_name == "shop"
    assert config.tracking.uri == "sqlite:///models/mlflow.db"


def test_override_replaces_one_nested_value(tmp_path: Path) -> None:
    config = read_config(
        written(tmp_path, SHOP), ["tuning.trials=3", "snapshot.horizon_days=90", "output=there"]
    )
    assert (config.tuning.trials, config.output) == (3, "there")
    assert config.snapshot is not None
    assert (str(config.snapshot.as_of), config.snapshot.horizon_days) == ("2024-07-01", 90)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("snapshot:", "snapshots:"), r"snapshots: unknown key; did you mean `snapshot`\?$"),
        (
            ("as_of: 2024-07-01", "as_of: yesterday"),
            r": snapshot\.as_of: expected a day such as 2024-07-01, or latest \(found 'yesterday'\)\.$",
        ),
        (
            ("amount: paid}", "amount: paid}, colums: {}"),
            r"transactions\.colums: unknown key; did you mean `columns`\?",
        ),
        (
            ("amount: paid}", "amount: paid}, zzz: {}"),
            r"transactions\.zzz: unknown key; valid keys are source, columns",
        ),
        (("180", "0"), r"snapshot\.horizon_days: .*greater than or equal to 1 \(found 0\)"),
        (("180", "180, season: [1, 2]"), r"season: .*12 numbers for each year.*\(found 2\)"),
        (("180", "180, season: [-1]"), r"season.*greater than or equal to 0 \(found -1\)"),
        (("180", "long"), r"horizon_days: .*valid integer.*\(found 'long'\)"),
        (("name: shop", ""), r"name: is required"),
        (("name: shop", "name: [1]"), r"name: .*string.*\(found a list\)"),
        (("name: shop", "name:"), r"name: .*string.*\(found nothing\)"),
        (
            ("transactions:", "customers:"),
            r"one of tables\.transactions, tables\.contracts or tables\.profiles",
        ),
        (
            ("snapshot: {as_of: 2024-07-01, horizon_days: 180}", ""),
            r"snapshot \(as_of, horizon_days\) is required",
        ),
        (("transactions:", "profiles:"), r"snapshot has no meaning for tables\.profiles"),
        (
            ("orders.parquet", "'${GOODWILL_NOT_SET}/o.parquet'"),
            r"source: the environment variable GOODWILL_NOT_SET",
        ),
        (("name: shop", "name: shop\nengine: ${GOODWILL_NOT_SET}"), r"engine: the environment variable"),
        (
            ("name: shop", "name: shop\naudiences: {identifier: email}"),
            r"audiences: identifier email is written to no list; add `by`, such as `by: \[offer\]`",
        ),
        (("name: shop", "name: {"), r"is not valid YAML: line \d"),
        (("name: shop", "name: \x07"), r"is not valid YAML: ReaderError"),
    ],
)
def test_wrong_config_names_key_and_remedy(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_config(written(tmp_path, SHOP.replace(*change)))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("{time_to_churn: true}", r"yaml: config: score\.time_to_churn: told from history, .*; remove it"),
        (
            "{components: true, data_contribution: true}",
            r"yaml: config: score\.components, score\.data_contribution: .*; remove them",
        ),
    ],
)
def test_ready_made_tables_are_asked_nothing_of_history(tmp_path: Path, asked: str, message: str) -> None:
    text = f"name: club\ntables: {{profiles: {{source: members.parquet}}}}\nscore: {asked}\n"
    with pytest.raises(ConfigError, match=message):
        read_config(written(tmp_path, text))


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("{minn: 0.3}", r"eligible\.p_churn\.range\.minn: unknown key; did you mean `min`\?"),
        ("{min: 0.9, max: 0.1}", r"p_churn\.range: min is 0\.9 and max is 0\.1; no number lies between"),
        ("gold", r"eligible\.p_churn\.values: .*\(found 'gold'\)"),
    ],
)
def test_a_wrong_condition_of_an_offer_is_told_once(tmp_path: Path, condition: str, message: str) -> None:
    offer = f"{{name: call, cost: 1, channel: phone, eligible: {{p_churn: {condition}}}}}"
    with pytest.raises(ConfigError, match=message) as said:
        read_config(written(tmp_path, f"{SHOP}\noffers: [{offer}]\n"))
    assert ";" not in str(said.value).replace("; did you", "").replace("; no number", "")


def test_profiles_stand_alone(tmp_path: Path) -> None:
    text = "name: p\ntables: {profiles: {source: p.csv}, products: {source: q.csv}}"
    with pytest.raises(ConfigError, match=r"stands alone"):
        read_config(written(tmp_path, text))


def test_label_values_written_as_yaml_booleans_are_text(tmp_path: Path) -> None:
    text = "name: p\ntables: {profiles: {source: p.csv, churn: {column: Churn, positive: %s}}}"
    positives = [read_config(written(tmp_path, text % value)).tables.profiles for value in ("Yes", "no", "1")]
    assert [profile.churn.positive for profile in positives if profile and profile.churn] == [
        "Yes",
        "No",
        "1",
    ]


def test_missing_file_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no such file.*goodwill init"):
        read_config(tmp_path / "none.yaml")


def test_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(ConfigError, match=r"cannot be read as UTF-8 text"):
        read_config(tmp_path / "shop.yaml")


def test_a_list_is_not_a_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"expected keys and values, found a list"):
        read_config(written(tmp_path, "- name"))


@pytest.mark.parametrize("override", ["tuning.trials", "=3"])
def test_override_without_key_or_value_is_refused(tmp_path: Path, override: str) -> None:
    with pytest.raises(ConfigError, match=r"expected key=value"):
        read_config(written(tmp_path, SHOP), [override])


def test_override_that_is_not_yaml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--set name=\{: the value is not valid YAML"):
        read_config(written(tmp_path, SHOP), ["name={"])


def test_many_problems_are_counted_not_listed(tmp_path: Path) -> None:
    keys = "\n".join(f"unknown_{number}: 1" for number in range(11))
    with pytest.raises(ConfigError, match=r"and 3 more problems"):
        read_config(written(tmp_path, SHOP + keys))


def test_config_cannot_be_changed(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, SHOP))
    with pytest.raises(ValueError, match=r"frozen"):
        config.seed = 3  # type: ignore[misc]  # the point of the test


def test_variables_are_kept_unexpanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DATA", "secret-place")
    config = read_config(written(tmp_path, SHOP.replace("orders.parquet", "'${SHOP_DATA}/o.parquet'")))
    assert "secret-place" not in Config.model_dump_json(config)


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"{tmp_path}: is a folder. Name one of the files in it"):
        read_config(tmp_path)


@pytest.mark.parametrize(
    ("secret", "written"),
    [("plain_1", "plain_1"), ("p@s/w:r#1 %?", "p%40s%2Fw%3Ar%231%20%25%3F"), ("p%40s", "p%40s")],
)
def test_a_password_of_an_address_is_encoded_where_it_must_be(
    monkeypatch: pytest.MonkeyPatch, secret: str, written: str
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", secret)
    address = expand_variables("postgres://shop:${SHOP_PASSWORD}@host/shop", where="engine")
    assert address == f"postgres://shop:{written}@host/shop"


def test_other_variables_of_an_address_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP", "postgres://shop:a%40b@host/shop")
    assert expand_variables("${SHOP}") == "postgres://shop:a%40b@host/shop"
