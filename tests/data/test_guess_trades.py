"""What `goodwill init` makes of the files of banks, gyms, hotels and firms with an odd cell in a column."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml

from goodwill.config import Config
from goodwill.data.guess import guess_config
from goodwill.errors import UsageError
from goodwill.pipeline.tables import read_tables
from goodwill.value.defaults import rules_of

ORDERS = "customer,date,amount\na,2024-01-05,3.5\nb,2024-02-05,4.5\na,2024-03-05,3.5\n"


def sections(folder: Path, **files: str) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """The tables of the config for orders and further files."""
    paths = []
    for name, text in {"orders": ORDERS, **files}.items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(text, encoding="utf-8")
    found = yaml.safe_load(guess_config(paths))["tables"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("table", "text", "columns"),
    [
        (
            "balances",
            "Kundennummer,Stichtag,Kontoart,Saldo\na,31.01.2024,Giro,5\na,29.02.2024,Giro,7\n",
            {"time": "Stichtag", "product": "Kontoart", "balance": "Saldo"},
        ),
        (
            "customers",
            "Kundennummer,Kunde seit,Filiale,Betreuer\na,01.02.2020,F1,Anna\nb,01.02.2021,F2,Anna\n",
            {"signup_time": "Kunde seit", "branch_id": "Filiale", "owner": "Betreuer"},
        ),
        (
            "customers",
            "客户号,开户日期,开户网点,客户经理\na,20200201,南门支行,王\nb,20210201,南门支行,李\n",
            {"signup_time": "开户日期", "branch_id": "开户网点", "owner": "客户经理"},
        ),
        (
            "interactions",
            "Mitglieds-Nr.,Check-in,Art\na,01.02.2024 08:00,Besuch\na,02.02.2024 08:00,Besuch\n",
            {"time": "Check-in", "kind": "Art"},
        ),
        (
            "interactions",
            "subscriber,ticket created,ticket type\na,2024-02-01,support\na,2024-02-02,support\n",
            {"time": "ticket created", "kind": "ticket type"},
        ),
        (
            "comments",
            "会员号,评论时间,评论内容\na,2024-02-01,客服态度很好，满意\nb,2024-02-01,价格太贵，便宜一点\n",
            {"time": "评论时间", "text": "评论内容"},
        ),
    ],
)
def test_files_of_many_trades_are_understood(
    tmp_path: Path, table: str, text: str, columns: Mapping[str, str]
) -> None:
    assert columns.items() <= sections(tmp_path, other=text)[table]["columns"].items()


def test_costs_of_goods_are_costs(tmp_path: Path) -> None:
    text = "customer,date,net amount,Cost of goods\na,2024-01-05,3.5,1\na,2024-02-05,4.5,2\n"
    assert sections(tmp_path, orders=text)["transactions"]["columns"]["cost"] == "Cost of goods"


@pytest.mark.parametrize(
    ("ends", "end"),
    [
        (("2024-05-01", "active", "2024-06-30"), "NULLIF(trim(\"end date\"), 'active')"),
        (("06/30/2024", "-", "05/31/2024"), "strptime(NULLIF(trim(\"end date\"), '-'), '%m/%d/%Y')"),
    ],
)
def test_a_word_among_days_is_no_day(tmp_path: Path, ends: Sequence[str], end: str) -> None:
    file = tmp_path / "subs.csv"
    rows = [f"{i},2024-0{n}-01,{day},9.9\n" for n, (i, day) in enumerate(zip("abc", ends, strict=True), 1)]
    file.write_text("customer,start date,end date,monthly price\n" + "".join(rows))
    text = guess_config([file])
    assert yaml.safe_load(text)["tables"]["contracts"]["columns"]["end"] == end
    assert f"# end date: {ends[1]} is taken for no day" in text
    assert "goodwill check will say" not in text


def test_a_decimal_point_beside_a_decimal_comma_is_no_thousands_sign(tmp_path: Path) -> None:
    text = 'customer,date,amount\na,2024-01-05,"7,00"\na,2024-02-05,12.50\n'
    amount = sections(tmp_path, orders=text)["transactions"]["columns"]["amount"]
    assert amount == "TRY_CAST(replace(amount, ',', '.') AS DOUBLE)"


def test_yearly_customers_are_not_lost_after_a_year(tmp_path: Path) -> None:
    rows = [f"c{n},{2016 + year}-12-{n + 10},5\n" for n in range(9) for year in range(8)]
    file = tmp_path / "gifts.csv"
    file.write_text("Donor ID,Gift Date,Donation Amount\n" + "".join(rows))
    config = Config.model_validate(yaml.safe_load(guess_config([file])))
    rules = rules_of("retail", config.classes.dimensions)
    limits = [rules.dimensions[name].measures["silence"].limits for name in ("lifecycle", "loyalty")]
    assert [limit.absolute for limit in limits] == [(730.0,), (730.0,)]


def test_three_gaps_are_listed(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("colour,size\nred,big\n")
    with pytest.raises(UsageError, match=r"it lacks a customer id, a time and an amount\."):
        guess_config([file])


def test_balances_beside_customers_are_offered_as_holdings(tmp_path: Path) -> None:
    orders, customers = tmp_path / "orders.csv", tmp_path / "customers.csv"
    orders.write_text(ORDERS, encoding="utf-8")
    held = 'customer,city,账户余额,Saldo\na,Köln,5,"1.234,50"\nb,Ulm,,"7,00"\n'
    customers.write_text(held, encoding="utf-8")
    before, _, after = guess_config([orders, customers]).partition("  # balances:")
    assert "balances" not in yaml.safe_load(before + after)["tables"]
    text = before + "  balances:" + after.replace("\n  # ", "\n  ", 7)
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    found = read_tables(tmp_path / "shop.yaml").balances.execute().sort_values("customer_id")
    assert found["balance"].tolist() == [1239.5, 7.0]
