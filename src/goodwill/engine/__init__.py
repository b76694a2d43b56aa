"""The engine that holds the tables (Ibis), and the one seam where expressions become data frames."""

from goodwill.engine.embedded import confine, connect, part_of, split_by
from goodwill.engine.frames import MONEY, digest, fetch, in_memory, local_time, money, to_frame
from goodwill.engine.opening import EMBEDDED, open_engine
from goodwill.engine.warehouse import ensure_table_name, replace_table

__all__ = [
    "EMBEDDED",
    "MONEY",
    "confine",
    "connect",
    "digest",
    "ensure_table_name",
    "fetch",
    "in_memory",
    "local_time",
    "money",
    "open_engine",
    "part_of",
    "replace_table",
    "split_by",
    "to_frame",
]
