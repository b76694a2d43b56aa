"""Lists of customers for other systems, without those who opted out."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.config import Config
from goodwill.data.asked_days import as_date
from goodwill.data.tables import Tables
from goodwill.decisions.budget_limits import is_barred
from goodwill.decisions.contacts import barred_contacts, with_every_opt_out


def listable_customers(
    config: Config, customers: pd.DataFrame, tables: Tables | None
) -> tuple[pd.DataFrame, list[str]]:
    """Return who may stand in lists for other systems, and how many opted out where lists are asked for.

    Parameters
    ----------
    customers : a row per customer: scores with strategy and offer.
    tables : with `contact_rules`; None where nobody opted out.
    """
    wanted = config.audiences
    if not wanted.by:
        return customers, []
    opted_out = _opted_out(customers, wanted.channel, tables)
    said = [f"Customers in no list, as they opted out: {opted_out.sum():,}."] if opted_out.any() else []
    return customers[~opted_out], said


def _opted_out(customers: pd.DataFrame, channel: str | None, tables: Tables | None) -> NDArray[np.bool_]:
    """Return who (n,) opted out of a channel, or of all; contacts so far keep nobody from a list."""
    rules = None
    if tables is not None and not customers.empty:
        past = tables.before(as_date(customers["as_of"].iloc[0]))
        rules = barred_contacts(with_every_opt_out(past, tables))
    return is_barred(customers["customer_id"], channel or "", rules)
