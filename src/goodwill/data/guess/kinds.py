"""Which of our tables a file is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from goodwill.data.contracts import CONTRACTS
from goodwill.data.guess.facts import Facts
from goodwill.data.guess.roles import Parts, assign, purchase_values
from goodwill.data.guess.words import rank

_NEEDED = {
    "transactions": {"customer_id": "a customer id", "time": "a time", "amount": "an amount"},
    "contracts": {"customer_id": "a customer id", "start": "a start", "end": "an end", "price": "a price"},
}
_WORDY = 15  # letters that a comment has on average and a code has not
_LETTERS_OF_A_SIGN = 3  # that one sign of Chinese, Japanese or Korean stands for


@dataclass(frozen=True)
class Cast:
    """A file's table and the columns that play its parts.

    Parameters
    ----------
    table : our name of the table.
    parts : column of ours: what is known of theirs.
    """

    table: str
    parts: Parts


@dataclass(frozen=True)
class _File:
    """All that the rules below may ask: the parts of each table, and whether customers repeat."""

    parts: Mapping[str, Parts]
    is_id_unique: bool

    def has(self, table: str, *names: str) -> bool:
        return all(name in self.parts[table] for name in names)


def cast_file(facts: Sequence[Facts], *, is_id_unique: bool) -> Cast:
    """Return the table that a file is most likely to be; its name is empty where it is none of ours.

    Parameters
    ----------
    facts : of its columns.
    is_id_unique : no customer stands in two of its rows.

    Examples
    --------
    >>> import ibis
    >>> from goodwill.data.guess.facts import read_facts
    >>> facts = read_facts(ibis.memtable({"user": ["a", "b"], "Exited": [0, 1], "age": [31, 42]}))
    >>> cast_file(facts, is_id_unique=True).table
    'profiles'
    """
    parts = {table: assign(table, facts) for table in CONTRACTS}
    own = [table for table in CONTRACTS if _has_our_names(table, parts[table])]
    if own:
        table = max(own, key=lambda name: len(CONTRACTS[name].required))
        return Cast(table, parts[table])
    file = _File(parts, is_id_unique)
    found = next((table for table, fits in _RULES if fits(file)), "")
    return Cast(found, parts[found]) if found else Cast("", {})


def lacking(facts: Sequence[Facts]) -> str:
    """Return what a file lacks to be orders, or contracts if it has more of those, in words.

    Examples
    --------
    >>> import ibis
    >>> from goodwill.data.guess.facts import read_facts
    >>> lacking(read_facts(ibis.memtable({"user": ["a"], "date": ["soon"], "total": [5.0]})))
    'To be orders it lacks a time (date is called so, but too few of its values read as one).'
    >>> lacking(read_facts(ibis.memtable({"user": ["a"], "start": ["2024-05-01"], "price": [5.0]})))
    'To be contracts it lacks an end.'
    """
    profile = assign("profiles", facts)
    if {"churn", "value"} & set(profile):
        is_named = "customer_id" in profile
        return f"To be a row per customer it lacks {'rows of distinct customers' if is_named else 'an id'}."
    orders, contracts = (_gaps(table, facts) for table in _NEEDED)
    has_start = "start" in assign("contracts", facts)
    meant, gaps = ("contracts", contracts) if has_start and contracts else ("orders", orders)
    *others, last = gaps
    return f"To be {meant} it lacks {' and '.join(filter(None, (', '.join(others), last)))}."


def _gaps(table: str, facts: Sequence[Facts]) -> list[str]:
    parts = assign(table, facts)
    found = [*parts, *(["amount"] if "price" in parts else [])]
    return [_gap(table, role, words, facts) for role, words in _NEEDED[table].items() if role not in found]


def _gap(table: str, role: str, words: str, facts: Sequence[Facts]) -> str:
    called = [column.name for column in facts if rank(table, role, column.header) is not None]
    but = f" ({called[0]} is called so, but too few of its values read as one)" if called else ""
    return f"{words}{but}"


def _has_our_names(table: str, parts: Parts) -> bool:
    """Tell whether a file calls its columns as we do; two names are needed to mean one of our tables."""
    contract = CONTRACTS[table]
    either = all(
        any(name in parts and parts[name].name == name for name in group) for group in contract.either
    )
    same = [name for name in contract.required if name in parts and parts[name].name == name]
    return either and len(same) == len(contract.required) and len(same) + len(contract.either) > 1


def _is_profiles(file: _File) -> bool:
    labelled = file.has("profiles", "churn") or file.has("profiles", "value")
    return file.is_id_unique and labelled and file.has("profiles", "customer_id")


def _is_customers(file: _File) -> bool:
    """Tell whether a row is a customer whose only time is the sign-up."""
    parts = file.parts["customers"]
    if not (file.is_id_unique and file.has("customers", "customer_id", "signup_time")):
        return False
    when = file.parts["transactions"].get("time")
    return rank("customers", "signup_time", parts["signup_time"].header) == 0 and when in {
        None,
        parts["signup_time"],
    }


def _is_contracts(file: _File) -> bool:
    return file.has("contracts", "customer_id", "start", "end", "price")


def _is_interactions(file: _File) -> bool:
    """Tell whether rows are events of which none is a purchase, under a telling name for their kind."""
    if not file.has("interactions", "customer_id", "time", "kind"):
        return False
    kind = file.parts["interactions"]["kind"]
    is_told = rank("interactions", "kind", kind.header) in {0, 1}
    return not purchase_values(kind) and (is_told or not _is_transactions(file))


def _is_transactions(file: _File) -> bool:
    paid = file.has("transactions", "amount") or file.has("transactions", "price")
    return paid and file.has("transactions", "customer_id", "time")


def _is_comments(file: _File) -> bool:
    if not file.has("comments", "customer_id", "text"):
        return False
    return is_wordy(file.parts["comments"]["text"])


def is_wordy(column: Facts) -> bool:
    """Tell whether a column holds what people write: text that is longer than codes and names are."""
    is_text = column.names_things and not column.reading.as_number
    return is_text and mean(map(_length, column.values)) > _WORDY


def _length(text: str) -> int:
    signs = sum(letter >= "\u2e80" for letter in text)
    return len(text) + (_LETTERS_OF_A_SIGN - 1) * signs


def _is_products(file: _File) -> bool:
    parts = file.parts["products"]
    return "product_id" in parts and len(parts) > 1 and not parts["product_id"].repeats


def _required(table: str) -> Callable[[_File], bool]:
    return lambda file: file.has(table, *CONTRACTS[table].required)


_RULES: tuple[tuple[str, Callable[[_File], bool]], ...] = (
    ("profiles", _is_profiles),
    ("contracts", _is_contracts),
    ("referrals", _required("referrals")),
    ("treatments", _required("treatments")),
    ("contact_rules", _required("contact_rules")),
    ("customers", _is_customers),
    ("interactions", _is_interactions),
    ("transactions", _is_transactions),
    ("balances", _required("balances")),
    ("comments", _is_comments),
    ("customers", lambda file: file.is_id_unique and file.has("customers", "customer_id")),
    ("products", _is_products),
)
