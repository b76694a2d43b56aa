"""Cells that an expression of the mapping cannot compute, counted before anything else runs over them."""

from collections.abc import Mapping

import ibis
from ibis.expr import datatypes as dt
from ibis.expr import operations as ops
from ibis.expr import types as ir

from goodwill.engine import fetch
from goodwill.errors import TableError

_REMEDY = (
    "A CAST, STRPTIME, // or % fails there, or a number grows too large: use TRY_CAST and "
    "NULLIF(divisor, 0), CAST AS DOUBLE before multiplying, or leave those rows out with `where:`."
)


def ensure_computable(rows: ir.Table, values: Mapping[str, ir.Value]) -> None:
    """Raise where an expression fails for some rows, which the engine tells late and without a name.

    The embedded engine alone can ask an expression whether it fails; of another one, nothing is said here.

    Parameters
    ----------
    rows : what the expressions are over.
    values : by the place they stand in, such as "transactions.amount".

    Raises
    ------
    TableError : an expression fails; every one is named, with how many of its cells.

    Examples
    --------
    >>> rows = ibis.memtable({"price": ["5", "free", "7"]})
    >>> ensure_computable(rows, {"transactions.amount": rows.price.cast("float64")})
    Traceback (most recent call last):
    goodwill.errors.TableError: transactions.amount: 1 of 3 values cannot be computed. A CAST, ...
    """
    made = {place: value for place, value in values.items() if not isinstance(value.op(), ops.Field)}
    if not made or rows.get_backend().name != "duckdb":
        return
    # Whether a value is missing is known of every value, unless it cannot be computed.
    failing = {place: rows.count(where=_attempted(value.isnull()).isnull()) for place, value in made.items()}
    found = fetch(rows.aggregate(rows=rows.count(), **failing)).to_pylist()[0]
    n_rows = found.pop("rows")
    told = [f"{place}: {n:,} of {n_rows:,} values cannot be computed." for place, n in found.items() if n]
    if told:
        raise TableError("\n".join([f"{one} {_REMEDY}" for one in told]))


@ibis.udf.scalar.builtin(name="try", signature=((dt.boolean,), dt.boolean))
def _attempted(value: ir.BooleanValue) -> ir.BooleanValue:
    """Return what an expression says, null where it fails: DuckDB's own TRY."""
