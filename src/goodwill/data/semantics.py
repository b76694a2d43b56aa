"""What SQL means by an operation, where Ibis means something else or says it differently."""

import operator
from collections.abc import Callable
from functools import reduce

import ibis
from ibis.expr import datatypes as dt
from ibis.expr import operations as ops
from ibis.expr import types as ir

Operation = Callable[..., ir.Value]


def aligned(*values: ir.Value) -> list[ir.Value]:
    """Read text literals as the type of what they meet, as SQL does: `day >= '2024-01-31'`."""
    typed = [value for value in values if not (_is_text_literal(value) or value.type().is_null())]
    if not typed or typed[0].type().is_string():
        return list(values)
    return [value.cast(typed[0].type()) if _is_text_literal(value) else value for value in values]


def _is_text_literal(value: ir.Value) -> bool:
    return value.type().is_string() and isinstance(value.op(), ops.Literal)


def arithmetic(operation: Operation) -> Operation:
    """Return an operation that refuses text, which Ibis would repeat or join."""

    def checked(*values: ir.Value) -> ir.Value:
        if any(value.type().is_string() or value.type().is_boolean() for value in values):
            message = "arithmetic needs numbers or times"
            raise TypeError(message)
        return operation(*values)

    return checked


def logic(operation: Operation) -> Operation:
    """Return an operation that refuses numbers, whose bits Ibis would combine."""

    def checked(*values: ir.Value) -> ir.Value:
        if not all(value.type().is_boolean() or value.type().is_null() for value in values):
            message = "logic needs values that are true or false"
            raise TypeError(message)
        return operation(*values)

    return checked


def compared(compare: Operation) -> Operation:
    """Return a comparison that reads text literals as the type they meet."""
    return lambda left, right: compare(*aligned(left, right))


def differs(left: ir.Value, right: ir.Value) -> ir.BooleanValue:
    """Tell where two values differ, missing ones being equal to each other."""
    return ~operator.methodcaller("identical_to", right)(left)


def is_in(value: ir.Value, *options: ir.Value) -> ir.BooleanValue:
    """Tell where a value is one of a list."""
    return value.isin([aligned(value, option)[1] for option in options])


def is_between(value: ir.Value, low: ir.Value, high: ir.Value) -> ir.BooleanValue:
    """Tell where a value lies between two, both included."""
    return value.between(*aligned(value, low, high)[1:])


def is_same(value: ir.Value, other: ir.Value) -> ir.BooleanValue:
    """Tell where a value is missing, true or false: `IS`."""
    return value.isnull() if other.type().is_null() else value.identical_to(other)


def join_text(*parts: ir.Value) -> ir.StringValue:
    """Join texts; one that is missing makes the whole missing: `||`."""
    return reduce(operator.add, [part.cast("string") for part in parts])


def concat_text(*parts: ir.Value) -> ir.StringValue:
    """Join texts, leaving out those that are missing: `CONCAT`."""
    return join_text(*[part.cast("string").fill_null("") for part in parts])


def part_of(text: ir.StringValue, start: ir.Value, length: ir.Value | None = None) -> ir.StringValue:
    """Return a part of a text, whose first place is 1."""
    return text.substr(_at_least(1, start) - 1, None if length is None else _at_least(0, length))


def left_of(text: ir.StringValue, length: ir.Value) -> ir.StringValue:
    """Return the first letters of a text."""
    return text.left(_at_least(0, length))


def right_of(text: ir.StringValue, length: ir.Value) -> ir.StringValue:
    """Return the last letters of a text."""
    return text.right(_at_least(0, length))


def _at_least(least: int, place: ir.Value) -> ir.Value:
    """Places counted from the end mean something else on every engine."""
    node = place.op()
    if isinstance(node, ops.Negate) or (isinstance(node, ops.Literal) and node.value < least):
        message = f"a place in a text must be {least} or more"
        raise ValueError(message)
    return place


def whole_quotient(left: ir.Value, right: ir.Value) -> ir.Value:
    """Divide, rounding towards zero as SQL does; Ibis rounds towards the smaller number."""
    if not (left.type().is_integer() and right.type().is_integer()):
        message = "// divides whole numbers"
        raise TypeError(message)
    return ((left - left % right) / right).cast("int64")


def _whole(function: Operation, value: ir.NumericValue) -> ir.Value:
    """Round without Ibis's cast to a whole number, which fails for NaN and infinite values."""
    return value if value.type().is_integer() else function(value.cast("float64"))


def round_to(value: ir.NumericValue, digits: ir.Value | None = None) -> ir.Value:
    """Round to a number of digits after the point."""
    return _whole(_round_float, value) if digits is None else value.round(digits)


def round_down(value: ir.NumericValue) -> ir.Value:
    """Return the largest whole number that is not larger."""
    return _whole(_floor_float, value)


def round_up(value: ir.NumericValue) -> ir.Value:
    """Return the smallest whole number that is not smaller."""
    return _whole(_ceil_float, value)


@ibis.udf.scalar.builtin(name="floor", signature=((dt.float64,), dt.float64))
def _floor_float(value: ir.FloatingValue) -> ir.FloatingValue:
    """Round down, as every engine can."""


@ibis.udf.scalar.builtin(name="ceil", signature=((dt.float64,), dt.float64))
def _ceil_float(value: ir.FloatingValue) -> ir.FloatingValue:
    """Round up, as every engine can."""


@ibis.udf.scalar.builtin(name="round", signature=((dt.float64,), dt.float64))
def _round_float(value: ir.FloatingValue) -> ir.FloatingValue:
    """Round to the nearest, as every engine can."""


def epoch_seconds(moment: ir.TimestampValue) -> ir.FloatingValue:
    """Return the seconds since 1970."""
    # Ibis believes that the seconds fit into 32 bits.
    return moment.epoch_seconds().cast("float64")


def choose(test: ir.Value, then: ir.Value, other: ir.Value | None = None) -> ir.Value:
    """Return one value where a test holds, else another or nothing."""
    then, other = aligned(then, ibis.null() if other is None else other)
    return test.ifelse(then, other)


def greatest_of(*values: ir.Value) -> ir.Value:
    """Return the largest of the values present."""
    return ibis.greatest(*aligned(*values))


def least_of(*values: ir.Value) -> ir.Value:
    """Return the smallest of the values present."""
    return ibis.least(*aligned(*values))


def first_present(*values: ir.Value) -> ir.Value:
    """Return the first value that is not missing."""
    return ibis.coalesce(*aligned(*values))


def unless_same(value: ir.Value, other: ir.Value) -> ir.Value:
    """Return a value, or nothing where it equals another: `NULLIF`."""
    return value.nullif(aligned(value, other)[1])


def method(name: str) -> Operation:
    """Return Ibis's method of that name as a function."""
    return lambda value, *rest: getattr(value, name)(*rest)
