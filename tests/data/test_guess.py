"""What `goodwill init` makes of files, judged by the tables that its configs give."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml
from ibis.backends import BaseBackend

from goodwill.config import Config
from goodwill.data.checks import find_problems
from goodwill.data.contracts import CONTRACTS
from goodwill.data.guess import guess_config
from goodwill.data.guess.facts import read_facts
from goodwill.data.guess.kinds import cast_file
from goodwill.data.guess.sections import section_of
from goodwill.data.mapping import Rules, map_table
from goodwill.data.simulate import world_from, write_simulation
from goodwill.data.sources import read_source
from goodwill.engine import connect, in_memory
from goodwill.errors import UsageError

Rows = Sequence[Sequence[object]]

DAYS = ("2024-01-05", "2024-01-20", "2024-02-11", "2024-03-01", "2024-03-15", "2024-04-02")
IDS = ("17", "18", "17", "19", "18", "17")


def csv(path: Path, header: str, rows: Rows, encoding: str = "utf-8") -> Path:
    lines = [header.replace("|", ","), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def orders(day: str = "{0}-{1}-{2}", amount: object = "12.50", user: str = "{}") -> Rows:
    return [(user.format(i), day.format(*d.split("-")), amount) for i, d in zip(IDS, DAYS, strict=True)]


def guessed(*files: Path) -> Config:
    """The config as `goodwill check` would read it."""
    return Config.model_validate(yaml.safe_load(guess_config(files)))


def mapped(config: Config, table: str = "transactions") -> pd.DataFrame:
    """The rows of a guessed table; the test fails where the checks find a problem."""
    section, contract = config.tables.present[table], CONTRACTS[table]
    text = [theirs for ours, theirs in section.columns.items() if contract.kinds.get(ours) == "text"]
    source = read_source(connect(), section.source, encoding=section.encoding, text_columns=text)
    rules = Rules(where=section.where, time_zone=section.time_zone, null_ids=section.null_ids)
    rows, counts = map_table(source, contract, section.columns, rules)
    assert find_problems(rows, contract, counts, rules) == ()
    return rows.to_pandas()


STYLES: Mapping[str, Rows] = {
    "customer_id|date|amount": orders(),
    "cust_no|Order Date|Sales": orders(),
    "user|event_time|price": orders("{0}-{1}-{2} 10:00:00 UTC"),
    "Customer #|Transaction Date (local)|Amount [USD]": orders(),
    "\ufeffCustomer ID| Order Time |Order Value": orders("{0}-{1}-{2} 08:30"),
    "CLIENTNUM|TXN_DT|TXN_AMT": orders("{1}/{2}/{0}", "$1204.00"),
    "AccountId|CreatedAt|Total": orders("{0}-{1}-{2}T10:00:00Z"),
    "email|paid_at|grand_total": orders("{0}-{1}-{2} 09:00:01", user="u{}@example.org"),
    "household_key|DAY|SALES_VALUE": orders("{0}{1}{2}"),
    "memberNumber|purchaseTimestamp|netRevenue": orders("{0}-{1}-{2} 09:00:01.5"),
    "Kundennummer|Bestelldatum|Betrag": orders("{2}.{1}.{0}", "1.204,50 €"),
    "id_client|date_achat|montant": orders("{2}/{1}/{0}", "12,5"),
    "ID Cliente|Fecha de compra|Importe total": orders("{2}/{1}/{0}"),
    "Kunden-Nr.|Buchungsdatum|Gebühr (EUR)": orders("{2}.{1}.{0}", "12,50"),
    "Gast-Nr|Anreise|Gesamtbetrag": orders("{2}.{1}.{0}", "12,50"),
    "Spender-ID|Spendendatum|Spendenbetrag": orders("{2}.{1}.{0}", "12,50 €"),
    "Donor ID|Gift Date|Donation Amount": orders(amount="$12.50"),
    "客户号|交易时间|金额": orders("{0}-{1}-{2} 08:30:00"),
    "客户编号|交易日期|消费金额(元)": orders("{0}{1}{2}"),
    "会员卡号|下单时间|实付金额": orders("{0}/{1}/{2} 08:30", user="00{}"),
    "用户ID|支付日期|订单金额": orders("{0}年{1}月{2}日"),
    "買家編號|購買日期|總金額": orders(),
    "お客様番号|購入日|売上金額": orders(amount="1200"),
    "회원번호|주문일자|결제금액": orders(amount="1200"),
}


@pytest.fixture(scope="module")
def engine() -> BaseBackend:
    return connect(threads=1)


@pytest.mark.parametrize("header", STYLES)
def test_headers_of_many_styles_are_understood(engine: BaseBackend, header: str) -> None:
    """The columns are text here, as in the worst of files; CSV and Excel are read in the tests below."""
    source = in_memory(pd.DataFrame(STYLES[header], columns=header.split("|")), engine, "shop")
    facts = read_facts(source)
    section = section_of("shop.csv", cast_file(facts, is_id_unique=False), facts)
    rules, contract = Rules(time_zone=section.time_zone), CONTRACTS["transactions"]
    table, counts = map_table(source, contract, section.columns, rules)
    assert find_problems(table, contract, counts, rules) == ()
    rows = table.to_pandas()
    assert rows["time"].dt.strftime("%Y-%m-%d").tolist() == list(DAYS)
    assert rows["amount"].gt(10).all()
    assert rows["customer_id"].str.extract(r"(1\d)", expand=False).tolist() == list(IDS)


WIDE: Mapping[str, tuple[Sequence[object], Mapping[str, str]]] = {
    "Invoice|StockCode|Quantity|InvoiceDate|Price|Customer ID": (
        ("4894{n}", "85048", 2, "{day} 07:45:00", 6.95, "{id}.0"),
        {"amount": "Quantity * Price", "order_id": "Invoice", "product_id": "StockCode"},
    ),
    "Row ID|Order ID|Order Date|Ship Date|Customer ID|Customer Name|Product ID|Sales|Quantity|Profit": (
        ("{n}", "CA-{n}", "{day}", "{day}", "CG-{id}", "N{id}", "P-1", 261.96, 2, 41.91),
        {"customer_id": "Customer ID", "time": "Order Date", "amount": "Sales", "cost": "Sales - Profit"},
    ),
    "customer_id|customer_unique_id|order_id|order_purchase_timestamp|payment_value": (
        ("c{n}", "u{id}", "o{n}", "{day} 10:56:33", 38.71),
        {"customer_id": "customer_unique_id", "amount": "payment_value"},
    ),
    "id|client_id|date|total_spent|birth_date|shipping_amount": (
        ("{n}", "{id}", "{day}", 38.71, "1990-01-01", 4.5),
        {"customer_id": "client_id", "time": "date", "amount": "total_spent"},
    ),
    "订单号|买家会员名|买家ID|订单创建时间|付款时间|商品数量|单价|商品编码": (
        ("D{n}", "张三", "b{id}", "{day}", "{day} 10:00:01", 2, "9.90", "S1"),
        {"customer_id": "买家ID", "time": "付款时间", "amount": '"商品数量" * "单价"', "order_id": "订单号"},
    ),
    "transactionDate|customerNumber|netRevenue|productCode|storeChannel|Sub-Total Tax": (
        ("{day}", "{id}", 3.99, "P1", "web", 0.5),
        {"amount": "netRevenue", "product_id": "productCode", "channel": "storeChannel"},
    ),
}


@pytest.mark.parametrize("header", WIDE)
def test_the_right_columns_of_wide_files_are_chosen(tmp_path: Path, header: str) -> None:
    cells, expected = WIDE[header]
    rows = [
        [str(cell).format(n=n, day=day, id=i) for cell in cells]
        for n, (i, day) in enumerate(zip(IDS, DAYS, strict=True))
    ]
    config = guessed(csv(tmp_path / "shop.csv", header, rows))
    assert len(mapped(config)) == len(DAYS)
    assert expected.items() <= config.tables.present["transactions"].columns.items()


def test_the_horizon_is_for_the_usual_customer_and_not_for_those_who_buy_daily(tmp_path: Path) -> None:
    every = {"a": "1D", **dict.fromkeys("bcdef", "30D")}
    days = {user: pd.date_range("2024-01-01", "2024-12-30", freq=freq) for user, freq in every.items()}
    rows = [(user, day.date(), 5) for user, own in days.items() for day in own]
    config = guessed(csv(tmp_path / "shop.csv", "customer_id|date|amount", rows))
    assert config.snapshot.horizon_days == 90


def test_cdnow(data_dir: Path) -> None:
    config = guessed(data_dir / "cdnow" / "cdnow_master.parquet")
    assert config.tables.present["transactions"].columns["time"] == "date"
    assert (config.snapshot.as_of, config.snapshot.horizon_days) == (date(1998, 1, 2), 180)
    assert len(mapped(config)) == 69_659


def test_online_retail_leaves_out_lines_without_a_customer(data_dir: Path) -> None:
    config = guessed(data_dir / "online_retail" / "online_retail.parquet")
    section = config.tables.present["transactions"]
    assert (section.columns["amount"], section.null_ids) == ("Quantity * UnitPrice", "drop")
    assert mapped(config)["customer_id"].nunique() == 4_372


def test_telco_is_a_table_of_profiles(data_dir: Path) -> None:
    config = guessed(data_dir / "telco_churn" / "telco_churn.parquet")
    assert (config.tables.profiles.churn.column, config.tables.profiles.churn.positive) == ("Churn", "Yes")
    assert mapped(config, "profiles")["TotalCharges"].isna().sum() == 11


def test_the_encoding_of_a_chinese_csv_is_written_down(tmp_path: Path) -> None:
    config = guessed(csv(tmp_path / "交易明细.csv", "客户号|交易时间|金额", orders(user="00{}"), "gb18030"))
    assert (config.name, config.language, config.currency) == ("shop", "zh", "CNY")
    assert config.tables.present["transactions"].encoding == "gb18030"
    assert mapped(config)["customer_id"].tolist() == [f"00{i}" for i in IDS]


def test_a_workbook_with_chinese_headers(tmp_path: Path) -> None:
    frame = pd.DataFrame(orders(amount=12.5), columns=["客户号", "交易时间", "金额"])
    frame.astype({"交易时间": "datetime64[us]"}).to_excel(tmp_path / "orders.xlsx", index=False)
    config = guessed(tmp_path / "orders.xlsx")
    assert config.name == "orders"
    assert mapped(config)["amount"].sum() == 75.0


def test_events_become_purchases_and_interactions(tmp_path: Path) -> None:
    kinds = ("view", "purchase", "cart", "purchase", "view", "purchase")
    rows = [(f"{d} 00:00:00 UTC", k, "130.76", i) for d, k, i in zip(DAYS, kinds, IDS, strict=True)]
    config = guessed(csv(tmp_path / "log.csv", "event_time|event_type|price|user_id", rows))
    assert len(mapped(config)) == 3
    assert mapped(config, "interactions")["kind"].tolist() == ["view", "cart", "view"]


def test_interactions_without_purchases_are_no_orders(tmp_path: Path) -> None:
    rows = [(*row, "visit") for row in orders()]
    calls = csv(tmp_path / "calls.csv", "customer|time|value|kind", rows)
    config = guessed(csv(tmp_path / "shop.csv", "customer|time|amount", orders()), calls)
    assert set(config.tables.present) == {"transactions", "interactions"}
    assert len(mapped(config, "interactions")) == len(DAYS)


def test_several_files_are_tables_of_the_same_customers(tmp_path: Path) -> None:
    sales = csv(tmp_path / "sales.csv", "member|day|total", orders())
    people = [("17", "2023-05-01", "web", "no"), ("18", "2023-06-01", "shop", "yes")]
    customers = csv(tmp_path / "members.csv", "member|signup_date|channel|churned", people)
    goods = csv(tmp_path / "goods.csv", "sku|category|margin", [("A", "x", 0.3), ("B", "y", 0.4)])
    config = guessed(goods, customers, sales)
    assert list(config.tables.present) == ["transactions", "customers", "products"]
    assert config.tables.customers.known_at_signup == ("acquisition_channel",)
    assert mapped(config, "products")["margin_rate"].tolist() == [0.3, 0.4]


def test_campaigns_are_named_to_be_measured(tmp_path: Path) -> None:
    bought = csv(tmp_path / "orders.csv", "customer_id|date|amount", orders())
    rows = [(who, "2024-03-01", "letter", "spring: one") for who in ("17", "18")]
    treated = csv(tmp_path / "treatments.csv", "customer_id|time|treatment|campaign", rows)
    tail = guess_config([bought, treated]).split("# campaigns:")[1].replace("#", "")
    assert yaml.safe_load(tail) == [{"name": "spring: one", "window_days": 60}]


def test_files_of_the_same_columns_become_one_pattern(tmp_path: Path) -> None:
    files = [csv(tmp_path / f"sales_{year}.csv", "member|day|total", orders()) for year in (2023, 2024)]
    config = guessed(*files)
    assert config.tables.present["transactions"].source == f"{tmp_path}/sales_202*.csv"
    assert len(mapped(config)) == 2 * len(DAYS)


def test_two_unlike_files_of_orders_are_refused(tmp_path: Path) -> None:
    one = csv(tmp_path / "a.csv", "member|day|total", orders())
    other = csv(tmp_path / "b.csv", "customer|date|amount", orders())
    with pytest.raises(UsageError, match=r"a.csv, b.csv all look like transactions"):
        guess_config([one, other])


LABELS: Mapping[str, tuple[Sequence[object], Mapping[str, object]]] = {
    "RowNumber|CustomerId|Surname|Age|Balance|Exited": (
        ("{n}", "1563{n}", "Name{n}", 42, "{n}.5", "{bit}"),
        {"churn": {"column": "Exited", "positive": "1"}, "drop": ("RowNumber", "Surname")},
    ),
    "CLIENTNUM|Attrition_Flag|Customer_Age": (
        ("7688{n}", "{who} Customer", 40),
        {"churn": {"column": "Attrition_Flag", "positive": "Attrited Customer"}},
    ),
    "CustomerID|Churn Label|Churn Score|CLTV|Total Charges": (
        ("X{n}", "{yes}", "{n}", "30{n}", "12.5"),
        {
            "churn": {"column": "Churn Label", "positive": "Yes"},
            "value": {"column": "CLTV"},
            "drop": ("Churn Score",),
        },
    ),
    "用户编号|年龄|是否流失": (("U{n}", 30, "{shi}"), {"churn": {"column": "是否流失", "positive": "是"}}),
}


@pytest.mark.parametrize("header", LABELS)
def test_labelled_rows_per_customer_are_profiles(tmp_path: Path, header: str) -> None:
    cells, expected = LABELS[header]
    words = [
        {"bit": 0, "who": "Existing", "yes": "No", "shi": "否"},
        {"bit": 1, "who": "Attrited", "yes": "Yes", "shi": "是"},
    ]
    rows = [[str(cell).format(n=n, **words[n % 2]) for cell in cells] for n in range(30)]
    config = guessed(csv(tmp_path / "people.csv", header, rows))
    found = config.tables.profiles.model_dump(exclude_unset=True)
    assert {key: found[key] for key in expected} == expected
    assert len(mapped(config, "profiles")) == 30


def test_other_files_beside_profiles_are_named_as_unused(tmp_path: Path) -> None:
    people = csv(tmp_path / "people.csv", "user|churn", [("a", "yes"), ("b", "no")])
    goods = csv(tmp_path / "goods.csv", "sku|category", [("A", "x"), ("B", "y")])
    assert "# not used: goods.csv has sku, category." in guess_config([goods, people])


def test_contracts_are_paid_every_month_where_the_price_says_so(tmp_path: Path) -> None:
    rows = [(i, d, "2025-12-31", "9.9") for i, d in zip("abcdef", DAYS, strict=True)]
    config = guessed(csv(tmp_path / "subs.csv", "customer|start_date|end_date|monthly_fee", rows))
    assert mapped(config, "contracts")["period_days"].tolist() == [30.0] * 6
    assert config.snapshot.as_of == date(2024, 3, 20)


@pytest.mark.parametrize(
    "header",
    [
        "finish",
        "finish_date",
        "finished",
        "until",
        "expiry",
        "expires",
        "valid_to",
        "active_until",
        "截止日期",
    ],
)
def test_the_end_of_a_contract_has_many_names(tmp_path: Path, header: str) -> None:
    rows = [(i, d, "2025-12-31", "9.9") for i, d in zip("abcdef", DAYS, strict=True)]
    config = guessed(csv(tmp_path / "subs.csv", f"customer|start_date|{header}|monthly_fee", rows))
    assert mapped(config, "contracts")["end"].dt.year.tolist() == [2025] * 6


def test_a_period_of_its_own_is_taken(tmp_path: Path) -> None:
    rows = [(i, d, "", "9.9", 91) for i, d in zip("abcdef", DAYS, strict=True)]
    header = "customer|contract start|contract end|premium|billing period (days)"
    config = guessed(csv(tmp_path / "subs.csv", header, rows))
    assert mapped(config, "contracts")["period_days"].tolist() == [91.0] * 6


@pytest.mark.parametrize("header", ["period_days", "Billing cycle", "计费周期"])
def test_a_period_in_words_is_mapped_to_days(tmp_path: Path, header: str) -> None:
    words = ["monthly", "yearly", "Half-yearly", "quarterly", "weekly ", "每月"]
    rows = [(i, d, "", "9.9", word) for i, d, word in zip("abcdef", DAYS, words, strict=True)]
    file = csv(tmp_path / "subs.csv", f"customer|start_date|end_date|price|{header}", rows)
    assert mapped(guessed(file), "contracts")["period_days"].tolist() == [30, 365, 182, 91, 7, 30]
    assert f"# {header} holds words: Half-yearly for 182 days, monthly for 30 days" in guess_config([file])


def test_a_period_in_unknown_words_is_said_not_to_be_used(tmp_path: Path) -> None:
    rows = [(i, d, "", "9.9", "12 months") for i, d in zip("abcdef", DAYS, strict=True)]
    text = guess_config([csv(tmp_path / "subs.csv", "customer|start_date|end_date|price|period_days", rows)])
    assert "# period_days is not used: some of its values are neither days nor words known" in text
    assert "# price is taken to be paid every 30 days" in text


@pytest.mark.parametrize(
    "header",
    [
        "Kundennr|Vertragsbeginn|Vertragsende|Monatspreis|Abrechnungstage|Gekündigt am",
        "Kunde|gültig ab|gültig bis|Beitrag|Zahlungsintervall|Kündigungsdatum",
        "cliente|fecha de inicio|fecha de fin|cuota mensual|periodo|fecha de baja",
        "id client|début du contrat|date de fin|prix mensuel|périodicité|date de résiliation",
        "投保人编号|起保日期|终保日期|年保费|缴费周期|退保日期",
    ],
)
def test_contracts_in_other_languages_are_understood(tmp_path: Path, header: str) -> None:
    rows = [(i, f"0{i}.02.2024", "28.06.2024" if i % 2 else "", 9.9, 30, "20.06.2024") for i in range(1, 7)]
    columns = guessed(csv(tmp_path / "a.csv", header, rows)).tables.present["contracts"].columns
    assert set(columns) == {"customer_id", "start", "end", "price", "period_days", "cancelled_at"}


def test_what_is_nearly_contracts_is_told_what_it_lacks_to_be_some(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"To be contracts it lacks an end and a price\."):
        guess_config(
            [csv(tmp_path / "a.csv", "Kunde|Vertragsbeginn", [(1, "2024-02-01"), (2, "2024-03-01")])]
        )


def test_our_own_names_are_taken_at_their_word(tmp_path: Path) -> None:
    write_simulation(
        tmp_path / "sim", customers=40, world=world_from({"deposits": {}, "referrals": {}, "surveys": {}})
    )
    config = guessed(*(tmp_path / "sim").glob("*.parquet"))
    assert config.name == "shop"
    for name, section in config.tables.present.items():
        theirs = pd.read_parquet(section.source).columns
        assert section.columns == {ours: ours for ours in CONTRACTS[name].kinds if ours in theirs}


@pytest.mark.parametrize(
    ("file", "otherwise", "name"),
    [
        ("contracts.csv", "Phone plans (2025)", "phone-plans-2025"),
        ("contracts.csv", "合同", "shop"),
        ("gym.csv", "mine", "gym"),
    ],
)
def test_a_file_named_like_a_table_of_ours_gives_no_name(
    tmp_path: Path, file: str, otherwise: str, name: str
) -> None:
    rows = [(i, d, "", "9.9", 30) for i, d in zip("abcdef", DAYS, strict=True)]
    contracts = csv(tmp_path / file, "customer|start_date|end_date|price|period_days", rows)
    assert yaml.safe_load(guess_config([contracts], otherwise=otherwise))["name"] == name


def test_comments_are_told_from_codes(tmp_path: Path) -> None:
    sales = csv(tmp_path / "sales.csv", "member|day|total", orders())
    words = [("17", "The parcel came two weeks late"), ("18", "I would buy this lamp again")]
    config = guessed(sales, csv(tmp_path / "voices.csv", "member|review text", words))
    assert set(config.tables.present) == {"transactions", "comments"}


def test_a_date_that_could_be_swapped_is_commented(tmp_path: Path) -> None:
    text = guess_config(
        [csv(tmp_path / "shop.csv", "user|date|amount", [("1", "01/02/2024", 5), ("1", "05/06/2024", 5)])]
    )
    assert "# date: day and month could be swapped, read as %m/%d/%Y" in text


def test_rivals_for_a_part_are_commented(tmp_path: Path) -> None:
    rows = [(i, i, d, 5) for i, d in zip(IDS, DAYS, strict=True)]
    text = guess_config([csv(tmp_path / "shop.csv", "client|member|date|amount", rows)])
    assert "# customer_id could also be member; client was chosen" in text


def test_what_check_will_say_is_commented(tmp_path: Path) -> None:
    rows = [*orders(), ("19", "2924-05-01", "3")]
    text = guess_config([csv(tmp_path / "shop.csv", "user|date|amount", rows)])
    assert (
        "# goodwill check will say: transactions.time: 1 of 7 values lies before 1900 or after 2100." in text
    )


def test_the_same_files_give_the_same_text(tmp_path: Path) -> None:
    file = csv(tmp_path / "shop.csv", "user|date|amount", orders())
    assert guess_config([file]) == guess_config([file])


def test_nothing_plausible_lists_columns_but_no_values(tmp_path: Path) -> None:
    file = csv(tmp_path / "ages.csv", "person|age", [("Li", 31), ("Wu", 44)])
    with pytest.raises(
        UsageError, match=r"ages.csv has person, age. .*lacks a customer id.* Needed is"
    ) as caught:
        guess_config([file])
    assert "Wu" not in str(caught.value)


def test_a_file_without_rows_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"user, date, amount and no rows"):
        guess_config([csv(tmp_path / "shop.csv", "user|date|amount", [])])


def test_orders_of_nothing_have_no_history(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no row has a time and an amount above zero"):
        guess_config([csv(tmp_path / "shop.csv", "user|date|amount", orders(amount="0"))])


def test_no_file_at_all_is_an_error() -> None:
    with pytest.raises(UsageError, match="There is no table to predict from"):
        guess_config([])


@pytest.mark.parametrize(
    ("moments", "expression"),
    [
        (range(1_704_412_800, 1_704_412_806), "to_timestamp(event_ts)"),
        (range(1_704_412_800_000, 1_704_412_800_006), "epoch_ms(event_ts)"),
    ],
)
def test_seconds_since_1970_are_times_of_a_zone(tmp_path: Path, moments: range, expression: str) -> None:
    rows = [(i, moment, 5) for i, moment in zip(IDS, moments, strict=True)]
    config = guessed(csv(tmp_path / "shop.csv", "user_id|event_ts|amount", rows))
    section = config.tables.present["transactions"]
    assert (section.columns["time"], section.time_zone) == (expression, "UTC")
    assert mapped(config)["time"].dt.date.eq(date(2024, 1, 5)).all()


def test_days_written_as_floats_are_times(tmp_path: Path) -> None:
    frame = pd.DataFrame({"user": IDS, "day": [20240105.0] * 6, "amount": 5.0})
    frame.to_parquet(tmp_path / "shop.parquet")
    assert mapped(guessed(tmp_path / "shop.parquet"))["time"].dt.date.eq(date(2024, 1, 5)).all()


def test_large_whole_numbers_are_no_times(tmp_path: Path) -> None:
    rows = [(i, d, n, 5) for n, (i, d) in enumerate(zip(IDS, DAYS, strict=True))]
    config = guessed(csv(tmp_path / "shop.csv", "user|date|day number|amount", rows))
    assert config.tables.present["transactions"].columns["time"] == "date"


def test_a_label_of_truth_values(tmp_path: Path) -> None:
    frame = pd.DataFrame({"user": ["a", "b"], "churned": [True, False], "age": [31, 40]})
    frame.to_parquet(tmp_path / "people.parquet")
    assert guessed(tmp_path / "people.parquet").tables.profiles.churn.positive == "True"


def test_a_value_alone_makes_profiles(tmp_path: Path) -> None:
    profiles = guessed(csv(tmp_path / "p.csv", "user|clv", [("a", 3.5), ("b", 4.5)])).tables.profiles
    assert (profiles.churn, profiles.value.column) == (None, "clv")


def test_customers_known_by_their_sign_up_are_no_orders(tmp_path: Path) -> None:
    people = csv(
        tmp_path / "people.csv", "user|joined|income total", [("17", DAYS[0], 5), ("18", DAYS[1], 6)]
    )
    config = guessed(csv(tmp_path / "shop.csv", "user|date|amount", orders()), people)
    assert config.tables.customers.columns["signup_time"] == "joined"


def test_a_time_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    rows = [*orders()[:3], ("18", "not known", "3"), ("18", "soon", "3")]
    with pytest.raises(UsageError, match=r"it lacks a time \(date is called so, but too few of its values"):
        guess_config([csv(tmp_path / "shop.csv", "user|date|amount", rows)])


def test_a_file_without_a_header_is_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"shop.csv begins with a row of values") as caught:
        guess_config([csv(tmp_path / "shop.csv", "17|2024-01-05|12.5", orders())])
    assert "12.5" not in str(caught.value)


def test_months_and_names_are_better_than_nothing(tmp_path: Path) -> None:
    rows = [(f"{d[:7]}", f"公司{i}", "(12.50)") for i, d in zip(IDS, DAYS, strict=True)]
    text = guess_config(
        [csv(tmp_path / "shop.csv", "年月|客户名称|销售金额", [*rows, ("2024-05", "公司1", "20")])]
    )
    assert "# customers are told apart by 客户名称 alone" in text
    assert """strptime("年月", '%Y-%m')""" in text
    assert "replace(replace(\"销售金额\", '(', '-'), ')', '')" in text


def test_a_column_is_looked_into_though_its_first_rows_are_empty(tmp_path: Path) -> None:
    rows = pd.DataFrame({"customer_id": ["a", "b"] * 3000, "time": "2024-01-05", "amount": 5.0})
    late = rows.assign(channel=["web" if place > 5500 else None for place in rows.index])
    late.to_parquet(tmp_path / "orders.parquet")
    assert "channel: channel" in guess_config([tmp_path / "orders.parquet"])
