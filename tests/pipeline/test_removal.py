"""Removal: the customer is gone from every table, everything else is as it was."""

from pathlib import Path

import pandas as pd
import pytest

from goodwill.config import Config
from goodwill.decisions.audiences import write_audiences
from goodwill.errors import ArtefactError, OutsideError
from goodwill.files import locked, swap_link
from goodwill.pipeline.removal import remove_customers
from goodwill.report import Case, dossier_page

SCORES = pd.DataFrame({"customer_id": ["001", "2", "001"], "clv": [1.5, 2.5, None], "status": "scored"})


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A config whose output holds scores of two days, a link to the later, a plan and aggregates."""
    output = tmp_path / "out"
    for day in ("2024-01-01", "2024-02-01"):
        place = output / f"scores/as_of={day}/version=1/scores.parquet"
        place.parent.mkdir(parents=True)
        SCORES.to_parquet(place)
    swap_link(output / "scores.parquet", place)
    SCORES.to_csv(output / "plan.csv", index=False)
    pd.DataFrame({"decile": [1]}).to_parquet(output / "deciles.parquet")
    (output / "empty.csv").write_text("decile,customers\n")
    tables = {"transactions": {"source": "orders.parquet"}}
    section = {"as_of": "2024-01-01", "horizon_days": 30}
    return Config.model_validate(
        {"name": "shop", "tables": tables, "snapshot": section, "output": str(output)}
    )


def test_a_customer_leaves_every_table(config: Config) -> None:
    answer = remove_customers(config, ["001", "unknown", "001"])
    assert answer.data["rows"] == 6
    assert set(answer.data["files"]) == {
        "plan.csv",
        "scores/as_of=2024-01-01/version=1/scores.parquet",
        "scores/as_of=2024-02-01/version=1/scores.parquet",
    }
    assert pd.read_parquet(config.output_dir / "scores.parquet")["customer_id"].tolist() == ["2"]
    assert pd.read_csv(config.output_dir / "plan.csv", dtype=str)["customer_id"].tolist() == ["2"]


def test_an_id_is_text_and_no_number(config: Config) -> None:
    assert remove_customers(config, ["1"]).data["rows"] == 0


def test_who_stands_in_no_table_is_counted(config: Config) -> None:
    answer = remove_customers(config, ["1", "2", "001"])
    assert answer.data["unknown"] == 1
    assert "1 of 3 customers stand in no table below" in answer.notes[1]
    nothing = remove_customers(config, ["2"])
    assert (nothing.data["unknown"], nothing.sheets) == (1, [])


def test_nothing_else_changes(config: Config) -> None:
    files = [
        file for file in config.output_dir.rglob("*") if file.is_file() and not file.name.startswith(".")
    ]
    before = {file: file.read_bytes() for file in files}
    remove_customers(config, ["nobody"])
    assert {file: file.read_bytes() for file in files} == before


def test_types_and_order_are_kept(config: Config) -> None:
    remove_customers(config, ["2"])
    kept = pd.read_parquet(config.output_dir / "scores.parquet")
    pd.testing.assert_frame_equal(kept, SCORES[SCORES["customer_id"] == "001"].reset_index(drop=True))


def test_what_killed_runs_left_goes(config: Config) -> None:
    scratch = config.output_dir / ".chunks.1.abcdef12/transactions"
    scratch.mkdir(parents=True)
    SCORES.to_parquet(scratch / "part.parquet")
    half = config.output_dir / "scores/.scores.parquet.1.abcdef12.partial"
    half.write_bytes(b"001")
    deleted = remove_customers(config, ["nobody"]).data["deleted"]
    assert deleted == [".chunks.1.abcdef12", "scores/.scores.parquet.1.abcdef12.partial"]
    assert not scratch.parent.exists()
    assert not half.exists()


def test_lists_lose_the_customer_or_go_where_they_are_hashed(config: Config) -> None:
    people = SCORES.assign(offer="call", email="a@example.com")
    audiences = config.output_dir / "audiences"
    write_audiences(audiences / "plain", people, "offer")
    write_audiences(audiences / "hashed", people, "offer", salt="s")
    write_audiences(audiences / "mail", people, "offer", identifier="email")
    answer = remove_customers(config, ["001"])
    assert answer.data["deleted"] == ["audiences/hashed/00_call.csv", "audiences/mail/00_call.csv"]
    assert (audiences / "plain/00_call.csv").read_text() == "customer_id\n2\n"


@pytest.mark.parametrize("mark", ["people-at-risk", "standing"])
def test_a_page_that_names_the_customer_goes(config: Config, mark: str) -> None:
    for name, customer in (("his", "a&amp;b"), ("other", "a&amp;bc")):
        page = f'<section id="{mark}"><td>{customer}</td></section>'
        (config.output_dir / f"{name}.html").write_text(page)
    (config.output_dir / "aggregates.html").write_text("<td>a&amp;b</td>")
    answer = remove_customers(config, ["a&b"])
    assert answer.data["deleted"] == ["his.html"]
    assert "make anew what you need: his.html" in answer.notes[1]


def test_the_pages_that_name_customers_are_known(config: Config) -> None:
    scores = pd.DataFrame({"customer_id": ["a&b"], "p_churn": [0.2], "clv": [9.0], "segment": ["x"]})
    (config.output_dir / "case.html").write_text(dossier_page(Case("a&b", "shop", scores)))
    assert remove_customers(config, ["a&b"]).data["deleted"] == ["case.html"]


def test_a_damaged_table_is_named(config: Config) -> None:
    (config.output_dir / "plan.parquet").write_bytes(b"PAR1 half")
    with pytest.raises(ArtefactError, match=r"plan.parquet cannot be read as a table"):
        remove_customers(config, ["2"])


def test_damage_is_not_written_anew_as_if_it_were_whole(config: Config) -> None:
    place, value = config.output_dir / "plan.parquet", b"12345678"
    cost = pd.DataFrame({"customer_id": ["2", "3"], "offer": [value.decode(), "mail"]})
    cost.to_parquet(place, compression=None, write_page_checksum=True)
    place.write_bytes(place.read_bytes().replace(value, b"12345679", 1))
    with pytest.raises(ArtefactError, match=r"plan.parquet cannot be read as a table"):
        remove_customers(config, ["2"])


def test_a_folder_in_use_is_left_alone(config: Config) -> None:
    with locked(config.output_dir), pytest.raises(OutsideError, match="is in use by another run"):
        remove_customers(config, ["2"])
