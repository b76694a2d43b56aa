"""Whether a mapped table keeps its contract: every problem of a table in one aggregate query."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ibis.expr import types as ir

from goodwill.data.contracts import Contract
from goodwill.data.limits import LARGEST, Limit, limits_of
from goodwill.data.mapping import Counts, Rules
from goodwill.data.types import SET_ZONE
from goodwill.engine import fetch
from goodwill.errors import ConfigError, TableError

_N_SAMPLES = 3
# Of a customer, money and quantities are summed exactly, one way or the other.
_SUMMED = {"transactions": ("amount", "cost", "quantity")}
_UNREAD = {
    "time": (
        "a time that can be read in one way only",
        "Map it with STRPTIME(column, '%d/%m/%Y %H:%M') or another pattern that fits.",
    ),
    "number": (
        "a number",
        "Take signs away with REPLACE(column, ',', ''), or map TRY_CAST(column AS DOUBLE).",
    ),
    "surveys.value": (
        "a number",
        "Map answers with labels or in words to `answer`, which reads them.",
    ),
}


@dataclass(frozen=True)
class Problem:
    """One way in which a table breaks its contract.

    Parameters
    ----------
    column : where; the table's name alone where no single column is at fault.
    text : what is wrong, how often, and what to do.
    n_rows : rows at fault.
    sample_keys : at most three keys of such rows, for the terminal alone: never logged, stored or sent.
    """

    column: str
    text: str
    n_rows: int
    sample_keys: tuple[str, ...] = field(default=(), repr=False, compare=False)


class ContractError(TableError):
    """A table that breaks its contract, with all its problems."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{problem.column}: {problem.text}" for problem in problems))


def check_table(
    table: ir.Table, contract: Contract, counts: Counts | None = None, rules: Rules | None = None
) -> None:
    """Raise a ContractError that lists every problem of a mapped table; return nothing where there is none.

    Parameters
    ----------
    table : as `map_table` returns it.
    counts : what `map_table` counted, so that cells it could not read are problems too.
    rules : what was asked of the table; the defaults of `Rules` when None.

    Examples
    --------
    >>> import ibis
    >>> from goodwill.data.contracts import CONTRACTS
    >>> from goodwill.data.mapping import map_table
    >>> days = ["2024-05-01", "2924-05-01"]
    >>> rows = ibis.memtable({"customer_id": ["a", None], "time": days, "amount": [1.0, 2.0]})
    >>> check_table(map_table(rows, CONTRACTS["transactions"])[0], CONTRACTS["transactions"])
    Traceback (most recent call last):
    goodwill.data.checks.ContractError: transactions.customer_id: 1 of 2 values is missing. ...
    transactions.time: 1 of 2 values lies before 1900 or after 2100. ...
    """
    problems = find_problems(table, contract, counts, rules)
    if problems:
        raise ContractError(problems)


def find_problems(
    table: ir.Table, contract: Contract, counts: Counts | None = None, rules: Rules | None = None
) -> tuple[Problem, ...]:
    """Return every problem of a mapped table, with at most three sample keys each."""
    rules = Rules() if rules is None else rules
    if rules.occasion == "order" and contract.name == "transactions" and "order_id" not in table.columns:
        raise ConfigError(
            "transactions: `occasion: order` needs `order_id`; map it in `columns:`, or count days."
        )
    limits = limits_of(table, contract, rules)
    found = _counted(table, contract, limits)
    n_rows = int(found["rows"])
    if n_rows == 0:
        return (_empty(contract, counts),)
    broken = [(limit, int(found[limit.name] or 0) - _told(limit, counts, rules)) for limit in limits]
    unread = () if counts is None else _unread(contract, counts, rules)
    told = unread + tuple(_problem(table, contract, limit, (n, n_rows)) for limit, n in broken if n)
    return told or tuple(_large_sums(table, contract, found))


def _counted(table: ir.Table, contract: Contract, limits: Sequence[Limit]) -> dict[str, Any]:
    """Return the rows, how many break each limit, and what columns that are summed by customer add up to."""
    sums = {f"sum:{name}": table[name].abs().sum() for name in _summed(table, contract)}
    broken = {limit.name: limit.n_bad for limit in limits}
    try:
        found: dict[str, Any] = fetch(table.aggregate(rows=table.count(), **broken, **sums)).to_pylist()[0]
    except TableError as error:
        raise TableError(f"{contract.name}: {error}") from None
    return found


def _summed(table: ir.Table, contract: Contract) -> list[str]:
    return [name for name in _SUMMED.get(contract.name, ()) if name in table.columns]


def _large_sums(table: ir.Table, contract: Contract, found: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the columns of which some customers have more than exact sums hold; few tables add up to that."""
    for name in _summed(table, contract):
        if (found[f"sum:{name}"] or 0) >= LARGEST:
            totals = table.group_by("customer_id").aggregate(total=table[name].abs().sum())
            bad = totals.total >= LARGEST
            sizes = fetch(totals.aggregate(all=totals.count(), bad=totals.count(where=bad))).to_pylist()[0]
            text = (
                f"the values of {sizes['bad']:,} of {sizes['all']:,} customers add up to {LARGEST:.0e} or "
                "more, which exact sums cannot hold. Divide the column, say by 1000."
            )
            if sizes["bad"]:
                yield Problem(
                    f"{contract.name}.{name}", text, sizes["bad"], _keys(totals, "customer_id", bad)
                )


def _empty(contract: Contract, counts: Counts | None) -> Problem:
    if counts is None or counts.rows_read == 0:
        return Problem(contract.name, "the table has no rows. Check `source:`.", 0)
    reasons = ", ".join(f"{name} {n}" for name, n in counts.dropped.items())
    text = f"all {counts.rows_read} rows were left out ({reasons}). Loosen the rule that left them out."
    return Problem(contract.name, text, counts.rows_read)


def _unread(contract: Contract, counts: Counts, rules: Rules) -> tuple[Problem, ...]:
    problems = []
    for name, n in counts.rejected.items():
        kind = "time" if contract.kinds[name] == "time" else "number"
        expected, remedy = _UNREAD.get(f"{contract.name}.{name}", _UNREAD[kind])
        text = f"{n} of {counts.rows_kept} values {_are(n)} not {expected}. {remedy}"
        problems.append(Problem(f"{contract.name}.{name}", text, n))
    return tuple(problems + _mixed_zones(contract, counts, rules))


def _told(limit: Limit, counts: Counts | None, rules: Rules) -> int:
    """Return how many missing values are already said to be unreadable, or to need a time zone."""
    if counts is None or limit.name != f"missing:{limit.column}":
        return 0
    zoned = counts.zoned.get(limit.column, 0) if rules.time_zone is None else 0
    return counts.rejected.get(limit.column, 0) + zoned


def _mixed_zones(contract: Contract, counts: Counts, rules: Rules) -> list[Problem]:
    problems = []
    for name, n_zoned in counts.zoned.items():
        n_local = counts.unzoned.get(name, 0)
        if n_local:
            text = (
                f"{n_zoned} times carry a zone and {n_local} do not, so days cannot be told apart. "
                "Write all of them with a zone, or none."
            )
            problems.append(Problem(f"{contract.name}.{name}", text, n_zoned))
        elif rules.time_zone is None:
            text = f"{n_zoned} times carry a zone. {SET_ZONE}"
            problems.append(Problem(f"{contract.name}.{name}", text, n_zoned))
    return problems


def _problem(table: ir.Table, contract: Contract, limit: Limit, found: tuple[int, int]) -> Problem:
    n_bad, n_rows = found
    text = f"{n_bad} of {n_rows} values {limit.text.format(are=_are(n_bad), s='' if n_bad > 1 else 's')}"
    return Problem(f"{contract.name}.{limit.column}", text, n_bad, _samples(table, contract, limit))


def _samples(table: ir.Table, contract: Contract, limit: Limit) -> tuple[str, ...]:
    key = next((name for name in ("customer_id", "respondent", *contract.key) if name in table.columns), None)
    if key is None or limit.bad is None:
        return ()
    return _keys(table, key, limit.bad)


def _keys(table: ir.Table, key: str, bad: ir.BooleanColumn) -> tuple[str, ...]:
    keys = table.filter(bad, table[key].notnull()).select(key=table[key]).distinct().order_by("key")
    return tuple(row["key"] for row in fetch(keys.limit(_N_SAMPLES)).to_pylist())


def _are(n: int) -> str:
    return "is" if n == 1 else "are"
