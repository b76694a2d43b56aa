"""What is known of a file's columns from a sample of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
from ibis.expr import datatypes as dt
from ibis.expr import types as ir

from goodwill.data.guess.reading import Reading, read_values
from goodwill.data.guess.words import plain

SAMPLE_ROWS = 5_000


@dataclass(frozen=True)
class Facts:
    """What one column of a file is called and holds, judged by a sample of its rows.

    Parameters
    ----------
    name : as in the file. header : `plain(name)`.
    values : the distinct texts of the sample, sorted. n_filled : sampled rows with a value.
    reading : how the values can be read.
    said : the columns of ours that a person says it is.
    asked : the question in full, where a row below the header tells it.
    """

    name: str
    header: str
    values: tuple[str, ...]
    n_filled: int
    reading: Reading
    said: tuple[str, ...] = ()
    asked: str = ""

    @property
    def title(self) -> str:
        """What people read of it."""
        return self.asked or self.name

    @property
    def names_things(self) -> bool:
        """True where the values could be ids or codes: text, or whole numbers."""
        reading = self.reading
        return self.n_filled > 0 and not reading.as_time and (reading.is_whole or not reading.as_number)

    @property
    def repeats(self) -> bool:
        """True where a value of the sample stands in more than one row."""
        return len(self.values) < self.n_filled


def read_facts(table: ir.Table) -> list[Facts]:
    """Return the facts of each column, in the file's order.

    Examples
    --------
    >>> import ibis
    >>> column = read_facts(ibis.memtable({"CustomerID": [17850.0, 17850.0, None]}))[0]
    >>> column.header, column.values, column.n_filled, column.names_things, column.repeats
    ('customer id', ('17850',), 2, True, True)
    """
    sample = table.head(SAMPLE_ROWS).to_pyarrow()
    return [_facts(name, table[name].type(), _cells(table, sample, name)) for name in table.columns]


def _cells(table: ir.Table, sample: pa.Table, name: str) -> Sequence[object]:
    """Return a column of the sample; of one that is empty there, its first values further down."""
    if sample[name].null_count < len(sample):
        return sample[name].to_pylist()
    column = table[name]
    return table.filter(column.notnull()).select(name).head(SAMPLE_ROWS).to_pyarrow()[name].to_pylist()


def _facts(name: str, kind: dt.DataType, cells: Sequence[object]) -> Facts:
    texts = [text for text in map(_text, cells) if text]
    header, values = plain(name), tuple(sorted(set(texts)))
    reading = read_values(name, header, kind, values) if values else Reading()
    return Facts(name, header, values, len(texts), reading)


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell).replace("nan", "")
    return "" if cell is None else str(cell).strip()
