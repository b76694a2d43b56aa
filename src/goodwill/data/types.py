"""From whatever a source holds to our four kinds of column: text, time, money and number."""

from dataclasses import dataclass

import ibis
from ibis.expr import types as ir

from goodwill.data.contracts import Kind
from goodwill.engine import local_time, try_cast, zero_or_one
from goodwill.errors import TableError

_DAY = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_CLOCK = r"\d{1,2}:\d{2}(:\d{2}([.]\d{1,9})?)?"
LOCAL = rf"{_DAY}([T ]{_CLOCK})?$"
ZONED = rf"{_DAY}[T ]{_CLOCK} ?(Z|UTC|[+-]\d{{2}}(:?\d{{2}})?)$"
_OFFSET = r" ?([+-]\d{2}):?(\d{2})$"
SET_ZONE = "Set `time_zone:`, for example Europe/Paris, to say whose days count."
# Other ways of writing a date that can be read in one way only, and how to turn each into the first.
OTHERS = (
    (r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3"),
    (r"^(\d{1,2})[.](\d{1,2})[.](\d{4})", r"\3-\2-\1"),
    (r"^(\d{4})[.年](\d{1,2})[.月](\d{1,2})日?", r"\1-\2-\3"),
)
MISSING_MARKS = ("", "NA", "N/A", "#N/A", "nan", "NaN", "NAN", "null", "NULL", "None", "<NA>", "NaT")
# Whole floats beyond this are not exact integers of 64 bits.
_MAX_WHOLE = 9.0e18


@dataclass(frozen=True)
class Converted:
    """A column of one of our kinds, and the rows whose cell could not be understood.

    Parameters
    ----------
    plain, odd : the column without its repairs, and where one is needed; where no row is odd, `plain` is the
        same column for less work. None where there is no shorter way.
    rejected : True where there is a cell, but not of this kind; None where the type rules that out.
    zoned, unzoned : for times read from text, True where the cell names its zone, or does not.
    """

    value: ir.Value
    plain: ir.Value | None = None
    odd: ir.BooleanValue | None = None
    rejected: ir.BooleanValue | None = None
    zoned: ir.BooleanValue | None = None
    unzoned: ir.BooleanValue | None = None


def convert(value: ir.Value, kind: Kind, time_zone: str | None, place: str) -> Converted:
    """Return a source's value as one of our kinds.

    Parameters
    ----------
    time_zone : the place whose wall clock moments with a zone are turned into.
    place : where it stands, for messages: "transactions.time".

    Examples
    --------
    >>> ids = ibis.memtable({"id": [17850.0, 12.5, None]}).id
    >>> convert(ids, "text", None, "transactions.customer_id").value.to_list()
    ['17850', '12.5', None]
    >>> days = ibis.memtable({"day": ["2024-05-01", "20240502", "3.5.2024", "05/04/2024"]}).day
    >>> time = convert(days, "time", None, "transactions.time")
    >>> [str(moment)[:10] for moment in time.value.to_list()]
    ['2024-05-01', '2024-05-02', '2024-05-03', 'None']
    >>> time.rejected.to_list()
    [False, False, False, True]
    """
    if value.type().is_null():
        return Converted(ibis.null({"text": "string", "time": "timestamp"}.get(kind, "float64")))
    if kind == "text":
        return _id(_text(value, place)) if place.endswith("_id") else Converted(_text(value, place))
    return _time(value, time_zone, place) if kind == "time" else _number(value, place)


def is_missing(text: ir.StringValue) -> ir.BooleanValue:
    """Tell where a text is blank or one of the marks that programs write for a missing value.

    Examples
    --------
    >>> is_missing(ibis.memtable({"id": ["17850", " ", "nan", "Nancy"]}).id).to_list()
    [False, True, True, False]
    """
    # Comparing first letters spares trimming nearly all ids: 10 million of them take 0.7 s and not 6.
    may_be = (text < "$") | text.between("<", "=") | text.between("N", "O") | text.between("n", "o")
    return may_be.ifelse(text.strip().isin(MISSING_MARKS), ibis.literal(False))  # noqa: FBT003 - a literal is its value


def _id(text: ir.StringValue) -> Converted:
    """Ids alone are searched for marks of a missing value: a channel may well be called NA."""
    is_no_id = is_missing(text)
    return Converted(is_no_id.ifelse(ibis.null("string"), text), plain=text, odd=is_no_id)


def _text(value: ir.Value, place: str) -> ir.StringValue:
    kind = value.type()
    if kind.is_string():
        return value
    if kind.is_floating() or kind.is_decimal():
        return _whole_text(value.cast("float64"), value)
    if kind.is_integer() or kind.is_boolean() or kind.is_temporal() or kind.is_uuid():
        return value.cast("string")
    raise _wrong_type(value, "text", place)


def _whole_text(number: ir.FloatingValue, value: ir.NumericValue) -> ir.StringValue:
    is_whole = (number == number.floor()) & (number.abs() < _MAX_WHOLE)
    plain = is_whole.ifelse(value.try_cast("int64").cast("string"), value.cast("string"))
    return number.isnan().ifelse(ibis.null("string"), plain)


def _number(value: ir.Value, place: str) -> Converted:
    kind = value.type()
    if kind.is_string():
        number = try_cast(value, "float64")
        is_unread = value.notnull() & ~is_missing(value) & number.isnull()
        return Converted(_without_nan(number), rejected=is_unread)
    if kind.is_floating():
        number = value.cast("float64")
        return Converted(_without_nan(number), plain=number, odd=number.isnan())
    if kind.is_boolean():
        return Converted(zero_or_one(value))
    if kind.is_numeric():
        return Converted(value.cast("float64"))
    raise _wrong_type(value, "a number", place)


def _without_nan(number: ir.FloatingValue) -> ir.FloatingValue:
    return number.isnan().ifelse(ibis.null("float64"), number)


def _time(value: ir.Value, time_zone: str | None, place: str) -> Converted:
    kind = value.type()
    if kind.is_timestamp() and kind.timezone is not None:
        return Converted(local_time(value, _zone(time_zone, place)))
    if kind.is_timestamp() or kind.is_date():
        return Converted(value.cast("timestamp"))
    if kind.is_string():
        return _read_time(value.strip(), time_zone)
    if kind.is_integer():
        # A whole number is a day written as 20240501; seconds since 1970 are not, and are rejected below.
        return _read_time(value.cast("string"), time_zone)
    raise _wrong_type(value, "a time", place)


def _read_time(text: ir.StringValue, time_zone: str | None) -> Converted:
    is_local, is_zoned = text.re_search(LOCAL), text.re_search(ZONED)
    other = text
    for pattern, iso in OTHERS:
        other = other.re_replace(pattern, iso)
    local = ibis.cases((is_local, text), (other.re_search(LOCAL), other), else_=ibis.null("string"))
    moment = local.try_cast("timestamp")
    if time_zone is not None:
        zoned = text.re_replace(_OFFSET, r"\1:\2")
        instant = is_zoned.ifelse(zoned, ibis.null("string")).try_cast("timestamp('UTC')")
        moment = ibis.coalesce(moment, local_time(instant, time_zone))
    is_unread = text.notnull() & ~is_missing(text) & ~is_zoned & moment.isnull()
    return Converted(moment, rejected=is_unread, zoned=is_zoned, unzoned=moment.notnull() & ~is_zoned)


def _zone(time_zone: str | None, place: str) -> str:
    if time_zone is None:
        message = f"{place}: the times carry a zone. {SET_ZONE}"
        raise TableError(message)
    return time_zone


def _wrong_type(value: ir.Value, expected: str, place: str) -> TableError:
    return TableError(
        f"{place}: expected {expected}, the source holds {value.type()}. Map it with an expression "
        f"that makes it {expected}, for example a CAST, MAKE_DATE or TO_TIMESTAMP."
    )
