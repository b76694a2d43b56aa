"""The contracts of the twelve tables goodwill understands, declared as data."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "time", "money", "number"]


@dataclass(frozen=True)
class Column:
    """One column of a contract: our name, what it holds, and whether a table may lack it."""

    name: str
    kind: Kind
    required: bool = True


@dataclass(frozen=True)
class Contract:
    """What a table must hold to be understood.

    Parameters
    ----------
    name : our name of the table.
    columns : the columns we know, required ones first.
    time : the column that says when a row happened; None where a row has no time.
    either : groups of optional columns of which one must be there.
    key : columns whose values may not repeat.
    is_event : True where a row that happens later is not known earlier.
    is_open : True where columns of any other name are kept as attributes.

    Examples
    --------
    >>> CONTRACTS["transactions"].required
    ('customer_id', 'time', 'amount')
    """

    name: str
    columns: tuple[Column, ...]
    time: str | None = None
    either: tuple[tuple[str, ...], ...] = ()
    key: tuple[str, ...] = ()
    is_event: bool = True
    is_open: bool = False

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the columns a table may not lack."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def kinds(self) -> dict[str, Kind]:
        """The kind of each known column, `known_at` included where the table has a time."""
        known: dict[str, Kind] = {"known_at": "time"} if self.time else {}
        return {column.name: column.kind for column in self.columns} | known


def _columns(kind: Kind, *names: str, required: bool = True) -> tuple[Column, ...]:
    return tuple(Column(name, kind, required) for name in names)


def _optional(kind: Kind, *names: str) -> tuple[Column, ...]:
    return _columns(kind, *names, required=False)


_ID = _columns("text", "customer_id")
_TIME = _columns("time", "time")
_RESPONDENT = _optional("text", "customer_id", "respondent")

CONTRACTS: dict[str, Contract] = {
    contract.name: contract
    for contract in (
        Contract(
            "transactions",
            _ID
            + _TIME
            + _columns("money", "amount")
            + _optional("text", "order_id", "product_id", "category", "channel", "branch_id")
            + _optional("number", "quantity")
            + _optional("money", "cost"),
            time="time",
        ),
        Contract(
            "customers",
            _ID
            + _optional("time", "signup_time")
            + _optional("text", "acquisition_channel", "branch_id", "owner")
            + _optional("money", "acquisition_cost"),
            time="signup_time",
            key=("customer_id",),
            is_open=True,
        ),
        Contract(
            "interactions",
            _ID
            + _TIME
            + _columns("text", "kind")
            + _optional("text", "product_id")
            + _optional("number", "value")
            + _optional("money", "cost"),
            time="time",
        ),
        Contract(
            "contracts",
            _ID
            + _columns("time", "start", "end")
            + _columns("money", "price")
            + _columns("number", "period_days")
            + _optional("text", "plan")
            + _optional("time", "cancelled_at"),
            time="start",
            is_event=False,
        ),
        Contract(
            "balances",
            _ID + _TIME + _columns("text", "product") + _columns("money", "balance"),
            time="time",
        ),
        Contract(
            "surveys",
            _columns("text", "item", "side")
            + _RESPONDENT
            + _optional("number", "value", "weight")
            + _optional("text", "answer", "instrument", "brand")
            + _optional("time", "time"),
            time="time",
            either=(("customer_id", "respondent"), ("value", "answer")),
        ),
        Contract(
            "comments",
            _columns("text", "text") + _RESPONDENT + _optional("text", "source") + _optional("time", "time"),
            time="time",
            either=(("customer_id", "respondent"),),
        ),
        Contract(
            "treatments",
            _ID
            + _TIME
            + _columns("text", "treatment")
            + _optional("text", "campaign")
            + _optional("money", "cost")
            + _optional("number", "propensity"),
            time="time",
        ),
        Contract("referrals", _columns("text", "referrer_id", "customer_id") + _TIME, time="time"),
        Contract(
            "products",
            _columns("text", "product_id")
            + _optional("text", "category")
            + _optional("number", "margin_rate"),
            key=("product_id",),
            is_event=False,
        ),
        Contract(
            "contact_rules",
            _ID + _columns("time", "opted_out_at") + _optional("text", "channel"),
            time="opted_out_at",
        ),
        Contract("profiles", _ID, key=("customer_id",), is_event=False, is_open=True),
    )
}
