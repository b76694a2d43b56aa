"""The allow-list of mapping expressions: what each permitted piece of DuckDB SQL means in Ibis.

Nothing here can name a file, a table, a setting or the clock, so no expression built from it can reach one.
"""

import operator

import ibis
from ibis.expr import types as ir
from sqlglot import exp

from goodwill.data import semantics as sql
from goodwill.data.semantics import Operation

_TYPES = {
    "TEXT": "string",
    "VARCHAR": "string",
    "CHAR": "string",
    "TINYINT": "int8",
    "SMALLINT": "int16",
    "INT": "int32",
    "BIGINT": "int64",
    "FLOAT": "float32",
    "DOUBLE": "float64",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMPNTZ": "timestamp",
    "TIMESTAMPTZ": "timestamp('UTC')",
}
_UNITS = frozenset({"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"})


def scalar_type(kind: exp.DataType) -> str | None:
    """Return Ibis's name of an SQL type, None where it is not a plain scalar.

    Examples
    --------
    >>> scalar_type(exp.DataType.build("DECIMAL(12, 2)", dialect="duckdb"))
    'decimal(12, 2)'
    >>> scalar_type(exp.DataType.build("INT[]", dialect="duckdb")) is None
    True
    """
    if kind.this.name == "DECIMAL":
        return f"decimal({', '.join(part.name for part in kind.expressions)})"
    return _TYPES.get(kind.this.name)


def time_unit(node: exp.Expression | None) -> str | None:
    """Return a unit of time such as 'day', None where the node is no unit we know."""
    name = "" if node is None else node.name.upper().removesuffix("S")
    return name.lower() if name in _UNITS else None


def interval(node: exp.Interval) -> ir.Value | None:
    """Return a fixed length of time, None where it is not a whole number of a known unit."""
    unit, count = time_unit(node.args.get("unit")), node.this
    if unit is None or not isinstance(count, exp.Literal) or not count.name.isdecimal():
        return None
    return ibis.interval(int(count.name), unit=unit)


_COMPARISONS: dict[type[exp.Expression], Operation] = {
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.NullSafeNEQ: sql.differs,
    exp.NullSafeEQ: sql.method("identical_to"),
}

_ARITHMETIC: dict[type[exp.Expression], Operation] = {
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
    exp.Div: operator.truediv,
    exp.IntDiv: sql.whole_quotient,
    exp.Mod: operator.mod,
    exp.Pow: operator.pow,
    exp.Neg: operator.neg,
    exp.DateAdd: operator.add,
}

_LOGIC: dict[type[exp.Expression], Operation] = {
    exp.And: operator.and_,
    exp.Or: operator.or_,
    exp.Not: operator.invert,
}

_METHODS: dict[type[exp.Expression], str] = {
    exp.Abs: "abs",
    exp.Contains: "contains",
    exp.Date: "date",
    exp.Day: "day",
    exp.EndsWith: "endswith",
    exp.Exp: "exp",
    exp.ILike: "ilike",
    exp.IsNan: "isnan",
    exp.Length: "length",
    exp.Like: "like",
    exp.Ln: "ln",
    exp.Lower: "lower",
    exp.Month: "month",
    exp.RegexpLike: "re_search",
    exp.Replace: "replace",
    exp.Reverse: "reverse",
    exp.Sign: "sign",
    exp.Sqrt: "sqrt",
    exp.StartsWith: "startswith",
    exp.Upper: "upper",
    exp.Year: "year",
}

OPERATIONS: dict[type[exp.Expression], Operation] = {
    exp.Between: sql.is_between,
    exp.Ceil: sql.round_up,
    exp.Coalesce: sql.first_present,
    exp.Concat: sql.concat_text,
    exp.DateFromParts: ibis.date,
    exp.DPipe: sql.join_text,
    exp.Floor: sql.round_down,
    exp.Greatest: sql.greatest_of,
    exp.If: sql.choose,
    exp.In: sql.is_in,
    exp.Is: sql.is_same,
    exp.Least: sql.least_of,
    exp.Left: sql.left_of,
    exp.Nullif: sql.unless_same,
    exp.Paren: lambda value: value,
    exp.Right: sql.right_of,
    exp.Round: sql.round_to,
    exp.Substring: sql.part_of,
    exp.TimeToUnix: sql.epoch_seconds,
    **{node: sql.arithmetic(operation) for node, operation in _ARITHMETIC.items()},
    **{node: sql.logic(operation) for node, operation in _LOGIC.items()},
    **{node: sql.compared(compare) for node, compare in _COMPARISONS.items()},
    **{node: sql.method(name) for node, name in _METHODS.items()},
}

# What sqlglot notes on a node without changing its meaning in DuckDB; any other flag is refused.
HARMLESS = {
    exp.Concat: frozenset({"safe", "coalesce"}),
    exp.DPipe: frozenset({"safe"}),
    exp.Div: frozenset({"typed", "safe"}),
    exp.Greatest: frozenset({"ignore_nulls"}),
    exp.Least: frozenset({"ignore_nulls"}),
}
