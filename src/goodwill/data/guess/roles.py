"""Which columns of a file play the parts of one of our tables."""

import re
from collections.abc import Mapping, Sequence

from goodwill.data.contracts import CONTRACTS
from goodwill.data.guess.facts import Facts
from goodwill.data.guess.words import rank, roles

Parts = Mapping[str, Facts]

# Roles that are no columns of the contracts but lead to one.
_EXTRA = {
    "price": "number", "profit": "number", "kind": "kind", "status": "kind",
    "churn": "label", "value": "number",
}  # fmt: skip
_MAY_BE_EMPTY = {"end", "cancelled_at"}
NAMED_BY_PERSON = 5  # ranks below this are ids of customers; later ones are cards, phones, mails and names
_MOST_KINDS = 200
MOST_LABELS = 4
_PURCHASE = re.compile(
    r"purchased?|orders?|buy|bought|transaction|sale|checkout|paid|payment|购买|下单|支付|成交|购物"
)
_VOID = re.compile(
    r"cancell?ed|cancell?ation|void(?:ed)?|failed|declined|rejected|expired|abandoned|unpaid|draft|test|"
    r"storniert|storno|abgebrochen|annulliert|annulee?|anulado|cancelado|キャンセル|취소|"
    r"(?:交易|订单)?(?:已?取消|已?关闭|已?失效|已?作废)|(?:等待|待|未)(?:买家)?(?:付款|支付)|支付失败"
)
_CHURNED = re.compile(
    r"yes|y|true|t|1|churn.*|attrit.*|exit.*|left|leaver|lost|gone|closed|cancell?ed|是|流失.*|已流失|离网|"
    r"ja|oui|si|sim|예|はい|解約"
)

_STAYED = re.compile(
    r"no|false|0|stay.*|retain.*|remain.*|active|existing|current|否|未流失|在网|留存|nein|non"
)


def assign(table: str, facts: Sequence[Facts]) -> Parts:
    """Return the columns of a file that can play the parts of a table; each plays one part at most.

    What a person says of a column counts; else one with our own name keeps it, then the better name comes
    first. Among columns that name customers, one whose values repeat comes before all others in a table of
    events, one of distinct values elsewhere.

    Examples
    --------
    >>> import ibis
    >>> from goodwill.data.guess.facts import read_facts
    >>> days = ["2024-01-05", "2024-02-05"]
    >>> facts = read_facts(ibis.memtable({"客户号": ["a", "a"], "交易时间": days, "金额": [3.5, 4.0]}))
    >>> {ours: theirs.name for ours, theirs in assign("transactions", facts).items()}
    {'customer_id': '客户号', 'time': '交易时间', 'amount': '金额'}
    """
    every = every_role(table)
    ours = {column.name: column for column in facts if column.name in every and column.name != "customer_id"}
    taken = {role: column for column in facts for role in column.said if role in every}
    taken |= {
        role: column
        for role, column in ours.items()
        if role not in taken and not column.said and _fits(table, role, column)
    }
    for role in every:
        free = [column for column in facts if column not in taken.values() and not column.said]
        free = [] if role in taken else free
        places = [(place, column) for column in free if (place := _place(table, role, column)) is not None]
        if places:
            taken[role] = min(places, key=lambda pair: pair[0])[1]
    if table == "contracts" and "end" not in taken and "cancelled_at" in taken:
        taken["end"] = taken.pop("cancelled_at")
    return taken


def every_role(table: str) -> list[str]:
    """Return the columns of ours that a table may have, in the order in which they choose."""
    known = roles(table)
    return [*known, *(name for name in CONTRACTS[table].kinds if name not in known)]


def rivals(table: str, role: str, chosen: Facts, facts: Sequence[Facts]) -> list[str]:
    """Return the other columns that would have played a part as well as the chosen one."""
    place = _place(table, role, chosen)
    if place is None:
        return []
    return [column.name for column in facts if column != chosen and _place(table, role, column) == place]


def churned_value(column: Facts) -> str | None:
    """Return the value of a label column that means: this customer left; None where no value says so."""
    if not 1 < len(column.values) <= MOST_LABELS:
        return None
    return next((value for value in column.values if _CHURNED.fullmatch(value.casefold())), None)


def assumed_value(column: Facts) -> str:
    """Return the value of a label column that is taken to mean: this customer left."""
    others = [value for value in column.values if not _STAYED.fullmatch(value.casefold())]
    return churned_value(column) or [*column.values, *others][-1]


def purchase_values(column: Facts) -> list[str]:
    """Return the values of an event column that mean: something was bought."""
    return [value for value in column.values if _PURCHASE.fullmatch(value.casefold())]


def void_values(column: Facts) -> list[str]:
    """Return the values of a status column that mean: nothing was sold."""
    return [value for value in column.values if _VOID.fullmatch(value.casefold())]


def _place(table: str, role: str, column: Facts) -> tuple[int, int] | None:
    """Return where a column stands among those that could play a part, the lowest first; None: it cannot."""
    if not _fits(table, role, column):
        return None
    found = -1 if column.name == role else rank(table, role, column.header)
    if found is None or role != "customer_id":
        return None if found is None else (0, found)
    if found >= NAMED_BY_PERSON:
        return (2, found)
    wants_repeats = CONTRACTS[table].is_event and table != "customers"
    return (int(column.repeats != wants_repeats), found)


def _fits(table: str, role: str, column: Facts) -> bool:
    kind = CONTRACTS[table].kinds.get(role) or _EXTRA[role]
    if kind == "kind":
        return column.names_things and column.repeats and len(column.values) <= _MOST_KINDS
    if kind == "label":
        return churned_value(column) is not None
    if column.n_filled == 0:
        return role in _MAY_BE_EMPTY
    if kind == "time":
        return bool(column.reading.as_time)
    return column.names_things if kind == "text" else bool(column.reading.as_number)
