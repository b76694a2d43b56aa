"""How many rows were read, left out and why, and how many cells could not be understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import ibis
from ibis.expr import types as ir

from goodwill.data.types import Converted
from goodwill.engine import fetch

_CELLS = ("rejected", "zoned", "unzoned", "odd")


@dataclass(frozen=True)
class Counts:
    """How many rows were read, left out and why, and cells that could not be understood.

    Parameters
    ----------
    dropped : rows left out, by reason: "where", "duplicates", "null_ids", "refunds"; none that is 0.
    rejected : per column, cells of kept rows that are not what the column should hold.
    zoned, unzoned : per column, times written with their zone and without.
    odd : per column, cells that had to be repaired, such as a missing id written as "nan".

    Examples
    --------
    >>> Counts(rows_read=10, rows_kept=8, dropped={"where": 2}).dropped
    {'where': 2}
    """

    rows_read: int
    rows_kept: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)
    zoned: Mapping[str, int] = field(default_factory=dict)
    unzoned: Mapping[str, int] = field(default_factory=dict)
    odd: Mapping[str, int] = field(default_factory=dict)


def count_rows(
    steps: Sequence[tuple[str, ir.Table]],
    columns: Mapping[str, Converted],
    drops: Mapping[str, ir.BooleanValue],
) -> Counts:
    """Count rows after each step, and the cells of the last in one aggregate query.

    Parameters
    ----------
    steps : the rows as read, then what is left after each named step.
    columns : over the rows of the last step.
    drops : which of those rows are left out, by reason; no row under two.
    """
    rows = steps[-1][1]
    found = _run(rows.aggregate(rows=rows.count(), **_measures(rows, columns, drops)))
    n_rows = [_run(table.aggregate(rows=table.count()))["rows"] for _, table in steps[:-1]] + [found["rows"]]
    chosen = {name: n_rows[i] - n_rows[i + 1] for i, (name, _) in enumerate(steps[1:])}
    dropped = chosen | {reason: found[f"dropped:{reason}"] for reason in drops}
    return Counts(
        rows_read=n_rows[0],
        rows_kept=n_rows[0] - sum(dropped.values()),
        dropped={reason: n for reason, n in dropped.items() if n},
        **{kind: _positive(found, f"{kind}:") for kind in _CELLS},
    )


def _measures(
    rows: ir.Table, columns: Mapping[str, Converted], drops: Mapping[str, ir.BooleanValue]
) -> dict[str, ir.IntegerScalar]:
    flags = {f"dropped:{reason}": drop for reason, drop in drops.items()}
    kept = [~drop for drop in drops.values()]
    for name, column in columns.items():
        for kind in _CELLS:
            flag = getattr(column, kind)
            # A repair is needed to tell which rows are dropped, so odd cells count on all rows.
            flags |= (
                {} if flag is None else {f"{kind}:{name}": flag if kind == "odd" else ibis.and_(flag, *kept)}
            )
    return {name: rows.count(where=flag) for name, flag in flags.items()}


def _run(aggregate: ir.Table) -> dict[str, int]:
    row = fetch(aggregate).to_pylist()[0]
    return {name: int(value or 0) for name, value in row.items()}


def _positive(found: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): n for name, n in found.items() if name.startswith(prefix) and n}
