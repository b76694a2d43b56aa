"""Mapping values and `where`: a column's name, or a scalar expression in DuckDB's SQL, as Ibis.

An expression is parsed and rebuilt piece by piece from `operations`, so that only what is listed
there can ever reach the engine; no text of the user's is handed to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

import ibis
import sqlglot
from ibis.common.annotations import SignatureValidationError
from ibis.common.exceptions import IbisError
from ibis.expr import datatypes as dt
from ibis.expr import types as ir
from sqlglot import exp
from sqlglot.errors import SqlglotError

from goodwill.data.operations import HARMLESS, OPERATIONS, interval, scalar_type, time_unit
from goodwill.data.semantics import aligned
from goodwill.engine import since_1970, try_cast, zero_or_one
from goodwill.errors import ConfigError

MAX_CHARACTERS = 5_000
_ALLOWED = (
    "Allowed are columns, literals, arithmetic, comparisons, AND/OR/NOT, CASE, CAST and TRY_CAST, IN (list), "
    "BETWEEN, LIKE, IS NULL, INTERVAL and plain functions of text, numbers and dates."
)


def read_expression(table: ir.Table, text: str, place: str) -> ir.Value:
    """Return what `text` says about a row of `table`.

    Parameters
    ----------
    table : the source, with its own column names.
    text : the exact name of a column, or a scalar expression in DuckDB's SQL.
    place : where it stands, for messages: "transactions.amount".

    Examples
    --------
    >>> source = ibis.memtable({"Quantity": [2, 1], "Unit Price": [1.5, 4.0]})
    >>> read_expression(source, 'Quantity * "Unit Price"', "transactions.amount").to_list()
    [3.0, 4.0]
    >>> read_expression(source, "Unit Price", "transactions.amount").to_list()
    [1.5, 4.0]
    >>> read_expression(source, "read_text('notes.txt')", "transactions.amount")
    Traceback (most recent call last):
    goodwill.errors.ConfigError: transactions.amount: the function read_text is not allowed in a mapping. ...
    """
    if text in table.columns:
        return table[text]
    try:
        return _Reader(table, place).value(_parsed(text, table, place))
    except (IbisError, SignatureValidationError, TypeError, ValueError, AttributeError, ArithmeticError):
        # Ibis's own message would print the rows of tables that live in memory.
        message = (
            f"{place}: the types in this expression do not fit together. "
            "CAST the columns in it to what they should be, for example TRY_CAST(price AS DOUBLE)."
        )
        raise ConfigError(message) from None
    except RecursionError:
        message = (
            f"{place}: the expression is nested too deeply. Simplify it, or prepare the column in the source."
        )
        raise ConfigError(message) from None


def read_condition(table: ir.Table, text: str, place: str) -> ir.BooleanValue:
    """Return what `text` says about a row, which must be true or false.

    Examples
    --------
    >>> read_condition(ibis.memtable({"a": [1, 2]}), "a > 1", "transactions.where").to_list()
    [False, True]
    """
    value = read_expression(table, text, place)
    if value.type().is_boolean():
        return value
    message = f"{place}: a condition must be true or false, this one is of type {value.type()}."
    raise ConfigError(message)


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a hint at the names most like `name`, or at all of them.

    Examples
    --------
    >>> nearest("amuont", ["amount", "time"])
    "Did you mean 'amount'?"
    """
    known = list(names)
    found = get_close_matches(name, known, n=3, cutoff=0.6)
    if found:
        return f"Did you mean {' or '.join(repr(match) for match in found)}?"
    return f"There are: {', '.join(known[:30]) or 'none'}."


def _parsed(text: str, table: ir.Table, place: str) -> exp.Expression:
    if len(text) > MAX_CHARACTERS:
        message = f"{place}: the expression has {len(text)} characters; at most {MAX_CHARACTERS} are read."
        raise ConfigError(message)
    try:
        return sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError as error:
        message = (
            f"{place}: {text!r} is neither a column nor an expression that can be read. "
            f"{nearest(text, table.columns)} Inside expressions names with blanks stand in double quotes."
        )
        raise ConfigError(message) from error


@dataclass(frozen=True)
class _Reader:
    """Rebuild an expression over one table."""

    table: ir.Table
    place: str

    def value(self, node: exp.Expression) -> ir.Value:
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.Literal):
            return ibis.literal(node.this if node.is_string else _number(node.this))
        if isinstance(node, (exp.Boolean, exp.Null)):
            return ibis.null() if isinstance(node, exp.Null) else ibis.literal(node.this)
        special = getattr(self, f"_{type(node).__name__.lower()}", None)
        return self._operation(node) if special is None else special(node)

    def _operation(self, node: exp.Expression) -> ir.Value:
        operation = OPERATIONS.get(type(node))
        if operation is None:
            raise self._refused(node)
        return operation(*[self.value(operand) for operand in self._operands(node)])

    def _operands(self, node: exp.Expression) -> list[exp.Expression]:
        operands: list[exp.Expression] = []
        for key, argument in node.args.items():
            parts = argument if isinstance(argument, list) else [argument]
            if all(isinstance(part, exp.Expression) for part in parts):
                operands += parts
            elif argument and key not in HARMLESS.get(type(node), frozenset()):
                raise self._refused(node)
        return operands

    def _column(self, node: exp.Column) -> ir.Column:
        if node.table:
            raise self._refused(node)
        found = [name for name in self.table.columns if name.lower() == node.name.lower()]
        name = node.name if node.name in found else found[0] if len(found) == 1 else None
        if name is None:
            message = (
                f"{self.place}: there is no column {node.name!r}. {nearest(node.name, self.table.columns)}"
            )
            raise ConfigError(message)
        return self.table[name]

    def _cast(self, node: exp.Cast) -> ir.Value:
        kind = scalar_type(node.to)
        if kind is None:
            raise self._refused(node.to)
        value = self.value(node.this)
        if value.type().is_boolean() and dt.dtype(kind).is_numeric():
            return zero_or_one(value).cast(kind)
        return try_cast(value, kind) if isinstance(node, exp.TryCast) else value.cast(kind)

    _trycast = _cast

    def _like(self, node: exp.Like | exp.ILike) -> ir.Value:
        plain = type(node)(this=node.this, expression=node.expression)
        return ~self._operation(plain) if node.args.get("negate") else self._operation(plain)

    _ilike = _like

    def _case(self, node: exp.Case) -> ir.Value:
        tests = [branch.this for branch in node.args["ifs"]]
        if node.this is not None:
            tests = [exp.EQ(this=node.this, expression=test) for test in tests]
        other = node.args.get("default")
        results = [self.value(branch.args["true"]) for branch in node.args["ifs"]]
        *results, otherwise = aligned(*results, ibis.null() if other is None else self.value(other))
        return ibis.cases(*zip(map(self.value, tests), results, strict=True), else_=otherwise)

    def _interval(self, node: exp.Interval) -> ir.Value:
        length = interval(node)
        if length is None:
            raise self._refused(node)
        return length

    def _timestamptrunc(self, node: exp.Expression) -> ir.Value:
        unit = time_unit(node.args.get("unit"))
        if unit is None:
            raise self._refused(node)
        return self.value(node.this).truncate(unit)

    _datetrunc = _timestamptrunc

    def _extract(self, node: exp.Extract) -> ir.Value:
        unit = time_unit(node.this)
        if unit is None:
            raise self._refused(node)
        return getattr(self.value(node.expression), unit)()

    def _strtotime(self, node: exp.StrToTime) -> ir.Value:
        pattern = node.args["format"]
        if not isinstance(pattern, exp.Literal):
            raise self._refused(node)
        moment = self.value(node.this).as_timestamp(pattern.name)
        return moment if "%z" in pattern.name.lower() else moment.cast("timestamp")

    def _unixtotime(self, node: exp.UnixToTime) -> ir.Value:
        scale = node.args.get("scale")
        unit = {"0": "s", "3": "ms", "6": "us"}.get("0" if scale is None else scale.name)
        if unit is None:
            raise self._refused(node)
        return since_1970(self.value(node.this), unit)

    def _trim(self, node: exp.Trim) -> ir.Value:
        if node.expression is not None:
            raise self._refused(node)
        strip = {"LEADING": "lstrip", "TRAILING": "rstrip"}.get(node.args.get("position") or "", "strip")
        return getattr(self.value(node.this), strip)()

    def _refused(self, node: exp.Expression) -> ConfigError:
        return ConfigError(f"{self.place}: {_named(node)} is not allowed in a mapping. {_ALLOWED}")


def _named(node: exp.Expression) -> str:
    if isinstance(node, exp.Anonymous):
        return f"the function {node.name}"
    if isinstance(node, exp.Func):
        return f"the function {node.sql_name()}"
    return f"{type(node).__name__} ({node.sql('duckdb')[:60]})"


def _number(digits: str) -> float | int:
    return int(digits) if digits.isdecimal() else float(digits)
