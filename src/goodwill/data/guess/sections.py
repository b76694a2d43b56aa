"""From a file and the parts its columns play to a table's section of the config."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from goodwill.data.contracts import CONTRACTS
from goodwill.data.guess.facts import Facts
from goodwill.data.guess.kinds import Cast
from goodwill.data.guess.reading import quoted, reference
from goodwill.data.guess.roles import (
    NAMED_BY_PERSON,
    Parts,
    assumed_value,
    purchase_values,
    rivals,
    void_values,
)
from goodwill.data.guess.words import period_days, rank

Value = str | Mapping[str, str] | Sequence[str]

_PERIODS = (
    ("week", 7),
    ("quarter", 91),
    ("annual", 365),
    ("year", 365),
    ("年", 365),
    ("month", 30),
    ("月", 30),
)
_USUAL_PERIOD = 30
_UNREAD_PERIOD = (
    "{} is not used: some of its values are neither days nor words known for a period; where it says how "
    "often the price is paid, map period_days by CASE column WHEN 'word' THEN days END"
)
_SURE = 20  # filled rows from which on a column of distinct values is taken for names or ids
_DISTINCT = 0.9
_SHOWN = 5


@dataclass(frozen=True)
class Section:
    """A table's section: its source, its mapping, its rules, and what a reader should look at.

    Parameters
    ----------
    columns : ours: theirs. where, time_zone : as in the config. options : further keys of the section.
    notes : what was ambiguous or assumed, a sentence each.
    suggested : a further table of the same source, as a comment: what it lacks a reader has to write.
    """

    table: str
    source: str
    columns: Mapping[str, str]
    where: str | None = None
    time_zone: str | None = None
    options: Mapping[str, Value] = field(default_factory=dict)
    notes: Sequence[str] = ()
    suggested: "Section | None" = None


def section_of(source: str, cast: Cast, facts: Sequence[Facts]) -> Section:
    """Return the section of a file that has been cast."""
    built = _BUILDERS.get(cast.table, _plain)(Section(cast.table, source, _mapped(cast)), cast.parts, facts)
    doubts = [
        note for role, column in cast.parts.items() for note in _doubts(cast.table, role, column, facts)
    ]
    zoned = [column.name for column in cast.parts.values() if column.reading.is_zoned]
    if not zoned:
        return replace(built, notes=(*built.notes, *doubts))
    zone = f"the times in {zoned[0]} carry a zone; set time_zone to the place whose days count"
    return replace(built, time_zone="UTC", notes=(*built.notes, *doubts, zone))


def _plain(section: Section, _parts: Parts, _facts: Sequence[Facts]) -> Section:
    return section


def _transactions(section: Section, parts: Parts, _facts: Sequence[Facts]) -> Section:
    columns, notes = dict(section.columns) | _cost(parts), []
    if "amount" not in parts:
        columns["amount"], note = _price(parts)
        notes.append(note)
    bought = purchase_values(parts["kind"]) if "kind" in parts else []
    if bought:
        notes.append(f"of the events in {parts['kind'].name} only purchases are kept")
    void = void_values(parts["status"]) if "status" in parts else []
    if void:
        notes.append(f"orders with {parts['status'].name} {', '.join(void)} are left out: nothing was sold")
    rules = [_one_of(parts["kind"].name, bought)] if bought else []
    rules += [f"NOT COALESCE({_one_of(parts['status'].name, void)}, FALSE)"] if void else []
    where = " AND ".join(rules) or None
    ordered = {name: columns[name] for name in CONTRACTS["transactions"].kinds if name in columns}
    return replace(section, columns=ordered, where=where, notes=notes)


def _interactions(section: Section, parts: Parts, _facts: Sequence[Facts]) -> Section:
    bought = purchase_values(parts["kind"])
    return replace(section, where=f"NOT ({_one_of(parts['kind'].name, bought)})") if bought else section


def _price(parts: Parts) -> tuple[str, str]:
    price = parts["price"]
    if "quantity" not in parts:
        return (
            price.reading.as_number,
            f"amount is {price.name} alone; multiply it by a quantity if there is one",
        )
    product = f"{parts['quantity'].reading.as_term} * {price.reading.as_term}"
    return product, f"amount is quantity times price; if {price.name} is a line's total already, map it alone"


def _cost(parts: Parts) -> dict[str, str]:
    """Return what goods cost where a profit stands beside the amount."""
    if "cost" in parts or not {"amount", "profit"} <= set(parts):
        return {}
    return {"cost": f"{parts['amount'].reading.as_term} - {parts['profit'].reading.as_term}"}


def _one_of(name: str, values: Sequence[str]) -> str:
    texts = [_text(value) for value in values]
    return f"{quoted(name)} = {texts[0]}" if len(texts) == 1 else f"{quoted(name)} IN ({', '.join(texts)})"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _customers(section: Section, parts: Parts, facts: Sequence[Facts]) -> Section:
    known = [name for name in ("acquisition_channel", "branch_id") if name in parts]
    note = "list under known_at_signup what was known at sign-up; no other attribute is a feature"
    held = _held(section, [column for column in facts if column not in parts.values()])
    return replace(section, options={"known_at_signup": known}, notes=[note], suggested=held)


def _held(section: Section, free: Sequence[Facts]) -> Section | None:
    """Return how balances that stand beside customers become holdings: no file says which day they are of."""
    found = [column for column in free if _is_balance(column)]
    if not found:
        return None
    total = " + ".join(f"COALESCE({column.reading.as_term}, 0)" for column in found)
    columns = {"customer_id": section.columns["customer_id"], "time": "DATE '2025-01-31'"}
    named = ", ".join(column.name for column in found)
    columns |= {"product": "'all'", "balance": total}
    note = f"{named}: holdings, once their day is written in; then take the comment signs away"
    return Section("balances", section.source, columns, notes=[note])


def _is_balance(column: Facts) -> bool:
    return bool(column.reading.as_number) and rank("balances", "balance", column.header) is not None


def _contracts(section: Section, parts: Parts, facts: Sequence[Facts]) -> Section:
    end = parts["end"]
    is_cancelling = rank("contracts", "cancelled_at", end.header) is not None
    notes = [f"{end.name} is taken for the end; a contract without one runs on"] if is_cancelling else []
    if "period_days" in parts:
        return replace(section, notes=notes)
    period, told = _period(parts, facts)
    return replace(section, columns={**section.columns, "period_days": period}, notes=[*notes, *told])


def _period(parts: Parts, facts: Sequence[Facts]) -> tuple[str, list[str]]:
    """Return the period of payment where no column holds it in days, and what is assumed by that."""
    free = [column for column in facts if column not in parts.values()]
    worded = next((column for column in free if _names_a_period(column)), None)
    days = {} if worded is None else {value: period_days(value) for value in worded.values}
    if worded is not None and all(days.values()):
        cases = " ".join(f"WHEN {_text(value)} THEN {n}" for value, n in days.items())
        meant = ", ".join(f"{value} for {n} days" for value, n in days.items())
        return f"CASE trim({quoted(worded.name)}) {cases} END", [f"{worded.name} holds words: {meant}"]
    price = parts["price"]
    usual = next((days for word, days in _PERIODS if word in price.header), _USUAL_PERIOD)
    unread = [] if worded is None else [_UNREAD_PERIOD.format(worded.name)]
    return str(usual), [*unread, f"{price.name} is taken to be paid every {usual} days"]


def _names_a_period(column: Facts) -> bool:
    return column.n_filled > 0 and rank("contracts", "period_days", column.header) is not None


def _profiles(section: Section, parts: Parts, facts: Sequence[Facts]) -> Section:
    others = [column for column in facts if column not in parts.values()]
    leaks = [column.name for column in others if _tells_the_label(column)]
    names = [column.name for column in others if column.name not in leaks and _is_name(column)]
    kept = [column for column in others if column.name not in {*leaks, *names}]
    numbers = {column.name: column.reading.as_number for column in kept if _is_number_as_text(column)}
    dropped = [*leaks, *names]
    options: dict[str, Value] = {**_labels(parts), **({"drop": dropped} if dropped else {})}
    notes = [f"{', '.join(leaks)}: left out, they tell the label"] if leaks else []
    notes += [f"{', '.join(names)}: left out, their values name single customers"] if names else []
    if "churn" in parts and parts["churn"].said:
        values = ", ".join(parts["churn"].values[:_SHOWN])
        notes.append(f"positive is the value that means: left; {parts['churn'].name} holds {values}")
    return replace(section, columns={**section.columns, **numbers}, options=options, notes=notes)


def _labels(parts: Parts) -> dict[str, Mapping[str, str]]:
    labels: dict[str, Mapping[str, str]] = {}
    if "churn" in parts:
        labels["churn"] = {"column": parts["churn"].name, "positive": assumed_value(parts["churn"])}
    return labels | ({"value": {"column": parts["value"].name}} if "value" in parts else {})


def _tells_the_label(column: Facts) -> bool:
    return any(word in column.header for word in ("churn", "attrition", "流失", "离网"))


def _is_name(column: Facts) -> bool:
    is_distinct = column.n_filled >= _SURE and len(column.values) >= _DISTINCT * column.n_filled
    is_id = rank("profiles", "customer_id", column.header) is not None
    return column.names_things and is_distinct and (is_id or not column.reading.as_number)


def _is_number_as_text(column: Facts) -> bool:
    return column.reading.as_number not in {"", reference(column.name)}


def _mapped(cast: Cast) -> dict[str, str]:
    known = CONTRACTS[cast.table].kinds
    return {role: _theirs(role, cast.parts[role]) for role in known if role in cast.parts}


def _theirs(role: str, column: Facts) -> str:
    """Return the mapping value that gives our column from theirs."""
    kinds = {name: kind for contract in CONTRACTS.values() for name, kind in contract.kinds.items()}
    by_kind = {"time": column.reading.as_time, "text": ""}
    return by_kind.get(kinds[role], column.reading.as_number) or reference(column.name)


def _doubts(table: str, role: str, column: Facts, facts: Sequence[Facts]) -> list[str]:
    others = rivals(table, role, column, facts)
    doubts = [f"{role} could also be {' or '.join(others)}; {column.name} was chosen"] if others else []
    place = rank(table, role, column.header) or 0
    if role == "customer_id" and place >= NAMED_BY_PERSON:
        doubts.append(f"customers are told apart by {column.name} alone")
    return doubts + ([column.reading.note] if column.reading.note and role in CONTRACTS[table].kinds else [])


_BUILDERS = {
    "transactions": _transactions,
    "interactions": _interactions,
    "customers": _customers,
    "contracts": _contracts,
    "profiles": _profiles,
}
