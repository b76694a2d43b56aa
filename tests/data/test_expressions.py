import datetime as dt

import ibis
import pytest
from ibis.expr import types as ir

from goodwill.data.expressions import nearest, read_condition, read_expression
from goodwill.errors import ConfigError

SOURCE = ibis.memtable(
    {
        "code": ["C12", None],
        "price": [1.5, -2.0],
        "n": [3, 4],
        "day": [dt.datetime(2024, 5, 6, 7, 8, 9), dt.datetime(2024, 1, 31)],  # noqa: DTZ001 - times are naive
        "written": ["01/02/2024", "03/02/2024"],
        "Unit Price": [2.0, 3.0],
        "金额": [1, 2],
    }
)


def first(text: str) -> object:
    value = read_expression(SOURCE, text, "transactions.amount")
    return SOURCE.select(value=value).to_pyarrow().to_pylist()[0]["value"]


def read(text: str) -> ir.Value:
    return read_expression(SOURCE, text, "transactions.amount")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("price * 2 + n", 6.0),
        ("n / 2", 1.5),
        ("n // 2", 1),
        ("n % 2", 1),
        ("n ** 2", 9),
        ("-price", -1.5),
        ("(price + 1) * 2", 5.0),
        ('"Unit Price" * n', 6.0),
        ("金额 * 10", 10),
        ("PRICE", 1.5),
        ("1e3", 1000.0),
        ("'web'", "web"),
        ("true", True),
        ("NULL", None),
        ("abs(price)", 1.5),
        ("round(price * 1.11, 1)", 1.7),
        ("floor(price)", 1),
        ("ceil(price)", 2),
        ("greatest(price, n)", 3.0),
        ("least(price, n)", 1.5),
        ("coalesce(code, 'none')", "C12"),
        ("ifnull(code, 'none')", "C12"),
        ("nullif(code, 'C12')", None),
        ("if(price > 0, 'sale', 'refund')", "sale"),
        ("case when price > 0 then 'sale' else 'refund' end", "sale"),
        ("case when price > 9 then 'big' end", None),
        ("case n when 3 then 'three' when 4 then 'four' end", "three"),
    ],
)
def test_arithmetic_and_choices_mean_what_they_mean_in_duckdb(text: str, expected: object) -> None:
    assert first(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code = 'C12'", True),
        ("n = '3'", True),
        ("'3' = n", True),
        ("price <> 1.5", False),
        ("price >= 1 and not n < 3", True),
        ("price > 9 or n <= 3", True),
        ("n in (1, 3)", True),
        ("n in ('3', '4')", True),
        ("code not in ('C12')", False),
        ("n between 1 and 3", True),
        ("day between '2024-05-01' and '2024-05-31'", True),
        ("day >= '2024-05-06'", True),
        ("code is null", False),
        ("code is not null", True),
        ("(n = 3) is true", True),
        ("code is distinct from 'x'", True),
        ("n is not distinct from 3", True),
        ("code like 'C%'", True),
        ("code not like 'C%'", False),
        ("code ilike 'c%'", True),
        ("code not ilike 'c%'", False),
        ("starts_with(code, 'C')", True),
        ("contains(code, '1')", True),
        ("regexp_matches(code, '^C[0-9]+$')", True),
    ],
)
def test_conditions_mean_what_they_mean_in_duckdb(text: str, expected: object) -> None:
    assert first(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code || '-' || n", "C12-3"),
        ("concat(code, NULL, n)", "C123"),
        ("lower(code)", "c12"),
        ("upper(code)", "C12"),
        ("trim(' a ')", "a"),
        ("ltrim(' a ')", "a "),
        ("rtrim(' a ')", " a"),
        ("left(code, 1)", "C"),
        ("right(code, 2)", "12"),
        ("substring(code, 2, 1)", "1"),
        ("substr(code, 2)", "12"),
        ("length(code)", 3),
        ("replace(code, 'C', 'D')", "D12"),
        ("n::varchar", "3"),
        ("cast(price as integer)", 2),
        ("try_cast(code as double)", None),
        ("try_cast('12.345' as decimal(10, 2))::double", 12.35),
    ],
)
def test_text_and_casts_mean_what_they_mean_in_duckdb(text: str, expected: object) -> None:
    assert first(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("strptime(written, '%d/%m/%Y')", dt.datetime(2024, 2, 1)),  # noqa: DTZ001 - times are naive
        ("day::date", dt.date(2024, 5, 6)),
        ("date '2024-01-31'", dt.date(2024, 1, 31)),
        ("day::date + interval 1 day", dt.date(2024, 5, 7)),
        ("day - interval '2 weeks'", dt.datetime(2024, 4, 22, 7, 8, 9)),  # noqa: DTZ001 - times are naive
        ("date_trunc('month', day)", dt.datetime(2024, 5, 1)),  # noqa: DTZ001 - times are naive
        ("date_trunc('month', day::date)", dt.date(2024, 5, 1)),
        ("make_date(2024, 2, n)", dt.date(2024, 2, 3)),
        ("year(day) * 100 + month(day)", 202405),
        ("extract(hour from day)", 7),
        ("epoch(day)", 1714979289),
    ],
)
def test_dates_mean_what_they_mean_in_duckdb(text: str, expected: object) -> None:
    assert first(text) == expected


@pytest.mark.parametrize("text", ["to_timestamp(n)", "epoch_ms(n)", "strptime(written, '%d/%m/%Y%z')"])
def test_moments_keep_their_zone(text: str) -> None:
    assert read(text).type().timezone == "UTC"


@pytest.mark.parametrize(
    "attack",
    [
        "(SELECT content FROM read_text('/etc/passwd'))",
        "(SELECT 1)",
        "read_text('/etc/passwd')",
        "read_csv('other.csv')",
        "getenv('HOME')",
        "current_setting('temp_directory')",
        "price; DROP TABLE orders",
        "COPY orders TO 'x.csv'",
        "ATTACH 'other.duckdb'",
        "PRAGMA database_list",
        "INSTALL httpfs",
        "SET memory_limit = '1TB'",
        "SELECT 1",
        "EXISTS (SELECT 1)",
        "n IN (SELECT 1)",
        "n = ANY (SELECT 1)",
        "sum(price)",
        "count(*)",
        "sum(price) FILTER (WHERE n > 1)",
        "row_number() OVER ()",
        "sum(price) OVER (PARTITION BY n)",
        "random()",
        "now()",
        "current_date",
        "current_user",
        "version()",
        "nextval('s')",
        "query('select 1')",
        "COLUMNS(*)",
        "*",
        "unnest([1, 2])",
        "[1, 2]",
        "{'a': 1}",
        "code -> 'a'",
        "$1",
        "price AS other",
        "other.price",
        "system.main.price",
        "cast(code as json)",
        "cast(code as int[])",
        "cast(code as enum('a'))",
        "date_trunc('millennium', day)",
        "extract(epoch from day)",
        "day + interval (n) day",
        "interval '1 fortnight'",
        "strptime(written, ['%d', '%m'])",
        "epoch_ns(n)",
        "epoch_us(n)",
        "to_timestamp(n, 5)",
        "n BETWEEN SYMMETRIC 3 AND 1",
        "trim(code, 'C')",
        "regexp_matches(code, 'c', getenv('HOME'))",
        "code LIKE 'x' ESCAPE '!'",
        "abs(DISTINCT price)",
        "list_transform([1], x -> x)",
        "code COLLATE nocase",
        "UPDATE orders SET price = 0",
    ],
)
def test_nothing_but_plain_expressions_of_a_row_is_read(attack: str) -> None:
    with pytest.raises(ConfigError, match=r"transactions\.amount: .*(not allowed|neither a column nor)"):
        read(attack)


def test_a_refusal_names_the_forbidden_part() -> None:
    with pytest.raises(ConfigError, match="the function getenv is not allowed"):
        read("price * getenv('HOME')")


def test_an_exact_name_is_that_column_even_if_it_reads_like_an_expression() -> None:
    source = ibis.memtable({"a - b": [1], "a": [5], "b": [2]})
    assert read_expression(source, "a - b", "x").to_list() == [1]


def test_a_name_in_other_capitals_is_found_only_if_one_column_fits() -> None:
    source = ibis.table({"Amount": "int", "AMOUNT": "int", "Time": "int"})
    assert read_expression(source, "time", "x").equals(source.Time)
    assert read_expression(source, '"AMOUNT"', "x").equals(source.AMOUNT)
    with pytest.raises(ConfigError, match="there is no column 'amount'"):
        read_expression(source, "amount", "x")


def test_an_unknown_column_is_named_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"there is no column .prise.\. Did you mean 'price'"):
        read("prise * n")


@pytest.mark.parametrize(
    "text", ["code * n", "code + 'x'", "n and 3", "not n", "abs(code)", "code > 3", "-true"]
)
def test_types_that_do_not_fit_are_said_without_showing_rows(text: str) -> None:
    with pytest.raises(ConfigError, match="the types in this expression do not fit") as caught:
        read(text)
    assert "C12" not in str(caught.value)


def test_text_that_cannot_be_parsed_is_refused() -> None:
    with pytest.raises(ConfigError, match="neither a column nor an expression"):
        read("price *")


def test_an_endless_expression_is_refused() -> None:
    with pytest.raises(ConfigError, match="has 5001 characters; at most 5000"):
        read("1" * 5001)


def test_a_deep_expression_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"nested too deeply|neither a column"):
        read("(" * 2000 + "n" + ")" * 2000)


def test_a_condition_must_be_true_or_false() -> None:
    with pytest.raises(
        ConfigError, match="where: a condition must be true or false, this one is of type float64"
    ):
        read_condition(SOURCE, "price + 1", "transactions.where")


def test_nearest_lists_all_names_where_none_is_alike() -> None:
    assert nearest("zzz", ["amount", "time"]) == "There are: amount, time."
    assert nearest("zzz", []) == "There are: none."
