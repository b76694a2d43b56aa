"""Queries written once and run many times: Ibis takes longer to write one than the engine to answer it."""

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

import pandas as pd
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.engine.embedded import embedded_failures
from goodwill.engine.frames import framed, plain, to_frame

# No day of any data lies near it: what does, in a query written for it, is so many days from it.
_WRITTEN_FOR = date(4321, 1, 1)
_NEAR_DAYS = 20_000
_DAY = re.compile(r"\b(MAKE_DATE|MAKE_TIMESTAMP)\((\d+), (\d+), (\d+)")


@dataclass(frozen=True)
class Prepared:
    """A query as the embedded engine reads it, to run again on tables of the same names and columns.

    Examples
    --------
    >>> from goodwill.engine import connect, in_memory
    >>> first, second = connect(), connect()
    >>> rows = in_memory(pd.DataFrame({"customer_id": ["a"], "amount": [1]}), first, "orders")
    >>> doubled = Prepared.of(rows.mutate(amount=rows.amount * 2), first)
    >>> _ = in_memory(pd.DataFrame({"customer_id": ["b"], "amount": [5]}), second, "orders")
    >>> doubled.to_frame(second).to_numpy().tolist()
    [['b', 10]]
    """

    sql: str
    schema: pa.Schema
    kinds: Mapping[str, str]

    @classmethod
    def of(cls, table: ir.Table, engine: BaseBackend) -> Self:
        """Return an expression on tables of `engine` as a query."""
        typed = plain(table)
        kinds = {name: str(kind) for name, kind in typed.schema().items()}
        return cls(str(engine.compile(typed)), typed.schema().to_pyarrow(), kinds)

    def to_frame(self, engine: BaseBackend, *, order_by: str = "customer_id") -> pd.DataFrame:
        """Run the query and return what `to_frame` does of the expression."""
        with embedded_failures():
            rows = engine.con.sql(self.sql).to_arrow_table().cast(self.schema)
        return framed(rows, self.kinds).sort_values(order_by, ignore_index=True, kind="stable")

    def moved(self, days: int) -> Self:
        """Return the query with every day near `_WRITTEN_FOR` so many days later."""

        def later(found: re.Match[str]) -> str:
            written = date(*map(int, found.groups()[1:]))
            if abs((written - _WRITTEN_FOR).days) > _NEAR_DAYS:
                return found[0]
            day = written + timedelta(days=days)
            return f"{found[1]}({day.year}, {day.month}, {day.day}"

        return replace(self, sql=_DAY.sub(later, self.sql))


class Dated:
    """A query about a day that can be asked of any day; the embedded engine writes it once.

    Parameters
    ----------
    write : returns the query about a day, and whatever else is asked (hashable). The day and days counted
        from it may stand in the query as dates and times, as they do in what `Tables.before` and
        `Tables.within` return; nothing else may follow from the day, least of all what was asked of tables
        while the query was written.
    order_by : the column that fixes the order of rows, as in `to_frame`.

    Examples
    --------
    >>> from goodwill.engine import connect, in_memory
    >>> rows = pd.DataFrame({"customer_id": ["a", "b"], "day": pd.to_datetime(["2024-01-01", "2024-02-01"])})
    >>> table = in_memory(rows, connect(), "orders")
    >>> before = Dated(lambda day: table.filter(table.day < day))
    >>> before.to_frame(date(2024, 1, 5))["customer_id"].tolist()
    ['a']
    >>> before.to_frame(date(2024, 3, 5))["customer_id"].tolist()
    ['a', 'b']
    """

    def __init__(self, write: Callable[..., ir.Table], *, order_by: str = "customer_id") -> None:
        self._write = write
        self._order_by = order_by
        self._written: dict[tuple[Hashable, ...], tuple[BaseBackend, Prepared] | None] = {}

    def to_frame(self, day: date, *asked: Hashable) -> pd.DataFrame:
        """Return what `to_frame` does of the query about `day`."""
        if asked not in self._written:
            self._written[asked] = _written(self._write(_WRITTEN_FOR, *asked))
        written = self._written[asked]
        if written is None:
            return to_frame(self._write(day, *asked), order_by=self._order_by)
        engine, prepared = written
        return prepared.moved((day - _WRITTEN_FOR).days).to_frame(engine, order_by=self._order_by)


def _written(query: ir.Table) -> tuple[BaseBackend, Prepared] | None:
    """Return a query as its engine reads it; none for engines but the embedded one."""
    engine = query.get_backend()
    return (engine, Prepared.of(query, engine)) if engine.name == "duckdb" else None
