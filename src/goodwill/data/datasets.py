"""Public tables to try goodwill on: where they are published, how they are verified, how they are read."""

import os
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pooch

from goodwill.errors import OutsideError, UsageError

CACHE = "goodwill"
TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Dataset:
    """A public table: its publisher's file and the Parquet table made of it.

    Parameters
    ----------
    address : where the publisher keeps the file.
    sha256 : of the file that holds the table (of `member` where the address is an archive, because an
        archive packed again has other bytes around the same file).
    table : the Parquet table's place below a data folder such as `GOODWILL_DATA`.
    read : turns the publisher's file into the table.
    n_rows : rows the table must have.
    terms : publisher and terms of use.
    member : the file inside the archive; None where the address is the file itself.
    """

    address: str
    sha256: str
    table: str
    read: Callable[[Path], pd.DataFrame]
    n_rows: int
    terms: str
    member: str | None = None


def fetch(name: str) -> Path:
    """Return the path of a public table as Parquet, fetched and verified if it is not at hand.

    A table below the folder that the environment variable `GOODWILL_DATA` names wins, taken as it is; then
    one in the cache folder; else the publisher's file is downloaded, its SHA-256 compared, and its rows are
    stored in the cache in the layout of `GOODWILL_DATA`, so that `folder()` can stand in for that variable.

    Parameters
    ----------
    name : one of `names()`.

    Raises
    ------
    UsageError : for a name that is not in the list, or where a reader's extra is not installed.
    OutsideError : without network, or when the file is not the one that was published.

    Examples
    --------
    >>> fetch("cdnov")
    Traceback (most recent call last):
    ...
    goodwill.errors.UsageError: datasets: there is no 'cdnov'. Choose one of cdnow, hillstrom, ...
    """
    dataset = _dataset(name)
    for root in (os.environ.get("GOODWILL_DATA"), folder()):
        if root and (path := Path(root) / dataset.table).is_file():
            return path
    path = folder() / dataset.table
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
            original = _original(dataset, Path(scratch))
            _store(dataset.read(original), dataset, path, Path(scratch))
    except (OSError, zipfile.BadZipFile, KeyError) as failure:
        message = (
            f"datasets: '{name}' could not be fetched from {dataset.address} into {path.parent} "
            f"({type(failure).__name__}). Check network and disk and run again, "
            f"or set GOODWILL_DATA to a folder that holds {dataset.table}."
        )
        raise OutsideError(message) from failure
    return path


def names() -> list[str]:
    """Return the names that `fetch` knows.

    Examples
    --------
    >>> names()
    ['cdnow', 'hillstrom', 'online_retail', 'telco']
    """
    return sorted(DATASETS)


def folder() -> Path:
    """Return the cache folder, laid out like the folder that `GOODWILL_DATA` names."""
    return Path(pooch.os_cache(CACHE))


def _dataset(name: str) -> Dataset:
    if name not in DATASETS:
        message = f"datasets: there is no '{name}'. Choose one of {', '.join(names())}."
        raise UsageError(message)
    return DATASETS[name]


def _original(dataset: Dataset, scratch: Path) -> Path:
    """Download the publisher's file and return the verified file that holds the table."""
    # pooch would tell the reader to copy the archive's hash; the hash that counts is compared below.
    pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(timeout=TIMEOUT_SECONDS)
    found = Path(pooch.retrieve(dataset.address, None, fname="original", path=scratch, downloader=downloader))
    if dataset.member:
        with zipfile.ZipFile(found) as archive:
            found = Path(archive.extract(dataset.member, scratch))
    arrived = pooch.file_hash(str(found))
    if arrived != dataset.sha256:
        message = (
            f"datasets: {dataset.address} is not the file that was published: SHA-256 {arrived}, "
            f"expected {dataset.sha256}. It was refused; run again, or put a table you trust at "
            f"$GOODWILL_DATA/{dataset.table}."
        )
        raise OutsideError(message)
    return found


def _store(rows: pd.DataFrame, dataset: Dataset, path: Path, scratch: Path) -> None:
    """Write the table beside its place first, so that an interrupted write is never taken for a whole one."""
    if len(rows) != dataset.n_rows:
        message = (
            f"datasets: {dataset.address} gave {len(rows)} rows where {dataset.n_rows} were expected. "
            "Its reader does not fit the installed pandas or openpyxl; report the versions."
        )
        raise OutsideError(message)
    whole = scratch / path.name
    rows.to_parquet(whole, index=False)
    whole.replace(path)


def _read_cdnow(path: Path) -> pd.DataFrame:
    """Read the fixed columns of `CDNOW_master.txt`: id, day, number of CDs, dollars."""
    columns = ["customer_id", "date", "quantity", "amount"]
    kinds = {"customer_id": "str", "date": "str", "quantity": "int16"}
    rows = pd.read_csv(path, sep=r"\s+", names=columns, dtype=kinds)
    return rows.assign(date=pd.to_datetime(rows["date"], format="%Y%m%d").astype("datetime64[us]"))


def _read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path)


def _read_online_retail(path: Path) -> pd.DataFrame:
    """Read the workbook; its codes are numbers in some cells and text in others, so all become text."""
    text = ("InvoiceNo", "StockCode", "Description", "Country")
    try:
        rows = pd.read_excel(path, dtype=dict.fromkeys(text, "str"))
    except ImportError as missing:
        message = (
            "datasets: reading this workbook needs openpyxl. Install it with: pip install 'goodwill[excel]'"
        )
        raise UsageError(message) from missing
    numbers = dict.fromkeys(("Quantity", "UnitPrice", "CustomerID"), "float64")
    return rows.astype(numbers | {"InvoiceDate": "datetime64[us]"})


_MINE_THAT_DATA = "http://www.minethatdata.com/Kevin_Hillstrom_MineThatData_E-MailAnalytics_DataMiningChallenge_2008.03.20.csv"
_IBM = "https://raw.githubusercontent.com/IBM/telco-customer-churn-on-icp4d"

DATASETS: dict[str, Dataset] = {
    "cdnow": Dataset(
        address="http://www.brucehardie.com/datasets/CDNOW_master.zip",
        member="CDNOW_master.txt",
        sha256="61fd6f7bf3497187a7ec0d9ff6a99b7568f1fe911a9f3665e02efecd6b34ed07",
        table="cdnow/cdnow_master.parquet",
        read=_read_cdnow,
        n_rows=69_659,
        terms="P. Fader and B. Hardie, brucehardie.com; academic use with citation",
    ),
    "online_retail": Dataset(
        address="https://archive.ics.uci.edu/static/public/352/online+retail.zip",
        member="Online Retail.xlsx",
        sha256="43465a06f2ccf7c8b5bd2892bc7defb52f97487934fe93b16ae4c3936424676d",
        table="online_retail/online_retail.parquet",
        read=_read_online_retail,
        n_rows=541_909,
        terms="D. Chen (2015), UCI Machine Learning Repository no. 352, CC BY 4.0",
    ),
    "telco": Dataset(
        address=f"{_IBM}/d5371f5d83a446ad5673cbcca3b814b926491f8a/data/Telco-Customer-Churn.csv",
        sha256="16320c9c1ec72448db59aa0a26a0b95401046bef5d02fd3aeb906448e3055e91",
        table="telco_churn/telco_churn.parquet",
        read=_read_csv,
        n_rows=7_043,
        terms="IBM sample data, Apache-2.0",
    ),
    "hillstrom": Dataset(
        address=_MINE_THAT_DATA,
        sha256="0e5893329d8b93cefecc571777672028290ab69865718020c78c7284f291aece",
        table="hillstrom/hillstrom.parquet",
        read=_read_csv,
        n_rows=64_000,
        terms="K. Hillstrom, MineThatData e-mail challenge 2008",
    ),
}
