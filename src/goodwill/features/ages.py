"""How long ago things happened."""

from datetime import date

import ibis
from ibis.expr import types as ir


def age_days(moment: ir.TimestampColumn, as_of: date) -> ir.IntegerColumn:
    """Return the whole local days from a moment's day to `as_of`: 1 for the day before, 0 for `as_of` itself.

    A window of w days before `as_of` holds the ages 1 to w; what comes later has an age of 0 or less.
    """
    return ibis.literal(as_of).delta(moment.date(), unit="day").cast("int32")
