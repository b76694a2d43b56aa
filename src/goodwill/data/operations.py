"""The allow-list of mapping expressions: what each permitted piece of DuckDB SQL means in Ibis.

Nothing here can name a file, a table, a setting or the clock, so no expression built from it can reach one.
"""

import operator
from collections.abc import Callable
from functools import reduce

import ibis
from ibis.expr import operations as ops
from ibis.expr import types as ir
from sqlglot import exp

Operation = Callable[..., ir.Value]

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


def aligned(*values: ir.Value) -> list[ir.Value]:
    """Read text literals as the type of what they meet, as SQL does: `day >= '2024-01-31'`."""
    typed = [value for value in values if not (_is_text_literal(value) or value.type().is_null())]
    if not typed or typed[0].type().is_string():
        return list(values)
    return [value.cast(typed[0].type()) if _is_text_literal(value) else value for value in values]


def _is_text_literal(value: ir.Value) -> bool:
    return value.type().is_string() and isinstance(value.op(), ops.Literal)


def _arithmetic(operation: Operation) -> Operation:
    """Ibis would repeat a text when it is multiplied; in SQL that is an error."""

    def checked(*values: ir.Value) -> ir.Value:
        if any(value.type().is_string() or value.type().is_boolean() for value in values):
            message = "arithmetic needs numbers or times"
            raise TypeError(message)
        return operation(*values)

    return checked


def _logic(operation: Operation) -> Operation:
    """Ibis would combine the bits of whole numbers."""

    def checked(*values: ir.Value) -> ir.Value:
        if not all(value.type().is_boolean() or value.type().is_null() for value in values):
            message = "logic needs values that are true or false"
            raise TypeError(message)
        return operation(*values)

    return checked


def _compare(compare: Operation) -> Operation:
    return lambda left, right: compare(*aligned(left, right))


def _differs(left: ir.Value, right: ir.Value) -> ir.BooleanValue:
    return ~operator.methodcaller("identical_to", right)(left)


def _is_in(value: ir.Value, *options: ir.Value) -> ir.BooleanValue:
    return value.isin([aligned(value, option)[1] for option in options])


def _between(value: ir.Value, low: ir.Value, high: ir.Value) -> ir.BooleanValue:
    return value.between(*aligned(value, low, high)[1:])


def _is(value: ir.Value, other: ir.Value) -> ir.BooleanValue:
    return value.isnull() if other.type().is_null() else value.identical_to(other)


def _join(*parts: ir.Value) -> ir.StringValue:
    return reduce(operator.add, [part.cast("string") for part in parts])


def _concat(*parts: ir.Value) -> ir.StringValue:
    return _join(*[part.cast("string").fill_null("") for part in parts])


def _substring(text: ir.StringValue, start: ir.Value, length: ir.Value | None = None) -> ir.StringValue:
    return text.substr(start - 1, length)


def _if(test: ir.Value, then: ir.Value, other: ir.Value | None = None) -> ir.Value:
    then, other = aligned(then, ibis.null() if other is None else other)
    return test.ifelse(then, other)


def _greatest(*values: ir.Value) -> ir.Value:
    return ibis.greatest(*aligned(*values))


def _least(*values: ir.Value) -> ir.Value:
    return ibis.least(*aligned(*values))


def _coalesce(*values: ir.Value) -> ir.Value:
    return ibis.coalesce(*aligned(*values))


def _nullif(value: ir.Value, other: ir.Value) -> ir.Value:
    return value.nullif(aligned(value, other)[1])


def _method(name: str) -> Operation:
    return lambda value, *rest: getattr(value, name)(*rest)


_COMPARISONS: dict[type[exp.Expression], Operation] = {
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.NullSafeNEQ: _differs,
    exp.NullSafeEQ: _method("identical_to"),
}

_ARITHMETIC: dict[type[exp.Expression], Operation] = {
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
    exp.Div: operator.truediv,
    exp.IntDiv: operator.floordiv,
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
    exp.Ceil: "ceil",
    exp.Contains: "contains",
    exp.Date: "date",
    exp.Day: "day",
    exp.EndsWith: "endswith",
    exp.Exp: "exp",
    exp.Floor: "floor",
    exp.ILike: "ilike",
    exp.IsNan: "isnan",
    exp.Left: "left",
    exp.Length: "length",
    exp.Like: "like",
    exp.Ln: "ln",
    exp.Lower: "lower",
    exp.Month: "month",
    exp.RegexpLike: "re_search",
    exp.Replace: "replace",
    exp.Reverse: "reverse",
    exp.Right: "right",
    exp.Round: "round",
    exp.Sign: "sign",
    exp.Sqrt: "sqrt",
    exp.StartsWith: "startswith",
    exp.TimeToUnix: "epoch_seconds",
    exp.Upper: "upper",
    exp.Year: "year",
}

OPERATIONS: dict[type[exp.Expression], Operation] = {
    exp.Between: _between,
    exp.Coalesce: _coalesce,
    exp.Concat: _concat,
    exp.DateFromParts: ibis.date,
    exp.DPipe: _join,
    exp.Greatest: _greatest,
    exp.If: _if,
    exp.In: _is_in,
    exp.Is: _is,
    exp.Least: _least,
    exp.Nullif: _nullif,
    exp.Paren: lambda value: value,
    exp.Substring: _substring,
    **{node: _arithmetic(operation) for node, operation in _ARITHMETIC.items()},
    **{node: _logic(operation) for node, operation in _LOGIC.items()},
    **{node: _compare(compare) for node, compare in _COMPARISONS.items()},
    **{node: _method(name) for node, name in _METHODS.items()},
}

# What sqlglot notes on a node without changing its meaning in DuckDB; any other flag is refused.
HARMLESS = {
    exp.Concat: frozenset({"safe", "coalesce"}),
    exp.DPipe: frozenset({"safe"}),
    exp.Div: frozenset({"typed", "safe"}),
    exp.Greatest: frozenset({"ignore_nulls"}),
    exp.Least: frozenset({"ignore_nulls"}),
}
