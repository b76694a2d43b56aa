"""Arrow columns made from codes and from days: text is stored once per chunk, not once per row."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_SECONDS_PER_DAY = 86_400


def coded(codes: NDArray[np.integer], words: Sequence[str] | pa.StringArray) -> pa.DictionaryArray:
    """Return the text column in which code i stands for `words[i]`.

    Examples
    --------
    >>> coded(np.array([1, 0]), ("web", "store")).to_pylist()
    ['store', 'web']
    """
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(words, pa.string()))


def moments(start: date, day: NDArray[np.float64]) -> pa.Array:
    """Return times, to the second, from days since the start; NaN becomes null.

    Examples
    --------
    >>> moments(date(2024, 1, 1), np.array([1.5])).to_pylist()
    [datetime.datetime(2024, 1, 2, 12, 0)]
    """
    is_missing = np.isnan(day)
    seconds = np.floor(np.where(is_missing, 0.0, day) * _SECONDS_PER_DAY).astype(np.int64)
    stamps = np.datetime64(start, "us") + seconds * np.timedelta64(1_000_000, "us")
    return pa.array(stamps, mask=is_missing)


def decoded(table: pa.Table) -> pa.Table:
    """Return the table with its coded columns as plain text."""
    fields = [
        pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in table.schema
    ]
    return table.cast(pa.schema(fields))
