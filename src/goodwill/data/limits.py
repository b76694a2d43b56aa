"""What the values of a table may be: a list of limits, each one aggregate over the mapped table."""

from dataclasses import dataclass
from datetime import datetime

import ibis
from ibis.expr import types as ir

from goodwill.data.contracts import Contract
from goodwill.data.mapping import Rules

EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - times are naive and local
# decimal(18, 4), in which money is summed, holds fourteen digits before the point.
LARGEST = 1e14
# It holds four after the point; half of the last is rounded away.
SMALLEST = 5e-5
_LONG_DAYS = 3653
SIDES = ("score", "expectation", "perception", "functional", "dysfunctional", "importance", "performance")
_MAY_BE_MISSING = frozenset({"end", "treatment"})
_LEAVE_OUT = "or leave those rows out with `where:`."
_RANGES = {
    "margin_rate": (-1.0, 1.0, "Write rates as shares: 0.25, not 25."),
    "propensity": (0.0, 1.0, "Write it as a probability: 0.25, not 25."),
    "weight": (0.0, float("inf"), "Weights count people and cannot be negative."),
}


@dataclass(frozen=True)
class Limit:
    """One thing that may be wrong with a table.

    Parameters
    ----------
    name : of its count in the aggregate.
    column : where it is wrong.
    n_bad : how many rows are wrong.
    text : what is wrong and what to do; `{are}` and `{s}` follow the count.
    bad : which rows are wrong; None where one row alone cannot tell.
    """

    name: str
    column: str
    n_bad: ir.IntegerScalar
    text: str
    bad: ir.BooleanColumn | None = None


# Whoever exports a campaign has no time of those it left out, and leaving them out leaves no control group.
_WHOSE_TIME = "A customer in control has the time of the wave they were left out of. "


def limits_of(table: ir.Table, contract: Contract, rules: Rules) -> list[Limit]:
    """Return the limits a mapped table must pass, for the columns it has."""
    kinds = {name: kind for name, kind in contract.kinds.items() if name in table.columns}
    limits = _missing(table, contract) + _repeated(table, contract)
    for name, kind in kinds.items():
        if kind == "time":
            limits.append(_strange_time(table, name, contract.time))
        elif kind in {"money", "number"}:
            limits += _strange_number(table, name)
    limits += [_outside(table, name) for name in _RANGES if name in kinds]
    return limits + _of_contracts(table, contract) + _of_money(table, rules) + _of_surveys(table, contract)


def _limit(table: ir.Table, name: str, bad: ir.BooleanColumn, text: str) -> Limit:
    return Limit(name, name.partition(":")[2], table.count(where=bad), text, bad)


def _missing(table: ir.Table, contract: Contract) -> list[Limit]:
    limits = []
    for name in contract.required:
        if name not in _MAY_BE_MISSING:
            remedy = (
                "Set `null_ids: drop` to leave those rows out."
                if name.endswith("_id")
                else f"{_WHOSE_TIME if contract.name == 'treatments' else ''}Fill them, {_LEAVE_OUT}"
            )
            limits.append(
                _limit(table, f"missing:{name}", table[name].isnull(), f"{{are}} missing. {remedy}")
            )
    for group in contract.either:
        bad = ibis.and_(*[table[name].isnull() for name in group if name in table.columns])
        text = f"{{are}} missing in each of {', '.join(group)}. Fill one of them, {_LEAVE_OUT}"
        limits.append(_limit(table, f"missing:{'/'.join(group)}", bad, text))
    return limits + _never_learned(table, contract)


def _never_learned(table: ir.Table, contract: Contract) -> list[Limit]:
    if "known_at" not in table.columns or contract.time not in table.columns:
        return []
    bad = table.known_at.isnull() & table[contract.time].notnull()
    text = (
        f"{{are}} missing although {contract.time} is there. Map it as COALESCE(theirs, {contract.time}'s)."
    )
    return [_limit(table, "missing:known_at", bad, text)]


def _repeated(table: ir.Table, contract: Contract) -> list[Limit]:
    text = "repeat{s} an earlier row's. Keep one row each, or set `duplicates: drop` if whole rows repeat."
    return [
        Limit(f"repeated:{name}", name, table[name].count() - table[name].nunique(), text)
        for name in contract.key
    ]


def _strange_time(table: ir.Table, name: str, time: str | None) -> Limit:
    bad = table[name] < EARLIEST
    if name != "end":
        # A contract that runs for ever may say so by an end in the year 9999.
        bad |= table[name] >= LATEST
    if name == "known_at" and time in table.columns:
        # Where it is the time itself, one complaint is enough.
        bad &= table.known_at != table[time]
    text = f"lie{{s}} before 1900 or after 2100. Correct them, make them missing with NULLIF, {_LEAVE_OUT}"
    return _limit(table, f"strange:{name}", bad, text)


def _strange_number(table: ir.Table, name: str) -> list[Limit]:
    is_infinite = table[name].isinf()
    is_large = ~is_infinite & (table[name].abs() >= LARGEST)
    large = f"{{are}} {LARGEST:.0e} or more, which exact sums cannot hold. Divide the column, say by 1000."
    return [
        _limit(
            table,
            f"infinite:{name}",
            is_infinite,
            f"{{are}} infinite. Correct them, {_LEAVE_OUT}",
        ),
        _limit(table, f"large:{name}", is_large, large),
    ]


def _outside(table: ir.Table, name: str) -> Limit:
    low, high, remedy = _RANGES[name]
    bad = (table[name] < low) | (table[name] > high)
    return _limit(table, f"outside:{name}", bad, f"{{are}} outside {low:g} to {high:g}. {remedy}")


def _of_contracts(table: ir.Table, contract: Contract) -> list[Limit]:
    if contract.name != "contracts":
        return []
    return [
        _limit(
            table,
            "order:end",
            table.end < table.start,
            "lie{s} before the contract's start. Correct one of the two.",
        ),
        _limit(
            table,
            "positive:period_days",
            table.period_days <= 0,
            "{are} not positive. "
            "Write the days between two payments; of a contract that is paid once, its length.",
        ),
        _limit(
            table,
            "positive:price",
            table.price < 0,
            "{are} negative. "
            "Take discounts off the price they belong to, or leave those rows out with `where:`.",
        ),
        _limit(
            table,
            "often:price",
            (table.price < LARGEST)
            & (table.period_days > 0)
            & (table.price * (_LONG_DAYS / table.period_days) >= LARGEST),
            f"make{{s}} {LARGEST:.0e} or more in ten years, which exact sums cannot hold. "
            "Divide the column, say by 1000.",
        ),
    ]


def _of_money(table: ir.Table, rules: Rules) -> list[Limit]:
    if "amount" not in table.columns:
        return []
    return [_all_tiny(table), *(_refunds(table) if rules.refunds == "error" else [])]


def _all_tiny(table: ir.Table) -> Limit:
    largest = table.amount.abs().max()
    n_bad = ((largest > 0) & (largest < SMALLEST)).ifelse(table.count(), 0)
    text = f"{{are}} below {SMALLEST:g}, which exact sums round to nothing. Multiply the column, say by 1000."
    return Limit("tiny:amount", "amount", n_bad, text)


def _refunds(table: ir.Table) -> list[Limit]:
    text = (
        "{are} negative and refunds are set to 'error'. "
        "Set `refunds: net` to let them reduce the day's value, or `drop`."
    )
    return [_limit(table, "negative:amount", table.amount < 0, text)]


def _of_surveys(table: ir.Table, contract: Contract) -> list[Limit]:
    if contract.name != "surveys":
        return []
    text = f"{{are}} none of {', '.join(SIDES)}. Map `side` with CASE."
    return [_limit(table, "side:side", table.side.notin(SIDES), text)]
