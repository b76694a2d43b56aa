"""Whom not to contact: who opted out, and who has been contacted often enough of late."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import ibis
import pandas as pd

from goodwill.data.tables import Past, Tables, midnight
from goodwill.decisions.budget_limits import plain_channel
from goodwill.engine import to_frame
from goodwill.errors import UsageError
from goodwill.features.engagement import UNTREATED

_SHOWN, _OTHERS = 5, "…"
_WORDS = re.compile(r"[^\W\d_]+([ -][^\W\d_]+)*")


def barred_contacts(
    past: Past, *, most_contacts: int | None = None, within_days: int = 30, control: str | None = None
) -> pd.DataFrame:
    """Return who must not be contacted on the day `past` looks from, and through which channel.

    Parameters
    ----------
    past : what was known before the day: `contact_rules` for the opt-outs, `treatments` for the contacts.
    most_contacts : contacts a customer may have in `within_days`, the one to come included; None: no limit.
    control : the treatment that means: not contacted; a missing treatment, "control", "none" and "holdout" do
        so always.

    Returns
    -------
    (n, 2) frame of `customer_id` and `channel`, missing where every channel is barred.

    Raises
    ------
    UsageError
        If `most_contacts` or `within_days` is below 1.

    Examples
    --------
    >>> import goodwill as gw
    >>> from datetime import date
    >>> tables = gw.simulate(customers=200, seed=0)
    >>> sorted(barred_contacts(tables.before(date(2025, 1, 1))).columns)
    ['channel', 'customer_id']
    """
    if within_days < 1 or (most_contacts is not None and most_contacts < 1):
        raise UsageError(f"contacts: {most_contacts} contacts in {within_days} days; both must be 1 or more.")
    barred = [_opted_out(past)]
    if most_contacts is not None:
        barred.append(_contacted(past, most_contacts, within_days, control))
    return pd.concat(barred, ignore_index=True).drop_duplicates(ignore_index=True)


def with_every_opt_out(past: Past, tables: Tables) -> Past:
    """Return a past that knows every opt-out of `tables`: scores may be older than the contacts planned."""
    return replace(past, tables=replace(past.tables, contact_rules=tables.contact_rules))


def foreign_channels(barred: pd.DataFrame, channels: Iterable[str]) -> dict[str, int]:
    """Return channels that customers opted out of and no contact uses, by number of customers.

    Five at most are named, and none that is not written in letters alone: a column that holds addresses or
    numbers names customers. The others count under "…".

    Examples
    --------
    >>> barred = pd.DataFrame({"customer_id": ["1", "2", "3"], "channel": ["E-Mail", "call", "a@b.org"]})
    >>> foreign_channels(barred, ["email", "phone"])
    {'call': 1, '…': 1}
    """
    named = barred["channel"].dropna().astype(str)
    used = {"", *map(plain_channel, channels)}
    counts = named[~named.map(plain_channel).isin(used)].value_counts()
    shown = counts[counts.index.map(lambda name: bool(_WORDS.fullmatch(name)))].head(_SHOWN)
    n_others = int(counts.sum() - shown.sum())
    return {str(name): int(n) for name, n in shown.items()} | ({_OTHERS: n_others} if n_others else {})


def _opted_out(past: Past) -> pd.DataFrame:
    rules = past.tables.contact_rules
    if rules is None:
        return pd.DataFrame({"customer_id": pd.Series(dtype=str), "channel": pd.Series(dtype=str)})
    channel = rules.channel if "channel" in rules.columns else ibis.null("string")
    return to_frame(rules.select(rules.customer_id, channel=channel).distinct())


def _contacted(past: Past, most: int, within_days: int, control: str | None) -> pd.DataFrame:
    treatments = past.tables.treatments
    if treatments is None:
        return _opted_out(Past(past.tables.__class__(), past.as_of))
    controls = [name.lower() for name in (*UNTREATED, *([] if control is None else [control]))]
    since = midnight(past.as_of - timedelta(days=within_days))
    recent = treatments.filter(
        treatments.time >= since,
        ~treatments.treatment.fill_null("").lower().isin(controls),
    )
    counts = recent.group_by("customer_id").agg(n=recent.count())
    frame = to_frame(counts.filter(counts.n >= most).select("customer_id"))
    return frame.assign(channel=pd.Series(pd.NA, index=frame.index, dtype="str"))
