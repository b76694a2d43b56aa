"""The engine that holds the tables (Ibis), and the one seam where expressions become data frames."""

from goodwill.engine.embedded import confine, connect, part_of, split_by
from goodwill.engine.frames import (
    MONEY,
    digest,
    drawn_below,
    fetch,
    framed,
    in_memory,
    is_drawn,
    kept,
    local_time,
    money,
    plain,
    to_frame,
    zero_or_one,
)
from goodwill.engine.opening import EMBEDDED, open_engine
from goodwill.engine.prepared import Dated, Prepared
from goodwill.engine.spark import SPARK
from goodwill.engine.warehouse import ensure_table_name, last_text, replace_table, since_1970, try_cast

__all__ = [
    "EMBEDDED",
    "MONEY",
    "SPARK",
    "Dated",
    "Prepared",
    "confine",
    "connect",
    "digest",
    "drawn_below",
    "ensure_table_name",
    "fetch",
    "framed",
    "in_memory",
    "is_drawn",
    "kept",
    "last_text",
    "local_time",
    "money",
    "open_engine",
    "part_of",
    "plain",
    "replace_table",
    "since_1970",
    "split_by",
    "to_frame",
    "try_cast",
    "zero_or_one",
]
