"""The engine that holds the tables (Ibis), and the one seam where expressions become data frames."""

from goodwill.engine.embedded import confine, connect, part_of, split_by
from goodwill.engine.frames import MONEY, digest, fetch, in_memory, local_time, money, to_frame

__all__ = [
    "MONEY",
    "confine",
    "connect",
    "digest",
    "fetch",
    "in_memory",
    "local_time",
    "money",
    "part_of",
    "split_by",
    "to_frame",
]
