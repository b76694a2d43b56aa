"""A stranger's files, as shops and banks really export them: from the file to a check without a problem."""

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml

from goodwill.config import read_config
from goodwill.data.workbooks import filled_sheets
from goodwill.pipeline.check import check_data
from goodwill.pipeline.start import write_config

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

START = datetime.fromisoformat("2023-01-02T09:30")
BOUGHT = [
    (who, START + timedelta(days=who % 30 + turn * (9 + who % 7))) for who in range(40) for turn in range(30)
]


def shop_export(place: Path) -> Path:
    """Orders of a web shop: what belongs to the order stands on its first line alone."""
    rows = []
    for number, (who, when) in enumerate(BOUGHT):
        told = [f"{when:%Y-%m-%d %H:%M:%S} -0500", f"${1200 + who:,.2f}", f"${1300 + who:,.2f}"]
        rows += [[f"#{number}", f"u{who}@example.org", *told, 'Mug, large "L"']]
        rows += [[f"#{number}", f"u{who}@example.org", None, None, None, "Cup"]]
    names = ["Name", "Email", "Paid at", "Subtotal", "Total", "Lineitem name"]
    pd.DataFrame(rows, columns=names).to_csv(place / "orders_export.csv", index=False)
    return place / "orders_export.csv"


def bank_export(place: Path) -> Path:
    """Payments of a Chinese bank: GB18030, dates in two forms, thousands with commas."""
    forms = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M")
    rows = [(f"{who:08d}", when.strftime(forms[who % 2]), f"{1000 + who:,.2f}") for who, when in BOUGHT]
    table = pd.DataFrame(rows, columns=["客户号", "交易时间", "金额"])
    table.to_csv(place / "交易流水.csv", index=False, encoding="gb18030")
    return place / "交易流水.csv"


def workbook(place: Path) -> Path:
    """A German workbook: orders on one sheet, customers on another, decimal commas, days before months."""
    rows = [(f"K{who:05d}", f"{when:%d.%m.%Y}", f"1.{100 + who},50") for who, when in BOUGHT]
    people = [(f"K{who:05d}", "Bonn") for who in range(40)]
    with pd.ExcelWriter(place / "verkauf.xlsx") as book:
        orders = pd.DataFrame(rows, columns=["Kundennr", "Bestelldatum", "Betrag"])
        orders.to_excel(book, sheet_name="Bestellungen", index=False)
        customers = pd.DataFrame(people, columns=["Kundennr", "Ort"])
        customers.to_excel(book, sheet_name="Kunden", index=False)
        pd.DataFrame().to_excel(book, sheet_name="Tabelle3", index=False)
    return place / "verkauf.xlsx"


def invoices(place: Path) -> Path:
    """Invoices of a German trader: semicolons, decimal commas, a line of totals at the end."""
    rows = [
        (f"RE-{number}", f"{who:06d}", f"{when:%d.%m.%Y}", f"1.{100 + who},50 €", "Filiale Köln")
        for number, (who, when) in enumerate(BOUGHT)
    ]
    names = ["Rechnungsnr.", "Kd-Nr", "Rechnungsdatum", "Nettobetrag €", "Vertriebsweg"]
    table = pd.DataFrame([*rows, ("Summe", None, None, "123.456,70 €", None)], columns=names)
    table.to_csv(place / "Rechnungen.csv", index=False, sep=";", encoding="cp1252")
    return place / "Rechnungen.csv"


def marketplace_export(place: Path) -> Path:
    """Orders of a Chinese marketplace: GB18030, dates with 年月日, some orders closed without a sale."""
    sold = [(f"用户{who:05d}", f"￥{1000 + who:,.2f}", "交易成功", when) for who, when in BOUGHT]
    closed = [(name, paid, "交易关闭", when) for name, paid, _, when in sold[:25]]
    rows = [(*told, f"{when:%Y年%m月%d日 %H:%M}", "羊毛围巾") for *told, when in [*sold, *closed]]
    names = ["买家会员名", "买家实付金额", "订单状态", "订单付款时间", "宝贝标题"]
    pd.DataFrame(rows, columns=names).to_csv(place / "订单导出.csv", index=False, encoding="gb18030")
    return place / "订单导出.csv"


def subscriptions(place: Path) -> Path:
    """Subscriptions of a software firm: a row each, no end but the day of cancelling."""
    rows = [
        (f"sub_{number}", f"ACC{who:04d}", f"{when:%m/%d/%Y}", None if number % 3 else "12/31/2024", "$29.00")
        for number, (who, when) in enumerate(BOUGHT)
    ]
    names = ["Subscription ID", "Account", "Started On", "Cancelled On", "MRR (USD)"]
    pd.DataFrame(rows, columns=names).to_csv(place / "subscriptions.csv", index=False)
    return place / "subscriptions.csv"


@pytest.mark.parametrize("export", [shop_export, bank_export, workbook, invoices, marketplace_export])
def test_a_guessed_config_passes_the_check(export: object, tmp_path: Path) -> None:
    file = export(tmp_path)
    write_config([file], out=tmp_path / "c.yaml")
    config = read_config(tmp_path / "c.yaml", [f"output={tmp_path}/out"])
    checked = check_data(config)
    assert not checked.is_no
    found = checked.data["tables"]["transactions"]
    assert (found["rows_kept"], found["n_customers"]) == (len(BOUGHT), 40)


def test_further_lines_of_an_order_are_left_out_and_told(tmp_path: Path) -> None:
    write_config([shop_export(tmp_path)], out=tmp_path / "c.yaml")
    text = (tmp_path / "c.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["tables"]["transactions"]["where"] == "Subtotal IS NOT NULL"
    assert f"{len(BOUGHT)} rows hold neither Paid at nor Subtotal" in text


def test_every_sheet_of_a_workbook_is_looked_at(tmp_path: Path) -> None:
    file = workbook(tmp_path)
    assert filled_sheets(file) == ["Bestellungen", "Kunden"]
    write_config([file], out=tmp_path / "c.yaml")
    tables = yaml.safe_load((tmp_path / "c.yaml").read_text(encoding="utf-8"))["tables"]
    assert tables["transactions"]["source"].endswith("verkauf.xlsx::Bestellungen")
    assert tables["customers"]["source"].endswith("verkauf.xlsx::Kunden")


def test_of_two_sheets_of_orders_the_first_counts(tmp_path: Path) -> None:
    file = workbook(tmp_path)
    orders = pd.read_excel(file, sheet_name="Bestellungen")
    with pd.ExcelWriter(file, mode="a") as book:
        orders.to_excel(book, sheet_name="Archiv", index=False)
    write_config([file], out=tmp_path / "c.yaml")
    text = (tmp_path / "c.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["tables"]["transactions"]["source"].endswith("::Bestellungen")
    assert "# not used: verkauf.xlsx::Archiv has Kundennr" in text


def test_a_currency_that_no_file_names_is_said_to_be_assumed(tmp_path: Path) -> None:
    write_config([workbook(tmp_path)], out=tmp_path / "c.yaml")
    assert "currency: USD    # no file says which" in (tmp_path / "c.yaml").read_text(encoding="utf-8")


def test_orders_that_were_closed_are_left_out_and_told(tmp_path: Path) -> None:
    write_config([marketplace_export(tmp_path)], out=tmp_path / "c.yaml")
    text = (tmp_path / "c.yaml").read_text(encoding="utf-8")
    assert "# orders with 订单状态 交易关闭 are left out: nothing was sold" in text
    assert yaml.safe_load(text)["language"] == "zh"


def test_subscriptions_without_an_end_run_until_they_are_cancelled(tmp_path: Path) -> None:
    write_config([subscriptions(tmp_path)], out=tmp_path / "c.yaml")
    text = (tmp_path / "c.yaml").read_text(encoding="utf-8")
    columns = yaml.safe_load(text)["tables"]["contracts"]["columns"]
    assert "# Cancelled On is taken for the end; a contract without one runs on" in text
    assert "could also be" not in text
    assert columns["end"] == "strptime(\"Cancelled On\", '%m/%d/%Y')"
    checked = check_data(read_config(tmp_path / "c.yaml", [f"output={tmp_path}/out"]))
    assert checked.data["tables"]["contracts"]["n_customers"] == 40
