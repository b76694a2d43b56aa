"""From a source's columns to ours: names, types and the rows a config leaves out, all of it counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal
from zoneinfo import available_timezones

import ibis
from ibis.expr import types as ir

from goodwill.data.computing import ensure_computable
from goodwill.data.contracts import Contract
from goodwill.data.counting import Counts, count_rows
from goodwill.data.expressions import nearest, read_condition, read_expression
from goodwill.data.types import Converted, convert
from goodwill.errors import ConfigError, TableError

__all__ = ["Counts", "Rules", "map_table"]

# Names of zones less alike than this are a guess that helps nobody.
_ALIKE = 0.7


@dataclass(frozen=True)
class Rules:
    """What to do with a table's rows before anything is computed from them.

    Parameters
    ----------
    where : a condition on the source's columns; rows for which it is not true are left out.
    known_at : when a row was learned, an expression over the source; the contract's time when None.
    time_zone : such as "Europe/Paris"; the place whose wall clock times with a zone are turned into.
    refunds : "net" lets negative amounts reduce a day's value, "drop" leaves them out, "error" refuses them.
    duplicates : "drop" keeps one of several source rows that are alike in every column.
    null_ids : "drop" leaves out rows without an id, "error" refuses them.
    occasion : "day" or "order"; "order" needs `order_id`.
    """

    where: str | None = None
    known_at: str | None = None
    time_zone: str | None = None
    refunds: Literal["net", "drop", "error"] = "net"
    duplicates: Literal["keep", "drop"] = "keep"
    null_ids: Literal["error", "drop"] = "error"
    occasion: Literal["day", "order"] = "day"


def map_table(
    source: ir.Table, contract: Contract, columns: Mapping[str, str] | None = None, rules: Rules | None = None
) -> tuple[ir.Table, Counts]:
    """Return a source as its contract describes it, and what became of its rows.

    Rows that break the contract stay: `check_table` names them. Times come out naive and local, text without
    the `.0` of whole floats, money and numbers as float64 with NaN as missing; blank ids, and those that are
    one of `types.MISSING_MARKS`, as missing.

    Parameters
    ----------
    columns : ours: theirs, where theirs is a column or an expression; None where the source has our names.
    rules : what to do with rows; the defaults of `Rules` when None.

    Examples
    --------
    >>> from goodwill.data.contracts import CONTRACTS
    >>> days = ["2024-05-01", "2024-05-02"]
    >>> bills = ibis.memtable({"client": [17850.0, None], "day": days, "n": [2, 1], "price": [3.5, 1]})
    >>> names = {"customer_id": "client", "time": "day", "amount": "n * price"}
    >>> table, counts = map_table(bills, CONTRACTS["transactions"], names, Rules(null_ids="drop"))
    >>> table.select("customer_id", "amount").to_pyarrow().to_pylist(), counts.dropped
    ([{'customer_id': '17850', 'amount': 7.0}], {'null_ids': 1})
    """
    rules = Rules() if rules is None else rules
    _check_zone(rules.time_zone, contract)
    steps = _chosen(source, contract, rules)
    rows = steps[-1][1]
    named = _named(rows, contract, columns, rules)
    ensure_computable(rows, {f"{contract.name}.{name}": value for name, value in named.items()})
    found = _convert_all(contract, named, rules)
    repaired = {name: column.value for name, column in found.items()}
    with _named_in_failures(contract):
        counts = count_rows(steps, found, _drops(repaired, contract, rules))
    values = {name: _least_work(column, counts.odd.get(name, 0)) for name, column in found.items()}
    drops = _drops(values, contract, rules)
    kept = [~drop for reason, drop in drops.items() if reason in counts.dropped]
    rows = rows.filter(*kept) if kept else rows
    return rows.select(**values), counts


@contextmanager
def _named_in_failures(contract: Contract) -> Iterator[None]:
    """Let a failure of the engine, which knows no tables of ours, name the one that was read."""
    try:
        yield
    except TableError as error:
        raise TableError(f"{contract.name}: {error}") from None


def _check_zone(name: str | None, contract: Contract) -> None:
    if name is not None and name not in (known := available_timezones()):
        raise ConfigError(
            f"{contract.name}.time_zone: {name!r} is no zone that is known. {_hint(name, known)}"
        )


def _hint(name: str, known: Iterable[str]) -> str:
    """Return the zones most like a name, which may be that of a place alone, and what zones look like."""
    usual = "Zones are named like Europe/Berlin, Asia/Shanghai, America/New_York or UTC."
    # Etc/GMT+8 lies eight hours behind UTC, which is not what is meant by GMT+8.
    places = sorted((zone for zone in known if "/" in zone and not zone.startswith("Etc/")), reverse=True)
    zones = {zone.rpartition("/")[2].casefold(): zone for zone in places}
    zones |= {zone.casefold(): zone for zone in [*places, "UTC"]}
    found = get_close_matches(name.casefold().replace(" ", "_"), sorted(zones), n=3, cutoff=_ALIKE)
    close = dict.fromkeys(zones[one] for one in found)
    return f"Did you mean {' or '.join(map(repr, close))}? {usual}" if close else usual


def _least_work(column: Converted, n_odd: int) -> ir.Value:
    return column.value if n_odd or column.plain is None else column.plain


def _chosen(source: ir.Table, contract: Contract, rules: Rules) -> list[tuple[str, ir.Table]]:
    """Return the rows as read, then after each step that leaves some out by the source's own columns."""
    steps = [("read", source)]
    if rules.where is not None:
        condition = read_condition(source, rules.where, place := f"{contract.name}.where")
        ensure_computable(source, {place: condition})
        steps.append(("where", source.filter(condition)))
    if rules.duplicates == "drop":
        steps.append(("duplicates", steps[-1][1].distinct()))
    return steps


def _named(
    rows: ir.Table, contract: Contract, columns: Mapping[str, str] | None, rules: Rules
) -> dict[str, ir.Value]:
    """Return our columns as the source has them, and an open contract's others after them."""
    names = contract.kinds
    given = {name: name for name in rows.columns if name in names} if columns is None else dict(columns)
    if rules.known_at is not None:
        given["known_at"] = rules.known_at
    _check_names(contract, given, rows.columns)
    found = {name: read_expression(rows, text, f"{contract.name}.{name}") for name, text in given.items()}
    rest = [name for name in rows.columns if contract.is_open and name not in {*given, *given.values()}]
    return found | {name: rows[name] for name in rest}


def _check_names(contract: Contract, given: Mapping[str, str], source: Sequence[str]) -> None:
    unknown = [
        name for name in given if name not in contract.kinds and (name == "known_at" or not contract.is_open)
    ]
    if unknown:
        hints = " ".join(f"{name!r}: {nearest(name, contract.kinds)}" for name in unknown)
        raise ConfigError(f"{contract.name}.columns: the table knows no such column. {hints}")
    groups = [(name,) for name in contract.required] + list(contract.either)
    missing = [group for group in groups if not any(name in given for name in group)]
    if missing:
        named = ", ".join(" or ".join(group) for group in missing)
        message = (
            f"{contract.name}: no column for {named}. Map each in `columns:` (ours: theirs). "
            f"The source has: {', '.join(source[:40])}."
        )
        raise TableError(message + _same_names(missing, source))


def _same_names(missing: Iterable[Sequence[str]], source: Sequence[str]) -> str:
    """Return what to add where the source has columns of our names, which `columns:` does not take up."""
    same = [f"`{name}: {name}`" for group in missing for name in group if name in source]
    return f" Where `columns:` is given, only what it names is read: add {', '.join(same)}." if same else ""


def _convert_all(contract: Contract, named: Mapping[str, ir.Value], rules: Rules) -> dict[str, Converted]:
    """Return each column as its kind, in the contract's order, `known_at` added where there is a time."""
    kinds = contract.kinds
    found = {
        name: convert(named[name], kinds[name], rules.time_zone, f"{contract.name}.{name}")
        for name in kinds
        if name in named
    }
    if contract.time in found and "known_at" not in found:
        found["known_at"] = Converted(found[contract.time].value)
    return found | {name: Converted(value) for name, value in named.items() if name not in kinds}


def _drops(values: Mapping[str, ir.Value], contract: Contract, rules: Rules) -> dict[str, ir.BooleanValue]:
    """Return, per reason, which rows are left out; a row is counted under the first that holds."""
    drops: dict[str, ir.BooleanValue] = {}
    if rules.null_ids == "drop":
        drops["null_ids"] = has_no_id(values, contract)
    if rules.refunds == "drop" and "amount" in values:
        is_refund = (values["amount"] < 0).fill_null(False)  # noqa: FBT003 - ibis takes the fill value by position
        drops["refunds"] = is_refund & ~drops["null_ids"] if drops else is_refund
    return drops


def has_no_id(values: Mapping[str, ir.Value], contract: Contract) -> ir.BooleanValue:
    """Tell which rows cannot be attributed, a required id or all of a group of them being missing."""
    required = [(name,) for name in contract.required if name.endswith("_id")]
    groups = required + [group for group in contract.either if "customer_id" in group]
    missing = [ibis.and_(*[values[name].isnull() for name in group if name in values]) for group in groups]
    return ibis.or_(*missing)
