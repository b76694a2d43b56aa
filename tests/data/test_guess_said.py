"""What a person says of columns, where their names and values do not tell."""

from pathlib import Path

import pytest
import yaml

from goodwill.data.guess import guess_config
from goodwill.errors import UsageError
from goodwill.pipeline.start import write_config


def text(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def club(tmp_path: Path) -> Path:
    rows = [f"{n},{20 + n},{'MN'[n % 2]},{n * 1.5}" for n in range(30)]
    return text(tmp_path / "club.csv", "ID#,Age,Answer,1st_gift", rows)


def test_a_label_of_any_name_makes_a_row_per_customer(club: Path) -> None:
    draft = guess_config([club], said=[("churn", "Answer"), ("value", "1st_gift")])
    found = yaml.safe_load(draft)["tables"]["profiles"]
    assert found["columns"]["customer_id"] == "ID#"
    assert found["churn"] == {"column": "Answer", "positive": "N"}
    assert found["value"] == {"column": "1st_gift"}
    assert "# positive is the value that means: left; Answer holds M, N" in draft


def test_what_is_said_comes_before_what_is_guessed(tmp_path: Path) -> None:
    rows = [f"{n},2024-0{1 + n % 9}-05,{10 + n},{5 + n},K{n % 7}" for n in range(40)]
    file = text(tmp_path / "sales.csv", "customer_id,order_date,amount,net,bikeshop", rows)
    said = [("customer_id", "bikeshop"), ("amount", "net")]
    columns = yaml.safe_load(guess_config([file], said=said))["tables"]["transactions"]["columns"]
    assert (columns["customer_id"], columns["amount"], columns["time"]) == ("bikeshop", "net", "order_date")


def test_a_column_that_begins_with_a_figure_is_no_row_of_values(club: Path) -> None:
    with pytest.raises(
        UsageError, match=r"club.csv has ID#, Age, Answer, 1st_gift\. .*--column churn=Exited"
    ):
        guess_config([club])


def test_a_label_without_an_id_is_told_to_lack_one(tmp_path: Path) -> None:
    file = text(tmp_path / "caravan.csv", "MOSTYPE,Purchase", ["33,No", "37,Yes", "37,No"])
    with pytest.raises(UsageError, match=r"To be a row per customer it lacks an id\."):
        guess_config([file], said=[("churn", "Purchase")])


def test_the_same_column_of_ours_may_be_said_of_several_files(tmp_path: Path) -> None:
    bought = text(
        tmp_path / "sales.csv", "shop,day,net", [f"K{n % 7},2024-0{1 + n % 9}-05,5" for n in range(40)]
    )
    people = text(
        tmp_path / "people.csv", "partner,joined,city", [f"K{n},2023-05-0{n + 1},x" for n in range(7)]
    )
    said = ["customer_id=shop", "time=day", "amount=net", "customer_id=partner", "signup_time=joined"]
    write_config([bought, people], out=tmp_path / "shop.yaml", columns=said)
    tables = yaml.safe_load((tmp_path / "shop.yaml").read_text(encoding="utf-8"))["tables"]
    assert tables["transactions"]["columns"]["customer_id"] == "shop"
    assert tables["customers"]["columns"]["customer_id"] == "partner"


def test_a_value_that_says_who_stayed_is_not_taken_for_leaving(tmp_path: Path) -> None:
    file = text(tmp_path / "club.csv", "id,Gone", [f"{n},{['went', 'stayed'][n % 2]}" for n in range(30)])
    draft = guess_config([file], said=[("churn", "Gone")])
    assert yaml.safe_load(draft)["tables"]["profiles"]["churn"]["positive"] == "went"


def test_what_is_said_to_be_value_is_not_guessed_to_be_churn(tmp_path: Path) -> None:
    file = text(tmp_path / "club.csv", "id,churn", [f"{n},{n % 2}" for n in range(30)])
    found = yaml.safe_load(guess_config([file], said=[("value", "churn")]))["tables"]["profiles"]
    assert (found.get("churn"), found["value"]) == (None, {"column": "churn"})


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("churn=Anser", r"--column churn=Anser: no file has a column 'Anser'\. Did you mean 'Answer'\?"),
        ("chrn=Answer", r"--column chrn=Answer: no table has a column 'chrn'\. Did you mean 'churn'"),
        ("churn=Answer churn=Age", r"--column churn: club.csv has Age and Answer\. Say one of them\."),
        ("churn=Age", r"--column churn=Age: a label has 2 to 4 values, and Age has 30, such as 20, 21, 22\."),
        (
            "churn=Answer value=Answer",
            r"churn=Answer --column value=Answer: one column cannot .*\. Leave one of the two out, or name",
        ),
        ("Answer", r"--column Answer: expected OURS=THEIRS, such as churn=Exited\."),
    ],
)
def test_what_cannot_be_meant_is_refused(club: Path, said: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        write_config([club], out=club.with_suffix(".yaml"), columns=said.split())
