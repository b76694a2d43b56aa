"""Work on the rows of a frame block by block: small enough for the processor's cache, side by side."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pandas as pd

from goodwill.features.columns import Columns, block_of

Result = TypeVar("Result")
Rows = TypeVar("Rows", pd.DataFrame, Columns)
BLOCK_ROWS = 16_000


def in_blocks(work: Callable[[Rows], Result], X: Rows) -> list[Result]:
    """Return what `work` makes of consecutive blocks of rows, in order, whatever the number of threads.

    Examples
    --------
    >>> in_blocks(len, pd.DataFrame({"a": range(35_000)}))
    [16000, 16000, 3000]
    """
    if len(X) <= BLOCK_ROWS:
        return [work(X)]
    blocks = [block_of(X, slice(start, start + BLOCK_ROWS)) for start in range(0, len(X), BLOCK_ROWS)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, blocks))
