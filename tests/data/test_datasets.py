import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pooch
import pytest
import requests

from goodwill import datasets
from goodwill.data.datasets import DATASETS
from goodwill.errors import OutsideError, UsageError


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv("GOODWILL_DATA", raising=False)
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / name)
    return tmp_path / "goodwill"


class Publisher:
    """Stands in for the network: answers every address with the same bytes, and counts the calls."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.n_calls = 0

    def __call__(self, _url: str, output_file: str, *_: object) -> None:
        self.n_calls += 1
        Path(output_file).write_bytes(self.content)


def answer(monkeypatch: pytest.MonkeyPatch, publisher: Publisher) -> Publisher:
    monkeypatch.setattr(pooch, "HTTPDownloader", lambda **_: publisher)
    return publisher


def publish(monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, n_rows: int) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    monkeypatch.setitem(DATASETS, name, replace(DATASETS[name], sha256=sha256, n_rows=n_rows))


def zipped(path: Path, member: str, content: bytes) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
    return path.read_bytes()


CDNOW = b" 00001 19970101  1   11.77\r\n 00002 19970112 12  100.10\r\n"


def test_a_table_in_goodwill_data_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = tmp_path / "mine" / "cdnow" / "cdnow_master.parquet"
    table.parent.mkdir(parents=True)
    table.touch()
    monkeypatch.setenv("GOODWILL_DATA", str(tmp_path / "mine"))
    assert datasets.fetch("cdnow") == table


def test_an_archive_becomes_the_parquet_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    publish(monkeypatch, "cdnow", CDNOW, n_rows=2)
    answer(monkeypatch, Publisher(zipped(tmp_path / "a.zip", "CDNOW_master.txt", CDNOW)))
    rows = pd.read_parquet(datasets.fetch("cdnow"))
    assert rows.astype({"date": "str"}).to_numpy().tolist() == [
        ["00001", "1997-01-01", 1, 11.77],
        ["00002", "1997-01-12", 12, 100.10],
    ]


def test_a_fetched_table_is_not_fetched_again(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    publish(monkeypatch, "telco", b"customerID,Churn\na,No\n", n_rows=1)
    publisher = answer(monkeypatch, Publisher(b"customerID,Churn\na,No\n"))
    assert datasets.fetch("telco") == datasets.fetch("telco") == cache / "telco_churn/telco_churn.parquet"
    assert publisher.n_calls == 1


def test_another_file_than_the_published_one_is_refused(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    answer(monkeypatch, Publisher(b"customerID,Churn\na,No\n"))
    with pytest.raises(OutsideError, match=r"telco-customer-churn.*SHA-256 .*expected 16320c9c"):
        datasets.fetch("telco")
    assert not [path for path in cache.rglob("*") if path.is_file()]


def test_without_network_the_address_and_the_remedy_are_named(monkeypatch: pytest.MonkeyPatch) -> None:

    def unreachable(*_: object) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr(pooch, "HTTPDownloader", lambda **_: unreachable)
    with pytest.raises(OutsideError, match=r"brucehardie.com.*GOODWILL_DATA to a folder that holds cdnow/"):
        datasets.fetch("cdnow")


def test_a_login_page_instead_of_an_archive_is_an_outside_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, Publisher(b"<html>please log in</html>"))
    with pytest.raises(OutsideError, match="BadZipFile"):
        datasets.fetch("online_retail")


def test_an_archive_without_the_member_is_an_outside_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer(monkeypatch, Publisher(zipped(tmp_path / "a.zip", "other.txt", b"")))
    with pytest.raises(OutsideError, match="KeyError"):
        datasets.fetch("cdnow")


def test_a_reader_that_loses_rows_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, "telco", b"customerID,Churn\na,No\n", n_rows=2)
    answer(monkeypatch, Publisher(b"customerID,Churn\na,No\n"))
    with pytest.raises(OutsideError, match="gave 1 rows where 2 were expected"):
        datasets.fetch("telco")


def test_codes_of_the_workbook_are_text_whatever_their_cells_hold(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = {
        "InvoiceNo": [536365, "C536379"],
        "StockCode": [71053, "85123A"],
        "Description": ["LAMP", None],
        "Quantity": [6, -1],
        "InvoiceDate": pd.to_datetime(["2010-12-01 08:26", "2010-12-01 09:41"]),
        "UnitPrice": [2.55, 27],
        "CustomerID": [17850, None],
        "Country": "France",
    }
    pd.DataFrame(lines).to_excel(tmp_path / "a.xlsx", index=False)
    content = (tmp_path / "a.xlsx").read_bytes()
    publish(monkeypatch, "online_retail", content, n_rows=2)
    answer(monkeypatch, Publisher(zipped(tmp_path / "a.zip", "Online Retail.xlsx", content)))
    rows = pd.read_parquet(datasets.fetch("online_retail"))
    assert rows[["InvoiceNo", "StockCode"]].to_numpy().tolist() == [
        ["536365", "71053"],
        ["C536379", "85123A"],
    ]
    assert rows["CustomerID"].isna().tolist() == [False, True]


def test_a_workbook_without_openpyxl_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    publish(monkeypatch, "online_retail", b"x", n_rows=1)
    answer(monkeypatch, Publisher(zipped(tmp_path / "a.zip", "Online Retail.xlsx", b"x")))

    def missing(*_: object, **__: object) -> None:
        raise ImportError

    monkeypatch.setattr(pd, "read_excel", missing)
    with pytest.raises(UsageError, match=r"goodwill\[excel\]"):
        datasets.fetch("online_retail")


def test_every_address_has_a_sha256() -> None:
    assert datasets.names() == sorted(DATASETS)
    assert {len(dataset.sha256) for dataset in DATASETS.values()} == {64}


def test_published_bytes_of_cdnow_give_the_table_we_hold(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data_dir: Path
) -> None:
    held = pd.read_parquet(data_dir / "cdnow" / "cdnow_master.parquet")
    lines = [
        f" {row.customer_id} {row.date:%Y%m%d} {row.quantity:2d} {row.amount:7.2f}\r\n"
        for row in held.itertuples()
    ]
    content = "".join(lines).encode()
    answer(monkeypatch, Publisher(zipped(tmp_path / "a.zip", "CDNOW_master.txt", content)))
    pd.testing.assert_frame_equal(pd.read_parquet(datasets.fetch("cdnow")), held)


def shortest(value: float) -> str:
    return repr(int(value)) if value.is_integer() else repr(value)


@pytest.mark.parametrize(
    ("name", "money", "end"),
    [("telco", ["MonthlyCharges"], "\n"), ("hillstrom", ["history", "spend"], "\r\n")],
)
def test_published_bytes_of_a_csv_give_the_table_we_hold(
    monkeypatch: pytest.MonkeyPatch, data_dir: Path, name: str, money: list[str], end: str
) -> None:
    held = pd.read_parquet(data_dir / DATASETS[name].table)
    text = held.assign(**{column: held[column].map(shortest) for column in money})
    answer(monkeypatch, Publisher(text.to_csv(index=False, lineterminator=end).encode()))
    pd.testing.assert_frame_equal(pd.read_parquet(datasets.fetch(name)), held)


@pytest.mark.parametrize("name", ["cdnow", "online_retail", "telco"])
def test_a_config_reads_the_table_that_is_fetched(name: str) -> None:
    config = Path(__file__).parents[2] / "configs" / f"{name}.yaml"
    assert f"source: ${{GOODWILL_DATA}}/{DATASETS[name].table}\n" in config.read_text(encoding="utf-8")
