"""Every permitted expression gives what DuckDB itself gives for it, row by row."""

import datetime as dt
import math
from decimal import Decimal

import pyarrow as pa
import pytest

from goodwill.data.expressions import read_expression
from goodwill.engine import connect
from goodwill.errors import ConfigError

DAYS = [
    dt.datetime(2024, 2, 29, 13, 5, 6, 123456),  # noqa: DTZ001 - times are naive
    dt.datetime(2023, 12, 31),  # noqa: DTZ001 - times are naive
    None,
    dt.datetime(1969, 1, 1, 5),  # noqa: DTZ001 - times are naive
    dt.datetime(2040, 1, 1),  # noqa: DTZ001 - times are naive
    dt.datetime(2024, 5, 6),  # noqa: DTZ001 - times are naive
]
ROWS = pa.table(
    {
        "s": ["C12", "x y", "", None, "Ünï", "a%b"],
        "n": pa.array([3, -7, 0, None, 10, 5], pa.int64()),
        "i": pa.array([2, 2, 3, 1, None, 5], pa.int32()),
        "p": pa.array([1.5, 2.5, -2.5, None, math.inf, 0.1]),
        "d": pa.array(DAYS, pa.timestamp("us")),
        "b": [True, False, None, True, False, None],
        "q": pa.array([None] * 6, pa.string()),
    }
)
EXPRESSIONS = """
n/i; n//i; -n//i; n%i; n**2; n*p; p/0; n/0; n+i*2-1; abs(n); sign(n); sqrt(abs(n)); ln(abs(n)+1)
exp(i); round(p); round(n); round(p,1); round(n/3,2); round(n,-1); floor(p); floor(n); ceil(p)
ceil(n/4); n::double; n::varchar; p::varchar; b::varchar; b::int; d::date; d::timestamp; n::smallint
n::boolean; try_cast(s as int); try_cast(s as date); try_cast(p as decimal(10,1)); 1.1 + 2.2; 3; 'a'
true; greatest(n,i); least(n,i,p); coalesce(n,i); coalesce(s,'z'); coalesce(null,n); nullif(n,0)
nullif(s,''); ifnull(q,s); n in (3,null); n not in (3,null); n not in (3,10); s in ('C12','')
n in ('3','10'); n between 0 and 5; n not between 0 and 5; s between 'A' and 'Z'
d between '2023-01-01' and '2024-12-31'; s like '%1_'; s not like '%x%'; s ilike 'ÜN%'; s not ilike 'c%'
s is null; s is not null; b is true; b is not true; b is false; not b; b and n>0; b or n>0
true and null; (n > 0) = b; n is distinct from 3; n is not distinct from null; n = '3'; p > '1'; n > 1.5
n = p; s <> 'C12'; s < 'D'; s||n; s||'-'||p; concat(s,n,q); concat(s,'-',b); lower(s); upper(s); trim(s)
ltrim('  a '); rtrim(' a '); reverse(s); left(s,2); right(s,2); left(s,0); substring(s,2,2)
substring(s,2); substr(s,1,100); length(s); replace(s,'x','yy'); starts_with(s,'C'); ends_with(s,'2')
contains(s,'%'); regexp_matches(s,'^[A-Z]'); s = ''; isnan(p); if(n>0,s,'neg'); if(n>0,null,n)
case when n>0 then 1 when n<0 then 2.5 end; case n when 3 then s else 'o' end
case when b then n else p end; case when n > 0 then null else n end; date_trunc('month',d)
date_trunc('week',d); date_trunc('quarter',d); date_trunc('day',d); date_trunc('hour',d); year(d)
month(d); day(d); extract(hour from d); extract(minute from d); extract(second from d)
extract(quarter from d); d + interval 1 month; d - interval '1 year'; d + interval 36 hour
d > '2024-01-01'; '2024-05-06' = d; epoch(d); d::date = date '2024-05-06'; make_date(2024,i,i)
strptime('01/02/2024','%d/%m/%Y'); d < timestamp '2024-01-01 00:00:00'
"""


@pytest.fixture(scope="module")
def engine() -> object:
    engine = connect(threads=1)
    engine.create_table("t", ROWS)
    return engine


def plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


def comparable(value: object) -> object:
    return pytest.approx(plain(value), nan_ok=True) if isinstance(plain(value), float) else value


@pytest.mark.parametrize(
    "text", [text.strip() for text in EXPRESSIONS.replace("\n", ";").split(";") if text.strip()]
)
def test_an_expression_means_what_duckdb_means(engine: object, text: str) -> None:
    table = engine.table("t")
    ours = table.select(value=read_expression(table, text, "t.c")).to_pyarrow()["value"].to_pylist()
    theirs = engine.con.execute(f"SELECT {text} FROM t").fetchall()  # noqa: S608 - the text is written above
    assert [plain(value) for value in ours] == [comparable(value) for (value,) in theirs]


@pytest.mark.parametrize(
    "text", ["left(s, -1)", "right(s, -1)", "substring(s, 0, 2)", "substr(s, -2)", "p // 2", "n // 0"]
)
def test_what_engines_read_in_different_ways_is_refused(engine: object, text: str) -> None:
    with pytest.raises(ConfigError, match="the types in this expression do not fit"):
        read_expression(engine.table("t"), text, "t.c")
