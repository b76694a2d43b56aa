"""Lists of customers for other systems, without those who opted out."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.config import Config, expand_variables
from goodwill.data.asked_days import as_date
from goodwill.data.tables import Tables
from goodwill.decisions.audiences import write_audiences
from goodwill.decisions.budget_limits import is_barred
from goodwill.decisions.contacts import barred_contacts, with_every_opt_out


def listed_customers(config: Config, customers: pd.DataFrame, tables: Tables | None) -> list[str]:
    """Write the lists that `audiences` asks for, and return how many are in each.

    Parameters
    ----------
    customers : a row per customer: scores with strategy and offer.
    tables : with `contact_rules`; None where nobody opted out.
    """
    wanted, said = config.audiences, []
    opted_out = _opted_out(customers, wanted.channel, tables)
    if wanted.by and opted_out.any():
        said.append(f"Customers in no list, as they opted out: {opted_out.sum():,}.")
    customers = customers[~opted_out]
    salt = expand_variables(wanted.salt, where="audiences.salt") if wanted.hashed else None
    for by in wanted.by:
        folder = config.output_dir / "audiences" / by
        counts = write_audiences(folder, customers, by, identifier=wanted.identifier, salt=salt)
        listed = ", ".join(f"{value} {n:,}" for value, n in counts.items())
        said.append(f"{folder}: {len(counts)} lists ({listed}).")
    return said


def _opted_out(customers: pd.DataFrame, channel: str | None, tables: Tables | None) -> NDArray[np.bool_]:
    """Return who (n,) opted out of a channel, or of all; contacts so far keep nobody from a list."""
    rules = None
    if tables is not None and not customers.empty:
        past = tables.before(as_date(customers["as_of"].iloc[0]))
        rules = barred_contacts(with_every_opt_out(past, tables))
    return is_barred(customers["customer_id"], channel or "", rules)
